/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/mime_header.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "protocol/record.h"

/* Columns of a line with encoded words (RFC 2047 2), and what surrounds the text of one. */
enum {
    LINE_COLUMNS = 76,
    WORD_COLUMNS = 75,
    WORD_FRAME = sizeof "=?UTF-8?B?"
                        "?=" -
                 1
};

static bool one_line(const char *text)
{
    return text_check(text, strlen(text), TEXT_LINE, LIMIT_NOTE_BYTES) == TEXT_OK;
}

static bool plain_ascii(const char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

/* The longest beginning of at most `limit` bytes that cuts no character. */
static size_t whole_characters(const char *text, size_t limit)
{
    const char *end = text + strlen(text);
    const char *at = text;
    while (at < end) {
        const char *next = at;
        text_next(&next, end);
        if ((size_t)(next - text) > limit) {
            break;
        }
        at = next;
    }
    return (size_t)(at - text);
}

/* Encoded words, one a line, the first on a line that has `column` columns already. */
static void add_words(struct buf *out, size_t column, const char *text)
{
    while (*text) {
        size_t room = LINE_COLUMNS - column;
        if (room > WORD_COLUMNS) {
            room = WORD_COLUMNS;
        }
        size_t length = whole_characters(text, (room - WORD_FRAME) / 4 * 3);
        char encoded[WORD_COLUMNS + 1];
        sodium_bin2base64(encoded, sizeof encoded, (const unsigned char *)text, length,
                          sodium_base64_VARIANT_ORIGINAL);
        buf_format(out, "=?UTF-8?B?%s?=", encoded);
        text += length;
        if (*text) {
            buf_text(out, "\r\n ");
        }
        column = 1;
    }
}

bool mime_header_text(struct buf *out, const char *name, const char *text)
{
    if (!one_line(text)) {
        return false;
    }
    size_t column = strlen(name) + 2;
    buf_format(out, "%s: ", name);
    if (plain_ascii(text) && !strstr(text, "=?") && column + strlen(text) <= LINE_COLUMNS) {
        buf_text(out, text);
    } else {
        add_words(out, column, text);
    }
    buf_text(out, "\r\n");
    return true;
}

/* A display name in quotes (RFC 5322 3.2.4). */
static void add_quoted(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            buf_char(out, '\\');
        }
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

bool mime_header_address(struct buf *out, const char *name, const char *display,
                         const char *address)
{
    if (!one_line(address) || (display && !one_line(display))) {
        return false;
    }
    if (!display || !*display) {
        buf_format(out, "%s: %s\r\n", name, address);
        return true;
    }
    size_t column = strlen(name) + 2;
    buf_format(out, "%s: ", name);
    if (plain_ascii(display) && !strstr(display, "=?") && column + strlen(display) < WORD_COLUMNS) {
        add_quoted(out, display);
    } else {
        add_words(out, column, display);
    }
    buf_format(out, "\r\n <%s>\r\n", address);
    return true;
}

bool mime_header_id(struct buf *out, const char *name, const char *id)
{
    size_t length = strlen(id);
    if (length < 5 || length > LIMIT_LINE_BYTES || id[0] != '<' || id[length - 1] != '>') {
        return false;
    }
    for (size_t i = 1; i + 1 < length; i++) {
        if (id[i] <= ' ' || id[i] > '~' || id[i] == '<' || id[i] == '>') {
            return false;
        }
    }
    buf_format(out, "%s: %s\r\n", name, id);
    return true;
}

void mime_header_date(struct buf *out, int64_t at)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)at;
    struct tm utc = { 0 };
    gmtime_r(&seconds, &utc);
    buf_format(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday], utc.tm_mday,
               months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* A look-alike that needs no quoting and names no folder. */
static char *plain_file_name(struct arena *arena, const char *file_name)
{
    char *plain = text_ascii(arena, file_name);
    for (char *c = plain; *c; c++) {
        if (*c < ' ' || *c > '~' || strchr("\"\\/:*?<>|%", *c)) {
            *c = '_';
        }
    }
    return plain;
}

/* "application/pdf" and the like: it comes from libmagic, but by way of the database. */
static bool media_type_ok(const char *type)
{
    size_t length = strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "!#$&-^_.+/");
    const char *slash = strchr(type, '/');
    return length < 128 && type[length] == '\0' && slash && slash > type && slash[1] &&
           !strchr(slash + 1, '/');
}

bool mime_header_attachment(struct buf *out, struct arena *arena, const char *type,
                            const char *file_name)
{
    if (!media_type_ok(type) ||
        text_check(file_name, strlen(file_name), TEXT_LINE, LIMIT_LINE_BYTES) != TEXT_OK) {
        return false;
    }
    const char *plain = plain_file_name(arena, file_name);
    buf_format(out, "Content-Type: %s;\r\n name=\"%s\"\r\nContent-Disposition: attachment;\r\n",
               type, plain);
    if (strcmp(plain, file_name) == 0) {
        buf_format(out, " filename=\"%s\"\r\n", plain);
        return true;
    }
    buf_text(out, " filename*=UTF-8''");
    for (const char *c = file_name; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("!#$&+-.^_`|~", *c)) {
            buf_char(out, *c);
        } else {
            buf_format(out, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
    buf_text(out, "\r\n");
    return true;
}
