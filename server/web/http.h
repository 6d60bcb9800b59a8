/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * HTTP for the pages: libmicrohttpd driven by the libuv loop, and the limits that it does not have.
 *
 * A request reaches the handler when its body is complete. The handler answers at once or later: in
 * between the connection is suspended and costs nothing. Everything happens on the loop thread.
 * On top of what libmicrohttpd refuses, this module refuses what could be read in two ways
 * (framing.h), bodies that are too long, and peers that take their time.
 */
#ifndef SKRYTKA_WEB_HTTP_H
#define SKRYTKA_WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct arena;
struct http;
struct sockaddr;

enum { HTTP_BODY_BYTES = 8192 }; /* forms are small; more gets 413 */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST };

/* A whole request. Valid, with its arena, until its answer has left. */
struct http_request {
    struct arena *arena;
    enum http_method method;
    const char *path; /* percent-decoded once, without the query */
    const char *body; /* a NUL after the last byte */
    size_t body_length;
};

/* One header of an answer. */
struct http_field {
    const char *name;
    const char *value;
};

struct http_answer {
    unsigned status;
    const struct http_field *fields; /* ends with a NULL name */
    const void *body;                /* lives as long as the request: from its arena, or constant */
    size_t length;
    int file; /* instead of `body`: a descriptor, which is taken over; with `length` its size */
    bool has_file;
};

/* Counted since the start. */
struct http_counters {
    uint64_t connections; /* open now */
    uint64_t accepted;
    uint64_t overdue;    /* cut off because a deadline passed */
    uint64_t answers[6]; /* [2]: 2xx, and so on */
};

struct http_config {
    int listener;         /* bound and listening; taken over by http_start() when it succeeds */
    unsigned per_network; /* connections of one peer_network(), 0: any number */
    const struct http_field *fields; /* of every answer; like those of an answer */
    bool tls;                        /* with what certificate_load() read */
    void (*handle)(struct http_request *request, void *owner);
    void *owner;
};

/* Starts to accept. False when libmicrohttpd refuses: as good as always the certificate. */
bool http_start(const struct http_config *config, uv_loop_t *loop, struct http **ret_http);

/*
 * Accepts no more, waits for the answers that the handler owes, closes every connection, frees
 * `http`, then calls `closed`.
 */
void http_stop(struct http *http, void (*closed)(void *owner), void *owner);

/* Exactly once for each request, inside the handler or later. Copies `answer` but not the body. */
void http_answer(struct http_request *request, const struct http_answer *answer);

/*
 * A header of the request, a cookie, a value of the query: NULL when not there. Of a header that
 * came in several lines http_header() knows the first; the other joins all, in order, by ", " (RFC
 * 9110, 5.3; in the request's arena).
 */
const char *http_header(const struct http_request *request, const char *name);
const char *http_header_lines(const struct http_request *request, const char *name);
const char *http_cookie(const struct http_request *request, const char *name);
const char *http_query(const struct http_request *request, const char *name); /* "?name" is "" */

/* Who asks: the peer's address. */
const struct sockaddr *http_peer(const struct http_request *request);

struct http_counters http_counters(const struct http *http);

#endif
