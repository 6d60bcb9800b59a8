/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text from people, made safe to show. All cleaning and all counting of columns walk the text with
 * the one function clean_next(), so what is measured is always what is drawn.
 */
#include "protocol/base/text.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text_tables.h"

enum {
    REPLACEMENT = 0xfffd,
    ELLIPSIS = 0x2026,
    NO_BREAK_SPACE = 0xa0,
    MARKS_PER_LETTER = 2, /* Vietnamese needs two; more only paint over the lines above */
};

/*
 * Decodes one code point by the table of RFC 3629 section 4: the range allowed for the second byte
 * is what keeps out overlong forms, surrogates and everything above U+10FFFF. Returns the bytes
 * taken, 0 when they are no UTF-8.
 */
static size_t utf8_decode(const char *at, const char *end, uint32_t *ret_code)
{
    const unsigned char *bytes = (const unsigned char *)at;
    size_t available = (size_t)(end - at);
    unsigned char first = bytes[0];
    if (first < 0x80) {
        *ret_code = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (available < length) {
        return 0;
    }

    unsigned char lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes[1] < lowest || bytes[1] > highest) {
        return 0;
    }
    uint32_t code = first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (bytes[i] & 0x3fU);
    }
    *ret_code = code;
    return length;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

enum text_fault text_check(const char *bytes, size_t length, enum text_form form, size_t limit)
{
    if (length > limit) {
        return TEXT_TOO_LONG;
    }
    const char *end = bytes + length;
    for (const char *at = bytes; at < end;) {
        uint32_t code;
        size_t taken = utf8_decode(at, end, &code);
        if (taken == 0) {
            return TEXT_NOT_UTF8;
        }
        if (is_control(code) && !(code == '\n' && form == TEXT_NOTE)) {
            return TEXT_CONTROL;
        }
        at += taken;
    }
    return TEXT_OK;
}

uint32_t text_next(const char **at, const char *end)
{
    uint32_t code = REPLACEMENT;
    size_t taken = utf8_decode(*at, end, &code);
    *at += taken > 0 ? taken : 1;
    return code;
}

void text_put(struct buf *out, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        code = REPLACEMENT;
    }
    char bytes[4];
    size_t length = 0;
    if (code < 0x80) {
        bytes[length++] = (char)code;
    } else if (code < 0x800) {
        bytes[length++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[length++] = (char)(0xe0 | code >> 12);
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        bytes[length++] = (char)(0xf0 | code >> 18);
        bytes[length++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    if (code >= 0x80) {
        bytes[length++] = (char)(0x80 | (code & 0x3f));
    }
    buf_add(out, bytes, length);
}

unsigned text_kind_of(uint32_t code)
{
    if (code > 0x10ffff) {
        return KIND_UNKNOWN;
    }
    size_t low = 0;
    size_t high = text_runs_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (text_runs[middle] >> 4 <= code) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return text_runs[low] & 0xf;
}

int text_columns_of(uint32_t code)
{
    switch ((enum text_kind)(text_kind_of(code) & KIND_MASK)) {
    case KIND_HIDDEN:
    case KIND_MARK: return 0;
    case KIND_WIDE: return 2;
    default: return code == 0x3000 ? 2 : 1; /* the ideographic space is the one wide blank */
    }
}

/* The cleaner's way through a text. */
struct cleaner {
    const char *at;
    const char *end;
    bool keep_lines;
    int marks; /* how many more the character before can carry */
};

static struct cleaner cleaner_start(const char *text, bool keep_lines)
{
    return (struct cleaner){ .at = text, .end = text + strlen(text), .keep_lines = keep_lines };
}

/* The next character as it is shown. */
static uint32_t clean_next(struct cleaner *cleaner)
{
    uint32_t code = text_next(&cleaner->at, cleaner->end);
    int marks = cleaner->marks;
    cleaner->marks = 0;
    if (code == '\n') {
        return cleaner->keep_lines ? '\n' : ' ';
    }
    if (code == REPLACEMENT) {
        return REPLACEMENT;
    }

    switch ((enum text_kind)(text_kind_of(code) & KIND_MASK)) {
    case KIND_BLANK:
        /* One column each, whatever a terminal thinks of U+3000 or U+2003. */
        return code == NO_BREAK_SPACE ? code : ' ';
    case KIND_MARK:
        if (marks == 0) {
            return REPLACEMENT;
        }
        cleaner->marks = marks - 1;
        return code;
    case KIND_NARROW:
    case KIND_WIDE: cleaner->marks = MARKS_PER_LETTER; return code;
    default: return REPLACEMENT;
    }
}

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == NO_BREAK_SPACE || code == '\n';
}

size_t text_columns(const char *text)
{
    size_t columns = 0;
    struct cleaner cleaner = cleaner_start(text, false);
    while (cleaner.at < cleaner.end) {
        columns += (size_t)text_columns_of(clean_next(&cleaner));
    }
    return columns;
}

/* A text of blanks only would be a row that looks like none: its first blank is shown. */
static bool all_blank(const char *text)
{
    struct cleaner cleaner = cleaner_start(text, false);
    while (cleaner.at < cleaner.end) {
        if (!is_blank(clean_next(&cleaner))) {
            return false;
        }
    }
    return true;
}

char *text_clean(struct arena *arena, const char *text, bool keep_lines)
{
    struct buf out = BUF_INIT;
    struct cleaner cleaner = cleaner_start(text, keep_lines);
    if (cleaner.at < cleaner.end && all_blank(text)) {
        clean_next(&cleaner);
        text_put(&out, REPLACEMENT);
    }
    while (cleaner.at < cleaner.end) {
        text_put(&out, clean_next(&cleaner));
    }
    return buf_take(&out, arena);
}

char *text_fit(struct arena *arena, const char *text, size_t columns)
{
    char *clean = text_clean(arena, text, false);
    if (text_columns(clean) <= columns) {
        return clean;
    }
    if (columns == 0) {
        return arena_text(arena, "");
    }

    /* Stops before the first character that leaves no column for the ellipsis, so the marks of
     * the last letter kept are kept with it. */
    const char *at = clean;
    const char *end = clean + strlen(clean);
    size_t used = 0;
    struct buf out = BUF_INIT;
    while (at < end) {
        uint32_t code = text_next(&at, end);
        used += (size_t)text_columns_of(code);
        if (used > columns - 1) {
            break;
        }
        text_put(&out, code);
    }
    text_put(&out, ELLIPSIS);
    return buf_take(&out, arena);
}

char *text_trim(struct arena *arena, const char *text)
{
    static const char no_break_space[] = "\xc2\xa0";
    const char *start = text;
    for (;;) {
        if (*start == ' ' || *start == '\t') {
            start += 1;
        } else if (strncmp(start, no_break_space, 2) == 0) {
            start += 2;
        } else {
            break;
        }
    }
    size_t length = strlen(start);
    for (;;) {
        if (length >= 1 && (start[length - 1] == ' ' || start[length - 1] == '\t')) {
            length -= 1;
        } else if (length >= 2 && memcmp(start + length - 2, no_break_space, 2) == 0) {
            length -= 2;
        } else {
            break;
        }
    }
    return arena_text_n(arena, start, length);
}
