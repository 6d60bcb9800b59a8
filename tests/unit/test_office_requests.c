/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Scan requests from the letter's arrival to the sum on the invoice, and the ways back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/clock.h"
#include "server/office/links.h"
#include "tests/unit/office.h"

struct press {
    const char *token;
    struct link_view view;
    bool made;
};

static bool press_button(struct op *op, void *data)
{
    struct press *press = data;
    return office_link_request(op, press->token, &press->view, &press->made);
}

static bool look(struct op *op, void *data)
{
    struct press *press = data;
    return office_link_view(op, press->token, &press->view);
}

static struct rec_scan_request fulfil(struct test_office *office, int64_t id)
{
    struct rec_scan_request_fulfil in = { .id = id,
                                          .uploads = one_upload(office),
                                          .information = "Dwie strony" };
    struct rec_scan_request request;
    succeeded(office, do_scan_request_fulfil(office, &in, &request));
    return request;
}

static struct rec_scan_request cancel(struct test_office *office, int64_t id)
{
    struct rec_scan_request_cancel in = { .id = id, .reason = "Nieczytelne" };
    struct rec_scan_request request;
    succeeded(office, do_scan_request_cancel(office, &in, &request));
    return request;
}

static bool collect(struct test_office *office, int64_t id, bool cancel_requests)
{
    struct rec_mail_collect in = { .ids = { .at = &id, .count = 1, .given = true },
                                   .collected_by = "Anna",
                                   .cancel_requests = cancel_requests,
                                   .has_cancel_requests = cancel_requests };
    return do_mail_collect(office, &in, NULL);
}

static bool undo(struct test_office *office, int64_t event_id)
{
    return do_undo(office, &(struct rec_undo){ .event_id = event_id }, NULL);
}

static int64_t waiting_for(struct test_office *office, const char *recipient)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM outbox WHERE state = 'waiting' AND recipient = '%s'", recipient);
    return ask_int(office, sql);
}

static void the_story(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "ZUS Oddział w Łodzi");
    assert_int_equal(item.status, mail_status_awaiting_collection);
    assert_true(can_do(&item.can, action_scan_request_create));
    assert_int_equal(waiting_for(office, "a@alfa.example"), 1);
    assert_int_equal(waiting_for(office, "b@alfa.example"), 1);

    struct press press = { .token = newest_token(office) };
    succeeded(office, test_office_run(office, look, &press));
    assert_true(press.view.may_request);
    assert_int_equal(press.view.cost, 500);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan_request"), 0);

    succeeded(office, test_office_run(office, press_button, &press));
    assert_true(press.made);
    assert_false(press.view.may_request);
    struct rec_scan_request *request = press.view.item.request;
    assert_int_equal(request->status, request_status_new);
    assert_int_equal(request->source, request_source_email);
    assert_string_equal(request->requested_by, "Łódź Meble Sp. z o.o.");
    assert_int_equal(event_of(office, event_kind_scan_request_created),
                     ask_int(office, "SELECT max(id) FROM event"));
    assert_int_equal(waiting_for(office, "biuro@biuro.example"), 1);
    assert_int_equal(waiting_for(office, "+48601234567"), 1);

    succeeded(office, test_office_run(office, press_button, &press));
    assert_false(press.made);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan_request"), 1);

    struct rec_scan_request done = fulfil(office, request->id);
    assert_int_equal(done.status, request_status_fulfilled);
    assert_int_equal(done.cost, 500);
    assert_int_equal(done.can.count, 0);
    item = item_now(office, item.id);
    assert_int_equal(item.scans.count, 1);
    assert_int_equal(item.charges.count, 1);
    assert_int_equal(item.cost, 500);
    assert_false(can_do(&item.can, action_scan_request_create));
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox_attachment"), 2);

    char today[CLOCK_DAY];
    clock_day(clock_now(), today);
    struct rec_settlement_summary in = { .from = today, .to = today };
    struct rec_settlement_summary_result sum;
    succeeded(office, do_settlement_summary(office, &in, &sum));
    assert_int_equal(sum.total, 500);
    assert_int_equal(sum.clients.count, 1);
    struct rec_settlement_client *client = sum.clients.at;
    assert_int_equal(client->client_id, office->alfa);
    assert_int_equal(client->total, 500);
    assert_string_equal(((struct rec_charge *)client->charges.at)->information, "Dwie strony");
}

static void cancelled_and_asked_again(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request first = request_for(office, item.id);
    refused_for(office,
                do_scan_request_create(office, &(struct rec_scan_request_create){ item.id }, NULL),
                refusal_already_open);
    struct rec_scan_request cancelled = cancel(office, first.id);
    assert_int_equal(cancelled.status, request_status_cancelled);
    assert_int_equal(cancelled.cancelled_by, cancelled_by_staff);
    assert_string_equal(cancelled.reason, "Nieczytelne");
    struct press press = { .token = newest_token(office) };
    succeeded(office, test_office_run(office, press_button, &press));
    assert_true(press.made);
    assert_true(press.view.item.request->id > first.id);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan_request"), 2);
    refused_for(office,
                do_scan_request_cancel(office, &(struct rec_scan_request_cancel){ first.id }, NULL),
                refusal_not_new);
    struct list uploads = one_upload(office);
    refused_for(
        office,
        do_scan_request_fulfil(
            office, &(struct rec_scan_request_fulfil){ .id = first.id, .uploads = uploads }, NULL),
        refusal_not_new);
}

static void who_may_not_ask(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->beta, "Bank");
    struct rec_scan_request_create in = { .item_id = item.id };
    assert_false(can_do(&item.can, action_scan_request_create));
    assert_int_equal(ask_int(office, "SELECT count(*) FROM link"), 0);
    refused_for(office, do_scan_request_create(office, &in, NULL), refusal_package_denied);
    in.item_id = letter_for(office, office->alfa, "Bank").id;
    struct rec_settings_save off = { .has_allow_scan_requests = true };
    struct press press = { .token = newest_token(office) };
    succeeded(office, do_settings_save(office, &off, NULL));
    refused_for(office, do_scan_request_create(office, &in, NULL), refusal_office_off);
    succeeded(office, test_office_run(office, press_button, &press));
    assert_false(press.made);
    assert_int_equal(press.view.refusal, refusal_office_off);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan_request"), 0);
}

static void links_of_others(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Bank");
    struct press press = { .token = newest_token(office) };
    struct press unknown = { .token = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    struct press shorter = { .token = "AAAA" };
    failed_with(office, test_office_run(office, look, &unknown), ERR_not_found, "link");
    failed_with(office, test_office_run(office, press_button, &shorter), ERR_not_found, "link");
    /* The letter becomes another client's: the first one's link shows nothing any more. */
    struct rec_mail_save move = {
        .id = item.id, .version = item.version, .client_id = office->gamma, .has_client_id = true
    };
    succeeded(office, do_mail_save(office, &move, NULL));
    failed_with(office, test_office_run(office, look, &press), ERR_not_found, "link");
    letter_for(office, office->alfa, "Bank");
    press.token = newest_token(office);
    pass(office, INT64_C(60) * 24 * 3600 + 1);
    failed_with(office, test_office_run(office, look, &press), ERR_not_found, "link");
}

/* Was the press of a new letter's button taken for a program's, `ago` seconds after deliveries? */
static bool taken_for_a_program(struct test_office *office, int64_t first_ago, int64_t second_ago)
{
    char sql[256];
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct press press = { .token = newest_token(office) };
    int64_t ago[] = { first_ago, second_ago };
    for (int i = 0; i < 2; i++) {
        if (ago[i] < 0)
            continue;
        snprintf(sql, sizeof sql,
                 "UPDATE outbox SET delivered_at = %lld WHERE id = (SELECT id FROM outbox"
                 " WHERE item_id = %lld ORDER BY id LIMIT 1 OFFSET %d)",
                 (long long)(clock_now() - ago[i]), (long long)item.id, i);
        ask_run(office, sql);
    }
    succeeded(office, test_office_run(office, press_button, &press));
    assert_true(press.made);
    return item_now(office, item.id).request->possibly_automatic;
}

/* Of a client with two addresses each mail counts, for a press may come from any. */
static void presses_of_programs(void **state)
{
    struct test_office *office = *state;
    enum { NOT_DELIVERED = -1, NOW = 2, LONG_AGO = 3600 };
    assert_true(taken_for_a_program(office, NOT_DELIVERED, NOT_DELIVERED));
    assert_true(taken_for_a_program(office, NOW, NOT_DELIVERED));
    assert_true(taken_for_a_program(office, NOT_DELIVERED, NOW));
    assert_true(taken_for_a_program(office, LONG_AGO, NOW));
    assert_true(taken_for_a_program(office, NOW, LONG_AGO));
    assert_false(taken_for_a_program(office, NOT_DELIVERED, LONG_AGO));
    assert_false(taken_for_a_program(office, LONG_AGO, NOT_DELIVERED));
    assert_false(taken_for_a_program(office, LONG_AGO, LONG_AGO));
}

static void handed_over(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request request = request_for(office, item.id);
    refused_for(office, collect(office, item.id, false), refusal_open_request);
    assert_int_equal(item_now(office, item.id).status, mail_status_awaiting_collection);
    succeeded(office, collect(office, item.id, true));
    item = item_now(office, item.id);
    assert_int_equal(item.status, mail_status_collected);
    assert_string_equal(item.collected_by, "Anna");
    assert_int_equal(item.request->id, request.id);
    assert_int_equal(item.request->status, request_status_cancelled);
    assert_int_equal(item.request->cancelled_by, cancelled_by_hand_over);
    assert_false(can_do(&item.can, action_scan_request_create));
    refused_for(office, collect(office, item.id, true), refusal_not_waiting);
    refused_for(office,
                do_scan_request_create(office, &(struct rec_scan_request_create){ item.id }, NULL),
                refusal_not_waiting);
}

/* Adding a scan in the letter's edit screen closes the request; so does no second scan. */
static void a_scan_closes_the_request(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    request_for(office, item.id);
    struct rec_scan_attach attach = { .item_id = item.id, .uploads = one_upload(office) };
    succeeded(office, do_scan_attach(office, &attach, &item));
    assert_int_equal(item.request->status, request_status_fulfilled);
    assert_int_equal(item.cost, 500);
    failed_with(office, do_scan_attach(office, &attach, NULL), ERR_not_found, "uploads");
    attach.uploads = one_upload(office);
    succeeded(office, do_scan_attach(office, &attach, &item));
    assert_int_equal(item.cost, 500); /* nobody asked for the second one */
    assert_int_equal(item.scans.count, 2);
    attach.uploads = one_upload(office);
    attach.cost = -1;
    attach.has_cost = true;
    failed_with(office, do_scan_attach(office, &attach, NULL), ERR_bad_request, "cost");
}

static void costs_given_by_the_clerk(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request_fulfil in = { .id = request_for(office, item.id).id,
                                          .uploads = one_upload(office),
                                          .has_cost = true };
    succeeded(office, do_scan_request_fulfil(office, &in, NULL));
    item = item_now(office, item.id);
    assert_int_equal(item.charges.count, 0);
    assert_int_equal(item.cost, 0);
    item = letter_for(office, office->alfa, "Sąd");
    in.id = request_for(office, item.id).id;
    in.uploads = one_upload(office);
    in.cost = 1234;
    succeeded(office, do_scan_request_fulfil(office, &in, NULL));
    assert_int_equal(item_now(office, item.id).cost, 1234);
}

static void fulfilling_undone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request request = request_for(office, item.id);
    pass(office, 60);
    fulfil(office, request.id);
    int64_t event = event_of(office, event_kind_scan_request_fulfilled);
    int64_t waiting = waiting_for(office, "a@alfa.example");
    succeeded(office, undo(office, event));
    item = item_now(office, item.id);
    assert_int_equal(item.scans.count, 0);
    assert_int_equal(item.charges.count, 0);
    assert_int_equal(item.request->status, request_status_new);
    assert_int_equal(item.request->can.count, 2);
    assert_int_equal(waiting_for(office, "a@alfa.example"), waiting - 1);
    refused_for(office, undo(office, event), refusal_too_late);
    /* And it can be fulfilled after all. */
    fulfil(office, request.id);
    assert_int_equal(item_now(office, item.id).cost, 500);
}

static void cancelling_undone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request request = request_for(office, item.id);
    cancel(office, request.id);
    int64_t event = event_of(office, event_kind_scan_request_cancelled);
    int64_t links = ask_int(office, "SELECT count(*) FROM link");
    succeeded(office, undo(office, event));
    assert_int_equal(item_now(office, item.id).request->status, request_status_new);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM link"), links - 1);
    /* Its message will not come out by the back door either. */
    int64_t dropped = ask_int(office, "SELECT max(id) FROM outbox WHERE state = 'dropped'");
    refused_for(office, do_outbox_retry(office, &(struct rec_by_id){ dropped }, NULL),
                refusal_not_sendable);
}

static void hand_over_undone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    request_for(office, item.id);
    succeeded(office, collect(office, item.id, true));
    int64_t collected = event_of(office, event_kind_mail_collected);
    int64_t cancelled = event_of(office, event_kind_scan_request_cancelled);
    refused_for(office, undo(office, cancelled), refusal_not_reversible);
    succeeded(office, undo(office, collected));
    item = item_now(office, item.id);
    assert_int_equal(item.status, mail_status_awaiting_collection);
    assert_null(item.collected_by);
    assert_false(item.has_closed_at);
    assert_int_equal(item.request->status, request_status_new);
}

static void registration_undone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = office->alfa,
                                    .counterparty = "Sąd",
                                    .uploads = one_upload(office),
                                    .cost = 300,
                                    .has_cost = true };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    assert_int_equal(item.cost, 300);
    succeeded(office, undo(office, event_of(office, event_kind_mail_registered)));
    failed_with(office, do_mail_get(office, &(struct rec_by_id){ item.id }, NULL), ERR_not_found,
                "id");
    assert_int_equal(ask_int(office, "SELECT count(*) FROM charge"), 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan"), 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM mail_search"), 0);
    assert_int_equal(waiting_for(office, "a@alfa.example"), 0);
    /* The number of a letter is not given a second time. */
    assert_true(letter_for(office, office->alfa, "Sąd").id > item.id);
    /* A letter that something happened to stays. */
    int64_t registered = event_of(office, event_kind_mail_registered);
    request_for(office, item.id + 1);
    refused_for(office, undo(office, registered), refusal_too_late);
}

static void attaching_undone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_attach attach = {
        .item_id = item.id, .uploads = one_upload(office), .cost = 100, .has_cost = true
    };
    succeeded(office, do_scan_attach(office, &attach, &item));
    succeeded(office, undo(office, event_of(office, event_kind_scan_attached)));
    item = item_now(office, item.id);
    assert_int_equal(item.scans.count, 0);
    assert_int_equal(item.cost, 0);
    assert_true(can_do(&item.can, action_scan_request_create));
}

static void undone_too_late(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    request_for(office, item.id);
    fulfil(office, item_now(office, item.id).request->id);
    int64_t event = event_of(office, event_kind_scan_request_fulfilled);
    pass(office, office->env.hold_seconds + 1);
    refused_for(office, undo(office, event), refusal_too_late);
    failed_with(office, undo(office, 999999), ERR_not_found, "event_id");
}

static void an_invoiced_charge_stays(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    fulfil(office, request_for(office, item.id).id);
    int64_t event = event_of(office, event_kind_scan_request_fulfilled);
    item = item_now(office, item.id);
    int64_t charge = ((struct rec_charge *)item.charges.at)->id;
    struct rec_charge_invoice invoice = { .ids = { &charge, 1, true },
                                          .number = "FV 1",
                                          .date = "2026-11-30" };
    succeeded(office, do_charge_invoice(office, &invoice, NULL));
    refused_for(office, undo(office, event), refusal_invoiced);
    refused_for(office, do_charge_invoice(office, &invoice, NULL), refusal_invoiced);
    struct rec_charge_remove remove = { .id = charge };
    refused_for(office, do_charge_remove(office, &remove, NULL), refusal_invoiced);
    struct rec_charge_save change = { .id = charge,
                                      .has_id = true,
                                      .version = 2,
                                      .has_version = true,
                                      .amount = 1,
                                      .has_amount = true };
    refused_for(office, do_charge_save(office, &change, NULL), refusal_invoiced);
    struct rec_mail_save move = {
        .id = item.id, .version = item.version, .client_id = office->gamma, .has_client_id = true
    };
    refused_for(office, do_mail_save(office, &move, NULL), refusal_invoiced);
}

/* What came after the act decides whether it can still be taken back: never two truths at once. */
static void undone_out_of_turn(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_scan_request first = request_for(office, item.id);
    cancel(office, first.id);
    int64_t cancelled = event_of(office, event_kind_scan_request_cancelled);
    /* Asked again meanwhile, and cancelled again: the older request stays closed. */
    struct rec_scan_request second = request_for(office, item.id);
    refused_for(office, undo(office, cancelled), refusal_already_open);
    cancel(office, second.id);
    refused_for(office, undo(office, cancelled), refusal_too_late);
    /* Scanned meanwhile. */
    struct rec_scan_request third = request_for(office, item.id);
    cancel(office, third.id);
    cancelled = event_of(office, event_kind_scan_request_cancelled);
    struct rec_scan_attach attach = { .item_id = item.id, .uploads = one_upload(office) };
    succeeded(office, do_scan_attach(office, &attach, NULL));
    int64_t attached = event_of(office, event_kind_scan_attached);
    refused_for(office, undo(office, cancelled), refusal_too_late);
    succeeded(office, undo(office, attached));
    /* Handed over meanwhile. */
    succeeded(office, collect(office, item.id, false));
    refused_for(office, undo(office, cancelled), refusal_too_late);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM scan_request WHERE status = 'new'"), 0);
}

static void handed_over_twice(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    succeeded(office, collect(office, item.id, false));
    int64_t first = event_of(office, event_kind_mail_collected);
    struct rec_mail_save back = { .id = item.id,
                                  .version = item_now(office, item.id).version,
                                  .status = mail_status_awaiting_collection,
                                  .has_status = true };
    succeeded(office, do_mail_save(office, &back, NULL));
    succeeded(office, collect(office, item.id, false));
    int64_t second = event_of(office, event_kind_mail_collected);
    refused_for(office, undo(office, first), refusal_too_late);
    succeeded(office, undo(office, second));
    assert_int_equal(item_now(office, item.id).status, mail_status_awaiting_collection);
}

static void fulfilled_and_gone(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    fulfil(office, request_for(office, item.id).id);
    int64_t event = event_of(office, event_kind_scan_request_fulfilled);
    succeeded(office, collect(office, item.id, false));
    refused_for(office, undo(office, event), refusal_too_late);
    assert_int_equal(item_now(office, item.id).cost, 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_office_open, test_office_close)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(the_story),
        TEST(cancelled_and_asked_again),
        TEST(who_may_not_ask),
        TEST(links_of_others),
        TEST(presses_of_programs),
        TEST(handed_over),
        TEST(a_scan_closes_the_request),
        TEST(costs_given_by_the_clerk),
        TEST(fulfilling_undone),
        TEST(cancelling_undone),
        TEST(hand_over_undone),
        TEST(registration_undone),
        TEST(attaching_undone),
        TEST(undone_too_late),
        TEST(an_invoiced_charge_stays),
        TEST(undone_out_of_turn),
        TEST(fulfilled_and_gone),
        TEST(handed_over_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
