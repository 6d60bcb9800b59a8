/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The outbox from the act to the server's answer: order, hold, crash, the operator's retry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/office/outbox.h"
#include "tests/unit/office.h"
#include "tests/unit/outbox.h"

static bool retry(struct test_office *office, int64_t id)
{
    return do_outbox_retry(office, &(struct rec_by_id){ id }, NULL);
}

/* Mail to clients is held so long that a clerk can undo; the sender is told when to come back. */
static void held_for_undo(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->alfa, "Sąd");
    int64_t now = clock_now();
    struct taking none = take(office, medium_mail, 10);
    assert_int_equal(none.letters.count, 0);
    assert_in_range(none.next_due, now + 9, now + 11);
    pass(office, 11);
    struct taking both = take(office, medium_mail, 10);
    assert_int_equal(both.letters.count, 2);
    assert_int_equal(both.next_due, 0);
    const struct outbox_letter *first = letter_at(&both, 0);
    assert_string_equal(first->recipient, "a@alfa.example");
    assert_string_equal(first->sender, "poczta@biuro.example");
    assert_int_equal(first->language, language_pl);
    assert_non_null(first->html);
    assert_null(first->references);
    assert_int_equal(first->attachment_count, 0);
    /* What is being sent is not taken twice. */
    assert_int_equal(take(office, medium_mail, 10).letters.count, 0);
}

static void request_fulfilled(struct test_office *office, int64_t item_id)
{
    struct rec_scan_request_fulfil in = { .id = request_for(office, item_id).id,
                                          .uploads = one_upload(office) };
    succeeded(office, do_scan_request_fulfil(office, &in, NULL));
}

#define WATCHED "a@alfa.example"

/* Takes all that is due and delivers it, but keeps the one to the watched address; NULL: none. */
static const struct outbox_letter *take_watched(struct test_office *office)
{
    struct taking taken = take(office, medium_mail, 50);
    const struct outbox_letter *watched = NULL;
    for (size_t i = 0; i < taken.letters.count; i++) {
        const struct outbox_letter *letter = letter_at(&taken, i);
        if (strcmp(letter->recipient, WATCHED) != 0) {
            record(office, letter->id, DELIVERY_DONE);
            continue;
        }
        assert_null(watched);
        watched = letter;
    }
    return watched;
}

/* To one address about one letter: registered, received, scan; never a later one before. */
static void in_order_for_a_letter(void **state)
{
    struct test_office *office = *state;
    request_fulfilled(office, letter_for(office, office->alfa, "Sąd").id);
    pass(office, 3600);
    const char *first_id = NULL;
    for (int step = 0; step < 3; step++) {
        const struct outbox_letter *letter = take_watched(office);
        assert_non_null(letter);
        if (step == 0)
            assert_null(letter->references);
        else
            assert_string_equal(letter->references, first_id);
        assert_int_equal(letter->attachment_count, step == 2);
        /* While it is on its way, and while it waits to be tried again, nothing passes it. */
        assert_null(take_watched(office));
        record(office, letter->id, DELIVERY_LATER);
        assert_null(take_watched(office));
        pass(office, 600);
        const struct outbox_letter *again = take_watched(office);
        assert_non_null(again);
        assert_int_equal(again->id, letter->id);
        assert_string_equal(again->message_id, letter->message_id);
        assert_int_equal(again->attempts, 1);
        record(office, again->id, DELIVERY_DONE);
        assert_int_equal(message(office, letter->id).state, outbox_state_delivered);
        assert_int_equal(message(office, letter->id).attempts, 2);
        first_id = step == 0 ? letter->message_id : first_id;
    }
    assert_null(take_watched(office));
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox WHERE channel = 'mail'"
                                     " AND state <> 'delivered'"),
                     0);
    /* The link must not lie there for ever. */
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox WHERE state = 'delivered'"
                                     " AND (text <> '' OR html IS NOT NULL)"),
                     0);
}

static void after_a_crash(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->alfa, "Sąd");
    pass(office, 11);
    struct taking taken = take(office, medium_mail, 1);
    const struct outbox_letter *lost = letter_at(&taken, 0);
    letter_for(office, office->alfa, "Bank");
    pass(office, 3600);
    succeeded(office, test_office_run(office, run_recover, NULL));
    struct taking again = take(office, medium_mail, 1);
    assert_int_equal(letter_at(&again, 0)->id, lost->id);
    assert_string_equal(letter_at(&again, 0)->message_id, lost->message_id);
    assert_int_equal(letter_at(&again, 0)->attempts, 1);
}

static void more_than_were_taken(void **state)
{
    struct test_office *office = *state;
    for (int i = 0; i < 5; i++)
        letter_for(office, office->beta, "Bank");
    pass(office, 11);
    struct taking some = take(office, medium_mail, 3);
    assert_int_equal(some.letters.count, 3);
    assert_true(some.next_due > 0 && some.next_due <= clock_now());
    struct taking rest = take(office, medium_mail, 3);
    assert_int_equal(rest.letters.count, 2);
    assert_int_equal(rest.next_due, 0);
    assert_int_equal(letter_at(&rest, 0)->language, language_en);
    assert_int_equal(take(office, medium_sms, 3).letters.count, 0);
}

/* 5 days, 1 day; then it stands there as expired, and staff is told. */
static void given_up(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->beta, "Bank");
    pass(office, 11);
    struct taking taken = take(office, medium_mail, 1);
    int64_t id = letter_at(&taken, 0)->id;
    pass(office, 6 * 86400);
    record(office, id, DELIVERY_UNREACHABLE);
    assert_true(event_of(office, event_kind_outbox_changed) > 0);
    assert_int_equal(message(office, id).state, outbox_state_expired);
    /* The operator's retry gives it a new life, which one failure does not end. */
    succeeded(office, retry(office, id));
    assert_int_equal(message(office, id).state, outbox_state_waiting);
    taken = take(office, medium_mail, 1);
    assert_int_equal(letter_at(&taken, 0)->id, id);
    assert_true(strlen(letter_at(&taken, 0)->text) > 0);
    record(office, id, DELIVERY_LATER);
    assert_int_equal(message(office, id).state, outbox_state_waiting);
}

static bool run_watch(struct op *op, void *data)
{
    return outbox_watch(op, data);
}

static int64_t alarms(struct test_office *office)
{
    bool more;
    succeeded(office, test_office_run(office, run_watch, &more));
    return ask_int(office, "SELECT count(*) FROM event WHERE kind = 'outbox_changed'"
                           " AND detail LIKE 'late: %'");
}

/* Waiting is counted from when it could have left first: tries in between do not put it off. */
static void staff_hear_after_a_quarter_of_an_hour(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->beta, "Bank");
    pass(office, 11);
    for (int minutes = 0; minutes < 14; minutes += 7) {
        struct taking taken = take(office, medium_mail, 1);
        record(office, letter_at(&taken, 0)->id, minutes ? DELIVERY_UNREACHABLE : DELIVERY_LATER);
        pass(office, 7 * 60);
        assert_int_equal(alarms(office), 0);
    }
    pass(office, 61);
    assert_int_equal(alarms(office), 1);
    assert_int_equal(alarms(office), 1);
}

/* What was taken and not begun is as it was: no try, its place, still to be held. */
static void given_back(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->beta, "Bank");
    letter_for(office, office->beta, "Sąd");
    pass(office, 11);
    struct taking taken = take(office, medium_mail, 2);
    int64_t first = letter_at(&taken, 0)->id;
    struct rec_by_id in = { first };
    refused_for(office, do_outbox_hold(office, &in, NULL), refusal_not_sendable);
    succeeded(office, test_office_run(office, run_give_back, &first));
    assert_int_equal(message(office, first).attempts, 0);
    assert_int_equal(message(office, first).last_attempt_at, 0);
    taken = take(office, medium_mail, 2);
    assert_int_equal(taken.letters.count, 1);
    assert_int_equal(letter_at(&taken, 0)->id, first);
    record(office, first, DELIVERY_UNREACHABLE);
    assert_int_equal(message(office, first).attempts, 0);
    succeeded(office, do_outbox_hold(office, &in, NULL));
    assert_false(test_office_run(office, run_give_back, &first));
    assert_int_equal(message(office, first).state, outbox_state_held);
}

static void refused_by_the_server(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->beta, "Bank");
    pass(office, 11);
    struct taking taken = take(office, medium_mail, 1);
    int64_t id = letter_at(&taken, 0)->id;
    record(office, id, DELIVERY_REFUSED);
    struct rec_outbox_message refused = message(office, id);
    assert_int_equal(refused.state, outbox_state_refused);
    assert_string_equal(refused.answer, "250 2.0.0 Ok");
    assert_int_equal(refused.item_id, item.id);
    /* An outcome that comes late changes nothing more. */
    struct outcome late = { id, DELIVERY_DONE };
    assert_false(test_office_run(office, run_record, &late));
    assert_int_equal(message(office, id).state, outbox_state_refused);
    succeeded(office, retry(office, id));
    taken = take(office, medium_mail, 1);
    record(office, letter_at(&taken, 0)->id, DELIVERY_DONE);
    refused_for(office, retry(office, id), refusal_not_sendable);
    failed_with(office, retry(office, 99999), ERR_not_found, "id");
}

static void an_undone_act_sends_nothing(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->alfa, "Sąd");
    struct rec_undo in = { event_of(office, event_kind_mail_registered) };
    succeeded(office, do_undo(office, &in, NULL));
    pass(office, 3600);
    struct taking none = take(office, medium_mail, 10);
    assert_int_equal(none.letters.count, 0);
    assert_int_equal(none.next_due, 0);
    refused_for(office, retry(office, ask_int(office, "SELECT max(id) FROM outbox")),
                refusal_not_sendable);
}

static void moved_to_gamma(struct test_office *office, int64_t item_id)
{
    struct rec_mail_save move = { .id = item_id,
                                  .version = item_now(office, item_id).version,
                                  .client_id = office->gamma,
                                  .has_client_id = true };
    succeeded(office, do_mail_save(office, &move, NULL));
}

/* Registered for the wrong client and mended in time: nobody reads of another's post. */
static void a_letter_of_somebody_else(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request request = request_for(office, item.id);
    struct rec_scan_request_cancel cancel = { .id = request.id };
    succeeded(office, do_scan_request_cancel(office, &cancel, NULL));
    moved_to_gamma(office, item.id);
    pass(office, 3600);
    struct taking taken = take(office, medium_mail, 50);
    assert_int_equal(taken.letters.count, 1); /* to the office */
    assert_string_equal(letter_at(&taken, 0)->recipient, "biuro@biuro.example");
}

/* What has begun to leave cannot be called back. */
static void sent_is_not_undone(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->alfa, "Sąd");
    struct rec_undo in = { event_of(office, event_kind_mail_registered) };
    office->env.hold_seconds = 100; /* the act's own ten seconds are over, undo's are not */
    pass(office, 11);
    take(office, medium_mail, 1);
    refused_for(office, do_undo(office, &in, NULL), refusal_too_late);
}

/*
 * The letter becomes another client's while mails about it are claimed: however they come back,
 * only one that has arrived anyway stays, the others never go again.
 */
static void withdrawn_while_it_is_sent(void **state)
{
    struct test_office *office = *state;
    for (int way = 0; way < 3; way++) {
        struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
        pass(office, 11);
        struct taking taken = take(office, medium_mail, 10);
        assert_int_equal(taken.letters.count, 2);
        int64_t first = letter_at(&taken, 0)->id;
        int64_t second = letter_at(&taken, 1)->id;
        moved_to_gamma(office, item.id);
        switch (way) {
        case 0:
            record(office, first, DELIVERY_LATER);
            succeeded(office, test_office_run(office, run_give_back, &second));
            break;
        case 1:
            record(office, first, DELIVERY_DONE);
            record(office, second, DELIVERY_REFUSED);
            break;
        default: succeeded(office, test_office_run(office, run_recover, NULL));
        }
        assert_int_equal(message(office, first).state,
                         way == 1 ? outbox_state_delivered : outbox_state_dropped);
        assert_int_equal(message(office, second).state, outbox_state_dropped);
        refused_for(office, retry(office, second), refusal_not_sendable);
        pass(office, 3600);
        assert_int_equal(take(office, medium_mail, 10).letters.count, 0);
    }
}

/* A try that was counted may have arrived, whatever became of the message since. */
static void tried_is_not_undone(void **state)
{
    struct test_office *office = *state;
    office->env.hold_seconds = 100; /* the acts' own ten seconds are over, undo's are not */
    letter_for(office, office->beta, "Sąd");
    struct rec_undo in = { event_of(office, event_kind_mail_registered) };
    ask_run(office, "UPDATE outbox SET due_at = 0");
    struct taking taken = take(office, medium_mail, 1);
    int64_t id = letter_at(&taken, 0)->id;
    record(office, id, DELIVERY_UNREACHABLE); /* no try */
    assert_int_equal(message(office, id).attempts, 0);
    taken = take(office, medium_mail, 1);
    record(office, id, DELIVERY_LATER);
    refused_for(office, do_undo(office, &in, NULL), refusal_too_late);
    succeeded(office, do_outbox_drop(office, &(struct rec_by_id){ id }, NULL));
    refused_for(office, do_undo(office, &in, NULL), refusal_too_late);
}

/* What is held and was never tried goes with its act. */
static void held_is_undone(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->beta, "Sąd");
    struct rec_undo in = { event_of(office, event_kind_mail_registered) };
    int64_t id = ask_int(office, "SELECT max(id) FROM outbox");
    succeeded(office, do_outbox_hold(office, &(struct rec_by_id){ id }, NULL));
    succeeded(office, do_undo(office, &in, NULL));
    assert_int_equal(message(office, id).state, outbox_state_dropped);
}

/* It may be this message that the server takes badly: after a pause another one feels. */
static void another_feels_whether_the_server_is_back(void **state)
{
    struct test_office *office = *state;
    letter_for(office, office->beta, "Bank");
    letter_for(office, office->beta, "Sąd");
    pass(office, 11);
    struct taking taken = take(office, medium_mail, 1);
    int64_t first = letter_at(&taken, 0)->id;
    record(office, first, DELIVERY_UNREACHABLE);
    pass(office, 5);
    taken = take(office, medium_mail, 1);
    assert_true(letter_at(&taken, 0)->id != first);
}

/* Past its life it does not leave, also before anybody has noted that it is given up. */
static void too_old_is_not_sent(void **state)
{
    enum { MANY = 60 };
    struct test_office *office = *state;
    for (int i = 0; i < MANY; i++)
        letter_for(office, office->beta, "Bank");
    pass(office, 6 * 86400);
    struct taking none = take(office, medium_mail, 10);
    assert_int_equal(none.letters.count, 0);
    assert_int_equal(none.next_due, 0);
    bool more;
    int rounds = 0;
    do {
        succeeded(office, test_office_run(office, run_watch, &more));
    } while (++rounds < MANY && more);
    assert_int_equal(rounds, 2);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox WHERE state = 'expired'"), MANY);
}

/* The figures for who watches: one that hangs is there, and its age begins when it could leave. */
static void age_of_the_oldest(void **state)
{
    struct test_office *office = *state;
    struct rec_outbox_list in = { 0 };
    struct rec_outbox_list_result out;
    letter_for(office, office->beta, "Bank");
    int64_t could_leave = message(office, ask_int(office, "SELECT max(id) FROM outbox")).due_at;
    succeeded(office, do_outbox_list(office, &in, &out));
    assert_int_equal(out.waiting, 1);
    assert_false(out.has_oldest_waiting);
    pass(office, 1000);
    take(office, medium_mail, 1);
    succeeded(office, do_outbox_list(office, &in, &out));
    assert_int_equal(out.waiting, 1);
    assert_true(out.has_oldest_waiting);
    assert_int_equal(out.oldest_waiting, could_leave);
    assert_int_equal(alarms(office), 1);
}

/* Where a message may go, by hand once more: a wrong statement would move nothing. */
static const char *const moves[outbox_state_MAX] = {
    [outbox_state_waiting] = " sending expired held dropped ",
    [outbox_state_sending] = " waiting delivered refused expired dropped ",
    [outbox_state_delivered] = "",
    [outbox_state_refused] = " waiting dropped ",
    [outbox_state_expired] = " waiting dropped ",
    [outbox_state_held] = " waiting dropped ",
    [outbox_state_dropped] = "",
};

static void no_other_way(void **state)
{
    struct test_office *office = *state;
    sqlite3 *handle = office->db->write_tx.handle;
    for (int from = 0; from < outbox_state_MAX; from++) {
        for (int to = 0; to < outbox_state_MAX; to++) {
            const char *word = words_outbox_state.at[to];
            bool may = from == to || strstr(moves[from], arena_format(office->arena, " %s ", word));
            ask_run(office, "DELETE FROM outbox");
            ask_run(office, arena_format(office->arena,
                                         "INSERT INTO outbox (channel, state, recipient, language,"
                                         " subject, text, message_id, event_id, created_at, due_at,"
                                         " expires_at) VALUES ('mail', '%s', 'a@b.example', 'pl',"
                                         " '', '', 'x', 0, 0, 0, 0)",
                                         words_outbox_state.at[from]));
            const char *move = arena_format(office->arena, "UPDATE outbox SET state = '%s'", word);
            int result = sqlite3_exec(handle, move, NULL, NULL, NULL) & 0xff;
            assert_int_equal(result, may ? SQLITE_OK : SQLITE_CONSTRAINT);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_office_open, test_office_close)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(held_for_undo),
        TEST(in_order_for_a_letter),
        TEST(after_a_crash),
        TEST(more_than_were_taken),
        TEST(given_up),
        TEST(no_other_way),
        TEST(staff_hear_after_a_quarter_of_an_hour),
        TEST(given_back),
        TEST(refused_by_the_server),
        TEST(an_undone_act_sends_nothing),
        TEST(sent_is_not_undone),
        TEST(a_letter_of_somebody_else),
        TEST(withdrawn_while_it_is_sent),
        TEST(tried_is_not_undone),
        TEST(held_is_undone),
        TEST(too_old_is_not_sent),
        TEST(another_feels_whether_the_server_is_back),
        TEST(age_of_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
