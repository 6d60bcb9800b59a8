/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who has which scan request open on a terminal: a lease that ends with the connection, so it is
 * kept in memory and never in the database. Any thread: the loop changes it, database threads read
 * it while they fill rows.
 */
#ifndef SKRYTKA_OFFICE_CLAIMS_H
#define SKRYTKA_OFFICE_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct arena;

struct claim {
    int64_t request_id;
    const void *holder; /* whose lease it is; only compared */
    char name[64];
};

struct claims {
    uv_mutex_t lock;
    struct claim *at;
    size_t count;
    size_t room;
};

void claims_init(struct claims *claims);
void claims_release(struct claims *claims);

/* Takes the request for `holder` unless somebody else has it. True: it is the holder's now. */
bool claims_take(struct claims *claims, int64_t request_id, const void *holder, const char *name);

/* Lets one go. True: the holder had it. */
bool claims_let_go(struct claims *claims, int64_t request_id, const void *holder);

/* Lets any one of the holder's go and answers which request it was; 0 when it has none left. */
int64_t claims_drop_one(struct claims *claims, const void *holder);

/* The request is closed: whoever had it open has it no more. */
void claims_forget(struct claims *claims, int64_t request_id);

/* Name of who has it (arena), or NULL. */
const char *claims_who(struct claims *claims, int64_t request_id, struct arena *arena);

#endif
