/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/internal.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum { PATH_SIZE = 4096 };

void job_queue_init(struct job_queue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
}

void job_queue_put(struct job_queue *queue, struct db_job *job)
{
    job->next = NULL;
    *queue->last = job;
    queue->last = &job->next;
}

struct db_job *job_queue_take(struct job_queue *queue)
{
    struct db_job *job = queue->first;
    if (job != NULL) {
        queue->first = job->next;
        if (queue->first == NULL) {
            queue->last = &queue->first;
        }
    }
    return job;
}

/* An flock(), which the kernel lets go of whenever we die. */
enum db_fault db_lock(const char *directory, int *ret_file, char *why, size_t size)
{
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        snprintf(why, size, "cannot make the directory %s: %s", directory, strerror(errno));
        return DB_CANNOT_OPEN;
    }
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/lock", directory);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        snprintf(why, size, "cannot open %s: %s", path, strerror(errno));
        return DB_CANNOT_OPEN;
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        snprintf(why, size, "another skrytkad uses the directory %s", directory);
        close(file);
        return DB_LOCKED;
    }
    *ret_file = file;
    return DB_OPENED;
}

static enum db_fault open_connections(struct db *db, const char *path, char *why, size_t size)
{
    int code = connection_open(&db->write_tx, path, true);
    if (code != SQLITE_OK) {
        snprintf(why, size, "cannot open %s: %s", path, sqlite3_errstr(code));
        return (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT ? DB_NOT_OURS
                                                                                 : DB_CANNOT_OPEN;
    }
    chmod(path, 0600);
    enum db_fault fault = migrate(&db->write_tx, why, size);
    if (fault != DB_OPENED) {
        return fault;
    }
    code = connection_prepare(&db->write_tx);
    for (size_t i = 0; i < DB_READERS && code == SQLITE_OK; i++) {
        code = connection_open(&db->readers[i].tx, path, false);
        if (code == SQLITE_OK) {
            code = connection_prepare(&db->readers[i].tx);
        }
    }
    if (code != SQLITE_OK) {
        snprintf(why, size, "cannot use %s: %s", path, sqlite3_errstr(code));
        return DB_NOT_OURS;
    }
    return DB_OPENED;
}

static void close_connections(struct db *db)
{
    /* Readers first: the last connection to close checkpoints, and that must be the writer. */
    for (size_t i = 0; i < DB_READERS; i++) {
        connection_close(&db->readers[i].tx);
    }
    connection_close(&db->write_tx);
    close(db->lock_file);
}

enum db_fault db_open(const char *directory, struct db **ret_db, char *ret_why, size_t why_size)
{
    int lock_file = -1;
    enum db_fault fault = db_lock(directory, &lock_file, ret_why, why_size);
    if (fault != DB_OPENED) {
        return fault;
    }
    struct db *db = memory_zeroed(sizeof *db);
    db->lock_file = lock_file;
    db->read_limit = (uint64_t)DB_READ_SECONDS * 1000 * 1000 * 1000;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/skrytka.db", directory);
    mode_t old_mask = umask(0077);
    fault = open_connections(db, path, ret_why, why_size);
    umask(old_mask);
    if (fault != DB_OPENED) {
        close_connections(db);
        free(db);
        return fault;
    }
    *ret_db = db;
    return DB_OPENED;
}

/* Hands finished jobs back, on the loop. A callback may queue new jobs. */
static void call_back(uv_async_t *async)
{
    struct db *db = async->data;
    struct job_queue finished;
    job_queue_init(&finished);
    uv_mutex_lock(&db->lock);
    struct db_job *job;
    while ((job = job_queue_take(&db->finished)) != NULL) {
        job_queue_put(&finished, job);
    }
    uv_mutex_unlock(&db->lock);
    while ((job = job_queue_take(&finished)) != NULL) {
        job->done(job, job->outcome);
    }
}

void db_start(struct db *db, uv_loop_t *loop)
{
    db->loop = loop;
    db->started = true;
    job_queue_init(&db->to_write);
    job_queue_init(&db->to_read);
    job_queue_init(&db->finished);
    ENSURE(uv_async_init(loop, &db->wake_loop, call_back) == 0);
    db->wake_loop.data = db;
    ENSURE(uv_mutex_init(&db->lock) == 0);
    ENSURE(uv_cond_init(&db->wake_writer) == 0);
    ENSURE(uv_cond_init(&db->wake_readers) == 0);
    ENSURE(uv_thread_create(&db->writer, writer_main, db) == 0);
    for (size_t i = 0; i < DB_READERS; i++) {
        db->readers[i].db = db;
        ENSURE(uv_thread_create(&db->readers[i].thread, reader_main, &db->readers[i]) == 0);
    }
}

static void queue_job(struct db *db, struct job_queue *queue, uv_cond_t *wake, struct db_job *job)
{
    uv_mutex_lock(&db->lock);
    job_queue_put(queue, job);
    uv_cond_signal(wake);
    uv_mutex_unlock(&db->lock);
}

void db_write(struct db *db, struct db_job *job)
{
    queue_job(db, &db->to_write, &db->wake_writer, job);
}

void db_read(struct db *db, struct db_job *job)
{
    queue_job(db, &db->to_read, &db->wake_readers, job);
}

enum db_outcome db_run_now(struct db *db, struct db_job *job)
{
    ENSURE(!db->started);
    writer_run_group(&db->write_tx, &job, 1);
    return job->outcome;
}

static void finish_close(uv_handle_t *handle)
{
    struct db *db = handle->data;
    void (*closed)(void *) = db->closed;
    void *owner = db->closed_owner;
    free(db);
    if (closed != NULL) {
        closed(owner);
    }
}

/* Calls back what will not run any more, also what those callbacks queue. */
static void give_up(struct db *db)
{
    struct db_job *job;
    while ((job = job_queue_take(&db->to_write)) != NULL ||
           (job = job_queue_take(&db->to_read)) != NULL) {
        job->done(job, DB_SHUTDOWN);
    }
}

static void stop_threads(struct db *db)
{
    uv_mutex_lock(&db->lock);
    db->stopping = true;
    uv_cond_broadcast(&db->wake_writer);
    uv_cond_broadcast(&db->wake_readers);
    uv_mutex_unlock(&db->lock);
    uv_thread_join(&db->writer);
    for (size_t i = 0; i < DB_READERS; i++) {
        uv_thread_join(&db->readers[i].thread);
    }
}

void db_close(struct db *db, void (*closed)(void *owner), void *owner)
{
    if (!db->started) {
        close_connections(db);
        free(db);
        if (closed != NULL) {
            closed(owner);
        }
        return;
    }
    db->closed = closed;
    db->closed_owner = owner;
    stop_threads(db);
    call_back(&db->wake_loop);
    give_up(db);
    close_connections(db);
    uv_cond_destroy(&db->wake_writer);
    uv_cond_destroy(&db->wake_readers);
    uv_mutex_destroy(&db->lock);
    uv_close((uv_handle_t *)&db->wake_loop, finish_close);
}
