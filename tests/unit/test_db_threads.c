/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The writer, the readers and the loop together; runs under ThreadSanitizer too. Every writing job
 * adds one to two rows it has just read, so a lost update, a half transaction seen by a reader and
 * a callback out of turn each leave a wrong number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "tests/unit/scratch.h"

enum { WRITES = 1500, READS = 1500, IN_FLIGHT = 40, PACKAGES = 2 };

struct place {
    char *directory;
    char *file;
    struct db *db;
    uv_loop_t loop;
    uv_thread_t loop_thread;
    int64_t queued; /* writes; also the number of the newest one */
    int64_t called; /* writes called back */
    int64_t read;   /* reads queued */
    int pending;
};

/* One job, either way. */
struct work {
    struct db_job job;
    struct place *place;
    int64_t number; /* of a write, from 1; 0 for a read */
    int64_t least;  /* a read must see this at least: it was called back before */
    int64_t values[PACKAGES];
    bool refuse;
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->directory = scratch_make();
    place->file = scratch_path(place->directory, "skrytka.db");
    place->db = scratch_open(place->directory);
    scratch_sql(place->file, "INSERT INTO package (id, name) VALUES (1, 'a'), (2, 'b')");
    assert_int_equal(uv_loop_init(&place->loop), 0);
    place->loop_thread = uv_thread_self();
    db_start(place->db, &place->loop);
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;
    if (place->db)
        db_close(place->db, NULL, NULL);
    uv_run(&place->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&place->loop), 0);
    scratch_remove(place->directory);
    free(place->file);
    free(place);
    return 0;
}

static int64_t cost_of(struct db_tx *tx, int64_t id)
{
    struct arena *arena = arena_new();
    struct rec_package package;
    struct sqlite3_stmt *get = db_statement(tx, SQL_package_get);
    db_bind_int(get, "id", id);
    db_one(tx, get, &record_package, &package, arena);
    arena_free(arena);
    return package.default_scan_cost;
}

static bool set_cost(struct db_tx *tx, int64_t id, int64_t cost)
{
    struct sqlite3_stmt *change = db_statement(tx, SQL_package_change);
    db_bind_int(change, "id", id);
    db_bind_text(change, "name", id == 1 ? "a" : "b");
    db_bind_text(change, "allow_scan_requests", "inherit");
    db_bind_int(change, "default_scan_cost", cost);
    return db_exec(tx, change);
}

static bool run_write(struct db_job *job, struct db_tx *tx)
{
    struct work *work = (struct work *)job;
    for (int i = 0; i < PACKAGES; i++) {
        work->values[i] = cost_of(tx, i + 1) + 1;
        if (!set_cost(tx, i + 1, work->values[i]))
            return false;
    }
    return !work->refuse;
}

static bool run_read(struct db_job *job, struct db_tx *tx)
{
    struct work *work = (struct work *)job;
    for (int i = 0; i < PACKAGES; i++)
        work->values[i] = cost_of(tx, i + 1);
    return true;
}

static void on_loop_thread(const struct place *place)
{
    uv_thread_t self = uv_thread_self();
    assert_true(uv_thread_equal(&self, &place->loop_thread));
}

static void more(struct place *place);

static void write_done(struct db_job *job, enum db_outcome outcome)
{
    struct work *work = (struct work *)job;
    struct place *place = work->place;
    on_loop_thread(place);
    assert_int_equal(outcome, work->refuse ? DB_REFUSED : DB_DONE);
    assert_int_equal(work->number, place->called + 1); /* in the order of queueing */
    place->called++;
    int64_t refused_before = (work->number - 1) / 5;
    assert_int_equal(work->values[0], work->number - refused_before);
    assert_int_equal(work->values[1], work->values[0]);
    place->pending--;
    free(work);
    more(place);
}

static void read_done(struct db_job *job, enum db_outcome outcome)
{
    struct work *work = (struct work *)job;
    struct place *place = work->place;
    on_loop_thread(place);
    assert_int_equal(outcome, DB_DONE);
    assert_int_equal(work->values[0], work->values[1]); /* one snapshot */
    assert_in_range(work->values[0], work->least, place->queued);
    place->pending--;
    free(work);
    more(place);
}

static void queue_write(struct place *place)
{
    struct work *work = calloc(1, sizeof *work);
    *work = (struct work){ .job = { .run = run_write, .done = write_done },
                           .place = place,
                           .number = ++place->queued };
    work->refuse = work->number % 5 == 0;
    place->pending++;
    db_write(place->db, &work->job);
}

static void queue_read(struct place *place)
{
    struct work *work = calloc(1, sizeof *work);
    *work = (struct work){ .job = { .run = run_read, .done = read_done },
                           .place = place,
                           .least = place->called - place->called / 5 };
    place->read++;
    place->pending++;
    db_read(place->db, &work->job);
}

/* Keeps both queues busy until all was done. */
static void more(struct place *place)
{
    while (place->pending < IN_FLIGHT && place->queued < WRITES) {
        queue_write(place);
        if (place->read < READS)
            queue_read(place);
    }
}

static void run_until_idle(struct place *place)
{
    while (place->pending > 0)
        uv_run(&place->loop, UV_RUN_ONCE);
}

static void nothing_is_lost(void **state)
{
    struct place *place = *state;
    more(place);
    run_until_idle(place);
    assert_int_equal(place->called, WRITES);
    assert_int_equal(place->read, READS);
    db_close(place->db, NULL, NULL);
    place->db = NULL;
    assert_int_equal(scratch_int(place->file, "SELECT sum(default_scan_cost) FROM package"),
                     PACKAGES * (WRITES - WRITES / 5));
}

/* A job that stands still in the middle until it is told to go on. */
struct gate {
    struct db_job job;
    struct place *place;
    uv_sem_t reached;
    uv_sem_t go;
    enum db_outcome outcome;
    int calls;
};

static bool run_gate(struct db_job *job, struct db_tx *tx)
{
    struct gate *gate = (struct gate *)job;
    bool done = set_cost(tx, 1, 7) && set_cost(tx, 2, 7);
    uv_sem_post(&gate->reached);
    uv_sem_wait(&gate->go);
    return done;
}

static bool run_reading_gate(struct db_job *job, struct db_tx *tx)
{
    struct gate *gate = (struct gate *)job;
    bool read = cost_of(tx, 1) >= 0;
    uv_sem_post(&gate->reached);
    uv_sem_wait(&gate->go);
    return read;
}

static void gate_done(struct db_job *job, enum db_outcome outcome)
{
    struct gate *gate = (struct gate *)job;
    on_loop_thread(gate->place);
    gate->outcome = outcome;
    gate->calls++;
    gate->place->pending--;
}

static void gate_init(struct gate *gate, struct place *place,
                      bool (*run)(struct db_job *job, struct db_tx *tx))
{
    *gate = (struct gate){ .job = { .run = run, .done = gate_done }, .place = place };
    assert_int_equal(uv_sem_init(&gate->reached, 0), 0);
    assert_int_equal(uv_sem_init(&gate->go, 0), 0);
    place->pending++;
}

static void gate_release(struct gate *gate)
{
    uv_sem_destroy(&gate->reached);
    uv_sem_destroy(&gate->go);
}

struct glance {
    struct work work;
    bool done;
};

static void glance_done(struct db_job *job, enum db_outcome outcome)
{
    struct glance *glance = (struct glance *)job;
    assert_int_equal(outcome, DB_DONE);
    glance->done = true;
}

/* What a reader sees now. */
static int64_t glance(struct place *place)
{
    struct glance glance = { .work = { .job = { .run = run_read, .done = glance_done } } };
    db_read(place->db, &glance.work.job);
    while (!glance.done)
        uv_run(&place->loop, UV_RUN_ONCE);
    assert_int_equal(glance.work.values[0], glance.work.values[1]);
    return glance.work.values[0];
}

static void readers_see_what_is_committed(void **state)
{
    struct place *place = *state;
    struct gate gate;
    gate_init(&gate, place, run_gate);
    db_write(place->db, &gate.job);
    uv_sem_wait(&gate.reached);
    assert_int_equal(glance(place), 0); /* written, not committed */
    assert_int_equal(gate.calls, 0);
    uv_sem_post(&gate.go);
    run_until_idle(place);
    assert_int_equal(gate.outcome, DB_DONE);
    assert_int_equal(glance(place), 7);
    gate_release(&gate);
}

static bool write_while_reading(struct db_job *job, struct db_tx *tx)
{
    (void)job;
    return set_cost(tx, 1, 9);
}

static void readers_cannot_write(void **state)
{
    struct place *place = *state;
    struct gate gate;
    gate_init(&gate, place, write_while_reading);
    db_read(place->db, &gate.job);
    run_until_idle(place);
    assert_int_equal(gate.outcome, DB_DAMAGED);
    assert_int_equal(glance(place), 0);
    gate_release(&gate);
}

/* Opens the gates once the database was told to stop. */
struct opener {
    struct place *place;
    struct gate *gates;
    int count;
};

static void open_gates(void *arg)
{
    struct opener *opener = arg;
    struct db *db = opener->place->db;
    bool stopping = false;
    while (!stopping) {
        uv_mutex_lock(&db->lock);
        stopping = db->stopping;
        uv_mutex_unlock(&db->lock);
    }
    for (int i = 0; i < opener->count; i++)
        uv_sem_post(&opener->gates[i].go);
}

/* While closing, a callback asks for more: that is called back as well. */
struct late {
    struct db_job job;
    struct place *place;
    struct late *next;
    enum db_outcome outcome;
    int calls;
    bool reads;
};

static bool never(struct db_job *job, struct db_tx *tx)
{
    (void)job;
    (void)tx;
    fail_msg("a job ran after the database was told to stop");
    return false;
}

static void late_done(struct db_job *job, enum db_outcome outcome)
{
    struct late *late = (struct late *)job;
    late->calls++;
    late->outcome = outcome;
    if (late->next && late->next->reads)
        db_read(late->place->db, &late->next->job);
    else if (late->next)
        db_write(late->place->db, &late->next->job);
}

static void set_flag(void *flag)
{
    *(bool *)flag = true;
}

static void closing_with_jobs_waiting(void **state)
{
    enum { GATES = 1 + DB_READERS, LATE = 6 };
    struct place *place = *state;
    struct gate gates[GATES];
    struct late late[LATE];
    for (int i = 0; i < GATES; i++) {
        gate_init(&gates[i], place, i == 0 ? run_gate : run_reading_gate);
        if (i == 0)
            db_write(place->db, &gates[i].job);
        else
            db_read(place->db, &gates[i].job);
    }
    for (int i = 0; i < GATES; i++)
        uv_sem_wait(&gates[i].reached);
    /* 0 and 1 wait behind the gates; each one's callback queues the next but one. */
    for (int i = 0; i < LATE; i++)
        late[i] = (struct late){ .job = { .run = never, .done = late_done },
                                 .place = place,
                                 .next = i + 2 < LATE ? &late[i + 2] : NULL,
                                 .reads = i % 3 == 1 };
    db_write(place->db, &late[0].job);
    db_read(place->db, &late[1].job);
    struct opener opener = { place, gates, GATES };
    uv_thread_t thread;
    assert_int_equal(uv_thread_create(&thread, open_gates, &opener), 0);
    bool closed = false;
    db_close(place->db, set_flag, &closed);
    place->db = NULL;
    uv_thread_join(&thread);
    for (int i = 0; i < GATES; i++) {
        assert_int_equal(gates[i].calls, 1);
        assert_int_equal(gates[i].outcome, DB_DONE);
        gate_release(&gates[i]);
    }
    for (int i = 0; i < LATE; i++) {
        assert_int_equal(late[i].calls, 1);
        assert_int_equal(late[i].outcome, DB_SHUTDOWN);
    }
    assert_false(closed); /* on the loop, not before */
    while (!closed)
        uv_run(&place->loop, UV_RUN_ONCE);
    assert_int_equal(scratch_int(place->file, "SELECT default_scan_cost FROM package"), 7);
}

/* Counts for ever. */
static bool run_endless(struct db_job *job, struct db_tx *tx)
{
    struct gate *gate = (struct gate *)job;
    sqlite3_stmt *endless = NULL;
    uv_sem_post(&gate->reached);
    assert_int_equal(sqlite3_prepare_v2(tx->handle,
                                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                                        " SELECT i + 1 FROM n) SELECT count(*) FROM n",
                                        -1, &endless, NULL),
                     SQLITE_OK);
    bool done = db_next(tx, endless);
    sqlite3_finalize(endless);
    return done;
}

static void a_question_too_long_is_stopped(void **state)
{
    struct place *place = *state;
    struct gate gates[DB_READERS];
    place->db->read_limit = 50 * 1000 * 1000; /* no reader has a job yet */
    for (int i = 0; i < DB_READERS; i++) {
        gate_init(&gates[i], place, run_endless);
        db_read(place->db, &gates[i].job);
    }
    run_until_idle(place);
    for (int i = 0; i < DB_READERS; i++) {
        assert_int_equal(gates[i].outcome, DB_TOO_LONG);
        gate_release(&gates[i]);
    }
    place->db->read_limit = UINT64_MAX / 4;
    assert_int_equal(glance(place), 0); /* the readers are as good as before */
}

static void closing_stops_a_question(void **state)
{
    struct place *place = *state;
    struct gate gate;
    place->db->read_limit = UINT64_MAX / 4;
    gate_init(&gate, place, run_endless);
    db_read(place->db, &gate.job);
    uv_sem_wait(&gate.reached);
    db_close(place->db, NULL, NULL);
    place->db = NULL;
    assert_int_equal(gate.calls, 1);
    assert_int_equal(gate.outcome, DB_SHUTDOWN);
    gate_release(&gate);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(nothing_is_lost),
        TEST(readers_see_what_is_committed),
        TEST(readers_cannot_write),
        TEST(closing_with_jobs_waiting),
        TEST(a_question_too_long_is_stopped),
        TEST(closing_stops_a_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
