/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reader threads: one read-only connection each, one snapshot per job, each job for a limited time.
 */
#include "db/internal.h"

static struct db_job *take(struct db *db)
{
    uv_mutex_lock(&db->lock);
    while (db->to_read.first == NULL && !db->stopping) {
        uv_cond_wait(&db->wake_readers, &db->lock);
    }
    struct db_job *job = db->stopping ? NULL : job_queue_take(&db->to_read);
    uv_mutex_unlock(&db->lock);
    return job;
}

static bool is_stopping(struct db *db)
{
    uv_mutex_lock(&db->lock);
    bool stopping = db->stopping;
    uv_mutex_unlock(&db->lock);
    return stopping;
}

/* SQLite asks every now and then while it works; not 0 stops it with SQLITE_INTERRUPT. */
static int must_stop(void *arg)
{
    const struct reader *reader = arg;
    return uv_hrtime() >= reader->stop_at || is_stopping(reader->db);
}

static enum db_outcome outcome_of(struct reader *reader, bool done)
{
    switch (reader->tx.fault & 0xff) {
    case SQLITE_OK: return done ? DB_DONE : DB_REFUSED;
    case SQLITE_INTERRUPT: return is_stopping(reader->db) ? DB_SHUTDOWN : DB_TOO_LONG;
    default: return DB_DAMAGED;
    }
}

static void run(struct reader *reader, struct db_job *job)
{
    enum { STEPS_BETWEEN_QUESTIONS = 1000 }; /* well under a millisecond */
    struct db_tx *tx = &reader->tx;
    tx->fault = SQLITE_OK;
    reader->stop_at = uv_hrtime() + reader->db->read_limit;
    sqlite3_progress_handler(tx->handle, STEPS_BETWEEN_QUESTIONS, must_stop, reader);
    connection_check(tx, sqlite3_exec(tx->handle, "BEGIN", NULL, NULL, NULL));
    bool done = tx->fault == SQLITE_OK && job->run(job, tx);
    sqlite3_progress_handler(tx->handle, 0, NULL, NULL);
    sqlite3_exec(tx->handle, "ROLLBACK", NULL, NULL, NULL);
    job->outcome = outcome_of(reader, done);
}

void reader_main(void *arg)
{
    struct reader *reader = arg;
    struct db *db = reader->db;
    struct db_job *job;
    while ((job = take(db)) != NULL) {
        run(reader, job);
        uv_mutex_lock(&db->lock);
        job_queue_put(&db->finished, job);
        uv_mutex_unlock(&db->lock);
        uv_async_send(&db->wake_loop);
    }
}
