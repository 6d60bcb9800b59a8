/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Lists by pages: whatever the filter and the page's size, all pages together hold every row once
 * and in order, over a thousand letters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tests/unit/office.h"

enum { LETTERS = 1000, CLIENTS = 300 };

/* Ids in the order in which the pages gave them. */
struct seen {
    int64_t ids[4 * LETTERS];
    size_t count;
};

static struct seen seen;

static void see(const struct list *rows, size_t size)
{
    for (size_t i = 0; i < rows->count; i++) {
        assert_true(seen.count < sizeof seen.ids / sizeof *seen.ids);
        seen.ids[seen.count++] = *(const int64_t *)((const char *)rows->at + i * size);
    }
}

/* Ids fall (or rise) all the way, so none comes twice; and their number is the right one. */
static void all_seen(size_t count, bool falling)
{
    assert_int_equal(seen.count, count);
    for (size_t i = 1; i < seen.count; i++) {
        if ((seen.ids[i] < seen.ids[i - 1]) != falling || seen.ids[i] == seen.ids[i - 1])
            fail_msg("%lld after %lld", (long long)seen.ids[i], (long long)seen.ids[i - 1]);
    }
}

/* The records of all lists begin with their id. */
#define FIRST_IS_ID(record) _Static_assert(offsetof(struct rec_##record, id) == 0, #record)
FIRST_IS_ID(mail_item);
FIRST_IS_ID(scan_request);
FIRST_IS_ID(event);
FIRST_IS_ID(outbox_message);
FIRST_IS_ID(client);

static void cancel(struct test_office *office, int64_t id)
{
    succeeded(office,
              do_scan_request_cancel(office, &(struct rec_scan_request_cancel){ id }, NULL));
}

/*
 * Every second letter is alfa's, the others are gamma's; every third goes out; on half of the
 * others stands a request, every second of them cancelled.
 */
static int fill(void **state)
{
    if (test_office_open(state) != 0)
        return -1;
    struct test_office *office = *state;
    for (int i = 0; i < LETTERS; i++) {
        char sender[64];
        snprintf(sender, sizeof sender, "Nadawca %03d%s", i % 10, i % 5 == 0 ? " Żółw" : "");
        struct rec_mail_register in = {
            .direction = i % 3 == 0 ? direction_outgoing : direction_incoming,
            .client_id = i % 2 == 0 ? office->alfa : office->gamma,
            .counterparty = sender,
            .reference = i % 4 == 0 ? "RR123" : NULL,
        };
        struct rec_mail_item item;
        succeeded(office, do_mail_register(office, &in, &item));
        if (can_do(&item.can, action_scan_request_create) && i % 4 < 2) {
            struct rec_scan_request request = request_for(office, item.id);
            if (i % 8 < 4)
                cancel(office, request.id);
        }
    }
    return 0;
}

static size_t counted(struct test_office *office, const char *sql)
{
    return (size_t)ask_int(office, sql);
}

static const int64_t limits[] = { 1, 7, 50, 199, 200 };
enum { LIMITS_TRIED = sizeof limits / sizeof *limits };

static void mail_pages(struct test_office *office, struct rec_mail_list in, const char *count)
{
    size_t want = counted(office, count);
    assert_true(want > 10);
    for (size_t i = want > 300 ? 1 : 0; i < LIMITS_TRIED; i++) {
        struct rec_mail_list_result page = { .has_next = true };
        seen.count = 0;
        in.has_after = false;
        in.has_limit = true;
        in.limit = limits[i];
        for (; page.has_next; in.after = page.next, in.has_after = true) {
            succeeded(office, do_mail_list(office, &in, &page));
            see(&page.items, sizeof(struct rec_mail_item));
            assert_true(page.items.count == (size_t)limits[i] || !page.has_next);
        }
        all_seen(want, true);
    }
}

static void mail(void **state)
{
    struct test_office *office = *state;
    mail_pages(office, (struct rec_mail_list){ 0 }, "SELECT count(*) FROM mail_item");
    mail_pages(office,
               (struct rec_mail_list){ .direction = direction_outgoing, .has_direction = true },
               "SELECT count(*) FROM mail_item WHERE direction = 'outgoing'");
    mail_pages(office,
               (struct rec_mail_list){ .client_id = office->alfa,
                                       .has_client_id = true,
                                       .direction = direction_incoming,
                                       .has_direction = true },
               "SELECT count(*) FROM mail_item WHERE direction = 'incoming' AND client_id = 1");
    mail_pages(
        office,
        (struct rec_mail_list){ .status = mail_status_awaiting_collection, .has_status = true },
        "SELECT count(*) FROM mail_item WHERE status = 'awaiting_collection'");
    mail_pages(office, (struct rec_mail_list){ .reference = "RR123" },
               "SELECT count(*) FROM mail_item WHERE reference = 'RR123'");
    mail_pages(office, (struct rec_mail_list){ .text = "zolw nad" },
               "SELECT count(*) FROM mail_item WHERE counterparty LIKE '%Żółw'");
    mail_pages(office,
               (struct rec_mail_list){
                   .text = "NADAWCA 007", .client_id = office->gamma, .has_client_id = true },
               "SELECT count(*) FROM mail_item WHERE counterparty = 'Nadawca 007'"
               " AND client_id = 3");
}

static void request_pages(struct test_office *office, struct rec_scan_request_list in,
                          const char *count)
{
    size_t want = counted(office, count);
    assert_true(want > 10);
    for (size_t i = 0; i < LIMITS_TRIED; i++) {
        struct rec_scan_request_list_result page = { .has_next = true };
        seen.count = 0;
        in.has_after = false;
        in.has_limit = true;
        in.limit = limits[i];
        for (; page.has_next; in.after = page.next, in.has_after = true) {
            succeeded(office, do_scan_request_list(office, &in, &page));
            see(&page.requests, sizeof(struct rec_scan_request));
        }
        all_seen(want, true);
    }
}

static void requests(void **state)
{
    struct test_office *office = *state;
    request_pages(office, (struct rec_scan_request_list){ 0 }, "SELECT count(*) FROM scan_request");
    request_pages(
        office, (struct rec_scan_request_list){ .status = request_status_new, .has_status = true },
        "SELECT count(*) FROM scan_request WHERE status = 'new'");
    request_pages(office,
                  (struct rec_scan_request_list){ .client_id = office->alfa,
                                                  .has_client_id = true,
                                                  .status = request_status_cancelled,
                                                  .has_status = true },
                  "SELECT count(*) FROM scan_request WHERE client_id = 1 AND status = 'cancelled'");
    request_pages(office, (struct rec_scan_request_list){ .text = "Lodz nadawca" },
                  "SELECT count(*) FROM scan_request WHERE client_id = 1");
    struct rec_scan_request_list_result page;
    succeeded(office, do_scan_request_list(office, &(struct rec_scan_request_list){ 0 }, &page));
    assert_int_equal(page.new_count,
                     ask_int(office, "SELECT count(*) FROM scan_request WHERE status = 'new'"));
    assert_int_equal(page.oldest_new,
                     ask_int(office, "SELECT min(id) FROM scan_request WHERE status = 'new'"));
    assert_int_equal(page.requests.count, 50);
    assert_int_equal(page.oldest_free, page.oldest_new);
}

/* Whoever asks is offered what no other terminal has open; nothing when all are. */
static void free_requests(void **state)
{
    struct test_office *office = *state;
    struct rec_scan_request_list_result page;
    struct rec_scan_request_list one = { .limit = 1, .has_limit = true };
    int64_t expected = ask_int(office, "SELECT min(id) FROM scan_request WHERE status = 'new'");
    int64_t oldest = expected;
    while (expected != 0) {
        char next[120];
        succeeded(office, do_scan_request_list(office, &one, &page));
        assert_int_equal(page.oldest_free, expected);
        assert_int_equal(page.oldest_new, oldest);
        assert_true(claims_take(&office->claims, expected, office, "anna"));
        snprintf(next, sizeof(next),
                 "SELECT coalesce(min(id), 0) FROM scan_request WHERE status = 'new' AND id > %lld",
                 (long long)expected);
        expected = ask_int(office, next);
    }
    succeeded(office, do_scan_request_list(office, &one, &page));
    assert_false(page.has_oldest_free);
    while (claims_drop_one(&office->claims, office) != 0) {
    }
}

static void event_pages(struct test_office *office, struct rec_event_list in, const char *count)
{
    size_t want = counted(office, count);
    assert_true(want > 0);
    for (int order = 0; order < 3; order++) {
        struct rec_event_list_result page = { .has_next = true };
        seen.count = 0;
        in.has_after = false;
        in.has_limit = true;
        in.limit = 199;
        in.newest_first = order == 2;
        in.has_newest_first = order > 0;
        for (; page.has_next; in.after = page.next, in.has_after = true) {
            succeeded(office, do_event_list(office, &in, &page));
            see(&page.events, sizeof(struct rec_event));
        }
        all_seen(want, order == 2);
    }
}

static void events(void **state)
{
    struct test_office *office = *state;
    event_pages(office, (struct rec_event_list){ 0 }, "SELECT count(*) FROM event");
    event_pages(office, (struct rec_event_list){ .client_id = office->alfa, .has_client_id = true },
                "SELECT count(*) FROM event WHERE client_id = 1");
    event_pages(office,
                (struct rec_event_list){ .client_id = office->alfa,
                                         .has_client_id = true,
                                         .kind = event_kind_scan_request_created,
                                         .has_kind = true },
                "SELECT count(*) FROM event WHERE client_id = 1"
                " AND kind = 'scan_request_created'");
    event_pages(office,
                (struct rec_event_list){
                    .kind = event_kind_mail_registered, .has_kind = true, .actor = "jan" },
                "SELECT count(*) FROM event WHERE kind = 'mail_registered'");
    int64_t busiest =
        ask_int(office, "SELECT item_id FROM event WHERE client_id = 1 AND item_id > 0"
                        " GROUP BY item_id ORDER BY count(*) DESC LIMIT 1");
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE item_id = %lld",
             (long long)busiest);
    event_pages(office, (struct rec_event_list){ .item_id = busiest, .has_item_id = true }, sql);
    event_pages(office,
                (struct rec_event_list){ .item_id = busiest,
                                         .has_item_id = true,
                                         .client_id = office->alfa,
                                         .has_client_id = true },
                sql);
}

/* Of some days: both are within, and what is not given bounds nothing. */
static void events_of_days(void **state)
{
    struct test_office *office = *state;
    char day[CLOCK_DAY], before[CLOCK_DAY];
    int64_t newest = ask_int(office, "SELECT max(at) FROM event");
    clock_day(newest, day);
    clock_day_add(day, -1, before);
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE at >= %lld",
             (long long)clock_day_begin(day));
    event_pages(office, (struct rec_event_list){ .from = day }, sql);
    event_pages(office, (struct rec_event_list){ .from = day, .to = day }, sql);
    event_pages(office, (struct rec_event_list){ .to = day }, "SELECT count(*) FROM event");
    struct rec_event_list_result none;
    succeeded(office,
              do_event_list(office, &(struct rec_event_list){ .from = "2199-01-01" }, &none));
    assert_int_equal(none.events.count, 0);
    succeeded(office, do_event_list(office, &(struct rec_event_list){ .to = "1990-01-01" }, &none));
    assert_int_equal(none.events.count, 0);
    ask_run(office, "UPDATE event SET at = at - 86400 WHERE id % 2 = 0");
    event_pages(office, (struct rec_event_list){ .from = before, .to = before },
                "SELECT count(*) FROM event WHERE id % 2 = 0");
}

static void outbox_pages(struct test_office *office, struct rec_outbox_list in, const char *count)
{
    size_t want = counted(office, count);
    assert_true(want > 10);
    for (size_t i = 1; i < LIMITS_TRIED; i++) {
        struct rec_outbox_list_result page = { .has_next = true };
        seen.count = 0;
        in.has_after = false;
        in.has_limit = true;
        in.limit = limits[i];
        for (; page.has_next; in.after = page.next, in.has_after = true) {
            succeeded(office, do_outbox_list(office, &in, &page));
            see(&page.messages, sizeof(struct rec_outbox_message));
        }
        all_seen(want, true);
    }
}

static void outbox(void **state)
{
    struct test_office *office = *state;
    outbox_pages(office, (struct rec_outbox_list){ 0 }, "SELECT count(*) FROM outbox");
    outbox_pages(office,
                 (struct rec_outbox_list){ .state = outbox_state_waiting, .has_state = true },
                 "SELECT count(*) FROM outbox WHERE state = 'waiting'");
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Clients come by box number or by use, so their ids are put in order first. */
static void client_pages(struct test_office *office, struct rec_client_search in, const char *count)
{
    size_t want = counted(office, count);
    for (size_t i = 0; i < LIMITS_TRIED; i++) {
        struct rec_client_search_result page;
        seen.count = 0;
        in.after = NULL;
        in.has_limit = true;
        in.limit = limits[i];
        do {
            succeeded(office, do_client_search(office, &in, &page));
            see(&page.clients, sizeof(struct rec_client));
            in.after = page.next;
        } while (page.next);
        qsort(seen.ids, seen.count, sizeof *seen.ids, by_number);
        all_seen(want, false);
    }
}

static void clients(void **state)
{
    struct test_office *office = *state;
    for (int i = 0; i < CLIENTS; i++) {
        char name[64];
        snprintf(name, sizeof name, "Klient %d %s", i, i % 3 == 0 ? "Łódź" : "Gdańsk");
        struct rec_client_save in = { .name = name,
                                      .package_id = office->standard,
                                      .has_package_id = true,
                                      .active = i % 10 != 0,
                                      .has_active = true };
        succeeded(office, do_client_save(office, &in, NULL));
    }
    client_pages(office, (struct rec_client_search){ 0 },
                 "SELECT count(*) FROM client WHERE active = 1");
    client_pages(office, (struct rec_client_search){ .ended_too = true, .has_ended_too = true },
                 "SELECT count(*) FROM client");
    client_pages(office, (struct rec_client_search){ .text = "lodz" },
                 "SELECT count(*) FROM client WHERE active = 1 AND name LIKE '%Łódź%'");
    client_pages(office, (struct rec_client_search){ .text = "1" },
                 "SELECT count(*) FROM client WHERE active = 1 AND ltrim(code, '0') LIKE '1%'");
    struct rec_client_search bad = { .text = "lodz", .after = "zzz" };
    failed_with(office, do_client_search(office, &bad, NULL), ERR_bad_request, "after");
}

static bool match(struct op *op, void *text)
{
    const char **in_out = text;
    *in_out = op_match(op, *in_out);
    return true;
}

static const char *match_of(struct test_office *office, const char *text)
{
    succeeded(office, test_office_run(office, match, &text));
    return text;
}

/* The office's speed is everybody's: a search has as many words as people type, each once. */
static void words_of_a_search(void **state)
{
    struct test_office *office = *state;
    assert_string_equal(match_of(office, "Żółw  zo, ALFA-alfabet alf zolw"),
                        "\"zolw\"* \"alfabet\"*");
    assert_string_equal(match_of(office, "a a a b"), "\"a\"* \"b\"*");
    assert_string_equal(match_of(office, "a b c d e f g h i j"),
                        "\"a\"* \"b\"* \"c\"* \"d\"* \"e\"* \"f\"* \"g\"* \"h\"*");
    assert_string_equal(match_of(office, "a b c d e f g h ab i"),
                        "\"b\"* \"c\"* \"d\"* \"e\"* \"f\"* \"g\"* \"h\"* \"ab\"*");
    assert_null(match_of(office, " ., "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail),           cmocka_unit_test(requests),
        cmocka_unit_test(free_requests),  cmocka_unit_test(events),
        cmocka_unit_test(outbox),         cmocka_unit_test(clients),
        cmocka_unit_test(events_of_days), cmocka_unit_test(words_of_a_search),
    };
    return cmocka_run_group_tests(tests, fill, test_office_close);
}
