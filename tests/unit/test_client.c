/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The client against a small server in the same loop, which does what each test tells it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/client.h"
#include "tests/unit/fake_server.h"

struct fixture {
    struct fake_server server;
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

static void on_state(void *owner, const struct client_status *status)
{
    struct fixture *fixture = owner;
    fixture->states[status->state]++;
    fixture->status = *status;
    if (status->state == CLIENT_ONLINE) {
        snprintf(fixture->office, sizeof fixture->office, "%s", status->hello->office_name);
    }
}

static void on_event(void *owner, const struct rec_event *event)
{
    struct fixture *fixture = owner;
    fixture->events[fixture->event_count++] = event->id;
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fixture *fixture = owner;
    assert_true((item == NULL) != (err == NULL));
    if (err != NULL) {
        fixture->errors++;
        fixture->last_error = *err;
    } else {
        fixture->answers++;
        fixture->last_item = item->id;
    }
}

static void on_item_kept(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fixture *fixture = owner;
    fixture->taken = client_take_arena(fixture->client);
    fixture->taken_item = item;
}

static void get_item(struct fixture *fixture, int64_t id)
{
    struct rec_by_id params = { .id = id };
    call_mail_get(fixture->client, &params, on_item, fixture);
}

static void register_item(struct fixture *fixture)
{
    struct rec_mail_register params = { .client_id = 1, .counterparty = "ZUS" };
    call_mail_register(fixture->client, &params, on_item, fixture);
}

static void on_client_closed(void *owner)
{
    ((struct fixture *)owner)->client_closed = true;
}

static struct client_setup client_setup(struct fixture *fixture)
{
    return (struct client_setup){
        .address = fixture->server.address,
        .login = "jan",
        .password = "secret",
        .follow_events = true,
        .owner = fixture,
        .on_state = on_state,
        .on_event = on_event,
    };
}

static void send_event(struct fixture *fixture, int64_t id)
{
    fake_send_event(&fixture->server, id, event_kind_mail_changed);
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fake_init(&fixture->server);
    struct client_setup with = client_setup(fixture);
    fixture->client = client_new(&fixture->server.loop, &with);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    if (!fixture->client_closed) {
        client_close(fixture->client, on_client_closed);
        until(&fixture->server, fixture->client_closed);
    }
    fake_release(&fixture->server);
    free(fixture);
    return 0;
}

static void test_signs_in_and_calls(void **state)
{
    struct fixture *fixture = *state;
    get_item(fixture, 5); /* before there is a connection */
    get_item(fixture, 404);
    assert_int_equal(client_waiting(fixture->client), 2);
    until(&fixture->server, fixture->answers == 1 && fixture->errors == 1);
    assert_string_equal(fixture->server.login, "jan");
    assert_string_equal(fixture->server.password, "secret");
    assert_string_equal(fixture->office, "Biuro");
    assert_int_equal(fixture->last_item, 5);
    assert_int_equal(fixture->last_error.code, ERR_not_found);
    assert_string_equal(fixture->last_error.field, "id");
    assert_string_equal(fixture->last_error.detail, "no such item");
    assert_int_equal(client_waiting(fixture->client), 0);
    assert_int_equal(fixture->server.hellos, 1);
}

static void test_only_changes_have_keys(void **state)
{
    struct fixture *fixture = *state;
    get_item(fixture, 5);
    register_item(fixture);
    register_item(fixture);
    until(&fixture->server, fixture->answers == 3);
    assert_int_equal(fixture->server.calls[0].method, METHOD_events_subscribe);
    assert_string_equal(fixture->server.calls[1].key, "");
    assert_int_equal(strspn(fixture->server.calls[2].key, "0123456789abcdef"), 32);
    assert_int_equal(strlen(fixture->server.calls[2].key), 32);
    assert_string_not_equal(fixture->server.calls[2].key, fixture->server.calls[3].key);
}

static void test_key_of_the_caller(void **state)
{
    struct fixture *fixture = *state;
    struct rec_mail_register params = { .client_id = 1, .counterparty = "ZUS" };
    struct client_reply reply = { client_hand_mail_register, (void (*)(void))on_item, fixture };
    client_call(fixture->client, METHOD_mail_register, &params, "mine", reply);
    until(&fixture->server, fixture->answers == 1);
    assert_string_equal(fixture->server.calls[1].key, "mine");
}

static void test_result_can_be_kept(void **state)
{
    struct fixture *fixture = *state;
    struct rec_by_id params = { .id = 9 };
    call_mail_get(fixture->client, &params, on_item_kept, fixture);
    until(&fixture->server, fixture->taken != NULL);
    get_item(fixture, 10);
    until(&fixture->server, fixture->answers == 1);
    assert_int_equal(fixture->taken_item->id, 9);
    assert_string_equal(fixture->taken_item->client_name, "Alfa");
    assert_string_equal(fixture->taken_item->counterparty, "Urz\xc4\x85"
                                                           "d\xef\xbf\xbd[2J");
    arena_free(fixture->taken);
}

/* The server took the change, but its answer was lost: the same change comes again. */
static void test_lost_answers_are_asked_again(void **state)
{
    struct fixture *fixture = *state;
    fixture->server.drop_on_a_call = true;
    register_item(fixture);
    get_item(fixture, 6);
    until(&fixture->server, fixture->server.count >= 2);
    assert_int_equal(fixture->server.calls[1].method, METHOD_mail_register);
    fixture->server.drop_on_a_call = false;
    until(&fixture->server, fixture->answers == 2);
    assert_true(fixture->server.connections >= 2);
    assert_true(fixture->states[CLIENT_OFFLINE] >= 1);
    struct seen_call *last = &fixture->server.calls[fixture->server.count - 2];
    assert_int_equal(last->method, METHOD_mail_register);
    assert_string_equal(last->key, fixture->server.calls[1].key);
    assert_int_equal(fixture->last_item, 6); /* in the order in which they were asked */
}

static void test_server_comes_back(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->status.state == CLIENT_ONLINE);
    fake_stop(&fixture->server);
    until(&fixture->server, fixture->states[CLIENT_OFFLINE] >= 4);
    assert_string_equal(fixture->status.err.detail, "connection refused");
    assert_int_equal(fixture->status.retry_ms, CLIENT_RETRY_LOST_MS);
    get_item(fixture, 3);
    uint64_t before = uv_now(&fixture->server.loop);
    fake_start(&fixture->server);
    until(&fixture->server, fixture->answers == 1);
    assert_in_range(uv_now(&fixture->server.loop) - before, 0, CLIENT_RETRY_LOST_MS + 500);
}

static void test_events_have_no_gap(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->server.count == 1);
    assert_int_equal(fixture->server.calls[0].after, 100);
    send_event(fixture, 101);
    send_event(fixture, 102);
    send_event(fixture, 102); /* told twice: heard once */
    until(&fixture->server, fixture->event_count == 2);
    fixture->server.last_event = 105;
    fake_drop(&fixture->server);
    until(&fixture->server, fixture->server.count == 2);
    assert_int_equal(fixture->server.calls[1].after, 102);
    send_event(fixture, 102);
    send_event(fixture, 105);
    until(&fixture->server, fixture->event_count == 3);
    assert_int_equal(fixture->events[2], 105);
    assert_false(fixture->status.events_anew);
}

/* They have no id of their own. */
static void test_claims_are_heard(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->server.count == 1);
    fake_send_event(&fixture->server, 100, event_kind_scan_request_claimed);
    send_event(fixture, 101);
    fake_send_event(&fixture->server, 101, event_kind_scan_request_claimed);
    fake_send_event(&fixture->server, 100, event_kind_scan_request_claimed);
    send_event(fixture, 102);
    until(&fixture->server, fixture->event_count == 4);
    assert_int_equal(fixture->events[3], 102);
}

static void test_events_begin_anew(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->server.count == 1);
    fixture->server.last_event = 50; /* restored from a backup */
    fake_drop(&fixture->server);
    until(&fixture->server, fixture->states[CLIENT_ONLINE] == 2);
    assert_true(fixture->status.events_anew);
    until(&fixture->server, fixture->server.count == 2);
    assert_int_equal(fixture->server.calls[1].after, 50);
    send_event(fixture, 51);
    until(&fixture->server, fixture->event_count == 1);
}

static void test_wrong_password_waits_for_another(void **state)
{
    struct fixture *fixture = *state;
    err_set(&fixture->server.hello_error, ERR_unauthenticated, "password", "wrong");
    get_item(fixture, 8);
    until(&fixture->server, fixture->status.state == CLIENT_STOPPED);
    assert_int_equal(fixture->status.err.code, ERR_unauthenticated);
    fixture->server.hello_error.code = ERR_NONE;
    client_sign_in(fixture->client, "ewa", "better");
    until(&fixture->server, fixture->answers == 1);
    assert_string_equal(fixture->server.login, "ewa");
    assert_string_equal(fixture->server.password, "better");
    assert_int_equal(fixture->server.hellos, 2);
}

static void test_busy_server_is_left_alone_longer(void **state)
{
    struct fixture *fixture = *state;
    err_set(&fixture->server.hello_error, ERR_unavailable, "", "later");
    until(&fixture->server, fixture->states[CLIENT_OFFLINE] == 3);
    assert_int_equal(fixture->status.retry_ms, 4 * CLIENT_RETRY_MS);
    assert_string_equal(fixture->status.err.detail, "later");
}

static void test_cancelled_calls_stay_silent(void **state)
{
    struct fixture *fixture = *state;
    fixture->server.silent = true;
    get_item(fixture, 5);
    register_item(fixture);
    until(&fixture->server, fixture->server.count == 3);
    client_cancel_owner(fixture->client, fixture);
    fake_answer_item(&fixture->server, fixture->server.calls[1].id, 5);
    fake_drop(&fixture->server); /* the change was not answered: it is repeated for nobody */
    fixture->server.silent = false;
    until(&fixture->server,
          fixture->status.state == CLIENT_ONLINE && client_waiting(fixture->client) == 0);
    assert_int_equal(fixture->answers, 0);
    assert_string_equal(fixture->server.calls[fixture->server.count - 1].key,
                        fixture->server.calls[2].key);
}

static void test_answers_nobody_asked_for(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->status.state == CLIENT_ONLINE);
    fake_answer_item(&fixture->server, 77777, 5);
    channel_send(fixture->server.channel, "\x93\x02\xa5other\x91\x80", 10);
    channel_send(fixture->server.channel,
                 "\x93\x02\xa5"
                 "event\x91\x81\xa2id\xa1x",
                 15);
    get_item(fixture, 4);
    until(&fixture->server, fixture->answers == 1);
    assert_int_equal(fixture->event_count, 0);
    assert_int_equal(fixture->states[CLIENT_OFFLINE], 0);
}

static void test_garbage_from_the_server(void **state)
{
    struct fixture *fixture = *state;
    until(&fixture->server, fixture->status.state == CLIENT_ONLINE);
    channel_send(fixture->server.channel, "\xc1", 1);
    until(&fixture->server, fixture->states[CLIENT_OFFLINE] == 1);
    until(&fixture->server, fixture->states[CLIENT_ONLINE] == 2);
    channel_send(fixture->server.channel, "\x01", 1);
    until(&fixture->server, fixture->states[CLIENT_OFFLINE] == 2);
    until(&fixture->server, fixture->states[CLIENT_ONLINE] == 3);
}

/* A result that the schema does not allow is the server's fault, and told to the caller. */
static void test_unusable_answer(void **state)
{
    struct fixture *fixture = *state;
    fixture->server.silent = true;
    get_item(fixture, 5);
    until(&fixture->server, fixture->server.count == 2);
    struct rec_by_id nonsense = { .id = 1 };
    fake_answer(&fixture->server, fixture->server.calls[1].id, &record_by_id, &nonsense);
    until(&fixture->server, fixture->errors == 1);
    assert_int_equal(fixture->last_error.code, ERR_unavailable);
    assert_string_equal(fixture->last_error.field, "version");
}

static void close_in_reply(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct fixture *fixture = owner;
    fixture->answers++;
    client_close(fixture->client, on_client_closed);
}

static void test_close_inside_a_reply(void **state)
{
    struct fixture *fixture = *state;
    struct rec_by_id params = { .id = 9 };
    call_mail_get(fixture->client, &params, close_in_reply, fixture);
    get_item(fixture, 10);
    until(&fixture->server, fixture->client_closed);
    assert_int_equal(fixture->answers, 1);
}

static void test_close_before_anything(void **state)
{
    struct fixture *fixture = *state;
    get_item(fixture, 10);
    client_close(fixture->client, on_client_closed);
    until(&fixture->server, fixture->client_closed);
    assert_int_equal(fixture->states[CLIENT_CONNECTING], 0);
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
