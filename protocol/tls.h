/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * TLS 1.2 and 1.3 (RFC 5246, RFC 8446) for a byte stream that somebody else reads and writes: what
 * came is fed in, what must go is taken out; no socket here. GnuTLS is loaded when the first
 * context is made and not before: a terminal that needs no TLS does not carry its four megabytes.
 * One thread.
 */
#ifndef SKRYTKA_PROTOCOL_TLS_H
#define SKRYTKA_PROTOCOL_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/err.h"

struct buf;
struct tls_context;
struct tls_session;

/* A server's certificate (chain) and key, PEM files. NULL and *err (ERR_unavailable) on failure. */
struct tls_context *tls_server(const char *certificate_file, const char *key_file, struct err *err);

/* A client that trusts the PEM file, or this system's authorities when it is NULL. */
struct tls_context *tls_client(const char *ca_file, struct err *err);

/*
 * Lets go of a context; NULL is allowed. Sessions made on it go on, and the last of them frees it:
 * a server changes to a new certificate while it runs.
 */
void tls_context_free(struct tls_context *context);

/*
 * A session on a context. A client checks that the certificate is good for
 * `host` (a name or a numeric address); a server's is NULL. Never NULL.
 */
struct tls_session *tls_session_new(struct tls_context *context, const char *host);
void tls_session_free(struct tls_session *session);

/* Bytes that came from the peer (copied). */
void tls_feed(struct tls_session *session, const void *bytes, size_t length);

/* Bytes that must go to the peer; whoever sends them empties it. Look after every call here. */
struct buf *tls_output(struct tls_session *session);

enum tls_state {
    TLS_DONE,
    TLS_MORE,   /* feed more, then ask again */
    TLS_CLOSED, /* the peer said goodbye */
    TLS_FAILED, /* tls_why() says why; an alert for the peer is in the output */
};

/* Goes on with the handshake: TLS_DONE, TLS_MORE or TLS_FAILED. */
enum tls_state tls_handshake(struct tls_session *session);

/* Plain bytes into `out`, after the handshake; TLS_DONE sets *ret_length above 0. */
enum tls_state tls_read(struct tls_session *session, void *out, size_t size, size_t *ret_length);

/* Encrypts into the output, after the handshake. False: TLS_FAILED. */
bool tls_write(struct tls_session *session, const void *bytes, size_t length);

/* Says goodbye (close_notify, RFC 8446 6.1): nothing is written after it. */
void tls_bye(struct tls_session *session);

/* Why it failed, for people; "" while it did not. */
const char *tls_why(const struct tls_session *session);

#endif
