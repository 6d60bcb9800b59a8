/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <unistd.h>

#include "db/internal.h"
#include "protocol/base/buf.h"

char *scratch_make(void)
{
    const char *base = getenv("TMPDIR");
    char *directory = NULL;
    assert_true(asprintf(&directory, "%s/skrytka-test-XXXXXX", base ? base : "/tmp") > 0);
    assert_non_null(mkdtemp(directory));
    return directory;
}

void scratch_remove(char *directory)
{
    DIR *folder = opendir(directory);
    assert_non_null(folder);
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    rmdir(directory);
    free(directory);
}

char *scratch_path(const char *directory, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
    return path;
}

char *scratch_read(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot read %s", path);
    fseek(file, 0, SEEK_END);
    *ret_size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*ret_size + 1);
    assert_int_equal(fread(bytes, 1, *ret_size, file), *ret_size);
    bytes[*ret_size] = '\0';
    fclose(file);
    return bytes;
}

void scratch_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

struct db *scratch_open(const char *directory)
{
    struct db *db = NULL;
    char why[512] = "";
    if (db_open(directory, &db, why, sizeof why) != DB_OPENED)
        fail_msg("%s", why);
    return db;
}

static sqlite3 *open_file(const char *path)
{
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(migrate_prepare(handle), SQLITE_OK);
    return handle;
}

static void check(sqlite3 *handle, int code, const char *sql)
{
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        fail_msg("%s: %s", sqlite3_errmsg(handle), sql);
}

/* Every column of every row of a query as SQL literals, a line each. */
static void dump_query(sqlite3 *handle, const char *sql, struct buf *out)
{
    sqlite3_stmt *rows = NULL;
    check(handle, sqlite3_prepare_v2(handle, sql, -1, &rows, NULL), sql);
    int code;
    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            char *literal = sqlite3_mprintf("%d:%Q|", sqlite3_column_type(rows, i),
                                            sqlite3_column_text(rows, i));
            buf_text(out, literal);
            sqlite3_free(literal);
        }
        buf_char(out, '\n');
    }
    check(handle, code, sql);
    sqlite3_finalize(rows);
}

char *scratch_dump(const char *path)
{
    sqlite3 *handle = open_file(path);
    struct buf out = BUF_INIT;
    dump_query(handle, "PRAGMA user_version", &out);
    dump_query(handle, "PRAGMA application_id", &out);
    dump_query(handle, "PRAGMA integrity_check", &out);
    dump_query(handle, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", &out);
    sqlite3_stmt *tables = NULL;
    const char *list = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    check(handle, sqlite3_prepare_v2(handle, list, -1, &tables, NULL), list);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", sqlite3_column_text(tables, 0));
        dump_query(handle, sql, &out);
        sqlite3_free(sql);
    }
    sqlite3_finalize(tables);
    sqlite3_close(handle);
    char *text = strdup(buf_str(&out));
    buf_release(&out);
    return text;
}

void scratch_sql(const char *path, const char *sql)
{
    sqlite3 *handle = open_file(path);
    check(handle, sqlite3_exec(handle, sql, NULL, NULL, NULL), sql);
    sqlite3_close(handle);
}

long long scratch_int(const char *path, const char *sql)
{
    sqlite3 *handle = open_file(path);
    sqlite3_stmt *statement = NULL;
    check(handle, sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), sql);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    long long value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return value;
}
