/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/form.h"

#include <ctype.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "protocol/record.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *form_decode(struct arena *arena, const char *text, size_t length, size_t *ret_length)
{
    char *out = arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && i + 2 < length && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out[used++] = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
        } else {
            out[used++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    if (ret_length) {
        *ret_length = used;
    }
    return out;
}

const char *form_encode(struct arena *arena, const char *text)
{
    struct buf out = BUF_INIT;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0x80 && (isalnum(*at) || strchr("-._", *at))) {
            buf_char(&out, (char)*at);
        } else {
            buf_format(&out, "%%%02X", *at);
        }
    }
    return buf_take(&out, arena);
}

const char *form_value(struct arena *arena, const char *body, size_t length, const char *name)
{
    const char *end = body + length;
    while (body < end) {
        const char *stop = memchr(body, '&', (size_t)(end - body));
        if (!stop) {
            stop = end;
        }
        const char *equals = memchr(body, '=', (size_t)(stop - body));
        size_t name_length = (size_t)((equals ? equals : stop) - body);
        if (equals && name_length == strlen(name) && memcmp(body, name, name_length) == 0) {
            size_t size;
            const char *value = form_decode(arena, equals + 1, (size_t)(stop - equals - 1), &size);
            if (text_check(value, size, TEXT_LINE, LIMIT_LINE_BYTES) != TEXT_OK) {
                return NULL;
            }
            return text_trim(arena, value);
        }
        body = stop + (stop < end);
    }
    return NULL;
}
