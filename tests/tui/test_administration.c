/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The administrator's screens in the real terminal, with the real daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/office_fixture.h"

static void request_scan(int item)
{
    char json[60];
    office_call(office, "mail_register",
                "{\"direction\":\"incoming\",\"client_id\":1,\"counterparty\":\"Orange\"}");
    snprintf(json, sizeof(json), "{\"item_id\":%d}", item);
    office_call(office, "scan_request_create", json);
}

/* The second SMS of a month with a limit of one is held, and an administrator is told at once. */
static void test_a_held_message_is_told_and_dropped(void **state)
{
    (void)state;
    office_call(office, "settings_save",
                "{\"notify_sms\":true,\"office_phones\":[\"+48123456789\"],"
                "\"sms_gather_minutes\":0,\"sms_monthly_limit\":1}");
    request_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    request_scan(2);
    terminal_wait(terminal, "SMS ponad miesięczny limit jest wstrzymany: +48123456789");
    office_show(terminal, "o", "Administracja > Wiadomości");
    terminal_wait(terminal, "Wstrzymana");
    terminal_type(terminal, "48123");
    terminal_wait(terminal, "Liczy się jako 1 SMS.");
    terminal_type(terminal, KEYS_F(8));
    terminal_wait(terminal, "Nie wysyłać nigdy");
    terminal_type(terminal, "t");
    terminal_wait(terminal, "Wycofano: +48123456789");
    terminal_wait_gone(terminal, "Wstrzymana");
    terminal_wait_gone(terminal, "Ponów"); /* it is given up: nothing more can be done with it */
    terminal_type(terminal, KEYS_F(8));
    assert_int_equal(terminal_find(terminal, "Nie wysyłać nigdy"), -1);
    assert_true(
        office_answers("outbox_list", "{\"state\":\"dropped\"}", "\"recipient\":\"+48123456789\""));
    terminal_close(terminal);
}

/* What the menu of a row can do as well: a mail that still waits is held, and goes when asked. */
static void test_a_message_is_held_and_tried_again(void **state)
{
    (void)state;
    office_call(office, "mail_register",
                "{\"direction\":\"incoming\",\"client_id\":1,\"counterparty\":\"Orange\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "o", "Administracja > Wiadomości");
    terminal_wait(terminal, "Czeka");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wstrzymaj wysłanie tej wiadomości");
    terminal_type(terminal, "Wstrzymaj");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Wstrzymano do ponowienia: ");
    terminal_wait(terminal, "Wstrzymana");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Ponawiam: ");
    terminal_wait_gone(terminal, "Wstrzymana");
    terminal_close(terminal);
}

/* The mail below the form follows the typing, in the language of the field; wrong names are told.
 */
static void test_the_texts_of_messages(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "m", "Administracja > Ustawienia > Wiadomości");
    terminal_wait(terminal, "│Nowa poczta: Urząd Skarbowy Łódź-Górna");
    terminal_type(terminal, "List od {sender}");
    terminal_wait(terminal, "│List od Urząd Skarbowy Łódź-Górna");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "Witaj {klient}");
    terminal_wait(terminal, "nieznane pole: {klient}");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Początek (po polsku): ");
    assert_true(terminal_find(terminal, "nieznane pole: {klient}") > 0);
    assert_true(office_answers("settings_get", "{}", "\"mail_subject_pl\":\"\""));
    terminal_type(terminal, "\x7f\x7f\x7f\x7f\x7f\x7f\x7f"
                            "client}");
    terminal_wait(terminal, "│Witaj Alfa Sp. z o.o.");
    terminal_close(terminal);
}

static void test_a_test_message(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 40, 140);
    office_show(terminal, "m", "Administracja > Ustawienia > Wiadomości");
    for (int i = 0; i < 4; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "Letter {number}");
    terminal_wait(terminal, "│Letter 1234");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Najpierw zapisz");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Ustawienia zapisane.");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Na jaki adres?");
    terminal_send(terminal, "jan@test.example\r");
    terminal_wait(terminal, "Próbny e-mail w drodze: jan@test.example");
    assert_true(office_answers("outbox_list", "{}", "\"subject\":\"Letter 1234\""));
    terminal_close(terminal);
}

/* A field that is no number stays; what the server refuses stands beside its field. */
static void test_when_messages_leave(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "u", "Administracja > Ustawienia > Ogólne");
    terminal_wait(terminal, "[Europe/Warsaw");
    for (int i = 0; i < 4; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "x"); /* the number of minutes */
    terminal_type(terminal, KEYS_F(2));
    assert_true(terminal_find(terminal, "to nie jest liczba") > 0);
    terminal_type(terminal, "\x7f"
                            "5");
    for (int i = 0; i < 4; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "25:00");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Bez SMS-ów od: ");
    terminal_type(terminal, "\x7f\x7f\x7f\x7f\x7f"
                            "20:00\t"
                            "07:00");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Ustawienia zapisane.");
    assert_true(office_answers("settings_get", "{}", "\"sms_quiet_to\":\"07:00\""));
    assert_true(office_answers("settings_get", "{}", "\"email_gather_minutes\":5,"));
    terminal_close(terminal);
}

static void test_a_client_is_invited(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "k", "Klienci");
    terminal_wait(terminal, "> 017");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "> Klient ");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[biuro@lodz.example");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Zaproszenie na strony");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Zaproszenie w drodze: Łódź Meble");
    assert_true(office_answers("outbox_list", "{}", "Twoja poczta w internecie"));
    terminal_close(terminal);
}

/* Another's change of a package stands beside what was typed; a second F2 saves the latter. */
static void test_a_stale_package_can_be_saved(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 100);
    office_show(terminal, "a", "Pakiety");
    terminal_wait(terminal, "Standard");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Standard ");
    office_call(office, "package_save", "{\"id\":1,\"version\":1,\"name\":\"Podstawowy\"}");
    terminal_type(terminal, " plus");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "na serwerze: Podstawowy");
    assert_true(terminal_find(terminal, "Ktoś to w międzyczasie zmienił.") > 0);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Zapisano: Standard plus");
    assert_true(office_answers("package_list", "{}", "Standard plus"));
    terminal_close(terminal);
}

/* The server's reason stands beside the field that it is about, in the clerk's language. */
static void test_why_a_client_is_not_saved(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 100);
    office_show(terminal, "k", "Klienci");
    terminal_wait(terminal, "> 017");
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nr skrytki");
    terminal_send(terminal, "Nowa Firma\tnowa.example\tSta\r");
    terminal_wait(terminal, "[Standard");
    terminal_send(terminal, "9\x7f"); /* no number after all: the next free one */
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "to nie adres e-mail");
    terminal_send(terminal, "\025nowa@nowa.example\t\t\t\t\t\t");
    terminal_type(terminal, "\t1234567890");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "to nie NIP: nie zgadza się cyfra kontrolna");
    for (int i = 0; i < 10; i++) {
        terminal_type(terminal, "\x7f");
    }
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Zapisano: 113 Nowa Firma");
    terminal_close(terminal);
}

static void test_why_a_user_is_not_saved(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 100);
    office_show(terminal, "y", "Użytkownicy");
    terminal_wait(terminal, "> anna");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[anna");
    terminal_type(terminal, "\t\t\t\tkrotkie");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "co najmniej 8 znaków");
    terminal_type(terminal, "8\t "); /* and may not sign in any more */
    terminal_type(terminal, KEYS_F(2));
    int row = terminal_wait(terminal, "Biuro potrzebuje co najmniej jednego administratora.");
    assert_null(strstr(terminal_row(terminal, row), "[anna"));
    terminal_close(terminal);
}

/* Where there is room no heading is cut, and the list of actions takes more of a wide window. */
static void test_headings_in_a_wide_window(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 40, 120);
    office_show(terminal, "y", "Użytkownicy");
    terminal_wait(terminal, "Konto w systemie");
    office_show(terminal, "a", "Pakiety");
    terminal_wait(terminal, "Koszt skanu");
    terminal_type(terminal, KEYS_F(1));
    terminal_wait(terminal, "F12 wstecz");
    assert_true(strncmp(terminal_row(terminal, 2), "    │", strlen("    │")) == 0);
    terminal_close(terminal);
    office_letter("Orange");
    terminal = office_terminal_in(office, "en", 40, 120);
    office_show(terminal, "p", "Mail > Incoming");
    terminal_wait(terminal, "registered");
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_a_stale_package_can_be_saved),
        OFFICE_TEST(test_a_held_message_is_told_and_dropped),
        OFFICE_TEST(test_a_message_is_held_and_tried_again),
        OFFICE_TEST(test_the_texts_of_messages),
        OFFICE_TEST(test_a_test_message),
        OFFICE_TEST(test_when_messages_leave),
        OFFICE_TEST(test_a_client_is_invited),
        OFFICE_TEST(test_headings_in_a_wide_window),
        OFFICE_TEST(test_why_a_client_is_not_saved),
        OFFICE_TEST(test_why_a_user_is_not_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
