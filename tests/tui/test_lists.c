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

/* Marked rows leave together: handed over to somebody, or in another way. */
static void test_several_leave_together(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    register_letter(1, "letter", "PKO", "2026-10-06");
    register_letter(2, "letter", "Orange", "2026-10-31");
    register_letter(2, "letter", "Tauron", "2026-11-01");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "  "); /* marks the first two */
    terminal_wait(terminal, "zaznaczone: 2");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Kto odbiera?");
    terminal_type(terminal, "Jan Lis\r");
    terminal_wait(terminal, "Wydano: 2.");
    terminal_wait_gone(terminal, "Orange");
    assert_true(office_answers("mail_get", "{\"id\":3}", "\"collected_by\":\"Jan Lis\""));
    assert_true(office_answers("mail_get", "{\"id\":4}", "\"collected_by\":\"Jan Lis\""));
    terminal_type(terminal, "  ");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "zniszcz");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Przesyłek: 2. Nowy stan: Zniszczona?");
    terminal_type(terminal, "n");
    terminal_wait_gone(terminal, "Nowy stan");
    assert_true(terminal_find(terminal, "ZUS") > 0);
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "przekaz");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Przesyłek: 2. Nowy stan: Przekazana dalej?");
    terminal_type(terminal, "t");
    terminal_wait_gone(terminal, "ZUS");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"status\":\"forwarded\""));
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"status\":\"forwarded\""));
    terminal_close(terminal);
}

/* One Ctrl-Z takes back one hand-over, however many letters it was. */
static void test_a_hand_over_of_several_is_taken_back(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        register_letter(1, "letter", "ZUS", "2026-10-05");
    }
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "1-3 z 3");
    terminal_type(terminal, "   ");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Kto odbiera?");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Wydano: 3. Ctrl-Z cofa.");
    terminal_wait_gone(terminal, "ZUS");
    terminal_type(terminal, "\032");
    terminal_wait(terminal, "Cofnięto: wydanie 3 przesyłek.");
    assert_false(office_answers("mail_list", "{}", "\"status\":\"collected\""));
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "\032");
    terminal_wait(terminal, "Nie ma czego cofnąć.");
    terminal_close(terminal);
}

/* `=` in each field takes what the letter before had. */
static void test_every_field_as_before(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Poczta > Nowa przesyłka");
    terminal_type(terminal, "017ZUS\tp\tRR7\tB3\t\b\b\b\b\b\b\b\b\b\b5.10.2026\tkruche");
    terminal_wait(terminal, "[kruche");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    terminal_type(terminal, "=======");
    terminal_wait(terminal, "[kruche");
    terminal_wait(terminal, "już wpisano: 1, 05.10"); /* before that F2 would ask */
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 2.");
    assert_true(office_answers("mail_get", "{\"id\":2}",
                               "\"counterparty\":\"ZUS\",\"kind\":\"registered\","
                               "\"date\":\"2026-10-05\",\"reference\":\"RR7\","
                               "\"note\":\"kruche\",\"shelf\":\"B3\""));
    terminal_close(terminal);
}

/* F2 straight from the number, as a scanner leaves it, asks before the same letter is twice. */
static void test_the_same_number_is_asked_about(void **state)
{
    (void)state;
    office_call(office, "mail_register",
                "{\"direction\":\"incoming\",\"client_id\":1,\"counterparty\":\"ZUS\","
                "\"reference\":\"RR7\",\"notify\":false}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Poczta > Nowa przesyłka");
    terminal_type(terminal, "112PKO\t\tRR7");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisać jeszcze raz?");
    terminal_type(terminal, "n");
    terminal_wait_gone(terminal, "Wpisać jeszcze raz?");
    assert_true(terminal_find(terminal, "[RR7") > 0);
    assert_false(office_answers("mail_list", "{}", "PKO"));
    terminal_type(terminal, "8");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(office_answers("mail_list", "{}", "\"reference\":\"RR78\""));
    terminal_close(terminal);
}

/* A letter of the wrong client: the right one is told, unless the box is emptied. */
static void test_a_letter_moved_to_another_client(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "wpisano przesyłkę");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[017 Łódź Meble");
    assert_int_equal(terminal_find(terminal, "Powiadom klienta"), -1);
    terminal_type(terminal, "112"); /* in place of the one picked */
    terminal_wait(terminal, "[112 Żółw Sp. z o.o.");
    terminal_wait(terminal, "Powiadom klienta");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Przesyłka zmieniona.");
    assert_true(office_answers("outbox_list", "{}", "\"recipient\":\"jan@zolw.example\""));
    terminal_close(terminal);
}

/* How long a request has waited: in its row where there is room, else in words below the list. */
static void test_the_age_of_a_request(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Koszt: 5,00 zł. Czeka: < 1 h");
    terminal_resize(terminal, 40, 120);
    terminal_wait(terminal, "│ Koszt: 5,00 zł. Czeka: < 1 h");
    terminal_resize(terminal, 40, 140);
    terminal_wait(terminal, "< 1 h     5,00 [+] [-]");
    terminal_close(terminal);
}

static bool file_has(const char *name, const char *text)
{
    char content[4000];
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
    fclose(file);
    return strstr(content, text) != NULL;
}

/* Any days; down to the costs and to the letter; what is invoiced counts no more; two files. */
static void test_the_summary(void **state)
{
    (void)state;
    register_letter(2, "letter", "Orange", "2026-10-31");
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":1250,\"information\":\"=1+1\"}");
    office_call(office, "charge_save",
                "{\"item_id\":1,\"amount\":300,\"information\":\"Opłata za przesłanie dokumentów "
                "kurierem, więcej niż osiemdziesiąt znaków\"}");
    office_call(office, "charge_invoice",
                "{\"ids\":[2],\"number\":\"FV 7\",\"date\":\"2026-11-30\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "r", "Rozliczenia > Podsumowanie");
    terminal_type(terminal, KEYS_F(1));
    terminal_wait(terminal, "Strzałka w lewo: miesiąc wcześniej; w prawo: później.");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "dzis");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "12,50 zł      15,50 zł");
    assert_true(terminal_find(terminal, "Do faktury: 12,50 zł") > 0);
    terminal_wait(terminal, "FV 7");
    terminal_type(terminal, KEYS_ENTER);
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "Rozliczenia > Podsumowanie");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Zapisano plik: skrytka-");
    char day[11], csv[60], text[60], second[60];
    const char *row =
        strstr(terminal_row(terminal, terminal_find(terminal, "Zapisano plik: ")), "skrytka-");
    snprintf(day, sizeof(day), "%.10s", row + strlen("skrytka-"));
    snprintf(csv, sizeof(csv), "skrytka-%s_%s.csv", day, day);
    snprintf(text, sizeof(text), "skrytka-%s_%s.txt", day, day);
    assert_true(file_has(csv, "\xef\xbb\xbf"));
    assert_true(file_has(csv, "'=1+1"));
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, text);
    assert_true(file_has(text, "112  Żółw Sp. z o.o."));
    assert_true(file_has(text, "faktura FV 7"));
    assert_true(file_has(text, "15,50 zł\n---"));
    assert_true(file_has(text, "przychodząca  Orange"));
    assert_true(file_has(text, "Do faktury "));
    assert_true(file_has(text, "osiemdziesiąt\n           znaków"));
    assert_true(file_has(csv, "\"Nadawca lub adresat\";"));
    assert_true(file_has(csv, "\"Faktura\""));
    terminal_type(terminal, KEYS_F(3)); /* the one that is there stays */
    snprintf(second, sizeof(second), "skrytka-%s_%s (2).csv", day, day);
    terminal_wait(terminal, second);
    assert_true(terminal_find(terminal, "w folderze /") > 0);
    assert_int_equal(remove(second), 0);
    remove(csv);
    remove(text);
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "oznacz koszty");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Numer faktury:");
    terminal_type(terminal, "FV 8\r");
    terminal_wait(terminal, "Data faktury");
    terminal_type(terminal, "2.11.2026\r");
    terminal_wait(terminal, "0,00 zł      15,50 zł");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"invoice_date\":\"2026-11-02\""));
    terminal_close(terminal);
}

static void open_todays_summary(struct terminal *terminal)
{
    office_show(terminal, "r", "Rozliczenia > Podsumowanie");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "dzis");
    terminal_type(terminal, KEYS_ENTER);
}

/* The dialogs say whose costs and how much; what is entered meanwhile stays off the invoice; a day
 * that is none is asked for again, with the number kept. */
static void test_an_invoice_takes_what_was_seen(void **state)
{
    (void)state;
    register_letter(2, "letter", "Orange", "2026-10-31");
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":1250}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    open_todays_summary(terminal);
    terminal_wait(terminal, "12,50 zł      12,50 zł");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "oznacz koszty");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Koszty: 1, 12,50 zł");
    assert_true(terminal_find(terminal, "│ 112 Żółw Sp. z o.o. ") > 0);
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":300}");
    terminal_wait(terminal, "15,50 zł      15,50 zł");
    terminal_type(terminal, "FV 8\r");
    terminal_wait(terminal, "Data faktury");
    terminal_type(terminal, "31.11.2026\r");
    terminal_wait(terminal, "31.11.2026: to nie dzień");
    terminal_type(terminal, "2.11.2026\r");
    terminal_wait(terminal, "Kosztów na fakturze: 1");
    terminal_wait(terminal, "3,00 zł      15,50 zł");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"invoice_number\":\"FV 8\""));
    terminal_close(terminal);
}

/* An invoice is one client's, so in the summary nothing can be marked. */
static void test_the_summary_has_no_marks(void **state)
{
    (void)state;
    register_letter(2, "letter", "Orange", "2026-10-31");
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":1250}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    open_todays_summary(terminal);
    terminal_wait(terminal, "12,50 zł      12,50 zł");
    terminal_type(terminal, " ");
    terminal_type(terminal, "\033[2~");
    assert_int_equal(terminal_find(terminal, "zaznaczone"), -1);
    terminal_type(terminal, KEYS_F(1));
    terminal_type(terminal, "zaznacz");
    assert_int_equal(terminal_find(terminal, "Insert"), -1);
    terminal_close(terminal);
}

/* A cost counts on the day its letter was sent: that moves it while one looks. */
static void test_the_summary_follows_a_letter_sent(void **state)
{
    (void)state;
    office_call(
        office, "mail_register",
        "{\"direction\":\"outgoing\",\"client_id\":2,\"counterparty\":\"ZUS\",\"cost\":700}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    open_todays_summary(terminal);
    terminal_wait(terminal, "7,00 zł       7,00 zł");
    office_call(office, "mail_save",
                "{\"id\":1,\"version\":1,\"status\":\"sent\",\"date\":\"2026-10-02\"}");
    terminal_wait_gone(terminal, "7,00 zł       7,00 zł");
    terminal_close(terminal);
}

/* Marks stay under another search: the act takes all of them, and says whose they are. */
static void test_marks_of_another_search(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    register_letter(2, "letter", "Orange", "2026-10-31");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "orange");
    terminal_wait_gone(terminal, "ZUS");
    terminal_type(terminal, "\033[2~");
    terminal_wait(terminal, "zaznaczone: 1");
    terminal_type(terminal, "\025zus"); /* Ctrl-U empties the search */
    terminal_wait_gone(terminal, "Orange");
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "\033[2~");
    terminal_wait(terminal, "zaznaczone: 2");
    terminal_type(terminal, KEYS_F(7));
    terminal_wait(terminal, "Przesyłki do wydania: 2.");
    terminal_wait(terminal, "Różnych klientów: Żółw Sp. z o.o., Łódź Meble");
    terminal_type(terminal, "Jan Lis\r");
    terminal_wait(terminal, "Wydano: 2.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"collected_by\":\"Jan Lis\""));
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"collected_by\":\"Jan Lis\""));
    terminal_close(terminal);
}

/* What left in another way than collected has no tab: F4 finds it, among all. */
static void test_forwarded_letters_are_found(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    register_letter(2, "letter", "Orange", "2026-10-31");
    office_call(office, "mail_collect", "{\"ids\":[2],\"status\":\"forwarded\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "przek");
    terminal_wait(terminal, ">  Przekazana dalej");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Wszystkie]");
    terminal_wait(terminal, "Orange");
    assert_int_equal(terminal_find(terminal, "ZUS"), -1);
    assert_true(terminal_find(terminal, "Filtr: Przekazana dalej") > 0);
    terminal_type(terminal, KEYS_TAB); /* another tab shows its own status again */
    terminal_wait(terminal, "ZUS");
    assert_int_equal(terminal_find(terminal, "Filtr:"), -1);
    terminal_close(terminal);
}

/* A list that is one client's offers no other to narrow it by. */
static void test_a_clients_list_offers_no_client(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "k", "Klienci");
    terminal_wait(terminal, "Łódź Meble");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "poczta klienta");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_F(4));
    terminal_type(terminal, "zolw");
    terminal_wait_gone(terminal, "polecony");
    register_letter(1, "letter", "PKO", "2026-10-06");
    terminal_wait(terminal, "1-2 z 2"); /* an answer about clients would have come before */
    assert_int_equal(terminal_find(terminal, "112 Żółw"), -1);
    terminal_close(terminal);
}

static void register_outgoing(const char *addressee)
{
    char json[200];
    snprintf(json, sizeof(json),
             "{\"direction\":\"outgoing\",\"client_id\":2,\"counterparty\":\"%s\"}", addressee);
    office_call(office, "mail_register", json);
}

/* Letters taken to the post together are sent together, on a day that is told. */
static void test_several_are_sent_together(void **state)
{
    (void)state;
    register_outgoing("ZUS");
    register_outgoing("PKO");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "w", "Poczta > Wychodząca");
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "  ");
    terminal_wait(terminal, "zaznaczone: 2");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "wyslana");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Przesyłek: 2.");
    terminal_type(terminal, "31.11.2026\r");
    terminal_wait(terminal, "31.11.2026: to nie dzień");
    terminal_type(terminal, "2.10.2026\r");
    terminal_wait_gone(terminal, "ZUS");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"sent_on\":\"2026-10-02\""));
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"sent_on\":\"2026-10-02\""));
    terminal_close(terminal);
}

/* Post that leaves from the counter: status, day and what the cost is for, in one form. */
static void test_an_outgoing_letter_in_one_go(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 30, 80);
    office_show(terminal, "w", "Poczta > Wychodząca");
    terminal_resize(terminal, 30, 120);
    terminal_wait(terminal, "Nr nadawczy"); /* as in the form */
    terminal_resize(terminal, 30, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Adresat");
    assert_int_equal(terminal_find(terminal, "Wysłana dnia"), -1);
    terminal_type(terminal, "112");
    terminal_wait(terminal, "112 Żółw");
    terminal_type(terminal, "ZUS");
    for (int i = 0; i < 6; i++) { /* kind, number, shelf, date, note, status */
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "w");
    terminal_wait(terminal, "Wysłana dnia");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "2.10.2026");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "znaczek");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "7,80");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano pod nr 1");
    assert_int_equal(terminal_find(terminal, "Wysłana dnia"), -1);
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"sent_on\":\"2026-10-02\""));
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"information\":\"znaczek\""));
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_TAB);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Wysłana dnia");
    terminal_close(terminal);
}

/* A client's own list says whose it is, and F6 there begins a letter of that client. */
static void test_a_clients_list_is_named(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "k", "Klienci");
    terminal_wait(terminal, "Łódź Meble");
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, "poczta klienta");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przychodząca: 017 Łódź Meble");
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Orange");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano pod nr 2");
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"client_id\":1"));
    terminal_close(terminal);
}

/* A search that finds nothing says so, in a list and in what lies over it. */
static void test_nothing_was_found(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, "qqq");
    terminal_wait(terminal, "Nic nie znaleziono.");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait_gone(terminal, "Nic nie znaleziono.");
    terminal_type(terminal, KEYS_F(1));
    terminal_type(terminal, "qqq");
    terminal_wait(terminal, "Nic nie znaleziono.");
    terminal_close(terminal);
}

/* What was called off cost nothing. */
static void test_a_cancelled_request_has_no_cost(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 109);
    office_show(terminal, "S", "Poczta > Prośby o skan");
    terminal_wait(terminal, "5,00");
    office_call(office, "scan_request_cancel", "{\"id\":1}");
    terminal_wait_gone(terminal, "5,00");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, KEYS_TAB);
    terminal_wait(terminal, "[Anulowana]");
    terminal_wait(terminal, "ZUS");
    assert_int_equal(terminal_find(terminal, "5,00"), -1);
    terminal_close(terminal);
}

/* Of an event that is about no letter, the wide journal tells in full what its columns cut. */
static void test_the_journal_tells_in_full(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    struct terminal *terminal = office_terminal(office, 40, 120);
    office_show(terminal, "d", "Administracja > Dziennik");
    terminal_wait(terminal, "zmieniono pakiet");
    terminal_type(terminal, "\033[F");
    terminal_wait(terminal, "│ Kto: skrytkad");
    terminal_close(terminal);
}

/* The history says what was done: which state, to whom it was handed, which cost. */
static void test_the_history_says_what(void **state)
{
    (void)state;
    register_letter(1, "letter", "ZUS", "2026-10-05");
    register_letter(1, "letter", "PKO", "2026-10-06");
    office_call(office, "charge_save", "{\"item_id\":1,\"amount\":700}");
    office_call(office, "charge_save", "{\"id\":1,\"version\":1,\"amount\":800}");
    office_call(office, "charge_remove", "{\"id\":1}");
    office_call(office, "mail_collect", "{\"ids\":[1],\"collected_by\":\"Jan Lis\"}");
    office_call(office, "mail_collect", "{\"ids\":[2],\"status\":\"destroyed\"}");
    struct terminal *terminal = office_terminal(office, 40, 160);
    office_show(terminal, "d", "Administracja > Dziennik");
    terminal_wait(terminal, "Stan: Zniszczona");
    terminal_wait(terminal, "przesyłka odebrana: Jan Lis");
    terminal_wait(terminal, "usunięto koszt: 8,00 zł");
    terminal_wait(terminal, "zmieniono koszt: 8,00 zł");
    terminal_wait(terminal, "dopisano koszt: 7,00 zł");
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
        OFFICE_TEST(test_several_leave_together),
        OFFICE_TEST(test_a_hand_over_of_several_is_taken_back),
        OFFICE_TEST(test_every_field_as_before),
        OFFICE_TEST(test_the_same_number_is_asked_about),
        OFFICE_TEST(test_the_summary),
        OFFICE_TEST(test_an_invoice_takes_what_was_seen),
        OFFICE_TEST(test_the_summary_has_no_marks),
        OFFICE_TEST(test_the_summary_follows_a_letter_sent),
        OFFICE_TEST(test_marks_of_another_search),
        OFFICE_TEST(test_forwarded_letters_are_found),
        OFFICE_TEST(test_a_clients_list_offers_no_client),
        OFFICE_TEST(test_several_are_sent_together),
        OFFICE_TEST(test_an_outgoing_letter_in_one_go),
        OFFICE_TEST(test_a_clients_list_is_named),
        OFFICE_TEST(test_nothing_was_found),
        OFFICE_TEST(test_a_cancelled_request_has_no_cost),
        OFFICE_TEST(test_the_journal_tells_in_full),
        OFFICE_TEST(test_the_history_says_what),
        OFFICE_TEST(test_the_age_of_a_request),
        OFFICE_TEST(test_a_letter_moved_to_another_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
