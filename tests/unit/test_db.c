/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Jobs on the writer: a group shares one transaction, yet each job stands or falls by itself.
 * Groups are made by hand here; test_db_threads.c has the threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "tests/unit/scratch.h"

/* What a job does besides its insertion. */
enum way { PLAIN, REFUSE, BREAK_CHECK, BREAK_KEY, TOO_MUCH, CLASH };

struct insert {
    struct db_job job;
    enum way way;
    int number;
    int runs;
};

struct place {
    char *directory;
    char *file;
    struct db *db;
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->directory = scratch_make();
    place->file = scratch_path(place->directory, "skrytka.db");
    place->db = scratch_open(place->directory);
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;
    if (place->db)
        db_close(place->db, NULL, NULL);
    scratch_remove(place->directory);
    free(place->file);
    free(place);
    return 0;
}

static bool add_package(struct db_tx *tx, int number, int64_t cost)
{
    char name[16];
    snprintf(name, sizeof name, "p%d", number);
    struct sqlite3_stmt *add = db_statement(tx, SQL_package_add);
    db_bind_text(add, "name", name);
    db_bind_text(add, "allow_scan_requests", "inherit");
    db_bind_int(add, "default_scan_cost", cost);
    return db_exec(tx, add);
}

/* A row of some megabytes: more than the pages that the test allows. */
static bool add_much(struct db_tx *tx)
{
    size_t size = 4000000;
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    struct sqlite3_stmt *add = db_statement(tx, SQL_office_email_add);
    db_bind_int(add, "position", 1);
    db_bind_text(add, "text", text);
    free(text);
    return db_exec(tx, add);
}

static bool run_insert(struct db_job *job, struct db_tx *tx)
{
    struct insert *insert = (struct insert *)job;
    insert->runs++;
    bool added = add_package(tx, insert->number, 0);
    bool clash = false;
    struct sqlite3_stmt *again;
    switch (insert->way) {
    case PLAIN: break;
    case REFUSE: return false;
    case BREAK_CHECK:
        assert_false(add_package(tx, 1000 + insert->number, -1));
        assert_true(db_failed(tx));
        /* From here on nothing does anything, and "true" is not believed. */
        assert_false(add_package(tx, 2000 + insert->number, 0));
        return true;
    case BREAK_KEY:
        again = db_statement(tx, SQL_client_add);
        db_bind_text(again, "code", "1");
        db_bind_text(again, "name", "Alfa");
        db_bind_text(again, "language", "pl");
        db_bind_text(again, "allow_scan_requests", "inherit");
        db_bind_int(again, "active", 1);
        db_bind_int(again, "package_id", 999999);
        return db_exec(tx, again);
    case TOO_MUCH: return add_much(tx);
    case CLASH:
        again = db_statement(tx, SQL_package_add);
        db_bind_text(again, "name", "p1");
        db_bind_text(again, "allow_scan_requests", "inherit");
        db_bind_int(again, "default_scan_cost", 0);
        assert_false(db_exec_unique(tx, again, &clash));
        assert_true(clash);
        assert_false(db_failed(tx));
        return added;
    }
    return added;
}

/* Jobs numbered 1, 2, ... in one group; their outcomes must be these. */
static void group(struct place *place, struct insert *inserts, const enum way *ways, size_t count,
                  const enum db_outcome *want)
{
    struct db_job *jobs[DB_GROUP];
    for (size_t i = 0; i < count; i++) {
        inserts[i] =
            (struct insert){ .job = { .run = run_insert }, .way = ways[i], .number = (int)i + 1 };
        jobs[i] = &inserts[i].job;
    }
    writer_run_group(&place->db->write_tx, jobs, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(inserts[i].job.outcome, want[i]);
    assert_true(sqlite3_get_autocommit(place->db->write_tx.handle));
}

/* The packages that are there, as a bit for each number. */
static long long packages(const struct place *place)
{
    return scratch_int(place->file, "SELECT coalesce(sum(1 << CAST(substr(name, 2) AS INTEGER)), 0)"
                                    " FROM package");
}

static void all_of_a_group(void **state)
{
    enum way ways[] = { PLAIN, PLAIN, PLAIN };
    enum db_outcome want[] = { DB_DONE, DB_DONE, DB_DONE };
    struct insert inserts[3];
    group(*state, inserts, ways, 3, want);
    assert_int_equal(packages(*state), 1 << 1 | 1 << 2 | 1 << 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(inserts[i].runs, 1);
}

static void one_refuses(void **state)
{
    enum way ways[] = { PLAIN, REFUSE, PLAIN, REFUSE };
    enum db_outcome want[] = { DB_DONE, DB_REFUSED, DB_DONE, DB_REFUSED };
    struct insert inserts[4];
    group(*state, inserts, ways, 4, want);
    assert_int_equal(packages(*state), 1 << 1 | 1 << 3);
}

static void one_breaks_a_constraint(void **state)
{
    enum way ways[] = { PLAIN, BREAK_CHECK, PLAIN, BREAK_KEY, CLASH, PLAIN };
    enum db_outcome want[] = { DB_DONE, DB_DAMAGED, DB_DONE, DB_DAMAGED, DB_DONE, DB_DONE };
    struct insert inserts[6];
    group(*state, inserts, ways, 6, want);
    assert_int_equal(packages(*state), 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6);
    assert_int_equal(scratch_int(((struct place *)*state)->file, "SELECT count(*) FROM client"), 0);
}

static void limit_pages(const struct place *place, const char *pages)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %s", pages);
    assert_int_equal(sqlite3_exec(place->db->write_tx.handle, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* SQLITE_FULL takes the whole transaction back: the others go again, without the culprit. */
static void one_fills_the_disk(void **state)
{
    struct place *place = *state;
    enum way ways[] = { PLAIN, PLAIN, TOO_MUCH, PLAIN, REFUSE, TOO_MUCH, PLAIN };
    enum db_outcome want[] = { DB_DONE,    DB_DONE,      DB_DISK_FULL, DB_DONE,
                               DB_REFUSED, DB_DISK_FULL, DB_DONE };
    struct insert inserts[7];
    limit_pages(place, "300");
    group(place, inserts, ways, 7, want);
    assert_int_equal(packages(place), 1 << 1 | 1 << 2 | 1 << 4 | 1 << 7);
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM office_email"), 0);
    assert_int_equal(inserts[0].runs, 3);
    assert_int_equal(inserts[2].runs, 1);
    assert_int_equal(inserts[5].runs, 1);
    /* With room again the same job is done. */
    limit_pages(place, "1000000");
    enum way again[] = { TOO_MUCH };
    struct insert last;
    scratch_sql(place->file, "DELETE FROM package");
    group(place, &last, again, 1, &(enum db_outcome){ DB_DONE });
    assert_int_equal(scratch_int(place->file, "SELECT count(*) FROM office_email"), 1);
}

static void all_fill_the_disk(void **state)
{
    struct place *place = *state;
    enum way ways[] = { TOO_MUCH, TOO_MUCH };
    enum db_outcome want[] = { DB_DISK_FULL, DB_DISK_FULL };
    struct insert inserts[2];
    limit_pages(place, "300");
    group(place, inserts, ways, 2, want);
    assert_int_equal(packages(place), 0);
}

static void run_at_once(void **state)
{
    struct place *place = *state;
    struct insert insert = { .job = { .run = run_insert }, .way = PLAIN, .number = 5 };
    assert_int_equal(db_run_now(place->db, &insert.job), DB_DONE);
    assert_int_equal(packages(place), 1 << 5); /* another connection sees it */
    insert.way = REFUSE;
    insert.number = 6;
    assert_int_equal(db_run_now(place->db, &insert.job), DB_REFUSED);
    assert_int_equal(packages(place), 1 << 5);
}

/* The largest group there is, every third refusing. */
static void a_full_group(void **state)
{
    enum way ways[DB_GROUP];
    enum db_outcome want[DB_GROUP];
    struct insert inserts[DB_GROUP];
    for (size_t i = 0; i < DB_GROUP; i++) {
        ways[i] = i % 3 == 0 ? REFUSE : i % 3 == 1 ? BREAK_CHECK : PLAIN;
        want[i] = i % 3 == 0 ? DB_REFUSED : i % 3 == 1 ? DB_DAMAGED : DB_DONE;
    }
    group(*state, inserts, ways, DB_GROUP, want);
    assert_int_equal(scratch_int(((struct place *)*state)->file, "SELECT count(*) FROM package"),
                     DB_GROUP / 3);
}

/* Records and rows meet by name: what is bound comes back, NULL as not given. */
static bool through_a_record(struct db_job *job, struct db_tx *tx)
{
    (void)job;
    struct arena *arena = arena_new();
    struct rec_user user = {
        .login = "jan", .name = "Jan Żółw", .role = role_clerk, .active = true
    };
    struct sqlite3_stmt *add = db_statement(tx, SQL_user_add);
    db_bind_record(add, &record_user, &user);
    assert_true(db_exec(tx, add));
    int64_t id = db_last_id(tx);
    struct sqlite3_stmt *get = db_statement(tx, SQL_user_get);
    db_bind_int(get, "id", id);
    struct rec_user found;
    assert_true(db_one(tx, get, &record_user, &found, arena));
    assert_int_equal(found.id, id);
    assert_int_equal(found.version, 1);
    assert_string_equal(found.login, "jan");
    assert_string_equal(found.name, "Jan Żółw");
    assert_int_equal(found.role, role_clerk);
    assert_true(found.active);
    assert_false(found.has_password);
    assert_null(found.os_user);
    get = db_statement(tx, SQL_user_get);
    db_bind_int(get, "id", id + 1);
    assert_false(db_one(tx, get, &record_user, &found, arena));
    assert_null(found.login);
    assert_int_equal(db_one_int(tx, db_statement(tx, SQL_user_administrators), 7), 0);
    struct sqlite3_stmt *oldest = db_statement(tx, SQL_request_oldest_new);
    db_bind_int(oldest, "after", 0);
    assert_int_equal(db_one_int(tx, oldest, 7), 7);
    arena_free(arena);
    return true;
}

static void records(void **state)
{
    struct place *place = *state;
    struct db_job job = { .run = through_a_record };
    assert_int_equal(db_run_now(place->db, &job), DB_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(all_of_a_group),     TEST(one_refuses),       TEST(one_breaks_a_constraint),
        TEST(one_fills_the_disk), TEST(all_fill_the_disk), TEST(run_at_once),
        TEST(a_full_group),       TEST(records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
