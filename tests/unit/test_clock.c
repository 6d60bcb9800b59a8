/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Days in the office's zone, the calendar, and the clock that tests move. Runs under
 * ThreadSanitizer too: the zone changes while other threads count days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/clock.h"

static const char slashes[] = "////////////////////////////////////////////////////////////////";

static char shift_path[] = "/tmp/skrytka-clock-XXXXXX";

static int64_t utc(int year, int month, int day, int hour, int minute, int second)
{
    struct tm tm = { .tm_year = year - 1900,
                     .tm_mon = month - 1,
                     .tm_mday = day,
                     .tm_hour = hour,
                     .tm_min = minute,
                     .tm_sec = second };
    return timegm(&tm);
}

static void shows(int64_t at, const char *day, const char *shown)
{
    char out[17];
    assert_ptr_equal(clock_day(at, out), out);
    assert_string_equal(out, day);
    assert_ptr_equal(clock_show(at, out), out);
    assert_string_equal(out, shown);
}

static void set_shift(const char *text)
{
    FILE *file = fopen(shift_path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* First: nobody has named a zone yet, and main() put another one into TZ. */
static void zone_is_warsaw_at_first(void **state)
{
    shows(utc(2026, 11, 23, 9, 41, 0), "2026-11-23", "23.11.2026 10:41");
    struct tm local;
    clock_local(utc(2026, 7, 1, 12, 0, 30), &local);
    assert_int_equal(local.tm_hour, 14);
    assert_int_equal(local.tm_sec, 30);
    assert_int_equal(local.tm_wday, 3);
}

static void day_ends_at_local_midnight(void **state)
{
    shows(utc(2026, 1, 31, 22, 59, 59), "2026-01-31", "31.01.2026 23:59");
    shows(utc(2026, 1, 31, 23, 0, 0), "2026-02-01", "01.02.2026 00:00");
    shows(utc(2026, 7, 31, 21, 59, 59), "2026-07-31", "31.07.2026 23:59");
    shows(utc(2026, 7, 31, 22, 0, 0), "2026-08-01", "01.08.2026 00:00");
    shows(utc(2025, 12, 31, 23, 0, 0), "2026-01-01", "01.01.2026 00:00");
}

static void day_of_23_hours(void **state)
{
    shows(utc(2026, 3, 28, 23, 0, 0), "2026-03-29", "29.03.2026 00:00");
    shows(utc(2026, 3, 29, 0, 59, 59), "2026-03-29", "29.03.2026 01:59");
    shows(utc(2026, 3, 29, 1, 0, 0), "2026-03-29", "29.03.2026 03:00");
    shows(utc(2026, 3, 29, 21, 59, 59), "2026-03-29", "29.03.2026 23:59");
    shows(utc(2026, 3, 29, 22, 0, 0), "2026-03-30", "30.03.2026 00:00");
}

static void day_of_25_hours(void **state)
{
    shows(utc(2026, 10, 24, 22, 0, 0), "2026-10-25", "25.10.2026 00:00");
    shows(utc(2026, 10, 25, 0, 30, 0), "2026-10-25", "25.10.2026 02:30");
    shows(utc(2026, 10, 25, 1, 30, 0), "2026-10-25", "25.10.2026 02:30");
    shows(utc(2026, 10, 25, 22, 59, 59), "2026-10-25", "25.10.2026 23:59");
    shows(utc(2026, 10, 25, 23, 0, 0), "2026-10-26", "26.10.2026 00:00");
}

static void zone_may_change(void **state)
{
    int64_t at = utc(2026, 11, 23, 23, 30, 0);
    assert_true(clock_set_zone("America/New_York"));
    shows(at, "2026-11-23", "23.11.2026 18:30");
    assert_true(clock_set_zone("Asia/Kathmandu")); /* +05:45 */
    shows(at, "2026-11-24", "24.11.2026 05:15");
    assert_true(clock_set_zone("Etc/GMT+12"));
    shows(at, "2026-11-23", "23.11.2026 11:30");
    assert_true(clock_set_zone("America/Argentina/ComodRivadavia")); /* a long one */
    assert_true(clock_set_zone("UTC"));
    shows(at, "2026-11-23", "23.11.2026 23:30");
    assert_true(clock_set_zone("Europe/Warsaw"));
    shows(at, "2026-11-24", "24.11.2026 00:30");
}

static void zone_unknown_changes_nothing(void **state)
{
    static const char *const unknown[] = {
        "",
        "Europe/Warszawa",
        "Europe",
        "Europe/",
        "europe/warsaw",
        "/Europe/Warsaw",
        "/usr/share/zoneinfo/Europe/Warsaw",
        "../zoneinfo/Europe/Warsaw",
        "Europe/../Europe/Warsaw",
        "../../../etc/localtime",
        "./Europe/Warsaw",
        ":Europe/Warsaw",
        "Europe/Warsaw ",
        "Europe/Warsaw\n",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "zone1970.tab",
        "tzdata.zi",
        "right/Europe/Warsaw",
        "Europe/Kraków",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    int64_t at = utc(2026, 11, 23, 9, 41, 0);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        if (clock_zone_known(unknown[i]) || clock_set_zone(unknown[i]))
            fail_msg("\"%s\" was taken for a zone", unknown[i]);
        shows(at, "2026-11-23", "23.11.2026 10:41");
    }
    assert_true(clock_zone_known("Pacific/Chatham"));
    shows(at, "2026-11-23", "23.11.2026 10:41");
}

/* The longest name fits and one byte more does not, whatever the file system has. */
static void zone_name_length(void **state)
{
    char name[2 * CLOCK_ZONE];
    snprintf(name, sizeof(name), "Europe%.*sWarsaw", CLOCK_ZONE - 13, slashes);
    assert_int_equal(strlen(name), CLOCK_ZONE - 1);
    assert_true(clock_set_zone(name));
    shows(utc(2026, 11, 23, 9, 41, 0), "2026-11-23", "23.11.2026 10:41");
    snprintf(name, sizeof(name), "Europe%.*sWarsaw", CLOCK_ZONE - 12, slashes);
    assert_int_equal(strlen(name), CLOCK_ZONE);
    assert_false(clock_set_zone(name));
}

static void instants_beyond_the_calendar(void **state)
{
    char out[17];
    static const int64_t far[] = { INT64_MIN, INT64_MIN + 1, -62135596800, INT64_MAX, 1LL << 60 };
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
        assert_int_equal(strlen(clock_day(far[i], out)), CLOCK_DAY - 1);
        assert_int_equal(strlen(clock_show(far[i], out)), 16);
    }
    assert_string_equal(clock_day(INT64_MAX, out), "9999-12-30");
    assert_string_equal(clock_day(INT64_MIN, out), "0001-01-02");
    shows(0, "1970-01-01", "01.01.1970 01:00");
    shows(-3600, "1970-01-01", "01.01.1970 00:00");
}

static void days_valid(void **state)
{
    static const char *const valid[] = {
        "1990-01-01", "2199-12-31", "2024-02-29", "2000-02-29", "2026-11-30", "2026-12-31",
    };
    static const char *const invalid[] = {
        "",           "1989-12-31",  "2200-01-01",  "2026-02-29",  "2100-02-29",
        "2026-02-30", "2026-11-31",  "2026-13-01",  "2026-00-10",  "2026-01-00",
        "2026-01-32", "2026-1-1",    "26-01-01",    "2026/01/01",  "23.11.2026",
        "2026-11-2",  "2026-11-230", " 2026-11-23", "2026-11-23 ", "2026-11-2x",
        "-026-11-23", "+026-11-23",  "2026-+1-23",  "2026-11- 3",  "2026-11-23T00:00",
    };
    for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++)
        assert_true(clock_day_valid(valid[i]));
    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
        if (clock_day_valid(invalid[i]))
            fail_msg("\"%s\" was taken for a day", invalid[i]);
    }
}

static void adds(const char *day, int days, const char *expected)
{
    char out[CLOCK_DAY];
    assert_string_equal(clock_day_add(day, days, out), expected);
}

static void days_added(void **state)
{
    adds("2026-11-23", 0, "2026-11-23");
    adds("2026-11-30", 1, "2026-12-01");
    adds("2026-12-31", 1, "2027-01-01");
    adds("2027-01-01", -1, "2026-12-31");
    adds("2024-02-28", 1, "2024-02-29");
    adds("2024-02-29", 1, "2024-03-01");
    adds("2024-02-29", 365, "2025-02-28");
    adds("2100-02-28", 1, "2100-03-01");
    adds("2026-03-28", 2, "2026-03-30"); /* over the day of 23 hours */
    adds("2026-10-24", 2, "2026-10-26"); /* and that of 25 */
    adds("2026-10-25", -1, "2026-10-24");
    adds("2199-12-31", 1, "2199-12-31");
    adds("1990-01-01", -1, "1990-01-01");
    adds("2026-11-23", INT32_MAX, "2199-12-31");
    adds("2026-11-23", INT32_MIN, "1990-01-01");

    char day[CLOCK_DAY] = "1990-01-01";
    int count = 0;
    for (; strcmp(day, "2199-12-31") != 0; count++) {
        char before[CLOCK_DAY];
        memcpy(before, day, sizeof(before));
        clock_day_add(day, 1, day);
        assert_true(clock_day_valid(day));
        assert_true(strcmp(before, day) < 0);
    }
    assert_int_equal(count, 210 * 365 + 51 - 1); /* 51 leap years, 2100 is none */
}

static void days_shown(void **state)
{
    char out[CLOCK_DAY];
    assert_ptr_equal(clock_day_show("2026-11-23", out), out);
    assert_string_equal(out, "23.11.2026");
    clock_day_add("2024-02-28", 1, out);
    assert_string_equal(clock_day_show(out, out), "29.02.2024");
}

static void now_is_off_by(int64_t shift)
{
    int64_t before = time(NULL);
    int64_t now = clock_now();
    assert_in_range(now - shift, before, time(NULL));
}

static void now_moves_with_the_file(void **state)
{
    static const char *const unusable[] = {
        "", "\n", "soon", "99999999999999999999", "-99999999999999999999", "9223372036854775807",
    };
    now_is_off_by(0);
    set_shift("86400\n");
    now_is_off_by(86400);
    set_shift("-3600");
    now_is_off_by(-3600);
    set_shift("+60");
    now_is_off_by(60);
    for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++) {
        set_shift(unusable[i]);
        now_is_off_by(0);
    }
    set_shift("60");
    setenv("SKRYTKA_TEST_CLOCK", "/nonexistent", 1); /* the name is read once */
    now_is_off_by(60);
    assert_int_equal(unlink(shift_path), 0);
    now_is_off_by(0);
}

static const struct {
    const char *zone;
    const char *shown;
} hours[] = {
    { "Europe/Warsaw", "23.11.2026 13:00" },
    { "America/New_York", "23.11.2026 07:00" },
    { "Asia/Tokyo", "23.11.2026 21:00" },
};
enum { HOURS = sizeof(hours) / sizeof(hours[0]), ROUNDS = 2000, READERS = 3 };

static atomic_bool changing;
static atomic_int wrong;

static void *read_hours(void *unused)
{
    int64_t at = utc(2026, 11, 23, 12, 0, 0);
    do {
        char shown[17];
        clock_show(at, shown);
        bool right = false;
        for (int i = 0; i < HOURS; i++)
            right = right || strcmp(shown, hours[i].shown) == 0;
        if (!right)
            atomic_fetch_add(&wrong, 1);
    } while (atomic_load(&changing));
    return NULL;
}

static void zone_changes_under_readers(void **state)
{
    pthread_t readers[READERS];
    atomic_store(&changing, true);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_hours, NULL), 0);
    for (int i = 0; i < ROUNDS; i++)
        assert_true(clock_set_zone(hours[i % HOURS].zone));
    atomic_store(&changing, false);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    assert_int_equal(atomic_load(&wrong), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone_is_warsaw_at_first),
        cmocka_unit_test(day_ends_at_local_midnight),
        cmocka_unit_test(day_of_23_hours),
        cmocka_unit_test(day_of_25_hours),
        cmocka_unit_test(zone_may_change),
        cmocka_unit_test(zone_unknown_changes_nothing),
        cmocka_unit_test(zone_name_length),
        cmocka_unit_test(instants_beyond_the_calendar),
        cmocka_unit_test(days_valid),
        cmocka_unit_test(days_added),
        cmocka_unit_test(days_shown),
        cmocka_unit_test(now_moves_with_the_file),
        cmocka_unit_test(zone_changes_under_readers),
    };
    int file = mkstemp(shift_path);
    if (file < 0)
        return 1;
    close(file);
    setenv("SKRYTKA_TEST_CLOCK", shift_path, 1);
    setenv("TZ", "America/New_York", 1);
    setenv("TZDIR", "/nonexistent", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
