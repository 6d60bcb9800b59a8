/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The three envelopes, written and read, and what is none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/frame.h"
#include "protocol/rpc.h"
#include "protocol/wire.h"

struct fixture {
    struct arena *arena;
    struct buf bytes;
    struct rpc_message message;
    struct err err;
};

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){ .arena = arena_new() };
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    buf_release(&fixture->bytes);
    return 0;
}

/* Reads what was written, as one frame. */
static void read_back(struct fixture *fixture)
{
    size_t length;
    assert_int_equal(
        frame_walk(fixture->bytes.data, fixture->bytes.length, &frame_limits_request, &length),
        FRAME_COMPLETE);
    assert_int_equal(length, fixture->bytes.length);
    assert_true(rpc_read(fixture->bytes.data, length, &fixture->message, &fixture->err));
}

static void test_request(void **state)
{
    struct fixture *fixture = *state;
    struct rec_by_id params = { .id = 12 };
    struct rec_by_id back;
    const char *key = "";
    uint32_t id;
    rpc_write_request(&fixture->bytes, 0xfffffffe, METHOD_mail_get, &params, NULL);
    assert_true(frame_request_id(fixture->bytes.data, fixture->bytes.length, &id));
    assert_int_equal(id, 0xfffffffe);
    read_back(fixture);
    struct rpc_message *message = &fixture->message;
    assert_int_equal(message->type, RPC_REQUEST);
    assert_int_equal(message->id, 0xfffffffe);
    assert_int_equal(method_find(message->method, message->method_length), METHOD_mail_get);
    assert_true(wire_unpack(&record_by_id, message->body, fixture->arena, &back, &fixture->err));
    assert_int_equal(back.id, 12);
    assert_true(rpc_key(message, fixture->arena, &key, &fixture->err));
    assert_null(key);
    rpc_release(message);
}

static void test_request_with_key(void **state)
{
    struct fixture *fixture = *state;
    struct rec_by_id params = { .id = 12 };
    const char *key;
    rpc_write_request(&fixture->bytes, 1, METHOD_outbox_retry, &params, "abc");
    read_back(fixture);
    assert_true(rpc_key(&fixture->message, fixture->arena, &key, &fixture->err));
    assert_string_equal(key, "abc");
    rpc_release(&fixture->message);
}

static void refuse_key(struct fixture *fixture, const char *bytes, size_t length)
{
    const char *key = "untouched";
    assert_true(rpc_read(bytes, length, &fixture->message, &fixture->err));
    assert_false(rpc_key(&fixture->message, fixture->arena, &key, &fixture->err));
    assert_string_equal(fixture->err.field, "key");
    assert_int_equal(fixture->err.code, ERR_bad_request);
    assert_string_equal(key, "untouched");
    rpc_release(&fixture->message);
}

static void test_bad_keys(void **state)
{
    static const char empty[] = "\x94\x00\x01\xa1m\x91\x81\xa3key\xa0";
    static const char number[] = "\x94\x00\x01\xa1m\x91\x81\xa3key\x05";
    static const char control[] = "\x94\x00\x01\xa1m\x91\x81\xa3key\xa1\n";
    refuse_key(*state, empty, sizeof empty - 1);
    refuse_key(*state, number, sizeof number - 1);
    refuse_key(*state, control, sizeof control - 1);
}

static void test_result(void **state)
{
    struct fixture *fixture = *state;
    struct rec_upload upload = { .upload = 7 };
    struct rec_upload back;
    struct buf packed = BUF_INIT;
    rpc_write_result(&fixture->bytes, 5, &record_upload, &upload);
    size_t one = fixture->bytes.length;
    wire_pack(&record_upload, &upload, &packed);
    rpc_write_result_bytes(&fixture->bytes, 5, packed.data, packed.length);
    buf_release(&packed);
    assert_int_equal(fixture->bytes.length, 2 * one);
    assert_memory_equal(fixture->bytes.data, fixture->bytes.data + one, one);
    buf_drop(&fixture->bytes, one);
    read_back(fixture);
    assert_int_equal(fixture->message.type, RPC_ANSWER);
    assert_int_equal(fixture->message.id, 5);
    assert_null(fixture->message.error);
    assert_true(
        wire_unpack(&record_upload, fixture->message.body, fixture->arena, &back, &fixture->err));
    assert_int_equal(back.upload, 7);
    rpc_release(&fixture->message);
}

static void test_error(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    struct err back;
    err_set(&err, ERR_refused, "", "already_open");
    rpc_write_error(&fixture->bytes, 5, &err);
    read_back(fixture);
    assert_non_null(fixture->message.error);
    rpc_read_error(&fixture->message, &back);
    assert_int_equal(back.code, ERR_refused);
    assert_string_equal(back.field, "");
    assert_string_equal(back.detail, "already_open");
    rpc_release(&fixture->message);
}

/* Every code travels by its name and comes back. */
static void test_every_code(void **state)
{
    struct fixture *fixture = *state;
    for (int code = ERR_NONE + 1; code < ERR_MAX; code++) {
        struct err err;
        struct err back;
        err_set(&err, (enum err_code)code, "field", "detail");
        buf_clear(&fixture->bytes);
        rpc_write_error(&fixture->bytes, 1, &err);
        read_back(fixture);
        rpc_read_error(&fixture->message, &back);
        assert_int_equal(back.code, code);
        assert_string_equal(back.field, "field");
        assert_true(err_http((enum err_code)code) >= 400);
        rpc_release(&fixture->message);
    }
}

/* Another program's errors need not be maps. */
static void test_strange_errors(void **state)
{
    struct fixture *fixture = *state;
    static const char text[] = "\x94\x01\x01\xa5wrong\xc0";
    static const char unknown[] = "\x94\x01\x01\x81\xa4"
                                  "code\xa5other\xc0";
    struct err back;
    assert_true(rpc_read(text, sizeof text - 1, &fixture->message, &fixture->err));
    rpc_read_error(&fixture->message, &back);
    assert_int_equal(back.code, ERR_unavailable);
    rpc_release(&fixture->message);
    assert_true(rpc_read(unknown, sizeof unknown - 1, &fixture->message, &fixture->err));
    rpc_read_error(&fixture->message, &back);
    assert_int_equal(back.code, ERR_unavailable);
    rpc_release(&fixture->message);
}

static void test_notification(void **state)
{
    struct fixture *fixture = *state;
    struct rec_event event = { .id = 1, .at = 2, .actor = "jan", .kind = event_kind_undone };
    struct rec_event back;
    rpc_write_notification(&fixture->bytes, "event", &record_event, &event);
    read_back(fixture);
    assert_int_equal(fixture->message.type, RPC_NOTIFICATION);
    assert_memory_equal(fixture->message.method, "event", 5);
    assert_true(
        wire_unpack(&record_event, fixture->message.body, fixture->arena, &back, &fixture->err));
    assert_int_equal(back.kind, event_kind_undone);
    rpc_release(&fixture->message);
}

/* The params of a request are one map: anything else is left to whoever knows the method. */
static void test_params_that_are_not_one_map(void **state)
{
    struct fixture *fixture = *state;
    static const char *const requests[] = { "\x94\x00\x01\xa1m\x90", "\x94\x00\x01\xa1m\x91\x05",
                                            "\x94\x00\x01\xa1m\x92\x80\x80",
                                            "\x94\x00\x01\xa1m\x80", "\x94\x00\x01\xa1m\x05" };
    static const size_t lengths[] = { 6, 7, 8, 6, 6 };
    for (size_t i = 0; i < 5; i++) {
        assert_true(rpc_read(requests[i], lengths[i], &fixture->message, &fixture->err));
        assert_int_equal(fixture->message.id, 1);
        assert_null(fixture->message.body);
        rpc_release(&fixture->message);
    }
}

#define REFUSE(bytes)                                                                              \
    assert_false(rpc_read(bytes, sizeof bytes - 1, &fixture->message, &fixture->err));             \
    assert_int_equal(fixture->err.code, ERR_bad_request)

static void test_no_envelope(void **state)
{
    struct fixture *fixture = *state;
    REFUSE("\xc0");
    REFUSE("\x90");
    REFUSE("\x81\x00\x01");
    REFUSE("\x94\x03\x01\xa1m\x90");                                 /* no such type */
    REFUSE("\x94\xff\x01\xa1m\x90");                                 /* -1 */
    REFUSE("\x93\x00\x01\xa1m");                                     /* too short */
    REFUSE("\x95\x00\x01\xa1m\x90\xc0");                             /* too long */
    REFUSE("\x94\x00\xff\xa1m\x90");                                 /* id -1 */
    REFUSE("\x94\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00\xa1m\x90"); /* id 2^32 */
    REFUSE("\x94\x00\x01\x05\x90");                                  /* method 5 */
    REFUSE("\x94\x02\xa1m\x90\xc0");                                 /* notification of four */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_request),
        TEST(test_request_with_key),
        TEST(test_bad_keys),
        TEST(test_result),
        TEST(test_error),
        TEST(test_every_code),
        TEST(test_strange_errors),
        TEST(test_notification),
        TEST(test_params_that_are_not_one_map),
        TEST(test_no_envelope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
