/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The listening sockets of the staff's door. Loop thread; only staff/ includes this. */
#ifndef SKRYTKA_STAFF_LISTENER_H
#define SKRYTKA_STAFF_LISTENER_H

#include <uv.h>

struct staff;
struct tls_context;

struct listener {
    struct listener *next;
    struct staff *staff;
    struct tls_context *tls;     /* NULL: none; owned */
    const char *tls_certificate; /* files it was read from; the configuration's */
    const char *tls_key;
    char *path; /* of a Unix socket, removed at the end; NULL: TCP */
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
};

/* A session or listener is gone: frees `staff` when it closes and this was the last. */
void staff_closed_part(struct staff *staff);

#endif
