/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/smtp_peer.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

struct talk {
    uv_tcp_t tcp;
    struct smtp_peer *peer;
    struct buf in;
    bool in_data;
    const char *owed;
    char room[65536];
};

struct answer {
    uv_write_t write;
    char text[512];
};

static const struct {
    const char *command;
    const char *answer;
} usual[AT_MAX] = {
    [AT_GREETING] = { "", "220 peer ready" },
    [AT_EHLO] = { "EHLO", "250-peer\r\n250 SIZE 30000000" },
    [AT_MAIL] = { "MAIL", "250 2.1.0 sender ok" },
    [AT_RCPT] = { "RCPT", "250 2.1.5 recipient ok" },
    [AT_DATA] = { "DATA", "354 go on" },
    [AT_END] = { ".", "250 2.0.0 taken as 42" },
    [AT_QUIT] = { "QUIT", "221 bye" },
};

static void talk_closed(uv_handle_t *handle)
{
    struct talk *talk = handle->data;
    talk->peer->talking--;
    buf_release(&talk->in);
    free(talk);
}

static void hang_up(struct talk *talk)
{
    if (talk->peer->silent == talk)
        talk->peer->silent = NULL;
    if (!uv_is_closing((uv_handle_t *)&talk->tcp))
        uv_close((uv_handle_t *)&talk->tcp, talk_closed);
}

static void written(uv_write_t *write, int status)
{
    (void)status;
    free(write->data);
}

static void say(struct talk *talk, const char *text)
{
    struct answer *answer = memory_zeroed(sizeof *answer);
    size_t length = (size_t)snprintf(answer->text, sizeof answer->text, "%s\r\n", text);
    uv_buf_t bytes = uv_buf_init(answer->text, (unsigned)length);
    answer->write.data = answer;
    ENSURE(uv_write(&answer->write, (uv_stream_t *)&talk->tcp, &bytes, 1, written) == 0);
}

static void reach(struct talk *talk, enum smtp_step step)
{
    struct smtp_peer *peer = talk->peer;
    const char *text = usual[step].answer;
    peer->said[step]++;
    if (peer->times[step] > 0) {
        peer->times[step]--;
        text = peer->answers[step];
    }
    if (talk->owed) {
        say(talk, talk->owed);
        talk->owed = NULL;
    }
    if (strcmp(text, CUT_LINE) == 0) {
        hang_up(talk);
    } else if (strcmp(text, SAY_NOTHING) == 0) {
        talk->owed = peer->late;
        peer->silent = talk;
    } else {
        say(talk, text);
    }
    if (step == AT_DATA)
        talk->in_data = strncmp(text, "354", 3) == 0;
}

static void take_line(struct talk *talk, const char *line, size_t length)
{
    struct smtp_peer *peer = talk->peer;
    if (talk->in_data) {
        if (length == 3 && line[0] == '.') {
            talk->in_data = false;
            reach(talk, AT_END);
        } else {
            buf_add(&peer->mails, line, length);
        }
        return;
    }
    buf_add(&peer->commands, line, length);
    if (peer->auth && strncasecmp(line, "AUTH", 4) == 0)
        say(talk, peer->auth);
    for (enum smtp_step step = AT_EHLO; step < AT_MAX; step++)
        if (step != AT_END && strncasecmp(line, usual[step].command, 4) == 0)
            reach(talk, step);
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
    struct talk *talk = handle->data;
    (void)wanted;
    *ret = uv_buf_init(talk->room, sizeof talk->room);
}

static void received(uv_stream_t *stream, ssize_t length, const uv_buf_t *bytes)
{
    struct talk *talk = stream->data;
    if (length < 0) {
        hang_up(talk);
        return;
    }
    buf_add(&talk->in, bytes->base, (size_t)length);
    const char *end;
    while (talk->in.length > 0 && (end = memchr(talk->in.data, '\n', talk->in.length))) {
        size_t line = (size_t)(end - talk->in.data) + 1;
        take_line(talk, talk->in.data, line);
        buf_drop(&talk->in, line);
    }
}

static void connected(uv_stream_t *server, int status)
{
    struct smtp_peer *peer = server->data;
    ENSURE(status == 0);
    struct talk *talk = memory_zeroed(sizeof *talk);
    talk->peer = peer;
    talk->tcp.data = talk;
    peer->talking++;
    ENSURE(uv_tcp_init(server->loop, &talk->tcp) == 0);
    ENSURE(uv_accept(server, (uv_stream_t *)&talk->tcp) == 0);
    ENSURE(uv_read_start((uv_stream_t *)&talk->tcp, give_room, received) == 0);
    reach(talk, AT_GREETING);
}

void smtp_peer_open(struct smtp_peer *peer, uv_loop_t *loop)
{
    struct sockaddr_in address;
    int length = sizeof address;
    *peer = (struct smtp_peer){ 0 };
    peer->server.data = peer;
    ENSURE(uv_ip4_addr("127.0.0.1", 0, &address) == 0);
    ENSURE(uv_tcp_init(loop, &peer->server) == 0);
    ENSURE(uv_tcp_bind(&peer->server, (const struct sockaddr *)&address, 0) == 0);
    ENSURE(uv_listen((uv_stream_t *)&peer->server, 16, connected) == 0);
    ENSURE(uv_tcp_getsockname(&peer->server, (struct sockaddr *)&address, &length) == 0);
    peer->port = ntohs(address.sin_port);
}

void smtp_peer_answer(struct smtp_peer *peer, enum smtp_step step, const char *answer, int times)
{
    peer->answers[step] = answer;
    peer->times[step] = times;
}

void smtp_peer_speak(struct smtp_peer *peer, const char *answer)
{
    if (peer->silent)
        say(peer->silent, answer);
}

void smtp_peer_close(struct smtp_peer *peer)
{
    uv_close((uv_handle_t *)&peer->server, NULL);
    buf_release(&peer->mails);
    buf_release(&peer->commands);
}
