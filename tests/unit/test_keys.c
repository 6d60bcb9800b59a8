/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/keyboard.h"

static struct keys *keys;

static int setup(void **state)
{
    keys = keys_new();
    return 0;
}

static int teardown(void **state)
{
    keys_free(keys);
    return 0;
}

static void feed(const char *bytes)
{
    keys_feed(keys, bytes, strlen(bytes));
}

static struct ui_key next(void)
{
    struct ui_key key = { 0 };
    assert_true(keys_next(keys, false, &key));
    return key;
}

static void expect_special(const char *bytes, enum ui_key_id id)
{
    feed(bytes);
    struct ui_key key = next();
    assert_int_equal(key.kind, UI_SPECIAL);
    assert_string_equal(keys_name(key.id), keys_name(id));
    assert_false(keys_pending(keys));
}

static void expect_letter(uint32_t code)
{
    struct ui_key key = next();
    assert_int_equal(key.kind, UI_TEXT);
    assert_int_equal(key.code, code);
}

static void test_function_keys_of_all_terminals(void **state)
{
    static const struct {
        const char *bytes;
        enum ui_key_id id;
    } table[] = {
        { "\033OP", UI_KEY_F1 },      { "\033[11~", UI_KEY_F1 },     { "\033[[A", UI_KEY_F1 },
        { "\0331", UI_KEY_F1 },       { "\a", UI_KEY_F1 },           { "\033[15~", UI_KEY_F5 },
        { "\033[[E", UI_KEY_F5 },     { "\0335", UI_KEY_F5 },        { "\022", UI_KEY_F5 },
        { "\0330", UI_KEY_F10 },      { "\033[24~", UI_KEY_F12 },    { "\033\033", UI_KEY_F12 },
        { "\002", UI_KEY_F12 },       { "\033[A", UI_KEY_UP },       { "\033OA", UI_KEY_UP },
        { "\033[H", UI_KEY_HOME },    { "\033[1~", UI_KEY_HOME },    { "\033[7~", UI_KEY_HOME },
        { "\033OF", UI_KEY_END },     { "\033[5~", UI_KEY_PAGE_UP }, { "\033[Z", UI_KEY_BACKTAB },
        { "\177", UI_KEY_BACKSPACE }, { "\010", UI_KEY_BACKSPACE },  { "\r", UI_KEY_ENTER },
        { "\n", UI_KEY_ENTER },       { "\033OM", UI_KEY_ENTER },    { "\032", UI_KEY_UNDO },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        expect_special(table[i].bytes, table[i].id);
    }
}

static void test_numeric_block_types_digits(void **state)
{
    feed("\033Oq\033Ox\033Ol");
    expect_letter('1');
    expect_letter('8');
    expect_letter(',');
}

static void test_modifiers(void **state)
{
    feed("\033[1;5C");
    struct ui_key key = next();
    assert_int_equal(key.id, UI_KEY_RIGHT);
    assert_true(key.ctrl);
    assert_false(key.shift);
    feed("\033p");
    key = next();
    assert_int_equal(key.code, 'p');
    assert_true(key.alt);
}

static void test_a_sequence_in_pieces(void **state)
{
    struct ui_key key;
    feed("\033[2");
    assert_false(keys_next(keys, false, &key));
    assert_true(keys_pending(keys));
    feed("1~");
    assert_int_equal(next().id, UI_KEY_F10);
    feed("\305");
    assert_false(keys_next(keys, false, &key));
    feed("\202");
    expect_letter(0x142); /* ł */
    assert_int_equal(keys_undecodable(keys), 0);
}

static void test_a_lone_escape_then_a_digit_by_hand(void **state)
{
    struct ui_key key;
    feed("\033");
    assert_false(keys_next(keys, false, &key));
    assert_true(keys_next(keys, true, &key));
    assert_int_equal(key.id, UI_KEY_ESC);
    expect_special("5", UI_KEY_F5);
    feed("\033");
    assert_true(keys_next(keys, true, &key));
    feed("\033");
    assert_true(keys_next(keys, true, &key));
    assert_int_equal(key.id, UI_KEY_F12);
    feed("\033");
    assert_true(keys_next(keys, true, &key));
    keys_forget_escape(keys);
    feed("5");
    expect_letter('5');
}

static void test_bytes_that_are_no_utf8_are_counted(void **state)
{
    struct ui_key key;
    feed("\263\363d\274"); /* Latin-2 */
    expect_letter('d');
    assert_false(keys_next(keys, false, &key));
    assert_int_equal(keys_undecodable(keys), 3);
}

static void test_a_paste_is_text_to_its_end(void **state)
{
    feed("\033[200~+\r\nx\033[Ay\tz\033[201~-");
    assert_int_equal(next().kind, UI_PASTE_BEGIN);
    static const char inside[] = "+\nx[Ay z";
    for (size_t i = 0; i < sizeof(inside) - 1; i++) {
        struct ui_key key = next();
        assert_int_equal(key.code, inside[i]);
        assert_true(key.pasted);
    }
    assert_int_equal(next().kind, UI_PASTE_END);
    struct ui_key after = next();
    assert_int_equal(after.code, '-');
    assert_false(after.pasted);
}

static void test_mouse(void **state)
{
    feed("\033[<0;12;5M\033[<0;12;5m\033[<64;1;1M\033[M !!");
    struct ui_key key = next();
    assert_int_equal(key.kind, UI_MOUSE);
    assert_int_equal(key.col, 11);
    assert_int_equal(key.row, 4);
    assert_int_equal(key.wheel, 0);
    key = next(); /* the release before it means nothing */
    assert_int_equal(key.wheel, -1);
    key = next();
    assert_int_equal(key.row, 0);
    assert_int_equal(key.wheel, 0);
}

static void test_terminfo_adds_only_what_is_unknown(void **state)
{
    keys_learn(keys, "\033Ot", UI_KEY_F5); /* vt100: that is the 4 of the numeric block */
    keys_learn(keys, "\033[224z", UI_KEY_F1);
    feed("\033Ot");
    expect_letter('4');
    expect_special("\033[224z", UI_KEY_F1);
}

/* Any bytes at all: it never hangs, never reads beyond, and uses everything up. */
static void test_noise(void **state)
{
    srand(20201208);
    for (int round = 0; round < 3000; round++) {
        char noise[64];
        size_t length = (size_t)(rand() % 64);
        static const char favourites[] = "\033[O<M;~0123\305\202\r";
        for (size_t i = 0; i < length; i++) {
            noise[i] =
                rand() % 2 ? (char)rand() : favourites[(size_t)rand() % (sizeof(favourites) - 1)];
        }
        keys_feed(keys, noise, length);
        struct ui_key key;
        while (keys_next(keys, true, &key)) {
            assert_true(key.kind != UI_SPECIAL || key.id < UI_KEY_MAX);
            assert_true(key.kind != UI_TEXT || key.code >= 0x20 || key.code == '\n');
        }
        assert_false(keys_pending(keys));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_function_keys_of_all_terminals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numeric_block_types_digits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_modifiers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_sequence_in_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_lone_escape_then_a_digit_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_utf8_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_paste_is_text_to_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mouse, setup, teardown),
        cmocka_unit_test_setup_teardown(test_terminfo_adds_only_what_is_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_noise, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
