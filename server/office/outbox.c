/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "server/domain/delivery_rules.h"
#include "server/office/journal.h"
#include "server/office/office.h"

enum { MESSAGE_ID = 160 };

/*
 * "<16 random bytes in hex@domain of the sender>" (RFC 5322, 3.6.4); for an SMS the hex alone, as
 * the gateways' idx. Made once with the row, so a repeat after a crash is recognisable.
 */
static void make_message_id(const struct op *op, enum medium channel, char out[MESSAGE_ID])
{
    unsigned char random[16];
    char hex[2 * sizeof random + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    const char *at = strrchr(op->env->mail_from, '@');
    if (channel == medium_mail) {
        snprintf(out, MESSAGE_ID, "<%s@%.100s>", hex, at != NULL ? at + 1 : "localhost");
    } else {
        snprintf(out, MESSAGE_ID, "%s", hex);
    }
}

/* Message-ID of the first mail about the letter to this recipient; NULL when this is the first. */
static const char *thread_of(struct op *op, const struct outbox_entry *entry)
{
    struct sqlite3_stmt *thread = db_statement(op->db, SQL_outbox_thread);
    db_bind_int(thread, "item_id", entry->item->id);
    db_bind_text(thread, "recipient", entry->recipient);
    if (!db_next(op->db, thread)) {
        return NULL;
    }
    const char *first = db_text(thread, 0, op->arena);
    db_end(thread);
    return first;
}

static bool attach_scans(struct op *op, int64_t id, int64_t event)
{
    struct sqlite3_stmt *attach = db_statement(op->db, SQL_outbox_attach);
    db_bind_int(attach, "id", id);
    db_bind_int(attach, "event_id", event);
    return db_exec(op->db, attach);
}

bool outbox_add(struct op *op, const struct outbox_entry *entry, int64_t *ret_id)
{
    char message_id[MESSAGE_ID];
    make_message_id(op, entry->channel, message_id);
    const char *thread = thread_of(op, entry);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_outbox_add);
    db_bind_text(add, "channel", words_medium.at[entry->channel]);
    db_bind_text(add, "recipient", entry->recipient);
    db_bind_text(add, "language", i18n_code(entry->lang));
    db_bind_text(add, "subject", entry->subject);
    db_bind_text(add, "text", entry->text);
    db_bind_text(add, "html", entry->html);
    db_bind_text(add, "message_id", message_id);
    db_bind_text(add, "thread", thread);
    db_bind_int(add, "item_id", entry->item->id);
    db_bind_int(add, "client_id", entry->item->client_id);
    db_bind_int(add, "event_id", entry->event);
    db_bind_int(add, "created_at", op->now);
    db_bind_int(add, "due_at", op->now + entry->hold_seconds);
    db_bind_int(add, "expires_at", op->now + delivery_life(entry->channel));
    if (!db_exec(op->db, add)) {
        return false;
    }
    int64_t id = db_last_id(op->db);
    if (entry->attach_scans && !attach_scans(op, id, entry->event)) {
        return false;
    }
    if (ret_id != NULL) {
        *ret_id = id;
    }
    op->outbox_changed = true;
    return true;
}

/* One due row while it is read; its attachments and sender are added afterwards. */
static void read_due(struct op *op, struct sqlite3_stmt *due, struct outbox_letter *letter)
{
    *letter = (struct outbox_letter){
        .id = db_int(due, 0),
        .recipient = db_text(due, 2, op->arena),
        .sender = op->env->mail_from,
        .sender_name = op->settings.office_name,
        .subject = db_text(due, 3, op->arena),
        .text = db_text(due, 4, op->arena),
        .html = db_text(due, 5, op->arena),
        .message_id = db_text(due, 6, op->arena),
        .references = db_text(due, 7, op->arena),
        .created_at = db_int(due, 9),
        .attempts = db_int(due, 10),
    };
    const char *word = db_text(due, 1, op->arena);
    letter->channel = (enum medium)words_find(&words_medium, word, strlen(word));
    word = db_text(due, 8, op->arena);
    letter->language = (enum language)words_find(&words_language, word, strlen(word));
}

static void read_attachments(struct op *op, struct outbox_letter *letter)
{
    struct outbox_attachment *files = arena_array(op->arena, LIMIT_SCANS_PER_ITEM, sizeof *files);
    size_t count = 0;
    struct sqlite3_stmt *list = db_statement(op->db, SQL_outbox_attachments);
    db_bind_int(list, "id", letter->id);
    while (count < LIMIT_SCANS_PER_ITEM && db_next(op->db, list)) {
        files[count++] = (struct outbox_attachment){
            .name = db_text(list, 0, op->arena),
            .type = db_text(list, 1, op->arena),
            .sha256 = db_text(list, 2, op->arena),
            .size = db_int(list, 3),
        };
    }
    db_end(list);
    letter->attachments = files;
    letter->attachment_count = count;
}

static bool mark_sending(struct op *op, int64_t id)
{
    struct sqlite3_stmt *sending = db_statement(op->db, SQL_outbox_sending);
    db_bind_int(sending, "id", id);
    db_bind_int(sending, "now", op->now);
    return db_exec(op->db, sending);
}

/* Reads up to `limit` due rows; *ret_more says whether there are others. */
static struct list read_all_due(struct op *op, enum medium channel, size_t limit, bool *ret_more)
{
    struct outbox_letter *letters = arena_array(op->arena, limit, sizeof *letters);
    size_t count = 0;
    struct sqlite3_stmt *due = db_statement(op->db, SQL_outbox_due);
    db_bind_text(due, "channel", words_medium.at[channel]);
    db_bind_int(due, "now", op->now);
    db_bind_int(due, "limit", (int64_t)limit + 1);
    *ret_more = false;
    while (db_next(op->db, due)) {
        if (count == limit) {
            *ret_more = true;
            break;
        }
        read_due(op, due, &letters[count++]);
    }
    db_end(due);
    return (struct list){ .at = letters, .count = count, .given = true };
}

bool outbox_take_due(struct op *op, enum medium channel, size_t limit, struct list *ret_letters,
                     int64_t *ret_next_due)
{
    bool more;
    *ret_letters = read_all_due(op, channel, limit, &more);
    struct outbox_letter *letters = ret_letters->at;
    for (size_t i = 0; i < ret_letters->count; i++) {
        read_attachments(op, &letters[i]);
        if (!mark_sending(op, letters[i].id)) {
            return false;
        }
    }
    struct sqlite3_stmt *next = db_statement(op->db, SQL_outbox_next_due);
    db_bind_text(next, "channel", words_medium.at[channel]);
    db_bind_int(next, "now", op->now);
    *ret_next_due = more ? op->now : db_one_int(op->db, next, 0);
    return !db_failed(op->db);
}

static bool message_load(struct op *op, int64_t id, struct rec_outbox_message *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_outbox_get);
    db_bind_int(get, "id", id);
    return db_one(op->db, get, &record_outbox_message, ret, op->arena) || op_not_found(op, "id");
}

bool outbox_record(struct op *op, int64_t id, enum delivery delivery, const char *answer)
{
    struct rec_outbox_message message;
    if (!message_load(op, id, &message)) {
        return false;
    }
    struct delivery_fate fate = delivery_fate(delivery, message.channel, message.attempts,
                                              message.created_at, op->now, randombytes_random());
    struct sqlite3_stmt *outcome = db_statement(op->db, SQL_outbox_outcome);
    db_bind_int(outcome, "id", id);
    db_bind_text(outcome, "state", words_outbox_state.at[fate.state]);
    db_bind_int(outcome, "due_at", fate.due_at);
    db_bind_int(outcome, "attempts", fate.attempts);
    db_bind_text(outcome, "answer", answer);
    if (fate.state == outbox_state_delivered) {
        db_bind_int(outcome, "delivered_at", op->now);
    }
    if (!db_exec(op->db, outcome)) {
        return false;
    }
    if (fate.state == outbox_state_refused || fate.state == outbox_state_expired) {
        struct rec_client about = { .id = message.client_id };
        journal_add(op, event_kind_outbox_changed,
                    (struct event_about){ .client = message.has_client_id ? &about : NULL,
                                          .detail = arena_format(op->arena, "%s: %s",
                                                                 words_outbox_state.at[fate.state],
                                                                 message.recipient) });
    }
    op->outbox_changed = true;
    return true;
}

bool outbox_recover(struct op *op)
{
    struct sqlite3_stmt *recover = db_statement(op->db, SQL_outbox_recover);
    db_exec(op->db, recover);
    return !db_failed(op->db);
}

bool office_outbox_list(struct op *op, const struct rec_outbox_list *in,
                        struct rec_outbox_list_result *out)
{
    int64_t limit = op_limit(in->has_limit, in->limit);
    struct sqlite3_stmt *list =
        db_statement(op->db, in->has_state ? SQL_outbox_list_by_state : SQL_outbox_list);
    db_bind_record(list, &record_outbox_list, in);
    if (!in->has_after) {
        db_bind_int(list, "after", INT64_MAX);
    }
    db_bind_int(list, "limit", limit + 1);
    out->messages = db_all(op->db, list, &record_outbox_message, 0, op->arena);
    if (!op_page_end(&out->messages, limit)) {
        out->next = ((const struct rec_outbox_message *)out->messages.at)[limit - 1].id;
        out->has_next = true;
    }
    out->waiting = db_one_int(op->db, db_statement(op->db, SQL_outbox_waiting), 0);
    out->oldest_waiting = db_one_int(op->db, db_statement(op->db, SQL_outbox_oldest_waiting), 0);
    out->has_oldest_waiting = out->oldest_waiting != 0;
    return true;
}

bool office_outbox_retry(struct op *op, const struct rec_by_id *in, struct rec_outbox_message *out)
{
    if (!message_load(op, in->id, out)) {
        return false;
    }
    struct sqlite3_stmt *retry = db_statement(op->db, SQL_outbox_retry);
    db_bind_int(retry, "id", in->id);
    db_bind_int(retry, "now", op->now);
    db_bind_int(retry, "expires_at", op->now + delivery_life(out->channel));
    if (!db_exec(op->db, retry)) {
        return op_refused(op, refusal_not_sendable);
    }
    journal_add(
        op, event_kind_outbox_changed,
        (struct event_about){ .detail = arena_format(op->arena, "retry: %s", out->recipient) });
    op->outbox_changed = true;
    return message_load(op, in->id, out);
}
