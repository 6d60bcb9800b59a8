/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two channels joined over a real socket on one loop, and what happened to each. */
#ifndef SKRYTKA_TESTS_CHANNEL_PAIR_H
#define SKRYTKA_TESTS_CHANNEL_PAIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/base/buf.h"
#include "protocol/channel.h"

enum { LIMIT_MS = 10000 };

/* One side and what happened to it. */
struct side {
    struct channel *channel;
    bool open;
    unsigned frames;
    size_t last_length;
    struct buf all; /* every frame, one after another */
    unsigned bad;
    enum frame_state bad_state;
    bool ended;
    char why[100];
    bool closed;
    /* What to do in on_frame. */
    bool pause_after_first;
    bool echo;
    bool close_in_frame;
};

struct pair {
    uv_loop_t loop;
    uv_timer_t limit;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
    char path[64];
    struct address address;
    struct channel_setup setup;     /* of the accepting side */
    struct tls_context *client_tls; /* NULL: plain */
    struct side server;
    struct side client;
};

void pair_on_limit(uv_timer_t *timer);

/* Runs the loop until the condition holds. */
#define until(pair, condition)                                                                     \
    do {                                                                                           \
        uv_timer_start(&(pair)->limit, pair_on_limit, LIMIT_MS, 0);                                \
        while (!(condition)) {                                                                     \
            uv_run(&(pair)->loop, UV_RUN_ONCE);                                                    \
        }                                                                                          \
        uv_timer_stop(&(pair)->limit);                                                             \
    } while (0)

/* A pair that is not joined yet. Set pair->setup.tls and pair->client_tls before joining. */
struct pair *pair_new(void);
void pair_free(struct pair *pair);

/* Listens, and says so in pair->address. */
void pair_listen_tcp(struct pair *pair);
void pair_listen_unix(struct pair *pair);

/* Begins to connect, there or to another address; pair_join() waits until both sides are open. */
void pair_connect(struct pair *pair);
void pair_connect_to(struct pair *pair, const char *address);
void pair_join(struct pair *pair);

/* Closes one side, waits until it is gone. */
void pair_close_side(struct pair *pair, struct side *side);

/* Appends a bin 32 value of `length` payload bytes. */
void pair_add_bin(struct buf *out, size_t length);

#endif
