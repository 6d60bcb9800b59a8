/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The guard against the specification's table of formats, hostile headers and msgpack-c itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <msgpack.h>

#include "protocol/base/buf.h"
#include "protocol/frame.h"

static const struct frame_limits small = { .bytes = 200000, .elements = 100, .depth = 4 };

/* A head, and how many payload bytes (values of one byte, for arrays and maps) follow it. */
struct sample {
    const char *head;
    size_t head_length;
    size_t payload;
};

#define S(head, payload)                                                                           \
    {                                                                                              \
        head, sizeof head - 1, payload                                                             \
    }

static const struct sample samples[] = {
    S("\x00", 0),
    S("\x7f", 0),
    S("\xe0", 0),
    S("\xff", 0),
    S("\xc0", 0),
    S("\xc2", 0),
    S("\xc3", 0),
    S("\x80", 0),
    S("\x8f", 30),
    S("\x90", 0),
    S("\x9f", 15),
    S("\xa0", 0),
    S("\xbf", 31),
    S("\xc4\x00", 0),
    S("\xc4\xff", 255),
    S("\xc5\x01\x02", 258),
    S("\xc6\x00\x01\x00\x01", 65537),
    S("\xc7\x03\x05", 3),
    S("\xc8\x01\x00\x05", 256),
    S("\xc9\x00\x01\x00\x00\x05", 65536),
    S("\xca", 4),
    S("\xcb", 8),
    S("\xcc", 1),
    S("\xcd", 2),
    S("\xce", 4),
    S("\xcf", 8),
    S("\xd0", 1),
    S("\xd1", 2),
    S("\xd2", 4),
    S("\xd3", 8),
    S("\xd4\x05", 1),
    S("\xd5\x05", 2),
    S("\xd6\x05", 4),
    S("\xd7\x05", 8),
    S("\xd8\x05", 16),
    S("\xd9\x20", 32),
    S("\xda\x01\x00", 256),
    S("\xdb\x00\x01\x00\x00", 65536),
    S("\xdc\x00\x10", 16),
    S("\xdd\x00\x00\x00\x11", 17),
    S("\xde\x00\x10", 32),
    S("\xdf\x00\x00\x00\x11", 34),
};

static void put_sample(struct buf *out, const struct sample *sample)
{
    buf_clear(out);
    buf_add(out, sample->head, sample->head_length);
    for (size_t i = 0; i < sample->payload; i++) {
        buf_char(out, 1);
    }
}

/* Every format ends where it should, wherever the bytes are cut, looked at anew or going on. */
static void test_every_format_at_every_cut(void **state)
{
    struct buf bytes = BUF_INIT;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t length = 12345;
        struct frame_cursor cursor = { 0 };
        put_sample(&bytes, &samples[i]);
        size_t step = bytes.length > 1000 ? 997 : 1;
        for (size_t cut = 0; cut < bytes.length; cut += step) {
            char *exactly = malloc(cut + 1); /* so that a look behind the end is noticed */
            memcpy(exactly, bytes.data, cut);
            assert_int_equal(frame_walk(exactly, cut, &small, &length), FRAME_MORE);
            assert_int_equal(frame_walk_on(&cursor, exactly, cut, &small, &length), FRAME_MORE);
            free(exactly);
        }
        assert_int_equal(length, 12345);
        size_t whole = bytes.length;
        buf_text(&bytes, "what follows");
        assert_int_equal(frame_walk(bytes.data, bytes.length, &small, &length), FRAME_COMPLETE);
        assert_int_equal(length, whole);
        length = 0;
        assert_int_equal(frame_walk_on(&cursor, bytes.data, whole, &small, &length),
                         FRAME_COMPLETE);
        assert_int_equal(length, whole);
    }
    buf_release(&bytes);
}

static void expect(enum frame_state expected, const char *bytes, size_t length)
{
    size_t end;
    assert_int_equal(frame_walk(bytes, length, &small, &end), expected);
}

#define EXPECT(state, bytes) expect(state, bytes, sizeof bytes - 1)

static void test_hostile_heads(void **state)
{
    EXPECT(FRAME_TOO_MANY, "\xdd\xff\xff\xff\xff"); /* 2^32-1 elements */
    EXPECT(FRAME_TOO_MANY, "\xdf\xff\xff\xff\xff");
    EXPECT(FRAME_TOO_MANY, "\xdc\xff\xff");
    EXPECT(FRAME_TOO_MANY, "\xde\x00\x33"); /* 51 pairs are 102 values */
    EXPECT(FRAME_MORE, "\xde\x00\x32");
    EXPECT(FRAME_TOO_MANY, "\x92\xdc\x00\x60\x90"
                           "\xdc\x00\x60"); /* together */
    EXPECT(FRAME_TOO_LONG, "\xc6\xff\xff\xff\xff");
    EXPECT(FRAME_TOO_LONG, "\xdb\xff\xff\xff\xff");
    EXPECT(FRAME_TOO_LONG, "\xc9\xff\xff\xff\xff\x01");
    EXPECT(FRAME_TOO_LONG, "\x92\xc4\x01\x01\xc6\x00\x03\x0d\x38"); /* one byte beyond, together */
    EXPECT(FRAME_MORE, "\x92\xc4\x01\x01\xc6\x00\x03\x0d\x37");
    EXPECT(FRAME_NOT_MSGPACK, "\xc1");
    EXPECT(FRAME_NOT_MSGPACK, "\x92\x01\xc1");
}

static void test_depth(void **state)
{
    EXPECT(FRAME_COMPLETE, "\x91\x91\x91\x91\x01"); /* four levels of array */
    EXPECT(FRAME_COMPLETE, "\x91\x91\x91\x91\x90"); /* an empty one has no inside */
    EXPECT(FRAME_TOO_DEEP, "\x91\x91\x91\x91\x91");
    EXPECT(FRAME_TOO_DEEP, "\x81\x01\x81\x01\x81\x01\x81\x01\x81");
    char bomb[5000];
    memset(bomb, '\x91', sizeof bomb);
    expect(FRAME_TOO_DEEP, bomb, sizeof bomb);
    EXPECT(FRAME_COMPLETE, "\x92\x92\x90\x91\x01\x92\x90\x90"); /* down, up, down again */
}

static void test_limit_of_bytes(void **state)
{
    struct frame_limits limits = { .bytes = 6, .elements = 100, .depth = 4 };
    size_t end;
    assert_int_equal(frame_walk("\xc4\x04"
                                "abcd",
                                6, &limits, &end),
                     FRAME_COMPLETE);
    assert_int_equal(frame_walk("\xc4\x05", 2, &limits, &end), FRAME_TOO_LONG);
    assert_int_equal(frame_walk("\x96\x01", 2, &limits, &end), FRAME_TOO_LONG);
    assert_int_equal(frame_walk("\x95\x01\x01\x01\x01\xcc", 6, &limits, &end), FRAME_TOO_LONG);
}

static void test_request_id(void **state)
{
    uint32_t id = 5;
    assert_true(frame_request_id("\x94\x00\x07", 3, &id));
    assert_int_equal(id, 7);
    assert_true(frame_request_id("\x94\x00\xce\xff\xff\xff\xff", 7, &id));
    assert_int_equal(id, 0xffffffff);
    assert_true(frame_request_id("\x94\x00\xcd\x01\x00", 5, &id));
    assert_int_equal(id, 256);
    assert_false(frame_request_id("\x94\x00\xcd\x01", 4, &id));
    assert_false(frame_request_id("\x94\x01\x07", 3, &id));
    assert_false(frame_request_id("\x93\x00\x07", 3, &id));
    assert_false(frame_request_id("\x94\x00", 2, &id));
    assert_false(frame_request_id("\x94\x00\xcf\0\0\0\0\0\0\0\1", 11, &id));
}

static void test_every_refusal_has_words(void **state)
{
    for (int refused = FRAME_TOO_LONG; refused <= FRAME_NOT_MSGPACK; refused++) {
        assert_true(strlen(frame_explain((enum frame_state)refused)) > 10);
    }
    assert_string_equal(frame_explain(FRAME_MORE), "");
}

/* A sequence that repeats itself from a seed (xorshift). */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* What passes here is a value for msgpack-c too, of the same length; and the other way round. */
static void test_agrees_with_msgpack(void **state)
{
    uint32_t seed = 2463534242;
    unsigned complete = 0;
    for (unsigned round = 0; round < 300000; round++) {
        unsigned char bytes[24];
        size_t length = 1 + next_random(&seed) % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            uint32_t random = next_random(&seed);
            /* Mostly heads of containers, so that structure comes about. */
            bytes[i] = (unsigned char)(random % 3 == 0 ? 0x80 + (random >> 8) % 0x60 : random >> 8);
        }
        size_t ours = 0;
        size_t theirs = 0;
        enum frame_state state_of = frame_walk(bytes, length, &small, &ours);
        if (state_of != FRAME_COMPLETE && state_of != FRAME_NOT_MSGPACK && state_of != FRAME_MORE) {
            continue;
        }
        msgpack_zone zone;
        msgpack_object object;
        msgpack_zone_init(&zone, 1024);
        msgpack_unpack_return result =
            msgpack_unpack((const char *)bytes, length, &theirs, &zone, &object);
        msgpack_zone_destroy(&zone);
        if (state_of == FRAME_COMPLETE) {
            complete++;
            assert_true(result == MSGPACK_UNPACK_SUCCESS || result == MSGPACK_UNPACK_EXTRA_BYTES);
            assert_int_equal(ours, theirs);
        } else {
            assert_int_equal(result, state_of == FRAME_MORE ? MSGPACK_UNPACK_CONTINUE
                                                            : MSGPACK_UNPACK_PARSE_ERROR);
        }
    }
    assert_true(complete > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_at_every_cut),
        cmocka_unit_test(test_hostile_heads),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_limit_of_bytes),
        cmocka_unit_test(test_request_id),
        cmocka_unit_test(test_every_refusal_has_words),
        cmocka_unit_test(test_agrees_with_msgpack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
