/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Inside a job: statements by name, parameters and columns by the names of the schema's fields.
 * SQL text stands only in statements.def.h; every statement is prepared when the database opens.
 * A database thread only. Any error of SQLite is remembered in the transaction: the function
 * answers false / 0 / NULL from then on and the job ends as DB_DAMAGED or DB_DISK_FULL, whatever
 * it answers itself, so callers need not check each call for it.
 */
#ifndef SKRYTKA_DB_TX_H
#define SKRYTKA_DB_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/record.h"

struct arena;
struct db_tx;
struct sqlite3_stmt;

enum statement {
#define S(name, sql) SQL_##name,
#include "db/statements.def.h"
#undef S
    SQL_MAX
};

/* Did SQLite report an error in this job? */
bool db_failed(const struct db_tx *tx);

/*
 * A statement ready for parameters. Only one run of each statement at a time: finish it with
 * db_exec(), or step it with db_next() until that answers false.
 */
struct sqlite3_stmt *db_statement(struct db_tx *tx, enum statement which);

/* Parameters by name, without the colon. The name must be in the statement. */
void db_bind_int(struct sqlite3_stmt *statement, const char *name, int64_t value);
void db_bind_text(struct sqlite3_stmt *statement, const char *name, const char *text);
void db_bind_blob(struct sqlite3_stmt *statement, const char *name, const void *data, size_t size);

/*
 * Every field of the record that is given and has a parameter of its name: numbers as integers,
 * words and texts as texts. Lists and records are passed over (they have tables of their own).
 */
void db_bind_record(struct sqlite3_stmt *statement, const struct record *record, const void *value);

/* Steps to the next row; false at the end, and then the statement is reset. */
bool db_next(struct db_tx *tx, struct sqlite3_stmt *statement);

/* Ends a statement before its last row. */
void db_end(struct sqlite3_stmt *statement);

/* Runs a statement that gives no rows. False when it failed or changed no row. */
bool db_exec(struct db_tx *tx, struct sqlite3_stmt *statement);

/* The same, but a broken UNIQUE or PRIMARY KEY is not an error of the database: false and
 * *ret_clash. */
bool db_exec_unique(struct db_tx *tx, struct sqlite3_stmt *statement, bool *ret_clash);

/* Id of the row inserted last. */
int64_t db_last_id(struct db_tx *tx);

/* Columns of the present row by position. Text is copied to the arena; NULL stays NULL. */
int64_t db_int(struct sqlite3_stmt *statement, int column);
bool db_is_null(struct sqlite3_stmt *statement, int column);
const char *db_text(struct sqlite3_stmt *statement, int column, struct arena *arena);
struct bytes db_blob(struct sqlite3_stmt *statement, int column, struct arena *arena);

/*
 * The present row into a record: each column goes to the field of its name (a column without one
 * is a bug). NULL leaves the field not given.
 */
void db_row(struct sqlite3_stmt *statement, const struct record *record, void *ret_value,
            struct arena *arena);

/* db_next() + db_row() + db_end(): the only row. False, and *ret_value zeroed, when there is none.
 */
bool db_one(struct db_tx *tx, struct sqlite3_stmt *statement, const struct record *record,
            void *ret_value, struct arena *arena);

/* First column of the only row, `otherwise` when there is none or it is NULL. */
int64_t db_one_int(struct db_tx *tx, struct sqlite3_stmt *statement, int64_t otherwise);

/* All rows into a list of records; at most `limit` (0: all). */
struct list db_all(struct db_tx *tx, struct sqlite3_stmt *statement, const struct record *record,
                   size_t limit, struct arena *arena);

/* First column of all rows as a list of texts, or of integers. */
struct list db_texts(struct db_tx *tx, struct sqlite3_stmt *statement, struct arena *arena);
struct list db_ints(struct db_tx *tx, struct sqlite3_stmt *statement, struct arena *arena);

#endif
