/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The outbox: the only way a message leaves. A row is written in the transaction of its cause;
 * notify/ takes what is due, tries it, and records the outcome. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_OUTBOX_H
#define SKRYTKA_OFFICE_OUTBOX_H

#include "server/domain/delivery_rules.h"
#include "server/office/op.h"

/* A file that goes with a mail: the scan store's file of this hash. */
struct outbox_attachment {
    const char *name;
    const char *type;
    const char *sha256;
    int64_t size;
};

/* A message in full, as notify/ needs it. */
struct outbox_letter {
    int64_t id;
    enum medium channel;
    const char *recipient; /* address or E.164 number */
    const char *sender;    /* From address; "" for SMS */
    const char *sender_name;
    const char *subject; /* UTF-8, unencoded */
    const char *text;
    const char *html;       /* NULL: text only */
    const char *message_id; /* "<...@...>" or SMS idx; the same at every try */
    const char *references; /* first Message-ID of the thread; NULL: none */
    enum language language;
    int64_t created_at;
    int64_t attempts; /* tries that were counted before */
    const struct outbox_attachment *attachments;
    size_t attachment_count;
};

/*
 * Takes up to `limit` messages of one channel that are due at op->now, to others than `except`
 * (NULL: to all), and marks them sending; from
 * then on they cannot be held, dropped or undone until outbox_record() or outbox_give_back(). The
 * list is of struct outbox_letter, in op->arena. None is past its life; within the quiet hours no
 * SMS is due. What outbox_recover() found comes first. Messages
 * of one letter leave in the order of their making: one whose predecessor waits is not due.
 * *ret_next_due is when the next one of the channel will be (0: none waits); op->now when more are
 * due than were taken.
 */
bool outbox_take_due(struct op *op, enum medium channel, const char *except, size_t limit,
                     struct list *ret_letters, int64_t *ret_next_due);

/* A message to put into the outbox. */
struct outbox_entry {
    enum medium channel;
    const char *recipient;
    enum lang lang;
    const char *subject;
    const char *text;
    const char *html;                 /* NULL: text only */
    int64_t event;                    /* its cause; 0: none, so it cannot be taken back */
    const struct rec_mail_item *item; /* NULL: about none */
    int64_t hold_seconds;             /* not sent before */
    bool gathers;                     /* tells the office of a request, takes in others */
    int64_t gather_seconds;           /* then: not so soon after the last such message */
    bool attach_scans;                /* those that came with the event; none did: all */
};

/* Adds a message; it leaves after the commit. *ret_id is the row's id (may be NULL). */
bool outbox_add(struct op *op, const struct outbox_entry *entry, int64_t *ret_id);

/* One message as the terminal lists it; ERR_not_found names "id". */
bool outbox_load(struct op *op, int64_t id, struct rec_outbox_message *ret);

/* A message to the office that still waits and takes in more requests. */
struct outbox_gathering {
    int64_t id;
    const char *text;
    int64_t count; /* requests it tells of */
};

/*
 * The one that waits for a recipient, or, beyond the month's limit of SMS, the one that is held;
 * false when there is none.
 */
bool outbox_gathering(struct op *op, enum medium channel, const char *recipient,
                      struct outbox_gathering *ret);

/* Takes one more request into it. */
bool outbox_gather(struct op *op, enum medium channel, int64_t id, const char *subject,
                   const char *text);

/*
 * Once a minute: messages that have waited for more than 15 minutes since they could have left
 * first, however often they were tried since, are marked late and the terminals told, once for
 * each. What waited beyond its life is given up, some at a time: *ret_more says that there are
 * others, for the next job.
 */
bool outbox_watch(struct op *op, bool *ret_more);

/*
 * What has not left yet about a letter to its client never will: the letter is another client's.
 * What is being sent at this moment may arrive; what of it comes back unsent is dropped.
 * Messages to the office stay.
 */
bool outbox_withdraw(struct op *op, int64_t item_id, int64_t client_id);

/*
 * Records how a try ended, and counts it. `answer` is the server's own words. False, without a
 * failure of the database, when the message is not being sent.
 */
bool outbox_record(struct op *op, int64_t id, enum delivery delivery, const char *answer);

/* A message that was taken and never begun waits again, as if it had not been taken. */
bool outbox_give_back(struct op *op, int64_t id);

/*
 * At start: what was being sent when the daemon died is due at once, under the same Message-ID.
 * Which of them had begun nobody knows, so a try is counted for each.
 */
bool outbox_recover(struct op *op);

#endif
