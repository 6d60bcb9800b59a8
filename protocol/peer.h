/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is at the other end of a connected stream, and how soon we notice that nobody is. Any thread.
 */
#ifndef SKRYTKA_PROTOCOL_PEER_H
#define SKRYTKA_PROTOCOL_PEER_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

enum { PEER_NAME = 64 };

struct peer {
    char name[PEER_NAME]; /* "local" on a Unix socket, else the numeric address without port */
    bool has_uid;
    uid_t uid; /* the OS user of a Unix socket's other end (SO_PEERCRED, unix(7)) */
};

/* Of a connected uv_pipe_t or uv_tcp_t. What the system does not tell stays empty. */
struct peer peer_of(const uv_handle_t *stream);

/* A dead peer is found out within a minute, whether we wait for its answer or for its question. */
void peer_watch(uv_tcp_t *stream);

#endif
