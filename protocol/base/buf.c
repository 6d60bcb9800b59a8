/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Growable bytes, doubling, so that adding byte by byte costs linear time.
 */
#include "protocol/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum { SMALLEST = 64 };

/* Makes room for `length` more bytes and the NUL. */
static void buf_reserve(struct buf *buf, size_t length)
{
    ENSURE(length < SIZE_MAX / 2 && buf->length < SIZE_MAX / 2 - length);
    size_t needed = buf->length + length + 1;
    if (needed <= buf->capacity) {
        return;
    }
    size_t capacity = buf->capacity < SMALLEST ? SMALLEST : buf->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    buf->data = memory_resize(buf->data, capacity);
    buf->capacity = capacity;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    buf_reserve(buf, length);
    if (length > 0) {
        memcpy(buf->data + buf->length, bytes, length);
    }
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ENSURE(length >= 0);

    buf_reserve(buf, (size_t)length);
    ENSURE(vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again) == length);
    va_end(again);
    buf->length += (size_t)length;
}

void buf_drop(struct buf *buf, size_t length)
{
    if (length >= buf->length) {
        buf_clear(buf);
        return;
    }
    buf->length -= length;
    memmove(buf->data, buf->data + length, buf->length + 1); /* the NUL too */
}

const char *buf_str(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf, struct arena *arena)
{
    char *text = arena_text_n(arena, buf_str(buf), buf->length);
    buf_release(buf);
    return text;
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    if (buf->data) {
        buf->data[0] = '\0';
    }
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf)BUF_INIT;
}
