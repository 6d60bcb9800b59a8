/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From the loop into office/ and back: runs a use case as a database job, and after its commit
 * announces its events and wakes the sender before whoever asked is called. Doors (staff/, web/,
 * notify/) use this and never db_write() themselves. Loop thread.
 */
#ifndef SKRYTKA_OFFICE_JOBS_H
#define SKRYTKA_OFFICE_JOBS_H

#include "db/db.h"
#include "server/office/claims.h"
#include "server/office/op.h"

/* The running office: database, environment, who is told of commits. One per daemon. */
struct office {
    struct db *db;
    struct office_env env;
    struct claims claims; /* env.claims points here */
    /* Events that were committed, in the order of their ids. */
    void (*announce)(void *owner, const struct rec_event *events, size_t count);
    void *announce_owner;
    void (*wake_sender)(void *owner, const struct outbox_change *change);
    void *wake_owner;
};

/*
 * One use case on its way. Embed it, fill `arena`, `actor`, `run`, `done`, call office_start().
 * The job owns nothing: `arena` lives until the owner frees it, after `done`.
 */
struct office_job {
    struct db_job db;
    struct office *office;
    struct op op; /* set op.arena and op.actor; op.err is the outcome's */
    /* Database thread; may run more than once, begins anew each time. */
    bool (*run)(struct office_job *job);
    /* Loop thread. `ok` false: job->op.err says why (ERR_unavailable for the database's troubles).
     */
    void (*done)(struct office_job *job, bool ok);
};

void office_start_write(struct office *office, struct office_job *job);
void office_start_read(struct office *office, struct office_job *job);

/* Today's actor for acts of the daemon itself. */
struct actor actor_system(void);

#endif
