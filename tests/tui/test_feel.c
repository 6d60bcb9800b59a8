/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whatever comes between, what a person types stays what she typed: windows of any size, alerts,
 * pastes, a line that drops. The runs by chance repeat themselves from a seed (SKRYTKA_SEED).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/base/buf.h"
#include "tests/tui/office_fixture.h"

enum { STEPS = 500, TEXT = 600 };

static unsigned seed;

static size_t pick(size_t count)
{
    return (size_t)rand_r(&seed) % count;
}

/* ---- a text being edited, and the same in a model ---- */

static const char *const letters[] = { "a", "b", "Z", "7", "ł", "Ż", "ó", "ś", " ", "-", "+", "=" };

/* Which letters, and where the cursor is; the first and the last letter are never touched. */
struct model {
    size_t at[TEXT], length, cursor;
};

static void type_one(struct terminal *terminal, struct model *model)
{
    size_t letter = pick(sizeof(letters) / sizeof(letters[0]));
    memmove(model->at + model->cursor + 1, model->at + model->cursor,
            (model->length - model->cursor) * sizeof(model->at[0]));
    model->at[model->cursor++] = letter;
    model->length++;
    terminal_send(terminal, letters[letter]);
}

static void edit(struct terminal *terminal, struct model *model)
{
    size_t act = pick(10);
    if (act == 0 && model->cursor > 1) {
        memmove(model->at + model->cursor - 1, model->at + model->cursor,
                (model->length - model->cursor) * sizeof(model->at[0]));
        model->cursor--;
        model->length--;
        terminal_send(terminal, "\177");
    } else if (act == 1 && model->cursor > 1) {
        model->cursor--;
        terminal_send(terminal, KEYS_LEFT);
    } else if (act == 2 && model->cursor < model->length) {
        model->cursor++;
        terminal_send(terminal, KEYS_RIGHT);
    } else if (model->length + 2 < TEXT) {
        type_one(terminal, model);
    }
}

/* A request of letter 1 comes, or the one that is open goes. */
static void alert(int *open, int *requests)
{
    char json[60];
    if (*open == 0) {
        office_ask_for_scan(1);
        *open = ++*requests;
    } else {
        snprintf(json, sizeof(json), "{\"id\":%d}", *open);
        office_call(office, "scan_request_cancel", json);
        *open = 0;
    }
}

static void compare(struct terminal *terminal, struct model *model)
{
    struct buf expected = BUF_INIT;
    buf_text(&expected, "\"note\":\"");
    for (size_t i = 0; i < model->length; i++) {
        buf_text(&expected, letters[model->at[i]]);
    }
    buf_text(&expected, "\"");
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Wpisano teraz: 1.");
    if (!office_answers("mail_get", "{\"id\":2}", buf_str(&expected))) {
        fail_msg("typed %s, but saved %s", buf_str(&expected),
                 office_call(office, "mail_get", "{\"id\":2}"));
    }
    buf_release(&expected);
}

/* Resize, alert, typing in any order: what is saved is what was typed. */
static void test_typing_is_left_alone(void **state)
{
    (void)state;
    const char *given = getenv("SKRYTKA_SEED");
    unsigned first = given != NULL ? (unsigned)strtoul(given, NULL, 10) : 2020;
    struct model model = { .length = 1, .cursor = 1 };
    int open = 0, requests = 0;
    seed = first;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, "Gazownia");
    for (int i = 0; i < 5; i++) {
        terminal_type(terminal, KEYS_TAB);
    }
    terminal_send(terminal, letters[0]);
    for (int i = 0; i < STEPS; i++) {
        size_t act = pick(20);
        if (act == 0) {
            terminal_resize(terminal, 5 + (int)pick(56), 20 + (int)pick(181));
        } else if (act == 1) {
            alert(&open, &requests);
        } else {
            edit(terminal, &model);
        }
    }
    terminal_resize(terminal, 24, 80);
    for (; model.cursor < model.length; model.cursor++) {
        terminal_send(terminal, KEYS_RIGHT);
    }
    model.at[model.length++] = 0;
    terminal_send(terminal, letters[0]);
    print_message("seed %u: %zu letters, %d requests\n", first, model.length, requests);
    compare(terminal, &model);
    terminal_close(terminal);
}

/* ---- sizes ---- */

/* Each screen and each form that it opens, in windows from 5x20 to 60x200. */
static void test_every_screen_in_any_size(void **state)
{
    (void)state;
    static const char *const screens[] = { "s", "p", "w", "k", "a", "r", "u", "m", "y", "o", "d" };
    static const int rows[] = { 5, 7, 8, 9, 12, 17, 18, 24, 60 };
    static const int cols[] = { 20, 39, 40, 41, 60, 77, 78, 109, 110, 200 };
    office_letter("Urząd Skarbowy Łódź-Górna");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
        terminal_type(terminal, KEYS_F(9));
        terminal_type(terminal, screens[i]);
        for (int form = 0; form < 2; form++) {
            for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
                for (size_t c = 0; c < sizeof(cols) / sizeof(cols[0]); c++) {
                    terminal_resize(terminal, rows[r], cols[c]);
                }
            }
            terminal_resize(terminal, 24, 80);
            terminal_type(terminal, form == 0 ? KEYS_F(6) : KEYS_F(12));
        }
    }
    terminal_type(terminal, KEYS_F(9));
    terminal_wait(terminal, "Klienci");
    terminal_close(terminal);
}

static void test_a_window_too_small_says_so(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_resize(terminal, 5, 78);
    assert_true(terminal_find(terminal, "Potrzeba: 40x8. Okno za małe: 78x5") == 0);
    terminal_resize(terminal, 5, 20);
    assert_true(terminal_find(terminal, "Potrzeba: 40x8.") == 0);
    assert_true(terminal_find(terminal, "20x5") > 0);
    terminal_resize(terminal, 20, 60);
    assert_int_equal(terminal_find(terminal, "Okno za małe"), -1);
    terminal_close(terminal);
}

/* ---- pastes ---- */

static void paste(struct terminal *terminal, const char *piece, size_t bytes)
{
    terminal_send(terminal, "\033[200~");
    for (size_t sent = 0; sent < bytes; sent += strlen(piece)) {
        terminal_send(terminal, piece);
    }
    terminal_type(terminal, "\033[201~");
}

/* 10,000 characters with line ends: over a list, in a form, in the menu and in "go to". */
static void test_a_paste_changes_no_record(void **state)
{
    (void)state;
    enum { BYTES = 10000 };
    char before[4000];
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "[+] [-]");
    snprintf(before, sizeof(before), "%s", office_call(office, "event_list", "{}"));
    paste(terminal, "-\r+\n017\nurz\r\n", BYTES);
    terminal_wait(terminal, "Nic nie znaleziono.");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    paste(terminal, "017\rOrange\r\nlist\n", BYTES);
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, "\r");
    terminal_wait(terminal, "Szukaj:");
    terminal_type(terminal, KEYS_F(5));
    terminal_wait(terminal, "skan-0412.pdf");
    paste(terminal, "5,00\r\n\n", BYTES);
    assert_string_equal(office_call(office, "event_list", "{}"), before);
    terminal_close(terminal);
}

/* ---- the line ---- */

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The line is gone for a while: that is said, keys answer, and it is back at once, up to date. */
static void test_the_line_drops_and_comes_back(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Orange");
    office_stop_daemon(office);
    terminal_wait(terminal, "Brak połączenia, ponawiam za 1 s");
    terminal_type(terminal, KEYS_F(9));
    assert_true(terminal_find(terminal, "Klienci") > 0);
    terminal_type(terminal, KEYS_F(12));
    assert_true(terminal_find(terminal, "Orange") > 0);
    office_start_daemon(office);
    double back = seconds();
    office_ask_for_scan(1);
    terminal_wait(terminal, "Połączono");
    /* one second between tries, and as much again for a machine that is busy */
    assert_true(seconds() - back < 2);
    terminal_wait(terminal, "1 nowa");
    terminal_close(terminal);
}

/* ---- drafts ---- */

static struct terminal *begin_letter(const char *sender)
{
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_send(terminal, "017");
    terminal_wait(terminal, "[017 Łódź Meble");
    terminal_type(terminal, sender);
    return terminal;
}

/* Killed while the person paused: all that was typed is there again. */
static void test_a_draft_survives_a_kill(void **state)
{
    (void)state;
    struct terminal *terminal = begin_letter("Gazownia");
    office_wait_for_state(office, "skrytka/incoming.draft", "Gazownia");
    kill(terminal_pid(terminal), SIGKILL);
    terminal_finish(terminal);
    terminal_close(terminal);
    terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "[Gazownia ");
    assert_true(terminal_find(terminal, "[017 Łódź Meble") > 0);
    terminal_close(terminal);
}

/* The same in the form of a record that exists, beside what the server has. */
static void test_a_draft_of_a_change_survives_a_kill(void **state)
{
    (void)state;
    office_letter("Orange");
    for (int life = 0; life < 2; life++) {
        struct terminal *terminal = office_terminal(office, 24, 80);
        terminal_wait(terminal, "Orange");
        terminal_type(terminal, KEYS_ENTER);
        terminal_wait(terminal, "Poczta > Przesyłka");
        terminal_wait(terminal, "Orange");
        terminal_type(terminal, KEYS_ENTER);
        terminal_wait(terminal, "[Orange ");
        if (life == 0) {
            for (int i = 0; i < 4; i++) {
                terminal_type(terminal, KEYS_TAB);
            }
            terminal_type(terminal, "C7");
            office_wait_for_state(office, "skrytka/letter_1.draft", "C7");
            kill(terminal_pid(terminal), SIGKILL);
            terminal_finish(terminal);
        } else {
            assert_true(terminal_find(terminal, "[C7 ") > 0);
            terminal_type(terminal, KEYS_F(2));
            terminal_wait(terminal, "Przesyłka zmieniona.");
            assert_true(office_answers("mail_get", "{\"id\":1}", "\"shelf\":\"C7\""));
        }
        terminal_close(terminal);
    }
}

/* What one terminal of a person is writing is no draft for another one. */
static void test_each_terminal_has_its_own_draft(void **state)
{
    (void)state;
    struct terminal *first = begin_letter("Gazownia");
    office_wait_for_state(office, "skrytka/incoming.draft", "Gazownia");
    struct terminal *second = begin_letter("Tauron");
    assert_int_equal(terminal_find(second, "Szkic sprzed przerwania"), -1);
    assert_int_equal(terminal_find(second, "Gazownia"), -1);
    office_wait_for_state(office, "skrytka/incoming-2.draft", "Tauron");
    terminal_type(first, KEYS_F(2));
    terminal_wait(first, "Wpisano teraz: 1.");
    terminal_close(first);
    terminal_close(second); /* the line hangs up */
    first = office_terminal(office, 24, 80);
    terminal_type(first, KEYS_F(6));
    terminal_wait(first, "[Tauron ");
    terminal_close(first);
}

/* ---- terminals ---- */

static void test_esc_digits_and_ctrl_stand_for_the_keys(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, "\033"
                            "6");
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_type(terminal, "\002"); /* Ctrl-B: F12 */
    terminal_wait(terminal, "Szukaj:");
    terminal_type(terminal, "\016"); /* Ctrl-N: F6 */
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_type(terminal, "\033\033");
    terminal_wait(terminal, "Szukaj:");
    terminal_type(terminal, "\007"); /* Ctrl-G: F1 */
    terminal_wait(terminal, "Pomoc");
    terminal_type(terminal, "\002");
    terminal_type(terminal, "\020"); /* Ctrl-P: F9 */
    terminal_wait(terminal, "Klienci");
    terminal_type(terminal, "\002");
    terminal_type(terminal, "\006"); /* Ctrl-F: F4 */
    terminal_wait(terminal, "Filtr");
    terminal_type(terminal, "\002");
    terminal_send(terminal, "\021"); /* Ctrl-Q: F10 */
    assert_int_equal(terminal_finish(terminal), 0);
    terminal_close(terminal);
}

/* What cannot be done says why; what is no key of this place does nothing. */
static void test_a_key_that_cannot_says_why(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, KEYS_F(5));
    terminal_wait(terminal, "Nie ma nowych próśb o skan.");
    terminal_type(terminal, "\032");
    terminal_wait(terminal, "Nie ma czego cofnąć.");
    terminal_type(terminal, KEYS_F(11));
    terminal_wait(terminal, "F11: tutaj nie działa; F1 pokazuje klawisze");
    terminal_close(terminal);
}

static const char *key_bar(struct terminal *terminal)
{
    return terminal_row(terminal, 23);
}

/* The key bar has what works now: under a list or a question its keys, in a search no signs. */
static void test_the_key_bar_is_true(void **state)
{
    (void)state;
    office_letter("Orange");
    office_ask_for_scan(1);
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "+ Zrealizuj - Anuluj");
    terminal_type(terminal, KEYS_F(9));
    assert_string_equal(key_bar(terminal), "Enter wybierz   F12 wstecz");
    terminal_type(terminal, KEYS_F(5));
    assert_true(terminal_find(terminal, "F5: nie teraz; najpierw F12") == 22);
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_F(3));
    assert_true(terminal_find(terminal, "Nie ma jeszcze jej skanu.") == 22);
    terminal_type(terminal, KEYS_F(7));
    assert_true(terminal_find(terminal, "Przesyłki wydaje się w Poczta > Przychodząca.") == 22);
    terminal_type(terminal, "o");
    assert_null(strstr(key_bar(terminal), "Zrealizuj"));
    terminal_type(terminal, "\177");
    assert_non_null(strstr(key_bar(terminal), "+ Zrealizuj"));
    terminal_type(terminal, KEYS_F(5));
    terminal_wait(terminal, "F2 Zapisz");
    office_call(office, "scan_request_cancel", "{\"id\":1}");
    terminal_wait(terminal, "anulowano");
    assert_null(strstr(key_bar(terminal), "F2 Zapisz"));
    terminal_type(terminal, KEYS_F(2));
    terminal_wait(terminal, "Prośba nie jest już nowa.");
    terminal_close(terminal);
}

/* Ctrl-K finds letters by number and by sender too, and says when it finds nothing. */
static void test_going_to_a_letter(void **state)
{
    (void)state;
    office_letter("Orange");
    office_letter("Gazownia");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "1-2 z 2");
    terminal_type(terminal, "\013");
    terminal_type(terminal, "gazow");
    terminal_wait(terminal, ">2 ");
    terminal_type(terminal, "x");
    terminal_wait(terminal, "Nic nie znaleziono.");
    terminal_type(terminal, "\0252");
    terminal_wait(terminal, ">2 ");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "Gazownia");
    terminal_close(terminal);
}

/* What is cut and what is no sign at all are told in ASCII too. */
static void test_ascii_has_no_other_signs_of_ours(void **state)
{
    (void)state;
    office_letter("Samorzadowe Kolegium Odwolawcze w sprawach wszelkich");
    office_letter("Z\u200etym");
    struct terminal *terminal = office_terminal_ascii(office);
    terminal_wait(terminal, "Samorzadowe Koleg");
    assert_non_null(strchr(terminal_row(terminal, terminal_find(terminal, "Samorzadowe")), '~'));
    assert_false(terminal_sent(terminal, "\u2026"));
    assert_false(terminal_sent(terminal, "\ufffd"));
    terminal_close(terminal);
}

/* A letter without a scan has no F3, neither in the bar nor as a key. */
static void test_a_letter_without_a_scan_shows_none(void **state)
{
    (void)state;
    office_letter("Orange");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_wait(terminal, "Orange");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "Poczta > Przesyłka");
    terminal_wait(terminal, "> Przesyłka nr ");
    terminal_type(terminal, KEYS_ENTER);
    terminal_wait(terminal, "[Orange ");
    assert_non_null(strstr(key_bar(terminal), "F2 Zapisz"));
    assert_null(strstr(key_bar(terminal), "F3 Skan"));
    terminal_close(terminal);
}

/* What is wrong is told when its field is left, in full even where there is little room. */
static void test_an_error_stands_by_its_field(void **state)
{
    (void)state;
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_type(terminal, "nie ma takiego");
    terminal_type(terminal, KEYS_TAB);
    int row = terminal_wait(terminal, "wybierz z listy (F4)");
    assert_int_equal(terminal_find(terminal, "[nie ma takiego "), row - 1);
    terminal_close(terminal);
}

/* A letter saved a moment ago is taken back from the form that is open for the next one. */
static void test_a_letter_is_taken_back_from_the_form(void **state)
{
    (void)state;
    office_letter("Urząd Skarbowy");
    struct terminal *terminal = office_terminal(office, 24, 80);
    terminal_type(terminal, KEYS_F(6));
    terminal_wait(terminal, "Nowa przesyłka");
    terminal_send(terminal, "017urz\r\033OQ");
    terminal_wait(terminal, "Wpisano teraz: 1.");
    assert_true(office_answers("mail_list", "{}", "\"id\":2"));
    terminal_wait(terminal, "Ctrl-Z Cofnij");
    terminal_type(terminal, "1");
    assert_int_equal(terminal_find(terminal, "Ctrl-Z Cofnij"), -1);
    terminal_type(terminal, "\032"); /* takes back the typing alone */
    terminal_wait_gone(terminal, "[1 ");
    assert_true(office_answers("mail_list", "{}", "\"id\":2"));
    terminal_type(terminal, "\032"); /* nothing is typed any more: the letter */
    terminal_wait(terminal, "Cofnięto: ");
    assert_false(office_answers("mail_list", "{}", "\"id\":2"));
    terminal_wait(terminal, "Wpisano teraz: 0."); /* so it is told above the form no more */
    assert_int_equal(terminal_find(terminal, "Ostatnia"), -1);
    terminal_type(terminal, KEYS_F(12)); /* nor is anything thrown away */
    terminal_wait(terminal, "Szukaj:");
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(test_typing_is_left_alone),
        OFFICE_TEST(test_every_screen_in_any_size),
        OFFICE_TEST(test_a_window_too_small_says_so),
        OFFICE_TEST(test_a_paste_changes_no_record),
        OFFICE_TEST(test_the_line_drops_and_comes_back),
        OFFICE_TEST(test_a_draft_survives_a_kill),
        OFFICE_TEST(test_a_draft_of_a_change_survives_a_kill),
        OFFICE_TEST(test_each_terminal_has_its_own_draft),
        OFFICE_TEST(test_esc_digits_and_ctrl_stand_for_the_keys),
        OFFICE_TEST(test_a_key_that_cannot_says_why),
        OFFICE_TEST(test_the_key_bar_is_true),
        OFFICE_TEST(test_going_to_a_letter),
        OFFICE_TEST(test_ascii_has_no_other_signs_of_ours),
        OFFICE_TEST(test_a_letter_without_a_scan_shows_none),
        OFFICE_TEST(test_an_error_stands_by_its_field),
        OFFICE_TEST(test_a_letter_is_taken_back_from_the_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
