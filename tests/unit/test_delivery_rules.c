/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What becomes of a message after each try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/domain/delivery_rules.h"

enum { DAY = 86400, MAIL_DAYS = 5, DUE = 77 };
#define NOW INT64_C(1764000000)

static struct delivery_fate after(enum delivery delivery, int64_t attempts, uint32_t random)
{
    return delivery_fate(delivery, attempts, NOW - DUE, NOW + MAIL_DAYS * DAY, NOW, random);
}

static void ends(void **state)
{
    struct delivery_fate fate = after(DELIVERY_DONE, 3, 7);
    assert_int_equal(fate.state, outbox_state_delivered);
    assert_int_equal(fate.attempts, 3);
    fate = after(DELIVERY_REFUSED, 1, 7);
    assert_int_equal(fate.state, outbox_state_refused);
    assert_int_equal(fate.attempts, 1);
}

/* 60 s doubling to 30 min; by chance up to a quarter more, never less. */
static void back_off(void **state)
{
    static const int64_t waits[] = { 60, 120, 240, 480, 960, 1800, 1800, 1800 };
    for (int64_t attempt = 1; attempt <= 8; attempt++) {
        int64_t wait = waits[attempt - 1];
        int64_t least = INT64_MAX;
        int64_t most = 0;
        for (uint32_t random = 0; random < 2000; random++) {
            struct delivery_fate fate = after(DELIVERY_LATER, attempt, random);
            assert_int_equal(fate.state, outbox_state_waiting);
            assert_int_equal(fate.attempts, attempt);
            least = fate.due_at - NOW < least ? fate.due_at - NOW : least;
            most = fate.due_at - NOW > most ? fate.due_at - NOW : most;
        }
        assert_int_equal(least, wait);
        assert_in_range(most, wait * 5 / 4 - 1, wait * 5 / 4);
    }
    assert_in_range(after(DELIVERY_LATER, INT64_MAX, UINT32_MAX).due_at - NOW, 1800, 2250);
    assert_in_range(after(DELIVERY_LATER, 0, 0).due_at - NOW, 60, 75);
}

/* The sender pauses as a whole: the message itself was not tried and waits, behind the others. */
static void unreachable_costs_nothing(void **state)
{
    for (int64_t attempts = 0; attempts < 100; attempts++) {
        struct delivery_fate fate = after(DELIVERY_UNREACHABLE, attempts, 12345);
        assert_int_equal(fate.state, outbox_state_waiting);
        assert_int_equal(fate.attempts, attempts > 0 ? attempts - 1 : 0);
        assert_int_equal(fate.due_at, NOW);
    }
}

static enum outbox_state aged(enum delivery delivery, enum medium channel, int64_t age)
{
    return delivery_fate(delivery, 5, NOW, NOW - age + delivery_life(channel), NOW, 1).state;
}

static void lives(void **state)
{
    assert_int_equal(delivery_life(medium_mail), MAIL_DAYS * DAY);
    assert_int_equal(delivery_life(medium_sms), DAY);
    for (int channel = 0; channel < medium_MAX; channel++) {
        enum medium medium = (enum medium)channel;
        int64_t life = delivery_life(medium);
        assert_int_equal(aged(DELIVERY_LATER, medium, life - 1), outbox_state_waiting);
        assert_int_equal(aged(DELIVERY_LATER, medium, life), outbox_state_expired);
        assert_int_equal(aged(DELIVERY_UNREACHABLE, medium, life - 1), outbox_state_waiting);
        assert_int_equal(aged(DELIVERY_UNREACHABLE, medium, life), outbox_state_expired);
        /* What the server took or refused is not "expired", however old. */
        assert_int_equal(aged(DELIVERY_DONE, medium, life * 2), outbox_state_delivered);
        assert_int_equal(aged(DELIVERY_REFUSED, medium, life * 2), outbox_state_refused);
    }
}

/* A server that says "later" for a day hears from us seldom: at most 60 times. */
static void tries_in_a_day(void **state)
{
    int64_t now = NOW;
    int64_t tries = 0;
    while (now < NOW + DAY) {
        tries++;
        now = delivery_fate(DELIVERY_LATER, tries, now, NOW + MAIL_DAYS * DAY, now, 0).due_at;
    }
    assert_in_range(tries, 40, 60);
}

/* 15 minutes after the message could have left first. */
static void late(void **state)
{
    for (int channel = 0; channel < medium_MAX; channel++) {
        enum medium medium = (enum medium)channel;
        assert_int_equal(delivery_late(medium, NOW + 900), NOW + delivery_life(medium));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends),           cmocka_unit_test(back_off),
        cmocka_unit_test(lives),          cmocka_unit_test(unreachable_costs_nothing),
        cmocka_unit_test(tries_in_a_day), cmocka_unit_test(late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
