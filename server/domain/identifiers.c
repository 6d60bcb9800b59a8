/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/identifiers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/i18n.h"
#include "protocol/base/text.h"

enum { EMAIL_BYTES = 254, LOCAL_BYTES = 64, LABEL_BYTES = 63, LOGIN_BYTES = 32 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* Blanks of any width and characters that show nothing or turn the direction round (Unicode's
 * White_Space and format characters that occur in copied text): two such addresses look alike. */
static bool has_invisible(const char *text)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } invisible[] = { { 0xa0, 0xa0 },     { 0xad, 0xad },     { 0x61c, 0x61c },
                      { 0x1680, 0x1680 }, { 0x2000, 0x200f }, { 0x2028, 0x202f },
                      { 0x205f, 0x206f }, { 0x3000, 0x3000 }, { 0xfeff, 0xfeff } };
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t code = text_next(&text, end);
        for (size_t i = 0; i < sizeof invisible / sizeof *invisible; i++) {
            if (code >= invisible[i].first && code <= invisible[i].last) {
                return true;
            }
        }
    }
    return false;
}

static bool local_part_fits(const char *local, size_t length)
{
    if (length == 0 || length > LOCAL_BYTES || local[0] == '.' || local[length - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool dot = local[i] == '.';
        if (!dot && !is_letter_or_digit(local[i]) &&
            strchr("!#$%&'*+-/=?^_`{|}~", local[i]) == NULL) {
            return false;
        }
        if (dot && local[i - 1] == '.') {
            return false;
        }
    }
    return true;
}

static bool label_fits(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_BYTES || label[0] == '-' || label[length - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_letter_or_digit(label[i]) && label[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool domain_fits(const char *domain)
{
    bool dotted = false;
    for (;;) {
        size_t length = strcspn(domain, ".");
        if (!label_fits(domain, length)) {
            return false;
        }
        if (domain[length] == '\0') {
            return dotted || strcmp(domain, "localhost") == 0;
        }
        dotted = true;
        domain += length + 1;
    }
}

const char *email_wrong(const char *address)
{
    if (strlen(address) > EMAIL_BYTES) {
        return N_("is longer than 254 bytes");
    }
    if (text_check(address, strlen(address), TEXT_LINE, EMAIL_BYTES) != TEXT_OK ||
        has_invisible(address)) {
        return N_("has a character that cannot stand in an address");
    }
    const char *at = strrchr(address, '@');
    if (at == NULL || !local_part_fits(address, (size_t)(at - address)) || !domain_fits(at + 1)) {
        return N_("is not an e-mail address");
    }
    return NULL;
}

bool phone_normalise(const char *text, char out[PHONE_TEXT])
{
    char digits[PHONE_TEXT + 1]; /* "00" takes one more place than "+" */
    size_t count = 0;
    bool international = text[0] == '+';
    for (const char *c = international ? text + 1 : text; *c != '\0'; c++) {
        if (is_digit(*c)) {
            if (count == sizeof digits - 1) {
                return false;
            }
            digits[count++] = *c;
        } else if (strchr(" -()./", *c) == NULL) {
            return false;
        }
    }
    digits[count] = '\0';
    const char *number = digits;
    if (!international && number[0] == '0' && number[1] == '0') {
        international = true;
        number += 2;
        count -= 2;
    }
    if (!international && count == 9 && number[0] != '0') {
        snprintf(out, PHONE_TEXT, "+48%.13s", number);
        return true;
    }
    if (!international && count == 11 && strncmp(number, "48", 2) == 0) {
        international = true;
    }
    if (!international || count < 8 || count > 15 || number[0] == '0') {
        return false;
    }
    if (strncmp(number, "48", 2) == 0 && count != 11) {
        return false;
    }
    snprintf(out, PHONE_TEXT, "+%.15s", number);
    return true;
}

bool nip_normalise(const char *text, char out[NIP_TEXT])
{
    static const int weights[] = { 6, 5, 7, 2, 3, 4, 5, 6, 7 };
    char digits[NIP_TEXT];
    size_t count = 0;
    if (strncasecmp(text, "PL", 2) == 0) {
        text += 2;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '-' || *c == ' ') {
            continue;
        }
        if (!is_digit(*c) || count == 10) {
            return false;
        }
        digits[count++] = *c;
    }
    digits[count] = '\0';
    if (count != 10 || digits[0] == '0') {
        return false;
    }
    int sum = 0;
    for (size_t i = 0; i < 9; i++) {
        sum += weights[i] * (digits[i] - '0');
    }
    if (sum % 11 != digits[9] - '0') {
        return false;
    }
    memcpy(out, digits, NIP_TEXT);
    return true;
}

const char *login_wrong(const char *login)
{
    size_t length = strlen(login);
    if (length == 0 || length > LOGIN_BYTES || strchr("._-", login[0]) != NULL) {
        return N_("must be 1 to 32 characters and begin with a letter or digit");
    }
    if (strspn(login, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
        length) {
        return N_("may have only letters a-z, digits, dot, dash and underscore");
    }
    return NULL;
}
