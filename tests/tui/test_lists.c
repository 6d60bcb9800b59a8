/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lists in the real terminal: what narrows them, and what is done with several rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/office_fixture.h"

static void register_letter(int client, const char *kind, const char *sender, const char *day)
{
    char json[300];
    snprintf(json, sizeof(json),
             "{\"direction\":\"incoming\",\"client_id\":%d,\"kind\":\"%s\",\"counterparty\":\"%s\","
             "\"date\":\"%s\",\"notify\":false}",
             client, kind, sender, day);
    office_call(office, "mail_register", json);
}

/* F4 narrows by kind, days and client, each found by typing; what is set stands beside the search,
 * F12 takes it away. */
static void test_a_list_is_narrowed(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    register_letter(1, "registered", "PKO", "2026-10-06");
    register_letter(2, "registered", "Orange", "2026-10-31");
    register_letter(2, "registered", "Tauron", "2026-11-01");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "pol");
    terminal_wait(terminal, ">  polecony");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait_gone(terminal, "ZUS");
    assert_true(terminal_find(terminal, "Filtr: polecony") == 3);
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "inne");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Od i do, jak 1.11");
    terminal_type(terminal, "10.2026\r");
    terminal_wait_gone(terminal, "Tauron");
    assert_true(terminal_find(terminal, "polecony, 01.10") == 3);
    assert_true(terminal_find(terminal, "Orange") > 0);
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "zolw");
    terminal_wait(terminal, ">  112 Żółw Sp. z o.o.");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait_gone(terminal, "PKO");
    assert_true(terminal_find(terminal, "Orange") > 0);
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "ZUS");
    assert_int_equal(terminal_find(terminal, "Filtr:"), -1);
    terminal_close(terminal);
}

/* Days that are none are said to be none, and the list stays as it was. */
static void test_days_that_are_none(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "inne");
    terminal_type(terminal, KEYS_ENTER);
    terminal_type(terminal, "31.11.2026\r");
    terminal_wait(terminal, "To nie są dni: 31.11.2026");
    assert_true(terminal_find(terminal, "ZUS") > 0);
    assert_int_equal(terminal_find(terminal, "Filtr:"), -1);
    terminal_close(terminal);
}

/* The journal by what, by who and by when. */
static void test_the_journal_is_narrowed(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "d", "Administracja > Dziennik");
    terminal_wait(terminal, "zmieniono pakiet");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "wpis");
    terminal_wait(terminal, ">  wpisano przesyłkę");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait_gone(terminal, "zmieniono pakiet");
    assert_true(terminal_find(terminal, "ZUS") > 0);
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "anna");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "wpisano przesyłkę, anna");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "wczo");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait_gone(terminal, "ZUS");
    terminal_wait(terminal, "Nic nie przechodzi przez filtr. F12");
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_a_list_is_narrowed),
        OFFICE_TEST(test_days_that_are_none),
        OFFICE_TEST(test_the_journal_is_narrowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
