/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Migrations are numbered files (db/migrations/NNNN_name.sql), each run once, in order, in a
 * transaction of its own; user_version counts them. A database that is newer than the program, or
 * not ours, is left alone byte for byte. Before the first migration of one that was in use it is
 * copied: the way back to the program that made it.
 */
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "protocol/base/embedded.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"

/* "SKRT": tells our files from other programs' (sqlite.org/pragma.html#pragma_application_id). */
enum { APPLICATION_ID = 0x534b5254, PATH_SIZE = 4096 };

static bool read_number(sqlite3 *handle, const char *sql, int *ret)
{
    sqlite3_stmt *statement = NULL;
    bool found = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW;
    if (found) {
        *ret = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return found;
}

/* text_fold(text) in SQL: what is searched in is stored folded. */
static void fold(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct arena *arena = arena_new();
    const char *text = (const char *)sqlite3_value_text(values[0]);
    sqlite3_result_text(context, text_fold(arena, text ? text : ""), -1, SQLITE_TRANSIENT);
    arena_free(arena);
}

int migrate_prepare(sqlite3 *handle)
{
    return sqlite3_create_function(handle, "text_fold", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                   fold, NULL, NULL);
}

static bool run_migration(sqlite3 *handle, const struct embedded_file *migration, int number)
{
    char stamp[128];
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
             APPLICATION_ID, number);
    if (sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(handle, migration->text, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(handle, stamp, NULL, NULL, NULL) == SQLITE_OK) {
        return true;
    }
    log_error("db", "migration %s: %s", migration->name, sqlite3_errmsg(handle));
    if (!sqlite3_get_autocommit(handle)) {
        sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return false;
}

static int newest_version(void)
{
    int newest = 0;
    while (embedded_migrations[newest].name != NULL) {
        newest++;
    }
    return newest;
}

/* Reads only: what it refuses stays as it was. */
static enum db_fault inspect(sqlite3 *handle, int *ret_version, char *ret_why, size_t why_size)
{
    int application = 0;
    int tables = 0;
    if (!read_number(handle, "PRAGMA application_id", &application) ||
        !read_number(handle, "PRAGMA user_version", ret_version) ||
        !read_number(handle, "SELECT count(*) FROM sqlite_schema", &tables) ||
        (tables > 0 && application != APPLICATION_ID)) {
        snprintf(ret_why, why_size,
                 "the file is damaged or not a database of Skrytka; "
                 "restore a backup with `skrytkad restore`");
        return DB_NOT_OURS;
    }
    if (*ret_version > newest_version()) {
        snprintf(ret_why, why_size,
                 "the database is of a newer version of Skrytka (%d, this program knows %d); "
                 "install that version",
                 *ret_version, newest_version());
        return DB_TOO_NEW;
    }
    return DB_OPENED;
}

/*
 * skrytka.db.version-N beside the database. One that lies there is of an older day, or of an
 * upgrade that was cut short: this one tells the present.
 */
static bool keep_copy(sqlite3 *handle, int version, char *ret_why, size_t why_size)
{
    char kept[PATH_SIZE];
    char directory[PATH_SIZE];
    const char *file = sqlite3_db_filename(handle, "main");
    snprintf(directory, sizeof directory, "%s", file);
    if (snprintf(kept, sizeof kept, "%s.version-%d", file, version) >= (int)sizeof kept) {
        snprintf(ret_why, why_size, "the name of the data directory is too long");
        return false;
    }
    unlink(kept);
    if (!db_backup(dirname(directory), kept, ret_why, why_size)) {
        return false;
    }
    log_info("db", "the database is of version %d, an upgrade begins; a copy is kept as %s",
             version, kept);
    return true;
}

enum db_fault migrate(struct db_tx *tx, char *ret_why, size_t why_size)
{
    int version = 0;
    enum db_fault fault = inspect(tx->handle, &version, ret_why, why_size);
    if (fault != DB_OPENED) {
        return fault;
    }
    if (connection_take(tx) != SQLITE_OK || migrate_prepare(tx->handle) != SQLITE_OK) {
        snprintf(ret_why, why_size, "cannot write to it: %s", sqlite3_errmsg(tx->handle));
        return DB_CANNOT_OPEN;
    }
    if (version > 0 && version < newest_version() &&
        !keep_copy(tx->handle, version, ret_why, why_size)) {
        return DB_CANNOT_OPEN;
    }
    for (; version < newest_version(); version++) {
        const struct embedded_file *migration = &embedded_migrations[version];
        if (!run_migration(tx->handle, migration, version + 1)) {
            snprintf(ret_why, why_size, "migration %s failed: %s", migration->name,
                     sqlite3_errmsg(tx->handle));
            return DB_CANNOT_OPEN;
        }
    }
    return DB_OPENED;
}
