/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The guard before msgpack-c: walks the headers of a MessagePack value (github.com/msgpack/msgpack,
 * spec.md) and finds its end, under limits of ours. msgpack-c 4.0 believes a header that claims
 * 2^28 elements and reserves gigabytes for five bytes; it never sees a value that did not pass
 * here. Allocates nothing. Any thread.
 */
#ifndef SKRYTKA_PROTOCOL_FRAME_H
#define SKRYTKA_PROTOCOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_limits {
    size_t bytes;
    size_t elements; /* array elements and map keys and values, in all */
    unsigned depth;
};

/* What the server takes from a client, and what a client takes from the server. */
extern const struct frame_limits frame_limits_request;
extern const struct frame_limits frame_limits_answer;

enum frame_state {
    FRAME_COMPLETE,
    FRAME_MORE,     /* a good beginning; come again with more bytes */
    FRAME_TOO_LONG, /* more bytes than allowed */
    FRAME_TOO_DEEP,
    FRAME_TOO_MANY, /* claims more elements than allowed */
    FRAME_NOT_MSGPACK,
};

/* No value nests deeper than this, whatever limits are asked for. */
enum { FRAME_DEPTH_MAX = 16 };

/*
 * Where a walk stopped for want of bytes, so that a long value that comes in many pieces is looked
 * at once and not anew with each piece. Zeroed it stands at the beginning of a value.
 */
struct frame_cursor {
    uint64_t at;       /* bytes walked; may be past what has come */
    uint64_t elements; /* claimed so far */
    bool begun;
    unsigned depth;
    uint64_t open[FRAME_DEPTH_MAX]; /* values still to come at each level */
};

/*
 * Looks at the value that begins at `bytes`. On FRAME_COMPLETE *ret_length is its length; bytes
 * after it are not looked at. On FRAME_MORE call again with the same cursor when more bytes follow
 * those `length`; they may lie elsewhere by then.
 */
enum frame_state frame_walk_on(struct frame_cursor *cursor, const void *bytes, size_t length,
                               const struct frame_limits *limits, size_t *ret_length);

/* frame_walk_on() from the beginning. */
enum frame_state frame_walk(const void *bytes, size_t length, const struct frame_limits *limits,
                            size_t *ret_length);

/*
 * The id of a request [0, id, ...] whose first bytes are these, so that even a refused message can
 * be answered. False when they do not begin so.
 */
bool frame_request_id(const void *bytes, size_t length, uint32_t *ret_id);

/* What to tell the sender about a refused value. "" for the first two states. */
const char *frame_explain(enum frame_state state);

#endif
