/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Channels in pairs over real sockets: one accepted, one connecting, on one loop. */
#include <string.h>
#include <unistd.h>

#include "tests/unit/channel_pair.h"

static int setup_tcp(void **state)
{
    struct pair *pair = pair_new();
    pair_listen_tcp(pair);
    pair_join(pair);
    *state = pair;
    return 0;
}

static int setup_unix(void **state)
{
    struct pair *pair = pair_new();
    pair_listen_unix(pair);
    pair_join(pair);
    *state = pair;
    return 0;
}

static int setup_apart(void **state)
{
    struct pair *pair = pair_new();
    pair_listen_tcp(pair);
    *state = pair;
    return 0;
}

static int teardown(void **state)
{
    pair_free(*state);
    return 0;
}

static void test_many_frames_both_ways(void **state)
{
    struct pair *pair = *state;
    struct buf sent = BUF_INIT;
    pair->server.echo = true;
    for (size_t i = 0; i < 300; i++) {
        size_t before = sent.length;
        pair_add_bin(&sent, i * 37 % 3000);
        channel_send(pair->client.channel, sent.data + before, sent.length - before);
    }
    until(pair, pair->client.frames == 300);
    assert_int_equal(pair->server.frames, 300);
    assert_int_equal(pair->client.all.length, sent.length);
    assert_memory_equal(pair->client.all.data, sent.data, sent.length);
    assert_int_equal(channel_unsent(pair->client.channel), 0);
    buf_release(&sent);
}

static void test_a_frame_in_pieces(void **state)
{
    struct pair *pair = *state;
    struct buf frame = BUF_INIT;
    pair_add_bin(&frame, 200);
    pair_add_bin(&frame, 3);
    for (size_t i = 0; i < frame.length; i++) {
        channel_send(pair->client.channel, frame.data + i, 1);
        until(pair, channel_unsent(pair->client.channel) == 0);
    }
    until(pair, pair->server.frames == 2);
    assert_int_equal(pair->server.last_length, 8);
    assert_int_equal(pair->server.all.length, frame.length);
    buf_release(&frame);
}

static void test_the_largest_frame(void **state)
{
    struct pair *pair = *state;
    struct buf frame = BUF_INIT;
    pair_add_bin(&frame, frame_limits_request.bytes - 5);
    channel_send(pair->client.channel, frame.data, frame.length);
    until(pair, pair->server.frames == 1);
    assert_int_equal(pair->server.last_length, frame_limits_request.bytes);
    assert_int_equal(pair->server.bad, 0);
    buf_release(&frame);
}

static void test_bad_frame_is_answered_then_closed(void **state)
{
    struct pair *pair = *state;
    /* A good value; then a request whose params claim 2^32-1 elements; then what nobody reads. */
    static const uint8_t bytes[] = { 0xc0, 0x94, 0x00, 0x07, 0xa1, 'm', 0xdd,
                                     0xff, 0xff, 0xff, 0xff, 0xc0, 0xc0 };
    channel_send(pair->client.channel, bytes, sizeof bytes);
    until(pair, pair->client.ended && pair->server.ended == false);
    assert_int_equal(pair->server.frames, 1);
    assert_int_equal(pair->server.bad, 1);
    assert_int_equal(pair->server.bad_state, FRAME_TOO_MANY);
    assert_int_equal(pair->client.frames, 1);
    assert_memory_equal(pair->client.all.data, "\x94\x01\x07", 3);
    pair_close_side(pair, &pair->client);
    until(pair, pair->server.ended);
}

static void test_pause_keeps_what_came(void **state)
{
    struct pair *pair = *state;
    static const uint8_t three[] = { 0x01, 0x02, 0x03 };
    pair->server.pause_after_first = true;
    channel_send(pair->client.channel, three, sizeof three);
    until(pair, pair->server.frames == 1);
    channel_send(pair->client.channel, three, sizeof three);
    until(pair, channel_unsent(pair->client.channel) == 0);
    for (unsigned i = 2; i <= 6; i++) {
        channel_resume(pair->server.channel);
        until(pair, pair->server.frames == i);
    }
    assert_memory_equal(pair->server.all.data, "\1\2\3\1\2\3", 6);
}

static void test_reader_that_does_not_read(void **state)
{
    struct pair *pair = *state;
    struct buf frame = BUF_INIT;
    pair_add_bin(&frame, 65536);
    struct shared_bytes *message = shared_bytes_new(frame.data, frame.length);
    channel_pause(pair->client.channel);
    size_t most = 0;
    for (unsigned i = 0; i < 10000 && !pair->server.ended; i++) {
        channel_send_shared(pair->server.channel, message);
        most = channel_unsent(pair->server.channel) > most ? channel_unsent(pair->server.channel)
                                                           : most;
        uv_run(&pair->loop, UV_RUN_NOWAIT);
    }
    assert_true(pair->server.ended);
    assert_string_equal(pair->server.why, "the peer does not read");
    assert_in_range(most, CHANNEL_LAG_BYTES, CHANNEL_LAG_BYTES + 2 * 65541);
    pair_close_side(pair, &pair->server);
    assert_int_equal(message->references, 1);
    shared_bytes_release(message);
    buf_release(&frame);
}

/* Questions pile up, answers are not taken: the server stops reading and keeps the connection. */
static void test_asker_that_does_not_read(void **state)
{
    struct pair *pair = *state;
    struct buf frame = BUF_INIT;
    pair_add_bin(&frame, 100000);
    pair->server.echo = true;
    channel_pause(pair->client.channel);
    for (unsigned i = 0; i < 300; i++) {
        channel_send(pair->client.channel, frame.data, frame.length);
    }
    unsigned quiet = 0;
    for (unsigned seen = 0; quiet < 1000; quiet++) {
        uv_run(&pair->loop, UV_RUN_NOWAIT);
        quiet = pair->server.frames > seen ? 0 : quiet;
        seen = pair->server.frames;
    }
    assert_in_range(pair->server.frames, 1, 299);
    assert_false(pair->server.ended);
    assert_in_range(channel_unsent(pair->server.channel), CHANNEL_BUSY_BYTES,
                    CHANNEL_LAG_BYTES + 100005);
    channel_resume(pair->client.channel);
    until(pair, pair->client.frames == 300);
    buf_release(&frame);
}

static void test_close_inside_a_callback(void **state)
{
    struct pair *pair = *state;
    static const uint8_t three[] = { 0x01, 0x02, 0x03 };
    pair->server.close_in_frame = true;
    channel_send(pair->client.channel, three, sizeof three);
    until(pair, pair->server.closed && pair->client.ended);
    assert_int_equal(pair->server.frames, 1);
    assert_false(pair->server.ended);
}

static void test_finish_sends_all_first(void **state)
{
    struct pair *pair = *state;
    struct buf frame = BUF_INIT;
    pair_add_bin(&frame, 900000);
    for (unsigned i = 0; i < 5; i++) {
        channel_send(pair->server.channel, frame.data, frame.length);
    }
    channel_finish(pair->server.channel);
    channel_send(pair->server.channel, frame.data, frame.length); /* too late */
    until(pair, pair->client.ended);
    assert_int_equal(pair->client.frames, 5);
    assert_string_equal(pair->client.why, "the peer closed the connection");
    buf_release(&frame);
}

static void test_peer_of_unix_socket(void **state)
{
    struct pair *pair = *state;
    uid_t uid = (uid_t)-1;
    assert_true(channel_peer_uid(pair->server.channel, &uid));
    assert_int_equal(uid, getuid());
    assert_string_equal(channel_peer(pair->server.channel), "local");
}

static void test_peer_of_tcp(void **state)
{
    struct pair *pair = *state;
    uid_t uid = 12345;
    assert_false(channel_peer_uid(pair->server.channel, &uid));
    assert_int_equal(uid, 12345);
    assert_string_equal(channel_peer(pair->server.channel), "127.0.0.1");
}

/* A name has several addresses; nobody listens on ::1, so the next one is tried. */
static void test_connect_by_name(void **state)
{
    struct pair *pair = *state;
    snprintf(pair->address.host, sizeof pair->address.host, "localhost");
    pair_join(pair);
    assert_string_equal(channel_peer(pair->client.channel), "127.0.0.1");
}

static void test_nobody_there(void **state)
{
    struct pair *pair = *state;
    pair_connect_to(pair, "unix:/nonexistent/socket");
    until(pair, pair->client.ended);
    assert_string_equal(pair->client.why, "no such file or directory");
    assert_false(pair->client.open);
}

/* Port 1 is nobody's; unlike a missing socket file it is refused later, by the network. */
static void test_nobody_listens(void **state)
{
    struct pair *pair = *state;
    pair_connect_to(pair, "tcp:localhost:1");
    until(pair, pair->client.ended);
    assert_string_equal(pair->client.why, "connection refused");
}

static void test_close_while_connecting(void **state)
{
    struct pair *pair = *state;
    pair_connect_to(pair, "tcp:localhost:9");
    channel_send(pair->client.channel, "\1", 1);
    pair_close_side(pair, &pair->client);
    assert_false(pair->client.ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_many_frames_both_ways, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_many_frames_both_ways, setup_unix, teardown),
        cmocka_unit_test_setup_teardown(test_a_frame_in_pieces, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_the_largest_frame, setup_unix, teardown),
        cmocka_unit_test_setup_teardown(test_bad_frame_is_answered_then_closed, setup_tcp,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_pause_keeps_what_came, setup_unix, teardown),
        cmocka_unit_test_setup_teardown(test_reader_that_does_not_read, setup_unix, teardown),
        cmocka_unit_test_setup_teardown(test_asker_that_does_not_read, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_close_inside_a_callback, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_finish_sends_all_first, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_peer_of_unix_socket, setup_unix, teardown),
        cmocka_unit_test_setup_teardown(test_peer_of_tcp, setup_tcp, teardown),
        cmocka_unit_test_setup_teardown(test_connect_by_name, setup_apart, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_there, setup_apart, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_listens, setup_apart, teardown),
        cmocka_unit_test_setup_teardown(test_close_while_connecting, setup_apart, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
