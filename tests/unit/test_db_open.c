/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Opening, migrating and copying the database. What is refused must stay byte for byte: it may be
 * somebody's only copy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/tx.h"
#include "protocol/base/embedded.h"
#include "tests/unit/scratch.h"

enum { WHY = 512, OURS = 0x534b5254 };

struct place {
    char *directory;
    char *file;
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->directory = scratch_make();
    place->file = scratch_path(place->directory, "skrytka.db");
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;
    scratch_remove(place->directory);
    free(place->file);
    free(place);
    return 0;
}

static int migrations(void)
{
    int count = 0;
    while (embedded_migrations[count].name)
        count++;
    return count;
}

static void open_and_close(const struct place *place)
{
    db_close(scratch_open(place->directory), NULL, NULL);
}

/* Opening must answer `want`, give a reason, and leave the file as it is. */
static void refused(const struct place *place, enum db_fault want, const char *reason)
{
    size_t before_size;
    size_t after_size;
    char *before = scratch_read(place->file, &before_size);
    struct db *db = NULL;
    char why[WHY] = "";
    assert_int_equal(db_open(place->directory, &db, why, sizeof why), want);
    assert_null(db);
    if (!strstr(why, reason))
        fail_msg("no \"%s\" in \"%s\"", reason, why);
    char *after = scratch_read(place->file, &after_size);
    assert_int_equal(before_size, after_size);
    assert_memory_equal(before, after, after_size);
    free(before);
    free(after);
}

static void a_new_database(void **state)
{
    struct place *place = *state;
    struct place inside = { .directory = scratch_path(place->directory, "data") };
    inside.file = scratch_path(inside.directory, "skrytka.db");
    mode_t mask = umask(0);
    open_and_close(&inside);
    umask(mask);
    struct stat status;
    assert_int_equal(stat(inside.directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(inside.file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(scratch_int(inside.file, "PRAGMA user_version"), migrations());
    assert_int_equal(scratch_int(inside.file, "PRAGMA application_id"), OURS);
    assert_int_equal(scratch_int(inside.file, "SELECT count(*) FROM settings"), 1);
    scratch_remove(inside.directory);
    free(inside.file);
}

static void opened_again(void **state)
{
    struct place *place = *state;
    open_and_close(place);
    scratch_sql(place->file, "INSERT INTO package (name) VALUES ('Złoty')");
    char *before = scratch_dump(place->file);
    open_and_close(place);
    char *after = scratch_dump(place->file);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* A database as version `version` left it. */
static void make_version(const char *file, int version)
{
    char stamp[128];
    for (int i = 0; i < version; i++)
        scratch_sql(file, embedded_migrations[i].text);
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d", OURS,
             version);
    scratch_sql(file, stamp);
}

static void from_every_version(void **state)
{
    struct place *place = *state;
    open_and_close(place);
    char *want = scratch_dump(place->file);
    for (int version = 0; version < migrations(); version++) {
        unlink(place->file);
        make_version(place->file, version);
        open_and_close(place);
        char *got = scratch_dump(place->file);
        assert_string_equal(got, want);
        free(got);
    }
    free(want);
}

/* The search index made anew: folded, and what clients may search apart from what they may not. */
static void letters_of_an_older_office_are_found(void **state)
{
    struct place *place = *state;
    make_version(place->file, 7);
    scratch_sql(place->file,
                "INSERT INTO package (id, name) VALUES (1, 'x');"
                "INSERT INTO client (id, code, name, package_id, language)"
                " VALUES (1, '001', 'Łódź-Meble', 1, 'pl');"
                "INSERT INTO mail_item (id, direction, client_id, counterparty, kind, date, note,"
                " status, registered_at, registered_by) VALUES (1, 'incoming', 1, 'Urząd Żory',"
                " 'letter', '2026-11-23', 'Ważne', 'awaiting_collection', 1, 'jan');");
    open_and_close(place);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM mail_search WHERE"
                                              " public = '1 urzad zory'"),
                     1);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM mail_search WHERE mail_search"
                                              " MATCH '{internal} : (lodz 001 wazne)'"),
                     1);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM mail_search WHERE mail_search"
                                              " MATCH '{public} : wazne'"),
                     0);
}

/* An upgrade keeps what it found, also over a copy of an earlier try; a new office has none. */
static void a_copy_before_an_upgrade(void **state)
{
    struct place *place = *state;
    char *kept = scratch_path(place->directory, "skrytka.db.version-1");
    make_version(place->file, 1);
    scratch_sql(place->file, "INSERT INTO package (name) VALUES ('Złoty')");
    scratch_sql(kept, "CREATE TABLE cut_short (id INTEGER)");
    char *want = scratch_dump(place->file);
    open_and_close(place);
    char *got = scratch_dump(kept);
    assert_string_equal(got, want);
    assert_int_equal(scratch_int(kept, "PRAGMA user_version"), 1);
    assert_int_equal(unlink(kept), 0);
    open_and_close(place);
    assert_int_equal(access(kept, F_OK), -1);
    free(got);
    free(want);
    free(kept);
}

/* No room for the copy: nothing is upgraded, and the program says so. */
static void no_upgrade_without_a_copy(void **state)
{
    struct place *place = *state;
    char *kept = scratch_path(place->directory, "skrytka.db.version-1");
    char *inside = scratch_path(kept, "file");
    make_version(place->file, 1);
    assert_int_equal(mkdir(kept, 0700), 0);
    scratch_sql(inside, "CREATE TABLE something (id INTEGER)");
    struct db *db = NULL;
    char why[WHY] = "";
    assert_int_equal(db_open(place->directory, &db, why, sizeof why), DB_CANNOT_OPEN);
    assert_non_null(strstr(why, "version-1"));
    assert_int_equal(scratch_int(place->file, "PRAGMA user_version"), 1);
    free(inside);
    free(kept);
}

/* The second statement of the first migration meets a table that is there already. */
static void a_migration_that_fails(void **state)
{
    struct place *place = *state;
    struct db *db = NULL;
    char why[WHY] = "";
    make_version(place->file, 0);
    scratch_sql(place->file, "CREATE TABLE office_email (position INTEGER)");
    assert_int_equal(db_open(place->directory, &db, why, sizeof why), DB_CANNOT_OPEN);
    assert_non_null(strstr(why, embedded_migrations[0].name));
    assert_int_equal(scratch_int(place->file, "PRAGMA user_version"), 0);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void too_new(void **state)
{
    struct place *place = *state;
    open_and_close(place);
    scratch_sql(place->file, "PRAGMA user_version = 9999");
    refused(place, DB_TOO_NEW, "newer version");
}

static void of_another_program(void **state)
{
    struct place *place = *state;
    scratch_sql(place->file, "CREATE TABLE mail (id INTEGER); INSERT INTO mail VALUES (1)");
    refused(place, DB_NOT_OURS, "not a database of Skrytka");
    scratch_sql(place->file, "PRAGMA application_id = 252006673; PRAGMA user_version = 1");
    refused(place, DB_NOT_OURS, "not a database of Skrytka");
    scratch_sql(place->file, "PRAGMA journal_mode = WAL");
    refused(place, DB_NOT_OURS, "not a database of Skrytka");
}

static void not_a_database(void **state)
{
    struct place *place = *state;
    char text[5000];
    memset(text, 'x', sizeof text);
    scratch_write(place->file, text, sizeof text);
    refused(place, DB_NOT_OURS, "");
}

static void damaged(void **state)
{
    struct place *place = *state;
    open_and_close(place);
    size_t size;
    char *bytes = scratch_read(place->file, &size);
    char *work = malloc(size);

    memcpy(work, bytes, size); /* the tree of the definitions */
    memset(work + 100, 0xff, 400);
    scratch_write(place->file, work, size);
    refused(place, DB_NOT_OURS, "");

    memcpy(work, bytes, size); /* the magic word */
    work[0] ^= 1;
    scratch_write(place->file, work, size);
    refused(place, DB_NOT_OURS, "");

    scratch_write(place->file, bytes, 4096); /* cut after the first page */
    refused(place, DB_NOT_OURS, "");

    scratch_write(place->file, bytes, 90); /* cut in the header */
    refused(place, DB_NOT_OURS, "");
    free(bytes);
    free(work);
}

/* Nothing may crash on whatever lies there; opened or refused with a reason. */
static void damaged_anywhere(void **state)
{
    struct place *place = *state;
    open_and_close(place);
    size_t size;
    char *bytes = scratch_read(place->file, &size);
    unsigned seed = 20261123;
    int refusals = 0;
    for (int round = 0; round < 60; round++) {
        char *work = malloc(size);
        memcpy(work, bytes, size);
        for (int i = 0; i < 40; i++)
            work[(size_t)rand_r(&seed) % (i % 2 ? size : 4096)] = (char)rand_r(&seed);
        scratch_write(place->file, work, size);
        struct db *db = NULL;
        char why[WHY] = "";
        if (db_open(place->directory, &db, why, sizeof why) == DB_OPENED) {
            db_close(db, NULL, NULL);
        } else {
            refusals++;
            assert_null(db);
            assert_true(why[0] != '\0');
        }
        free(work);
    }
    assert_true(refusals > 30);
    free(bytes);
}

static void one_daemon_at_a_time(void **state)
{
    struct place *place = *state;
    struct db *first = scratch_open(place->directory);
    struct db *second = NULL;
    char why[WHY] = "";
    assert_int_equal(db_open(place->directory, &second, why, sizeof why), DB_LOCKED);
    assert_non_null(strstr(why, place->directory));
    assert_null(second);
    db_close(first, NULL, NULL);
    open_and_close(place);
}

static void no_such_place(void **state)
{
    struct place *place = *state;
    struct db *db = NULL;
    char why[WHY] = "";
    char *deep = scratch_path(place->directory, "no/such");
    assert_int_equal(db_open(deep, &db, why, sizeof why), DB_CANNOT_OPEN);
    assert_non_null(strstr(why, "No such file"));
    scratch_write(place->file, "", 0);
    assert_int_equal(db_open(place->file, &db, why, sizeof why), DB_CANNOT_OPEN);
    assert_null(db);
    free(deep);
}

static void copy_is_the_same(const struct place *place, const char *copy)
{
    char why[WHY] = "";
    if (!db_backup(place->directory, copy, why, sizeof why))
        fail_msg("%s", why);
    char *original = scratch_dump(place->file);
    char *copied = scratch_dump(copy);
    assert_string_equal(original, copied);
    free(original);
    free(copied);
}

static void fill(const struct place *place)
{
    scratch_sql(place->file,
                "INSERT INTO package (name) VALUES ('Złoty'), ('Srebrny');"
                "INSERT INTO client (code, name, package_id, language)"
                " VALUES ('001', 'Łódź Meble', 2, 'pl');"
                "INSERT INTO client_search (rowid, text) VALUES (1, 'lodz meble');"
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                " INSERT INTO event (at, actor, kind, detail)"
                " SELECT i, 'jan', 'mail_changed', hex(randomblob(100)) FROM n;"
                "DELETE FROM event WHERE id % 3 = 0");
}

static void copied_while_stopped(void **state)
{
    struct place *place = *state;
    char *copy = scratch_path(place->directory, "copy.db");
    open_and_close(place);
    fill(place);
    copy_is_the_same(place, copy);
    /* And it can be used in place of the original. */
    rename(copy, place->file);
    open_and_close(place);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM event"), 2000);
    free(copy);
}

static bool add_package(struct db_job *job, struct db_tx *tx)
{
    (void)job;
    struct sqlite3_stmt *add = db_statement(tx, SQL_package_add);
    db_bind_text(add, "name", "Brązowy");
    db_bind_text(add, "allow_scan_requests", "inherit");
    db_bind_int(add, "default_scan_cost", 1);
    return db_exec(tx, add);
}

static void copied_while_running(void **state)
{
    struct place *place = *state;
    char *copy = scratch_path(place->directory, "copy.db");
    uv_loop_t loop;
    struct db *db = scratch_open(place->directory);
    fill(place);
    struct db_job job = { .run = add_package };
    assert_int_equal(db_run_now(db, &job), DB_DONE); /* lies in the WAL */
    assert_int_equal(uv_loop_init(&loop), 0);
    db_start(db, &loop);
    copy_is_the_same(place, copy);
    assert_int_equal(scratch_int(copy, "SELECT count(*) FROM package"), 3);
    db_close(db, NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    free(copy);
}

static void copies_refused(void **state)
{
    struct place *place = *state;
    char why[WHY] = "";
    char *copy = scratch_path(place->directory, "copy.db");
    char *part = scratch_path(place->directory, "copy.db.part");
    char *nowhere = scratch_path(place->directory, "no/copy.db");
    assert_false(db_backup(place->directory, copy, why, sizeof why)); /* no database yet */
    assert_int_equal(access(copy, F_OK), -1);
    open_and_close(place);
    assert_false(db_backup(place->directory, nowhere, why, sizeof why));
    scratch_write(copy, "precious", 8);
    assert_false(db_backup(place->directory, copy, why, sizeof why));
    assert_non_null(strstr(why, "exists"));
    size_t size;
    char *kept = scratch_read(copy, &size);
    assert_string_equal(kept, "precious");
    assert_int_equal(access(part, F_OK), -1);
    /* What a killed backup left is no obstacle. */
    unlink(copy);
    scratch_write(part, "half", 4);
    copy_is_the_same(place, copy);
    assert_int_equal(access(part, F_OK), -1);
    free(kept);
    free(copy);
    free(part);
    free(nowhere);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_new_database),
        TEST(opened_again),
        TEST(from_every_version),
        TEST(a_copy_before_an_upgrade),
        TEST(no_upgrade_without_a_copy),
        TEST(a_migration_that_fails),
        TEST(letters_of_an_older_office_are_found),
        TEST(too_new),
        TEST(of_another_program),
        TEST(not_a_database),
        TEST(damaged),
        TEST(damaged_anywhere),
        TEST(one_daemon_at_a_time),
        TEST(no_such_place),
        TEST(copied_while_stopped),
        TEST(copied_while_running),
        TEST(copies_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
