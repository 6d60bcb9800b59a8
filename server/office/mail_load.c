/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/base/arena.h"
#include "server/office/clients.h"
#include "server/office/mail.h"
#include "server/office/office.h"
#include "server/office/requests.h"

static struct list part(struct op *op, enum statement which, int64_t item_id,
                        const struct record *record)
{
    struct sqlite3_stmt *list = db_statement(op->db, which);
    db_bind_int(list, "id", item_id);
    return db_all(op->db, list, record, 0, op->arena);
}

bool mail_scan_facts(struct op *op, const struct rec_mail_item *item, struct scan_facts *ret)
{
    struct rec_client client;
    if (!client_load(op, item->client_id, "client_id", &client) ||
        !client_scan_facts(op, &client, ret)) {
        return false;
    }
    ret->direction = item->direction;
    ret->status = item->status;
    ret->has_scan = item->scans.count > 0;
    ret->has_open_request = item->request != NULL && item->request->status == request_status_new;
    return true;
}

static bool complete(struct op *op, struct rec_mail_item *item)
{
    item->scans = part(op, SQL_scan_list, item->id, &record_scan);
    item->charges = part(op, SQL_charge_list_of_item, item->id, &record_charge);
    struct rec_scan_request *request = arena_one(op->arena, struct rec_scan_request);
    struct sqlite3_stmt *newest = db_statement(op->db, SQL_request_newest_of_item);
    db_bind_int(newest, "id", item->id);
    if (db_one(op->db, newest, &record_scan_request, request, op->arena)) {
        request_complete(op, request);
        item->request = request;
    }
    struct scan_facts facts;
    if (!mail_scan_facts(op, item, &facts)) {
        return false;
    }
    enum action *can = arena_array(op->arena, action_MAX, sizeof *can);
    item->can = (struct list){ .at = can, .count = mail_item_actions(&facts, can), .given = true };
    return !db_failed(op->db);
}

bool mail_complete(struct op *op, struct list *items)
{
    struct rec_mail_item *item = items->at;
    for (size_t i = 0; i < items->count; i++) {
        if (!complete(op, &item[i])) {
            return false;
        }
    }
    return true;
}

bool mail_load(struct op *op, int64_t id, const char *field, struct rec_mail_item *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_mail_get);
    db_bind_int(get, "id", id);
    if (!db_one(op->db, get, &record_mail_item, ret, op->arena)) {
        return op_not_found(op, field);
    }
    return complete(op, ret);
}

bool office_mail_get(struct op *op, const struct rec_by_id *in, struct rec_mail_item *out)
{
    return mail_load(op, in->id, "id", out);
}

/* The statement whose index narrows the most; the others only filter. */
static enum statement leading(const struct rec_mail_list *in, const char *match)
{
    if (in->reference != NULL) {
        return SQL_mail_list_by_reference;
    }
    if (match != NULL) {
        return SQL_mail_list_by_words;
    }
    if (in->has_client_id) {
        return SQL_mail_list_by_client;
    }
    if (in->has_status) {
        return SQL_mail_list_by_status;
    }
    return in->has_direction ? SQL_mail_list_by_direction : SQL_mail_list;
}

bool mail_list(struct op *op, const struct rec_mail_list *in, const char *columns,
               struct rec_mail_list_result *out)
{
    const char *text = op_or_null(op, in->text);
    const char *match = text != NULL ? op_match(op, text) : NULL;
    if (text != NULL && match == NULL) {
        return true; /* nothing in it that a word could begin with: nothing is found */
    }
    int64_t limit = op_limit(in->has_limit, in->limit);
    struct sqlite3_stmt *list = db_statement(op->db, leading(in, match));
    db_bind_record(list, &record_mail_list, in);
    if (match != NULL && in->reference == NULL) {
        db_bind_text(list, "text", arena_format(op->arena, "%s (%s)", columns, match));
    }
    if (!in->has_after) {
        db_bind_int(list, "after", INT64_MAX);
    }
    db_bind_int(list, "limit", limit + 1);
    out->items = db_all(op->db, list, &record_mail_item, 0, op->arena);
    if (!op_page_end(&out->items, limit)) {
        out->next = ((const struct rec_mail_item *)out->items.at)[limit - 1].id;
        out->has_next = true;
    }
    return mail_complete(op, &out->items);
}

bool office_mail_list(struct op *op, const struct rec_mail_list *in,
                      struct rec_mail_list_result *out)
{
    return mail_list(op, in, MAIL_SEARCH_ALL, out);
}
