/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SHA-256 as 64 lower-case hex digits, the name that a scan has everywhere. Any thread. */
#ifndef SKRYTKA_DB_DIGEST_H
#define SKRYTKA_DB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_TEXT = 65 };

/* Is it 64 lower-case hex digits? Anything else must never become part of a path. */
bool digest_valid(const char *text);

struct digest;

struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *bytes, size_t length);

/* The hash of all that was added; frees `digest`. */
void digest_end(struct digest *digest, char ret[DIGEST_TEXT]);
void digest_free(struct digest *digest);

/* Of an open file from its beginning on. False, with errno set, when it cannot be read. */
bool digest_file(int file, char ret[DIGEST_TEXT]);

#endif
