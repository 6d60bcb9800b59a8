/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The widget layer in a real terminal, without the application: this program starts itself with
 * "demo" in a pseudo-terminal, where it shows a list above a form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/i18n.h"
#include "tests/tui/harness.h"
#include "tui/ui/form.h"
#include "tui/ui/listview.h"
#include "tui/ui/term.h"

static const struct form_field fields[] = {
    { .name = "name", .label = "Nazwa", .kind = INPUT_TEXT, .limit = 40, .width = 30 },
    { .name = "note", .label = "Uwagi", .kind = INPUT_NOTE, .limit = 200 },
};

static const struct listview_column columns[] = {
    { .title = "", .min = 6, .right = true },
    { .title = "", .min = 20, .flex = 1 },
};

static volatile sig_atomic_t resized;

static void on_winch(int signal)
{
    (void)signal;
    resized = 1;
}

static bool demo_row(void *owner, long index, struct listview_row *row)
{
    (void)owner;
    snprintf(row->cell[0], LISTVIEW_CELL, "%ld", index);
    snprintf(row->cell[1], LISTVIEW_CELL, "Żółw Sp. z o.o. %ld", index * 7919 % 1000);
    return true;
}

static void demo_paint(struct listview *list, struct form *form)
{
    draw_begin();
    struct area screen = draw_screen();
    int rows = screen.rows / 2;
    listview_draw(list, (struct area){ 0, 0, rows, screen.cols }, columns, 2, demo_row, NULL, 1);
    form_draw(form, (struct area){ rows, 0, screen.rows - rows, screen.cols }, 2);
    draw_end();
    term_sync();
}

static int demo(void)
{
    i18n_init();
    signal(SIGWINCH, on_winch);
    if (term_open(&(struct term_options){ 0 }) != TERM_OK) {
        return 3;
    }
    struct listview list = { .count = 1000000 };
    struct form *form = form_new(fields, 2, NULL, NULL, false);
    bool quit = false;
    form_clear(form);
    /* Outside ppoll() the signal waits, so none is lost between the look at `resized` and it. */
    sigset_t winch, usual;
    sigemptyset(&winch);
    sigaddset(&winch, SIGWINCH);
    sigprocmask(SIG_BLOCK, &winch, &usual);
    while (!quit && term_alive()) {
        struct ui_key key;
        demo_paint(&list, form);
        struct pollfd input = { .fd = term_input_fd(), .events = POLLIN };
        const struct timespec escape = { .tv_nsec = UI_ESCAPE_MS * 1000000L };
        int ready = ppoll(&input, 1, term_escape_pending() ? &escape : NULL, &usual);
        if (resized) {
            resized = 0;
            term_resize();
        }
        while (term_key(ready == 0, &key)) {
            quit = quit || (key.kind == UI_SPECIAL && key.id == UI_KEY_F10);
            if (key.kind == UI_SPECIAL && key.id == UI_KEY_F5) {
                abort();
            }
            if (key.kind != UI_SPECIAL || !listview_key(&list, &key)) {
                form_key(form, &key);
            }
        }
    }
    term_close();
    form_free(form);
    return 0;
}

static const char *self;

static struct terminal *start(const char *term)
{
    const char *const argv[] = { self, "demo", NULL };
    const char *const environment[] = { term, NULL };
    return terminal_start(argv, environment, 24, 80);
}

static void test_typing_and_leaving(void **state)
{
    (void)state;
    struct terminal *terminal = start("TERM=xterm-256color");
    terminal_type(terminal, "Łódź zażółć");
    assert_int_equal(terminal_find(terminal, "[Łódź zażółć"), 12);
    int row, col;
    terminal_cursor(terminal, &row, &col);
    assert_int_equal(row, 12);
    assert_true(terminal_sent(terminal, "\033[?2004h"));
    terminal_type(terminal, "\033[200~druga\nlinia\033[201~");
    assert_int_equal(terminal_find(terminal, "[linia"), 13);
    terminal_send(terminal, KEYS_F(10));
    assert_int_equal(terminal_finish(terminal), 0);
    assert_true(terminal_sent(terminal, "\033[?2004l"));
    terminal_close(terminal);
}

static void test_bytes_on_the_line(void **state)
{
    (void)state;
    struct terminal *terminal = start("TERM=xterm-256color");
    terminal_bytes(terminal);
    terminal_type(terminal, KEYS_DOWN);
    assert_in_range(terminal_bytes(terminal), 1, 250);
    terminal_type(terminal, "a");
    terminal_bytes(terminal);
    terminal_type(terminal, "ż");
    assert_in_range(terminal_bytes(terminal), 1, 20);
    terminal_close(terminal);
}

static void test_every_size_keeps_the_text(void **state)
{
    (void)state;
    struct terminal *terminal = start("TERM=xterm-256color");
    terminal_type(terminal, "Żółw Sp. z o.o. Łódź");
    for (int cols = 20; cols <= 200; cols += 20) {
        terminal_resize(terminal, 5 + cols % 57, cols);
    }
    terminal_resize(terminal, 24, 80);
    assert_int_equal(terminal_find(terminal, "[Żółw Sp. z o.o. Łódź"), 12);
    terminal_close(terminal);
}

static void test_kinds_of_terminals(void **state)
{
    (void)state;
    static const char *const kinds[] = { "TERM=tmux-256color", "TERM=screen", "TERM=linux",
                                         "TERM=vt100",         "TERM=putty",  "TERM=unheard-of" };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct terminal *terminal = start(kinds[i]);
        terminal_type(terminal, "Łódź");
        assert_int_equal(terminal_find(terminal, "[Łódź"), 12);
        terminal_close(terminal);
    }
    const char *const argv[] = { self, "demo", NULL };
    const char *const environment[] = { "TERM=dumb", NULL };
    struct terminal *dumb = terminal_launch(argv, environment, 24, 80);
    assert_int_equal(terminal_finish(dumb), 3);
    terminal_close(dumb);
}

static void test_a_crash_gives_the_terminal_back(void **state)
{
    (void)state;
    struct terminal *terminal = start("TERM=xterm-256color");
    terminal_send(terminal, KEYS_F(5));
    assert_int_equal(terminal_finish(terminal), 128 + SIGABRT);
    assert_true(terminal_sent(terminal, "\033[?2004l"));
    assert_true(terminal_sent(terminal, "\033[?1049l"));
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "demo") == 0) {
        return demo();
    }
    self = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_leaving),
        cmocka_unit_test(test_bytes_on_the_line),
        cmocka_unit_test(test_every_size_keeps_the_text),
        cmocka_unit_test(test_kinds_of_terminals),
        cmocka_unit_test(test_a_crash_gives_the_terminal_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
