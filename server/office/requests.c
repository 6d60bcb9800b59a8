/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/requests.h"

#include "protocol/base/arena.h"
#include "server/domain/billing.h"
#include "server/domain/scan_rules.h"
#include "server/office/charges.h"
#include "server/office/claims.h"
#include "server/office/clients.h"
#include "server/office/journal.h"
#include "server/office/mail.h"
#include "server/office/notices.h"
#include "server/office/office.h"
#include "server/office/words.h"

void request_complete(struct op *op, struct rec_scan_request *request)
{
    enum action *can = arena_array(op->arena, action_MAX, sizeof *can);
    request->can = (struct list){
        .at = can,
        .count = scan_request_actions(request->status, can),
        .given = true,
    };
    request->claimed_by = claims_who(op->env->claims, request->id, op->arena);
}

bool request_load(struct op *op, int64_t id, struct rec_scan_request *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_request_get);
    db_bind_int(get, "id", id);
    if (!db_one(op->db, get, &record_scan_request, ret, op->arena)) {
        return op_not_found(op, "id");
    }
    request_complete(op, ret);
    return true;
}

bool office_scan_request_get(struct op *op, const struct rec_by_id *in,
                             struct rec_scan_request *out)
{
    return request_load(op, in->id, out);
}

static enum statement leading(const struct rec_scan_request_list *in, const char *match)
{
    if (match != NULL) {
        return SQL_request_list_by_words;
    }
    if (in->has_client_id) {
        return SQL_request_list_by_client;
    }
    return in->has_status ? SQL_request_list_by_status : SQL_request_list;
}

static struct list find_requests(struct op *op, const struct rec_scan_request_list *in,
                                 int64_t limit)
{
    const char *text = op_or_null(op, in->text);
    const char *match = text != NULL ? op_match(op, text) : NULL;
    if (text != NULL && match == NULL) {
        return (struct list){ .given = true };
    }
    struct sqlite3_stmt *list = db_statement(op->db, leading(in, match));
    db_bind_record(list, &record_scan_request_list, in);
    if (match != NULL) {
        db_bind_text(list, "text", match);
    }
    if (!in->has_after) {
        db_bind_int(list, "after", INT64_MAX);
    }
    db_bind_int(list, "limit", limit + 1);
    return db_all(op->db, list, &record_scan_request, 0, op->arena);
}

/* The next one after an id; 0: there is none. */
static int64_t oldest_new(struct op *op, int64_t after)
{
    struct sqlite3_stmt *statement = db_statement(op->db, SQL_request_oldest_new);
    db_bind_int(statement, "after", after);
    return db_one_int(op->db, statement, 0);
}

/* As many questions as terminals are at work, and one. */
static int64_t oldest_free(struct op *op, int64_t oldest)
{
    int64_t id = oldest;
    while (id != 0 && claims_who(op->env->claims, id, op->arena) != NULL) {
        id = oldest_new(op, id);
    }
    return id;
}

bool office_scan_request_list(struct op *op, const struct rec_scan_request_list *in,
                              struct rec_scan_request_list_result *out)
{
    int64_t limit = op_limit(in->has_limit, in->limit);
    out->requests = find_requests(op, in, limit);
    struct rec_scan_request *requests = out->requests.at;
    if (requests != NULL && !op_page_end(&out->requests, limit)) {
        out->next = requests[limit - 1].id;
        out->has_next = true;
    }
    for (size_t i = 0; requests != NULL && i < out->requests.count; i++) {
        request_complete(op, &requests[i]);
    }
    out->new_count = db_one_int(op->db, db_statement(op->db, SQL_request_count_new), 0);
    out->oldest_new = oldest_new(op, 0);
    out->has_oldest_new = out->oldest_new != 0;
    out->oldest_free = oldest_free(op, out->oldest_new);
    out->has_oldest_free = out->oldest_free != 0;
    return true;
}

bool request_make(struct op *op, const struct rec_mail_item *item, enum request_source source,
                  bool possibly_automatic, int64_t *ret_id)
{
    struct scan_facts facts;
    enum refusal why;
    if (!mail_scan_facts(op, item, &facts)) {
        return false;
    }
    if (!scan_may_request(&facts, &why)) {
        return op_refused(op, why);
    }
    struct rec_scan_request request = {
        .item_id = item->id,
        .client_id = item->client_id,
        .requested_at = op->now,
        .requested_by = op->actor.name,
        .source = source,
        .possibly_automatic = possibly_automatic,
    };
    struct sqlite3_stmt *add = db_statement(op->db, SQL_request_add);
    db_bind_record(add, &record_scan_request, &request);
    if (!db_exec(op->db, add)) {
        return false;
    }
    *ret_id = db_last_id(op->db);
    int64_t event = journal_add(op, event_kind_scan_request_created,
                                (struct event_about){ .item = item, .request_id = *ret_id });
    struct rec_mail_item asked = *item; /* as the office is told of it */
    asked.request = &request;
    return mail_touch(op, item->id) && notice_request_made(op, event, &asked);
}

bool office_scan_request_create(struct op *op, const struct rec_scan_request_create *in,
                                struct rec_scan_request *out)
{
    struct rec_mail_item item;
    int64_t id;
    return mail_load(op, in->item_id, "item_id", &item) &&
           request_make(op, &item, request_source_staff, false, &id) && request_load(op, id, out);
}

bool request_taken_back(const struct rec_scan_request *request)
{
    return request->status == request_status_cancelled && request->has_cancelled_by &&
           request->cancelled_by == cancelled_by_client;
}

/* How a request is closed. */
struct closing {
    enum action action;
    enum cancelled_by by; /* when it is cancelled */
    const char *reason;
    const char *information;
    int64_t cost;
};

static bool close_request(struct op *op, int64_t event, int64_t id, const struct closing *closing)
{
    struct rec_scan_request request;
    if (!request_load(op, id, &request)) {
        return false;
    }
    if (!scan_request_move(request.status, closing->action, &request.status)) {
        return op_refused(op, refusal_not_new);
    }
    bool cancelled = request.status == request_status_cancelled;
    request.closed_at = op->now;
    request.has_closed_at = true;
    request.closed_by = op->actor.name;
    request.cancelled_by = closing->by;
    request.has_cancelled_by = cancelled;
    request.reason = closing->reason;
    request.information = closing->information;
    struct sqlite3_stmt *close = db_statement(op->db, SQL_request_close);
    db_bind_int(close, "event_id", event);
    db_bind_record(close, &record_scan_request, &request);
    if (!cancelled) {
        db_bind_int(close, "cost", closing->cost);
    } else {
        db_bind_text(close, "cost", NULL);
    }
    return db_exec(op->db, close);
}

bool request_fulfil_under(struct op *op, int64_t event, int64_t request_id,
                          const struct scan_addition *addition)
{
    struct closing closing = {
        .action = action_scan_request_fulfil,
        .information = addition->information,
        .cost = addition->cost,
    };
    return close_request(op, event, request_id, &closing);
}

bool request_clear_under(struct op *op, int64_t event, const struct rec_mail_item *item,
                         bool cancel)
{
    struct rec_mail_item now;
    if (item->request == NULL || item->request->status != request_status_new) {
        return true;
    }
    if (!cancel) {
        return op_refused(op, refusal_open_request);
    }
    struct closing closing = {
        .action = action_scan_request_cancel,
        .by = cancelled_by_hand_over,
        .reason = tr(word_lang(op->settings.language), N_("The letter was handed over")),
    };
    if (!close_request(op, event, item->request->id, &closing) ||
        !mail_load(op, item->id, "id", &now)) {
        return false;
    }
    journal_add(op, event_kind_scan_request_cancelled,
                (struct event_about){ .item = &now,
                                      .request_id = item->request->id,
                                      .detail = words_cancelled_by.at[cancelled_by_hand_over] });
    return notice_request_cancelled(op, event, &now);
}

bool request_cancel(struct op *op, int64_t id, enum cancelled_by by, const char *reason)
{
    struct rec_scan_request request;
    struct rec_mail_item item;
    if (!request_load(op, id, &request) || !mail_load(op, request.item_id, "item_id", &item)) {
        return false;
    }
    struct closing closing = { .action = action_scan_request_cancel, .by = by, .reason = reason };
    int64_t event = journal_add(
        op, event_kind_scan_request_cancelled,
        (struct event_about){ .item = &item, .request_id = id, .detail = closing.reason });
    return close_request(op, event, id, &closing) && mail_touch(op, item.id) &&
           mail_load(op, item.id, "item_id", &item) && notice_request_cancelled(op, event, &item);
}

bool office_scan_request_cancel(struct op *op, const struct rec_scan_request_cancel *in,
                                struct rec_scan_request *out)
{
    return request_cancel(op, in->id, cancelled_by_staff, op_or_null(op, in->reason)) &&
           request_load(op, in->id, out);
}

bool office_scan_request_fulfil(struct op *op, const struct rec_scan_request_fulfil *in,
                                struct rec_scan_request *out)
{
    struct rec_scan_request request;
    if (!request_load(op, in->id, &request)) {
        return false;
    }
    if (request.status != request_status_new) {
        return op_refused(op, refusal_not_new);
    }
    struct rec_scan_attach attach = {
        .item_id = request.item_id,
        .uploads = in->uploads,
        .information = in->information,
        .cost = in->cost,
        .has_cost = in->has_cost,
    };
    struct rec_mail_item item;
    return office_scan_attach(op, &attach, &item) && request_load(op, in->id, out);
}
