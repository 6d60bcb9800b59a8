/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/fake_server.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/rpc.h"
#include "protocol/wire.h"

void fake_on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened for %d ms", LIMIT_MS);
}

void fake_drop(struct fake_server *server)
{
    if (server->channel != NULL) {
        channel_close(server->channel, NULL);
        server->channel = NULL;
    }
}

static void send_and_release(struct fake_server *server, struct buf *message)
{
    channel_send(server->channel, message->data, message->length);
    buf_release(message);
}

static void answer_error(struct fake_server *server, uint32_t id, const struct err *err)
{
    struct buf out = BUF_INIT;
    rpc_write_error(&out, id, err);
    send_and_release(server, &out);
}

void fake_answer(struct fake_server *server, uint32_t id, const struct record *record,
                 const void *value)
{
    struct buf out = BUF_INIT;
    rpc_write_result(&out, id, record, value);
    send_and_release(server, &out);
}

void fake_send_event(struct fake_server *server, int64_t id, enum event_kind kind)
{
    struct buf out = BUF_INIT;
    struct rec_event event = { .id = id, .at = 1, .actor = "jan", .kind = kind };
    rpc_write_notification(&out, "event", &record_event, &event);
    send_and_release(server, &out);
}

static void answer_hello(struct fake_server *server, uint32_t id, const struct rec_hello *hello)
{
    struct rec_hello_result result = {
        .user = "jan",
        .user_id = 1,
        .name = "Jan",
        .role = role_clerk,
        .server_version = "1",
        .last_event = server->last_event,
        .office_name = "Biuro",
        .time_zone = "Europe/Warsaw",
    };
    server->hellos++;
    assert_int_equal(hello->protocol, SKRYTKA_PROTOCOL);
    snprintf(server->login, sizeof server->login, "%s", hello->login != NULL ? hello->login : "");
    snprintf(server->password, sizeof server->password, "%s",
             hello->password != NULL ? hello->password : "");
    if (server->hello_error.code != ERR_NONE) {
        answer_error(server, id, &server->hello_error);
    } else {
        fake_answer(server, id, &record_hello_result, &result);
    }
}

void fake_answer_item(struct fake_server *server, uint32_t id, int64_t item)
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
    fake_answer(server, id, &record_mail_item, &result);
}

/* Keeps what is sent, as upload 9. */
static void take_file(struct fake_server *server, enum method method, const void *params)
{
    const struct rec_scan_begin *begin = params;
    const struct rec_scan_data *data = params;
    const struct rec_scan_end *end = params;
    if (method == METHOD_scan_begin) {
        buf_clear(&server->file);
        snprintf(server->file_name, sizeof server->file_name, "%s", begin->name);
    } else if (method == METHOD_scan_data) {
        assert_int_equal(data->upload, 9);
        assert_int_equal(data->offset, server->file.length);
        buf_add(&server->file, data->data.data, data->data.length);
    } else {
        assert_int_equal(end->upload, 9);
        snprintf(server->file_hash, sizeof server->file_hash, "%s", end->sha256);
    }
}

static bool is_file_call(enum method method)
{
    return method == METHOD_scan_begin || method == METHOD_scan_data || method == METHOD_scan_end;
}

static void answer_call(struct fake_server *server, const struct seen_call *call)
{
    struct err err;
    if (server->drop_on_a_call) {
        fake_drop(server);
    } else if (server->silent) {
        return;
    } else if (is_file_call(call->method)) {
        struct rec_upload upload = { .upload = 9 };
        fake_answer(server, call->id, &record_upload, &upload);
    } else if (call->method == METHOD_mail_get && call->item == 404) {
        err_set(&err, ERR_not_found, "id", "no such item");
        answer_error(server, call->id, &err);
    } else if (call->method == METHOD_mail_get || call->method == METHOD_mail_register) {
        fake_answer_item(server, call->id, call->item != 0 ? call->item : 7);
    } else {
        fail_msg("%s is not expected", methods[call->method].name);
    }
}

static void server_on_frame(void *owner, const void *bytes, size_t length)
{
    struct fake_server *server = owner;
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
        answer_hello(server, message.id, params);
    } else {
        struct seen_call *call = &server->calls[server->count++];
        assert_true(server->count < CALLS_MAX);
        *call = (struct seen_call){ .method = method, .id = message.id };
        snprintf(call->key, sizeof call->key, "%s", key != NULL ? key : "");
        if (method == METHOD_events_subscribe) {
            struct rec_events_subscribe_result result = { .last_event = server->last_event };
            call->after = ((struct rec_events_subscribe *)params)->after;
            fake_answer(server, message.id, &record_events_subscribe_result, &result);
        } else {
            call->item = method == METHOD_mail_get ? ((struct rec_by_id *)params)->id : 0;
            if (is_file_call(method)) {
                take_file(server, method, params);
            }
            answer_call(server, call);
        }
    }
    rpc_release(&message);
    arena_free(arena);
}

static void server_on_open(void *owner)
{
    struct fake_server *server = owner;
    server->connections++;
}

static void server_on_bad_frame(void *owner, enum frame_state state, const void *bytes,
                                size_t length)
{
    fail_msg("the client sent a bad frame");
}

static void server_on_end(void *owner, const char *why)
{
    fake_drop(owner);
}

static const struct channel_ops server_ops = { server_on_open, server_on_frame, server_on_bad_frame,
                                               server_on_end };

static void on_connection(uv_stream_t *listener, int status)
{
    struct fake_server *server = listener->data;
    struct channel_setup setup = { .ops = &server_ops,
                                   .owner = server,
                                   .limits = &frame_limits_request };
    fake_drop(server);
    assert_int_equal(channel_accept(listener, &setup, &server->channel), 0);
}

/* Listens, at the second time on the same port as before. */
void fake_start(struct fake_server *server)
{
    struct sockaddr_in at;
    int length = sizeof at;
    uv_tcp_init(&server->loop, &server->listener);
    server->listener.data = server;
    uv_ip4_addr("127.0.0.1", server->address.port, &at);
    assert_int_equal(uv_tcp_bind(&server->listener, (struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server->listener, 5, on_connection), 0);
    uv_tcp_getsockname(&server->listener, (struct sockaddr *)&at, &length);
    server->address =
        (struct address){ .kind = ADDRESS_TCP, .host = "127.0.0.1", .port = ntohs(at.sin_port) };
    server->listening = true;
}

static void on_listener_closed(uv_handle_t *handle)
{
    ((struct fake_server *)handle->data)->listening = false;
}

void fake_stop(struct fake_server *server)
{
    fake_drop(server);
    uv_close((uv_handle_t *)&server->listener, on_listener_closed);
    until(server, !server->listening);
}

void fake_init(struct fake_server *server)
{
    *server = (struct fake_server){ .last_event = 100 };
    uv_loop_init(&server->loop);
    uv_timer_init(&server->loop, &server->limit);
    fake_start(server);
}

void fake_release(struct fake_server *server)
{
    if (server->listening) {
        fake_stop(server);
    }
    buf_release(&server->file);
    uv_close((uv_handle_t *)&server->limit, NULL);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&server->loop), 0);
}
