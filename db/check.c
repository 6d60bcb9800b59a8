/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "db/internal.h"

/* Not among the prepared statements: a database of an older version must be readable as well. */
static const char files_query[] = "SELECT sha256, size FROM scan "
                                  "UNION SELECT sha256, size FROM upload";

/* Runs a query and hands over each row; SQLite's code, SQLITE_OK at the end. */
static int each_row(sqlite3 *handle, const char *query,
                    void (*row)(sqlite3_stmt *statement, const struct db_check *check),
                    const struct db_check *check)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle, query, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            row(statement, check);
        }
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static const char *column(sqlite3_stmt *statement, int number)
{
    const char *text = (const char *)sqlite3_column_text(statement, number);
    return text ? text : "";
}

static void integrity_row(sqlite3_stmt *statement, const struct db_check *check)
{
    const char *text = column(statement, 0);
    if (strcmp(text, "ok") != 0) {
        check->fault(check->owner, text);
    }
}

static void foreign_key_row(sqlite3_stmt *statement, const struct db_check *check)
{
    char text[300];
    snprintf(text, sizeof text, "row %lld of %s names a row of %s that is not there",
             sqlite3_column_int64(statement, 1), column(statement, 0), column(statement, 2));
    check->fault(check->owner, text);
}

static void file_row(sqlite3_stmt *statement, const struct db_check *check)
{
    check->file(check->owner, column(statement, 0), sqlite3_column_int64(statement, 1));
}

bool db_check(const char *file, const struct db_check *check, char *ret_why, size_t why_size)
{
    struct db_tx tx = { 0 };
    int code = connection_open(&tx, file, false);
    if (code == SQLITE_OK) {
        code = each_row(tx.handle, "PRAGMA integrity_check", integrity_row, check);
    }
    if (code == SQLITE_OK) {
        code = each_row(tx.handle, "PRAGMA foreign_key_check", foreign_key_row, check);
    }
    if (code == SQLITE_OK) {
        code = each_row(tx.handle, files_query, file_row, check);
    }
    if (code != SQLITE_OK) {
        snprintf(ret_why, why_size, "cannot read %s: %s", file, sqlite3_errstr(code));
    }
    connection_close(&tx);
    return code == SQLITE_OK;
}
