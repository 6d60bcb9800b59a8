/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The three envelopes of MessagePack-RPC (github.com/msgpack-rpc/msgpack-rpc, spec.md): request
 * [0, id, method, [params]], answer [1, id, error, result], notification [2, method, [params]].
 * No sockets, no bookkeeping. Any thread.
 */
#ifndef SKRYTKA_PROTOCOL_RPC_H
#define SKRYTKA_PROTOCOL_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/err.h"
#include "protocol/record.h"

struct arena;
struct buf;
struct msgpack_object;
struct msgpack_zone;

enum rpc_type { RPC_REQUEST = 0, RPC_ANSWER = 1, RPC_NOTIFICATION = 2 };

/* One message taken apart; what it points to lives until rpc_release(). */
struct rpc_message {
    enum rpc_type type;
    uint32_t id;
    const char *method; /* request, notification: not terminated */
    size_t method_length;
    const struct msgpack_object *body;  /* the one map of params, or the result */
    const struct msgpack_object *error; /* answer: NULL when it succeeded */
    struct msgpack_zone *zone;
};

/*
 * Reads one whole value that passed frame_walk(). False and *err when it is not one of the three
 * envelopes; then nothing is to be released. A request whose params are not one map has body NULL.
 */
bool rpc_read(const void *bytes, size_t length, struct rpc_message *ret, struct err *err);
void rpc_release(struct rpc_message *message);

/* The optional text field `key` of a request's params: a copy from `arena`, NULL when absent. */
bool rpc_key(const struct rpc_message *request, struct arena *arena, const char **ret_key,
             struct err *err);

/* The error map of an answer. */
void rpc_read_error(const struct rpc_message *answer, struct err *ret);

/* Append a whole message. A NULL key is left out. */
void rpc_write_request(struct buf *out, uint32_t id, enum method method, const void *params,
                       const char *key);
void rpc_write_result(struct buf *out, uint32_t id, const struct record *record, const void *value);
void rpc_write_result_bytes(struct buf *out, uint32_t id, const void *packed, size_t length);
void rpc_write_error(struct buf *out, uint32_t id, const struct err *err);
void rpc_write_notification(struct buf *out, const char *name, const struct record *record,
                            const void *value);

#endif
