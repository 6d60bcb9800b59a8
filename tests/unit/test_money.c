/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Amounts as people type them and as they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "protocol/base/money.h"

#define NBSP  "\xc2\xa0"
#define NNBSP "\xe2\x80\xaf"
#define MINUS "\xe2\x88\x92"

enum { UNTOUCHED = 987654321 };

static void reads(const char *text, int64_t expected)
{
    int64_t grosze = UNTOUCHED;
    if (!money_parse(text, true, &grosze))
        fail_msg("\"%s\" was refused", text);
    assert_int_equal(grosze, expected);
}

static void refuses(const char *text)
{
    int64_t grosze = UNTOUCHED;
    if (money_parse(text, true, &grosze))
        fail_msg("\"%s\" was taken for %lld", text, (long long)grosze);
    assert_int_equal(grosze, UNTOUCHED);
}

static void parse_of_what_people_type(void **state)
{
    reads("0", 0);
    reads("5", 500);
    reads("12", 1200);
    reads("12,5", 1250);
    reads("12,50", 1250);
    reads("12.50", 1250);
    reads("0,01", 1);
    reads("007", 700);
    reads("1 234,00", 123400);
    reads("1" NBSP "234,5", 123450);
    reads("1" NNBSP "234" NNBSP "567", 123456700);
    reads("1234567,89", 123456789);
    reads("  5  ", 500);
    reads("\t" NBSP "5" NBSP, 500);
}

static void parse_of_currency(void **state)
{
    reads("5 zł", 500);
    reads("5zł", 500);
    reads("5 ZŁ", 500);
    reads("5 zl", 500);
    reads("5,00 PLN", 500);
    reads("5,00" NBSP "pln ", 500);
    reads("PLN 5.00", 500);
    refuses("PLN 5.00 PLN");
    refuses("zł");
    refuses("PLN");
    refuses("5 EUR");
    refuses("5 $");
    refuses("5 złotych");
    refuses("5 zł 50");
}

static void parse_of_thousands(void **state)
{
    reads("1,234.50", 123450);
    reads("1.234,50", 123450);
    reads("1,234,567.8", 123456780);
    reads("9 999 999,99", 999999999);
    refuses("1,234"); /* one and a slip, or a thousand? */
    refuses("1.234");
    refuses("1,234,567");
    refuses("12 34");
    refuses("1 2");
    refuses("1234 567");
    refuses("1 234 56");
    refuses("1  234");
    refuses("1 234.567");
    refuses("1 234,567.00");
    refuses("1,234 567.00");
    refuses("1,234,50");
    refuses("1" NBSP "234 567"); /* two sorts of divider */
}

static void parse_of_signs(void **state)
{
    int64_t grosze = UNTOUCHED;
    reads("-5", -500);
    reads(MINUS "5,50", -550);
    reads("-0", 0);
    reads("PLN -5.00", -500);
    assert_false(money_parse("-5", false, &grosze));
    assert_false(money_parse(MINUS "5", false, &grosze));
    assert_false(money_parse("PLN -5", false, &grosze));
    assert_int_equal(grosze, UNTOUCHED);
    assert_true(money_parse("5", false, &grosze));
    refuses("+5");
    refuses("--5");
    refuses("- 5");
    refuses("5-");
    refuses("-PLN -5");
    refuses("-");
}

static void parse_of_odd_input(void **state)
{
    static const char *const odd[] = {
        "",    " ",     ",",      ".",     ",5",      "5,",    "5.",        "5,,5",   "5,5,5",
        "5..", "1.5.0", "12,345", "1e3",   "0x10",    "inf",   "nan",       "5%",     "5 5",
        "５",  "٥",     "5\n5",   "5\x01", "1\xff,2", "5\xc2", "5\xe2\x80", "5;DROP", "½",
    };
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        refuses(odd[i]);
}

static void parse_at_the_limit(void **state)
{
    reads("10000000", MONEY_LIMIT);
    reads("10 000 000,00 zł", MONEY_LIMIT);
    reads("-10000000,00", -MONEY_LIMIT);
    refuses("10000000,01");
    refuses("10000001");
    refuses("1000000000");
    refuses("9223372036854775807");
    refuses("9223372036854775808");
    refuses("18446744073709551617");
    refuses("92233720368547758,08");
    refuses("99999999999999999999999999999999999999999999999999");
    reads("0000000000000000000000000000000000000000000000005", 500);
}

static void shows(int64_t grosze, const char *polish, const char *english)
{
    char out[MONEY_TEXT];
    assert_ptr_equal(money_text(grosze, true, out), out);
    assert_string_equal(out, polish);
    assert_string_equal(money_text(grosze, false, out), english);
}

static void text_of_amounts(void **state)
{
    shows(0, "0,00", "0.00");
    shows(1, "0,01", "0.01");
    shows(-1, "-0,01", "-0.01");
    shows(99, "0,99", "0.99");
    shows(100, "1,00", "1.00");
    shows(99999, "999,99", "999.99");
    shows(100000, "1" NBSP "000,00", "1,000.00");
    shows(-123456789, "-1" NBSP "234" NBSP "567,89", "-1,234,567.89");
    shows(MONEY_LIMIT, "10" NBSP "000" NBSP "000,00", "10,000,000.00");
    shows(INT64_MAX, "92" NBSP "233" NBSP "720" NBSP "368" NBSP "547" NBSP "758,07",
          "92,233,720,368,547,758.07");
    shows(INT64_MIN, "-92" NBSP "233" NBSP "720" NBSP "368" NBSP "547" NBSP "758,08",
          "-92,233,720,368,547,758.08");
}

static void text_with_currency(void **state)
{
    char out[MONEY_TEXT];
    assert_string_equal(money_text_currency(500, true, out), "5,00 zł");
    assert_string_equal(money_text_currency(500, false, out), "PLN 5.00");
    assert_string_equal(money_text_currency(-123450, true, out), "-1" NBSP "234,50 zł");
    assert_string_equal(money_text_currency(-123450, false, out), "PLN -1,234.50");
    money_text_currency(INT64_MIN, true, out);
    assert_string_equal(out + strlen(out) - 8, "8,08 zł");
    assert_true(strlen(out) < MONEY_TEXT);
}

/* What stands in a form must be read as the same amount when it comes back. */
static void text_is_read_back(void **state)
{
    for (int64_t grosze = -MONEY_LIMIT; grosze <= MONEY_LIMIT; grosze += 99991) {
        char out[MONEY_TEXT];
        for (int polish = 0; polish < 2; polish++) {
            reads(money_text(grosze, polish, out), grosze);
            reads(money_text_currency(grosze, polish, out), grosze);
        }
    }
}

static void add_is_checked(void **state)
{
    int64_t sum = 0;
    assert_true(money_add(&sum, 5));
    assert_true(money_add(&sum, -7));
    assert_int_equal(sum, -2);
    sum = INT64_MAX - 1;
    assert_true(money_add(&sum, 1));
    assert_false(money_add(&sum, 1));
    assert_int_equal(sum, INT64_MAX);
    sum = INT64_MIN;
    assert_false(money_add(&sum, -1));
    assert_int_equal(sum, INT64_MIN);
    assert_true(money_add(&sum, INT64_MAX));
    assert_int_equal(sum, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_of_what_people_type), cmocka_unit_test(parse_of_currency),
        cmocka_unit_test(parse_of_thousands),        cmocka_unit_test(parse_of_signs),
        cmocka_unit_test(parse_of_odd_input),        cmocka_unit_test(parse_at_the_limit),
        cmocka_unit_test(text_of_amounts),           cmocka_unit_test(text_with_currency),
        cmocka_unit_test(text_is_read_back),         cmocka_unit_test(add_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
