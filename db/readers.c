/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reader threads: one read-only connection each, one snapshot per job. */
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

static void run(struct db_tx *tx, struct db_job *job)
{
    tx->fault = SQLITE_OK;
    connection_check(tx, sqlite3_exec(tx->handle, "BEGIN", NULL, NULL, NULL));
    bool done = tx->fault == SQLITE_OK && job->run(job, tx);
    sqlite3_exec(tx->handle, "ROLLBACK", NULL, NULL, NULL);
    if (tx->fault != SQLITE_OK) {
        job->outcome = DB_DAMAGED;
    } else {
        job->outcome = done ? DB_DONE : DB_REFUSED;
    }
}

void reader_main(void *arg)
{
    struct reader *reader = arg;
    struct db *db = reader->db;
    struct db_job *job;
    while ((job = take(db)) != NULL) {
        run(&reader->tx, job);
        uv_mutex_lock(&db->lock);
        job_queue_put(&db->finished, job);
        uv_mutex_unlock(&db->lock);
        uv_async_send(&db->wake_loop);
    }
}
