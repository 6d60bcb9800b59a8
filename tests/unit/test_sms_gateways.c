/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * SMSAPI and Kannel: what they are asked, and what is made of their answers, good and bad. The
 * gateway is a few lines of HTTP on the test's own loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/curl_loop.h"
#include "server/notify/sms_answer.h"
#include "server/notify/transport.h"
#include "tests/unit/run_loop.h"

static uv_loop_t loop;
static struct config config;
static struct transport_place place;
static char url[64];

/* The gateway: takes one request a connection, gives `answer`, hangs up (or not, when it is NULL).
 */

struct talk {
    uv_tcp_t tcp;
    uv_write_t write;
    struct buf in;
    char room[65536];
};

static uv_tcp_t server;
static struct buf answer;
static bool answer_nothing;
static struct buf request;
static size_t talking;

static void talk_closed(uv_handle_t *handle)
{
    struct talk *talk = handle->data;
    buf_release(&talk->in);
    free(talk);
    talking--;
}

static void written(uv_write_t *write, int status)
{
    struct talk *talk = write->data;
    if (!uv_is_closing((uv_handle_t *)&talk->tcp))
        uv_close((uv_handle_t *)&talk->tcp, talk_closed);
}

static bool request_is_whole(const struct buf *in)
{
    const char *end = strstr(buf_str(in), "\r\n\r\n");
    const char *length = strstr(buf_str(in), "Content-Length: ");
    if (!end)
        return false;
    size_t body = length ? strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
    return in->length >= (size_t)(end + 4 - in->data) + body;
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
    struct talk *talk = handle->data;
    *ret = uv_buf_init(talk->room, sizeof talk->room);
}

static void received(uv_stream_t *stream, ssize_t length, const uv_buf_t *bytes)
{
    struct talk *talk = stream->data;
    if (length < 0) {
        uv_close((uv_handle_t *)stream, talk_closed);
        return;
    }
    buf_add(&talk->in, bytes->base, (size_t)length);
    if (!request_is_whole(&talk->in))
        return;
    buf_clear(&request);
    buf_add(&request, talk->in.data, talk->in.length);
    if (answer_nothing)
        return;
    uv_read_stop(stream);
    talk->write.data = talk;
    uv_buf_t out = uv_buf_init(answer.data, (unsigned)answer.length);
    ENSURE(uv_write(&talk->write, stream, &out, 1, written) == 0);
}

static void connected(uv_stream_t *listener, int status)
{
    struct talk *talk = memory_zeroed(sizeof *talk);
    talk->tcp.data = talk;
    talking++;
    ENSURE(uv_tcp_init(&loop, &talk->tcp) == 0);
    ENSURE(uv_accept(listener, (uv_stream_t *)&talk->tcp) == 0);
    ENSURE(uv_read_start((uv_stream_t *)&talk->tcp, give_room, received) == 0);
}

static void gateway_says(const char *status, const char *body)
{
    answer_nothing = false;
    buf_clear(&answer);
    buf_format(&answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
               strlen(body), body);
}

static void gateway_sends(const char *bytes)
{
    answer_nothing = false;
    buf_clear(&answer);
    buf_text(&answer, bytes);
}

/* One message by one transport. */

static struct outbox_letter letter;
static struct sending sending;
static bool ended;

static void sending_done(struct sending *done)
{
    ended = true;
}

static void send_by(const char *name)
{
    const struct transport_ops *ops = transport_find(medium_sms, name, strlen(name));
    bool closed = false;
    assert_non_null(ops);
    void *transport = ops->open(&place);
    ended = false;
    sending = (struct sending){ .letter = &letter, .config = &config, .done = sending_done };
    ops->send(transport, &sending);
    run_loop_until(&loop, &ended);
    ops->close(transport, set_true, &closed);
    run_loop_until(&loop, &closed);
}

static void check(enum delivery outcome, const char *words)
{
    assert_int_equal(sending.outcome, outcome);
    if (!strstr(sending.answer, words))
        fail_msg("\"%s\" is not in \"%s\"", words, sending.answer);
}

static int begin(void **state)
{
    struct sockaddr_in address;
    int length = sizeof address;
    uv_loop_init(&loop);
    uv_ip4_addr("127.0.0.1", 0, &address);
    ENSURE(uv_tcp_init(&loop, &server) == 0);
    ENSURE(uv_tcp_bind(&server, (const struct sockaddr *)&address, 0) == 0);
    ENSURE(uv_listen((uv_stream_t *)&server, 16, connected) == 0);
    ENSURE(uv_tcp_getsockname(&server, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    config = (struct config){ .sms_url = url,
                              .sms_token_file = { .value = "t0ken" },
                              .sms_user = "biuro",
                              .sms_password_file = { .value = "has\xc5\x82o&to=+1" },
                              .sms_sender = "Biuro",
                              .sms_ca_file = "",
                              .sms_answer_seconds = 1 };
    letter = (struct outbox_letter){ .id = 1,
                                     .channel = medium_sms,
                                     .recipient = "+48501234567",
                                     .message_id = "a1b2c3",
                                     .text = "Pro\xc5\x9b"
                                             "ba & skan" };
    place = (struct transport_place){ &loop, curl_loop_new(&loop), &config };
    return 0;
}

static int end(void **state)
{
    bool closed = false;
    curl_loop_close(place.curl, set_true, &closed);
    run_loop_until(&loop, &closed);
    uv_close((uv_handle_t *)&server, NULL);
    while (talking > 0)
        uv_run(&loop, UV_RUN_ONCE);
    uv_run(&loop, UV_RUN_DEFAULT);
    buf_release(&answer);
    buf_release(&request);
    return uv_loop_close(&loop);
}

static void smsapi_is_asked_in_its_form(void **state)
{
    gateway_says("200 OK", "{\"count\":1,\"list\":[{\"id\":\"77\",\"status\":\"QUEUE\","
                           "\"error\":null}]}");
    send_by("smsapi");
    check(DELIVERY_DONE, "id 77, QUEUE");
    const char *said = buf_str(&request);
    assert_memory_equal(said, "POST / HTTP/1.1\r\n", 17);
    assert_non_null(strstr(said, "\r\nAuthorization: Bearer t0ken\r\n"));
    assert_non_null(strstr(said, "\r\n\r\nto=48501234567&message=Prosba%20%26%20skan&from=Biuro"
                                 "&encoding=utf-8&format=json&idx=a1b2c3&check_idx=1"
                                 "&max_parts=6&normalize=1"));
    config.sms_polish_letters = true;
    send_by("smsapi");
    assert_non_null(strstr(buf_str(&request), "&message=Pro%C5%9Bba%20%26%20skan&"));
    assert_null(strstr(buf_str(&request), "normalize"));
}

static void kannel_is_asked_in_its_form(void **state)
{
    gateway_says("202 Accepted", "0: Accepted for delivery");
    send_by("kannel");
    check(DELIVERY_DONE, "0: Accepted for delivery");
    assert_non_null(strstr(buf_str(&request),
                           "GET /cgi-bin/sendsms?username=biuro&password=has%C5%82o%26to%3D%2B1"
                           "&to=%2B48501234567&from=Biuro&text=Prosba%20%26%20skan"
                           "&charset=UTF-8&coding=0 HTTP/1.1\r\n"));
    config.sms_polish_letters = true;
    send_by("kannel");
    assert_non_null(strstr(buf_str(&request), "&coding=2 HTTP"));
}

static void a_bad_number_is_not_sent(void **state)
{
    letter.recipient = "501234567&to=48111222333";
    send_by("smsapi");
    check(DELIVERY_REFUSED, "international form");
    send_by("kannel");
    check(DELIVERY_REFUSED, "international form");
    assert_int_equal(request.length, 0);
}

static void every_smsapi_code_has_its_outcome(void **state)
{
    static const struct {
        int code;
        enum delivery outcome;
    } codes[] = {
#define C(number, result, text) { number, DELIVERY_##result },
#include "server/notify/smsapi_codes.def.h"
#undef C
        { 4711, DELIVERY_LATER },
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char body[200];
        char words[32];
        snprintf(body, sizeof body, "{\"error\":%d,\"message\":\"because\"}", codes[i].code);
        snprintf(words, sizeof words, "error %d: ", codes[i].code);
        gateway_says(i % 2 == 0 ? "200 OK" : "400 Bad Request", body);
        send_by("smsapi");
        check(codes[i].outcome, words);
        check(codes[i].outcome, "because");
        /* The same inside the list. */
        snprintf(body, sizeof body, "{\"list\":[{\"id\":\"1\",\"error\":%d}]}", codes[i].code);
        gateway_says("200 OK", body);
        send_by("smsapi");
        check(codes[i].outcome, words);
    }
}

/* Only these may be repeated without a person; see the provider's documentation. */
static void smsapi_codes_that_need_a_person_are_refused(void **state)
{
    static const int refused[] = { 11, 12,  13,  14,  17,  18,  19,  20,   25,  27,
                                   28, 101, 102, 103, 105, 110, 301, 1000, 1001 };
    static const int later[] = { 8, 201, 666, 999 };
    char body[64];
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        snprintf(body, sizeof body, "{\"error\":%d}", refused[i]);
        smsapi_judge(&sending, 200, body, strlen(body));
        assert_int_equal(sending.outcome, DELIVERY_REFUSED);
    }
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        snprintf(body, sizeof body, "{\"error\":%d}", later[i]);
        smsapi_judge(&sending, 200, body, strlen(body));
        assert_int_equal(sending.outcome, DELIVERY_LATER);
    }
}

static void what_is_not_understood_is_not_sent(void **state)
{
    static const char *const bodies[] = {
        "",
        "OK",
        "<html>Bad Gateway</html>",
        "{",
        "[]",
        "null",
        "{}",
        "{\"list\":[]}",
        "{\"list\":[{}]}",
        "{\"list\":[{\"id\":1}]}",
        "{\"list\":[{\"id\":\"1\"},{\"id\":\"2\"}]}",
        "{\"list\":[{\"id\":\"1\",\"error\":\"?\"}]}",
        "{\"list\":{\"id\":\"1\"}}",
        "{\"error\":null}",
        "{\"error\":0}",
        "{\"list\":[{\"id\":\"1\"}]} trailing",
        "\xff\xfe",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        smsapi_judge(&sending, 200, bodies[i], strlen(bodies[i]));
        assert_int_equal(sending.outcome, DELIVERY_LATER);
        kannel_judge(&sending, 202, bodies[i], strlen(bodies[i]));
        assert_int_equal(sending.outcome, DELIVERY_LATER);
    }
    static const char good[] = "{\"list\":[{\"id\":\"1\"}]}";
    smsapi_judge(&sending, 500, good, strlen(good));
    assert_int_equal(sending.outcome, DELIVERY_LATER);
    smsapi_judge(&sending, 200, good, strlen(good));
    assert_int_equal(sending.outcome, DELIVERY_DONE);
}

static void kannel_answers_have_their_outcomes(void **state)
{
    kannel_judge(&sending, 202, "3: Queued for later delivery", 28);
    assert_int_equal(sending.outcome, DELIVERY_DONE);
    kannel_judge(&sending, 200, "0: Accepted for delivery", 24);
    assert_int_equal(sending.outcome, DELIVERY_LATER);
    static const struct {
        long status;
        enum delivery outcome;
    } failures[] = {
        { 400, DELIVERY_REFUSED },     { 401, DELIVERY_UNREACHABLE }, { 403, DELIVERY_UNREACHABLE },
        { 404, DELIVERY_UNREACHABLE }, { 408, DELIVERY_LATER },       { 413, DELIVERY_REFUSED },
        { 425, DELIVERY_LATER },       { 429, DELIVERY_LATER },       { 503, DELIVERY_LATER },
    };
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        kannel_judge(&sending, failures[i].status, "no", 2);
        assert_int_equal(sending.outcome, failures[i].outcome);
    }
}

static void bad_gateways_cost_no_message(void **state)
{
    gateway_says("302 Found\r\nLocation: http://127.0.0.1:1/", "");
    send_by("smsapi");
    check(DELIVERY_LATER, "HTTP 302");

    gateway_sends("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"list\":[{\"id\":\"1\"");
    send_by("smsapi");
    check(DELIVERY_LATER, "perhaps sent");

    gateway_sends("SMTP ready\r\n");
    send_by("smsapi");
    check(DELIVERY_LATER, "perhaps sent");

    gateway_sends("");
    send_by("smsapi");
    check(DELIVERY_LATER, "perhaps sent");

    answer_nothing = true;
    send_by("smsapi");
    check(DELIVERY_LATER, "perhaps sent");

    char *huge = memory_zeroed(200001);
    memset(huge, ' ', 200000);
    gateway_says("200 OK", huge);
    free(huge);
    send_by("smsapi");
    check(DELIVERY_LATER, "longer than 65536 bytes");
}

/* A page about an error likes to repeat the whole request. */
static void a_repeated_secret_is_not_shown(void **state)
{
    gateway_says("500 Oops", "GET /?password=has%c5%82o%26to%3d%2b1&x has\xc5\x82o&to=+1");
    send_by("kannel");
    check(DELIVERY_LATER, "HTTP 500: GET /?password=***&x ***");
    gateway_says("500 Oops", "Authorization: Bearer t0ken");
    send_by("smsapi");
    check(DELIVERY_LATER, "HTTP 500, not understood: Authorization: Bearer ***");
}

static void a_gateway_that_is_not_there_is_unreachable(void **state)
{
    config.sms_url = "http://127.0.0.1:1/sms.do";
    send_by("smsapi");
    check(DELIVERY_UNREACHABLE, "");
    config.sms_url = "https://127.0.0.1:1/";
    send_by("kannel");
    check(DELIVERY_UNREACHABLE, "");
}

static void a_try_can_be_broken_off(void **state)
{
    bool closed = false;
    const struct transport_ops *ops = &transport_smsapi;
    void *transport = ops->open(&place);
    answer_nothing = true;
    ended = false;
    sending = (struct sending){ .letter = &letter, .done = sending_done };
    ops->send(transport, &sending);
    while (request.length == 0)
        uv_run(&loop, UV_RUN_ONCE);
    ops->cancel(transport, &sending);
    assert_true(ended);
    assert_true(sending.broken_off);
    ops->close(transport, set_true, &closed);
    run_loop_until(&loop, &closed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(smsapi_is_asked_in_its_form),
        CASE(kannel_is_asked_in_its_form),
        CASE(a_bad_number_is_not_sent),
        CASE(every_smsapi_code_has_its_outcome),
        cmocka_unit_test(smsapi_codes_that_need_a_person_are_refused),
        cmocka_unit_test(what_is_not_understood_is_not_sent),
        cmocka_unit_test(kannel_answers_have_their_outcomes),
        CASE(bad_gateways_cost_no_message),
        CASE(a_repeated_secret_is_not_shown),
        CASE(a_gateway_that_is_not_there_is_unreachable),
        CASE(a_try_can_be_broken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
