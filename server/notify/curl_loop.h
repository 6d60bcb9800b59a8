/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libcurl's transfers on the libuv loop (curl_multi_socket_action(3)): curl says which sockets and
 * which time to watch, uv watches them. Connections are kept and used again. Loop thread.
 * Not for SMTP, whose last step blocks (crew.h).
 */
#ifndef SKRYTKA_NOTIFY_CURL_LOOP_H
#define SKRYTKA_NOTIFY_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

struct curl_loop;

/*
 * One transfer. Embed it, fill `done`; curl_loop_prepare() makes the handle, the owner sets the
 * options of its protocol, curl_loop_start() begins.
 */
struct curl_transfer {
    CURL *easy;
    /* Once, when it ended by itself; the handle still answers curl_easy_getinfo(). */
    void (*done)(struct curl_transfer *transfer, CURLcode result);
    char why[CURL_ERROR_SIZE]; /* curl's explanation of a failure; may be "" */
    struct curl_loop *loop;
    bool running;
};

struct curl_loop *curl_loop_new(uv_loop_t *uv);

/* Makes transfer->easy with what all transfers share: no signals, no redirects, no proxy. */
void curl_loop_prepare(struct curl_loop *loop, struct curl_transfer *transfer);

void curl_loop_start(struct curl_transfer *transfer);

/* Releases the handle: after `done`, or before it to break the transfer off. */
void curl_loop_release(struct curl_transfer *transfer);

/* Closes all connections, frees the loop, then calls `closed`. No transfer may be left. */
void curl_loop_close(struct curl_loop *loop, void (*closed)(void *owner), void *owner);

#endif
