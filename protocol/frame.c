/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/frame.h"

#include "protocol/base/log.h"
#include "protocol/schema.h"

enum {
#define L(name, value, doc) FRAME_LIMIT_##name = (value),
    LIMITS(L)
#undef L
};

const struct frame_limits frame_limits_request = {
    .bytes = FRAME_LIMIT_FRAME_BYTES,
    .elements = FRAME_LIMIT_FRAME_ELEMENTS,
    .depth = FRAME_LIMIT_FRAME_DEPTH,
};

const struct frame_limits frame_limits_answer = {
    .bytes = FRAME_LIMIT_ANSWER_BYTES,
    .elements = FRAME_LIMIT_ANSWER_ELEMENTS,
    .depth = FRAME_LIMIT_FRAME_DEPTH,
};

/* One header: `skip` bytes of header and payload, then `children` values. */
struct header {
    uint64_t skip;
    uint64_t children;
};

static uint64_t big_endian(const uint8_t *at, unsigned width)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < width; i++) {
        number = number << 8 | at[i];
    }
    return number;
}

/* clang-format off */
/*
 * The types from 0xc0 to 0xdf: how wide the length behind the type byte is, what one unit of it
 * means, and how many bytes come in any case. Straight from the specification's table of formats.
 */
static const struct {
    uint8_t width;
    uint8_t bytes_per_unit;
    uint8_t children_per_unit;
    uint8_t fixed;
} formats[0x20] = {
    [0x00] = { 0, 0, 0, 0 }, /* nil */
    [0x02] = { 0, 0, 0, 0 }, /* false */
    [0x03] = { 0, 0, 0, 0 }, /* true */
    [0x04] = { 1, 1, 0, 0 }, /* bin 8, 16, 32 */
    [0x05] = { 2, 1, 0, 0 },
    [0x06] = { 4, 1, 0, 0 },
    [0x07] = { 1, 1, 0, 1 }, /* ext 8, 16, 32: a type byte too */
    [0x08] = { 2, 1, 0, 1 },
    [0x09] = { 4, 1, 0, 1 },
    [0x0a] = { 0, 0, 0, 4 }, /* float 32, 64 */
    [0x0b] = { 0, 0, 0, 8 },
    [0x0c] = { 0, 0, 0, 1 }, /* uint 8 to 64 */
    [0x0d] = { 0, 0, 0, 2 },
    [0x0e] = { 0, 0, 0, 4 },
    [0x0f] = { 0, 0, 0, 8 },
    [0x10] = { 0, 0, 0, 1 }, /* int 8 to 64 */
    [0x11] = { 0, 0, 0, 2 },
    [0x12] = { 0, 0, 0, 4 },
    [0x13] = { 0, 0, 0, 8 },
    [0x14] = { 0, 0, 0, 2 }, /* fixext 1 to 16: a type byte too */
    [0x15] = { 0, 0, 0, 3 },
    [0x16] = { 0, 0, 0, 5 },
    [0x17] = { 0, 0, 0, 9 },
    [0x18] = { 0, 0, 0, 17 },
    [0x19] = { 1, 1, 0, 0 }, /* str 8, 16, 32 */
    [0x1a] = { 2, 1, 0, 0 },
    [0x1b] = { 4, 1, 0, 0 },
    [0x1c] = { 2, 0, 1, 0 }, /* array 16, 32 */
    [0x1d] = { 4, 0, 1, 0 },
    [0x1e] = { 2, 0, 2, 0 }, /* map 16, 32 */
    [0x1f] = { 4, 0, 2, 0 },
};
/* clang-format on */

/* Reads the header at `at`, of which `left` > 0 bytes are there. */
static enum frame_state read_header(const uint8_t *at, size_t left, struct header *ret)
{
    uint8_t type = at[0];
    if (type <= 0x7f || type >= 0xe0) { /* fixint */
        *ret = (struct header){ .skip = 1 };
    } else if (type <= 0x8f) { /* fixmap */
        *ret = (struct header){ .skip = 1, .children = 2 * (uint64_t)(type & 0x0f) };
    } else if (type <= 0x9f) { /* fixarray */
        *ret = (struct header){ .skip = 1, .children = type & 0x0f };
    } else if (type <= 0xbf) { /* fixstr */
        *ret = (struct header){ .skip = 1 + (uint64_t)(type & 0x1f) };
    } else if (type == 0xc1) { /* never used */
        return FRAME_NOT_MSGPACK;
    } else {
        unsigned width = formats[type - 0xc0].width;
        if (left < 1 + (size_t)width) {
            return FRAME_MORE;
        }
        uint64_t units = big_endian(at + 1, width);
        ret->skip = 1 + (uint64_t)width + formats[type - 0xc0].fixed +
                    units * formats[type - 0xc0].bytes_per_unit;
        ret->children = units * formats[type - 0xc0].children_per_unit;
    }
    return FRAME_COMPLETE;
}

/* Counts a header into the walk: its bytes, its elements, one level deeper when it has any. */
static enum frame_state step(struct frame_cursor *cursor, const struct header *header,
                             const struct frame_limits *limits)
{
    cursor->elements += header->children;
    if (cursor->elements > limits->elements) {
        return FRAME_TOO_MANY;
    }
    cursor->at += header->skip;
    /* Each element still to come takes at least one byte. */
    if (cursor->at + header->children > limits->bytes) {
        return FRAME_TOO_LONG;
    }
    cursor->open[cursor->depth]--;
    if (header->children > 0) {
        if (cursor->depth == limits->depth) {
            return FRAME_TOO_DEEP;
        }
        cursor->open[++cursor->depth] = header->children;
    }
    while (cursor->depth > 0 && cursor->open[cursor->depth] == 0) {
        cursor->depth--;
    }
    return FRAME_COMPLETE;
}

enum frame_state frame_walk_on(struct frame_cursor *cursor, const void *bytes, size_t length,
                               const struct frame_limits *limits, size_t *ret_length)
{
    ENSURE(limits->depth < FRAME_DEPTH_MAX);
    if (!cursor->begun) {
        cursor->begun = true;
        cursor->open[0] = 1;
    }
    while (cursor->depth > 0 || cursor->open[0] > 0) {
        struct header header;
        enum frame_state state = FRAME_MORE;
        if (cursor->at < length) {
            state = read_header((const uint8_t *)bytes + cursor->at, length - (size_t)cursor->at,
                                &header);
        }
        if (state == FRAME_MORE) {
            return length >= limits->bytes ? FRAME_TOO_LONG : FRAME_MORE;
        }
        if (state == FRAME_COMPLETE) {
            state = step(cursor, &header, limits);
        }
        if (state != FRAME_COMPLETE) {
            return state;
        }
    }
    if (cursor->at > length) {
        return FRAME_MORE;
    }
    *ret_length = (size_t)cursor->at;
    return FRAME_COMPLETE;
}

enum frame_state frame_walk(const void *bytes, size_t length, const struct frame_limits *limits,
                            size_t *ret_length)
{
    struct frame_cursor cursor = { 0 };
    return frame_walk_on(&cursor, bytes, length, limits, ret_length);
}

bool frame_request_id(const void *bytes, size_t length, uint32_t *ret_id)
{
    const uint8_t *at = bytes;
    if (length < 3 || at[0] != 0x94 || at[1] != 0x00) {
        return false;
    }
    unsigned width = 0;
    if (at[2] <= 0x7f) {
        *ret_id = at[2];
        return true;
    }
    switch (at[2]) {
    case 0xcc: width = 1; break;
    case 0xcd: width = 2; break;
    case 0xce: width = 4; break;
    default: return false;
    }
    if (length < 3 + width) {
        return false;
    }
    *ret_id = (uint32_t)big_endian(at + 3, width);
    return true;
}

const char *frame_explain(enum frame_state state)
{
    switch (state) {
    case FRAME_COMPLETE:
    case FRAME_MORE: return "";
    case FRAME_TOO_LONG: return "message of more bytes than allowed";
    case FRAME_TOO_DEEP: return "message nested deeper than allowed";
    case FRAME_TOO_MANY: return "message of more elements than allowed";
    case FRAME_NOT_MSGPACK: return "not a MessagePack value";
    }
    BUG("unknown frame state");
}
