/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/mail.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/text.h"
#include "server/office/charges.h"
#include "server/office/clients.h"
#include "server/office/journal.h"
#include "server/office/links.h"
#include "server/office/notices.h"
#include "server/office/office.h"
#include "server/office/outbox.h"
#include "server/office/requests.h"
#include "server/office/scans.h"

bool mail_touch(struct op *op, int64_t id)
{
    struct sqlite3_stmt *touch = db_statement(op->db, SQL_mail_touch);
    db_bind_int(touch, "id", id);
    return db_exec(op->db, touch);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* What may be typed to find the letter, folded: what its client knows too, and what only staff do.
 */
static bool index_item(struct op *op, int64_t id)
{
    struct rec_mail_item item;
    if (!mail_load(op, id, "id", &item)) {
        return false;
    }
    const char *public = arena_format(op->arena, "%lld %s %s", (long long)item.id,
                                      item.counterparty, or_empty(item.reference));
    const char *internal =
        arena_format(op->arena, "%s %s %s %s", item.client_name, item.client_code,
                     or_empty(item.shelf), or_empty(item.note));
    struct sqlite3_stmt *statement = db_statement(op->db, SQL_mail_index_clear);
    db_bind_int(statement, "id", id);
    db_exec(op->db, statement);
    statement = db_statement(op->db, SQL_mail_index_add);
    db_bind_int(statement, "id", id);
    db_bind_text(statement, "public", text_fold(op->arena, public));
    db_bind_text(statement, "internal", text_fold(op->arena, internal));
    return db_exec(op->db, statement);
}

bool mail_store(struct op *op, const struct rec_mail_item *item)
{
    struct sqlite3_stmt *change = db_statement(op->db, SQL_mail_change);
    db_bind_record(change, &record_mail_item, item);
    return db_exec(op->db, change);
}

/* Counts a sender's use, so that pick lists know whom to offer first. */
static bool count_sender(struct op *op, const struct rec_mail_item *item)
{
    const char *folded = text_fold(op->arena, item->counterparty);
    struct sqlite3_stmt *statement = db_statement(op->db, SQL_sender_used);
    db_bind_text(statement, "folded", folded);
    db_bind_text(statement, "name", item->counterparty);
    if (!db_next(op->db, statement)) {
        return false;
    }
    int64_t id = db_int(statement, 0);
    bool new_sender = db_int(statement, 1) == 1;
    db_end(statement);
    if (new_sender) {
        statement = db_statement(op->db, SQL_sender_index_add);
        db_bind_int(statement, "id", id);
        db_bind_text(statement, "folded", folded);
        db_exec(op->db, statement);
    }
    statement = db_statement(op->db, SQL_client_sender_used);
    db_bind_int(statement, "client_id", item->client_id);
    db_bind_int(statement, "id", id);
    db_exec(op->db, statement);
    statement = db_statement(op->db, SQL_client_used);
    db_bind_int(statement, "id", item->client_id);
    return db_exec(op->db, statement);
}

/* Post that leaves from the counter is registered and sent in one. */
static bool sent_already(struct op *op, const struct rec_mail_register *in,
                         struct rec_mail_item *item)
{
    char today[CLOCK_DAY];
    if (in->has_status &&
        (in->direction != direction_outgoing || !mail_status_fits(in->direction, in->status))) {
        return op_bad(op, "status", "must be to_send or sent, of outgoing items");
    }
    bool sent = in->has_status && in->status == mail_status_sent;
    if (in->sent_on != NULL && !sent) {
        return op_bad(op, "sent_on", "goes only with the status sent");
    }
    if (sent) {
        item->status = mail_status_sent;
        item->closed_at = op->now;
        item->has_closed_at = true;
        item->sent_on =
            in->sent_on != NULL ? in->sent_on : arena_text(op->arena, clock_day(op->now, today));
    }
    return true;
}

static bool new_item(struct op *op, const struct rec_mail_register *in, struct rec_mail_item *item)
{
    char today[CLOCK_DAY];
    *item = (struct rec_mail_item){
        .direction = in->direction,
        .client_id = in->client_id,
        .counterparty = in->counterparty,
        .kind = in->has_kind ? in->kind : mail_kind_letter,
        .date = in->date != NULL ? in->date : arena_text(op->arena, clock_day(op->now, today)),
        .reference = op_or_null(op, in->reference),
        .note = op_or_null(op, in->note),
        .shelf = op_or_null(op, in->shelf),
        .status = in->direction == direction_incoming ? mail_status_awaiting_collection
                                                      : mail_status_to_send,
        .registered_at = op->now,
        .registered_by = op->actor.name,
    };
    return op_filled(op, "counterparty", &item->counterparty) && sent_already(op, in, item);
}

static bool insert_item(struct op *op, struct rec_mail_item *item)
{
    struct sqlite3_stmt *add = db_statement(op->db, SQL_mail_add);
    db_bind_record(add, &record_mail_item, item);
    if (!db_exec(op->db, add)) {
        return false;
    }
    item->id = db_last_id(op->db);
    return count_sender(op, item) && index_item(op, item->id);
}

bool office_mail_register(struct op *op, const struct rec_mail_register *in,
                          struct rec_mail_item *out)
{
    struct rec_client client;
    struct rec_mail_item item;
    if (in->has_cost && in->cost < 0) {
        return op_bad(op, "cost", N_("must not be negative"));
    }
    if (!client_load(op, in->client_id, "client_id", &client) || !new_item(op, in, &item) ||
        !insert_item(op, &item)) {
        return false;
    }
    item.client_name = client.name;
    item.client_code = client.code;
    int64_t event =
        journal_add(op, event_kind_mail_registered, (struct event_about){ .item = &item });
    struct scan_addition addition = {
        .uploads = &in->uploads,
        .information = op_or_null(op, in->information),
        .cost = in->has_cost ? in->cost : 0,
    };
    if ((in->uploads.count > 0 && !scans_add(op, event, &item, &addition)) ||
        (addition.cost != 0 &&
         !charge_enter(op, event, &item, 0, addition.cost, addition.information)) ||
        !mail_load(op, item.id, "id", out)) {
        return false;
    }
    bool notify = !in->has_notify || in->notify;
    return !notify || in->direction != direction_incoming ||
           notice_mail_registered(op, event, out, &addition);
}

/* The given fields over the present ones; the status waits for change_status(). */
static bool merge(struct op *op, const struct rec_mail_save *in, struct rec_mail_item *item)
{
    enum mail_status status = item->status;
    record_merge(&record_mail_save, in, &record_mail_item, item);
    item->status = status;
    item->reference = op_or_null(op, item->reference);
    item->note = op_or_null(op, item->note);
    item->shelf = op_or_null(op, item->shelf);
    item->collected_by = op_or_null(op, item->collected_by);
    if (in->has_status && !mail_status_fits(item->direction, in->status)) {
        return op_bad(op, "status", "does not fit the item's direction");
    }
    if (in->sent_on != NULL && (in->has_status ? in->status : status) != mail_status_sent) {
        return op_bad(op, "sent_on", "goes only with the status sent");
    }
    return op_filled(op, "counterparty", &item->counterparty);
}

/* What a new status brings with it: when, and for outgoing post the day its charges count on. */
static bool move_to(struct op *op, struct rec_mail_item *item, enum mail_status status,
                    const char *date)
{
    char today[CLOCK_DAY];
    item->status = status;
    item->has_closed_at = mail_status_closed(status);
    item->closed_at = op->now;
    bool was_sent = item->sent_on != NULL;
    item->sent_on = NULL;
    if (status == mail_status_sent) {
        item->sent_on = date != NULL ? date : arena_text(op->arena, clock_day(op->now, today));
        return charges_move_day(op, item);
    }
    return !was_sent || charges_move_back(op, item);
}

/* Another client: its permission and invoice are others, so nothing may hang on the old one's. */
static bool change_client(struct op *op, const struct rec_mail_item *before,
                          struct rec_mail_item *item)
{
    struct rec_client client;
    if (item->client_id == before->client_id) {
        return true;
    }
    if (!client_load(op, item->client_id, "client_id", &client)) {
        return false;
    }
    if (before->request != NULL && before->request->status == request_status_new) {
        return op_refused(op, refusal_open_request);
    }
    item->client_name = client.name;
    item->client_code = client.code;
    return charges_move_client(op, item) && links_withdraw(op, item->id) &&
           outbox_withdraw(op, item->id, before->client_id);
}

/* Stored before an open request ends with it: whoever is told then is told of the new status. */
static bool change_status(struct op *op, const struct rec_mail_save *in, int64_t event,
                          struct rec_mail_item *item)
{
    bool cancel = in->has_cancel_requests && in->cancel_requests;
    const char *day = in->sent_on != NULL ? in->sent_on : in->date;
    return move_to(op, item, in->status, day) && mail_store(op, item) &&
           (!mail_status_closed(in->status) || request_clear_under(op, event, item, cancel));
}

/* To its new client a letter that moved is new, while it waits to be collected. */
static bool announce_move(struct op *op, const struct rec_mail_save *in, int64_t event,
                          const struct rec_mail_item *item)
{
    bool wanted = !in->has_notify || in->notify;
    return !wanted || item->status != mail_status_awaiting_collection ||
           notice_mail_registered(op, event, item, &(struct scan_addition){ 0 });
}

bool office_mail_save(struct op *op, const struct rec_mail_save *in, struct rec_mail_item *out)
{
    struct rec_mail_item before;
    if (!mail_load(op, in->id, "id", &before) ||
        !op_version(op, before.version, true, in->version)) {
        return false;
    }
    struct rec_mail_item item = before;
    if (!merge(op, in, &item) || !change_client(op, &before, &item)) {
        return false;
    }
    bool moves = in->has_status && in->status != before.status;
    bool collected = moves && in->status == mail_status_collected;
    const char *detail = collected ? item.collected_by
                         : moves   ? words_mail_status.at[in->status]
                                   : NULL;
    int64_t event = journal_add(op, collected ? event_kind_mail_collected : event_kind_mail_changed,
                                (struct event_about){
                                    .item = &item,
                                    .detail = detail,
                                });
    bool stored =
        moves ? change_status(op, in, event, &item)
              : mail_store(op, &item) && (in->sent_on == NULL || charges_move_day(op, &item));
    return stored && index_item(op, item.id) && mail_load(op, in->id, "id", out) &&
           (item.client_id == before.client_id || announce_move(op, in, event, out));
}

static bool collect_one(struct op *op, int64_t id, const struct rec_mail_collect *in,
                        struct rec_mail_item *ret, int64_t *ret_event)
{
    struct rec_mail_item item;
    if (!mail_load(op, id, "ids", &item)) {
        return false;
    }
    enum mail_status status = in->has_status ? in->status : mail_status_collected;
    if (!mail_status_fits(item.direction, status)) {
        return status == mail_status_sent ? op_bad(op, "status", "sent is for outgoing items")
                                          : op_refused(op, refusal_not_incoming);
    }
    if (mail_status_closed(item.status)) {
        return op_refused(op, refusal_not_waiting);
    }
    bool collected = status == mail_status_collected;
    int64_t event =
        journal_add(op, collected ? event_kind_mail_collected : event_kind_mail_changed,
                    (struct event_about){
                        .item = &item,
                        .detail = collected ? in->collected_by : words_mail_status.at[status],
                    });
    *ret_event = event;
    item.collected_by = op_or_null(op, in->collected_by);
    return move_to(op, &item, status, in->sent_on) && mail_store(op, &item) &&
           request_clear_under(op, event, &item, in->has_cancel_requests && in->cancel_requests) &&
           mail_load(op, id, "ids", ret);
}

bool office_mail_collect(struct op *op, const struct rec_mail_collect *in,
                         struct rec_mail_collect_result *out)
{
    if (in->ids.count == 0) {
        return op_bad(op, "ids", N_("must not be empty"));
    }
    if (in->ids.count > LIMIT_LIST_LENGTH) {
        return op_bad(op, "ids", "has too many elements");
    }
    if (in->has_status && !mail_status_closed(in->status)) {
        return op_bad(op, "status", "must be collected, forwarded, destroyed or sent");
    }
    if (in->sent_on != NULL && (!in->has_status || in->status != mail_status_sent)) {
        return op_bad(op, "sent_on", "goes only with the status sent");
    }
    struct rec_mail_item *items = arena_array(op->arena, in->ids.count, sizeof *items);
    int64_t *events = arena_array(op->arena, in->ids.count, sizeof *events);
    for (size_t i = 0; i < in->ids.count; i++) {
        if (!collect_one(op, ((const int64_t *)in->ids.at)[i], in, &items[i], &events[i])) {
            return false;
        }
    }
    out->items = (struct list){ .at = items, .count = in->ids.count, .given = true };
    out->event_ids = (struct list){ .at = events, .count = in->ids.count, .given = true };
    return true;
}
