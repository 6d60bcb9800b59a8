/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One connection that carries MessagePack values both ways, as the daemon accepts it and a client
 * makes it: over a Unix socket, TCP or TLS. Cuts the incoming bytes into whole values under limits,
 * sends what was queued in one write per turn of the loop, and stops reading from a peer that does
 * not take its answers.
 *
 * All functions and callbacks: the loop's thread. A callback is never called from inside one of
 * the functions here; from inside a callback every function may be called.
 */
#ifndef SKRYTKA_PROTOCOL_CHANNEL_H
#define SKRYTKA_PROTOCOL_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "protocol/address.h"
#include "protocol/frame.h"
#include "protocol/sendqueue.h"

struct channel;
struct tls_context;

enum {
    /* An accepted channel stops reading while more than this waits to be sent. */
    CHANNEL_BUSY_BYTES = 1048576,

    /*
     * More than this waiting, and one more message comes that the peer did not ask for
     * (channel_send_shared): the peer does not read and the connection ends.
     */
    CHANNEL_LAG_BYTES = 4194304,

    /* The same for answers: room for one of the largest besides. */
    CHANNEL_UNSENT_BYTES = 4194304 + 33554432,

    CHANNEL_CONNECT_MS = 10000, /* to connect and to agree on TLS */
    CHANNEL_FINISH_MS = 3000,   /* for the last bytes after channel_finish() */
};

struct channel_ops {
    /* Connected, and TLS agreed upon. Comes once, before any other callback but on_end. */
    void (*on_open)(void *owner);
    /* One whole value; `bytes` are gone after the return. */
    void (*on_frame)(void *owner, const void *bytes, size_t length);
    /*
     * A value that frame_walk() refuses; `bytes` are what came of it so far. Nothing that follows
     * is read. Send an answer and call channel_finish(), or channel_close().
     */
    void (*on_bad_frame)(void *owner, enum frame_state state, const void *bytes, size_t length);
    /*
     * The connection is over (or never came about); `why` is English. Comes at most once and is
     * the last callback. channel_close() is still the owner's to call.
     */
    void (*on_end)(void *owner, const char *why);
};

struct channel_setup {
    const struct channel_ops *ops; /* all four set */
    void *owner;
    const struct frame_limits *limits;
    struct tls_context *tls; /* NULL: no TLS. Lives until on_open or on_end */
};

/*
 * Takes the waiting connection of a listening uv_pipe_t or uv_tcp_t, inside its connection
 * callback. 0, or a libuv error and nothing made.
 */
int channel_accept(uv_stream_t *listener, const struct channel_setup *setup, struct channel **ret);

/* Begins to connect. Whatever goes wrong, now or later, comes as on_end. */
struct channel *channel_connect(uv_loop_t *loop, const struct address *address,
                                const struct channel_setup *setup);

/*
 * Queues a message (copied), or one that many are to get. Before on_open it waits. Nothing happens
 * on a channel that is over or finishing.
 */
void channel_send(struct channel *channel, const void *bytes, size_t length);
void channel_send_shared(struct channel *channel, struct shared_bytes *message);

/* Bytes queued and not yet taken by the system. */
size_t channel_unsent(const struct channel *channel);

/* No on_frame until resumed; what came already is kept. */
void channel_pause(struct channel *channel);
void channel_resume(struct channel *channel);

/*
 * Sends what is queued, says goodbye and waits for the peer to close (so that it reads our last
 * words instead of a reset), all within CHANNEL_FINISH_MS; then on_end. No more on_frame.
 */
void channel_finish(struct channel *channel);

/*
 * Closes at once; no callback comes any more but `closed` (may be NULL), later, after which the
 * channel is gone. Call it once for each channel.
 */
void channel_close(struct channel *channel, void (*closed)(void *owner));

/* The OS user at the other end of a Unix socket (SO_PEERCRED, unix(7)). False for TCP. */
bool channel_peer_uid(const struct channel *channel, uid_t *ret_uid);

/* "local" on a Unix socket, else the peer's numeric address without port. "" before on_open. */
const char *channel_peer(const struct channel *channel);

#endif
