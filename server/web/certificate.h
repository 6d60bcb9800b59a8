/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The certificate of the pages, replaceable while they run: certificates live for weeks, and the
 * daemon should not have to stop for a new one. There is one in the process, because libmicrohttpd
 * asks for it without saying which of its daemons asks. Loop thread.
 */
#ifndef SKRYTKA_WEB_CERTIFICATE_H
#define SKRYTKA_WEB_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads a PEM file with the certificate and those that lead to its root, and one with its private
 * key, and hands them out from now on. False, with the reason for a person, when they cannot be
 * read or do not belong together; what was handed out before stays.
 */
bool certificate_load(const char *certificate_file, const char *key_file, char *ret_why,
                      size_t why_size);

/* Gives back all there was. Nothing may be accepted any more. */
void certificate_release(void);

/* For MHD_OPTION_HTTPS_CERT_CALLBACK: a gnutls_certificate_retrieve_function2. */
void *certificate_callback(void);

#endif
