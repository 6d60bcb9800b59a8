/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * kill -9 in the middle of work, again and again: what was answered stays, nothing is half there,
 * the next start needs no help. SKRYTKA_KILLS=2000 for more (`make crash` has it).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/internal.h"
#include "tests/unit/scratch.h"

enum { SHORT_KILLS = 40, IN_FLIGHT = 20 };

struct worker {
    uv_loop_t loop;
    struct db *db;
    int answers; /* pipe: each number that was answered */
    int next;
};

struct insert {
    struct db_job job;
    struct worker *worker;
    int number;
};

static bool run_insert(struct db_job *job, struct db_tx *tx)
{
    int number = ((struct insert *)job)->number;
    char name[16];
    snprintf(name, sizeof name, "%d", number);
    struct sqlite3_stmt *add = db_statement(tx, SQL_package_add);
    db_bind_text(add, "name", name);
    db_bind_text(add, "allow_scan_requests", "inherit");
    db_bind_int(add, "default_scan_cost", number);
    if (!db_exec(tx, add))
        return false;
    struct rec_event event = {
        .at = number, .actor = "jan", .kind = event_kind_package_changed, .detail = name
    };
    add = db_statement(tx, SQL_event_add);
    db_bind_record(add, &record_event, &event);
    return db_exec(tx, add);
}

static void ask_again(struct insert *insert);

static void answered(struct db_job *job, enum db_outcome outcome)
{
    struct insert *insert = (struct insert *)job;
    if (outcome != DB_DONE ||
        write(insert->worker->answers, &insert->number, sizeof insert->number) < 0)
        _exit(1);
    ask_again(insert);
}

static void ask_again(struct insert *insert)
{
    insert->job = (struct db_job){ .run = run_insert, .done = answered };
    insert->number = insert->worker->next++;
    db_write(insert->worker->db, &insert->job);
}

/* The child: works until it is killed. */
static _Noreturn void work(const char *directory, int first, int answers)
{
    static struct worker worker;
    static struct insert inserts[IN_FLIGHT];
    char why[256];
    worker.answers = answers;
    worker.next = first;
    if (db_open(directory, &worker.db, why, sizeof why) != DB_OPENED) {
        fprintf(stderr, "%s\n", why);
        _exit(1);
    }
    uv_loop_init(&worker.loop);
    db_start(worker.db, &worker.loop);
    for (int i = 0; i < IN_FLIGHT; i++) {
        inserts[i].worker = &worker;
        ask_again(&inserts[i]);
    }
    uv_run(&worker.loop, UV_RUN_DEFAULT);
    _exit(1);
}

/* One life: the greatest number that was answered; 0 when none was. */
static int live_and_die(const char *directory, int first, unsigned *seed)
{
    int ends[2];
    int number = 0;
    int greatest = 0;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        work(directory, first, ends[1]);
    }
    close(ends[1]);
    /* After so many answers, and a moment that has nothing to do with them. */
    int answers = rand_r(seed) % 100;
    while (answers-- > 0 && read(ends[0], &number, sizeof number) == sizeof number)
        greatest = number > greatest ? number : greatest;
    usleep((useconds_t)rand_r(seed) % 5000);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &number, sizeof number) == sizeof number)
        greatest = number > greatest ? number : greatest;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return greatest;
}

static void killed_in_the_middle(void **state)
{
    const char *text = getenv("SKRYTKA_KILLS");
    int kills = text ? (int)strtol(text, NULL, 10) : SHORT_KILLS;
    char *directory = scratch_make();
    char *file = scratch_path(directory, "skrytka.db");
    unsigned seed = 20261123;
    long long kept = 0;
    for (int i = 0; i < kills; i++) {
        int answered_last = live_and_die(directory, (int)kept + 1, &seed);
        db_close(scratch_open(directory), NULL, NULL);
        long long newest = scratch_int(file, "SELECT coalesce(max(at), 0) FROM event");
        if (newest < answered_last)
            fail_msg("kill %d: %d was answered, %lld is the last", i, answered_last, newest);
        assert_true(newest >= kept);
        kept = newest;
        assert_int_equal(scratch_int(file, "SELECT count(*) FROM package"), kept);
        assert_int_equal(scratch_int(file, "SELECT count(*) FROM event e JOIN package p"
                                           " ON p.default_scan_cost = e.at AND p.name = e.detail"),
                         kept);
    }
    assert_int_equal(scratch_int(file, "SELECT count(*) FROM pragma_integrity_check"
                                       " WHERE integrity_check = 'ok'"),
                     1);
    assert_true(kept > kills);
    print_message("%d kills, %lld transactions kept\n", kills, kept);
    scratch_remove(directory);
    free(file);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
