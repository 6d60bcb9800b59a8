/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/sms_text.h"

#include <stdint.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"

enum { GSM_ONE = 160, GSM_OF_SEVERAL = 153, UCS_ONE = 70, UCS_OF_SEVERAL = 67 };

/* What the GSM alphabet has beside the ASCII it shares (TS 23.038 6.2.1). */
static const char gsm_letters[] = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

static bool in_gsm_letters(uint32_t code)
{
    const char *end = gsm_letters + sizeof gsm_letters - 1;
    for (const char *at = gsm_letters; at < end;) {
        if (text_next(&at, end) == code) {
            return true;
        }
    }
    return false;
}

/* Septets of a character: 1, 2 (by the escape, TS 23.038 6.2.1.1), or 0 when the alphabet lacks it.
 */
static size_t gsm_septets(uint32_t code)
{
    if (code == 0x20ac || (code < 0x80 && code != 0 && strchr("^{}\\[~]|\f", (int)code))) {
        return 2;
    }
    if (code == '\n' || code == '\r') {
        return 1;
    }
    if (code < 0x80) {
        return code >= ' ' && code != 0x7f && code != '`';
    }
    return in_gsm_letters(code);
}

static size_t units_of(enum sms_alphabet alphabet, uint32_t code)
{
    if (alphabet == SMS_GSM7) {
        return gsm_septets(code);
    }
    return code > 0xffff ? 2 : 1;
}

static enum sms_alphabet alphabet_of(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        if (gsm_septets(text_next(&text, end)) == 0) {
            return SMS_UCS2;
        }
    }
    return SMS_GSM7;
}

/* Parts of `room` units each. */
static size_t count_parts(const char *text, enum sms_alphabet alphabet, size_t room)
{
    const char *end = text + strlen(text);
    size_t parts = 1;
    size_t filled = 0;
    while (text < end) {
        size_t units = units_of(alphabet, text_next(&text, end));
        if (filled + units > room) {
            parts++;
            filled = 0;
        }
        filled += units;
    }
    return parts;
}

struct sms_size sms_measure(const char *text)
{
    struct sms_size size = { .alphabet = alphabet_of(text) };
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        size.units += units_of(size.alphabet, text_next(&at, end));
    }
    bool gsm = size.alphabet == SMS_GSM7;
    if (size.units == 0) {
        size.parts = 0;
    } else if (size.units <= (gsm ? GSM_ONE : UCS_ONE)) {
        size.parts = 1;
    } else {
        size.parts = count_parts(text, size.alphabet, gsm ? GSM_OF_SEVERAL : UCS_OF_SEVERAL);
    }
    return size;
}

static char *without_controls(struct arena *arena, const char *text)
{
    const char *end = text + strlen(text);
    struct buf kept = BUF_INIT;
    while (text < end) {
        uint32_t code = text_next(&text, end);
        if (code == '\n' || (code >= ' ' && (code < 0x7f || code > 0x9f))) {
            text_put(&kept, code);
        }
    }
    return buf_take(&kept, arena);
}

char *sms_prepare(struct arena *arena, const char *text, bool fold, size_t max_parts)
{
    char *whole = without_controls(arena, fold ? text_ascii(arena, text) : text);
    struct sms_size size = sms_measure(whole);
    if (size.parts <= max_parts) {
        return whole;
    }
    bool gsm = size.alphabet == SMS_GSM7;
    size_t room = gsm ? GSM_ONE : UCS_ONE;
    size_t room_of_several = gsm ? GSM_OF_SEVERAL : UCS_OF_SEVERAL;
    if (max_parts > 1) { /* one unit of each part may stay empty before a character of two */
        room = max_parts * (room_of_several - 1);
    }
    room -= strlen("...");
    const char *end = whole + strlen(whole);
    const char *cut = whole;
    size_t filled = 0;
    while (filled <= room) {
        const char *next = cut;
        filled += units_of(size.alphabet, text_next(&next, end));
        if (filled <= room) {
            cut = next;
        }
    }
    return arena_format(arena, "%.*s...", (int)(cut - whole), whole);
}

bool sms_number_ok(const char *number)
{
    if (number[0] != '+' || number[1] < '1' || number[1] > '9') {
        return false;
    }
    size_t digits = strspn(number + 1, "0123456789");
    return number[1 + digits] == '\0' && digits >= 8 && digits <= 15;
}
