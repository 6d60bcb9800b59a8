/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/jobs.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/kill_point.h"

static struct office_job *job_of(struct db_job *db)
{
    return (struct office_job *)((char *)db - offsetof(struct office_job, db));
}

static bool begin(struct office_job *job, struct db_tx *tx)
{
    job->op.env = &job->office->env;
    return op_begin(&job->op, tx);
}

/*
 * Days are counted in the zone that the settings name in this very transaction, so a change of the
 * zone counts from the next act on. The writer thread alone decides about it.
 */
static void follow_zone(const char *zone)
{
    static char followed[CLOCK_ZONE];
    if (strcmp(zone, followed) != 0 && clock_set_zone(zone)) {
        snprintf(followed, sizeof followed, "%s", zone);
    }
}

static bool run_write(struct db_job *db, struct db_tx *tx)
{
    struct office_job *job = job_of(db);
    if (!begin(job, tx)) {
        return false;
    }
    follow_zone(job->op.settings.time_zone);
    return job->run(job);
}

static bool run_read(struct db_job *db, struct db_tx *tx)
{
    struct office_job *job = job_of(db);
    return begin(job, tx) && job->run(job);
}

static void done(struct db_job *db, enum db_outcome outcome)
{
    struct office_job *job = job_of(db);
    struct office *office = job->office;
    struct op *op = &job->op;
    switch (outcome) {
    case DB_DONE:
        if (op->events.count > 0 && office->announce != NULL) {
            office->announce(office->announce_owner, op->events.at, op->events.count);
        }
        if (op->outbox.any && office->wake_sender != NULL) {
            KILL_POINT(cause_committed);
            office->wake_sender(office->wake_owner, &op->outbox);
        }
        break;
    case DB_REFUSED: break;
    case DB_DISK_FULL: err_set(&op->err, ERR_unavailable, "", "disk_full"); break;
    case DB_DAMAGED: err_set(&op->err, ERR_unavailable, "", "database_error"); break;
    case DB_TOO_LONG: err_set(&op->err, ERR_unavailable, "", "takes_too_long"); break;
    case DB_SHUTDOWN: err_set(&op->err, ERR_unavailable, "", "shutting_down"); break;
    }
    job->done(job, outcome == DB_DONE);
}

void office_start_write(struct office *office, struct office_job *job)
{
    job->office = office;
    job->db.run = run_write;
    job->db.done = done;
    db_write(office->db, &job->db);
}

void office_start_read(struct office *office, struct office_job *job)
{
    job->office = office;
    job->db.run = run_read;
    job->db.done = done;
    db_read(office->db, &job->db);
}

struct actor actor_system(void)
{
    return (struct actor){ .kind = ACTOR_SYSTEM, .role = role_administrator, .name = "skrytkad" };
}
