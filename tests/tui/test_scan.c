/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* F3: whose letter is the scan? In forms before it is sent, on cards and lists afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tui/office_fixture.h"

/* Bars in the place of an address: they are what fills whole cells. */
#define LONG_BAR       "⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿"
#define ADDRESS        "310 690 180 9 re f 310 674 60 9 re f 310 658 120 9 re f "
#define OTHER          "310 690 60 9 re f 310 674 180 9 re f 310 658 60 9 re f "
#define KEYS_END       "\033OF"
#define KEYS_PAGE_DOWN "\033[6~"
#define LETTER         "70 400 450 200 re f "

static const char *add_scan(const char *name, const char *content)
{
    char pdf[1000];
    snprintf(pdf, sizeof(pdf),
             "%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
             "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
             "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>\nendobj\n"
             "4 0 obj\n<</Length %zu>>stream\n%s\nendstream\nendobj\n"
             "trailer\n<</Root 1 0 R>>\n%%%%EOF\n",
             strlen(content), content);
    return office_add_scan(office, name, pdf);
}

static void register_letter(void)
{
    office_call(office, "mail_register",
                "{\"direction\":\"incoming\",\"client_id\":1,\"counterparty\":\"ZUS\"}");
}

static struct terminal *open_request(int rows, int cols)
{
    register_letter();
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal(office, rows, cols);
    terminal_wait(terminal, "[+] [-]");
    terminal_send(terminal, KEYS_F(5));
    terminal_wait(terminal, "Dodatkowe informacje");
    return terminal;
}

/* Cells of a row that are full of ink. */
static size_t full_cells(struct terminal *terminal, int row)
{
    size_t count = 0;
    const char *at = terminal_row(terminal, row);
    while ((at = strstr(at, "⣿")) != NULL) {
        at += strlen("⣿");
        count++;
    }
    return count;
}

/* Three lines of 180, 60 and 120 points, the first as broad as the window. */
static void assert_shows_address(struct terminal *terminal, int cols)
{
    char bar[400] = "";
    for (int i = 0; i < cols - 1; i++) {
        snprintf(bar + strlen(bar), sizeof(bar) - strlen(bar), "⣿");
    }
    int row = terminal_wait(terminal, bar);
    assert_int_equal(terminal_find(terminal, "── Adres na skanie: skan-1.pdf"), row - 1);
    while (full_cells(terminal, row) == 0 || full_cells(terminal, row) > (size_t)cols / 2) {
        row++;
    }
    assert_in_range(full_cells(terminal, row), cols / 3 - 2, cols / 3 + 2);
}

/* What is typed before, beside and after the picture is what is sent, and the file goes once. */
static void test_the_address_in_a_form(void **state)
{
    (void)state;
    add_scan("skan-1.pdf", ADDRESS LETTER);
    struct terminal *terminal = open_request(24, 80);
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_TAB "Proszę ");
    terminal_type(terminal, KEYS_F(3));
    assert_shows_address(terminal, 80);
    assert_true(terminal_find(terminal, "017 Łódź Meble") == 2);
    assert_true(terminal_find(terminal, "[Proszę ") > 0);
    terminal_type(terminal, "o żółty podpis");
    terminal_resize(terminal, 40, 120);
    assert_shows_address(terminal, 83);
    assert_true(terminal_find(terminal, "[3,00 ") < 0 && terminal_find(terminal, "[5,00 ") > 0);
    terminal_resize(terminal, 20, 60);
    terminal_wait(terminal, LONG_BAR);
    terminal_type(terminal, KEYS_F(12));
    assert_int_equal(terminal_find(terminal, "Adres na skanie"), -1);
    assert_true(terminal_find(terminal, "[Proszę o żółty podpis") > 0);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "Proszę o żółty podpis"));
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"name\":\"skan-1.pdf\""));
    terminal_close(terminal);
}

/* Without Braille the same lines are coarse signs, one dot in a column and two in a row. */
static void test_ascii(void **state)
{
    (void)state;
    add_scan("skan-1.pdf", ADDRESS LETTER);
    register_letter();
    office_call(office, "scan_request_create", "{\"item_id\":1}");
    struct terminal *terminal = office_terminal_ascii(office);
    terminal_wait(terminal, "[+] [-]");
    terminal_send(terminal, KEYS_F(5));
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "::::::::::::::::::::::::::::::::::::::::");
    terminal_wait(terminal, "-- Adres na skanie: skan-1.pdf --");
    assert_false(terminal_sent(terminal, "⣿"));
    terminal_close(terminal);
}

/* F3 goes on: the next file, then the whole page; F12 comes back step by step. */
static void test_several_files_and_the_page(void **state)
{
    (void)state;
    char keys[300];
    const char *second = add_scan("skan-2.pdf", OTHER LETTER);
    snprintf(keys, sizeof(keys), "%s\r", second);
    add_scan("skan-1.pdf", ADDRESS LETTER);
    struct terminal *terminal = open_request(24, 80);
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, keys);
    terminal_wait(terminal, "+ skan-2.pdf");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Adres na skanie: skan-1.pdf 1/2");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Adres na skanie: skan-2.pdf 2/2");
    terminal_wait(terminal, LONG_BAR);
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Poczta > Skan do wysłania");
    terminal_wait(terminal, LONG_BAR);
    terminal_type(terminal, "+");
    terminal_type(terminal, KEYS_END KEYS_PAGE_DOWN);
    terminal_wait(terminal, "To była ostatnia strona.");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "Adres na skanie: skan-2.pdf 2/2");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"name\":\"skan-2.pdf\""));
    terminal_close(terminal);
}

/* What was looked at and not sent does not use up the places for files. */
static void test_looking_at_many(void **state)
{
    (void)state;
    enum { MORE_THAN_MAY_WAIT = 18 };
    char content[300];
    struct terminal *terminal = NULL;
    add_scan("skan-1.pdf", ADDRESS LETTER);
    terminal = open_request(24, 80);
    for (int i = 0; i < MORE_THAN_MAY_WAIT; i++) {
        terminal_wait(terminal, "[5,00 ");
        terminal_type(terminal, KEYS_F(3));
        terminal_wait(terminal, LONG_BAR);
        terminal_type(terminal, KEYS_F(12));
        terminal_type(terminal, KEYS_F(12));
        snprintf(content, sizeof(content), ADDRESS "%d 20 30 30 re f " LETTER, 60 + i);
        add_scan("skan-1.pdf", content);
        terminal_type(terminal, KEYS_F(5));
    }
    terminal_close(terminal);
}

/* A file that cannot be drawn says so and goes all the same; without a file there is nothing. */
static void test_no_picture(void **state)
{
    (void)state;
    struct terminal *terminal = open_request(24, 80);
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Pliku nie da się pokazać");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, "\177");
    terminal_wait_gone(terminal, "+ skan-0412.pdf");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Najpierw wybierz plik");
    terminal_type(terminal, "0412\r");
    terminal_wait(terminal, "+ skan-0412.pdf");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Pliku nie da się pokazać");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    terminal_close(terminal);
}

/* The daemon's clock jumps to so many seconds ahead. */
static void set_clock(const char *path, int ahead)
{
    char unready[200];
    snprintf(unready, sizeof(unready), "%s~", path);
    FILE *file = fopen(unready, "w");
    assert_non_null(file);
    fprintf(file, "%d\n", ahead);
    fclose(file);
    assert_int_equal(rename(unready, path), 0);
}

/* The server keeps a file for an hour: who looks at it longer loses nothing. */
static void test_a_file_that_waited_too_long(void **state)
{
    (void)state;
    char clock[] = "/tmp/skrytka-clock.XXXXXX";
    close(mkstemp(clock));
    set_clock(clock, 0);
    setenv("SKRYTKA_TEST_CLOCK", clock, 1);
    office_stop_daemon(office);
    office_start_daemon(office);
    add_scan("skan-1.pdf", ADDRESS LETTER);
    struct terminal *terminal = open_request(24, 80);
    terminal_wait(terminal, "[5,00 ");
    terminal_type(terminal, KEYS_TAB "Uwaga");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, LONG_BAR);
    set_clock(clock, 4000);
    terminal_resize(terminal, 30, 100); /* asks for another picture */
    assert_shows_address(terminal, 100);
    set_clock(clock, 8000);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Skan jest w drodze do klienta.");
    assert_true(office_answers("scan_request_get", "{\"id\":1}", "Uwaga"));
    terminal_close(terminal);
    unsetenv("SKRYTKA_TEST_CLOCK");
    remove(clock);
}

/* Registering a letter with its scan. */
static void test_a_new_letter(void **state)
{
    (void)state;
    add_scan("skan-1.pdf", ADDRESS LETTER);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017ZUS" KEYS_TAB);
    terminal_wait(terminal, "[017 Łódź Meble");
    for (int i = 0; i < 12 && terminal_find(terminal, ">skan-1.pdf") < 0; i++) {
        terminal_type(terminal, KEYS_TAB);
        terminal_type(terminal, KEYS_F(4));
    }
    terminal_wait(terminal, ">skan-1.pdf");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "+ skan-1.pdf");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, LONG_BAR);
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_int_equal(terminal_find(terminal, "Adres na skanie"), -1);
    assert_true(office_answers("mail_get", "{\"id\":1}", "\"name\":\"skan-1.pdf\""));
    terminal_close(terminal);
}

/* The stored scan, from the list and from the card, and back. */
static void test_a_stored_scan(void **state)
{
    (void)state;
    const char *path = add_scan("skan-1.pdf", ADDRESS LETTER);
    register_letter();
    office_attach(office, "1", path);
    struct terminal *terminal = office_terminal(office, 24, 80);
    office_show(terminal, "p", "Poczta > Przychodząca");
    terminal_wait(terminal, "ZUS");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Poczta > Przesyłka > Skan");
    terminal_wait(terminal, "017 Łódź Meble · skan-1.pdf 1/1 · strona 1");
    terminal_wait(terminal, "⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "Szukaj:");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "skan-1.pdf, ");
    terminal_type(terminal, KEYS_F(3));
    terminal_wait(terminal, "skan-1.pdf 1/1 · strona 1");
    terminal_type(terminal, KEYS_F(12));
    terminal_wait(terminal, "Historia");
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_the_address_in_a_form),
        OFFICE_TEST(test_several_files_and_the_page),
        OFFICE_TEST(test_ascii),
        OFFICE_TEST(test_looking_at_many),
        OFFICE_TEST(test_no_picture),
        OFFICE_TEST(test_a_file_that_waited_too_long),
        OFFICE_TEST(test_a_new_letter),
        OFFICE_TEST(test_a_stored_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
