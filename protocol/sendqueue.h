/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Bytes on their way out of a connection. A message for many connections is packed once and shared
 * by counted references; small messages for one are joined, so that a write has few parts. One
 * thread.
 */
#ifndef SKRYTKA_PROTOCOL_SENDQUEUE_H
#define SKRYTKA_PROTOCOL_SENDQUEUE_H

#include <stddef.h>

/* Bytes that several queues may hold. They do not change any more. */
struct shared_bytes {
    unsigned references;
    size_t length;
    size_t capacity;
    char data[];
};

/* A copy with one reference, which is the caller's. */
struct shared_bytes *shared_bytes_new(const void *bytes, size_t length);

/* Gives one reference back. */
void shared_bytes_release(struct shared_bytes *shared);

struct sendqueue {
    struct shared_bytes **parts;
    size_t count;
    size_t capacity;
    size_t bytes; /* in all parts */
};

/* Appends a copy. */
void sendqueue_add(struct sendqueue *queue, const void *bytes, size_t length);

/* Appends without a copy; the queue takes a reference of its own. */
void sendqueue_share(struct sendqueue *queue, struct shared_bytes *shared);

/* Empties it, keeping the table; sendqueue_release() frees that too. */
void sendqueue_clear(struct sendqueue *queue);
void sendqueue_release(struct sendqueue *queue);

#endif
