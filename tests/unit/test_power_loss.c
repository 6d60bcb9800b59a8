/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whoever was told "done" finds it after a power loss at any instant, and every transaction is
 * there whole or not at all. The control: with synchronous=NORMAL the same test must find losses,
 * or it could not find any. SKRYTKA_CRASH_STATES=100000 for more instants (`make crash` has it).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/internal.h"
#include "tests/unit/disk.h"
#include "tests/unit/scratch.h"

enum { SHORT_STATES = 200, CONTROL_STATES = 30, JOBS = 400, LARGEST_GROUP = 5 };

struct place {
    char *directory; /* of the database that is written */
    char *after;     /* of the one after the crash */
};

struct insert {
    struct db_job job;
    int number;
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->directory = scratch_make();
    place->after = scratch_make();
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;
    disk_stop();
    scratch_remove(place->directory);
    scratch_remove(place->after);
    free(place);
    return 0;
}

/* One number in two tables: half a transaction would show. */
static bool run_insert(struct db_job *job, struct db_tx *tx)
{
    int number = ((struct insert *)job)->number;
    char text[900];
    snprintf(text, sizeof text, "%d", number);
    struct sqlite3_stmt *add = db_statement(tx, SQL_package_add);
    db_bind_text(add, "name", text);
    db_bind_text(add, "allow_scan_requests", "inherit");
    db_bind_int(add, "default_scan_cost", number);
    if (!db_exec(tx, add))
        return false;
    memset(text, 'a' + number % 26, (size_t)(number % 800));
    struct rec_event event = {
        .at = number, .actor = "jan", .kind = event_kind_package_changed, .detail = text
    };
    add = db_statement(tx, SQL_event_add);
    db_bind_record(add, &record_event, &event);
    return db_exec(tx, add);
}

static void command(struct db *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db->write_tx.handle, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* Groups of jobs, each promised once its group came back; checkpoints come often. */
static void write_recorded(const struct place *place, const char *synchronous, unsigned *seed)
{
    struct db *db = scratch_open(place->directory);
    struct insert first = { .job = { .run = run_insert }, .number = 1 };
    command(db, synchronous);
    command(db, "PRAGMA wal_autocheckpoint = 40");
    assert_int_equal(db_run_now(db, &first.job), DB_DONE);
    disk_record(place->directory);
    disk_promise(1);
    for (int number = 2; number <= JOBS;) {
        struct insert inserts[LARGEST_GROUP];
        struct db_job *jobs[LARGEST_GROUP];
        size_t count = 1 + (size_t)rand_r(seed) % LARGEST_GROUP;
        for (size_t i = 0; i < count; i++) {
            inserts[i] = (struct insert){ { .run = run_insert }, number++ };
            jobs[i] = &inserts[i].job;
        }
        writer_run_group(&db->write_tx, jobs, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(inserts[i].job.outcome, DB_DONE);
        disk_promise(number - 1);
    }
    disk_stop();
    db_close(db, NULL, NULL);
}

static int64_t ask(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

enum aftermath { WHOLE, LOST, CORRUPT };

/* The daemon itself must open what is left. (Seldom: it prepares all its statements.) */
static bool opens(const struct place *place)
{
    struct db *db = NULL;
    char why[256];
    if (db_open(place->after, &db, why, sizeof why) != DB_OPENED)
        return false;
    db_close(db, NULL, NULL);
    return true;
}

/* Looks at the files as the daemon would find them when the power is back. */
static enum aftermath examine(const struct place *place, int promised)
{
    sqlite3 *handle = NULL;
    char *path = scratch_path(place->after, "skrytka.db");
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    free(path);
    sqlite3_exec(handle, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    int64_t packages = ask(handle, "SELECT count(*) FROM package");
    int64_t newest = ask(handle, "SELECT max(default_scan_cost) FROM package");
    bool whole = ask(handle, "SELECT count(*) FROM pragma_integrity_check"
                             " WHERE integrity_check = 'ok'") == 1 &&
                 packages == newest && packages == ask(handle, "SELECT count(*) FROM event") &&
                 newest == ask(handle, "SELECT max(at) FROM event");
    sqlite3_close(handle);
    if (!whole)
        return CORRUPT;
    return newest < promised ? LOST : WHOLE;
}

/* Crashes at many moments; how many had each aftermath. */
static void crash(const struct place *place, int states, unsigned *seed, int counts[3])
{
    char *shm = scratch_path(place->after, "skrytka.db-shm");
    for (int i = 0; i < states; i++) {
        size_t moment = (size_t)rand_r(seed) % (disk_moments() + 1);
        unlink(shm);
        int promised = disk_crash(moment, seed, place->after);
        enum aftermath aftermath =
            i % 16 == 0 && !opens(place) ? CORRUPT : examine(place, promised);
        counts[aftermath]++;
    }
    free(shm);
    print_message("%d power losses: %d whole, %d lost, %d corrupt\n", states, counts[WHOLE],
                  counts[LOST], counts[CORRUPT]);
}

static void what_was_promised_is_kept(void **state)
{
    unsigned seed = 20261123;
    int counts[3] = { 0 };
    write_recorded(*state, "PRAGMA synchronous = FULL", &seed);
    const char *text = getenv("SKRYTKA_CRASH_STATES");
    crash(*state, text ? (int)strtol(text, NULL, 10) : SHORT_STATES, &seed, counts);
    assert_int_equal(counts[LOST], 0);
    assert_int_equal(counts[CORRUPT], 0);
    assert_true(counts[WHOLE] > 0);
}

static void the_test_would_see_a_loss(void **state)
{
    unsigned seed = 20261123;
    int counts[3] = { 0 };
    write_recorded(*state, "PRAGMA synchronous = NORMAL", &seed);
    crash(*state, CONTROL_STATES, &seed, counts);
    assert_true(counts[LOST] > 0);
    assert_int_equal(counts[CORRUPT], 0);
}

static void the_test_would_see_damage(void **state)
{
    unsigned seed = 20261123;
    int counts[3] = { 0 };
    write_recorded(*state, "PRAGMA synchronous = OFF", &seed);
    crash(*state, CONTROL_STATES, &seed, counts);
    assert_true(counts[CORRUPT] > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(what_was_promised_is_kept),
        TEST(the_test_would_see_a_loss),
        TEST(the_test_would_see_damage),
    };
    disk_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
