/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One use case being done: what every function of office/ gets and leaves behind.
 *
 * office_<method>(op, params, result) runs on a database thread inside one transaction. It reads
 * the facts, asks domain/, writes the rows, and adds events and outbox rows, all or nothing. When
 * it answers false, op->err says why and the transaction leaves no trace.
 */
#ifndef SKRYTKA_OFFICE_OP_H
#define SKRYTKA_OFFICE_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "db/tx.h"
#include "protocol/base/i18n.h"
#include "protocol/err.h"
#include "protocol/record.h"

struct arena;
struct claims;

enum actor_kind { ACTOR_STAFF, ACTOR_CLIENT, ACTOR_SYSTEM };

/* Who acts. */
struct actor {
    enum actor_kind kind;
    enum role role;    /* staff */
    int64_t user_id;   /* staff */
    int64_t client_id; /* client */
    const char *name;  /* as it stands in events: login, client's name, "skrytkad" */
};

/* What use cases need of the configuration; lives as long as the daemon and never changes. */
struct office_env {
    const char *base_url;     /* of the pages, without a final slash */
    const char *mail_from;    /* envelope sender and From address */
    int64_t hold_seconds;     /* mail to clients waits this long */
    int64_t attachment_bytes; /* scans above this in all are linked, not attached */
    bool sms_on;              /* there is an SMS provider */
    bool sms_polish_letters;  /* SMS keep letters that the GSM alphabet lacks */
    const char *directory;    /* [storage] directory: the scans lie in it */
    struct claims *claims;    /* who has which request open */
    unsigned char secret[32]; /* for nonces of pages; made anew at each start */
};

/* What a use case did to the outbox: the sender hears of it after the commit. */
struct outbox_change {
    bool any;                 /* something may be due */
    bool withdrawn;           /* something that is claimed may be no longer anybody's to get */
    bool retried[medium_MAX]; /* a person asked for a try at once */
};

struct op {
    struct db_tx *db;
    struct arena *arena;
    const struct office_env *env;
    struct actor actor;
    int64_t now;
    struct rec_settings settings; /* as they are in this transaction */
    struct err err;
    struct list events; /* of rec_event, in the order of their ids: to be announced after commit */
    struct outbox_change outbox;
};

/* Begins a use case: empties what an earlier run left, reads the settings. */
bool op_begin(struct op *op, struct db_tx *db);

/* From here on it is this client that acts; `client` lives as long as the use case. */
void op_act_as_client(struct op *op, const struct rec_client *client);

/* err_set() into op->err, for the usual refusals; all answer false. */
bool op_bad(struct op *op, const char *field, const char *detail);
bool op_not_found(struct op *op, const char *field);
bool op_refused(struct op *op, enum refusal why);
bool op_conflict(struct op *op, const char *field, const char *detail);

/* A change names the version it was made from: missing or stale is refused. */
bool op_version(struct op *op, int64_t present, bool given, int64_t version);

/* Trims *text in place; false when nothing is left. */
bool op_filled(struct op *op, const char *field, const char **text);

/* Trimmed, and NULL when nothing is left: how an optional text is stored. */
const char *op_or_null(struct op *op, const char *text);

/* Rows of a page: 50 when not given, 1 to LIMIT_PAGE_ROWS. */
int64_t op_limit(bool given, int64_t limit);

/*
 * Ask the database for one row more than the page holds; this cuts it off again. True when the
 * page is the last.
 */
bool op_page_end(struct list *rows, int64_t limit);

/*
 * What people type as an FTS5 query: beginnings of all words, in any order. Each word costs a walk
 * through the index, so only the first OP_MATCH_WORDS count; repeats do not. NULL: no word in it.
 */
enum { OP_MATCH_WORDS = 8 };
const char *op_match(struct op *op, const char *text);

#endif
