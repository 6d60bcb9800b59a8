/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The file that stands ready to be sent is never one of another letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "tests/tui/office_fixture.h"

#define PDF "%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"

static void ask_for_scans(int letters)
{
    for (int i = 1; i <= letters; i++) {
        office_letter("Orange");
        office_ask_for_scan(i);
    }
}

static bool is_fulfilled(int request)
{
    char json[40];
    snprintf(json, sizeof(json), "{\"id\":%d}", request);
    return office_answers("scan_request_get", json, "\"status\":\"fulfilled\"");
}

static bool has_scan(int letter, const char *name)
{
    char json[40], scan[100];
    snprintf(json, sizeof(json), "{\"id\":%d}", letter);
    snprintf(scan, sizeof(scan), "\"name\":\"%s\"", name);
    return office_answers("mail_get", json, scan);
}

static void serve(struct terminal *terminal)
{
    terminal_type(terminal, KEYS_F(5));
    terminal_wait(terminal, "[5,00 ");
}

static struct terminal *open_requests(void)
{
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "[+] [-]");
    return terminal;
}

/* What fulfils a request on most days: two keys, typed ahead. */
static struct terminal *send_the_newest(void)
{
    struct terminal *terminal = open_requests();
    terminal_send(terminal, KEYS_F(5));
    terminal_send(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    return terminal;
}

/* Not in this terminal and not in the next; by hand only, and after a question. */
static void test_a_sent_file_is_not_offered_again(void **state)
{
    (void)state;
    ask_for_scans(2);
    struct terminal *terminal = send_the_newest();
    terminal_close(terminal);
    terminal = open_requests();
    serve(terminal);
    assert_true(terminal_find(terminal, "skan-0412.pdf: wysłano już do 017") > 0);
    assert_int_equal(terminal_find(terminal, "+ skan-0412.pdf"), -1);
    terminal_type(terminal, KEYS_F(2));
    assert_true(terminal_find(terminal, "trzeba podać") > 0);
    terminal_type(terminal, KEYS_F(4));
    terminal_wait(terminal, "wysłano już do 017");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "+ skan-0412.pdf");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wysłać jeszcze raz?");
    terminal_type(terminal, KEYS_F(12));
    assert_false(is_fulfilled(2));
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wysłać jeszcze raz?");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(is_fulfilled(2));
    terminal_close(terminal);
}

/* The same file goes with a new letter by hand only. */
static void test_a_new_letter_asks_about_a_sent_file(void **state)
{
    (void)state;
    ask_for_scans(1);
    struct terminal *terminal = send_the_newest();
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "112ora" KEYS_ENTER);
    terminal_wait(terminal, "[Orange ");
    while (terminal_find(terminal, "skan-0412.pdf") < 0) {
        terminal_type(terminal, KEYS_TAB);
        terminal_type(terminal, KEYS_F(4));
    }
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "+ skan-0412.pdf");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wysłać jeszcze raz?");
    assert_false(office_answers("mail_list", "{}", "\"client_id\":2"));
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(has_scan(2, "skan-0412.pdf"));
    terminal_close(terminal);
}

/* What was taken back before it left was not sent. */
static void test_a_file_taken_back_is_offered_again(void **state)
{
    (void)state;
    ask_for_scans(1);
    struct terminal *terminal = send_the_newest();
    terminal_wait(terminal, "Ctrl-Z Cofnij");
    terminal_type(terminal, "\032");
    terminal_wait(terminal, "Cofnięto");
    terminal_wait(terminal, "[+] [-]");
    serve(terminal);
    assert_true(terminal_find(terminal, "+ skan-0412.pdf") > 0);
    terminal_close(terminal);
}

/* Another act of the same letter that is taken back takes no scan back with it. */
static void test_a_hand_over_taken_back_leaves_the_file_sent(void **state)
{
    (void)state;
    ask_for_scans(2);
    struct terminal *terminal = send_the_newest();
    office_show(terminal, "p", "Poczta > Przychodząca");
    terminal_type(terminal, KEYS_DOWN);
    terminal_type(terminal, KEYS_F(7));
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Wydano: 1.");
    terminal_type(terminal, "\032");
    terminal_wait(terminal, "Cofnięto");
    serve(terminal);
    assert_true(terminal_find(terminal, "skan-0412.pdf: wysłano już do 017") > 0);
    terminal_close(terminal);
}

/* The scanner was slower than the person: its file is the one that goes, and she is told. */
static void test_a_newer_file_takes_the_place(void **state)
{
    (void)state;
    ask_for_scans(2);
    struct terminal *terminal = open_requests();
    serve(terminal);
    assert_true(terminal_find(terminal, "+ skan-0412.pdf") > 0);
    office_add_scan(office, "skan-0413.pdf", PDF);
    terminal_wait(terminal, "nowszy plik i to on jest wybrany: skan-0413.pdf");
    assert_true(terminal_find(terminal, "+ skan-0413.pdf") > 0);
    assert_int_equal(terminal_find(terminal, "+ skan-0412.pdf"), -1);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(has_scan(1, "skan-0413.pdf"));
    assert_false(has_scan(1, "skan-0412.pdf"));
    terminal_close(terminal);
}

/* F2 in the same moment sends neither: the person sees first which file it is. */
static void test_a_file_of_this_moment_is_seen_before_it_goes(void **state)
{
    (void)state;
    ask_for_scans(1);
    struct terminal *terminal = open_requests();
    serve(terminal);
    terminal_type(terminal, KEYS_F(3)); /* looked at: it stays chosen */
    office_add_scan(office, "skan-0413.pdf", PDF);
    terminal_wait(terminal, "Jest nowszy plik, niewybrany: skan-0413.pdf");
    office_add_scan(office, "skan-0414.pdf", PDF);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Jest nowszy plik, niewybrany: skan-0414.pdf");
    assert_false(is_fulfilled(1));
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(has_scan(1, "skan-0412.pdf"));
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_a_sent_file_is_not_offered_again),
        OFFICE_TEST(test_a_new_letter_asks_about_a_sent_file),
        OFFICE_TEST(test_a_file_taken_back_is_offered_again),
        OFFICE_TEST(test_a_hand_over_taken_back_leaves_the_file_sent),
        OFFICE_TEST(test_a_newer_file_takes_the_place),
        OFFICE_TEST(test_a_file_of_this_moment_is_seen_before_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
