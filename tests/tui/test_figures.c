/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the work costs: keys for each of the office's jobs, all of them typed ahead at once, and
 * bytes on the line. Whoever makes a job longer changes a figure here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/tui/office_fixture.h"

enum { KEYS_MAX = 10 };

/* Each from the first screen after signing in. */
struct job {
    const char *name;
    size_t limit;
    const char *keys[KEYS_MAX];
    const char *done;                   /* then stands on the screen */
    const char *method, *json, *answer; /* what the server says then; NULL: nothing changes */
};

#define ENTER KEYS_ENTER
#define F2    "\033OQ"
#define F5    "\033[15~"
#define F6    "\033[17~"
#define F7    "\033[18~"
#define F9    "\033[20~"

/* In this order: each finds what those before it left. */
static const struct job jobs[] = {
    { "register a letter of a known sender",
      8,
      { F6, "0", "1", "7", "u", "r", ENTER, F2 },
      "Wpisano teraz: 1.",
      "mail_get",
      "{\"id\":3}",
      "\"counterparty\":\"Urząd Skarbowy\"" },
    { "fulfil the oldest request with the newest file",
      3,
      { F5, F2 },
      "Skan jest w drodze do klienta.",
      "scan_request_get",
      "{\"id\":1}",
      "\"status\":\"fulfilled\"" },
    { "cancel a request",
      2,
      { "-", ENTER },
      "Prośba anulowana.",
      "scan_request_get",
      "{\"id\":2}",
      "\"status\":\"cancelled\"" },
    { "a client's post", 3, { "0", "1", "7" }, "Szukaj: 017", NULL, NULL, NULL },
    { "mark all of a client's post as collected",
      5,
      { "0", "1", "7", F7, ENTER },
      "Wydano: 3.",
      "mail_get",
      "{\"id\":3}",
      "\"status\":\"collected\"" },
    { "the month's summary", 2, { F9, "r" }, "Rozliczenia > Podsumowanie", NULL, NULL, NULL },
};

static void play(const struct job *job)
{
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait_gone(terminal, "Wczytuję");
    size_t count = 0;
    while (count < KEYS_MAX && job->keys[count] != NULL) {
        terminal_send(terminal, job->keys[count++]);
    }
    terminal_wait(terminal, job->done);
    if (count > job->limit) {
        fail_msg("%s: %zu keys, not %zu", job->name, count, job->limit);
    }
    if (job->method != NULL && !office_answers(job->method, job->json, job->answer)) {
        fail_msg("%s: the server says %s", job->name, office_call(office, job->method, job->json));
    }
    terminal_close(terminal);
}

static void test_the_jobs_take_few_keys(void **state)
{
    (void)state;
    office_letter("Urząd Skarbowy");
    office_letter("Orange");
    office_ask_for_scan(1);
    office_ask_for_scan(2);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        play(&jobs[i]);
    }
}

/* A stack of letters: the second of the same sender takes its box number, `=` and F2. */
static void test_the_same_sender_again_takes_five_keys(void **state)
{
    (void)state;
    office_letter("Urząd Skarbowy");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "017urz" ENTER F2);
    terminal_wait(terminal, "Wpisano teraz: 1.");
    static const char *const keys[] = { "1", "1", "2", "=", F2 };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        terminal_send(terminal, keys[i]);
    }
    terminal_wait(terminal, "Wpisano teraz: 2.");
    assert_true(office_answers("mail_get", "{\"id\":3}", "\"client_id\":2"));
    assert_true(office_answers("mail_get", "{\"id\":3}", "\"counterparty\":\"Urząd Skarbowy\""));
    terminal_close(terminal);
}

/* Only the client's own post is left on the list. */
static void test_a_box_number_shows_one_clients_post(void **state)
{
    (void)state;
    office_letter("Orange");
    office_call(office, "mail_register",
                "{\"direction\":\"incoming\",\"client_id\":2,\"counterparty\":\"Tauron\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Tauron");
    terminal_send(terminal, "017");
    terminal_wait_gone(terminal, "Tauron");
    assert_true(terminal_find(terminal, "Orange") > 0);
    terminal_close(terminal);
}

/* Once a minute the clock in the corner is drawn: not while bytes are counted. */
static void stay_clear_of_the_full_minute(void)
{
    while (time(NULL) % 60 >= 57) {
        nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000000L }, NULL);
    }
}

static int by_size(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/*
 * Down through a list: what the key itself draws. Where this machine was so slow that a row's
 * details came between two keys, that one figure is theirs: the middle one counts.
 */
static void go_down(struct terminal *terminal)
{
    enum { DOWNS = 11 };
    size_t bytes[DOWNS];
    stay_clear_of_the_full_minute();
    terminal_bytes(terminal);
    for (int i = 0; i < DOWNS; i++) {
        terminal_type(terminal, KEYS_DOWN);
        bytes[i] = terminal_bytes(terminal);
    }
    qsort(bytes, DOWNS, sizeof(bytes[0]), by_size);
    assert_in_range(bytes[DOWNS / 2], 1, 250);
}

static void test_bytes_on_the_line(void **state)
{
    (void)state;
    char json[200];
    for (int i = 1; i <= 40; i++) {
        snprintf(json, sizeof(json),
                 "{\"direction\":\"incoming\",\"client_id\":%d,\"kind\":\"%s\","
                 "\"counterparty\":\"Urząd Skarbowy %d\",\"reference\":\"ref-%02d\"}",
                 1 + i % 2, i % 2 == 0 ? "parcel" : "registered", i, i);
        office_call(office, "mail_register", json);
        office_ask_for_scan(i);
    }
    static const struct {
        int rows, cols;
    } windows[] = { { 24, 80 }, { 40, 120 } };
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        struct terminal *terminal = office_terminal(office, windows[i].rows, windows[i].cols);
        terminal_wait(terminal, "Prośby o skan");
        terminal_wait(terminal, "ref-40");
        go_down(terminal);
        office_show(terminal, "p", "Poczta > Przychodząca");
        terminal_wait(terminal, "ref-40");
        go_down(terminal);
        terminal_close(terminal);
    }
}

/* Who goes on does not see the rows between; who stops sees hers. */
static void test_details_are_of_the_row_one_stops_at(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        office_letter("Orange");
    }
    struct terminal *terminal = office_terminal(office, 40, 120);
    terminal_wait(terminal, "Przesyłka nr  3");
    terminal_type(terminal, KEYS_DOWN KEYS_DOWN);
    terminal_wait(terminal, "Przesyłka nr  1");
    terminal_close(terminal);
}

/*
 * A letter typed into a text, a new request, and nothing at all. Among the clients no row changes
 * with a request; in a list of letters its mark comes with the alert or just behind it.
 */
static void test_bytes_of_letters_and_alerts(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        office_letter("Urząd Skarbowy Łódź-Górna");
    }
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "1-3 z 3");
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, "k");
    terminal_wait(terminal, "· 1-"); /* the clients are there */
    stay_clear_of_the_full_minute();
    terminal_bytes(terminal);
    office_ask_for_scan(1);
    terminal_wait(terminal, "1 nowa");
    assert_in_range(terminal_bytes(terminal), 1, 250);
    office_ask_for_scan(2);
    terminal_wait(terminal, "2 nowe");
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, "p");
    terminal_wait(terminal, "1-3 z 3");
    terminal_type(terminal, KEYS_F(6));
    for (int i = 0; i < 3; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "a"); /* takes the place of the hint */
    terminal_bytes(terminal);
    for (int i = 0; i < 20; i++) {
        terminal_type(terminal, i % 2 == 0 ? "a" : "ł");
        assert_in_range(terminal_bytes(terminal), 1, 20);
    }
    office_ask_for_scan(3);
    terminal_wait(terminal, "●3");
    assert_in_range(terminal_bytes(terminal), 1, 250);
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_the_jobs_take_few_keys),
        OFFICE_TEST(test_the_same_sender_again_takes_five_keys),
        OFFICE_TEST(test_a_box_number_shows_one_clients_post),
        OFFICE_TEST(test_bytes_on_the_line),
        OFFICE_TEST(test_details_are_of_the_row_one_stops_at),
        OFFICE_TEST(test_bytes_of_letters_and_alerts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
