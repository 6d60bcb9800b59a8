/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is taken up again after a crash belongs where it was typed, and is still what it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/tui/office_fixture.h"

#define DRAFT_BACK "Szkic sprzed przerwania"

/* A letter for 017 that is never saved: the terminal is killed when its draft has the text. */
static struct terminal *begin_letter(void)
{
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Gazownia");
    return terminal;
}

static void kill_when_kept(struct terminal *terminal, const char *file, const char *text)
{
    office_wait_for_state(office, file, text);
    kill(terminal_pid(terminal), SIGKILL);
    terminal_finish(terminal);
    terminal_close(terminal);
}

/* The box number 017 of another office is another client. */
static void test_a_draft_stays_in_its_office(void **state)
{
    (void)state;
    kill_when_kept(begin_letter(), "skrytka/incoming.draft", "Gazownia");
    struct office *other = office_start(office_test_program);
    struct terminal *terminal = office_terminal_with(other, office_state(office));
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    assert_int_equal(terminal_find(terminal, DRAFT_BACK), -1);
    assert_int_equal(terminal_find(terminal, "Gazownia"), -1);
    terminal_type(terminal, "112");
    terminal_wait(terminal, "[112 ");
    office_wait_for_state(office, "skrytka/incoming-2.draft", "112");
    terminal_close(terminal);
    office_stop(other);
    terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "[Gazownia ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"client_id\":1"));
    terminal_close(terminal);
}

/* The number that was picked has another name by now: it is picked again, nothing else is lost. */
static void test_a_client_of_a_draft_is_checked(void **state)
{
    (void)state;
    kill_when_kept(begin_letter(), "skrytka/incoming.draft", "Gazownia");
    office_call(office, "client_save", "{\"id\":1,\"version\":1,\"name\":\"Inna Firma\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, DRAFT_BACK);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "wybierz z listy (F4)");
    assert_true(terminal_find(terminal, "[Gazownia ") > 0);
    assert_false(office_answers("mail_list", "{}", "Gazownia"));
    terminal_close(terminal);
}

/* Files come back with the rest, unless the scanner has written others under their names. */
static void test_files_of_a_draft(void **state)
{
    (void)state;
    const char *path = office_add_scan(office, "skan-0413.pdf", "%PDF-1.4\nPierwszy\n");
    office_letter("Orange");
    office_ask_for_scan(1);
    for (int life = 0; life < 3; life++) {
        struct terminal *terminal = office_terminal(office, 24, 80);
        terminal_wait(terminal, "[+] [-]");
        terminal_type(terminal, KEYS_F(5));
        terminal_wait(terminal, "[5,00 ");
        if (life == 0) {
            terminal_type(terminal, "0412");
            terminal_wait(terminal, ">skan-0412.pdf");
            terminal_type(terminal, KEYS_ENTER);
            kill_when_kept(terminal, "skrytka/request_1.draft", "skan-0412.pdf");
            continue;
        }
        terminal_wait(terminal, DRAFT_BACK);
        assert_true(terminal_find(terminal, "+ skan-0412.pdf") > 0);
        assert_true((terminal_find(terminal, "+ skan-0413.pdf") > 0) == (life == 1));
        assert_true((terminal_find(terminal, "wybierz pliki jeszcze raz") > 0) == (life == 2));
        kill(terminal_pid(terminal), SIGKILL);
        terminal_finish(terminal);
        terminal_close(terminal);
        assert_int_equal(unlink(path), 0);
        path = office_add_scan(office, "skan-0413.pdf", "%PDF-1.4\nDrugi\n");
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_a_draft_stays_in_its_office),
        OFFICE_TEST(test_a_client_of_a_draft_is_checked),
        OFFICE_TEST(test_files_of_a_draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
