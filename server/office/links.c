/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/links.h"

#include "protocol/base/arena.h"
#include "server/office/clients.h"
#include "server/office/mail.h"
#include "server/office/office.h"
#include "server/office/requests.h"
#include "server/office/words.h"

enum { LIFE_SECONDS = 60 * 24 * 3600 };

/* A click so soon after the mail server took the mail is more likely a scanner's than a person's.
 */
enum { SUSPICIOUS_SECONDS = 10 };

const char *office_link_make(struct op *op, int64_t item_id, int64_t client_id, char *ret_token)
{
    secret_make(ret_token);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_link_add);
    secret_bind(add, "token_hash", ret_token);
    db_bind_int(add, "item_id", item_id);
    db_bind_int(add, "client_id", client_id);
    db_bind_int(add, "created_at", op->now);
    db_bind_int(add, "expires_at", op->now + LIFE_SECONDS);
    db_exec(op->db, add);
    return arena_format(op->arena, "%s" LINK_PATH "%s", op->env->base_url, ret_token);
}

bool link_sent_with(struct op *op, const char *token, int64_t outbox_id)
{
    struct sqlite3_stmt *sent = db_statement(op->db, SQL_link_sent_with);
    secret_bind(sent, "token_hash", token);
    db_bind_int(sent, "outbox_id", outbox_id);
    return db_exec(op->db, sent);
}

bool links_withdraw(struct op *op, int64_t item_id)
{
    struct sqlite3_stmt *remove = db_statement(op->db, SQL_link_remove_of_item);
    db_bind_int(remove, "id", item_id);
    db_exec(op->db, remove);
    return !db_failed(op->db);
}

/* What a token leads to. */
struct link {
    int64_t item_id;
    int64_t client_id;
    int64_t delivered_at; /* the last of its mails; 0: none yet */
};

static bool link_find(struct op *op, const char *token, struct link *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_link_get);
    secret_bind(get, "token_hash", token);
    if (!db_next(op->db, get)) {
        return op_not_found(op, "link");
    }
    *ret = (struct link){
        .item_id = db_int(get, 0),
        .client_id = db_int(get, 1),
        .delivered_at = db_int(get, 3),
    };
    bool expired = db_int(get, 2) <= op->now;
    db_end(get);
    return !expired || op_not_found(op, "link");
}

static bool view_fill(struct op *op, const struct link *link, struct link_view *ret)
{
    struct scan_facts facts;
    if (!mail_load(op, link->item_id, "link", &ret->item) ||
        ret->item.client_id != link->client_id) {
        return op_not_found(op, "link");
    }
    if (!client_load(op, link->client_id, "link", &ret->client) ||
        !mail_scan_facts(op, &ret->item, &facts)) {
        return false;
    }
    ret->lang = word_lang(ret->client.language);
    ret->office_name = op->settings.office_name;
    ret->note = word_scan_note(&op->settings, ret->lang);
    ret->cost = ret->client.default_scan_cost;
    ret->may_request = scan_may_request(&facts, &ret->refusal);
    return true;
}

bool office_link_view(struct op *op, const char *token, struct link_view *ret)
{
    struct link link;
    return link_find(op, token, &link) && view_fill(op, &link, ret);
}

bool office_link_request(struct op *op, const char *token, struct link_view *ret, bool *ret_made)
{
    struct link link;
    int64_t id;
    if (!link_find(op, token, &link) || !view_fill(op, &link, ret)) {
        return false;
    }
    *ret_made = ret->may_request;
    if (!ret->may_request) {
        return true;
    }
    op_act_as_client(op, &ret->client);
    bool suspicious = link.delivered_at == 0 || op->now - link.delivered_at < SUSPICIOUS_SECONDS;
    return request_make(op, &ret->item, request_source_email, suspicious, &id) &&
           view_fill(op, &link, ret);
}
