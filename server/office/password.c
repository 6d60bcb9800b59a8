/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/password.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash must fit");

bool password_hash(const char *password, char ret_hash[PASSWORD_HASH])
{
    return crypto_pwhash_str(ret_hash, password, strlen(password),
                             crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

bool password_fits(const char *password, const char *hash)
{
    char unused[PASSWORD_HASH];
    if (hash == NULL) {
        password_hash(password, unused);
        return false;
    }
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
