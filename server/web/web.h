/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The clients' pages: a listener, the routes (routes.def.h), the pages (page_*.c). Loop thread.
 */
#ifndef SKRYTKA_WEB_WEB_H
#define SKRYTKA_WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <uv.h>

struct office;
struct web;

struct web_config {
    const struct sockaddr *address;
    socklen_t address_length;
    const char *base_url;               /* how clients reach us; without a final slash */
    const char *const *trusted_proxies; /* see peer.h */
    const char *tls_certificate;        /* PEM files; NULL or "": no TLS here */
    const char *tls_key;
};

/*
 * Opens the listener and reads the certificate; nothing is accepted yet. False, with the reason for
 * a person, when that cannot be. What `config` points to must live as long as the web.
 */
bool web_listen(const struct web_config *config, struct web **ret_web, char *ret_why,
                size_t why_size);

/* Begins to accept. False, with the reason, when that cannot be. */
bool web_start(struct web *web, uv_loop_t *loop, struct office *office, char *ret_why,
               size_t why_size);

/* Reads the certificate and its key again; what is wrong with them is logged, and the old stay. */
void web_reload(struct web *web);

/*
 * Stops accepting, lets the answers under way finish (the database must still answer), frees `web`,
 * then calls `closed`. Also for one that was never started: then at once.
 */
void web_stop(struct web *web, void (*closed)(void *owner), void *owner);

#endif
