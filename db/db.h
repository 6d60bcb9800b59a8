/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The database off the loop: one writer thread with the only connection that ever writes or
 * checkpoints, and a few reader threads with read-only connections.
 *
 * Debian 12's SQLite 3.40.1 can corrupt a WAL database when two connections write or checkpoint at
 * the same moment (sqlite.org, "WAL reset bug", mended in 3.51.3); one connection makes that
 * impossible, and gives group commit for free: the writer takes all jobs that wait, runs each in a
 * SAVEPOINT, commits once, and only then hands the results back. Nobody is answered before.
 */
#ifndef SKRYTKA_DB_DB_H
#define SKRYTKA_DB_DB_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "protocol/err.h"

struct db;
struct db_tx; /* one connection inside one job: db/tx.h */

/* How a job ended. */
enum db_outcome {
    DB_DONE,      /* it answered true and its changes are on disk */
    DB_REFUSED,   /* it answered false: nothing of it remains */
    DB_DISK_FULL, /* nothing of it remains; reading goes on */
    DB_DAMAGED,   /* SQLite reported an error: nothing of it remains */
    DB_TOO_LONG,  /* it read for longer than a reader may */
    DB_SHUTDOWN,  /* the database closed before it ran, or while it was reading */
};

/*
 * One piece of work, embedded in the structure of whoever asks. From db_write() or db_read() until
 * `done` it belongs to the database and the loop must not touch it.
 */
struct db_job {
    /* On a database thread. May run more than once (its group was rolled back): must begin anew. */
    bool (*run)(struct db_job *job, struct db_tx *tx);
    /* On the loop, exactly once; may free the job. */
    void (*done)(struct db_job *job, enum db_outcome outcome);
    struct db_job *next; /* the database's */
    enum db_outcome outcome;
};

enum db_fault {
    DB_OPENED,
    DB_CANNOT_OPEN, /* no such folder, no right, disk full ... */
    DB_LOCKED,      /* another daemon has this data directory */
    DB_NOT_OURS,    /* not a database, damaged, or of another program */
    DB_TOO_NEW,     /* made by a newer version */
};

/*
 * Takes the directory's lock, opens or makes <directory>/skrytka.db (mode 0600), migrates it, and
 * prepares every statement. Nothing is changed on failure; `ret_why` then tells a person what to
 * do. Threads start with db_start().
 */
enum db_fault db_open(const char *directory, struct db **ret_db, char *ret_why, size_t why_size);

/*
 * One daemon per data directory: makes the directory if it is missing and takes its lock, which is
 * held until *ret_file is closed. db_open() does it itself.
 */
enum db_fault db_lock(const char *directory, int *ret_file, char *ret_why, size_t why_size);

/* Starts the writer and the readers; done callbacks come on `loop`. */
void db_start(struct db *db, uv_loop_t *loop);

/* Queue a job. Loop thread only. */
void db_write(struct db *db, struct db_job *job);

/*
 * A job that reads for more than a few seconds is stopped (DB_TOO_LONG), so that no question keeps
 * the readers from everybody else's; so is one that reads while the database closes.
 */
void db_read(struct db *db, struct db_job *job);

/*
 * Runs a job at once on the calling thread, on the writing connection and committed before it
 * returns; only before db_start(), for commands that work with the daemon stopped. Its `done` is
 * not called.
 */
enum db_outcome db_run_now(struct db *db, struct db_job *job);

/*
 * Finishes what is being written, stops what is being read, calls back what waits with DB_SHUTDOWN,
 * closes everything, frees `db`, then calls `closed` on the loop. Without db_start() it does so at
 * once (closed may be NULL).
 */
void db_close(struct db *db, void (*closed)(void *owner), void *owner);

/*
 * Copies the whole database, consistent at one moment, into a new file, which appears only when it
 * is whole and on the disk. Works with the daemon running and stopped. Blocking; any thread.
 */
bool db_backup(const char *directory, const char *to_file, char *ret_why, size_t why_size);

#endif
