/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The threads that SMTP runs on: every task comes back, and what a thread keeps is dropped in time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

#include "protocol/base/memory.h"
#include "server/notify/crew.h"

enum { THREADS = 3, TASKS = 500 };

struct task {
    struct crew_task crew;
    uv_thread_t ran_on;
};

static uv_loop_t loop;
static atomic_int made;
static atomic_int dropped;
static int ended;
static bool closed;

static void *make(void)
{
    atomic_fetch_add(&made, 1);
    return memory_zeroed(sizeof(int));
}

static void drop(void *state)
{
    atomic_fetch_add(&dropped, 1);
    free(state);
}

static void run(struct crew_task *crew, void *state)
{
    struct task *task = (struct task *)crew;
    task->ran_on = uv_thread_self();
    ++*(int *)state;
}

static void done(struct crew_task *crew)
{
    struct task *task = (struct task *)crew;
    uv_thread_t self = uv_thread_self();
    assert_false(uv_thread_equal(&task->ran_on, &self));
    ended++;
}

static void set_closed(void *owner)
{
    closed = true;
}

static int begin(void **state)
{
    made = dropped = 0;
    ended = 0;
    closed = false;
    return uv_loop_init(&loop);
}

static struct crew *crew_of(uint64_t idle_ms)
{
    struct crew_state state = { make, drop, idle_ms };
    return crew_new(&loop, THREADS, state);
}

static void close_crew(struct crew *crew)
{
    crew_close(crew, set_closed, NULL);
    assert_false(closed);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void every_task_comes_back(void **state)
{
    static struct task tasks[TASKS];
    struct crew *crew = crew_of(60000);
    for (size_t i = 0; i < TASKS; i++) {
        tasks[i].crew = (struct crew_task){ .run = run, .done = done };
        crew_add(crew, &tasks[i].crew);
    }
    while (ended < TASKS)
        uv_run(&loop, UV_RUN_ONCE);
    close_crew(crew);
    assert_int_equal(ended, TASKS);
    assert_in_range(made, 1, THREADS);
    assert_int_equal(dropped, made);
}

static void what_is_idle_is_dropped_and_made_again(void **state)
{
    struct task task = { .crew = { .run = run, .done = done } };
    struct crew *crew = crew_of(1);
    for (int round = 1; round <= 3; round++) {
        crew_add(crew, &task.crew);
        while (ended < round)
            uv_run(&loop, UV_RUN_ONCE);
        while (dropped < round)
            uv_sleep(1);
        assert_int_equal(made, round);
    }
    close_crew(crew);
    assert_int_equal(dropped, 3);
}

static void a_crew_without_work_has_no_threads(void **state)
{
    close_crew(crew_of(1));
    assert_int_equal(made, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_task_comes_back, begin),
        cmocka_unit_test_setup(what_is_idle_is_dropped_and_made_again, begin),
        cmocka_unit_test_setup(a_crew_without_work_has_no_threads, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
