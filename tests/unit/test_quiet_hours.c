/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The end of the quiet hours by the office's wall clock, also in nights that are not 24 hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "protocol/base/clock.h"
#include "server/domain/quiet_hours.h"

/* From when to when, by the wall clock. */
static void waits(const char *day, int minutes, const char *from, const char *to,
                  const char *expected)
{
    char shown[17];
    assert_string_equal(clock_show(quiet_until(clock_day_at(day, minutes), from, to), shown),
                        expected);
}

static void an_ordinary_night(void **state)
{
    waits("2026-11-23", 22 * 60 + 30, "22:00", "07:00", "24.11.2026 07:00");
    waits("2026-11-23", 6 * 60 + 59, "22:00", "07:00", "23.11.2026 07:00");
    waits("2026-11-23", 7 * 60, "22:00", "07:00", "23.11.2026 07:00");
    waits("2026-11-23", 12 * 60, "22:00", "07:00", "23.11.2026 12:00");
    waits("2026-11-23", 12 * 60, "11:00", "13:00", "23.11.2026 13:00");
    waits("2026-11-23", 12 * 60, "", "13:00", "23.11.2026 12:00");
    waits("2026-12-31", 23 * 60, "22:00", "07:00", "01.01.2027 07:00");
}

static void nights_when_the_clock_changes(void **state)
{
    waits("2026-10-24", 22 * 60 + 30, "22:00", "07:00", "25.10.2026 07:00");
    waits("2026-03-28", 22 * 60 + 30, "22:00", "07:00", "29.03.2026 07:00");
    /* 02:30 comes twice, and the second time it is 02:45 too: it waits, and not into the past. */
    int64_t second = clock_day_at("2026-10-25", 3 * 60) - 30 * 60;
    int64_t until = quiet_until(second, "22:00", "02:45");
    assert_int_equal(until, second + 15 * 60);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_night),
        cmocka_unit_test(nights_when_the_clock_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
