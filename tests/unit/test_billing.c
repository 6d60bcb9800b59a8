/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a scan costs, which day a charge counts on, sums that must not wrap around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/domain/billing.h"

enum { PACKAGE = 500 };

static void cost_of_a_scan(void **state)
{
    /* The clerk's word counts, also when it is 0 and also without a request. */
    assert_int_equal(billing_scan_cost(true, 700, true, PACKAGE), 700);
    assert_int_equal(billing_scan_cost(true, 700, false, PACKAGE), 700);
    assert_int_equal(billing_scan_cost(true, 0, true, PACKAGE), 0);
    assert_int_equal(billing_scan_cost(true, 0, false, PACKAGE), 0);
    /* Without it the package's price, but only for what the client asked for. */
    assert_int_equal(billing_scan_cost(false, 700, true, PACKAGE), PACKAGE);
    assert_int_equal(billing_scan_cost(false, 700, false, PACKAGE), 0);
}

static void day_of_a_charge(void **state)
{
    assert_string_equal(billing_day(NULL, "2026-11-23"), "2026-11-23");
    assert_string_equal(billing_day("2026-11-30", "2026-11-23"), "2026-11-30");
    assert_string_equal(billing_day("2026-10-30", "2026-11-23"), "2026-10-30");
}

static void sums(void **state)
{
    struct rec_charge charges[] = { { .amount = 500 }, { .amount = -120 }, { .amount = 1 } };
    int64_t sum = -1;
    assert_true(billing_sum(NULL, 0, &sum));
    assert_int_equal(sum, 0);
    assert_true(billing_sum(charges, 3, &sum));
    assert_int_equal(sum, 381);
}

static void sums_that_do_not_fit(void **state)
{
    struct rec_charge up[] = { { .amount = INT64_MAX }, { .amount = 1 }, { .amount = -1 } };
    struct rec_charge down[] = { { .amount = INT64_MIN }, { .amount = -1 } };
    struct rec_charge most[] = { { .amount = INT64_MAX - 1 }, { .amount = 1 } };
    int64_t sum = 42;
    assert_false(billing_sum(up, 3, &sum));
    assert_false(billing_sum(down, 2, &sum));
    assert_int_equal(sum, 42);
    assert_true(billing_sum(most, 2, &sum));
    assert_true(sum == INT64_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_of_a_scan),
        cmocka_unit_test(day_of_a_charge),
        cmocka_unit_test(sums),
        cmocka_unit_test(sums_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
