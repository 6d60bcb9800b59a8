/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Cards in the real terminal: a client's, a letter's, and the letter beside a list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/office_fixture.h"

static void register_letter(const char *sender)
{
    char json[200];
    snprintf(
        json, sizeof(json),
        "{\"direction\":\"incoming\",\"client_id\":2,\"counterparty\":\"%s\",\"notify\":false}",
        sender);
    office_call(office, "mail_register", json);
}

/* Moves down to the line with this text, which comes by itself. */
static void go_to(struct terminal *terminal, const char *text)
{
    char selected[100];
    int row = terminal_wait(terminal, text);
    for (int i = 0; i < 40; i++) {
        snprintf(selected, sizeof(selected), "%s", terminal_row(terminal, row));
        if (selected[0] == '>') {
            return;
        }
        terminal_type(terminal, KEYS_DOWN);
    }
    terminal_dump(terminal);
    fail();
}

/* Klienci, Enter: data, permission, request, mail and costs; each line opens what it tells of. */
static void test_a_client_with_all_that_belongs_to_it(void **state)
{
    register_letter("Sąd Rejonowy");
    register_letter("Orange");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    office_call(office, "charge_save", "{\"item_id\":2,\"amount\":1250,\"information\":\"ksero\"}");
    office_call(office, "mail_register",
                "{\"direction\":\"outgoing\",\"client_id\":2,\"counterparty\":\"ZUS\"}");
    struct terminal *terminal = office_terminal(office, 30, 80);
    office_show(terminal, "k", "Klienci");
    terminal_type(terminal, "112");
    terminal_wait(terminal, "> 112");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Klienci > Karta klienta");
    terminal_wait(terminal, "112 Żółw Sp. z o.o.");
    terminal_wait(terminal, "może prosić (własne ustawienie:");
    terminal_wait(terminal, "Nowa  5,00 zł  Sąd Rejonowy");
    terminal_wait(terminal, "Orange (list): Do odbioru");
    terminal_wait(terminal, "ZUS (list, wychodząca): Do wysłania");
    terminal_wait(terminal, "12,50 zł  Orange  ksero");
    go_to(terminal, "Nowa  5,00 zł");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "Sąd Rejonowy");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "Klienci > Karta klienta");
    office_call(office, "scan_request_cancel", "{\"id\":1}");
    terminal_wait(terminal, "Anulowana"); /* by itself */
    terminal_type(terminal, "\033[H");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Żółw Sp. z o.o.");
    terminal_close(terminal);
}

/* In a wide window the selected letter stands beside the list with its history, and follows. */
static void test_the_letter_beside_the_list(void **state)
{
    register_letter("Sąd Rejonowy");
    register_letter("Orange");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, 40, 120);
    office_show(terminal, "p", "Poczta > Przychodząca");
    terminal_wait(terminal, "│ Nadawca       Orange");
    terminal_type(terminal, KEYS_DOWN);
    terminal_wait(terminal, "│ Nadawca       Sąd Rejonowy");
    terminal_wait(terminal, "│ Prośba o skan ──");
    terminal_wait(terminal, "anna: poproszono o");
    office_call(office, "mail_save", "{\"id\":1,\"version\":2,\"shelf\":\"B7\"}");
    terminal_wait(terminal, "│ Półka         B7");
    terminal_close(terminal);
}

/* A cost is changed and removed from the letter's card; one on an invoice is only corrected. */
static void test_costs_of_a_letter(void **state)
{
    register_letter("Orange");
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":1250,\"information\":\"ksero\"}");
    struct terminal *terminal = office_terminal(office, 30, 80);
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, KEYS_ENTER);
    go_to(terminal, "12,50 zł");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Zmiana kosztu");
    terminal_wait(terminal, "[12,50");
    terminal_type(terminal, "\033[F\b\b00"); /* End; the last two digits anew */
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "12,00 zł  ksero");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":1200"));
    office_call(office, "charge_invoice",
                "{\"ids\":[1],\"number\":\"FV 7\",\"date\":\"2026-11-30\"}");
    terminal_wait(terminal, "(faktura FV 7)");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Na fakturze: FV 7");
    terminal_type(terminal, KEYS_F(8));
    terminal_wait(terminal, "Stoi na fakturze.");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "dopisz");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Dodatkowy koszt");
    terminal_wait(terminal, "112 Żółw Sp. z o.o.");
    assert_true(terminal_find(terminal, "Nadawca: Orange") > 0);
    assert_true(terminal_find(terminal, "Koszty: 12,00 zł (ksero)") > 0);
    terminal_type(terminal, "-2,00");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "-2,00 zł");
    terminal_wait(terminal, "10,00 zł  razem");
    go_to(terminal, "-2,00 zł");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[-2,00");
    terminal_type(terminal, KEYS_F(8));
    terminal_wait(terminal, "Usunięcie kosztu");
    terminal_type(terminal, "t");
    terminal_wait_gone(terminal, "razem");
    terminal_wait(terminal, "usunięto koszt: -2,00 zł");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":1200"));
    terminal_close(terminal);
}

/* In the letter's own form: a scan closes the open request, and a cost may come by itself. */
static void test_adding_in_the_letters_form(void **state)
{
    register_letter("Orange");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, 30, 80);
    office_show(terminal, "p", "Poczta > Przychodząca");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "poproszono o skan");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Orange");
    for (int i = 0; i < 5; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "\025"); /* a letter without a day is none, so it is not ignored */
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "trzeba podać");
    terminal_type(terminal, "dzis");
    for (int i = 0; i < 4; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, KEYS_F(4));
    terminal_wait(terminal, ">skan-0412.pdf");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Otwarta prośba o skan: ");
    terminal_wait(terminal, "[5,00 "); /* what will be charged is seen before */
    terminal_type(terminal, "\x7f");
    terminal_wait_gone(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_F(4));
    terminal_wait(terminal, ">skan-0412.pdf");
    terminal_type(terminal, KEYS_ENTER);
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "strona 1");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Przesyłka zmieniona.");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "\"status\":\"fulfilled\""));
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":500"));
    terminal_wait(terminal, "5,00 zł  strona 1");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Orange");
    terminal_wait(terminal, "Koszty: 5,00 zł (strona 1)");
    assert_int_equal(terminal_find(terminal, "Otwarta prośba"), -1);
    for (int i = 0; i < 10; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "ksero");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "idzie razem ze skanem lub kosztem");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "1,50");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "1,50 zł  ksero");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":650"));
    terminal_close(terminal);
}

/* The request's cost that is proposed with a file may be emptied: then nothing is charged. */
static void test_a_scan_that_costs_nothing(void **state)
{
    (void)state;
    register_letter("Orange");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, 30, 80);
    office_show(terminal, "p", "Poczta > Przychodząca");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "poproszono o skan");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Orange");
    for (int i = 0; i < 9; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, KEYS_F(4));
    terminal_wait(terminal, ">skan-0412.pdf");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, "\t\t\025");
    terminal_wait_gone(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Przesyłka zmieniona.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":0"));
    terminal_close(terminal);
}

static void test_a_request_served_for_nothing(void **state)
{
    (void)state;
    register_letter("Orange");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, 30, 80);
    terminal_type(terminal, KEYS_F(5));
    terminal_wait(terminal, "[5,00 ");
    terminal_wait(terminal, "skan-0412.pdf");
    terminal_type(terminal, "\t\t\025");
    terminal_wait_gone(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":0"));
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"status\":\"fulfilled\""));
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_a_client_with_all_that_belongs_to_it),
        OFFICE_TEST(test_the_letter_beside_the_list),
        OFFICE_TEST(test_costs_of_a_letter),
        OFFICE_TEST(test_adding_in_the_letters_form),
        OFFICE_TEST(test_a_scan_that_costs_nothing),
        OFFICE_TEST(test_a_request_served_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
