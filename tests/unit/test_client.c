/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The client against a small server in the same loop, which does what each test tells it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/channel.h"
#include "protocol/client.h"
#include "protocol/rpc.h"
#include "protocol/wire.h"

enum { LIMIT_MS = 10000, CALLS_MAX = 64 };

struct seen_call {
    enum method method;
    uint32_t id;
    char key[40];
    int64_t after; /* events_subscribe */
    int64_t item;  /* mail_get */
};

struct fake {
    uv_loop_t loop;
    uv_timer_t limit;
    uv_tcp_t listener;
    bool listening;
    struct address address;
    struct channel *channel;
    unsigned connections;
    unsigned hellos;
    char login[20];
    char password[20];
    int64_t last_event; /* what hello answers */
    struct err hello_error;
    bool silent;         /* answer nothing but hello and events_subscribe */
    bool drop_on_a_call; /* end the connection instead */
    struct seen_call calls[CALLS_MAX];
    size_t count;

    struct client *client;
    bool client_closed;
    unsigned states[CLIENT_STOPPED + 1];
    struct client_status status;
    char office[20];
    int64_t events[CALLS_MAX];
    size_t event_count;
    unsigned answers;
    unsigned errors;
    struct err last_error;
    int64_t last_item;
    struct arena *taken;
    const struct rec_mail_item *taken_item;
};

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened for %d ms", LIMIT_MS);
}

#define until(fake, condition)                                                                     \
    do {                                                                                           \
        uv_timer_start(&(fake)->limit, on_limit, LIMIT_MS, 0);                                     \
        while (!(condition)) {                                                                     \
            uv_run(&(fake)->loop, UV_RUN_ONCE);                                                    \
        }                                                                                          \
        uv_timer_stop(&(fake)->limit);                                                             \
    } while (0)

/* ---- the server ---- */

static void drop(struct fake *fake)
{
    if (fake->channel != NULL) {
        channel_close(fake->channel, NULL);
        fake->channel = NULL;
    }
}

static void send_and_release(struct fake *fake, struct buf *message)
{
    channel_send(fake->channel, message->data, message->length);
    buf_release(message);
}

static void answer_error(struct fake *fake, uint32_t id, const struct err *err)
{
    struct buf out = BUF_INIT;
    rpc_write_error(&out, id, err);
    send_and_release(fake, &out);
}

static void answer(struct fake *fake, uint32_t id, const struct record *record, const void *value)
{
    struct buf out = BUF_INIT;
    rpc_write_result(&out, id, record, value);
    send_and_release(fake, &out);
}

static void send_event_of(struct fake *fake, int64_t id, enum event_kind kind)
{
    struct buf out = BUF_INIT;
    struct rec_event event = { .id = id, .at = 1, .actor = "jan", .kind = kind };
    rpc_write_notification(&out, "event", &record_event, &event);
    send_and_release(fake, &out);
}

static void send_event(struct fake *fake, int64_t id)
{
    send_event_of(fake, id, event_kind_mail_changed);
}

static void answer_hello(struct fake *fake, uint32_t id, const struct rec_hello *hello)
{
    struct rec_hello_result result = {
        .user = "jan",
        .user_id = 1,
        .name = "Jan",
        .role = role_clerk,
        .server_version = "1",
        .last_event = fake->last_event,
        .office_name = "Biuro",
        .time_zone = "Europe/Warsaw",
    };
    fake->hellos++;
    assert_int_equal(hello->protocol, SKRYTKA_PROTOCOL);
    snprintf(fake->login, sizeof fake->login, "%s", hello->login != NULL ? hello->login : "");
    snprintf(fake->password, sizeof fake->password, "%s",
             hello->password != NULL ? hello->password : "");
    if (fake->hello_error.code != ERR_NONE) {
        answer_error(fake, id, &fake->hello_error);
    } else {
        answer(fake, id, &record_hello_result, &result);
    }
}

static void answer_item(struct fake *fake, uint32_t id, int64_t item)
{
    struct rec_mail_item result = {
        .id = item,
        .client_id = 1,
        .client_name = "Alfa",
        .client_code = "1",
        .counterparty = "Urz\xc4\x85"
                        "d\x1b[2J", /* old data: a control sequence in it */
        .date = "2026-11-23",
        .registered_by = "jan",
    };
    answer(fake, id, &record_mail_item, &result);
}

static void answer_call(struct fake *fake, const struct seen_call *call)
{
    struct err err;
    if (fake->drop_on_a_call) {
        drop(fake);
    } else if (fake->silent) {
        return;
    } else if (call->method == METHOD_mail_get && call->item == 404) {
        err_set(&err, ERR_not_found, "id", "no such item");
        answer_error(fake, call->id, &err);
    } else if (call->method == METHOD_mail_get || call->method == METHOD_mail_register) {
        answer_item(fake, call->id, call->item != 0 ? call->item : 7);
    } else {
        fail_msg("%s is not expected", methods[call->method].name);
    }
}

static void server_on_frame(void *owner, const void *bytes, size_t length)
{
    struct fake *fake = owner;
    struct arena *arena = arena_new();
    struct rpc_message message;
    struct err err;
    const char *key;
    assert_true(rpc_read(bytes, length, &message, &err));
    assert_int_equal(message.type, RPC_REQUEST);
    enum method method = method_find(message.method, message.method_length);
    void *params = arena_alloc(arena, methods[method].params->size);
    assert_true(wire_unpack(methods[method].params, message.body, arena, params, &err));
    assert_true(rpc_key(&message, arena, &key, &err));
    if (method == METHOD_hello) {
        answer_hello(fake, message.id, params);
    } else {
        struct seen_call *call = &fake->calls[fake->count++];
        assert_true(fake->count < CALLS_MAX);
        *call = (struct seen_call){ .method = method, .id = message.id };
        snprintf(call->key, sizeof call->key, "%s", key != NULL ? key : "");
        if (method == METHOD_events_subscribe) {
            struct rec_events_subscribe_result result = { .last_event = fake->last_event };
            call->after = ((struct rec_events_subscribe *)params)->after;
            answer(fake, message.id, &record_events_subscribe_result, &result);
        } else {
            call->item = method == METHOD_mail_get ? ((struct rec_by_id *)params)->id : 0;
            answer_call(fake, call);
        }
    }
    rpc_release(&message);
    arena_free(arena);
}

static void server_on_open(void *owner)
{
    struct fake *fake = owner;
    fake->connections++;
}

static void server_on_bad_frame(void *owner, enum frame_state state, const void *bytes,
                                size_t length)
{
    fail_msg("the client sent a bad frame");
}

static void server_on_end(void *owner, const char *why)
{
    drop(owner);
}

static const struct channel_ops server_ops = { server_on_open, server_on_frame, server_on_bad_frame,
                                               server_on_end };

static void on_connection(uv_stream_t *listener, int status)
{
    struct fake *fake = listener->data;
    struct channel_setup setup = { .ops = &server_ops,
                                   .owner = fake,
                                   .limits = &frame_limits_request };
    drop(fake);
    assert_int_equal(channel_accept(listener, &setup, &fake->channel), 0);
}

/* Listens, at the second time on the same port as before. */
static void server_start(struct fake *fake)
{
    struct sockaddr_in at;
    int length = sizeof at;
    uv_tcp_init(&fake->loop, &fake->listener);
    fake->listener.data = fake;
    uv_ip4_addr("127.0.0.1", fake->address.port, &at);
    assert_int_equal(uv_tcp_bind(&fake->listener, (struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&fake->listener, 5, on_connection), 0);
    uv_tcp_getsockname(&fake->listener, (struct sockaddr *)&at, &length);
    fake->address =
        (struct address){ .kind = ADDRESS_TCP, .host = "127.0.0.1", .port = ntohs(at.sin_port) };
    fake->listening = true;
}

static void on_listener_closed(uv_handle_t *handle)
{
    ((struct fake *)handle->data)->listening = false;
}

static void server_stop(struct fake *fake)
{
    drop(fake);
    uv_close((uv_handle_t *)&fake->listener, on_listener_closed);
    until(fake, !fake->listening);
}

/* ---- the client ---- */

static void on_state(void *owner, const struct client_status *status)
{
    struct fake *fake = owner;
    fake->states[status->state]++;
    fake->status = *status;
    if (status->state == CLIENT_ONLINE) {
        snprintf(fake->office, sizeof fake->office, "%s", status->hello->office_name);
    }
}

static void on_event(void *owner, const struct rec_event *event)
{
    struct fake *fake = owner;
    fake->events[fake->event_count++] = event->id;
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fake *fake = owner;
    assert_true((item == NULL) != (err == NULL));
    if (err != NULL) {
        fake->errors++;
        fake->last_error = *err;
    } else {
        fake->answers++;
        fake->last_item = item->id;
    }
}

static void on_item_kept(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fake *fake = owner;
    fake->taken = client_take_arena(fake->client);
    fake->taken_item = item;
}

static void get_item(struct fake *fake, int64_t id)
{
    struct rec_by_id params = { .id = id };
    call_mail_get(fake->client, &params, on_item, fake);
}

static void register_item(struct fake *fake)
{
    struct rec_mail_register params = { .client_id = 1, .counterparty = "ZUS" };
    call_mail_register(fake->client, &params, on_item, fake);
}

static void on_client_closed(void *owner)
{
    ((struct fake *)owner)->client_closed = true;
}

static struct client_setup client_setup(struct fake *fake)
{
    return (struct client_setup){
        .address = fake->address,
        .login = "jan",
        .password = "secret",
        .follow_events = true,
        .owner = fake,
        .on_state = on_state,
        .on_event = on_event,
    };
}

static int setup(void **state)
{
    struct fake *fake = calloc(1, sizeof *fake);
    uv_loop_init(&fake->loop);
    uv_timer_init(&fake->loop, &fake->limit);
    fake->last_event = 100;
    server_start(fake);
    struct client_setup with = client_setup(fake);
    fake->client = client_new(&fake->loop, &with);
    *state = fake;
    return 0;
}

static int teardown(void **state)
{
    struct fake *fake = *state;
    if (!fake->client_closed) {
        client_close(fake->client, on_client_closed);
        until(fake, fake->client_closed);
    }
    if (fake->listening) {
        server_stop(fake);
    }
    uv_close((uv_handle_t *)&fake->limit, NULL);
    uv_run(&fake->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fake->loop), 0);
    free(fake);
    return 0;
}

static void test_signs_in_and_calls(void **state)
{
    struct fake *fake = *state;
    get_item(fake, 5); /* before there is a connection */
    get_item(fake, 404);
    assert_int_equal(client_waiting(fake->client), 2);
    until(fake, fake->answers == 1 && fake->errors == 1);
    assert_string_equal(fake->login, "jan");
    assert_string_equal(fake->password, "secret");
    assert_string_equal(fake->office, "Biuro");
    assert_int_equal(fake->last_item, 5);
    assert_int_equal(fake->last_error.code, ERR_not_found);
    assert_string_equal(fake->last_error.field, "id");
    assert_string_equal(fake->last_error.detail, "no such item");
    assert_int_equal(client_waiting(fake->client), 0);
    assert_int_equal(fake->hellos, 1);
}

static void test_only_changes_have_keys(void **state)
{
    struct fake *fake = *state;
    get_item(fake, 5);
    register_item(fake);
    register_item(fake);
    until(fake, fake->answers == 3);
    assert_int_equal(fake->calls[0].method, METHOD_events_subscribe);
    assert_string_equal(fake->calls[1].key, "");
    assert_int_equal(strspn(fake->calls[2].key, "0123456789abcdef"), 32);
    assert_int_equal(strlen(fake->calls[2].key), 32);
    assert_string_not_equal(fake->calls[2].key, fake->calls[3].key);
}

static void test_key_of_the_caller(void **state)
{
    struct fake *fake = *state;
    struct rec_mail_register params = { .client_id = 1, .counterparty = "ZUS" };
    struct client_reply reply = { client_hand_mail_register, (void (*)(void))on_item, fake };
    client_call(fake->client, METHOD_mail_register, &params, "mine", reply);
    until(fake, fake->answers == 1);
    assert_string_equal(fake->calls[1].key, "mine");
}

static void test_result_can_be_kept(void **state)
{
    struct fake *fake = *state;
    struct rec_by_id params = { .id = 9 };
    call_mail_get(fake->client, &params, on_item_kept, fake);
    until(fake, fake->taken != NULL);
    get_item(fake, 10);
    until(fake, fake->answers == 1);
    assert_int_equal(fake->taken_item->id, 9);
    assert_string_equal(fake->taken_item->client_name, "Alfa");
    assert_string_equal(fake->taken_item->counterparty, "Urz\xc4\x85"
                                                        "d\xef\xbf\xbd[2J");
    arena_free(fake->taken);
}

/* The server took the change, but its answer was lost: the same change comes again. */
static void test_lost_answers_are_asked_again(void **state)
{
    struct fake *fake = *state;
    fake->drop_on_a_call = true;
    register_item(fake);
    get_item(fake, 6);
    until(fake, fake->count >= 2);
    assert_int_equal(fake->calls[1].method, METHOD_mail_register);
    fake->drop_on_a_call = false;
    until(fake, fake->answers == 2);
    assert_true(fake->connections >= 2);
    assert_true(fake->states[CLIENT_OFFLINE] >= 1);
    struct seen_call *last = &fake->calls[fake->count - 2];
    assert_int_equal(last->method, METHOD_mail_register);
    assert_string_equal(last->key, fake->calls[1].key);
    assert_int_equal(fake->last_item, 6); /* in the order in which they were asked */
}

static void test_server_comes_back(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->status.state == CLIENT_ONLINE);
    server_stop(fake);
    until(fake, fake->states[CLIENT_OFFLINE] >= 4);
    assert_string_equal(fake->status.err.detail, "connection refused");
    assert_int_equal(fake->status.retry_ms, CLIENT_RETRY_LOST_MS);
    get_item(fake, 3);
    uint64_t before = uv_now(&fake->loop);
    server_start(fake);
    until(fake, fake->answers == 1);
    assert_in_range(uv_now(&fake->loop) - before, 0, CLIENT_RETRY_LOST_MS + 500);
}

static void test_events_have_no_gap(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->count == 1);
    assert_int_equal(fake->calls[0].after, 100);
    send_event(fake, 101);
    send_event(fake, 102);
    send_event(fake, 102); /* told twice: heard once */
    until(fake, fake->event_count == 2);
    fake->last_event = 105;
    drop(fake);
    until(fake, fake->count == 2);
    assert_int_equal(fake->calls[1].after, 102);
    send_event(fake, 102);
    send_event(fake, 105);
    until(fake, fake->event_count == 3);
    assert_int_equal(fake->events[2], 105);
    assert_false(fake->status.events_anew);
}

/* They have no id of their own. */
static void test_claims_are_heard(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->count == 1);
    send_event_of(fake, 100, event_kind_scan_request_claimed);
    send_event(fake, 101);
    send_event_of(fake, 101, event_kind_scan_request_claimed);
    send_event_of(fake, 100, event_kind_scan_request_claimed);
    send_event(fake, 102);
    until(fake, fake->event_count == 4);
    assert_int_equal(fake->events[3], 102);
}

static void test_events_begin_anew(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->count == 1);
    fake->last_event = 50; /* restored from a backup */
    drop(fake);
    until(fake, fake->states[CLIENT_ONLINE] == 2);
    assert_true(fake->status.events_anew);
    until(fake, fake->count == 2);
    assert_int_equal(fake->calls[1].after, 50);
    send_event(fake, 51);
    until(fake, fake->event_count == 1);
}

static void test_wrong_password_waits_for_another(void **state)
{
    struct fake *fake = *state;
    err_set(&fake->hello_error, ERR_unauthenticated, "password", "wrong");
    get_item(fake, 8);
    until(fake, fake->status.state == CLIENT_STOPPED);
    assert_int_equal(fake->status.err.code, ERR_unauthenticated);
    fake->hello_error.code = ERR_NONE;
    client_sign_in(fake->client, "ewa", "better");
    until(fake, fake->answers == 1);
    assert_string_equal(fake->login, "ewa");
    assert_string_equal(fake->password, "better");
    assert_int_equal(fake->hellos, 2);
}

static void test_busy_server_is_left_alone_longer(void **state)
{
    struct fake *fake = *state;
    err_set(&fake->hello_error, ERR_unavailable, "", "later");
    until(fake, fake->states[CLIENT_OFFLINE] == 3);
    assert_int_equal(fake->status.retry_ms, 4 * CLIENT_RETRY_MS);
    assert_string_equal(fake->status.err.detail, "later");
}

static void test_cancelled_calls_stay_silent(void **state)
{
    struct fake *fake = *state;
    fake->silent = true;
    get_item(fake, 5);
    register_item(fake);
    until(fake, fake->count == 3);
    client_cancel_owner(fake->client, fake);
    answer_item(fake, fake->calls[1].id, 5);
    drop(fake); /* the change was not answered: it is repeated for nobody */
    fake->silent = false;
    until(fake, fake->status.state == CLIENT_ONLINE && client_waiting(fake->client) == 0);
    assert_int_equal(fake->answers, 0);
    assert_string_equal(fake->calls[fake->count - 1].key, fake->calls[2].key);
}

static void test_answers_nobody_asked_for(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->status.state == CLIENT_ONLINE);
    answer_item(fake, 77777, 5);
    channel_send(fake->channel, "\x93\x02\xa5other\x91\x80", 10);
    channel_send(fake->channel,
                 "\x93\x02\xa5"
                 "event\x91\x81\xa2id\xa1x",
                 15);
    get_item(fake, 4);
    until(fake, fake->answers == 1);
    assert_int_equal(fake->event_count, 0);
    assert_int_equal(fake->states[CLIENT_OFFLINE], 0);
}

static void test_garbage_from_the_server(void **state)
{
    struct fake *fake = *state;
    until(fake, fake->status.state == CLIENT_ONLINE);
    channel_send(fake->channel, "\xc1", 1);
    until(fake, fake->states[CLIENT_OFFLINE] == 1);
    until(fake, fake->states[CLIENT_ONLINE] == 2);
    channel_send(fake->channel, "\x01", 1);
    until(fake, fake->states[CLIENT_OFFLINE] == 2);
    until(fake, fake->states[CLIENT_ONLINE] == 3);
}

/* A result that the schema does not allow is the server's fault, and told to the caller. */
static void test_unusable_answer(void **state)
{
    struct fake *fake = *state;
    fake->silent = true;
    get_item(fake, 5);
    until(fake, fake->count == 2);
    struct rec_by_id nonsense = { .id = 1 };
    answer(fake, fake->calls[1].id, &record_by_id, &nonsense);
    until(fake, fake->errors == 1);
    assert_int_equal(fake->last_error.code, ERR_unavailable);
    assert_string_equal(fake->last_error.field, "version");
}

static void close_in_reply(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fake *fake = owner;
    fake->answers++;
    client_close(fake->client, on_client_closed);
}

static void test_close_inside_a_reply(void **state)
{
    struct fake *fake = *state;
    struct rec_by_id params = { .id = 9 };
    call_mail_get(fake->client, &params, close_in_reply, fake);
    get_item(fake, 10);
    until(fake, fake->client_closed);
    assert_int_equal(fake->answers, 1);
}

static void test_close_before_anything(void **state)
{
    struct fake *fake = *state;
    get_item(fake, 10);
    client_close(fake->client, on_client_closed);
    until(fake, fake->client_closed);
    assert_int_equal(fake->states[CLIENT_CONNECTING], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_signs_in_and_calls),
        TEST(test_only_changes_have_keys),
        TEST(test_key_of_the_caller),
        TEST(test_result_can_be_kept),
        TEST(test_lost_answers_are_asked_again),
        TEST(test_server_comes_back),
        TEST(test_events_have_no_gap),
        TEST(test_claims_are_heard),
        TEST(test_events_begin_anew),
        TEST(test_wrong_password_waits_for_another),
        TEST(test_busy_server_is_left_alone_longer),
        TEST(test_cancelled_calls_stay_silent),
        TEST(test_answers_nobody_asked_for),
        TEST(test_garbage_from_the_server),
        TEST(test_unusable_answer),
        TEST(test_close_inside_a_reply),
        TEST(test_close_before_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
