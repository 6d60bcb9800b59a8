/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The writer thread: group commit. Takes all jobs that wait, runs each in a SAVEPOINT of one
 * transaction, commits once. A job that fails takes only itself back. Sometimes SQLite answers an
 * error by rolling the whole transaction back (SQLITE_FULL, for one); then the others of the group
 * are run again without it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "db/internal.h"
#include "protocol/base/log.h"

/*
 * After a failed COMMIT or fsync nobody knows what is on the disk (it may turn out committed), so
 * no answer would be true. Stop; the service manager starts us again, SQLite recovers, and callers
 * repeat under their keys.
 */
static _Noreturn void stop_unknown(struct db_tx *tx, const char *where)
{
    log_error("db", "%s failed, what is on the disk is unknown: %s; stopping", where,
              sqlite3_errmsg(tx->handle));
    _exit(EXIT_FAILURE);
}

static bool command(struct db_tx *tx, const char *sql)
{
    return sqlite3_exec(tx->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static enum db_outcome outcome_of(int fault)
{
    return (fault & 0xff) == SQLITE_FULL ? DB_DISK_FULL : DB_DAMAGED;
}

/* False when the job's error took the whole transaction with it. */
static bool run_one(struct db_tx *tx, struct db_job *job)
{
    tx->fault = SQLITE_OK;
    if (!command(tx, "SAVEPOINT job")) {
        job->outcome = outcome_of(sqlite3_extended_errcode(tx->handle));
        return !sqlite3_get_autocommit(tx->handle);
    }
    bool done = job->run(job, tx);
    if ((tx->fault & 0xff) == SQLITE_IOERR) {
        stop_unknown(tx, "writing");
    }
    if (tx->fault != SQLITE_OK) {
        job->outcome = outcome_of(tx->fault);
    } else {
        job->outcome = done ? DB_DONE : DB_REFUSED;
    }
    if (sqlite3_get_autocommit(tx->handle)) {
        return false;
    }
    if (job->outcome != DB_DONE && !command(tx, "ROLLBACK TO job")) {
        stop_unknown(tx, "ROLLBACK TO");
    }
    if (!command(tx, "RELEASE job")) {
        stop_unknown(tx,
                     "RELEASE"); /* its changes stay in a transaction that others would commit */
    }
    return true;
}

static void fail_all(struct db_job **jobs, size_t count, enum db_outcome outcome)
{
    for (size_t i = 0; i < count; i++) {
        jobs[i]->outcome = outcome;
    }
}

static void commit(struct db_tx *tx, struct db_job **jobs, size_t count)
{
    if (command(tx, "COMMIT")) {
        return;
    }
    /* A full disk is the one failure that SQLite promises to have undone. */
    if ((sqlite3_extended_errcode(tx->handle) & 0xff) != SQLITE_FULL) {
        stop_unknown(tx, "COMMIT");
    }
    if (!sqlite3_get_autocommit(tx->handle) && !command(tx, "ROLLBACK")) {
        stop_unknown(tx, "ROLLBACK");
    }
    for (size_t i = 0; i < count; i++) {
        if (jobs[i]->outcome == DB_DONE) {
            jobs[i]->outcome = DB_DISK_FULL;
        }
    }
}

void writer_run_group(struct db_tx *tx, struct db_job **jobs, size_t count)
{
    while (count > 0) {
        if (!command(tx, "BEGIN IMMEDIATE")) {
            fail_all(jobs, count, outcome_of(sqlite3_extended_errcode(tx->handle)));
            return;
        }
        size_t i = 0;
        while (i < count && run_one(tx, jobs[i])) {
            i++;
        }
        if (i == count) {
            commit(tx, jobs, count);
            return;
        }
        /* Job i undid the work of those before it: they go again, without it. */
        struct db_job *culprit = jobs[i];
        for (size_t j = i; j + 1 < count; j++) {
            jobs[j] = jobs[j + 1];
        }
        jobs[--count] = culprit;
    }
}

static size_t take_group(struct db *db, struct db_job **jobs)
{
    size_t count = 0;
    uv_mutex_lock(&db->lock);
    while (db->to_write.first == NULL && !db->stopping) {
        uv_cond_wait(&db->wake_writer, &db->lock);
    }
    while (count < DB_GROUP && !db->stopping && db->to_write.first != NULL) {
        jobs[count++] = job_queue_take(&db->to_write);
    }
    uv_mutex_unlock(&db->lock);
    return count;
}

void writer_main(void *arg)
{
    struct db *db = arg;
    struct db_job *order[DB_GROUP];
    struct db_job *jobs[DB_GROUP];
    size_t count;
    while ((count = take_group(db, order)) > 0) {
        for (size_t i = 0; i < count; i++) {
            jobs[i] = order[i];
        }
        writer_run_group(&db->write_tx, jobs, count);
        uv_mutex_lock(&db->lock);
        for (size_t i = 0; i < count; i++) {
            job_queue_put(&db->finished, order[i]);
        }
        uv_mutex_unlock(&db->lock);
        uv_async_send(&db->wake_loop);
    }
}
