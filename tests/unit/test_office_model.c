/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Thousands of random acts in the office, each also done in a model (office_model.h): how it ends,
 * what the letter looks like afterwards, what may be done with it. A run repeats itself from its
 * seed: SKRYTKA_MODEL_SEED=7 SKRYTKA_MODEL_ACTS=100000 build/asan/tests/unit/test_office_model
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
#include "tests/unit/office_model.h"

enum { SHORT_ACTS = 4000, ARENA_ACTS = 200 };

static struct model model;
static struct test_office *office;
static unsigned seed;
static unsigned first_seed;
static int act_number;
static const char *act_name;

#define WRONG(...)                                                                                 \
    do {                                                                                           \
        print_error("seed %u, act %d (%s): ", first_seed, act_number, act_name);                   \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

static size_t pick(size_t count)
{
    return (size_t)rand_r(&seed) % count;
}

static bool chance(int percent)
{
    return (int)pick(100) < percent;
}

static int64_t client_id(size_t client)
{
    const int64_t ids[] = { office->alfa, office->beta, office->gamma };
    return ids[client];
}

/* The newest letters are used most, as in life; NULL while there is none. */
static struct model_item *some_item(void)
{
    if (model.item_count == 0)
        return NULL;
    size_t recent = model.item_count < 12 ? model.item_count : 12;
    struct model_item *item = chance(85) ? &model.items[model.item_count - 1 - pick(recent)]
                                         : &model.items[pick(model.item_count)];
    return item->removed ? NULL : item;
}

static bool full(const struct model_item *item)
{
    return item->scan_count + 2 > MODEL_PARTS || item->charge_count + 2 > MODEL_PARTS ||
           item->request_count + 1 > MODEL_PARTS;
}

/* The letter as the office has it now and as it should be. */
static void compare(struct model_item *item)
{
    struct rec_mail_item now;
    bool there = do_mail_get(office, &(struct rec_by_id){ item->id }, &now);
    if (there == item->removed)
        WRONG("letter %lld is %s", (long long)item->id, there ? "there" : "gone");
    if (item->removed)
        return;
    if (now.status != item->status || now.direction != item->direction ||
        now.client_id != client_id(item->client))
        WRONG("letter %lld: %s of client %lld instead of %s, %lld", (long long)item->id,
              words_mail_status.at[now.status], (long long)now.client_id,
              words_mail_status.at[item->status], (long long)client_id(item->client));
    if (now.scans.count != item->scan_count || now.charges.count != item->charge_count ||
        now.cost != model_cost(item))
        WRONG("letter %lld: %zu scans, %zu charges, %lld grosze instead of %zu, %zu, %lld",
              (long long)item->id, now.scans.count, now.charges.count, (long long)now.cost,
              item->scan_count, item->charge_count, (long long)model_cost(item));
    enum refusal why;
    bool waits = item->status == mail_status_awaiting_collection;
    if (!can_do(&now.can, action_mail_save) || !can_do(&now.can, action_scan_attach) ||
        can_do(&now.can, action_mail_collect) != waits ||
        can_do(&now.can, action_scan_request_create) != model_may_ask(&model, item, &why))
        WRONG("letter %lld: what may be done with it is wrong", (long long)item->id);
    if ((now.request != NULL) != (item->request_count > 0))
        WRONG("letter %lld: its request", (long long)item->id);
    if (now.request != NULL) {
        const struct model_request *newest = &item->requests[item->request_count - 1];
        bool open = newest->status == request_status_new;
        if (now.request->id != newest->id || now.request->status != newest->status ||
            now.request->can.count != (open ? 2 : 0))
            WRONG("letter %lld: request %lld is %s instead of %s", (long long)item->id,
                  (long long)now.request->id, words_request_status.at[now.request->status],
                  words_request_status.at[newest->status]);
    }
    item->version = now.version;
}

/* Sums by client, open requests, and that no letter has two. */
static void compare_all(void)
{
    int64_t totals[MODEL_CLIENTS] = { 0 };
    int64_t open = 0;
    for (size_t i = 0; i < model.item_count; i++) {
        struct model_item *item = &model.items[i];
        compare(item);
        if (!item->removed)
            totals[item->client] += model_cost(item);
        open += !item->removed && model_open_request(item) != NULL;
    }
    struct rec_settlement_summary days = { .from = "2000-01-01", .to = "2199-12-31" };
    struct rec_settlement_summary_result sums;
    succeeded(office, do_settlement_summary(office, &days, &sums));
    int64_t all = 0;
    for (size_t i = 0; i < MODEL_CLIENTS; i++)
        all += totals[i];
    if (sums.total != all)
        WRONG("%lld grosze in all instead of %lld", (long long)sums.total, (long long)all);
    const struct rec_settlement_client *clients = sums.clients.at;
    for (size_t i = 0; i < sums.clients.count; i++) {
        for (size_t c = 0; c < MODEL_CLIENTS; c++) {
            if (clients[i].client_id == client_id(c) && clients[i].total != totals[c])
                WRONG("client %zu: %lld grosze instead of %lld", c, (long long)clients[i].total,
                      (long long)totals[c]);
        }
    }
    struct rec_scan_request_list_result list;
    succeeded(office, do_scan_request_list(office, &(struct rec_scan_request_list){ 0 }, &list));
    if (list.new_count != open)
        WRONG("%lld open requests instead of %lld", (long long)list.new_count, (long long)open);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM (SELECT 1 FROM scan_request"
                                     " WHERE status = 'new' GROUP BY item_id HAVING count(*) > 1)"),
                     0);
}

/* The act must have ended as the model says. Its events go into the model's book. */
static bool agree(bool result, struct verdict want, struct model_item *item)
{
    enum err_code code = result ? ERR_NONE : office->err.code;
    const char *why = want.why < refusal_MAX ? words_refusal.at[want.why] : "";
    if (code != want.code || (code == ERR_refused && strcmp(office->err.detail, why) != 0))
        WRONG("letter %lld: \"%s\" \"%s\" instead of \"%s\" \"%s\"",
              (long long)(item ? item->id : 0), err_name(code), office->err.detail,
              err_name(want.code), why);
    const struct rec_event *events = office->events.at;
    for (size_t i = 0; result && i < office->events.count; i++) {
        assert_true(model.event_count < MODEL_EVENTS);
        struct model_item *about = NULL;
        for (size_t k = model.item_count; events[i].has_item_id && k > 0 && !about; k--)
            about = model.items[k - 1].id == events[i].item_id ? &model.items[k - 1] : NULL;
        model.events[model.event_count++] = (struct model_event){
            .id = events[i].id, .at = events[i].at, .kind = events[i].kind, .item = about
        };
    }
    return result;
}

static const struct verdict fine = { ERR_NONE, refusal_MAX };

/* The charges of the letter that the model does not know yet, of the newest act. */
static void learn_charges(struct model_item *item, int64_t event)
{
    struct rec_mail_item now = item_now(office, item->id);
    const struct rec_charge *charges = now.charges.at;
    for (size_t i = 0; i < now.charges.count; i++) {
        bool known = false;
        for (size_t k = 0; k < item->charge_count; k++)
            known = known || item->charges[k].id == charges[i].id;
        if (!known)
            item->charges[item->charge_count++] =
                (struct model_charge){ charges[i].id, charges[i].amount, event, false };
    }
}

static void act_register(void)
{
    struct rec_mail_register in = { .direction = (enum direction)chance(25),
                                    .counterparty = "Nadawca",
                                    .has_cost = chance(20),
                                    .cost = 300 };
    if (model.item_count == MODEL_ITEMS)
        return;
    struct model_item *item = &model.items[model.item_count];
    *item = (struct model_item){ .client = pick(MODEL_CLIENTS), .direction = in.direction };
    in.client_id = client_id(item->client);
    if (chance(20))
        in.uploads = one_upload(office);
    struct rec_mail_item made;
    bool result = do_mail_register(office, &in, &made);
    item->id = made.id;
    item->status =
        in.direction == direction_outgoing ? mail_status_to_send : mail_status_awaiting_collection;
    model.item_count++;
    agree(result, fine, item);
    int64_t event = event_of(office, event_kind_mail_registered);
    for (size_t i = 0; i < in.uploads.count; i++)
        item->scans[item->scan_count++] = event;
    if (made.cost != (in.has_cost ? 300 : 0))
        WRONG("a cost of %lld", (long long)made.cost);
    learn_charges(item, event);
    compare(item);
}

static void act_request(void)
{
    struct model_item *item = some_item();
    if (!item || full(item))
        return;
    struct verdict want = model_request(&model, item);
    struct rec_scan_request made;
    if (agree(do_scan_request_create(office, &(struct rec_scan_request_create){ item->id }, &made),
              want, item))
        item->requests[item->request_count++] =
            (struct model_request){ .id = made.id, .status = request_status_new };
    compare(item);
}

static void act_cancel(void)
{
    struct model_item *item = some_item();
    if (!item || item->request_count == 0)
        return;
    struct model_request *request = &item->requests[pick(item->request_count)];
    struct verdict want = model_cancel(request);
    struct rec_scan_request_cancel in = { .id = request->id, .reason = chance(50) ? "Nie" : NULL };
    if (agree(do_scan_request_cancel(office, &in, NULL), want, item)) {
        request->status = request_status_cancelled;
        request->closing_event = event_of(office, event_kind_scan_request_cancelled);
    }
    compare(item);
}

/* By the letter's edit screen or by the request: both close what is open. */
static void act_scan(void)
{
    struct model_item *item = some_item();
    static const int64_t costs[] = { 0, 1234, -5 };
    const int64_t *cost = chance(40) ? &costs[pick(3)] : NULL;
    if (!item || full(item))
        return;
    struct model_request *request = NULL;
    struct verdict want;
    bool result;
    int64_t amount;
    struct list uploads = one_upload(office);
    if (item->request_count > 0 && chance(70)) {
        request = &item->requests[pick(item->request_count)];
        want = model_cancel(request);
        if (want.code == ERR_NONE)
            want = model_attach(item, cost, &amount);
        struct rec_scan_request_fulfil in = {
            .id = request->id, .uploads = uploads, .cost = cost ? *cost : 0, .has_cost = cost
        };
        result = do_scan_request_fulfil(office, &in, NULL);
    } else {
        want = model_attach(item, cost, &amount);
        struct rec_scan_attach in = {
            .item_id = item->id, .uploads = uploads, .cost = cost ? *cost : 0, .has_cost = cost
        };
        result = do_scan_attach(office, &in, NULL);
        request = model_open_request(item);
    }
    if (agree(result, want, item)) {
        int64_t event = event_of(office, request ? event_kind_scan_request_fulfilled
                                                 : event_kind_scan_attached);
        if (request)
            *request = (struct model_request){ request->id, request_status_fulfilled, event };
        item->scans[item->scan_count++] = event;
        size_t charges = item->charge_count;
        learn_charges(item, event);
        if (item->charge_count != charges + (amount != 0) ||
            (amount != 0 && item->charges[charges].amount != amount))
            WRONG("not a charge of %lld", (long long)amount);
    } else {
        /* The file waits still; let it go, so that the clerk may send others. */
        ask_run(office, "DELETE FROM upload");
    }
    compare(item);
}

static void act_collect(void)
{
    enum { MOST = 3 };
    struct model_item *items[MOST];
    struct model_item before[MOST];
    int64_t ids[MOST];
    size_t count = 1 + pick(MOST);
    bool cancel = chance(50);
    for (size_t i = 0; i < count; i++) {
        items[i] = some_item();
        if (!items[i])
            return;
        ids[i] = items[i]->id;
    }
    struct rec_mail_collect in = { .ids = { ids, count, true },
                                   .cancel_requests = cancel,
                                   .has_cancel_requests = true };
    bool result = do_mail_collect(office, &in, NULL);
    struct verdict want = fine;
    size_t done = 0;
    const struct rec_event *events = office->events.at;
    for (; done < count && want.code == ERR_NONE; done++) {
        int64_t event = 0;
        for (size_t i = 0; result && i < office->events.count; i++) {
            if (events[i].item_id == ids[done] && events[i].kind == event_kind_mail_collected)
                event = events[i].id;
        }
        before[done] = *items[done];
        want = model_collect(items[done], cancel, event);
    }
    for (size_t i = done; want.code != ERR_NONE && i > 0; i--)
        *items[i - 1] = before[i - 1];
    agree(result, want, items[0]);
    for (size_t i = 0; i < count; i++)
        compare(items[i]);
}

static void act_save(void)
{
    struct model_item *item = some_item();
    if (!item)
        return;
    bool cancel = chance(50);
    bool stale = chance(10);
    bool moves = chance(25);
    size_t client = pick(MODEL_CLIENTS);
    enum mail_status status = (enum mail_status)pick(mail_status_MAX);
    struct rec_mail_save in = {
        .id = item->id,
        .version = item->version - stale,
        .client_id = client_id(client),
        .has_client_id = moves,
        .status = status,
        .has_status = !moves,
        .cancel_requests = cancel,
        .has_cancel_requests = true,
    };
    bool result = do_mail_save(office, &in, NULL);
    struct verdict want = { ERR_conflict, refusal_MAX };
    if (!stale) {
        bool told_collected = result && status == mail_status_collected && !moves &&
                              item->status != mail_status_collected;
        int64_t event = 0;
        if (result)
            event = event_of(office,
                             told_collected ? event_kind_mail_collected : event_kind_mail_changed);
        want = moves ? model_move(item, client) : model_leave(item, status, cancel, event);
    }
    agree(result, want, item);
    compare(item);
}

static void act_charge(void)
{
    struct model_item *item = some_item();
    if (!item || full(item))
        return;
    struct rec_charge_save in = { .item_id = item->id,
                                  .has_item_id = true,
                                  .has_amount = true,
                                  .amount = (int64_t)pick(2001) - 1000 };
    struct verdict want = { in.amount == 0 ? ERR_bad_request : ERR_NONE, refusal_MAX };
    if (agree(do_charge_save(office, &in, NULL), want, item))
        learn_charges(item, 0);
    compare(item);
}

/* Changes, removes or invoices a charge. */
static void act_on_charge(void)
{
    struct model_item *item = some_item();
    if (!item || item->charge_count == 0)
        return;
    struct model_charge *charge = &item->charges[pick(item->charge_count)];
    struct verdict want = { charge->invoiced ? ERR_refused : ERR_NONE, refusal_invoiced };
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT version FROM charge WHERE id = %lld", (long long)charge->id);
    if (chance(40)) {
        struct rec_charge_save in = { .id = charge->id,
                                      .has_id = true,
                                      .amount = 77,
                                      .has_amount = true,
                                      .has_version = true,
                                      .version = ask_int(office, sql) };
        if (agree(do_charge_save(office, &in, NULL), want, item))
            charge->amount = 77;
    } else if (chance(50)) {
        struct rec_charge_remove in = { .id = charge->id };
        if (agree(do_charge_remove(office, &in, NULL), want, item))
            *charge = item->charges[--item->charge_count];
    } else {
        struct rec_charge_invoice in = { .ids = { &charge->id, 1, true },
                                         .number = "FV 1",
                                         .date = "2026-11-30" };
        if (agree(do_charge_invoice(office, &in, NULL), want, item))
            charge->invoiced = true;
    }
    compare(item);
}

static void act_undo(void)
{
    if (model.event_count == 0)
        return;
    size_t recent = model.event_count < 8 ? model.event_count : 8;
    struct model_event *event = chance(90) ? &model.events[model.event_count - 1 - pick(recent)]
                                           : &model.events[pick(model.event_count)];
    int64_t now = clock_now();
    int64_t age = now - event->at;
    if (age > MODEL_HOLD - 60 && age < MODEL_HOLD + 60)
        return; /* too near to the end of the time to say */
    struct verdict want = model_undo(&model, event, now);
    agree(do_undo(office, &(struct rec_undo){ event->id }, NULL), want, event->item);
    if (event->item)
        compare(event->item);
}

static void act_permission(void)
{
    enum permission permission = chance(60) ? permission_inherit : (enum permission)(1 + pick(2));
    size_t which = pick(6);
    if (which == 0) {
        struct rec_settings_save in = { .has_allow_scan_requests = true };
        in.allow_scan_requests = model.office_allows = chance(80);
        agree(do_settings_save(office, &in, NULL), fine, NULL);
    } else if (which < 3) {
        size_t package = which - 1;
        struct rec_package now = { .id = package == 0 ? office->standard : office->silent };
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT version FROM package WHERE id = %lld", (long long)now.id);
        struct rec_package_save in = { .id = now.id,
                                       .has_id = true,
                                       .has_version = true,
                                       .version = ask_int(office, sql),
                                       .allow_scan_requests = permission,
                                       .has_allow_scan_requests = true };
        agree(do_package_save(office, &in, NULL), fine, NULL);
        model.packages[package] = permission;
    } else {
        size_t client = which - 3;
        struct rec_client now;
        succeeded(office, do_client_get(office, &(struct rec_by_id){ client_id(client) }, &now));
        struct rec_client_save in = { .id = now.id,
                                      .has_id = true,
                                      .has_version = true,
                                      .version = now.version,
                                      .allow_scan_requests = permission,
                                      .has_allow_scan_requests = true };
        agree(do_client_save(office, &in, NULL), fine, NULL);
        model.clients[client] = permission;
    }
}

static void act_pass(void)
{
    pass(office, chance(80) ? 1 : 5000);
}

/* What people do, and how often of a hundred. */
static const struct {
    const char *name;
    void (*act)(void);
    int often;
} acts[] = {
    { "register", act_register, 12 }, { "request", act_request, 20 },
    { "cancel", act_cancel, 8 },      { "scan", act_scan, 12 },
    { "collect", act_collect, 10 },   { "save", act_save, 10 },
    { "charge", act_charge, 5 },      { "on_charge", act_on_charge, 5 },
    { "undo", act_undo, 14 },         { "permission", act_permission, 2 },
    { "pass", act_pass, 2 },
};

static void one_act(void)
{
    int number = (int)pick(100);
    size_t i = 0;
    while (number >= acts[i].often)
        number -= acts[i++].often;
    act_name = acts[i].name;
    acts[i].act();
}

static int number_of(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text ? (int)strtol(text, NULL, 10) : otherwise;
}

static void the_office_and_its_model(void **state)
{
    office = *state;
    office->env.hold_seconds = MODEL_HOLD;
    model.office_allows = true;
    model.packages[1] = permission_deny;
    model.package_of[1] = 1;
    int count = number_of("SKRYTKA_MODEL_ACTS", SHORT_ACTS);
    for (act_number = 1; act_number <= count; act_number++) {
        one_act();
        if (act_number % ARENA_ACTS == 0) {
            compare_all();
            arena_free(office->arena);
            office->arena = arena_new();
        }
    }
    compare_all();
    print_message("%zu letters, %zu events\n", model.item_count, model.event_count);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_office_and_its_model, test_office_open,
                                        test_office_close),
    };
    first_seed = seed = (unsigned)number_of("SKRYTKA_MODEL_SEED", 20261123);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
