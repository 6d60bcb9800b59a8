/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "db/internal.h"
#include "protocol/base/log.h"

static const char *const statement_texts[SQL_MAX] = {
#define S(name, sql) [SQL_##name] = sql,
#include "db/statements.def.h"
#undef S
};

static const char common_pragmas[] = "PRAGMA trusted_schema = OFF";
static const char reading_pragmas[] = "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0";

/*
 * FULL: a commit is on the disk before anybody hears of it. Temporary storage in memory: each job's
 * savepoint keeps the old pages there, and a file for that costs more than the commit.
 */
static const char writing_pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY";

static int command(struct db_tx *tx, const char *sql)
{
    return sqlite3_exec(tx->handle, sql, NULL, NULL, NULL);
}

int connection_open(struct db_tx *tx, const char *path, bool writing)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    flags |= writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int code = sqlite3_open_v2(path, &tx->handle, flags, NULL);
    if (code != SQLITE_OK) {
        return code;
    }
    sqlite3_extended_result_codes(tx->handle, 1);
    sqlite3_busy_timeout(tx->handle, 5000);
    sqlite3_db_config(tx->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(tx->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = command(tx, common_pragmas);
    return code == SQLITE_OK && !writing ? command(tx, reading_pragmas) : code;
}

int connection_take(struct db_tx *tx)
{
    sqlite3_db_config(tx->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return command(tx, writing_pragmas);
}

int connection_prepare(struct db_tx *tx)
{
    for (int i = 0; i < SQL_MAX; i++) {
        int code = sqlite3_prepare_v3(tx->handle, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &tx->statements[i], NULL);
        if (code != SQLITE_OK) {
            log_error("db", "statement \"%s\": %s", statement_texts[i], sqlite3_errmsg(tx->handle));
            return code;
        }
    }
    return SQLITE_OK;
}

void connection_close(struct db_tx *tx)
{
    for (int i = 0; i < SQL_MAX; i++) {
        sqlite3_finalize(tx->statements[i]);
    }
    sqlite3_close(tx->handle);
    memset(tx, 0, sizeof *tx);
}

bool connection_check(struct db_tx *tx, int code)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) {
        return true;
    }
    if (tx->fault == SQLITE_OK) {
        tx->fault = code;
        log_error("db", "%s (%d)", sqlite3_errmsg(tx->handle), code);
    }
    return false;
}
