/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text at the door (text_check) and on its way to a screen (text_clean, text_columns, text_fit).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"

#define BAD "\xef\xbf\xbd" /* U+FFFD, what stands for everything unfit */

static struct arena *arena;

static int make_arena(void **state)
{
    arena = arena_new();
    return 0;
}

static int drop_arena(void **state)
{
    arena_free(arena);
    return 0;
}

/* One of each way in which bytes are no UTF-8. */
static const char *const malformed[] = {
    "\x80",             /* continuation alone, first */
    "\x9b",             /* C1 as a raw byte: CSI on an 8-bit terminal */
    "\xbf",             /* continuation alone, last */
    "\xc0\x80",         /* overlong NUL */
    "\xc1\xbf",         /* overlong, two bytes */
    "\xe0\x80\x80",     /* overlong, three bytes */
    "\xe0\x9f\xbf",     /* overlong, three bytes, the last one */
    "\xf0\x80\x80\x80", /* overlong, four bytes */
    "\xf0\x8f\xbf\xbf", /* overlong, four bytes, the last one */
    "\xed\xa0\x80",     /* first surrogate */
    "\xed\xbf\xbf",     /* last surrogate */
    "\xf4\x90\x80\x80", /* U+110000 */
    "\xf5\x80\x80\x80", /* lead byte that cannot be */
    "\xf8\x88\x80\x80", /* five bytes of the old UTF-8, begun */
    "\xfe",
    "\xff",
    "\xc2",         /* cut short */
    "\xe2\x82",     /* cut short */
    "\xf0\x9f\x93", /* cut short */
};

static enum text_fault check_line(const char *text)
{
    return text_check(text, strlen(text), TEXT_LINE, 1000);
}

static void check_refuses_malformed(void **state)
{
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        assert_int_equal(check_line(malformed[i]), TEXT_NOT_UTF8);
        struct buf amid = BUF_INIT;
        buf_format(&amid, "ab%sc", malformed[i]);
        assert_int_equal(check_line(buf_str(&amid)), TEXT_NOT_UTF8);
        buf_release(&amid);
    }
    assert_int_equal(check_line("\xe2\x28\xa1"), TEXT_NOT_UTF8); /* bad second byte */
    assert_int_equal(check_line("\xe2\x82\x28"), TEXT_NOT_UTF8); /* bad third byte */
    assert_int_equal(check_line("\xf0\x9f\x93z"), TEXT_NOT_UTF8);
}

static void check_accepts_the_edges(void **state)
{
    static const char *const fine[] = {
        "",
        "\xc2\xa0",         /* U+00A0, the first after C1 */
        "\xdf\xbf",         /* U+07FF */
        "\xe0\xa0\x80",     /* U+0800 */
        "\xed\x9f\xbf",     /* U+D7FF */
        "\xee\x80\x80",     /* U+E000 */
        "\xef\xbf\xbf",     /* U+FFFF */
        "\xf0\x90\x80\x80", /* U+10000 */
        "\xf4\x8f\xbf\xbf", /* U+10FFFF */
        BAD,
        "Zażółć gęślą jaźń",
        "abc\xe2\x80\xaexyz",                    /* a bidi override is stored, and cleaned later */
        "o\xcc\x81\xcc\x81\xcc\x81\xe2\x80\x8b", /* stacked marks and zero width too */
    };
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
        assert_int_equal(check_line(fine[i]), TEXT_OK);
}

static void check_refuses_every_control(void **state)
{
    for (unsigned code = 0; code < 0xa0; code++) {
        if (code >= 0x20 && code < 0x7f)
            continue;
        struct buf text = BUF_INIT;
        buf_text(&text, "a");
        text_put(&text, code);
        buf_text(&text, "b");
        assert_int_equal(text_check(text.data, text.length, TEXT_LINE, 10), TEXT_CONTROL);
        enum text_fault note = text_check(text.data, text.length, TEXT_NOTE, 10);
        assert_int_equal(note, code == '\n' ? TEXT_OK : TEXT_CONTROL);
        buf_release(&text);
    }
}

static void check_counts_bytes(void **state)
{
    assert_int_equal(text_check("żółw", 7, TEXT_LINE, 7), TEXT_OK);
    assert_int_equal(text_check("żółw", 7, TEXT_LINE, 6), TEXT_TOO_LONG);
    assert_int_equal(text_check("", 0, TEXT_LINE, 0), TEXT_OK);
}

/* The bytes behind the end would complete the character, and ASan would see them read. */
static void check_stays_inside(void **state)
{
    assert_int_equal(text_check("\xe2\x82\xac", 2, TEXT_LINE, 10), TEXT_NOT_UTF8);
    for (size_t length = 1; length < 4; length++) {
        char *exact = malloc(length);
        memcpy(exact, "\xf0\x9f\x93\xac", length);
        assert_int_equal(text_check(exact, length, TEXT_LINE, 10), TEXT_NOT_UTF8);
        const char *at = exact;
        assert_int_equal(text_next(&at, exact + length), 0xfffd);
        assert_ptr_equal(at, exact + 1);
        free(exact);
    }
}

static void put_and_next_agree(void **state)
{
    struct buf all = BUF_INIT;
    for (uint32_t code = 0; code < 0x110000; code++)
        text_put(&all, code);
    const char *at = all.data;
    const char *end = all.data + all.length;
    for (uint32_t code = 0; code < 0x110000; code++) {
        bool surrogate = code >= 0xd800 && code <= 0xdfff;
        assert_true(at < end);
        assert_int_equal(text_next(&at, end), surrogate ? 0xfffd : code);
    }
    assert_ptr_equal(at, end);

    buf_clear(&all);
    text_put(&all, 0x110000);
    text_put(&all, UINT32_MAX);
    assert_string_equal(buf_str(&all), BAD BAD);
    buf_release(&all);
}

static void clean_is(const char *text, const char *expected)
{
    char *clean = text_clean(arena, text, false);
    assert_string_equal(clean, expected);
    assert_int_equal(text_columns(text), text_columns(clean));
    assert_string_equal(text_clean(arena, clean, false), clean);
    assert_int_equal(text_check(clean, strlen(clean), TEXT_LINE, 1000), TEXT_OK);
}

static void clean_leaves_good_text(void **state)
{
    clean_is("", "");
    clean_is("Zażółć gęślą jaźń, 5 zł", "Zażółć gęślą jaźń, 5 zł");
    clean_is("Київ 東京 😀", "Київ 東京 😀");
    clean_is("a\xc2\xa0z", "a\xc2\xa0z");
}

static void clean_replaces_each_malformed_byte(void **state)
{
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        struct buf expected = BUF_INIT;
        for (size_t n = 0; n < strlen(malformed[i]); n++)
            buf_text(&expected, BAD);
        clean_is(malformed[i], buf_str(&expected));
        buf_release(&expected);
    }
    clean_is("a\xe2\x82z", "a" BAD BAD "z");
}

static void clean_stops_terminal_control(void **state)
{
    clean_is("\x1b[2J", BAD "[2J");
    clean_is("\x1b]0;title\x07", BAD "]0;title" BAD);
    clean_is("\xc2\x9b"
             "2J",
             BAD "2J"); /* U+009B, CSI in one character */
    clean_is("\x9b"
             "2J",
             BAD "2J"); /* and as a raw byte */
    clean_is("a\rb\tc\x7f\x08", "a" BAD "b" BAD "c" BAD BAD);
    clean_is("a\nb", "a b");
}

static void clean_stops_the_unseen(void **state)
{
    static const uint32_t unseen[] = {
        0x00ad,  0x034f,  0x061c,  0x115f,  0x1160,   0x180e, 0x200b, 0x200c, 0x200d,
        0x200e,  0x200f,  0x2028,  0x2029,  0x202a,   0x202b, 0x202c, 0x202d, 0x202e,
        0x2060,  0x2061,  0x2064,  0x2066,  0x2067,   0x2068, 0x2069, 0x206f, 0x3164,
        0xfe00,  0xfe0f,  0xfeff,  0xffa0,  0xfff9,   0xfffe, 0xffff, 0x0378, 0xe0001,
        0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0x10ffff,
    };
    for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
        struct buf text = BUF_INIT;
        buf_text(&text, "ab");
        text_put(&text, unseen[i]);
        buf_text(&text, "c");
        clean_is(buf_str(&text), "ab" BAD "c");
        buf_release(&text);
    }
}

static void clean_limits_marks(void **state)
{
    clean_is("o\xcc\x81", "o\xcc\x81");
    clean_is("o\xcc\x81\xcc\xa3", "o\xcc\x81\xcc\xa3");
    clean_is("o\xcc\x81\xcc\xa3\xcc\x82", "o\xcc\x81\xcc\xa3" BAD);
    clean_is("o\xcc\x81\xcc\x81\xcc\x81\xcc\x81p\xcc\x81", "o\xcc\x81\xcc\x81" BAD BAD "p\xcc\x81");
    clean_is("\xcc\x81z", BAD "z");                 /* first */
    clean_is("a \xcc\x81", "a " BAD);               /* on a blank */
    clean_is("a\n\xcc\x81", "a " BAD);              /* on a line end */
    clean_is("a\xe2\x80\x8b\xcc\x81", "a" BAD BAD); /* on something invisible */
    clean_is("a\xff\xcc\x81", "a" BAD BAD);
}

static void clean_never_looks_empty(void **state)
{
    clean_is(" ", BAD);
    clean_is("   ", BAD "  ");
    clean_is("\n", BAD);
    clean_is("\xc2\xa0 ", BAD " ");
    clean_is("\xe3\x80\x80\xe3\x80\x80", BAD " "); /* ideographic spaces */
    clean_is("\xe2\xa0\x80", BAD);                 /* the blank Braille pattern */
    clean_is("\xe2\x80\x83x", " x");               /* an em space is a space */
    clean_is("\xe2\x80\x8b", BAD);
    assert_string_equal(text_clean(arena, "\n\n", true), BAD "\n");
}

static void clean_keeps_lines_when_asked(void **state)
{
    assert_string_equal(text_clean(arena, "a\n\nb\r\n", true), "a\n\nb" BAD "\n");
    assert_string_equal(text_clean(arena, "a\n\xcc\x81", true), "a\n" BAD);
}

/* Also: one character in is one character out, so the marks of a caller's cursor stay true. */
static void clean_agrees_with_the_c_library(void **state)
{
    struct buf all = BUF_INIT;
    for (uint32_t code = 1; code < 0x110000; code++) {
        buf_text(&all, "a");
        text_put(&all, code);
    }
    char *clean = text_clean(arena, buf_str(&all), true);
    const char *at = clean;
    const char *end = clean + strlen(clean);
    size_t kept = 0;
    for (uint32_t code = 1; code < 0x110000; code++) {
        assert_true(at < end);
        assert_int_equal(text_next(&at, end), 'a');
        uint32_t shown = text_next(&at, end);
        if (shown != code) {
            assert_true(shown == 0xfffd || shown == ' ');
            continue;
        }
        if (code != '\n' && wcwidth((wchar_t)code) != text_columns_of(code))
            fail_msg("U+%04X: wcwidth %d, ours %d", code, wcwidth((wchar_t)code),
                     text_columns_of(code));
        kept++;
    }
    assert_ptr_equal(at, end);
    assert_in_range(kept, 140000, 0x110000);
    buf_release(&all);
}

static void columns_of_single_characters(void **state)
{
    static const struct {
        uint32_t code;
        int columns;
    } table[] = {
        { 'a', 1 },        { 0x17c, 1 },  { 0x301, 0 },   { 0x20e3, 0 },  { 0, 0 },
        { '\n', 0 },       { 0x1b, 0 },   { 0x9b, 0 },    { 0x200b, 0 },  { 0xfeff, 0 },
        { 0x202e, 0 },     { 0xa0, 1 },   { 0x2026, 1 },  { 0x2502, 1 },  { 0x2588, 1 },
        { 0x28ff, 1 },     { 0x1100, 2 }, { 0x3000, 2 },  { 0x4e2d, 2 },  { 0xac00, 2 },
        { 0xff21, 2 },     { 0xff71, 1 }, { 0x1f600, 2 }, { 0x1f4ec, 2 }, { 0x20000, 2 },
        { 0x2764, 1 },     { 0xfffd, 1 }, { 0xe000, 1 },  { 0x378, 1 },   { 0x110000, 1 },
        { UINT32_MAX, 1 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_int_equal(text_columns_of(table[i].code), table[i].columns);
}

static void columns_of_texts(void **state)
{
    assert_int_equal(text_columns(""), 0);
    assert_int_equal(text_columns("żółw"), 4);
    assert_int_equal(text_columns("o\xcc\x81o"), 2);
    assert_int_equal(text_columns("o\xcc\x81\xcc\x81\xcc\x81"), 2); /* the third is shown */
    assert_int_equal(text_columns("東京"), 4);
    assert_int_equal(text_columns("\xff\x1b"), 2);
    assert_int_equal(text_columns("   "), 3);
    assert_int_equal(text_columns("\xe3\x80\x80x"), 2);
}

static void fit_is(const char *text, size_t columns, const char *expected)
{
    char *fitted = text_fit(arena, text, columns);
    assert_string_equal(fitted, expected);
    assert_true(text_columns(fitted) <= columns);
}

static void fit_cuts_between_characters(void **state)
{
    fit_is("", 0, "");
    fit_is("", 5, "");
    fit_is("abc", 3, "abc");
    fit_is("abcd", 3, "ab…");
    fit_is("abcd", 1, "…");
    fit_is("abcd", 0, "");
    fit_is("żółw", 4, "żółw");
    fit_is("żółwie", 4, "żół…");
}

static void fit_keeps_wide_characters_whole(void **state)
{
    fit_is("東京都", 6, "東京都");
    fit_is("東京都", 5, "東京…");
    fit_is("東京都", 4, "東…"); /* one column stays free */
    fit_is("東京都", 3, "東…");
    fit_is("東京都", 2, "…");
    fit_is("a東", 2, "a…");
}

static void fit_keeps_marks_with_their_letter(void **state)
{
    fit_is("ao\xcc\x81"
           "bc",
           3, "ao\xcc\x81…");
    fit_is("o\xcc\x81o\xcc\x81o\xcc\x81", 3, "o\xcc\x81o\xcc\x81o\xcc\x81");
    fit_is("o\xcc\x81o\xcc\x81o\xcc\x81", 2, "o\xcc\x81…");
    fit_is("abc\xcc\x81", 2, "a…");
}

static void fit_cleans_first(void **state)
{
    fit_is("a\x1b[31mb\nc", 20, "a" BAD "[31mb c");
    fit_is("\xe2\x80\xae"
           "abc",
           3, BAD "a…");
    fit_is("      x", 3, "  …");
    fit_is("    ", 3, BAD " …");
}

static void trim_cuts_blanks(void **state)
{
    static const struct {
        const char *text;
        const char *trimmed;
    } table[] = {
        { "", "" },
        { "  ", "" },
        { "\xc2\xa0", "" },
        { "a", "a" },
        { " \t\xc2\xa0 a \xc2\xa0 b\xc2\xa0\t ", "a \xc2\xa0 b" },
        { "\na\n", "\na\n" },
        { "\xc3\xa0", "à" }, /* ends in the byte A0 */
        { "x\xe2\x80\xa0", "x\xe2\x80\xa0" },
        { "\xc2", "\xc2" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_string_equal(text_trim(arena, table[i].text), table[i].trimmed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_refuses_malformed),
        cmocka_unit_test(check_accepts_the_edges),
        cmocka_unit_test(check_refuses_every_control),
        cmocka_unit_test(check_counts_bytes),
        cmocka_unit_test(check_stays_inside),
        cmocka_unit_test(put_and_next_agree),
        cmocka_unit_test(clean_leaves_good_text),
        cmocka_unit_test(clean_replaces_each_malformed_byte),
        cmocka_unit_test(clean_stops_terminal_control),
        cmocka_unit_test(clean_stops_the_unseen),
        cmocka_unit_test(clean_limits_marks),
        cmocka_unit_test(clean_never_looks_empty),
        cmocka_unit_test(clean_keeps_lines_when_asked),
        cmocka_unit_test(clean_agrees_with_the_c_library),
        cmocka_unit_test(columns_of_single_characters),
        cmocka_unit_test(columns_of_texts),
        cmocka_unit_test(fit_cuts_between_characters),
        cmocka_unit_test(fit_keeps_wide_characters_whole),
        cmocka_unit_test(fit_keeps_marks_with_their_letter),
        cmocka_unit_test(fit_cleans_first),
        cmocka_unit_test(trim_cuts_blanks),
    };
    setlocale(LC_ALL, "C.UTF-8"); /* for wcwidth(), with which ncurses counts */
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
