/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters without marks (text_fold, text_ascii) and put together with them (text_compose).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"

#define ACUTE      "\xcc\x81" /* U+0301 */
#define CIRCUMFLEX "\xcc\x82" /* U+0302 */
#define MACRON     "\xcc\x84" /* U+0304 */
#define DOT_ABOVE  "\xcc\x87" /* U+0307 */
#define DIAERESIS  "\xcc\x88" /* U+0308 */
#define DOT_BELOW  "\xcc\xa3" /* U+0323 */
#define OGONEK     "\xcc\xa8" /* U+0328 */
#define SLASH      "\xcc\xb7" /* U+0337, composes with nothing */

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

static void fold_is(const char *text, const char *expected)
{
    char *folded = text_fold(arena, text);
    assert_string_equal(folded, expected);
    assert_string_equal(text_fold(arena, folded), folded);
}

static void fold_of_polish(void **state)
{
    fold_is("Łódź-Meble  S.A.", "lodz meble s a");
    fold_is("ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "zazolc gesla jazn");
    fold_is("zażółć gęślą jaźń", "zazolc gesla jazn");
    fold_is("Z\xcc\x87o" ACUTE "łw, Ka" OGONEK "t", "zolw kat");
}

static void fold_of_other_latin(void **state)
{
    fold_is("Straße STRASSE STRAẞE", "strasse strasse strasse");
    fold_is("Đorđe Ørsted Æsir Œuvre Þór Ð ð", "dorde orsted aesir oeuvre thor d d");
    fold_is("İstanbul ISTANBUL ısı", "istanbul istanbul isi");
    fold_is("Nguyễn Điệp Ħal Ŧ ƀ", "nguyen diep hal t b");
    fold_is("ﬁrma oﬀice ﬃ ĳ Ǆ", "firma office ffi ij dz");
    fold_is("ＡＢＣ１２３", "abc123");
    fold_is("ﬅ ſ ŉ \xe2\x84\xaa \xe2\x84\xab", "st s n k a");
}

static void fold_of_other_scripts(void **state)
{
    fold_is("КИЇВ Йосип", "киів иосип");
    fold_is("и\xcc\x86", "и"); /* decomposed й as well */
    fold_is("Ελλάς ΕΛΛΑΣ", "ελλασ ελλασ");
    fold_is("東京2024", "東京2024");
}

static void fold_of_gaps(void **state)
{
    fold_is("", "");
    fold_is(" \t\n.,-/", "");
    fold_is("--a--", "a");
    fold_is("RK 12/2024\n(kopia)", "rk 12 2024 kopia");
    fold_is("a\xc2\xa0z\xe2\x80\x8b.", "a z");
    fold_is("a\xff\xfe\x9bz", "a z");
    fold_is(ACUTE "a", "a");
    fold_is("5 zł", "5 zl");
}

/* Every character alone and between letters, composed or not; also what LIKE and FTS must not see.
 */
static void fold_of_every_character(void **state)
{
    struct buf text = BUF_INIT;
    for (uint32_t code = 1; code < 0x30000; code++) {
        if (code % 256 == 0) {
            arena_free(arena);
            arena = arena_new();
        }
        buf_clear(&text);
        buf_text(&text, "a");
        text_put(&text, code);
        buf_text(&text, "z");
        char *folded = text_fold(arena, buf_str(&text));
        assert_string_equal(text_fold(arena, folded), folded);
        assert_string_equal(text_fold(arena, text_ascii(arena, buf_str(&text))), folded);
        assert_string_equal(text_fold(arena, text_compose(arena, buf_str(&text))), folded);
        assert_null(strpbrk(folded, "\"%_*'ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        assert_int_equal(folded[0], 'a');
        assert_int_equal(folded[strlen(folded) - 1], 'z');
    }
    buf_release(&text);
}

static void ascii_of_letters(void **state)
{
    static const struct {
        const char *text;
        const char *plain;
    } table[] = {
        { "", "" },
        { "Prośba o skan: ZAŻÓŁĆ gęślą jaźń", "Prosba o skan: ZAZOLC gesla jazn" },
        { "Łódź ß ẞ Æ æ Œ Þ Đ đ Ø", "Lodz ss SS AE ae OE TH D d O" },
        { "o" ACUTE " Z\xcc\x87 e" CIRCUMFLEX DOT_BELOW, "o Z e" },
        { "ó" SLASH, "o" },
        { "5 zł – „ok” m² 東京 й", "5 zl – „ok” m² 東京 й" },
        { "и\xcc\x86", "и\xcc\x86" }, /* marks on letters that stay are theirs */
        { ACUTE "a\nb\xff", ACUTE "a\nb\xff" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_string_equal(text_ascii(arena, table[i].text), table[i].plain);
}

static void compose_is(const char *text, const char *expected)
{
    char *composed = text_compose(arena, text);
    assert_string_equal(composed, expected);
    assert_string_equal(text_compose(arena, composed), composed);
}

static void compose_of_letters(void **state)
{
    compose_is("", "");
    compose_is("o" ACUTE, "ó");
    compose_is("Zaz\xcc\x87o" ACUTE "lc" ACUTE " ge" OGONEK "s" ACUTE "la" OGONEK, "Zażólć gęślą");
    compose_is("zażółć", "zażółć");
    compose_is("и\xcc\x86 і" DIAERESIS " ι" DIAERESIS ACUTE, "й ї ΐ");
    compose_is("l" SLASH, "l" SLASH); /* Unicode does not take ł apart */
}

static void compose_of_several_marks(void **state)
{
    compose_is("e" DOT_BELOW CIRCUMFLEX, "ệ");
    compose_is("e" CIRCUMFLEX DOT_BELOW, "ệ");
    compose_is("ê" DOT_BELOW, "ệ");
    compose_is("ẹ" CIRCUMFLEX, "ệ");
    compose_is("u" DIAERESIS MACRON, "ǖ");
    compose_is("u" MACRON DIAERESIS, "ṻ");
    compose_is("o" MACRON OGONEK, "ǭ");
    compose_is("a" ACUTE CIRCUMFLEX, "á" CIRCUMFLEX); /* the order of marks above is seen */
    compose_is("o" SLASH ACUTE, "ó" SLASH);           /* that of marks elsewhere is not */
    compose_is("x" DIAERESIS ACUTE, "ẍ" ACUTE);
    compose_is("b" ACUTE DOT_ABOVE, "b" ACUTE DOT_ABOVE); /* the acute stands between */
    compose_is("b" DOT_BELOW DOT_ABOVE, "ḅ" DOT_ABOVE);
    compose_is("b" SLASH DOT_ABOVE, "ḃ" SLASH);
}

static void compose_of_odd_input(void **state)
{
    compose_is(ACUTE "o", ACUTE "o");
    compose_is(" " ACUTE, " " ACUTE);
    compose_is("\xff" ACUTE "\xc3", "\xff" ACUTE "\xc3");
    compose_is("o\xcd\x8f" ACUTE, "o\xcd\x8f" ACUTE); /* U+034F keeps them apart */
    compose_is("o\xe2\x80\x8d" ACUTE, "o\xe2\x80\x8d" ACUTE);
    compose_is("o\n" ACUTE, "o\n" ACUTE);
}

/* More marks than are put in order: nothing is lost, nothing written outside. */
static void compose_of_a_stack(void **state)
{
    struct buf text = BUF_INIT;
    buf_text(&text, "ǖ"); /* takes apart into u and two marks */
    for (int i = 0; i < 100; i++)
        buf_text(&text, ACUTE);
    size_t stacked = text.length;
    buf_text(&text, "o" ACUTE);
    char *composed = text_compose(arena, buf_str(&text));
    assert_memory_equal(composed, buf_str(&text), stacked);
    assert_string_equal(composed + stacked, "ó");
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_of_polish),          cmocka_unit_test(fold_of_other_latin),
        cmocka_unit_test(fold_of_other_scripts),   cmocka_unit_test(fold_of_gaps),
        cmocka_unit_test(fold_of_every_character), cmocka_unit_test(ascii_of_letters),
        cmocka_unit_test(compose_of_letters),      cmocka_unit_test(compose_of_several_marks),
        cmocka_unit_test(compose_of_odd_input),    cmocka_unit_test(compose_of_a_stack),
    };
    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
