/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/charges.h"

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "server/domain/billing.h"
#include "server/office/journal.h"
#include "server/office/mail.h"
#include "server/office/office.h"

bool charge_enter(struct op *op, int64_t event, const struct rec_mail_item *item,
                  int64_t request_id, int64_t amount, const char *information)
{
    char today[CLOCK_DAY];
    struct rec_charge charge = {
        .item_id = item->id,
        .request_id = request_id,
        .has_request_id = request_id != 0,
        .amount = amount,
        .information = information != NULL ? information : "",
        .day = billing_day(item->sent_on, clock_day(op->now, today)),
        .entered_at = op->now,
        .entered_by = op->actor.name,
    };
    struct sqlite3_stmt *add = db_statement(op->db, SQL_charge_add);
    db_bind_record(add, &record_charge, &charge);
    db_bind_int(add, "client_id", item->client_id);
    db_bind_int(add, "event_id", event);
    return db_exec(op->db, add);
}

bool charges_move_day(struct op *op, const struct rec_mail_item *item)
{
    struct sqlite3_stmt *move = db_statement(op->db, SQL_charge_move_day);
    db_bind_int(move, "id", item->id);
    db_bind_text(move, "day", item->sent_on);
    db_exec(op->db, move);
    return !db_failed(op->db);
}

bool charges_move_back(struct op *op, const struct rec_mail_item *item)
{
    const struct rec_charge *charges = item->charges.at;
    char day[CLOCK_DAY];
    for (size_t i = 0; i < item->charges.count; i++) {
        struct sqlite3_stmt *move = db_statement(op->db, SQL_charge_move_back);
        db_bind_int(move, "id", charges[i].id);
        db_bind_text(move, "day", clock_day(charges[i].entered_at, day));
        db_exec(op->db, move);
    }
    return !db_failed(op->db);
}

bool charges_move_client(struct op *op, const struct rec_mail_item *item)
{
    struct sqlite3_stmt *invoiced = db_statement(op->db, SQL_charge_invoiced_of_item);
    db_bind_int(invoiced, "id", item->id);
    if (db_one_int(op->db, invoiced, 0) > 0) {
        return op_refused(op, refusal_invoiced);
    }
    struct sqlite3_stmt *move = db_statement(op->db, SQL_charge_move_client);
    db_bind_int(move, "id", item->id);
    db_bind_int(move, "client_id", item->client_id);
    db_exec(op->db, move);
    return !db_failed(op->db);
}

static bool charge_load(struct op *op, int64_t id, const char *field, struct rec_charge *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_charge_get);
    db_bind_int(get, "id", id);
    return db_one(op->db, get, &record_charge, ret, op->arena) || op_not_found(op, field);
}

/*
 * The item of a charge that was entered, changed or removed: new version, event, as it is now.
 * `what` stands before the amount: "new ", "", "removed ".
 */
static bool charge_changed(struct op *op, const struct rec_mail_item *item, const char *what,
                           int64_t amount, struct rec_mail_item *out)
{
    char text[MONEY_TEXT];
    journal_add(
        op, event_kind_charge_changed,
        (struct event_about){
            .item = item,
            .detail = arena_format(op->arena, "%s%s", what, money_text(amount, false, text)),
        });
    return mail_touch(op, item->id) && mail_load(op, item->id, "item_id", out);
}

static bool change_charge(struct op *op, const struct rec_charge_save *in,
                          struct rec_mail_item *out)
{
    struct rec_charge charge;
    struct rec_mail_item item;
    if (!charge_load(op, in->id, "id", &charge) ||
        !op_version(op, charge.version, in->has_version, in->version)) {
        return false;
    }
    if (in->has_item_id && in->item_id != charge.item_id) {
        return op_bad(op, "item_id", "is not the item of this charge");
    }
    if (charge.invoice_number != NULL) {
        return op_refused(op, refusal_invoiced);
    }
    record_merge(&record_charge_save, in, &record_charge, &charge);
    struct sqlite3_stmt *change = db_statement(op->db, SQL_charge_change);
    db_bind_record(change, &record_charge, &charge);
    return db_exec(op->db, change) && mail_load(op, charge.item_id, "item_id", &item) &&
           charge_changed(op, &item, "", charge.amount, out);
}

bool office_charge_get(struct op *op, const struct rec_by_id *in, struct rec_charge *out)
{
    return charge_load(op, in->id, "id", out);
}

bool office_charge_save(struct op *op, const struct rec_charge_save *in, struct rec_mail_item *out)
{
    struct rec_mail_item item;
    if (in->has_amount && in->amount == 0) {
        return op_bad(op, "amount", N_("must not be 0"));
    }
    if (in->has_id) {
        return change_charge(op, in, out);
    }
    return mail_load(op, in->item_id, "item_id", &item) &&
           charge_enter(op, 0, &item, 0, in->amount, in->information) &&
           charge_changed(op, &item, "new ", in->amount, out);
}

bool office_charge_remove(struct op *op, const struct rec_charge_remove *in,
                          struct rec_mail_item *out)
{
    struct rec_charge charge;
    struct rec_mail_item item;
    if (!charge_load(op, in->id, "id", &charge)) {
        return false;
    }
    if (in->has_version && !op_version(op, charge.version, true, in->version)) {
        return false;
    }
    if (charge.invoice_number != NULL) {
        return op_refused(op, refusal_invoiced);
    }
    struct sqlite3_stmt *remove = db_statement(op->db, SQL_charge_remove);
    db_bind_int(remove, "id", in->id);
    return db_exec(op->db, remove) && mail_load(op, charge.item_id, "item_id", &item) &&
           charge_changed(op, &item, "removed ", charge.amount, out);
}

static bool invoice_one(struct op *op, int64_t id, const struct rec_charge_invoice *in,
                        struct rec_charge *ret)
{
    struct rec_mail_item item;
    if (!charge_load(op, id, "ids", ret)) {
        return false;
    }
    if (ret->invoice_number != NULL) {
        return op_refused(op, refusal_invoiced);
    }
    struct sqlite3_stmt *invoice = db_statement(op->db, SQL_charge_invoice);
    db_bind_int(invoice, "id", id);
    db_bind_text(invoice, "number", in->number);
    db_bind_text(invoice, "date", in->date);
    if (!db_exec(op->db, invoice) || !mail_load(op, ret->item_id, "ids", &item)) {
        return false;
    }
    journal_add(op, event_kind_charge_invoiced,
                (struct event_about){ .item = &item, .detail = in->number });
    return charge_load(op, id, "ids", ret);
}

bool office_charge_invoice(struct op *op, const struct rec_charge_invoice *in,
                           struct rec_charge_invoice_result *out)
{
    struct rec_charge_invoice invoice = *in;
    if (in->ids.count == 0) {
        return op_bad(op, "ids", N_("must not be empty"));
    }
    if (!op_filled(op, "number", &invoice.number)) {
        return false;
    }
    struct rec_charge *charges = arena_array(op->arena, in->ids.count, sizeof *charges);
    for (size_t i = 0; i < in->ids.count; i++) {
        if (!invoice_one(op, ((const int64_t *)in->ids.at)[i], &invoice, &charges[i])) {
            return false;
        }
    }
    out->charges = (struct list){ .at = charges, .count = in->ids.count, .given = true };
    return true;
}

static bool settle(struct op *op, const struct rec_settlement_summary *in,
                   struct rec_settlement_client *client)
{
    struct sqlite3_stmt *list = db_statement(op->db, SQL_settlement_charges);
    db_bind_int(list, "client_id", client->client_id);
    db_bind_text(list, "from", in->from);
    db_bind_text(list, "to", in->to);
    client->charges = db_all(op->db, list, &record_charge, 0, op->arena);
    return billing_sum(client->charges.at, client->charges.count, &client->total) ||
           err_set(&op->err, ERR_too_large, "", "the sum does not fit");
}

bool office_settlement_summary(struct op *op, const struct rec_settlement_summary *in,
                               struct rec_settlement_summary_result *out)
{
    struct sqlite3_stmt *list =
        db_statement(op->db, in->has_client_id ? SQL_settlement_client : SQL_settlement_clients);
    if (in->has_client_id) {
        db_bind_int(list, "client_id", in->client_id);
    } else {
        db_bind_text(list, "from", in->from);
        db_bind_text(list, "to", in->to);
    }
    out->clients = db_all(op->db, list, &record_settlement_client, 0, op->arena);
    if (in->has_client_id && out->clients.count == 0) {
        return op_not_found(op, "client_id");
    }
    struct rec_settlement_client *clients = out->clients.at;
    for (size_t i = 0; i < out->clients.count; i++) {
        if (!settle(op, in, &clients[i])) {
            return false;
        }
        if (!money_add(&out->total, clients[i].total)) {
            return err_set(&op->err, ERR_too_large, "", "the sum does not fit");
        }
    }
    return true;
}
