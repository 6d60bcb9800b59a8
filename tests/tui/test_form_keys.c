/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A key too many or too few does not save, lose, send or serve what nobody meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "tests/tui/office_fixture.h"

static struct terminal *new_letter(const char *keys)
{
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, keys);
    return terminal;
}

static void test_clearing_asks_first(void **state)
{
    (void)state;
    struct terminal *terminal = new_letter("017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Gazownia");
    terminal_type(terminal, KEYS_F(8));
    terminal_wait(terminal, "Porzucić");
    terminal_type(terminal, KEYS_F(12));
    assert_true(terminal_find(terminal, "[Gazownia ") > 0);
    terminal_type(terminal, KEYS_F(8));
    terminal_wait(terminal, "Porzucić");
    terminal_type(terminal, KEYS_ENTER);
    assert_int_equal(terminal_find(terminal, "Gazownia"), -1);
    assert_true(terminal_find(terminal, "Nowa przesyłka") > 0);
    terminal_type(terminal, KEYS_F(8)); /* nothing is typed: nothing is asked */
    assert_int_equal(terminal_find(terminal, "Porzucić"), -1);
    terminal_close(terminal);
}

/* A letter on its way to the server stays in the form, and `=` repeats it afterwards. */
static void test_what_is_being_saved_is_not_cleared(void **state)
{
    (void)state;
    struct terminal *terminal = new_letter("017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Gazownia" KEYS_TAB);
    office_stop_daemon(office);
    terminal_wait(terminal, "Brak połączenia");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, KEYS_F(8));
    assert_true(terminal_find(terminal, "[Gazownia ") > 0);
    assert_int_equal(terminal_find(terminal, "Porzucić"), -1);
    office_start_daemon(office);
    terminal_wait(terminal, "Wpisano teraz: 1.");
    terminal_send(terminal, "112=");
    terminal_wait(terminal, "[Gazownia ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 2.");
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"counterparty\":\"Gazownia\""));
    terminal_close(terminal);
}

static void test_nothing_to_repeat_is_said(void **state)
{
    (void)state;
    struct terminal *terminal = new_letter("017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "=");
    terminal_wait(terminal, "Nie ma czego powtórzyć.");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "trzeba podać");
    assert_false(office_answers("mail_list", "{}", "\"id\":1"));
    terminal_close(terminal);
}

/* Part of a known name: F2 stops once; a new name has nothing to be mistaken for. */
static void test_part_of_a_name_is_asked_about_once(void **state)
{
    (void)state;
    office_letter("Urząd Miasta Łodzi");
    struct terminal *terminal = new_letter("017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Urz");
    terminal_wait(terminal, ">Urząd Miasta Łodzi");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Enter bierze zaznaczone, ponowne F2: tak jak wpisano");
    assert_false(office_answers("mail_list", "{}", "\"id\":2"));
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Urząd Miasta Łodzi ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(office_answers("mail_get", "{\"id\":2}", "Urząd Miasta Łodzi"));
    terminal_send(terminal, "112");
    terminal_wait(terminal, "[112 ");
    terminal_type(terminal, "Urz");
    terminal_wait(terminal, ">Urząd Miasta Łodzi");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 2.");
    assert_true(office_answers("mail_get", "{\"id\":3}", "\"counterparty\":\"Urz\""));
    terminal_send(terminal, "112");
    terminal_wait(terminal, "[112 ");
    terminal_type(terminal, "Tauron");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 3.");
    terminal_close(terminal);
}

static void wait_for_claim(int request)
{
    char json[40];
    int tries = 0;
    snprintf(json, sizeof(json), "{\"id\":%d}", request);
    while (!office_answers("scan_request_get", json, "\"claimed_by\":\"anna\"")) {
        assert_true(tries++ < 200);
    }
}

/* Two clerks press F5: each gets a request of her own. */
static void test_each_clerk_serves_another_request(void **state)
{
    (void)state;
    static const char *const senders[] = { "Orange", "Tauron" };
    struct terminal *terminals[2];
    for (int i = 0; i < 2; i++) {
        office_letter(senders[i]);
        office_ask_for_scan(i + 1);
    }
    for (int i = 0; i < 2; i++) {
        terminals[i] = office_terminal(office, 24, 80);
        terminal_wait(terminals[i], "[+] [-]");
        terminal_type(terminals[i], KEYS_F(5));
        terminal_wait(terminals[i], "[5,00 ");
        assert_true(terminal_find(terminals[i], senders[i]) > 0);
        wait_for_claim(i + 1);
    }
    for (int i = 0; i < 2; i++) {
        terminal_close(terminals[i]);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_clearing_asks_first),
        OFFICE_TEST(test_what_is_being_saved_is_not_cleared),
        OFFICE_TEST(test_nothing_to_repeat_is_said),
        OFFICE_TEST(test_part_of_a_name_is_asked_about_once),
        OFFICE_TEST(test_each_clerk_serves_another_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
