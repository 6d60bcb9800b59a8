/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/outbox.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/domain/delivery_rules.h"
#include "server/domain/quiet_hours.h"
#include "server/domain/sms_text.h"
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

static bool by_id(struct op *op, enum statement which, int64_t id)
{
    struct sqlite3_stmt *statement = db_statement(op->db, which);
    db_bind_int(statement, "id", id);
    return db_exec(op->db, statement);
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

static bool attach_scans(struct op *op, int64_t id, const struct outbox_entry *entry)
{
    struct sqlite3_stmt *attach = db_statement(op->db, SQL_outbox_attach);
    db_bind_int(attach, "id", id);
    db_bind_int(attach, "item_id", entry->item->id);
    db_bind_int(attach, "event_id", entry->event);
    return db_exec(op->db, attach);
}

/* As how many SMS the text will be billed when it leaves. */
static int64_t sms_parts(struct op *op, const char *text)
{
    const char *sent = sms_prepare(op->arena, text, !op->env->sms_polish_letters, SMS_MAX_PARTS);
    return (int64_t)sms_measure(sent).parts;
}

/* SMS beyond the month's limit are held for an administrator to look at. */
static enum outbox_state first_state(struct op *op, enum medium channel, const char *text)
{
    char month[CLOCK_DAY];
    if (channel != medium_sms || op->settings.sms_monthly_limit == 0) {
        return outbox_state_waiting;
    }
    clock_day(op->now, month);
    memcpy(month + strlen("YYYY-MM-"), "01", 2);
    struct sqlite3_stmt *sent = db_statement(op->db, SQL_outbox_sms_of_month);
    db_bind_int(sent, "since", clock_day_begin(month));
    int64_t with_this = db_one_int(op->db, sent, 0) + sms_parts(op, text);
    return with_this <= op->settings.sms_monthly_limit ? outbox_state_waiting : outbox_state_held;
}

/* The first instant from `due` on, and from now, at which the channel may disturb people. */
static int64_t not_quiet(const struct op *op, enum medium channel, int64_t due)
{
    if (channel != medium_sms) {
        return due;
    }
    return quiet_until(due > op->now ? due : op->now, op->settings.sms_quiet_from,
                       op->settings.sms_quiet_to);
}

/* When the message may leave first. */
static int64_t first_due(struct op *op, const struct outbox_entry *entry)
{
    int64_t due = op->now + entry->hold_seconds;
    if (entry->gathers && entry->gather_seconds > 0) {
        struct sqlite3_stmt *last = db_statement(op->db, SQL_outbox_gathered_last);
        db_bind_text(last, "channel", words_medium.at[entry->channel]);
        db_bind_text(last, "recipient", entry->recipient);
        db_bind_int(last, "since", op->now - entry->gather_seconds);
        int64_t next = db_one_int(op->db, last, 0) + entry->gather_seconds;
        due = next > due ? next : due;
    }
    return not_quiet(op, entry->channel, due);
}

static void tell_of_fate(struct op *op, const char *fate, const char *recipient)
{
    journal_add(
        op, event_kind_outbox_changed,
        (struct event_about){ .detail = arena_format(op->arena, "%s: %s", fate, recipient) });
}

static bool insert(struct op *op, const struct outbox_entry *entry, enum outbox_state state)
{
    char message_id[MESSAGE_ID];
    make_message_id(op, entry->channel, message_id);
    const char *thread = entry->item != NULL ? thread_of(op, entry) : NULL;
    int64_t due = first_due(op, entry);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_outbox_add);
    db_bind_text(add, "channel", words_medium.at[entry->channel]);
    db_bind_text(add, "state", words_outbox_state.at[state]);
    db_bind_text(add, "recipient", entry->recipient);
    db_bind_text(add, "language", i18n_code(entry->lang));
    db_bind_text(add, "subject", entry->subject);
    db_bind_text(add, "text", entry->text);
    db_bind_text(add, "html", entry->html);
    db_bind_text(add, "message_id", message_id);
    db_bind_text(add, "thread", thread);
    if (entry->item != NULL) {
        db_bind_int(add, "item_id", entry->item->id);
        db_bind_int(add, "client_id", entry->item->client_id);
    }
    db_bind_int(add, "event_id", entry->event);
    db_bind_int(add, "created_at", op->now);
    db_bind_int(add, "due_at", due);
    db_bind_int(add, "expires_at", due + delivery_life(entry->channel));
    db_bind_int(add, "gathered", entry->gathers);
    if (entry->channel == medium_sms) {
        db_bind_int(add, "parts", sms_parts(op, entry->text));
    }
    return db_exec(op->db, add);
}

bool outbox_add(struct op *op, const struct outbox_entry *entry, int64_t *ret_id)
{
    enum outbox_state state = first_state(op, entry->channel, entry->text);
    if (!insert(op, entry, state)) {
        return false;
    }
    int64_t id = db_last_id(op->db);
    if (entry->attach_scans && !attach_scans(op, id, entry)) {
        return false;
    }
    if (ret_id != NULL) {
        *ret_id = id;
    }
    if (state == outbox_state_held) {
        tell_of_fate(op, "sms_monthly_limit", entry->recipient);
    }
    op->outbox.any = true;
    return true;
}

bool outbox_gathering(struct op *op, enum medium channel, const char *recipient,
                      struct outbox_gathering *ret)
{
    struct sqlite3_stmt *find = db_statement(op->db, SQL_outbox_gathering);
    db_bind_text(find, "channel", words_medium.at[channel]);
    db_bind_text(find, "recipient", recipient);
    if (!db_next(op->db, find)) {
        return false;
    }
    *ret = (struct outbox_gathering){
        .id = db_int(find, 0),
        .text = db_text(find, 1, op->arena),
        .count = db_int(find, 2),
    };
    bool held = db_int(find, 3) != 0;
    db_end(find);
    /* What is held takes in only what would be held too: the rest must not wait with it. */
    return !held || first_state(op, channel, ret->text) == outbox_state_held;
}

bool outbox_gather(struct op *op, enum medium channel, int64_t id, const char *subject,
                   const char *text)
{
    struct sqlite3_stmt *gather = db_statement(op->db, SQL_outbox_gather);
    db_bind_int(gather, "id", id);
    db_bind_text(gather, "subject", subject);
    db_bind_text(gather, "text", text);
    if (channel == medium_sms) {
        db_bind_int(gather, "parts", sms_parts(op, text));
    }
    return db_exec(op->db, gather);
}

/*
 * Of those that wait for a server which is away only one is tried at a time, so the others would
 * wait for ever. Each is an event, so not too many at once.
 */
static bool expire_overdue(struct op *op, bool *ret_more)
{
    enum { AT_ONCE = 50 };
    int64_t ids[AT_ONCE];
    const char *recipients[AT_ONCE];
    size_t count = 0;
    struct sqlite3_stmt *overdue = db_statement(op->db, SQL_outbox_overdue);
    db_bind_int(overdue, "now", op->now);
    db_bind_int(overdue, "limit", AT_ONCE);
    while (count < AT_ONCE && db_next(op->db, overdue)) {
        ids[count] = db_int(overdue, 0);
        recipients[count++] = db_text(overdue, 1, op->arena);
    }
    db_end(overdue);
    for (size_t i = 0; i < count; i++) {
        if (!by_id(op, SQL_outbox_expire, ids[i])) {
            return false;
        }
        tell_of_fate(op, words_outbox_state.at[outbox_state_expired], recipients[i]);
        op->outbox.any = true; /* the next of its letter may go */
    }
    *ret_more = count == AT_ONCE;
    return !db_failed(op->db);
}

bool outbox_watch(struct op *op, bool *ret_more)
{
    struct sqlite3_stmt *mark = db_statement(op->db, SQL_outbox_mark_late);
    db_bind_int(mark, "mail", delivery_late(medium_mail, op->now));
    db_bind_int(mark, "sms", delivery_late(medium_sms, op->now));
    if (db_exec(op->db, mark)) {
        int64_t late = db_one_int(op->db, db_statement(op->db, SQL_outbox_late), 0);
        tell_of_fate(op, "late", arena_format(op->arena, "%lld", (long long)late));
    }
    return !db_failed(op->db) && expire_overdue(op, ret_more);
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

/* Reads up to `limit` due rows; *ret_more says whether there are others. */
static struct list read_all_due(struct op *op, enum medium channel, const char *except,
                                size_t limit, bool *ret_more)
{
    struct outbox_letter *letters = arena_array(op->arena, limit, sizeof *letters);
    size_t count = 0;
    struct sqlite3_stmt *due = db_statement(op->db, SQL_outbox_due);
    db_bind_text(due, "channel", words_medium.at[channel]);
    db_bind_text(due, "except", except);
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

bool outbox_take_due(struct op *op, enum medium channel, const char *except, size_t limit,
                     struct list *ret_letters, int64_t *ret_next_due)
{
    bool more;
    int64_t earliest = not_quiet(op, channel, op->now);
    if (earliest > op->now) { /* the hours may have been set since the messages were made */
        *ret_letters = (struct list){ .given = true };
        *ret_next_due = earliest;
        return true;
    }
    *ret_letters = read_all_due(op, channel, except, limit, &more);
    struct outbox_letter *letters = ret_letters->at;
    for (size_t i = 0; i < ret_letters->count; i++) {
        read_attachments(op, &letters[i]);
        if (!by_id(op, SQL_outbox_sending, letters[i].id)) {
            return false;
        }
    }
    struct sqlite3_stmt *next = db_statement(op->db, SQL_outbox_next_due);
    db_bind_text(next, "channel", words_medium.at[channel]);
    db_bind_int(next, "now", op->now);
    *ret_next_due = more ? op->now : db_one_int(op->db, next, 0);
    return !db_failed(op->db);
}

bool outbox_load(struct op *op, int64_t id, struct rec_outbox_message *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_outbox_get);
    db_bind_int(get, "id", id);
    return db_one(op->db, get, &record_outbox_message, ret, op->arena) || op_not_found(op, "id");
}

static bool is_withdrawn(struct op *op, int64_t id)
{
    struct sqlite3_stmt *withdrawn = db_statement(op->db, SQL_outbox_is_withdrawn);
    db_bind_int(withdrawn, "id", id);
    return db_one_int(op->db, withdrawn, 0) != 0;
}

bool outbox_record(struct op *op, int64_t id, enum delivery delivery, const char *answer)
{
    struct rec_outbox_message message;
    if (!outbox_load(op, id, &message)) {
        return false;
    }
    struct delivery_fate fate = delivery_fate(delivery, message.attempts + 1, message.due_at,
                                              message.expires_at, op->now, randombytes_random());
    if (fate.state == outbox_state_waiting) {
        fate.due_at = not_quiet(op, message.channel, fate.due_at);
    }
    if (fate.state != outbox_state_delivered && is_withdrawn(op, id)) {
        fate.state = outbox_state_dropped;
    }
    struct sqlite3_stmt *outcome = db_statement(op->db, SQL_outbox_outcome);
    db_bind_int(outcome, "id", id);
    db_bind_int(outcome, "now", op->now);
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
    /* Most go out at the first try; staff hear of those that did not, and how they ended. */
    bool told = fate.state == outbox_state_delivered
                    ? message.attempts > 0
                    : fate.state == outbox_state_refused || fate.state == outbox_state_expired;
    if (told) {
        tell_of_fate(op, words_outbox_state.at[fate.state], message.recipient);
    }
    op->outbox.any = true;
    return true;
}

bool outbox_give_back(struct op *op, int64_t id)
{
    return by_id(op, SQL_outbox_give_back, id);
}

bool outbox_withdraw(struct op *op, int64_t item_id, int64_t client_id)
{
    struct sqlite3_stmt *drop = db_statement(op->db, SQL_outbox_drop_item);
    db_bind_int(drop, "id", item_id);
    db_bind_int(drop, "client_id", client_id);
    db_exec(op->db, drop);
    op->outbox.any = op->outbox.withdrawn = true;
    return !db_failed(op->db);
}

bool outbox_recover(struct op *op)
{
    struct sqlite3_stmt *recover = db_statement(op->db, SQL_outbox_recover);
    db_exec(op->db, recover);
    return !db_failed(op->db);
}

/* When the oldest message that has not left could have left first; 0: none could yet. */
static int64_t waiting_since(struct op *op)
{
    int64_t since = 0;
    for (int channel = 0; channel < medium_MAX; channel++) {
        struct sqlite3_stmt *first = db_statement(op->db, SQL_outbox_first_to_expire);
        db_bind_text(first, "channel", words_medium.at[channel]);
        int64_t expires_at = db_one_int(op->db, first, 0);
        int64_t due = expires_at - delivery_life((enum medium)channel);
        if (expires_at != 0 && due <= op->now && (since == 0 || due < since)) {
            since = due;
        }
    }
    return since;
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
    out->oldest_waiting = waiting_since(op);
    out->has_oldest_waiting = out->oldest_waiting != 0;
    return true;
}

/* What an administrator does to a message: one statement, refused when its state does not allow. */
static bool act(struct op *op, int64_t id, enum statement which, const char *what,
                struct rec_outbox_message *out)
{
    if (!outbox_load(op, id, out)) {
        return false;
    }
    struct sqlite3_stmt *statement = db_statement(op->db, which);
    db_bind_int(statement, "id", id);
    if (which == SQL_outbox_retry) {
        int64_t due = not_quiet(op, out->channel, op->now);
        db_bind_int(statement, "due_at", due);
        db_bind_int(statement, "expires_at", due + delivery_life(out->channel));
    }
    if (!db_exec(op->db, statement)) {
        return op_refused(op, refusal_not_sendable);
    }
    tell_of_fate(op, what, out->recipient);
    op->outbox.any = true;
    op->outbox.retried[out->channel] = which == SQL_outbox_retry;
    return outbox_load(op, id, out);
}

bool office_outbox_retry(struct op *op, const struct rec_by_id *in, struct rec_outbox_message *out)
{
    return act(op, in->id, SQL_outbox_retry, "retry", out);
}

bool office_outbox_hold(struct op *op, const struct rec_by_id *in, struct rec_outbox_message *out)
{
    return act(op, in->id, SQL_outbox_hold, "hold", out);
}

bool office_outbox_drop(struct op *op, const struct rec_by_id *in, struct rec_outbox_message *out)
{
    return act(op, in->id, SQL_outbox_drop, "drop", out);
}
