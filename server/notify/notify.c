/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/notify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/curl_loop.h"
#include "server/notify/transport.h"
#include "server/office/jobs.h"
#include "server/office/outbox.h"

/* Seconds that a server which cannot be reached is left alone, doubling. */
enum { PAUSE_FIRST = 5, PAUSE_LONGEST = 1800 };

/* Seconds until a database job that failed is tried again. */
enum { DATABASE_PAUSE = 5 };

/*
 * Due times are instants of the wall clock, which may be set, so the sender looks at it each
 * second instead of sleeping until then; no query is made for that.
 */
enum { LOOK_MS = 1000 };

/* Letters taken together share the memory that the database thread built them in. */
struct batch {
    struct arena *arena;
    size_t users;
};

enum attempt_state { ATTEMPT_FREE, ATTEMPT_SENDING, ATTEMPT_UNRECORDED, ATTEMPT_RECORDING };

/* A place for one message under way. */
struct attempt {
    struct sending sending;
    enum attempt_state state;
    struct lane *lane;
    struct batch *batch;
    struct office_job record;
    int64_t record_at; /* when UNRECORDED: not before */
};

/* One channel with its server. */
struct lane {
    struct notify *notify;
    enum medium channel;
    const struct transport_ops *ops; /* NULL: the channel is off */
    void *transport;
    size_t parallel;          /* messages that may be sent at once */
    struct attempt *attempts; /* twice as many: outcomes are recorded while the next are sent */
    size_t count;
    bool taking;
    bool woken;       /* while taking: what was asked for may be out of date */
    int64_t next_due; /* 0: nothing waits */
    int64_t pause;    /* seconds; 0: the server can be reached as far as we know */
    int64_t paused_at;
    struct office_job take;
    struct batch *take_batch;
    size_t take_limit;
    struct list taken;
    int64_t taken_next_due;
};

struct notify {
    struct office *office;
    struct transport_place place;
    uv_timer_t look;
    struct lane lanes[medium_MAX];
    struct office_job recover;
    struct arena *recover_arena;
    enum { RECOVER_NEEDED, RECOVERING, RECOVERED } recovery;
    bool stopping;
    bool closing;
    void (*closed)(void *owner);
    void *owner;
};

#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

static void tick(struct notify *notify);

static struct batch *batch_new(void)
{
    struct batch *batch = memory_zeroed(sizeof *batch);
    batch->arena = arena_new();
    batch->users = 1;
    return batch;
}

static void batch_leave(struct batch *batch)
{
    if (--batch->users > 0) {
        return;
    }
    arena_free(batch->arena);
    free(batch);
}

/* The place is free again. */
static void leave(struct attempt *attempt)
{
    attempt->state = ATTEMPT_FREE;
    batch_leave(attempt->batch);
}

static void job_prepare(struct office_job *job, struct arena *arena)
{
    *job = (struct office_job){ 0 };
    job->op.arena = arena;
    job->op.actor = actor_system();
}

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
    job_prepare(&notify->recover, notify->recover_arena);
    notify->recover.run = run_recover;
    notify->recover.done = recover_done;
    office_start_write(notify->office, &notify->recover);
}

/* How a try ended, into the database. */

static bool run_record(struct office_job *job)
{
    struct attempt *attempt = container_of(job, struct attempt, record);
    return outbox_record(&job->op, attempt->sending.letter->id, attempt->sending.outcome,
                         attempt->sending.answer);
}

static void record_done(struct office_job *job, bool ok)
{
    struct attempt *attempt = container_of(job, struct attempt, record);
    struct lane *lane = attempt->lane;
    if (!ok && job->op.err.code != ERR_unavailable) {
        log_error("notify", "message %" PRId64 " is not one that was being sent",
                  attempt->sending.letter->id);
    }
    if (ok || job->op.err.code != ERR_unavailable) {
        leave(attempt);
        lane->next_due = clock_now(); /* the next of its letter may go now */
        lane->woken = lane->taking;
    } else {
        attempt->state = ATTEMPT_UNRECORDED;
        attempt->record_at = clock_now() + DATABASE_PAUSE;
    }
    tick(lane->notify);
}

static void start_record(struct attempt *attempt)
{
    attempt->state = ATTEMPT_RECORDING;
    job_prepare(&attempt->record, attempt->batch->arena);
    attempt->record.run = run_record;
    attempt->record.done = record_done;
    office_start_write(attempt->lane->notify->office, &attempt->record);
}

/* Sending. */

static const char *outcome_name(enum delivery outcome)
{
    switch (outcome) {
    case DELIVERY_DONE: return "delivered";
    case DELIVERY_LATER: return "to be tried again";
    case DELIVERY_REFUSED: return "refused";
    case DELIVERY_UNREACHABLE: return "not tried, the server cannot be reached";
    }
    BUG("an outcome that is none");
}

static bool lane_paused(const struct lane *lane)
{
    int64_t since = clock_now() - lane->paused_at;
    return lane->pause > 0 && since >= 0 && since < lane->pause;
}

static void pause_lane(struct lane *lane)
{
    if (lane_paused(lane)) {
        return; /* several messages under way failed together */
    }
    lane->pause = lane->pause == 0 ? PAUSE_FIRST : 2 * lane->pause;
    if (lane->pause > PAUSE_LONGEST) {
        lane->pause = PAUSE_LONGEST;
    }
    lane->paused_at = clock_now();
    log_warn("notify", "%s: the server cannot be reached, next try in %" PRId64 " s",
             words_medium.at[lane->channel], lane->pause);
}

static void sending_done(struct sending *sending)
{
    struct attempt *attempt = container_of(sending, struct attempt, sending);
    struct lane *lane = attempt->lane;
    if (sending->broken_off) { /* stays "sending", as if the daemon had died */
        leave(attempt);
        tick(lane->notify);
        return;
    }
    if (sending->outcome == DELIVERY_UNREACHABLE) {
        pause_lane(lane);
    } else {
        lane->pause = 0;
    }
    log_line(sending->outcome == DELIVERY_DONE ? LOG_INFO : LOG_WARN, "notify",
             "message %" PRId64 " %s: %s", sending->letter->id, outcome_name(sending->outcome),
             sending->answer);
    start_record(attempt);
    tick(lane->notify);
}

static void start_sending(struct attempt *attempt, const struct outbox_letter *letter)
{
    struct lane *lane = attempt->lane;
    attempt->sending = (struct sending){ .letter = letter, .done = sending_done };
    attempt->batch = lane->take_batch;
    attempt->batch->users++;
    if (lane->ops) {
        attempt->state = ATTEMPT_SENDING;
        lane->ops->send(lane->transport, &attempt->sending);
    } else {
        sending_ended(&attempt->sending, DELIVERY_REFUSED, "[%s] is off",
                      words_medium.at[lane->channel]);
        start_record(attempt);
    }
}

/* Taking what is due. */

static bool run_take(struct office_job *job)
{
    struct lane *lane = container_of(job, struct lane, take);
    return outbox_take_due(&job->op, lane->channel, lane->take_limit, &lane->taken,
                           &lane->taken_next_due);
}

static struct attempt *free_attempt(struct lane *lane)
{
    for (size_t i = 0; i < lane->count; i++) {
        if (lane->attempts[i].state == ATTEMPT_FREE) {
            return &lane->attempts[i];
        }
    }
    BUG("more letters were taken than there are places");
}

static void take_done(struct office_job *job, bool ok)
{
    struct lane *lane = container_of(job, struct lane, take);
    struct notify *notify = lane->notify;
    int64_t now = clock_now();
    if (!ok) {
        lane->next_due = now + DATABASE_PAUSE;
    } else if (lane->woken) {
        lane->next_due = now;
    } else {
        lane->next_due = lane->taken_next_due;
        /* Due, but not given out: it waits for one that is under way, and then we are woken. */
        if (lane->taken.count == 0 && lane->next_due != 0 && lane->next_due <= now) {
            lane->next_due = now + 1;
        }
    }
    lane->woken = false;
    /* When stopping they stay marked "sending" and come back at the next start. */
    const struct outbox_letter *letters = lane->taken.at;
    for (size_t i = 0; ok && !notify->stopping && i < lane->taken.count; i++) {
        start_sending(free_attempt(lane), &letters[i]);
    }
    batch_leave(lane->take_batch);
    lane->taking = false;
    tick(notify);
}

static void start_take(struct lane *lane, size_t limit)
{
    lane->taking = true;
    lane->take_limit = limit;
    lane->taken = (struct list){ 0 };
    lane->take_batch = batch_new();
    job_prepare(&lane->take, lane->take_batch->arena);
    lane->take.run = run_take;
    lane->take.done = take_done;
    office_start_write(lane->notify->office, &lane->take);
}

/* The whole story of one channel. */
static void tick_lane(struct lane *lane)
{
    int64_t now = clock_now();
    size_t sending = 0;
    size_t places = 0;
    for (size_t i = 0; i < lane->count; i++) {
        struct attempt *attempt = &lane->attempts[i];
        if (attempt->state == ATTEMPT_UNRECORDED && now >= attempt->record_at) {
            start_record(attempt);
        }
        sending += attempt->state == ATTEMPT_SENDING;
        places += attempt->state == ATTEMPT_FREE;
    }
    if (places > lane->parallel - sending) {
        places = lane->parallel - sending;
    }
    if (lane->taking || lane->next_due == 0 || now < lane->next_due || lane_paused(lane)) {
        return;
    }
    if (lane->pause == 0 && places > 0) {
        start_take(lane, places);
    } else if (lane->pause > 0 && sending == 0 && places > 0) {
        start_take(lane, 1); /* one feels whether the server is back */
    }
}

/* Is nothing under way that uses our memory? */
static bool quiet(const struct notify *notify)
{
    if (notify->recovery == RECOVERING) {
        return false;
    }
    for (size_t l = 0; l < medium_MAX; l++) {
        const struct lane *lane = &notify->lanes[l];
        if (lane->taking) {
            return false;
        }
        for (size_t i = 0; i < lane->count; i++) {
            if (lane->attempts[i].state != ATTEMPT_FREE) {
                return false;
            }
        }
    }
    return true;
}

static void free_all(void *owner)
{
    struct notify *notify = owner;
    void (*closed)(void *) = notify->closed;
    void *closed_owner = notify->owner;
    for (size_t l = 0; l < medium_MAX; l++) {
        free(notify->lanes[l].attempts);
    }
    free(notify);
    closed(closed_owner);
}

/* Closes one after the other: clock, transports, curl. */
static void close_next(void *owner)
{
    struct notify *notify = owner;
    for (size_t l = 0; l < medium_MAX; l++) {
        struct lane *lane = &notify->lanes[l];
        const struct transport_ops *ops = lane->ops;
        lane->ops = NULL;
        if (ops) {
            ops->close(lane->transport, close_next, notify);
            return;
        }
    }
    curl_loop_close(notify->place.curl, free_all, notify);
}

static void look_closed(uv_handle_t *handle)
{
    close_next(handle->data);
}

/* What cannot be recorded now stays "sending" in the database, as if the daemon had died. */
static void drop_unrecorded(struct notify *notify)
{
    for (size_t l = 0; l < medium_MAX; l++) {
        for (size_t i = 0; i < notify->lanes[l].count; i++) {
            if (notify->lanes[l].attempts[i].state == ATTEMPT_UNRECORDED) {
                leave(&notify->lanes[l].attempts[i]);
            }
        }
    }
}

static void tick(struct notify *notify)
{
    if (notify->stopping) {
        drop_unrecorded(notify);
        if (!notify->closing && quiet(notify)) {
            notify->closing = true;
            uv_close((uv_handle_t *)&notify->look, look_closed);
        }
        return;
    }
    if (notify->recovery == RECOVER_NEEDED) {
        start_recover(notify);
    }
    if (notify->recovery != RECOVERED) {
        return;
    }
    for (size_t l = 0; l < medium_MAX; l++) {
        tick_lane(&notify->lanes[l]);
    }
}

static void on_look(uv_timer_t *timer)
{
    tick(timer->data);
}

static const struct transport_ops *chosen(enum medium channel, const struct config *config)
{
    static const char *const providers[] = {
#define PROVIDER(E, word) #word,
        CONFIG_WORDS_sms_provider(PROVIDER, )
#undef PROVIDER
    };
    const char *name = channel == medium_mail ? config->mail_url : providers[config->sms_provider];
    return transport_find(channel, name, strcspn(name, ":"));
}

static void open_lane(struct notify *notify, enum medium channel)
{
    struct lane *lane = &notify->lanes[channel];
    lane->notify = notify;
    lane->channel = channel;
    lane->parallel = (size_t)notify->place.config->mail_parallel;
    lane->count = 2 * lane->parallel;
    lane->attempts = memory_zeroed(memory_product(lane->count, sizeof *lane->attempts));
    for (size_t i = 0; i < lane->count; i++) {
        lane->attempts[i].lane = lane;
    }
    lane->next_due = clock_now();
    lane->ops = chosen(channel, notify->place.config);
    if (lane->ops) {
        lane->transport = lane->ops->open(&notify->place);
    }
}

struct notify *notify_start(uv_loop_t *loop, struct office *office, const struct config *config)
{
    struct notify *notify = memory_zeroed(sizeof *notify);
    notify->office = office;
    notify->place.loop = loop;
    notify->place.curl = curl_loop_new(loop);
    notify->place.config = config;
    for (size_t l = 0; l < medium_MAX; l++) {
        open_lane(notify, (enum medium)l);
    }
    ENSURE(uv_timer_init(loop, &notify->look) == 0);
    notify->look.data = notify;
    uv_timer_start(&notify->look, on_look, LOOK_MS, LOOK_MS);
    tick(notify);
    return notify;
}

void notify_wake(struct notify *notify)
{
    for (size_t l = 0; l < medium_MAX; l++) {
        struct lane *lane = &notify->lanes[l];
        lane->next_due = clock_now();
        lane->woken = lane->taking;
    }
    tick(notify);
}

void notify_stop(struct notify *notify, void (*closed)(void *owner), void *owner)
{
    notify->stopping = true;
    notify->closed = closed;
    notify->owner = owner;
    for (size_t l = 0; l < medium_MAX; l++) {
        struct lane *lane = &notify->lanes[l];
        for (size_t i = 0; i < lane->count; i++) {
            if (lane->attempts[i].state == ATTEMPT_SENDING && lane->ops->cancel) {
                lane->ops->cancel(lane->transport, &lane->attempts[i].sending);
            }
        }
    }
    tick(notify);
}
