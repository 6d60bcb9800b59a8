/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A nonce is "<UTC seconds in hex>-<hash in hex>", the hash being HMAC-SHA-512-256 (libsodium). */
#include "server/web/nonce.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"

_Static_assert(crypto_auth_KEYBYTES == 32, "the secret of the office is the key");

enum { NONCE_TEXT = 16 + 1 + 2 * crypto_auth_BYTES + 1 };

static void make(const unsigned char secret[32], const char *subject, int64_t at,
                 char out[NONCE_TEXT])
{
    crypto_auth_hmacsha512256_state state;
    unsigned char hash[crypto_auth_BYTES];
    int used = snprintf(out, NONCE_TEXT, "%" PRIx64 "-", (uint64_t)at);
    crypto_auth_hmacsha512256_init(&state, secret, crypto_auth_KEYBYTES);
    crypto_auth_hmacsha512256_update(&state, (const unsigned char *)out, (unsigned)used);
    crypto_auth_hmacsha512256_update(&state, (const unsigned char *)subject, strlen(subject));
    crypto_auth_hmacsha512256_final(&state, hash);
    sodium_bin2hex(out + used, NONCE_TEXT - (size_t)used, hash, sizeof(hash));
}

const char *nonce_make(struct arena *arena, const unsigned char secret[32], const char *subject,
                       int64_t now)
{
    char *out = arena_alloc(arena, NONCE_TEXT);
    make(secret, subject, now, out);
    return out;
}

bool nonce_check(const unsigned char secret[32], const char *subject, const char *nonce,
                 int64_t now)
{
    if (!nonce || strlen(nonce) >= NONCE_TEXT) {
        return false;
    }
    int64_t at = (int64_t)strtoull(nonce, NULL, 16);
    char expected[NONCE_TEXT];
    make(secret, subject, at, expected);
    return strlen(nonce) == strlen(expected) &&
           sodium_memcmp(nonce, expected, strlen(expected)) == 0 && at <= now &&
           now - at < NONCE_SECONDS;
}
