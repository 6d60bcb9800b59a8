/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The places of a lane for messages on their way, and the queues they stand in. Loop thread. */
#ifndef SKRYTKA_NOTIFY_ATTEMPT_H
#define SKRYTKA_NOTIFY_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/notify/transport.h"

struct arena;
struct lane;

/* Messages claimed together share the memory that the database thread built them in. */
struct batch {
    struct arena *arena;
    size_t users;
};

enum attempt_state {
    ATTEMPT_FREE,
    ATTEMPT_CLAIMED, /* marked on the disk, not begun */
    ATTEMPT_SENDING,
    ATTEMPT_ENDED, /* its outcome is known and not on the disk yet */
    ATTEMPT_RECORDING,
};

/* A place for one message. */
struct attempt {
    struct sending sending;
    enum attempt_state state;
    struct lane *lane;
    struct batch *batch;
    uint64_t claimed_at; /* milliseconds of the loop's time */
    uint64_t begun_at;
    bool begun;
    uint64_t pauses; /* those there had been when it began */
    struct attempt *next;
};

struct attempts {
    struct attempt *first;
    struct attempt **end;
    size_t length;
};

/* At the end of a queue, in this state from now on. It must stand in no other. */
void attempts_put(struct attempts *queue, struct attempt *attempt, enum attempt_state state);

/* The first one, out of its queue; NULL: it is empty. */
struct attempt *attempts_get(struct attempts *queue);

/* One from anywhere in the queue; `at` is its `first`, or `next` of the one before. */
struct attempt *attempts_take_out(struct attempts *queue, struct attempt **at);

/* Says in the log how it ended. */
void attempt_log(const struct attempt *attempt);

/* A new one with one user; the last that leaves frees it with its memory. */
struct batch *batch_new(void);
void batch_leave(struct batch *batch);

#endif
