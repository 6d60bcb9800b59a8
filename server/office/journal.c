/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/journal.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/office/office.h"

static void set_id(int64_t id, int64_t *field, bool *has)
{
    *field = id;
    *has = id != 0;
}

/* The list doubles by copying: few acts make more than a handful of events. */
static void keep(struct op *op, const struct rec_event *event)
{
    size_t count = op->events.count;
    struct rec_event *all = arena_array(op->arena, count + 1, sizeof *all);
    if (count > 0) {
        memcpy(all, op->events.at, count * sizeof *all);
    }
    all[count] = *event;
    op->events = (struct list){ .at = all, .count = count + 1, .given = true };
}

int64_t journal_add(struct op *op, enum event_kind kind, struct event_about about)
{
    struct rec_event event = { .at = op->now, .actor = op->actor.name, .kind = kind };
    if (about.item != NULL) {
        set_id(about.item->id, &event.item_id, &event.has_item_id);
        set_id(about.item->client_id, &event.client_id, &event.has_client_id);
        event.client_name = about.item->client_name;
        event.client_code = about.item->client_code;
        event.counterparty = about.item->counterparty;
    } else if (about.client != NULL) {
        set_id(about.client->id, &event.client_id, &event.has_client_id);
        event.client_name = about.client->name;
        event.client_code = about.client->code;
    }
    set_id(about.request_id, &event.request_id, &event.has_request_id);
    event.detail = about.detail;
    struct sqlite3_stmt *add = db_statement(op->db, SQL_event_add);
    db_bind_record(add, &record_event, &event);
    if (!db_exec(op->db, add)) {
        return 0;
    }
    event.id = db_last_id(op->db);
    keep(op, &event);
    return event.id;
}

/* The statement whose index narrows the most and gives the order asked for. */
static enum statement leading(const struct rec_event_list *in, bool newest_first)
{
    if (in->has_item_id) {
        return newest_first ? SQL_event_list_of_item_newest : SQL_event_list_of_item;
    }
    if (in->has_client_id) {
        return newest_first ? SQL_event_list_of_client_newest : SQL_event_list_of_client;
    }
    if (in->from != NULL || in->to != NULL) {
        return newest_first ? SQL_event_list_of_days_newest : SQL_event_list_of_days;
    }
    return newest_first ? SQL_event_list_newest : SQL_event_list;
}

/* The days asked for as instants; a bound that is not given lies beyond all events. */
static void bind_days(struct sqlite3_stmt *list, const struct rec_event_list *in)
{
    char next[CLOCK_DAY];
    if (in->from != NULL || in->to != NULL) {
        db_bind_int(list, "since", in->from != NULL ? clock_day_begin(in->from) : 0);
        db_bind_int(list, "until",
                    in->to != NULL ? clock_day_begin(clock_day_add(in->to, 1, next)) : INT64_MAX);
    }
}

bool office_event_list(struct op *op, const struct rec_event_list *in,
                       struct rec_event_list_result *out)
{
    bool newest_first = in->has_newest_first && in->newest_first;
    int64_t limit = op_limit(in->has_limit, in->limit);
    struct sqlite3_stmt *list = db_statement(op->db, leading(in, newest_first));
    db_bind_record(list, &record_event_list, in);
    bind_days(list, in);
    if (!in->has_after) {
        db_bind_int(list, "after", newest_first ? INT64_MAX : 0);
    }
    db_bind_int(list, "limit", limit + 1);
    out->events = db_all(op->db, list, &record_event, 0, op->arena);
    if (!op_page_end(&out->events, limit)) {
        const struct rec_event *events = out->events.at;
        out->next = events[limit - 1].id;
        out->has_next = true;
    }
    return true;
}
