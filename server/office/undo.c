/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Taking back a reversible act while its e-mail is still held back. Rows carry the event they came
 * with, so what an event did is undone by that event's id; messages that its act put into the
 * outbox are dropped with it. Once one of them left, it is too late.
 */
#include "protocol/base/arena.h"
#include "server/office/journal.h"
#include "server/office/links.h"
#include "server/office/mail.h"
#include "server/office/office.h"

static bool by_event(struct op *op, enum statement which, int64_t event)
{
    struct sqlite3_stmt *statement = db_statement(op->db, which);
    db_bind_int(statement, "id", event);
    db_exec(op->db, statement);
    return !db_failed(op->db);
}

static int64_t number_by_event(struct op *op, enum statement which, int64_t event)
{
    struct sqlite3_stmt *statement = db_statement(op->db, which);
    db_bind_int(statement, "id", event);
    return db_one_int(op->db, statement, 0);
}

static bool still_possible(struct op *op, const struct rec_event *event)
{
    if (op->now - event->at > op->env->hold_seconds) {
        return op_refused(op, refusal_too_late);
    }
    struct sqlite3_stmt *undone = db_statement(op->db, SQL_event_undone);
    db_bind_int(undone, "id", event->id);
    db_bind_text(undone, "detail", arena_format(op->arena, "%lld", (long long)event->id));
    if (db_one_int(op->db, undone, 0) > 0 ||
        number_by_event(op, SQL_outbox_left_of_event, event->id) > 0) {
        return op_refused(op, refusal_too_late);
    }
    if (number_by_event(op, SQL_charge_invoiced_by_event, event->id) > 0) {
        return op_refused(op, refusal_invoiced);
    }
    return true;
}

/*
 * The request that the event closed waits again, but only where nothing came after it that an open
 * request would contradict: a newer one, a scan, the letter's leaving. (One that a hand-over
 * cancelled was closed by the hand-over's event, and opens again with the undoing of that.)
 */
static bool reopen_request(struct op *op, const struct rec_event *event,
                           const struct rec_mail_item *item)
{
    int64_t request_id = number_by_event(op, SQL_request_closed_by_event, event->id);
    if (request_id == 0) {
        return op_refused(op, refusal_not_reversible);
    }
    if (item->request->status == request_status_new) {
        return op_refused(op, refusal_already_open);
    }
    if (item->request->id != request_id || item->scans.count > 0 ||
        item->status != mail_status_awaiting_collection) {
        return op_refused(op, refusal_too_late);
    }
    return by_event(op, SQL_request_reopen_by_event, event->id);
}

static bool undo_scans(struct op *op, const struct rec_event *event)
{
    return by_event(op, SQL_outbox_detach_event, event->id) &&
           by_event(op, SQL_scan_remove_by_event, event->id) &&
           by_event(op, SQL_charge_remove_by_event, event->id);
}

/* Came the letter back and was handed over once more? Then that is not this event's to undo. */
static bool collected_again(struct op *op, const struct rec_event *event)
{
    struct sqlite3_stmt *later = db_statement(op->db, SQL_event_collected_later);
    db_bind_int(later, "id", event->id);
    db_bind_int(later, "item_id", event->item_id);
    return db_one_int(op->db, later, 0) > 0;
}

static bool undo_collection(struct op *op, const struct rec_event *event,
                            struct rec_mail_item *item)
{
    if (item->status != mail_status_collected || collected_again(op, event)) {
        return op_refused(op, refusal_too_late);
    }
    item->status = mail_status_awaiting_collection;
    item->has_closed_at = false;
    item->collected_by = NULL;
    bool cancelled = number_by_event(op, SQL_request_closed_by_event, event->id) != 0;
    return (!cancelled || reopen_request(op, event, item)) && mail_store(op, item);
}

/* Only a letter to which nothing has happened since can be unmade. */
static bool undo_registration(struct op *op, const struct rec_event *event,
                              const struct rec_mail_item *item)
{
    if (item->version != 1 || item->request != NULL) {
        return op_refused(op, refusal_too_late);
    }
    return undo_scans(op, event) && links_withdraw(op, item->id) &&
           by_event(op, SQL_mail_index_clear, item->id) && by_event(op, SQL_mail_remove, item->id);
}

static bool undo_fulfilment(struct op *op, const struct rec_event *event,
                            struct rec_mail_item *item)
{
    return undo_scans(op, event) && mail_load(op, item->id, "event_id", item) &&
           reopen_request(op, event, item);
}

static bool take_back(struct op *op, const struct rec_event *event, struct rec_mail_item *item)
{
    switch (event->kind) {
    case event_kind_mail_collected: return undo_collection(op, event, item);
    case event_kind_scan_request_cancelled: return reopen_request(op, event, item);
    case event_kind_scan_request_fulfilled: return undo_fulfilment(op, event, item);
    case event_kind_scan_attached: return undo_scans(op, event);
    case event_kind_mail_registered: return undo_registration(op, event, item);
    default: return op_refused(op, refusal_not_reversible);
    }
}

bool office_undo(struct op *op, const struct rec_undo *in, struct rec_undo_result *out)
{
    struct rec_event event;
    struct rec_mail_item item;
    struct sqlite3_stmt *get = db_statement(op->db, SQL_event_get);
    db_bind_int(get, "id", in->event_id);
    if (!db_one(op->db, get, &record_event, &event, op->arena)) {
        return op_not_found(op, "event_id");
    }
    if (!event.has_item_id) {
        return op_refused(op, refusal_not_reversible);
    }
    if (!still_possible(op, &event) || !mail_load(op, event.item_id, "event_id", &item)) {
        return false;
    }
    bool removed = event.kind == event_kind_mail_registered;
    if (!by_event(op, SQL_outbox_unlink_event, event.id) || !take_back(op, &event, &item) ||
        !by_event(op, SQL_outbox_drop_event, event.id) || (!removed && !mail_touch(op, item.id))) {
        return false;
    }
    out->event_id = journal_add(
        op, event_kind_undone,
        (struct event_about){ .item = &item,
                              .request_id = event.request_id,
                              .detail = arena_format(op->arena, "%lld", (long long)event.id) });
    out->item_id = event.item_id;
    out->has_item_id = true;
    out->request_id = event.request_id;
    out->has_request_id = event.has_request_id;
    return !db_failed(op->db);
}
