/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/scans.h"

#include "server/domain/billing.h"
#include "server/office/charges.h"
#include "server/office/clients.h"
#include "server/office/journal.h"
#include "server/office/mail.h"
#include "server/office/notices.h"
#include "server/office/office.h"
#include "server/office/requests.h"
#include "server/office/uploads.h"

bool scans_add(struct op *op, int64_t event, const struct rec_mail_item *item,
               const struct scan_addition *addition)
{
    const int64_t *ids = addition->uploads->at;
    if (addition->uploads->count == 0) {
        return op_bad(op, "uploads", "must name at least one file");
    }
    if (addition->uploads->count + item->scans.count > LIMIT_SCANS_PER_ITEM) {
        return err_set(&op->err, ERR_too_large, "uploads", "a mail item has at most %d scans",
                       LIMIT_SCANS_PER_ITEM);
    }
    for (size_t i = 0; i < addition->uploads->count; i++) {
        struct rec_scan scan = { .item_id = item->id,
                                 .attached_at = op->now,
                                 .attached_by = op->actor.name };
        if (!upload_take(op, ids[i], &scan)) {
            return false;
        }
        struct sqlite3_stmt *add = db_statement(op->db, SQL_scan_add);
        db_bind_record(add, &record_scan, &scan);
        db_bind_int(add, "event_id", event);
        if (!db_exec(op->db, add)) {
            return false;
        }
    }
    return true;
}

bool office_scan_attach(struct op *op, const struct rec_scan_attach *in, struct rec_mail_item *out)
{
    struct rec_mail_item item;
    struct rec_client client;
    if (!mail_load(op, in->item_id, "item_id", &item) ||
        !client_load(op, item.client_id, "client_id", &client)) {
        return false;
    }
    if (in->has_cost && in->cost < 0) {
        return op_bad(op, "cost", N_("must not be negative"));
    }
    bool closes = item.request != NULL && item.request->status == request_status_new;
    int64_t request_id = closes ? item.request->id : 0;
    struct scan_addition addition = {
        .uploads = &in->uploads,
        .information = op_or_null(op, in->information),
        .cost = billing_scan_cost(in->has_cost, in->cost, closes, client.default_scan_cost),
        .asked = closes,
    };
    int64_t event =
        journal_add(op, closes ? event_kind_scan_request_fulfilled : event_kind_scan_attached,
                    (struct event_about){ .item = &item, .request_id = request_id });
    if (!scans_add(op, event, &item, &addition) ||
        (closes && !request_fulfil_under(op, event, request_id, &addition)) ||
        (addition.cost != 0 &&
         !charge_enter(op, event, &item, request_id, addition.cost, addition.information)) ||
        !mail_touch(op, item.id) || !mail_load(op, item.id, "item_id", out)) {
        return false;
    }
    bool notify = !in->has_notify || in->notify;
    return !notify || item.direction != direction_incoming ||
           notice_scan_ready(op, event, out, &addition);
}
