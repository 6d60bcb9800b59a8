/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SMS to the office from the act to the sender: quiet hours, gathering, the month's limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/domain/quiet_hours.h"
#include "tests/unit/office.h"
#include "tests/unit/outbox.h"

enum { GATHER_MINUTES = 10 };

static int64_t sms_count(struct test_office *office, const char *state)
{
    return ask_int(office, arena_format(office->arena,
                                        "SELECT count(*) FROM outbox WHERE channel = 'sms'"
                                        " AND state = '%s'",
                                        state));
}

static void ask_for_scan(struct test_office *office)
{
    request_for(office, letter_for(office, office->alfa, "Bank").id);
}

static const char *clock_time(struct test_office *office, int64_t at)
{
    struct tm local;
    clock_local(at, &local);
    return arena_format(office->arena, "%02d:%02d", local.tm_hour, local.tm_min);
}

/* Quiet hours from a minute ago for so many seconds, counted down to the minute. */
static int64_t be_quiet(struct test_office *office, int64_t seconds)
{
    const char *from = clock_time(office, clock_now() - 60);
    const char *to = clock_time(office, clock_now() + seconds);
    struct rec_settings_save in = { .sms_quiet_from = from, .sms_quiet_to = to };
    succeeded(office, do_settings_save(office, &in, NULL));
    int64_t end = quiet_until(clock_now(), from, to);
    assert_true(end > clock_now());
    return end;
}

static void gather(struct test_office *office)
{
    struct rec_settings_save in = { .sms_gather_minutes = GATHER_MINUTES,
                                    .has_sms_gather_minutes = true };
    succeeded(office, do_settings_save(office, &in, NULL));
}

/* Made before the hours were set, tried again, asked for by a person: none leaves in them. */
static void nothing_leaves_in_quiet_hours(void **state)
{
    struct test_office *office = *state;
    ask_for_scan(office);
    int64_t end = be_quiet(office, 3 * 3600);
    struct taking none = take(office, medium_sms, 10);
    assert_int_equal(none.letters.count, 0);
    assert_int_equal(none.next_due, end);
    assert_int_equal(take(office, medium_mail, 10).letters.count, 1); /* to the office */
    int64_t id = ask_int(office, "SELECT id FROM outbox WHERE channel = 'sms'");
    succeeded(office, do_outbox_retry(office, &(struct rec_by_id){ id }, NULL));
    assert_int_equal(message(office, id).due_at, end);
    assert_int_equal(message(office, id).expires_at, end + delivery_life(medium_sms));
    assert_int_equal(take(office, medium_sms, 10).letters.count, 0);
    pass(office, 3 * 3600 + 60);
    assert_int_equal(take(office, medium_sms, 10).letters.count, 1);
}

/* At the end of the quiet hours a telephone rings once, and not again a moment later. */
static void one_when_the_quiet_ends(void **state)
{
    struct test_office *office = *state;
    gather(office);
    int64_t end = be_quiet(office, 3 * 3600);
    ask_for_scan(office);
    pass(office, end - clock_now() + 1);
    struct taking taken = take(office, medium_sms, 10);
    assert_int_equal(taken.letters.count, 1);
    record(office, letter_at(&taken, 0)->id, DELIVERY_DONE);
    ask_for_scan(office);
    struct taking none = take(office, medium_sms, 10);
    assert_int_equal(none.letters.count, 0);
    assert_int_equal(none.next_due, end + 60 * GATHER_MINUTES);
}

/* One that was taken out of the queue rang nowhere. */
static void dropped_puts_nothing_off(void **state)
{
    struct test_office *office = *state;
    gather(office);
    ask_for_scan(office);
    int64_t id = ask_int(office, "SELECT id FROM outbox WHERE channel = 'sms'");
    succeeded(office, do_outbox_drop(office, &(struct rec_by_id){ id }, NULL));
    ask_for_scan(office);
    assert_int_equal(take(office, medium_sms, 10).letters.count, 1);
}

/* Beyond the month's limit requests gather too; in the new month one does not wait with those. */
static void beyond_the_limit_they_gather(void **state)
{
    struct test_office *office = *state;
    gather(office);
    struct rec_settings_save in = { .sms_monthly_limit = 1, .has_sms_monthly_limit = true };
    succeeded(office, do_settings_save(office, &in, NULL));
    ask_for_scan(office);
    struct taking taken = take(office, medium_sms, 10);
    record(office, letter_at(&taken, 0)->id, DELIVERY_DONE);
    for (int i = 0; i < 5; i++)
        ask_for_scan(office);
    assert_int_equal(sms_count(office, "held"), 1);
    assert_int_equal(ask_int(office, "SELECT gathered FROM outbox WHERE state = 'held'"), 5);
    pass(office, 32 * 86400);
    ask_for_scan(office);
    assert_int_equal(sms_count(office, "held"), 1);
    assert_int_equal(sms_count(office, "waiting"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_office_open, test_office_close)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(nothing_leaves_in_quiet_hours),
        TEST(one_when_the_quiet_ends),
        TEST(dropped_puts_nothing_off),
        TEST(beyond_the_limit_they_gather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
