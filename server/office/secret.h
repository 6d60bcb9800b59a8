/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a link, a browser or a session proves itself by: 256 random bits, written as 43 characters
 * of URL-safe base64. Only the SHA-256 is stored, so neither the database nor a backup opens
 * anything. Any thread.
 */
#ifndef SKRYTKA_OFFICE_SECRET_H
#define SKRYTKA_OFFICE_SECRET_H

struct sqlite3_stmt;

/* Bytes of its text, with the NUL, and of its hash. */
enum { SECRET_TEXT = 44, SECRET_HASH = 32 };

/* All characters that there may be in the text. */
#define SECRET_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

void secret_make(char ret_secret[SECRET_TEXT]);

/* Of any text, also one that is no secret: then no row has this hash. */
void secret_hash(const char *secret, unsigned char ret_hash[SECRET_HASH]);

/* The hash as the statement's parameter `name`. */
void secret_bind(struct sqlite3_stmt *statement, const char *name, const char *secret);

#endif
