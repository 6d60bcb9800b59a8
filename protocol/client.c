/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "protocol/channel.h"
#include "protocol/rpc.h"
#include "protocol/tls.h"
#include "protocol/wire.h"

/*
 *          ┌──────────── retry timer, client_sign_in() ───────────┐
 *          v                                                      │
 *   connecting ──on_open──> hello sent ──answer──> online ──> offline / stopped
 *          └──────────────────┴──────────── on_end ───────────────^
 *
 * A call is written down as bytes when it is made and stays in `calls` until its answer came, so
 * that it can be sent again, unchanged, on the next connection.
 */
enum { KEY_BYTES = 16 };

struct call {
    struct call *next;
    uint32_t id;
    enum method method;
    struct buf request;
    struct client_reply reply; /* done NULL: nobody waits any more */
};

struct client {
    uv_loop_t *loop;
    struct client_setup setup;
    char *ca_file;
    char *login;
    char *password;
    void (*closed)(void *owner);
    bool closing;
    unsigned handles;

    struct channel *channel;
    struct tls_context *tls;
    uv_timer_t retry;
    unsigned failures; /* tries in a row */
    enum client_state state;
    struct arena *hello_arena;
    struct rec_hello_result hello;

    uint32_t last_id;
    uint32_t hello_id;
    uint32_t subscribe_id;
    int64_t last_event;
    bool knows_last_event;

    struct call *calls;
    struct call **calls_end;
    size_t waiting;
    struct arena *reply_arena; /* while a reply is being handed over */
};

static void connect_now(struct client *client);

/* ---- states ---- */

static void tell(struct client *client, const struct client_status *status)
{
    client->state = status->state;
    if (!client->closing) {
        client->setup.on_state(client->setup.owner, status);
    }
}

static void drop_channel(struct client *client);

static void on_retry(uv_timer_t *timer)
{
    connect_now(timer->data);
}

static void go_offline(struct client *client, const struct err *why, unsigned longest_ms)
{
    unsigned wait = CLIENT_RETRY_MS;
    for (unsigned i = 0; i < client->failures && wait < longest_ms; i++) {
        wait *= 2;
    }
    client->failures++;
    drop_channel(client);
    uv_timer_start(&client->retry, on_retry, wait, 0);
    tell(client, &(struct client_status){ .state = CLIENT_OFFLINE, .retry_ms = wait, .err = *why });
}

static void lose(struct client *client, const char *why)
{
    struct err err;
    err_set(&err, ERR_unavailable, "", "%s", why);
    go_offline(client, &err, CLIENT_RETRY_LOST_MS);
}

static void stop(struct client *client, const struct err *why)
{
    drop_channel(client);
    tell(client, &(struct client_status){ .state = CLIENT_STOPPED, .err = *why });
}

/* ---- signing in ---- */

/* 0 stands for no call in hello_id and subscribe_id. */
static uint32_t new_id(struct client *client)
{
    client->last_id++;
    client->last_id += client->last_id == 0;
    return client->last_id;
}

static void send_request(struct client *client, uint32_t id, enum method method, const void *params)
{
    struct buf request = BUF_INIT;
    rpc_write_request(&request, id, method, params, NULL);
    channel_send(client->channel, request.data, request.length);
    buf_release(&request);
}

static void on_open(void *owner)
{
    struct client *client = owner;
    struct rec_hello hello = {
        .protocol = SKRYTKA_PROTOCOL,
        .login = client->login,
        .password = client->password,
        .language = client->setup.language,
        .has_language = client->setup.has_language,
    };
    client->hello_id = new_id(client);
    send_request(client, client->hello_id, METHOD_hello, &hello);
}

static void subscribe(struct client *client)
{
    struct rec_events_subscribe params = { .after = client->last_event, .has_after = true };
    client->subscribe_id = new_id(client);
    send_request(client, client->subscribe_id, METHOD_events_subscribe, &params);
}

static void go_online(struct client *client)
{
    bool anew = client->knows_last_event && client->last_event > client->hello.last_event;
    if (anew || !client->knows_last_event) {
        client->last_event = client->hello.last_event;
        client->knows_last_event = true;
    }
    client->failures = 0;
    if (client->setup.follow_events) {
        subscribe(client);
    }
    for (const struct call *call = client->calls; call != NULL; call = call->next) {
        channel_send(client->channel, call->request.data, call->request.length);
    }
    tell(client, &(struct client_status){
                     .state = CLIENT_ONLINE, .hello = &client->hello, .events_anew = anew });
}

static void take_hello(struct client *client, const struct rpc_message *answer)
{
    struct err err;
    client->hello_id = 0;
    if (answer->error != NULL) {
        rpc_read_error(answer, &err);
        if (err.code == ERR_unavailable) {
            go_offline(client, &err, CLIENT_RETRY_BUSY_MS);
        } else {
            stop(client, &err);
        }
        return;
    }
    arena_free(client->hello_arena);
    client->hello_arena = arena_new();
    if (wire_unpack_answer(&record_hello_result, answer->body, client->hello_arena, &client->hello,
                           &err)) {
        go_online(client);
    } else {
        stop(client, &err);
    }
}

/* ---- answers and events ---- */

/* Takes the call with this id out of the list; NULL when there is none. */
static struct call *take_call(struct client *client, uint32_t id)
{
    for (struct call **at = &client->calls; *at != NULL; at = &(*at)->next) {
        struct call *call = *at;
        if (call->id == id) {
            *at = call->next;
            if (client->calls_end == &call->next) {
                client->calls_end = at;
            }
            client->waiting--;
            return call;
        }
    }
    return NULL;
}

static void free_call(struct call *call)
{
    buf_release(&call->request);
    free(call);
}

static void take_answer(struct client *client, const struct rpc_message *answer)
{
    struct call *call = take_call(client, answer->id);
    if (call == NULL) {
        return; /* of a call that nobody waits for any more */
    }
    if (call->reply.done != NULL) {
        struct err err = { .code = ERR_NONE };
        const struct record *record = methods[call->method].result;
        client->reply_arena = arena_new();
        void *result = arena_alloc(client->reply_arena, record->size);
        if (answer->error != NULL) {
            rpc_read_error(answer, &err);
        } else if (!wire_unpack_answer(record, answer->body, client->reply_arena, result, &err)) {
            err.code = ERR_unavailable; /* not the caller's fault */
        }
        bool done = err.code == ERR_NONE;
        call->reply.hand(call->reply.done, call->reply.owner, done ? result : NULL,
                         done ? NULL : &err);
        arena_free(client->reply_arena);
        client->reply_arena = NULL;
    }
    free_call(call);
}

/* A claim is no row of the journal: it comes live only, under the id of the newest event. */
static bool is_news(const struct client *client, const struct rec_event *event)
{
    return event->id > client->last_event ||
           (event->id == client->last_event && event->kind == event_kind_scan_request_claimed);
}

static void take_event(struct client *client, const struct rpc_message *message)
{
    static const char name[] = "event";
    struct rec_event event;
    struct err err;
    if (message->method_length != strlen(name) ||
        memcmp(message->method, name, strlen(name)) != 0 || message->body == NULL) {
        return;
    }
    struct arena *arena = arena_new();
    /* An event of a kind that only a newer server knows is passed over. */
    if (wire_unpack_answer(&record_event, message->body, arena, &event, &err) &&
        is_news(client, &event)) {
        client->last_event = event.id;
        client->setup.on_event(client->setup.owner, &event);
    }
    arena_free(arena);
}

static void on_frame(void *owner, const void *bytes, size_t length)
{
    struct client *client = owner;
    struct rpc_message message;
    struct err err;
    if (!rpc_read(bytes, length, &message, &err)) {
        lose(client, "the server does not speak MessagePack-RPC");
        return;
    }
    if (message.type == RPC_ANSWER && message.id == client->hello_id) {
        take_hello(client, &message);
    } else if (message.type == RPC_ANSWER && message.id == client->subscribe_id) {
        if (message.error != NULL) {
            rpc_read_error(&message, &err);
            go_offline(client, &err, CLIENT_RETRY_BUSY_MS);
        }
    } else if (message.type == RPC_ANSWER) {
        take_answer(client, &message);
    } else if (message.type == RPC_NOTIFICATION && client->setup.follow_events) {
        take_event(client, &message);
    }
    rpc_release(&message);
}

static void on_bad_frame(void *owner, enum frame_state state, const void *bytes, size_t length)
{
    (void)bytes;
    (void)length;
    lose(owner, frame_explain(state));
}

static void on_end(void *owner, const char *why)
{
    lose(owner, why);
}

/* ---- connecting ---- */

static const struct channel_ops channel_ops = { on_open, on_frame, on_bad_frame, on_end };

static void free_client(struct client *client)
{
    while (client->calls != NULL) {
        struct call *call = client->calls;
        client->calls = call->next;
        free_call(call);
    }
    tls_context_free(client->tls);
    arena_free(client->hello_arena);
    free(client->ca_file);
    free(client->login);
    if (client->password != NULL) {
        explicit_bzero(client->password, strlen(client->password));
    }
    free(client->password);
    if (client->closed != NULL) {
        client->closed(client->setup.owner);
    }
    free(client);
}

static void give_up_handle(struct client *client)
{
    if (--client->handles == 0) {
        free_client(client);
    }
}

static void on_channel_closed(void *owner)
{
    give_up_handle(owner);
}

static void on_timer_closed(uv_handle_t *handle)
{
    give_up_handle(handle->data);
}

static void drop_channel(struct client *client)
{
    if (client->channel != NULL) {
        channel_close(client->channel, on_channel_closed);
        client->channel = NULL;
    }
}

static bool ready_tls(struct client *client, struct err *err)
{
    if (client->setup.address.kind == ADDRESS_TLS && client->tls == NULL) {
        client->tls = tls_client(client->ca_file, err);
        return client->tls != NULL;
    }
    return true;
}

static void connect_now(struct client *client)
{
    struct err err;
    if (!ready_tls(client, &err)) {
        stop(client, &err);
        return;
    }
    struct channel_setup setup = {
        .ops = &channel_ops,
        .owner = client,
        .limits = &frame_limits_answer,
        .tls = client->tls,
    };
    tell(client, &(struct client_status){ .state = CLIENT_CONNECTING });
    if (client->closing || client->channel != NULL) {
        return; /* the owner closed it, or signed in, when told */
    }
    client->handles++;
    client->channel = channel_connect(client->loop, &client->setup.address, &setup);
}

static char *copy(const char *text)
{
    return text != NULL ? memcpy(memory_zeroed(strlen(text) + 1), text, strlen(text)) : NULL;
}

struct client *client_new(uv_loop_t *loop, const struct client_setup *setup)
{
    struct client *client = memory_zeroed(sizeof *client);
    client->loop = loop;
    client->setup = *setup;
    client->ca_file = copy(setup->ca_file);
    client->login = copy(setup->login);
    client->password = copy(setup->password);
    client->calls_end = &client->calls;
    client->last_event = setup->after;
    client->knows_last_event = setup->has_after;
    client->retry.data = client;
    client->handles = 1;
    uv_timer_init(loop, &client->retry);
    uv_timer_start(&client->retry, on_retry, 0, 0);
    return client;
}

void client_sign_in(struct client *client, const char *login, const char *password)
{
    char *old_login = client->login;
    char *old_password = client->password;
    client->login = copy(login);
    client->password = copy(password);
    free(old_login);
    if (old_password != NULL) {
        explicit_bzero(old_password, strlen(old_password));
    }
    free(old_password);
    drop_channel(client);
    client->failures = 0;
    uv_timer_start(&client->retry, on_retry, 0, 0);
}

void client_close(struct client *client, void (*closed)(void *owner))
{
    ENSURE(!client->closing);
    client->closing = true;
    client->closed = closed;
    client->setup.follow_events = false;
    drop_channel(client);
    uv_close((uv_handle_t *)&client->retry, on_timer_closed);
}

/* ---- calls ---- */

static void make_key(char out[2 * KEY_BYTES + 1])
{
    unsigned char random[KEY_BYTES];
    ENSURE(getrandom(random, sizeof random, 0) == (ssize_t)sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        snprintf(out + 2 * i, 3, "%02x", random[i]);
    }
}

void client_call(struct client *client, enum method method, const void *params, const char *key,
                 struct client_reply reply)
{
    char made[2 * KEY_BYTES + 1];
    if (key == NULL && methods[method].how == HOW_WRITE) {
        make_key(made);
        key = made;
    }
    struct call *call = memory_zeroed(sizeof *call);
    call->id = new_id(client);
    call->method = method;
    call->reply = reply;
    rpc_write_request(&call->request, call->id, method, params, key);
    *client->calls_end = call;
    client->calls_end = &call->next;
    client->waiting++;
    if (client->state == CLIENT_ONLINE && client->channel != NULL) {
        channel_send(client->channel, call->request.data, call->request.length);
    }
}

void client_cancel_owner(struct client *client, const void *owner)
{
    for (struct call *call = client->calls; call != NULL; call = call->next) {
        if (call->reply.owner == owner) {
            call->reply.done = NULL;
        }
    }
}

size_t client_waiting(const struct client *client)
{
    return client->waiting;
}

struct arena *client_take_arena(struct client *client)
{
    struct arena *arena = client->reply_arena;
    ENSURE(arena != NULL);
    client->reply_arena = NULL;
    return arena;
}
