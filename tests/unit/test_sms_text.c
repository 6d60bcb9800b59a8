/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Room that texts take as SMS, and how they are made to fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "server/domain/sms_text.h"

static struct arena *arena;

static int begin(void **state)
{
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    arena_free(arena);
    return 0;
}

static const char *repeated(const char *text, size_t times)
{
    struct buf buf = BUF_INIT;
    while (times-- > 0)
        buf_text(&buf, text);
    return buf_take(&buf, arena);
}

static void check(const char *text, enum sms_alphabet alphabet, size_t units, size_t parts)
{
    struct sms_size size = sms_measure(text);
    assert_int_equal(size.alphabet, alphabet);
    assert_int_equal(size.units, units);
    assert_int_equal(size.parts, parts);
}

static void parts_of_the_gsm_alphabet(void **state)
{
    check("", SMS_GSM7, 0, 0);
    check("a", SMS_GSM7, 1, 1);
    check(repeated("a", 160), SMS_GSM7, 160, 1);
    check(repeated("a", 161), SMS_GSM7, 161, 2);
    check(repeated("a", 306), SMS_GSM7, 306, 2);
    check(repeated("a", 307), SMS_GSM7, 307, 3);
    check("\xc3\xb2\xc3\x84\xc2\xa3\xce\xa9\n", SMS_GSM7, 5, 1);
}

static void some_characters_count_twice(void **state)
{
    check("^{}\\[~]|\xe2\x82\xac", SMS_GSM7, 18, 1);
    check(repeated("[", 80), SMS_GSM7, 160, 1);
    check(repeated("[", 81), SMS_GSM7, 162, 2);
    /* 153 is odd: the last septet of a part stays empty before a character of two. */
    check(repeated("[", 153), SMS_GSM7, 306, 3);
}

static void other_letters_need_ucs2(void **state)
{
    check("\xc5\x82", SMS_UCS2, 1, 1);
    check("\xc3\xb3", SMS_UCS2, 1, 1); /* ò is in the alphabet, ó is not */
    check("`", SMS_UCS2, 1, 1);
    check(repeated("\xc5\x82", 70), SMS_UCS2, 70, 1);
    check(repeated("\xc5\x82", 71), SMS_UCS2, 71, 2);
    check(repeated("\xc5\x82", 134), SMS_UCS2, 134, 2);
    check(repeated("\xc5\x82", 135), SMS_UCS2, 135, 3);
    check(repeated("\xf0\x9f\x93\xac", 35), SMS_UCS2, 70, 1);
    check(repeated("\xf0\x9f\x93\xac", 67), SMS_UCS2, 134, 3);
}

static void polish_letters_are_folded(void **state)
{
    const char *text =
        "Za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 g\xc4\x99\xc5\x9bl\xc4\x85 ja\xc5\xba\xc5\x84";
    assert_string_equal(sms_prepare(arena, text, true, 6), "Zazolc gesla jazn");
    assert_string_equal(sms_prepare(arena, text, false, 6), text);
}

static void controls_are_dropped(void **state)
{
    assert_string_equal(sms_prepare(arena, "a\r\nb\x1b[1mc\x7f\xc2\x9b", true, 6), "a\nb[1mc");
}

static void long_texts_are_cut(void **state)
{
    const char *letters[] = { "a", "[", "\xc5\x82", "\xf0\x9f\x93\xac" };
    for (size_t i = 0; i < 4; i++) {
        for (size_t parts = 1; parts <= SMS_MAX_PARTS; parts++) {
            const char *cut = sms_prepare(arena, repeated(letters[i], 2000), false, parts);
            assert_int_equal(sms_measure(cut).parts, parts);
            assert_string_equal(cut + strlen(cut) - 3, "...");
        }
        const char *fits = repeated(letters[i], 30);
        assert_string_equal(sms_prepare(arena, fits, false, 1), fits);
    }
}

static void numbers_are_e164(void **state)
{
    assert_true(sms_number_ok("+48501234567"));
    assert_true(sms_number_ok("+12345678"));
    assert_true(sms_number_ok("+123456789012345"));
    static const char *const bad[] = { "",
                                       "+",
                                       "48501234567",
                                       "+0501234567",
                                       "+1234567",
                                       "+1234567890123456",
                                       "+48 501234567",
                                       "+4850123456a",
                                       "+48501234567\n",
                                       "+48501234567&from=x" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(sms_number_ok(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_of_the_gsm_alphabet, begin, end),
        cmocka_unit_test_setup_teardown(some_characters_count_twice, begin, end),
        cmocka_unit_test_setup_teardown(other_letters_need_ucs2, begin, end),
        cmocka_unit_test_setup_teardown(polish_letters_are_folded, begin, end),
        cmocka_unit_test_setup_teardown(controls_are_dropped, begin, end),
        cmocka_unit_test_setup_teardown(long_texts_are_cut, begin, end),
        cmocka_unit_test(numbers_are_e164),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
