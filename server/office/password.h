/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Passwords are kept as argon2id hashes (libsodium, crypto_pwhash_str INTERACTIVE: 64 MiB, about
 * 60 ms). Any thread but the loop's; at most two at once, or sign-ins would eat the memory.
 */
#ifndef SKRYTKA_OFFICE_PASSWORD_H
#define SKRYTKA_OFFICE_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH = 128 };

/* False: not enough memory. */
bool password_hash(const char *password, char ret_hash[PASSWORD_HASH]);

/* A NULL hash takes as long as any and never fits: it hides which logins exist. */
bool password_fits(const char *password, const char *hash);

#endif
