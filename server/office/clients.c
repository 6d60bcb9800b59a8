/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/clients.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "server/domain/access.h"
#include "server/domain/identifiers.h"
#include "server/office/journal.h"
#include "server/office/office.h"
#include "server/office/packages.h"
#include "server/office/settings.h"

enum { BOX_DIGITS = 6 }; /* more digits than this are a NIP or a telephone, not a box */

bool client_scan_facts(struct op *op, const struct rec_client *client, struct scan_facts *ret)
{
    struct rec_package package;
    if (!package_load(op, client->package_id, "package_id", &package)) {
        return false;
    }
    *ret = (struct scan_facts){
        .office_allows = op->settings.allow_scan_requests,
        .client_active = client->active,
        .client = client->allow_scan_requests,
        .package = package.allow_scan_requests,
    };
    return true;
}

static bool complete(struct op *op, struct rec_client *client)
{
    struct scan_facts facts;
    enum refusal why;
    struct sqlite3_stmt *list = db_statement(op->db, SQL_client_email_list);
    db_bind_int(list, "id", client->id);
    client->emails = db_texts(op->db, list, op->arena);
    list = db_statement(op->db, SQL_client_alias_list);
    db_bind_int(list, "id", client->id);
    client->aliases = db_texts(op->db, list, op->arena);
    if (!client_scan_facts(op, client, &facts)) {
        return false;
    }
    client->may_request_scans = scan_permitted(&facts, &why);
    return true;
}

bool client_load(struct op *op, int64_t id, const char *field, struct rec_client *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_client_get);
    db_bind_int(get, "id", id);
    if (!db_one(op->db, get, &record_client, ret, op->arena)) {
        return op_not_found(op, field);
    }
    return complete(op, ret);
}

/* For the reader of the record only: it takes as long as the client has post, and no rule asks. */
static bool count_waiting(struct op *op, struct rec_client *client)
{
    struct sqlite3_stmt *count = db_statement(op->db, SQL_client_waiting);
    db_bind_int(count, "id", client->id);
    client->waiting = db_one_int(op->db, count, 0);
    return !db_failed(op->db);
}

bool office_client_get(struct op *op, const struct rec_by_id *in, struct rec_client *out)
{
    return client_load(op, in->id, "id", out) && count_waiting(op, out);
}

static struct list list_clients(struct op *op, enum statement which, const char *text,
                                const struct rec_client_search *in, int64_t offset, int64_t limit)
{
    struct sqlite3_stmt *list = db_statement(op->db, which);
    if (text != NULL) {
        db_bind_text(list, "text", text);
    }
    db_bind_int(list, "ended_too", in->ended_too);
    db_bind_int(list, "offset", offset);
    db_bind_int(list, "limit", limit + 1);
    return db_all(op->db, list, &record_client, 0, op->arena);
}

static bool is_box_number(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= BOX_DIGITS && strspn(text, "0123456789") == length;
}

/* Digits are a box number first; a NIP is one however it is written; all else are words. */
static struct list find_clients(struct op *op, const struct rec_client_search *in, int64_t offset,
                                int64_t limit)
{
    const char *text = in->text != NULL ? text_trim(op->arena, in->text) : "";
    if (is_box_number(text)) {
        struct list found = list_clients(op, SQL_client_list_by_code, text, in, offset, limit);
        if (found.count > 0) {
            return found;
        }
    }
    char nip[NIP_TEXT];
    const char *match = op_match(op, nip_normalise(text, nip) ? nip : text);
    if (match != NULL) {
        return list_clients(op, SQL_client_list_by_words, match, in, offset, limit);
    }
    if (text[0] != '\0') {
        return (struct list){ .given = true };
    }
    return list_clients(op, SQL_client_list, NULL, in, offset, limit);
}

/* Where a page begins: `next` of the page before, NULL for the first. */
static bool page_offset(const char *after, int64_t *ret_offset)
{
    char *end = NULL;
    *ret_offset = after != NULL ? strtol(after, &end, 10) : 0;
    return after == NULL ||
           (end != after && *end == '\0' && *ret_offset >= 0 && *ret_offset < INT32_MAX);
}

bool office_client_search(struct op *op, const struct rec_client_search *in,
                          struct rec_client_search_result *out)
{
    int64_t limit = op_limit(in->has_limit, in->limit);
    int64_t offset;
    if (!page_offset(in->after, &offset)) {
        return op_bad(op, "after", "is not the `next` of a page");
    }
    out->clients = find_clients(op, in, offset, limit);
    if (!op_page_end(&out->clients, limit)) {
        out->next = arena_format(op->arena, "%lld", (long long)(offset + limit));
    }
    struct rec_client *clients = out->clients.at;
    for (size_t i = 0; i < out->clients.count; i++) {
        if (!complete(op, &clients[i]) || !count_waiting(op, &clients[i])) {
            return false;
        }
    }
    return true;
}

static bool check_code(struct op *op, struct rec_client *client)
{
    if (client->code == NULL) {
        struct sqlite3_stmt *next = db_statement(op->db, SQL_client_next_code);
        client->code = arena_format(op->arena, "%03lld", (long long)db_one_int(op->db, next, 1));
        return true;
    }
    client->code = text_trim(op->arena, client->code);
    size_t length = strlen(client->code);
    if (length == 0 || length > 12) {
        return op_bad(op, "code", N_("must be 1 to 12 characters"));
    }
    return true;
}

static bool check_tax_id(struct op *op, struct rec_client *client)
{
    char nip[NIP_TEXT];
    client->tax_id = op_or_null(op, client->tax_id);
    if (client->tax_id == NULL) {
        return true;
    }
    if (!nip_normalise(client->tax_id, nip)) {
        return op_bad(op, "tax_id", N_("is not a NIP: its check digit is wrong"));
    }
    client->tax_id = arena_text(op->arena, nip);
    return true;
}

static bool check_phone(struct op *op, struct rec_client *client)
{
    char number[PHONE_TEXT];
    client->phone = op_or_null(op, client->phone);
    if (client->phone == NULL) {
        return true;
    }
    if (!phone_normalise(client->phone, number)) {
        return op_bad(op, "phone", N_("is not a telephone number, like +48601234567"));
    }
    client->phone = arena_text(op->arena, number);
    return true;
}

static bool check_lists(struct op *op, struct rec_client *client)
{
    for (size_t i = 0; i < client->emails.count; i++) {
        const char *wrong = email_wrong(((const char **)client->emails.at)[i]);
        if (wrong != NULL) {
            return op_bad(op, "emails", wrong);
        }
    }
    for (size_t i = 0; i < client->aliases.count; i++) {
        if (!op_filled(op, "aliases", (const char **)client->aliases.at + i)) {
            return false;
        }
    }
    return true;
}

static bool check(struct op *op, struct rec_client *client)
{
    struct rec_package package;
    return op_filled(op, "name", &client->name) && check_code(op, client) &&
           check_tax_id(op, client) && check_phone(op, client) && check_lists(op, client) &&
           package_load(op, client->package_id, "package_id", &package);
}

/* Everything a clerk may type to find the client, folded. */
static bool index_client(struct op *op, const struct rec_client *client)
{
    struct buf text = BUF_INIT;
    buf_format(&text, "%s %s %s %s", client->name, client->code,
               client->tax_id != NULL ? client->tax_id : "",
               client->phone != NULL ? client->phone : "");
    for (size_t i = 0; i < client->aliases.count; i++) {
        buf_format(&text, " %s", ((const char **)client->aliases.at)[i]);
    }
    for (size_t i = 0; i < client->emails.count; i++) {
        buf_format(&text, " %s", ((const char **)client->emails.at)[i]);
    }
    struct sqlite3_stmt *statement = db_statement(op->db, SQL_client_index_clear);
    db_bind_int(statement, "id", client->id);
    db_exec(op->db, statement);
    statement = db_statement(op->db, SQL_client_index_add);
    db_bind_int(statement, "id", client->id);
    db_bind_text(statement, "text", text_fold(op->arena, buf_str(&text)));
    buf_release(&text);
    return db_exec(op->db, statement);
}

bool office_client_save(struct op *op, const struct rec_client_save *in, struct rec_client *out)
{
    struct rec_client client = { .language = op->settings.language, .active = true };
    if (!access_client_save(op->actor.role, in, &op->err)) {
        return false;
    }
    if (in->has_id && (!client_load(op, in->id, "id", &client) ||
                       !op_version(op, client.version, in->has_version, in->version))) {
        return false;
    }
    record_merge(&record_client_save, in, &record_client, &client);
    if (!check(op, &client)) {
        return false;
    }
    struct sqlite3_stmt *save =
        db_statement(op->db, in->has_id ? SQL_client_change : SQL_client_add);
    db_bind_record(save, &record_client, &client);
    bool clash;
    if (!db_exec_unique(op->db, save, &clash)) {
        return clash && op_conflict(op, "code", "another client has this box number");
    }
    client.id = in->has_id ? in->id : db_last_id(op->db);
    if (!store_texts(op, SQL_client_email_clear, SQL_client_email_add, client.id, &client.emails) ||
        !store_texts(op, SQL_client_alias_clear, SQL_client_alias_add, client.id,
                     &client.aliases) ||
        !index_client(op, &client)) {
        return false;
    }
    journal_add(op, event_kind_client_changed, (struct event_about){ .client = &client });
    return client_load(op, client.id, "id", out) && count_waiting(op, out);
}
