/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/channel_pair.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_side_closed(void *owner)
{
    ((struct side *)owner)->closed = true;
}

static void on_open(void *owner)
{
    struct side *side = owner;
    assert_false(side->open);
    side->open = true;
}

static void on_frame(void *owner, const void *bytes, size_t length)
{
    struct side *side = owner;
    assert_true(side->open);
    assert_false(side->ended);
    assert_false(side->closed);
    side->frames++;
    side->last_length = length;
    buf_add(&side->all, bytes, length);
    if (side->echo) {
        channel_send(side->channel, bytes, length);
    }
    if (side->pause_after_first) {
        channel_pause(side->channel);
    }
    if (side->close_in_frame) {
        channel_close(side->channel, on_side_closed);
        side->channel = NULL;
    }
}

static void on_bad_frame(void *owner, enum frame_state state, const void *bytes, size_t length)
{
    struct side *side = owner;
    uint32_t id;
    side->bad++;
    side->bad_state = state;
    if (frame_request_id(bytes, length, &id)) {
        uint8_t answer[] = { 0x94, 0x01, (uint8_t)id, 0xa1, 'x', 0xc0 };
        channel_send(side->channel, answer, sizeof answer);
    }
    channel_finish(side->channel);
}

static void on_end(void *owner, const char *why)
{
    struct side *side = owner;
    assert_false(side->ended);
    side->ended = true;
    snprintf(side->why, sizeof side->why, "%s", why);
}

static const struct channel_ops ops = { on_open, on_frame, on_bad_frame, on_end };

void pair_on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened for %d ms", LIMIT_MS);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct pair *pair = listener->data;
    assert_int_equal(status, 0);
    assert_int_equal(channel_accept(listener, &pair->setup, &pair->server.channel), 0);
}

void pair_listen_tcp(struct pair *pair)
{
    struct sockaddr_in at;
    int length = sizeof at;
    uv_ip4_addr("127.0.0.1", 0, &at);
    assert_int_equal(uv_tcp_bind(&pair->tcp, (struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&pair->tcp, 5, on_connection), 0);
    uv_tcp_getsockname(&pair->tcp, (struct sockaddr *)&at, &length);
    pair->address =
        (struct address){ .kind = ADDRESS_TCP, .host = "127.0.0.1", .port = ntohs(at.sin_port) };
}

void pair_listen_unix(struct pair *pair)
{
    char text[80];
    char folder[] = "/tmp/test_channel.XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(pair->path, sizeof pair->path, "%s/socket", folder);
    assert_int_equal(uv_pipe_bind(&pair->pipe, pair->path), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&pair->pipe, 5, on_connection), 0);
    snprintf(text, sizeof text, "unix:%s", pair->path);
    assert_true(address_parse(text, &pair->address));
}

struct pair *pair_new(void)
{
    struct pair *pair = calloc(1, sizeof *pair);
    uv_loop_init(&pair->loop);
    uv_timer_init(&pair->loop, &pair->limit);
    uv_tcp_init(&pair->loop, &pair->tcp);
    uv_pipe_init(&pair->loop, &pair->pipe, 0);
    pair->tcp.data = pair;
    pair->pipe.data = pair;
    pair->setup = (struct channel_setup){ .ops = &ops,
                                          .owner = &pair->server,
                                          .limits = &frame_limits_request };
    return pair;
}

static void connect_address(struct pair *pair, const struct address *address)
{
    struct channel_setup setup = {
        .ops = &ops, .owner = &pair->client, .limits = &frame_limits_answer, .tls = pair->client_tls
    };
    pair->client.channel = channel_connect(&pair->loop, address, &setup);
}

void pair_connect(struct pair *pair)
{
    connect_address(pair, &pair->address);
}

void pair_connect_to(struct pair *pair, const char *text)
{
    struct address address;
    assert_true(address_parse(text, &address));
    connect_address(pair, &address);
}

void pair_join(struct pair *pair)
{
    pair_connect(pair);
    until(pair, pair->client.open && pair->server.open);
}

void pair_close_side(struct pair *pair, struct side *side)
{
    if (side->channel != NULL) {
        channel_close(side->channel, on_side_closed);
        side->channel = NULL;
        until(pair, side->closed);
    }
    buf_release(&side->all);
}

void pair_free(struct pair *pair)
{
    pair_close_side(pair, &pair->client);
    pair_close_side(pair, &pair->server);
    uv_close((uv_handle_t *)&pair->tcp, NULL);
    uv_close((uv_handle_t *)&pair->pipe, NULL);
    uv_close((uv_handle_t *)&pair->limit, NULL);
    uv_run(&pair->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&pair->loop), 0);
    if (pair->path[0] != '\0') {
        *strrchr(pair->path, '/') = '\0';
        rmdir(pair->path);
    }
    free(pair);
}

void pair_add_bin(struct buf *out, size_t length)
{
    uint8_t head[5] = { 0xc6, (uint8_t)(length >> 24), (uint8_t)(length >> 16),
                        (uint8_t)(length >> 8), (uint8_t)length };
    buf_add(out, head, sizeof head);
    for (size_t i = 0; i < length; i++) {
        buf_char(out, (char)i);
    }
}
