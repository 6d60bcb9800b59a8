/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/notify.h"

#include <stdlib.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/notify/curl_loop.h"
#include "server/notify/lane.h"
#include "server/office/jobs.h"
#include "server/office/outbox.h"

/*
 * Due times are instants of the wall clock, which may be set, so the sender looks at it each
 * second instead of sleeping until then; no query is made for that.
 */
enum { LOOK_MS = 1000 };

struct notify {
    struct office *office;
    struct transport_place place;
    uv_timer_t look;
    struct lane *lanes[medium_MAX];
    struct office_job recover;
    struct arena *recover_arena;
    enum { RECOVER_NEEDED, RECOVERING, RECOVERED } recovery;
    bool stopping;
    bool closing;
    void (*closed)(void *owner);
    void *owner;
};

static void tick(struct notify *notify);

/* Messages that were being sent when the daemon died. */

static bool run_recover(struct office_job *job)
{
    return outbox_recover(&job->op);
}

static void recover_done(struct office_job *job, bool ok)
{
    struct notify *notify = container_of(job, struct notify, recover);
    arena_free(notify->recover_arena);
    notify->recovery = ok ? RECOVERED : RECOVER_NEEDED;
    if (ok) {
        tick(notify); /* otherwise at the next look at the clock */
    }
}

static void start_recover(struct notify *notify)
{
    notify->recovery = RECOVERING;
    notify->recover_arena = arena_new();
    notify->recover = (struct office_job){
        .op = { .arena = notify->recover_arena, .actor = actor_system() },
        .run = run_recover,
        .done = recover_done,
    };
    office_start_write(notify->office, &notify->recover);
}

/* Is nothing under way that uses our memory? */
static bool quiet(const struct notify *notify)
{
    for (size_t l = 0; l < medium_MAX; l++) {
        if (!lane_quiet(notify->lanes[l])) {
            return false;
        }
    }
    return notify->recovery != RECOVERING;
}

static void free_all(void *owner)
{
    struct notify *notify = owner;
    void (*closed)(void *) = notify->closed;
    void *closed_owner = notify->owner;
    free(notify);
    closed(closed_owner);
}

/* Closes one after the other: clock, lanes, curl. */
static void close_next(void *owner)
{
    struct notify *notify = owner;
    for (size_t l = 0; l < medium_MAX; l++) {
        struct lane *lane = notify->lanes[l];
        notify->lanes[l] = NULL;
        if (lane) {
            lane_close(lane, close_next, notify);
            return;
        }
    }
    curl_loop_close(notify->place.curl, free_all, notify);
}

static void look_closed(uv_handle_t *handle)
{
    close_next(handle->data);
}

static void tick(struct notify *notify)
{
    if (notify->closing) {
        return;
    }
    if (notify->recovery == RECOVER_NEEDED && !notify->stopping) {
        start_recover(notify);
    }
    for (size_t l = 0; l < medium_MAX && notify->recovery == RECOVERED; l++) {
        lane_tick(notify->lanes[l]);
    }
    if (notify->stopping && quiet(notify)) {
        notify->closing = true;
        uv_close((uv_handle_t *)&notify->look, look_closed);
    }
}

static void on_look(uv_timer_t *timer)
{
    tick(timer->data);
}

static void lane_moved(void *owner)
{
    tick(owner);
}

struct notify *notify_start(uv_loop_t *loop, struct office *office, const struct config *config)
{
    struct notify *notify = memory_zeroed(sizeof *notify);
    notify->office = office;
    notify->place.loop = loop;
    notify->place.curl = curl_loop_new(loop);
    notify->place.config = config;
    for (size_t l = 0; l < medium_MAX; l++) {
        notify->lanes[l] = lane_open((enum medium)l, office, &notify->place, lane_moved, notify);
    }
    ENSURE(uv_timer_init(loop, &notify->look) == 0);
    notify->look.data = notify;
    uv_timer_start(&notify->look, on_look, LOOK_MS, LOOK_MS);
    tick(notify);
    return notify;
}

void notify_wake(struct notify *notify, const struct outbox_change *change)
{
    for (size_t l = 0; l < medium_MAX; l++) {
        lane_wake(notify->lanes[l]);
        if (change->retried[l]) {
            lane_end_pause(notify->lanes[l]);
        }
        if (change->withdrawn) {
            lane_give_back(notify->lanes[l]);
        }
    }
    tick(notify);
}

void notify_stop(struct notify *notify, void (*closed)(void *owner), void *owner)
{
    notify->stopping = true;
    notify->closed = closed;
    notify->owner = owner;
    for (size_t l = 0; l < medium_MAX; l++) {
        lane_stop(notify->lanes[l]);
    }
    tick(notify);
}
