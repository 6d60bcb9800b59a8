/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A small server on the loop of a test, with one connection at a time. It answers hello,
 * events_subscribe, mail_get, mail_register and the calls that send a file as its fields tell it,
 * and writes down every call.
 */
#ifndef SKRYTKA_TESTS_FAKE_SERVER_H
#define SKRYTKA_TESTS_FAKE_SERVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/base/buf.h"
#include "protocol/channel.h"
#include "protocol/err.h"
#include "protocol/record.h"

enum { LIMIT_MS = 10000, CALLS_MAX = 64 };

struct seen_call {
    enum method method;
    uint32_t id;
    char key[40];
    int64_t after; /* events_subscribe */
    int64_t item;  /* mail_get */
};

struct fake_server {
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
    struct buf file;     /* what scan_data brought */
    char file_name[40];
    char file_hash[65];
    struct seen_call calls[CALLS_MAX];
    size_t count;
};

void fake_on_limit(uv_timer_t *timer);

/* Runs the loop until the condition holds. */
#define until(server, condition)                                                                   \
    do {                                                                                           \
        uv_timer_start(&(server)->limit, fake_on_limit, LIMIT_MS, 0);                              \
        while (!(condition)) {                                                                     \
            uv_run(&(server)->loop, UV_RUN_ONCE);                                                  \
        }                                                                                          \
        uv_timer_stop(&(server)->limit);                                                           \
    } while (0)

/* Makes loop and listener; the second start listens on the same port again. */
void fake_init(struct fake_server *server);
void fake_start(struct fake_server *server);
void fake_stop(struct fake_server *server);

/* Ends everything and closes the loop, on which nothing else may be open. */
void fake_release(struct fake_server *server);

/* Ends the connection. */
void fake_drop(struct fake_server *server);

void fake_answer(struct fake_server *server, uint32_t id, const struct record *record,
                 const void *value);
void fake_answer_item(struct fake_server *server, uint32_t id, int64_t item);
void fake_send_event(struct fake_server *server, int64_t id, enum event_kind kind);

#endif
