/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a peer sends, on its whole way: guard, envelope, every record of the schema, as the daemon
 * reads it and as a client does. What was read can be packed and read again.
 */
#include <stdint.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/frame.h"
#include "protocol/rpc.h"
#include "protocol/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_as(const struct record *record, const struct msgpack_object *body)
{
    struct arena *arena = arena_new();
    struct buf packed = BUF_INIT;
    struct err err;
    void *value = arena_alloc(arena, record->size);
    wire_unpack_answer(record, body, arena, value, &err);
    if (wire_unpack(record, body, arena, value, &err)) {
        void *again = arena_alloc(arena, record->size);
        wire_pack(record, value, &packed);
        ENSURE(wire_unpack_bytes(record, packed.data, packed.length, arena, again, &err));
    } else {
        ENSURE(err.code == ERR_bad_request);
    }
    buf_release(&packed);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    size_t end;
    struct rpc_message message;
    struct err err;
    uint32_t id;
    const char *key;
    frame_request_id(bytes, length, &id);
    if (frame_walk(bytes, length, &frame_limits_request, &end) != FRAME_COMPLETE ||
        !rpc_read(bytes, end, &message, &err)) {
        return 0;
    }
    if (message.type == RPC_REQUEST) {
        struct arena *arena = arena_new();
        rpc_key(&message, arena, &key, &err);
        arena_free(arena);
    } else if (message.error != NULL) {
        rpc_read_error(&message, &err);
    }
    for (size_t i = 0; message.body != NULL && all_records[i] != NULL; i++) {
        read_as(all_records[i], message.body);
    }
    rpc_release(&message);
    return 0;
}
