/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A mail server on the test's own loop that answers as it is told. Being on the same loop it also
 * proves that nobody waits for it in a blocking way: such a test would never end.
 */
#ifndef SKRYTKA_TESTS_SMTP_PEER_H
#define SKRYTKA_TESTS_SMTP_PEER_H

#include <stddef.h>
#include <uv.h>

#include "protocol/base/buf.h"

enum smtp_step { AT_GREETING, AT_EHLO, AT_MAIL, AT_RCPT, AT_DATA, AT_END, AT_QUIT, AT_MAX };

/* Special answers. */
#define SAY_NOTHING ""
#define CUT_LINE    "cut"

struct smtp_peer {
    uv_tcp_t server;
    int port;
    const char *answers[AT_MAX]; /* NULL: the usual one */
    int times[AT_MAX];           /* how often the answer above is given; then the usual one */
    const char *late;            /* what SAY_NOTHING still owes: comes before the next answer */
    const char *auth;            /* the answer to AUTH; NULL: none */
    int said[AT_MAX];            /* how often each step was reached */
    struct buf mails;            /* all that was received, whole mails one after another */
    struct buf commands;         /* all commands */
    struct talk *silent;         /* the connection of the last SAY_NOTHING, while it is open */
    size_t talking;              /* connections that are open */
};

void smtp_peer_open(struct smtp_peer *peer, uv_loop_t *loop);

/* From now on `answer` at a step, `times` times. */
void smtp_peer_answer(struct smtp_peer *peer, enum smtp_step step, const char *answer, int times);

/* What SAY_NOTHING kept back is said after all; nothing, where that connection has ended. */
void smtp_peer_speak(struct smtp_peer *peer, const char *answer);

/* Stops listening; the loop must run until its handles are closed. */
void smtp_peer_close(struct smtp_peer *peer);

#endif
