/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/mail_address.h"

#include <ctype.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"

enum { ADDRESS_LIMIT = 254, LOCAL_LIMIT = 64, DOMAIN_LIMIT = 253, LABEL_LIMIT = 63 };

/* Parts with a dot between them, none empty; bytes of more than ASCII where `utf8` allows. */
static bool dotted(const char *at, size_t length, const char *marks, bool utf8, size_t part_limit)
{
    size_t part = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c == '.') {
            if (part == 0) {
                return false;
            }
            part = 0;
            continue;
        }
        if (c >= 0x80 ? !utf8 : !isalnum(c) && !strchr(marks, c)) {
            return false;
        }
        if (++part > part_limit) {
            return false;
        }
    }
    return part > 0;
}

static bool ascii_only(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The domain in its ASCII form; NULL when it has none. */
static const char *domain_ascii(struct arena *arena, const char *domain)
{
    if (ascii_only(domain)) {
        return domain;
    }
    gnutls_datum_t mapped;
    if (gnutls_idna_map(domain, (unsigned)strlen(domain), &mapped, 0) != 0) {
        return NULL;
    }
    const char *copy = arena_text_n(arena, (const char *)mapped.data, mapped.size);
    gnutls_free(mapped.data);
    return copy;
}

const char *mail_address(struct arena *arena, const char *address)
{
    if (!address || text_check(address, strlen(address), TEXT_LINE, ADDRESS_LIMIT) != TEXT_OK) {
        return NULL;
    }
    const char *at = strrchr(address, '@');
    if (!at) {
        return NULL;
    }
    size_t local = (size_t)(at - address);
    if (local > LOCAL_LIMIT || !dotted(address, local, "!#$%&'*+-/=?^_`{|}~", true, LOCAL_LIMIT)) {
        return NULL;
    }
    const char *domain = domain_ascii(arena, at + 1);
    if (!domain || strlen(domain) > DOMAIN_LIMIT ||
        !dotted(domain, strlen(domain), "-_", false, LABEL_LIMIT)) {
        return NULL;
    }
    return arena_format(arena, "%.*s@%s", (int)local, address, domain);
}
