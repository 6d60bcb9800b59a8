/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The work of an office in the real terminal, with the real daemon: what is typed, what stands on
 * the screen, and how many keys and bytes it takes (docs/keys.md).
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

/* 017, three letters of the sender, Enter, F2: eight keys, none of which waits for anything. */
static void test_registering_takes_eight_keys(void **state)
{
    (void)state;
    office_letter("Urząd Skarbowy Łódź-Górna");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "017urz\r\033OQ");
    terminal_wait(terminal, "Wpisano teraz: 1.");
    /* five keys for the same sender again */
    terminal_send(terminal, "112=\033OQ");
    terminal_wait(terminal, "Wpisano teraz: 2.");
    assert_true(office_answers("mail_list", "{\"client_id\":1}", "\"id\":2"));
    assert_true(office_answers("mail_list", "{\"client_id\":2}", "Urząd Skarbowy Łódź-Górna"));
    terminal_close(terminal);
}

/* 777 is not taken while it may become 7771; Enter takes it, and the whole longer number jumps. */
static void test_a_box_number_that_another_begins_with(void **state)
{
    (void)state;
    office_call(office, "client_save",
                "{\"package_id\":1,\"emails\":[],\"name\":\"Krótka\",\"code\":\"777\"}");
    office_call(office, "client_save",
                "{\"package_id\":1,\"emails\":[],\"name\":\"Długa\",\"code\":\"7771\"}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "7771Orange");
    terminal_wait(terminal, "[7771 Długa");
    terminal_wait(terminal, "[Orange");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    terminal_send(terminal, "777\rOrange");
    terminal_wait(terminal, "[777 Krótka");
    terminal_wait(terminal, "[Orange");
    terminal_close(terminal);
}

/* Who is gone is there all the same, as one who is gone, and is not taken unseen. */
static void test_a_client_whose_contract_ended(void **state)
{
    (void)state;
    office_call(office, "client_save", "{\"id\":2,\"version\":1,\"active\":false}");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "112");
    terminal_wait(terminal, ">112 Żółw Sp. z o.o.  umowa zakończona");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[112 Żółw");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, "t");
    office_show(terminal, "k", "Klienci");
    terminal_wait(terminal, "Łódź Meble");
    assert_int_equal(terminal_find(terminal, "Żółw"), -1);
    terminal_type(terminal, "112");
    terminal_wait(terminal, "(zakończona) Żółw");
    terminal_close(terminal);
}

static void test_a_client_is_found_by_letters_without_marks(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_type(terminal, "lodz");
    terminal_wait(terminal, ">017 Łódź Meble");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_close(terminal);
}

/* The alert comes by itself; in a form it is one line above it, and the text being typed stays. */
static void test_the_alert_comes_by_itself(void **state)
{
    (void)state;
    office_letter("ZUS O. Gdańsk");
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_ask_for_scan(1);
    int row = terminal_wait(terminal, "│Prośby o skan: 1 nowa");
    assert_int_equal(row, 1);
    assert_true(strstr(terminal_row(terminal, 3), "ZUS O. Gdańsk") != NULL);
    assert_string_equal(terminal_title(terminal), "(1) Skrytka");
    assert_int_equal(terminal_bells(terminal), 1);
    assert_true(terminal_sent(terminal, "\033]9;"));
    office_letter("PKO BP");
    terminal_type(terminal, KEYS_F(6));
    terminal_type(terminal, "zo");
    terminal_wait(terminal, "●1");
    office_ask_for_scan(2);
    terminal_wait(terminal, "●2");
    row = terminal_wait(terminal, "017 Łódź Meble · PKO BP");
    assert_int_equal(row, 1);
    assert_true(strstr(terminal_row(terminal, row), "Poczta > Nowa przesyłka  ") != NULL);
    assert_true(terminal_find(terminal, "[zo ") > row);
    terminal_type(terminal, "lw");
    terminal_wait(terminal, ">112 Żółw Sp. z o.o.");
    assert_true(terminal_find(terminal, "[zolw") > 0);
    terminal_close(terminal);
}

/* Beside a form in a wide window the alert has a column of its own, so that nothing moves. */
static void test_the_alert_beside_a_wide_form(void **state)
{
    (void)state;
    office_letter("ZUS O. Gdańsk");
    struct terminal *terminal = office_terminal(office, 30, 120);
    terminal_type(terminal, KEYS_F(6));
    terminal_type(terminal, "zo");
    char before[400];
    int at = terminal_find(terminal, "[zo ");
    snprintf(before, sizeof(before), "%.80s", terminal_row(terminal, at));
    office_ask_for_scan(1);
    terminal_wait(terminal, "1 nowa");
    assert_true(terminal_find(terminal, "ZUS O. Gdańsk") > 0);
    assert_int_equal(terminal_find(terminal, before), at);
    terminal_close(terminal);
}

static int today_in_month(void)
{
    time_t now = time(NULL);
    struct tm local;
    setenv("TZ", "Europe/Warsaw", 1);
    localtime_r(&now, &local);
    return local.tm_mday;
}

/* F5 and F2: the newest scan and the package's cost are there already. */
static void test_fulfilling_takes_two_keys(void **state)
{
    (void)state;
    office_letter("Sąd Rejonowy");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "[+] [-]");
    terminal_send(terminal, KEYS_F(5));
    terminal_send(terminal, KEYS_F(2)); /* typed ahead: it waits until the cost is there */
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    terminal_wait_gone(terminal, "[+] [-]");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "\"status\":\"fulfilled\""));
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, "r");
    terminal_wait(terminal, "Rozliczenia > Podsumowanie");
    if (today_in_month() <= 10) { /* until then it opens on the month before */
        terminal_type(terminal, KEYS_RIGHT);
    }
    terminal_wait(terminal, "Razem: 5,00 zł");
    assert_true(terminal_find(terminal, "017  Łódź Meble") > 0);
    assert_true(terminal_find(terminal, "Sąd Rejonowy") > 0);
    terminal_close(terminal);
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"cost\":500"));
}

/* A text file that only calls itself a PDF: its field says so, in words. */
static void test_a_file_that_is_no_scan(void **state)
{
    (void)state;
    char path[] = "/tmp/skrytka-fake.XXXXXX.pdf", keys[80];
    FILE *file = fdopen(mkstemps(path, 4), "w");
    assert_non_null(file);
    fputs("not a scan", file);
    fclose(file);
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 100);
    terminal_wait(terminal, "[+] [-]");
    terminal_send(terminal, KEYS_F(5));
    terminal_wait(terminal, "[5,00 ");
    snprintf(keys, sizeof(keys), "%s\r", path);
    terminal_type(terminal, keys);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "nie jest plikiem PDF, JPEG, PNG ani TIFF");
    assert_int_equal(terminal_find(terminal, "upload"), -1);
    terminal_close(terminal);
    remove(path);
}

static void test_cancelling_takes_two_keys(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "[+] [-]");
    terminal_send(terminal, "-\r");
    terminal_wait(terminal, "Prośba anulowana.");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "\"status\":\"cancelled\""));
    terminal_type(terminal, "\032"); /* Ctrl-Z, while the client's e-mail waits */
    terminal_wait(terminal, "Cofnięto: ");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "\"status\":\"new\""));
    terminal_close(terminal);
}

/* Nothing that is typed or pasted into a list changes anything. */
static void test_pasting_into_a_list_changes_nothing(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    char before[4000];
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "[+] [-]");
    snprintf(before, sizeof(before), "%s", office_call(office, "event_list", "{}"));
    terminal_send(terminal, "\033[200~");
    for (int i = 0; i < 1000; i++) {
        terminal_send(terminal, "-\n+ 017\nx\r");
    }
    terminal_type(terminal, "\033[201~");
    terminal_wait(terminal, "Szukaj: -+");
    assert_string_equal(office_call(office, "event_list", "{}"), before);
    terminal_close(terminal);
}

/* What is being typed survives the line: it goes, it comes back, and then it is saved. */
static void test_the_line_drops_in_the_middle_of_a_form(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017");
    terminal_wait(terminal, "[017 Łódź Meble");
    office_stop_daemon(office);
    terminal_wait(terminal, "Brak połączenia");
    terminal_type(terminal, "Gazownia");
    terminal_wait(terminal, "[Gazownia ");
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, KEYS_F(2));
    terminal_type(terminal, KEYS_F(2)); /* impatience registers nothing twice */
    assert_true(terminal_find(terminal, "Czeka na odpowiedź serwera.") > 0);
    office_start_daemon(office);
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_false(office_answers("mail_list", "{}", "\"id\":2"));
    assert_true(office_answers("mail_list", "{}", "Gazownia"));
    terminal_close(terminal);
}

/* The terminal itself hangs up; the next one has the text again. */
static void test_a_draft_survives_the_terminal(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Gazownia Łódzka");
    terminal_close(terminal);
    terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Szkic sprzed przerwania");
    assert_true(terminal_find(terminal, "[Gazownia Łódzka ") > 0);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(office_answers("mail_list", "{\"client_id\":1}", "Gazownia Łódzka"));
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_F(6));
    assert_int_equal(terminal_find(terminal, "Szkic sprzed przerwania"), -1);
    terminal_close(terminal);
}

/* The client is known by its box number; all that waits for it is handed over: five keys. */
static void test_handing_over_takes_five_keys(void **state)
{
    (void)state;
    office_letter("Orange");
    office_letter("PKO BP");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_send(terminal, "017\033[18~");
    terminal_wait(terminal, "Przesyłki do wydania: 2.");
    terminal_send(terminal, "\r");
    terminal_wait(terminal, "Wydano: 2.");
    assert_true(office_answers("mail_get", "{\"id\":2}", "\"status\":\"collected\""));
    terminal_close(terminal);
}

static void test_two_terminals_see_each_other(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *first = office_terminal(office, 24, 80);
    struct terminal *second = office_terminal(office, 24, 100);
    terminal_wait(first, "[+] [-]");
    terminal_wait(second, "[+] [-]");
    terminal_type(first, KEYS_F(5));
    terminal_wait(first, "skan-0412.pdf");
    terminal_wait(second, "anna");
    terminal_wait(second, "Nowa: an");
    terminal_type(first, KEYS_F(12));
    terminal_wait_gone(second, "Nowa: an");
    terminal_close(first);
    terminal_close(second);
}

/* A press on [-] asks for the reason; the same without a mouse is one key. */
static void test_the_signs_in_a_row_are_clickable(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    int row = terminal_wait(terminal, "[+] [-]");
    char press[32];
    snprintf(press, sizeof(press), "\033[<0;78;%dM", row + 1);
    terminal_type(terminal, press);
    terminal_wait(terminal, "Poczta > Prośby o skan > Anuluj");
    terminal_close(terminal);
}

/* Both versions stand side by side; the second F2 saves what the person here typed. */
static void stale_edit(int rows, int cols)
{
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, rows, cols);
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Orange ");
    office_call(office, "mail_save",
                "{\"id\":1,\"version\":1,\"shelf\":\"regał pod oknem w drugim pokoju\"}");
    for (int i = 0; i < 4; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "C7");
    terminal_type(terminal, KEYS_F(2));
    int row = terminal_wait(terminal, "na serwerze: regał pod oknem");
    assert_true(terminal_find(terminal, "pokoju") >= row);
    assert_true(terminal_find(terminal, "[C7 ") > 0);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Przesyłka zmieniona.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"shelf\":\"C7\""));
    terminal_close(terminal);
}

static void test_a_stale_edit_shows_both_versions(void **state)
{
    (void)state;
    stale_edit(24, 100);
}

static void test_a_stale_edit_in_a_small_window(void **state)
{
    (void)state;
    stale_edit(20, 60);
}

static void test_a_reference_registered_before_is_told(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 100);
    terminal_type(terminal, KEYS_F(6));
    for (int i = 0; i < 3; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_type(terminal, "RR1");
    terminal_type(terminal, KEYS_TAB);
    terminal_wait(terminal, "już wpisano: 1,");
    terminal_close(terminal);
}

/* Rows come by pages as one goes down; the last one is reached, and marked rows stay marked. */
static void test_a_long_list_comes_by_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 130; i++) {
        office_letter(i == 0 ? "Pierwszy" : "Orange");
    }
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "z 50+");
    terminal_type(terminal, " ");
    for (int i = 0; i < 8; i++) {
        terminal_type(terminal, "\033[6~");
        terminal_wait(terminal, "zaznaczone: 1");
    }
    terminal_type(terminal, "\033[F");
    terminal_wait(terminal, "Pierwszy");
    terminal_wait(terminal, "z 130,");
    terminal_type(terminal, "\033[H");
    terminal_wait(terminal, ">+");
    terminal_close(terminal);
}

/* From anywhere, five keys typed ahead: Ctrl-K, the box number, Enter. */
static void test_going_to_a_client_takes_five_keys(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, "d");
    terminal_wait(terminal, "Dziennik");
    terminal_send(terminal, "\013017\r");
    terminal_wait(terminal, "Poczta > Przychodząca");
    terminal_wait(terminal, "Orange");
    terminal_close(terminal);
}

/* A clerk signs in by password, and does not see what only administrators may do. */
static void test_signing_in_by_password(void **state)
{
    (void)state;
    office_call(office, "user_save",
                "{\"login\":\"jan\",\"role\":\"clerk\",\"password\":\"inne-haslo-8\"}");
    struct terminal *terminal = office_launch_with(office, "SKRYTKA_LOGIN=jan");
    terminal_wait(terminal, "Hasło:");
    terminal_type(terminal, "nie-to\r");
    terminal_wait(terminal, "Nie zgadza się. Login:");
    terminal_type(terminal, "jan\r");
    terminal_type(terminal, "inne-haslo-8");
    assert_int_equal(terminal_find(terminal, "inne"), -1);
    terminal_type(terminal, "\r");
    terminal_wait(terminal, "Szukaj:");
    terminal_type(terminal, KEYS_F(9));
    assert_true(terminal_find(terminal, "Klienci") > 0);
    assert_int_equal(terminal_find(terminal, "Ustawienia"), -1);
    terminal_close(terminal);
}

static void test_settings_are_saved(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, "u");
    terminal_wait(terminal, "[x]");
    assert_true(terminal_find(terminal, "Zezwól klientom prosić o skan poczty") > 0);
    terminal_type(terminal, " ");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Ustawienia zapisane.");
    assert_true(office_answers("settings_get", "{}", "\"allow_scan_requests\":false"));
    terminal_close(terminal);
}

static void test_any_size(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "Zażółć gęślą jaźń");
    srand(2020);
    for (int i = 0; i < 60; i++) {
        terminal_resize(terminal, 5 + rand() % 56, 20 + rand() % 181);
    }
    terminal_resize(terminal, 24, 80);
    terminal_wait(terminal, "[Zażółć gęślą jaźń ");
    terminal_close(terminal);
}

/* What a person does not want of her terminal is not asked of it. */
static void test_without_bell_notice_title_and_mouse(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal =
        office_terminal_with(office, "SKRYTKA_WITHOUT=bell,notice,title,mouse");
    office_ask_for_scan(1);
    terminal_wait(terminal, "1 nowa");
    assert_int_equal(terminal_bells(terminal), 0);
    assert_false(terminal_sent(terminal, "\033]9;"));
    assert_false(terminal_sent(terminal, "\033]2;"));
    assert_false(terminal_sent(terminal, "\033[?1000h"));
    terminal_close(terminal);
    terminal = office_launch_with(office, "SKRYTKA_WITHOUT=bell,horn");
    assert_int_equal(terminal_finish(terminal), 2);
    assert_true(terminal_find(terminal, "horn") >= 0);
    terminal_close(terminal);
}

static void test_kinds_of_terminals(void **state)
{
    (void)state;
    static const char *const kinds[] = { "TERM=tmux-256color", "TERM=screen", "TERM=linux",
                                         "TERM=vt100",         "TERM=putty",  "TERM=unheard-of" };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct terminal *terminal = office_terminal_with(office, kinds[i]);
        terminal_type(terminal, KEYS_F(9));
        assert_true(terminal_find(terminal, "Poczta > Prośby o skan") > 0);
        terminal_close(terminal);
    }
    struct terminal *terminal = office_launch_with(office, "TERM=dumb");
    assert_int_equal(terminal_finish(terminal), 1);
    assert_true(terminal_find(terminal, "nie umie ustawiać kursora") >= 0);
    terminal_close(terminal);
}

/* no-color.org: not one colour, and the states are still there as words. */
static void test_no_colour(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal_with(office, "NO_COLOR=1");
    terminal_wait(terminal, "Nowa");
    assert_false(terminal_sent(terminal, "\033[35m"));
    assert_false(terminal_sent(terminal, "\033[36m"));
    terminal_close(terminal);
    terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Nowa");
    assert_true(terminal_sent(terminal, "\033[35m"));
    terminal_close(terminal);
}

/* Whatever is typed, clicked and resized: it answers each key, and ends well. */
static void test_random_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "\033OP",
        "\033OQ",
        "\033OR",
        "\033OS",
        "\033[15~",
        "\033[17~",
        "\033[18~",
        "\033[19~",
        "\033[20~",
        "\033[24~",
        "\r",
        "\t",
        "\033[Z",
        "\033OA",
        "\033OB",
        "\033OC",
        "\033OD",
        "\033[5~",
        "\033[2~",
        "\033[3~",
        "\177",
        " ",
        "+",
        "-",
        "=",
        "017",
        "pswkar",
        "uyod",
        "ł",
        "\013",
        "\032",
        "\014",
        "\033[1;5C",
        "12.11",
        "\033[<0;10;8M",
        "\033[<0;78;8M",
        "\033[<64;1;1M",
        "\033[200~x\ny\033[201~",
    };
    for (int i = 0; i < 3; i++) {
        office_letter("Orange");
        office_ask_for_scan(i + 1);
    }
    struct terminal *terminal = office_terminal(office, 24, 80);
    srand(2112);
    for (int i = 0; i < 700; i++) {
        if (rand() % 30 == 0) {
            terminal_resize(terminal, 5 + rand() % 56, 20 + rand() % 181);
        } else {
            terminal_type(terminal, keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))]);
        }
    }
    terminal_resize(terminal, 24, 80);
    terminal_close(terminal);
}

static void test_leaving(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_type(terminal, KEYS_TAB);
    terminal_type(terminal, "x");
    terminal_type(terminal, KEYS_F(10));
    terminal_wait(terminal, "porzucić wpisany tekst?");
    terminal_type(terminal, "n");
    terminal_wait_gone(terminal, "porzucić wpisany tekst?");
    terminal_type(terminal, KEYS_F(10));
    terminal_send(terminal, "t");
    assert_int_equal(terminal_finish(terminal), 0);
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_registering_takes_eight_keys),
        OFFICE_TEST(test_a_box_number_that_another_begins_with),
        OFFICE_TEST(test_a_client_whose_contract_ended),
        OFFICE_TEST(test_a_client_is_found_by_letters_without_marks),
        OFFICE_TEST(test_the_alert_comes_by_itself),
        OFFICE_TEST(test_the_alert_beside_a_wide_form),
        OFFICE_TEST(test_fulfilling_takes_two_keys),
        OFFICE_TEST(test_a_file_that_is_no_scan),
        OFFICE_TEST(test_cancelling_takes_two_keys),
        OFFICE_TEST(test_pasting_into_a_list_changes_nothing),
        OFFICE_TEST(test_the_line_drops_in_the_middle_of_a_form),
        OFFICE_TEST(test_a_draft_survives_the_terminal),
        OFFICE_TEST(test_handing_over_takes_five_keys),
        OFFICE_TEST(test_two_terminals_see_each_other),
        OFFICE_TEST(test_the_signs_in_a_row_are_clickable),
        OFFICE_TEST(test_a_stale_edit_shows_both_versions),
        OFFICE_TEST(test_a_stale_edit_in_a_small_window),
        OFFICE_TEST(test_a_reference_registered_before_is_told),
        OFFICE_TEST(test_a_long_list_comes_by_pages),
        OFFICE_TEST(test_going_to_a_client_takes_five_keys),
        OFFICE_TEST(test_signing_in_by_password),
        OFFICE_TEST(test_settings_are_saved),
        OFFICE_TEST(test_any_size),
        OFFICE_TEST(test_without_bell_notice_title_and_mouse),
        OFFICE_TEST(test_random_keys),
        OFFICE_TEST(test_kinds_of_terminals),
        OFFICE_TEST(test_no_colour),
        OFFICE_TEST(test_leaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
