/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A growable run of bytes. Always has a NUL after the last byte once something was added, so text
 * built in it can be used in place. Running out of memory ends the program; limit first what a
 * peer may make grow.
 */
#ifndef SKRYTKA_BASE_BUF_H
#define SKRYTKA_BASE_BUF_H

#include <stddef.h>

struct arena;

struct buf {
    char *data;
    size_t length;
    size_t capacity;
};

/* clang-format off */
#define BUF_INIT { 0 }
/* clang-format on */

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first `length` bytes (all, when there are fewer). */
void buf_drop(struct buf *buf, size_t length);

/* The bytes as text: never NULL, "" when empty. Valid until the next change. */
const char *buf_str(const struct buf *buf);

/* Copies the text into an arena and releases the buffer. Never NULL. */
char *buf_take(struct buf *buf, struct arena *arena);

/* Empties it but keeps the memory; releases the memory and leaves it ready for use again. */
void buf_clear(struct buf *buf);
void buf_release(struct buf *buf);

#endif
