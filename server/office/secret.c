/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/secret.h"

#include <sodium.h>
#include <string.h>

#include "db/tx.h"

enum { SECRET_BYTES = 32 };

_Static_assert(SECRET_TEXT == sodium_base64_ENCODED_LEN(SECRET_BYTES,
                                                        sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "the bits fit");
_Static_assert(SECRET_HASH == crypto_hash_sha256_BYTES, "the hash is SHA-256");

void secret_make(char ret_secret[SECRET_TEXT])
{
    unsigned char random[SECRET_BYTES];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(ret_secret, SECRET_TEXT, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void secret_hash(const char *secret, unsigned char ret_hash[SECRET_HASH])
{
    crypto_hash_sha256(ret_hash, (const unsigned char *)secret, strlen(secret));
}

void secret_bind(struct sqlite3_stmt *statement, const char *name, const char *secret)
{
    unsigned char hash[SECRET_HASH];
    secret_hash(secret, hash);
    db_bind_blob(statement, name, hash, sizeof hash);
}
