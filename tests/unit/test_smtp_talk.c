/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One SMTP transport, mail after mail: what one leaves behind must not touch the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/log.h"
#include "server/config.h"
#include "server/notify/curl_loop.h"
#include "server/notify/transport.h"
#include "tests/unit/run_loop.h"
#include "tests/unit/smtp_peer.h"

static uv_loop_t loop;
static struct config config;
static struct transport_place place;
static void *transport;
static struct smtp_peer peer;
static char url[64];
static struct outbox_letter letter;
static struct sending sending;
static bool ended;

static void sending_done(struct sending *done)
{
    (void)done;
    ended = true;
}

static void begin_mail(void)
{
    ended = false;
    sending = (struct sending){ .letter = &letter, .config = &config, .done = sending_done };
    transport_smtp.send(transport, &sending);
}

/* One mail, by the transport's only thread, and how it must end. */
static void send_mail(enum delivery outcome, const char *words)
{
    begin_mail();
    run_loop_until(&loop, &ended);
    if (sending.outcome != outcome || !strstr(sending.answer, words))
        fail_msg("%d \"%s\", not %d \"%s\"", sending.outcome, sending.answer, outcome, words);
}

static int begin(void **state)
{
    (void)state;
    uv_loop_init(&loop);
    smtp_peer_open(&peer, &loop);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", peer.port);
    config = (struct config){ .storage_directory = "/nowhere",
                              .mail_url = url,
                              .mail_user = "",
                              .mail_ca_file = "",
                              .mail_starttls = STARTTLS_off,
                              .mail_answer_seconds = 1,
                              .mail_parallel = 1 };
    letter = (struct outbox_letter){ .id = 1,
                                     .channel = medium_mail,
                                     .recipient = "biuro@alfa.example",
                                     .sender = "poczta@office.example",
                                     .sender_name = "Biuro",
                                     .subject = "List",
                                     .text = "Tekst\n",
                                     .message_id = "<1@office.example>",
                                     .created_at = 951827696 };
    place = (struct transport_place){ &loop, curl_loop_new(&loop), &config };
    transport = transport_smtp.open(&place);
    return 0;
}

static int end(void **state)
{
    bool closed = false;
    (void)state;
    transport_smtp.close(transport, set_true, &closed);
    run_loop_until(&loop, &closed);
    closed = false;
    curl_loop_close(place.curl, set_true, &closed);
    run_loop_until(&loop, &closed);
    smtp_peer_close(&peer);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

/* Whatever the server says when nobody waits any more is about a mail that has ended. */
static void a_late_answer_is_not_the_next_mails(void **state)
{
    static const char *const late[] = { "554 5.7.1 this is spam", "250 2.0.0 taken as 41" };
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        begin(state);
        peer.late = late[i];
        smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
        send_mail(DELIVERY_LATER, "perhaps delivered");
        send_mail(DELIVERY_DONE, "250 2.0.0 taken as 42");
        send_mail(DELIVERY_DONE, "250 2.0.0 taken as 42");
        assert_int_equal(peer.said[AT_GREETING], 2);
        assert_int_equal(end(state), 0);
    }
}

/* In each form in which it was, or could have been, told to the server. */
static void a_repeated_secret_is_not_shown(void **state)
{
    (void)state;
    config.mail_user = "biuro";
    config.mail_password_file.value = "Ta&jne";
    smtp_peer_answer(&peer, AT_EHLO, "250-peer\r\n250 AUTH PLAIN", 2);
    peer.auth = "535 5.7.8 bad: AGJpdXJvAFRhJmpuZQ== VGEmam5l ta%26jne Ta&jne.";
    send_mail(DELIVERY_UNREACHABLE, "535 5.7.8 bad: ***== *** *** ***.");
    /* It stands where the shown part ends. */
    char longer[300];
    snprintf(longer, sizeof longer, "535 %0245dTa&jne", 0);
    peer.auth = longer;
    send_mail(DELIVERY_UNREACHABLE, "535 000");
    assert_null(strstr(sending.answer, "Ta"));
}

/* Some servers close after each mail, or say 421 after a number of them. */
static void a_connection_that_was_left_costs_nothing(void **state)
{
    static const char *const farewells[] = { CUT_LINE, "421 4.7.0 too many in this connection" };
    (void)state;
    send_mail(DELIVERY_DONE, "taken");
    for (int i = 0; i < 2; i++) {
        smtp_peer_answer(&peer, AT_MAIL, farewells[i], 1);
        send_mail(DELIVERY_DONE, "taken");
        assert_int_equal(peer.said[AT_GREETING], i + 2);
        assert_int_equal(peer.said[AT_END], i + 2);
    }
    /* It was not the connection: once more at once, and no oftener. */
    smtp_peer_answer(&peer, AT_MAIL, farewells[1], 3);
    send_mail(DELIVERY_LATER, farewells[1]);
    assert_int_equal(peer.times[AT_MAIL], 1);
    /* Of the first connection's mail the server meant what it said. */
    send_mail(DELIVERY_LATER, farewells[1]);
    assert_int_equal(peer.times[AT_MAIL], 0);
    /* So it did once the recipient was named. */
    send_mail(DELIVERY_DONE, "taken");
    smtp_peer_answer(&peer, AT_RCPT, "421 4.3.2 closing", 2);
    send_mail(DELIVERY_LATER, "421 4.3.2 closing");
    assert_int_equal(peer.times[AT_RCPT], 1);
}

/* RFC 6531 3.2: an address beyond ASCII is for servers that offer SMTPUTF8. */
static void an_address_in_utf8_needs_a_server_for_it(void **state)
{
    static const char *const in_utf8 = "za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87@alfa.example";
    const char *in_ascii = letter.recipient;
    (void)state;
    /* On a new connection, and on one that has served. */
    for (int i = 0; i < 2; i++) {
        letter.recipient = in_utf8;
        send_mail(DELIVERY_REFUSED, "does not offer SMTPUTF8");
        assert_int_equal(peer.said[AT_RCPT], i);
        letter.recipient = in_ascii;
        send_mail(DELIVERY_DONE, "taken");
    }
    letter.recipient = in_utf8;
    send_mail(DELIVERY_REFUSED, "does not offer SMTPUTF8");
    assert_int_equal(peer.said[AT_RCPT], 2);
    smtp_peer_answer(&peer, AT_EHLO, "250-peer\r\n250-SMTPUTF8\r\n250 SIZE 30000000", 1);
    send_mail(DELIVERY_DONE, "taken");
    send_mail(DELIVERY_DONE, "taken");
    assert_int_equal(peer.times[AT_EHLO], 0);
    assert_int_equal(peer.said[AT_GREETING], 4);
    assert_non_null(strstr(buf_str(&peer.commands), "SMTPUTF8\r\nRCPT TO:<za\xc5"));
}

static void answer_comes(uv_timer_t *timer)
{
    smtp_peer_speak(&peer, "250 2.0.0 taken at last");
    uv_close((uv_handle_t *)timer, NULL);
}

/* Begins a mail, to whose `step` nothing is answered, and cancels it there. */
static void cancel_at(enum smtp_step step)
{
    int before = peer.said[step];
    config.mail_answer_seconds = 600;
    smtp_peer_answer(&peer, step, SAY_NOTHING, 1);
    begin_mail();
    while (peer.said[step] == before)
        uv_run(&loop, UV_RUN_ONCE);
    transport_smtp.cancel(transport, &sending);
}

/* Else it would come twice: the server has it, and the next start would not know. */
static void a_whole_mail_is_not_cut_off_its_answer(void **state)
{
    uv_timer_t timer;
    (void)state;
    cancel_at(AT_END);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, answer_comes, 1500, 0); /* curl asks once a second whether to go on */
    run_loop_until(&loop, &ended);
    assert_false(sending.broken_off);
    assert_int_equal(sending.outcome, DELIVERY_DONE);
}

static void what_is_cancelled_ends_soon(void **state)
{
    static const enum smtp_step steps[] = { AT_GREETING, AT_RCPT, AT_END };
    static const uint64_t most_ms[] = { 4000, 4000, 9000 };
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        cancel_at(steps[i]);
        uint64_t began = uv_hrtime();
        run_loop_until(&loop, &ended);
        assert_true(sending.broken_off);
        assert_in_range((uv_hrtime() - began) / 1000000, 0, most_ms[i]);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_answer_is_not_the_next_mails),
        CASE(a_repeated_secret_is_not_shown),
        CASE(a_connection_that_was_left_costs_nothing),
        CASE(an_address_in_utf8_needs_a_server_for_it),
        CASE(a_whole_mail_is_not_cut_off_its_answer),
        CASE(what_is_cancelled_ends_soon),
    };
    log_set_level(LOG_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as main() does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
