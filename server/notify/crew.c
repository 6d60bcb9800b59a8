/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/crew.h"

#include <stdbool.h>
#include <stdlib.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

struct queue {
    struct crew_task *first;
    struct crew_task **end;
};

struct crew {
    uv_async_t answered; /* something is in `ended` */
    uv_mutex_t lock;     /* guards the four below */
    uv_cond_t changed;
    struct queue waiting;
    struct queue ended;
    bool closing;
    /* The loop's alone. */
    struct crew_state state;
    uv_thread_t *threads;
    size_t count;
    bool running;
    void (*closed)(void *owner);
    void *closed_owner;
};

static void put(struct queue *queue, struct crew_task *task)
{
    task->next = NULL;
    if (!queue->first) {
        queue->end = &queue->first;
    }
    *queue->end = task;
    queue->end = &task->next;
}

static struct crew_task *get(struct queue *queue)
{
    struct crew_task *task = queue->first;
    if (task) {
        queue->first = task->next;
    }
    return task;
}

/* The next task; NULL when there is none for as long as `state` is kept, or the crew closes. */
static struct crew_task *next_task(struct crew *crew, const void *state)
{
    uint64_t idle = crew->state.idle_ms * 1000000;
    int waited = 0;
    uv_mutex_lock(&crew->lock);
    while (!crew->waiting.first && !crew->closing && waited == 0) {
        if (state) {
            waited = uv_cond_timedwait(&crew->changed, &crew->lock, idle);
        } else {
            uv_cond_wait(&crew->changed, &crew->lock);
        }
    }
    struct crew_task *task = get(&crew->waiting);
    uv_mutex_unlock(&crew->lock);
    return task;
}

static bool is_closing(struct crew *crew)
{
    uv_mutex_lock(&crew->lock);
    bool closing = crew->closing;
    uv_mutex_unlock(&crew->lock);
    return closing;
}

static void finish(struct crew *crew, struct crew_task *task)
{
    uv_mutex_lock(&crew->lock);
    put(&crew->ended, task);
    uv_mutex_unlock(&crew->lock);
    uv_async_send(&crew->answered);
}

static void work(void *owner)
{
    struct crew *crew = owner;
    void *state = NULL;
    while (!is_closing(crew)) {
        struct crew_task *task = next_task(crew, state);
        if (task) {
            if (!state) {
                state = crew->state.make();
            }
            task->run(task, state);
            finish(crew, task);
        } else if (state) {
            crew->state.drop(state);
            state = NULL;
        }
    }
    if (state) {
        crew->state.drop(state);
    }
}

static void on_answered(uv_async_t *async)
{
    struct crew *crew = async->data;
    for (;;) {
        uv_mutex_lock(&crew->lock);
        struct crew_task *task = get(&crew->ended);
        uv_mutex_unlock(&crew->lock);
        if (!task) {
            return;
        }
        task->done(task);
    }
}

struct crew *crew_new(uv_loop_t *loop, size_t threads, struct crew_state state)
{
    struct crew *crew = memory_zeroed(sizeof *crew);
    crew->answered.data = crew;
    crew->state = state;
    crew->count = threads;
    crew->threads = memory_zeroed(memory_product(threads, sizeof *crew->threads));
    ENSURE(uv_async_init(loop, &crew->answered, on_answered) == 0);
    ENSURE(uv_mutex_init(&crew->lock) == 0);
    ENSURE(uv_cond_init(&crew->changed) == 0);
    return crew;
}

void crew_add(struct crew *crew, struct crew_task *task)
{
    for (size_t i = 0; !crew->running && i < crew->count; i++) {
        ENSURE(uv_thread_create(&crew->threads[i], work, crew) == 0);
    }
    crew->running = true;
    uv_mutex_lock(&crew->lock);
    put(&crew->waiting, task);
    uv_cond_signal(&crew->changed);
    uv_mutex_unlock(&crew->lock);
}

static void on_closed(uv_handle_t *handle)
{
    struct crew *crew = handle->data;
    void (*closed)(void *) = crew->closed;
    void *owner = crew->closed_owner;
    uv_mutex_destroy(&crew->lock);
    uv_cond_destroy(&crew->changed);
    free(crew->threads);
    free(crew);
    closed(owner);
}

void crew_close(struct crew *crew, void (*closed)(void *owner), void *owner)
{
    uv_mutex_lock(&crew->lock);
    ENSURE(!crew->waiting.first && !crew->ended.first);
    crew->closing = true;
    uv_cond_broadcast(&crew->changed);
    uv_mutex_unlock(&crew->lock);
    for (size_t i = 0; crew->running && i < crew->count; i++) {
        ENSURE(uv_thread_join(&crew->threads[i]) == 0);
    }
    crew->closed = closed;
    crew->closed_owner = owner;
    uv_close((uv_handle_t *)&crew->answered, on_closed);
}
