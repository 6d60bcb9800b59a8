/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/keyboard.h"
#include "tui/ui/editor.h"

static void type(struct editor *editor, const char *text)
{
    KEYBOARD_EACH(text, key, editor_key(editor, &key, 10));
}

static enum editor_result press(struct editor *editor, enum ui_key_id id)
{
    struct ui_key key = key_special(id);
    return editor_key(editor, &key, 10);
}

static void test_typing_and_erasing(void **state)
{
    struct editor *line = editor_new(100, false);
    type(line, "Żółw Sp.");
    assert_string_equal(editor_text(line), "Żółw Sp.");
    press(line, UI_KEY_HOME);
    press(line, UI_KEY_DELETE);
    type(line, "ż");
    assert_string_equal(editor_text(line), "żółw Sp.");
    press(line, UI_KEY_END);
    press(line, UI_KEY_BACKSPACE);
    press(line, UI_KEY_ERASE_WORD);
    assert_string_equal(editor_text(line), "żółw ");
    assert_int_equal(press(line, UI_KEY_ENTER), EDITOR_IGNORED);
    assert_int_equal(press(line, UI_KEY_UP), EDITOR_IGNORED);
    editor_free(line);
}

static void test_accents_typed_apart_become_letters(void **state)
{
    struct editor *line = editor_new(100, false);
    type(line, "Zo\xCC\x81l"); /* o, U+0301 */
    assert_string_equal(editor_text(line), "Zól");
    press(line, UI_KEY_BACKSPACE);
    press(line, UI_KEY_BACKSPACE);
    assert_string_equal(editor_text(line), "Z");
    editor_free(line);
}

static void test_limit_is_bytes_and_refuses(void **state)
{
    struct editor *line = editor_new(5, false);
    struct ui_key wide = key_letter(0x141);
    type(line, "abcd");
    assert_int_equal(editor_key(line, &wide, 10), EDITOR_FULL);
    assert_string_equal(editor_text(line), "abcd");
    editor_free(line);
}

static void test_control_characters_stay_out(void **state)
{
    struct editor *line = editor_new(100, false);
    editor_set(line, "a\033[2Jb\nc\x7f\xC2\x9b"
                     "d");
    assert_string_equal(editor_text(line), "a[2Jbcd");
    editor_free(line);
}

static void test_words(void **state)
{
    struct editor *line = editor_new(100, false);
    type(line, "one two three");
    struct ui_key left = key_special(UI_KEY_LEFT), right = key_special(UI_KEY_RIGHT);
    left.ctrl = right.ctrl = true;
    editor_key(line, &left, 10);
    editor_key(line, &left, 10);
    type(line, "X");
    editor_key(line, &right, 10);
    type(line, "Y");
    assert_string_equal(editor_text(line), "one Xtwo Ythree");
    editor_free(line);
}

static void test_undo_goes_by_stretches(void **state)
{
    struct editor *line = editor_new(100, false);
    type(line, "abc");
    press(line, UI_KEY_BACKSPACE);
    press(line, UI_KEY_BACKSPACE);
    type(line, "xy");
    struct ui_key paste = { .kind = UI_PASTE_BEGIN };
    editor_key(line, &paste, 10);
    for (int i = 0; i < 5; i++) {
        struct ui_key key = key_letter('p');
        key.pasted = true;
        editor_key(line, &key, 10);
    }
    assert_string_equal(editor_text(line), "axyppppp");
    press(line, UI_KEY_UNDO);
    assert_string_equal(editor_text(line), "axy");
    press(line, UI_KEY_UNDO);
    assert_string_equal(editor_text(line), "a");
    press(line, UI_KEY_UNDO);
    assert_string_equal(editor_text(line), "abc");
    press(line, UI_KEY_UNDO);
    assert_string_equal(editor_text(line), "");
    assert_int_equal(press(line, UI_KEY_UNDO), EDITOR_IGNORED);
    editor_free(line);
}

static void assert_row(struct editor *note, int row, const char *expected)
{
    char text[64];
    editor_row(note, 10, row, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void test_a_note_wraps_at_blanks(void **state)
{
    struct editor *note = editor_new(200, true);
    editor_set(note, "Kanał pisma\nabcdefghijklm\n");
    assert_int_equal(editor_rows(note, 10), 5);
    assert_row(note, 0, "Kanał ");
    assert_row(note, 1, "pisma");
    assert_row(note, 2, "abcdefghij");
    assert_row(note, 3, "klm");
    assert_row(note, 4, "");
    int row, col;
    editor_cursor(note, 10, &row, &col);
    assert_int_equal(row, 4);
    assert_int_equal(col, 0);
    press(note, UI_KEY_UP);
    press(note, UI_KEY_END);
    editor_cursor(note, 10, &row, &col);
    assert_int_equal(row, 3);
    assert_int_equal(col, 3);
    press(note, UI_KEY_UP);
    editor_cursor(note, 10, &row, &col);
    assert_int_equal(row, 2);
    assert_int_equal(col, 3);
    type(note, "-");
    assert_string_equal(editor_text(note), "Kanał pisma\nabc-defghijklm\n");
    editor_free(note);
}

static void test_a_long_line_scrolls_with_its_cursor(void **state)
{
    struct editor *line = editor_new(200, false);
    type(line, "0123456789abcdefghij");
    assert_row(line, 0, "bcdefghij");
    int row, col;
    editor_cursor(line, 10, &row, &col);
    assert_int_equal(col, 9);
    press(line, UI_KEY_HOME);
    assert_row(line, 0, "0123456789");
    editor_free(line);
}

/* Looking at the text at any width in between changes nothing: the model knows no window. */
static void test_any_width_leaves_the_text_alone(void **state)
{
    srand(7);
    struct editor *note = editor_new(400, true);
    struct editor *twin = editor_new(400, true);
    static const char letters[] = "ab \nĄżł";
    for (int i = 0; i < 3000; i++) {
        struct ui_key key = key_special((enum ui_key_id)(rand() % UI_KEY_MAX));
        bool moves_by_row = key.id == UI_KEY_UP || key.id == UI_KEY_DOWN || key.id == UI_KEY_HOME ||
                            key.id == UI_KEY_END;
        if (rand() % 3 > 0) {
            const char *at = letters + rand() % 5;
            key = key_letter(text_next(&at, letters + sizeof(letters) - 1));
        } else if (moves_by_row) {
            continue;
        }
        char text[1024];
        int width = 1 + rand() % 90, row, col;
        editor_row(note, width, rand() % (editor_rows(note, width) + 2), text, sizeof(text));
        editor_cursor(note, width, &row, &col);
        assert_in_range(row, 0, editor_rows(note, width) - 1);
        editor_key(note, &key, width);
        editor_key(twin, &key, 20);
        char expected[1024];
        snprintf(expected, sizeof(expected), "%s", editor_text(twin));
        assert_string_equal(editor_text(note), expected);
    }
    editor_free(note);
    editor_free(twin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_erasing),
        cmocka_unit_test(test_accents_typed_apart_become_letters),
        cmocka_unit_test(test_limit_is_bytes_and_refuses),
        cmocka_unit_test(test_control_characters_stay_out),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_undo_goes_by_stretches),
        cmocka_unit_test(test_a_note_wraps_at_blanks),
        cmocka_unit_test(test_a_long_line_scrolls_with_its_cursor),
        cmocka_unit_test(test_any_width_leaves_the_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
