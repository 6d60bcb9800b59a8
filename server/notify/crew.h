/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A few threads for conversations that block. libcurl's SMTP does, even under its multi interface:
 * it waits for the answer to the final dot, and to QUIT, inside one call, for as long as the server
 * likes (docs/adr/0014-smtp-threads.md). uv's own pool is no place for that: everybody shares it.
 */
#ifndef SKRYTKA_NOTIFY_CREW_H
#define SKRYTKA_NOTIFY_CREW_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct crew;

/* One piece of work. Embed it; it belongs to the crew from crew_add() to `done`. */
struct crew_task {
    void (*run)(struct crew_task *task, void *state); /* on a thread of the crew */
    void (*done)(struct crew_task *task);             /* on the loop, afterwards */
    struct crew_task *next;
};

/*
 * What each thread keeps between tasks: made before the first of them, dropped when none came for
 * `idle_ms`. Both run on that thread.
 */
struct crew_state {
    void *(*make)(void);
    void (*drop)(void *state);
    uint64_t idle_ms;
};

/* Loop thread, like all below. The threads start with the first task. */
struct crew *crew_new(uv_loop_t *loop, size_t threads, struct crew_state state);

void crew_add(struct crew *crew, struct crew_task *task);

/* Ends the threads, frees the crew, then calls `closed`. No task may be left. */
void crew_close(struct crew *crew, void (*closed)(void *owner), void *owner);

#endif
