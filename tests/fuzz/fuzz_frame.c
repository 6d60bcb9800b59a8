/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The guard before msgpack-c: never reads behind the bytes, says the same whether they come at once
 * or one by one, and what it lets through is a value of the same length for msgpack-c.
 */
#include <msgpack.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* One byte more each time, in memory of just that size. */
static enum frame_state walk_slowly(const uint8_t *bytes, size_t length, size_t *ret_length)
{
    struct frame_cursor cursor = { 0 };
    enum frame_state state = FRAME_MORE;
    for (size_t i = 0; i <= length && state == FRAME_MORE; i++) {
        uint8_t *come = malloc(i + 1);
        ENSURE(come != NULL);
        memcpy(come, bytes, i);
        state = frame_walk_on(&cursor, come, i, &frame_limits_request, ret_length);
        free(come);
    }
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    size_t end = 0;
    size_t end_slowly = 0;
    size_t end_theirs = 0;
    enum frame_state state = frame_walk(bytes, length, &frame_limits_request, &end);
    if (length < 2000) {
        ENSURE(walk_slowly(bytes, length, &end_slowly) == state);
        ENSURE(end_slowly == end);
    }
    if (state == FRAME_COMPLETE) {
        msgpack_zone zone;
        msgpack_object value;
        ENSURE(msgpack_zone_init(&zone, 4096));
        msgpack_unpack_return result =
            msgpack_unpack((const char *)bytes, length, &end_theirs, &zone, &value);
        msgpack_zone_destroy(&zone);
        ENSURE(result == MSGPACK_UNPACK_SUCCESS || result == MSGPACK_UNPACK_EXTRA_BYTES);
        ENSURE(end_theirs == end);
    }
    return 0;
}
