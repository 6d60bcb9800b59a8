/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A copy of the whole database as it was at one moment, while the daemon works or stands still.
 * VACUUM INTO reads one snapshot through a connection that can neither write nor checkpoint
 * (db.h says why that matters). Debian 12's SQLite does not sync the file it makes, so that is done
 * here; under its own name it appears only when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/internal.h"

enum { PATH_SIZE = 4096 };

static bool sync_path(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    bool synced = fsync(file) == 0;
    close(file);
    return synced;
}

/* On the disk, and then by its name. */
static bool publish(const char *part, const char *to_file)
{
    char folder[PATH_SIZE];
    snprintf(folder, sizeof folder, "%s", to_file);
    return sync_path(part, O_RDONLY) &&
           renameat2(AT_FDCWD, part, AT_FDCWD, to_file, RENAME_NOREPLACE) == 0 &&
           sync_path(dirname(folder), O_RDONLY | O_DIRECTORY);
}

static int copy(struct db_tx *tx, const char *to_file)
{
    sqlite3_stmt *vacuum = NULL;
    /* query_only would forbid the new file as well. */
    int code = sqlite3_exec(tx->handle, "PRAGMA query_only = OFF", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(tx->handle, "VACUUM INTO :file", -1, &vacuum, NULL);
    }
    if (code == SQLITE_OK) {
        sqlite3_bind_text(vacuum, 1, to_file, -1, SQLITE_STATIC);
        code = sqlite3_step(vacuum);
    }
    sqlite3_finalize(vacuum);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

bool db_backup(const char *directory, const char *to_file, char *ret_why, size_t why_size)
{
    char path[PATH_SIZE];
    char part[PATH_SIZE];
    struct db_tx tx = { 0 };
    snprintf(path, sizeof path, "%s/skrytka.db", directory);
    if (snprintf(part, sizeof part, "%s.part", to_file) >= (int)sizeof part) {
        snprintf(ret_why, why_size, "the name of the copy is too long");
        return false;
    }
    unlink(part); /* of a backup that was cut short */
    int code = connection_open(&tx, path, false);
    if (code == SQLITE_OK) {
        code = copy(&tx, part);
    }
    bool done = code == SQLITE_OK;
    if (!done) {
        snprintf(ret_why, why_size, "cannot copy %s to %s: %s", path, to_file,
                 tx.handle != NULL ? sqlite3_errmsg(tx.handle) : sqlite3_errstr(code));
    }
    connection_close(&tx);
    if (done && !publish(part, to_file)) {
        snprintf(ret_why, why_size, "cannot finish %s: %s", to_file, strerror(errno));
        done = false;
    }
    if (!done) {
        unlink(part);
    }
    return done;
}
