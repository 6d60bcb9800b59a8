/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/certificate.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/memory.h"

enum { CHAIN = 16, KEY_ID = 64 };

struct certificate {
    gnutls_pcert_st chain[CHAIN];
    unsigned count;
    gnutls_privkey_t key;
    struct certificate *before; /* a handshake under way may still use it */
};

static struct certificate *current;

static void free_one(struct certificate *certificate)
{
    for (unsigned i = 0; i < certificate->count; i++) {
        gnutls_pcert_deinit(&certificate->chain[i]);
    }
    gnutls_privkey_deinit(certificate->key);
    free(certificate);
}

void certificate_release(void)
{
    while (current) {
        struct certificate *before = current->before;
        free_one(current);
        current = before;
    }
}

static int read_chain(struct certificate *certificate, const char *file)
{
    certificate->count = CHAIN;
    int result = gnutls_pcert_list_import_x509_file(certificate->chain, &certificate->count, file,
                                                    GNUTLS_X509_FMT_PEM, NULL, NULL, 0);
    if (result < 0) {
        certificate->count = 0;
    }
    return result;
}

static int read_key(struct certificate *certificate, const char *file)
{
    gnutls_datum_t text;
    int result = gnutls_load_file(file, &text);
    if (result < 0) {
        return result;
    }
    result = gnutls_privkey_import_x509_raw(certificate->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_memset(text.data, 0, text.size);
    gnutls_free(text.data);
    return result;
}

/* Is the key the one of the first certificate? */
static bool belong_together(const struct certificate *certificate)
{
    unsigned char ids[2][KEY_ID];
    size_t lengths[2] = { KEY_ID, KEY_ID };
    gnutls_pubkey_t of_key;
    if (gnutls_pubkey_init(&of_key) < 0) {
        return false;
    }
    bool known =
        gnutls_pubkey_import_privkey(of_key, certificate->key, 0, 0) >= 0 &&
        gnutls_pubkey_get_key_id(of_key, 0, ids[0], &lengths[0]) >= 0 &&
        gnutls_pubkey_get_key_id(certificate->chain[0].pubkey, 0, ids[1], &lengths[1]) >= 0;
    gnutls_pubkey_deinit(of_key);
    return known && lengths[0] == lengths[1] && memcmp(ids[0], ids[1], lengths[0]) == 0;
}

bool certificate_load(const char *certificate_file, const char *key_file, char *ret_why,
                      size_t why_size)
{
    struct certificate *new = memory_zeroed(sizeof(*new));
    if (gnutls_privkey_init(&new->key) < 0) {
        free(new);
        snprintf(ret_why, why_size, "GnuTLS has no memory for a key");
        return false;
    }
    const char *file = certificate_file;
    int result = read_chain(new, file);
    if (result >= 0) {
        file = key_file;
        result = read_key(new, file);
    }
    if (result >= 0 && belong_together(new)) {
        new->before = current;
        current = new;
        return true;
    }
    snprintf(ret_why, why_size, "%s: %s", file,
             result < 0 ? gnutls_strerror(result) : "not the key of the certificate");
    free_one(new);
    return false;
}

static int retrieve(gnutls_session_t session, const gnutls_datum_t *authorities,
                    int authority_count, const gnutls_pk_algorithm_t *algorithms,
                    int algorithm_count, gnutls_pcert_st **ret_chain, unsigned *ret_count,
                    gnutls_privkey_t *ret_key)
{
    (void)session;
    (void)authorities;
    (void)authority_count;
    (void)algorithms;
    (void)algorithm_count;
    *ret_chain = current->chain;
    *ret_count = current->count;
    *ret_key = current->key;
    return 0;
}

void *certificate_callback(void)
{
    gnutls_certificate_retrieve_function2 *function = retrieve;
    void *pointer;
    memcpy(&pointer, &function,
           sizeof(pointer)); /* POSIX lets a void * hold a function's address */
    return pointer;
}
