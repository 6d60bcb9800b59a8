/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the files of db/ share: a connection with its statements, and a queue of jobs between
 * threads. Nobody outside db/ includes this.
 */
#ifndef SKRYTKA_DB_INTERNAL_H
#define SKRYTKA_DB_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "db/db.h"
#include "db/tx.h"

/* Jobs that one writer and how many readers work on. */
enum { DB_READERS = 2, DB_GROUP = 64 };

/* How long a job may read: far above what any page or list takes, below what people wait for. */
enum { DB_READ_SECONDS = 3 };

struct db_tx {
    sqlite3 *handle;
    sqlite3_stmt *statements[SQL_MAX];
    int fault; /* first error of SQLite in the present job; SQLITE_OK: none */
};

/* First in, first out. Guarded by whoever holds it. */
struct job_queue {
    struct db_job *first;
    struct db_job **last; /* where the next one is linked */
};

void job_queue_init(struct job_queue *queue);
void job_queue_put(struct job_queue *queue, struct db_job *job);
struct db_job *job_queue_take(struct job_queue *queue);

/* One reader thread. */
struct reader {
    struct db *db;
    struct db_tx tx;
    uv_thread_t thread;
    uint64_t stop_at; /* uv_hrtime() at which the present job has read for too long */
};

struct db {
    uv_loop_t *loop;
    uv_async_t wake_loop;
    uv_mutex_t lock; /* over everything below but the connections */
    uv_cond_t wake_writer;
    uv_cond_t wake_readers;
    struct job_queue to_write;
    struct job_queue to_read;
    struct job_queue finished;
    bool started;
    bool stopping;
    uint64_t read_limit; /* nanoseconds; set before the threads start */
    uv_thread_t writer;
    struct db_tx write_tx;
    struct reader readers[DB_READERS];
    int lock_file;
    void (*closed)(void *owner);
    void *closed_owner;
};

/*
 * Opens a connection that changes nothing by itself, not even on closing: the file may be somebody
 * else's. Prepares no statement yet. SQLite's code.
 */
int connection_open(struct db_tx *tx, const char *path, bool writing);

/*
 * The file is ours: this connection writes it from now on, and as the only one checkpoints (db.h
 * says why). SQLite's code.
 */
int connection_take(struct db_tx *tx);
int connection_prepare(struct db_tx *tx);
void connection_close(struct db_tx *tx);

/* Remembers the first error of a job; answers whether `code` is a success. */
bool connection_check(struct db_tx *tx, int code);

/* Looks whose database it is, takes it when it is ours or empty, brings it to the newest migration.
 */
enum db_fault migrate(struct db_tx *tx, char *ret_why, size_t why_size);

/* Gives a connection the functions that migrations call; migrate() does it itself. SQLite's code.
 */
int migrate_prepare(sqlite3 *handle);

/* The threads; their arguments are the struct db and the struct reader. */
void writer_main(void *arg);
void reader_main(void *arg);

/* Runs jobs as one group on the writing connection and sets the outcome of each. */
void writer_run_group(struct db_tx *tx, struct db_job **jobs, size_t count);

#endif
