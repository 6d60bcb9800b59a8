/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/lane.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/kill_point.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/attempt.h"
#include "server/office/jobs.h"
#include "server/office/outbox.h"

/* Seconds that a server which cannot be reached is left alone, doubling. */
enum { PAUSE_FIRST = 5, PAUSE_LONGEST = 1800 };

/* Seconds until a database job that failed is tried again. */
enum { DATABASE_PAUSE = 5 };

/* Messages claimed in one commit at most; one that then waits so long is given back. */
enum { CLAIM_MOST = 64, CLAIM_LONGEST_MS = 1000 };

/* An outcome on its way into the database, with what the database thread may look at. */
struct result {
    int64_t id;
    bool begun;
    enum delivery outcome;
    const char *answer;
};

struct lane {
    enum medium channel;
    struct office *office;
    const struct transport_place *place;
    const struct transport_ops *ops; /* NULL: the channel is off */
    void *transport;
    void (*moved)(void *owner);
    void *owner;
    bool stopping;
    bool ticking;

    size_t parallel; /* messages that may be sent at once */
    size_t ahead;    /* messages to claim beyond those: grows while there are enough */
    size_t sending;
    struct attempt *attempts;
    size_t count;
    struct attempts free;
    struct attempts claimed;
    struct attempts ended;
    struct attempts recorded; /* by the job that is under way */

    bool taking;
    bool woken;       /* while taking: what was asked for may be out of date */
    int64_t next_due; /* 0: nothing waits */
    struct office_job take;
    struct batch *take_batch;
    size_t take_limit;
    const char *take_except; /* recipient; in the batch's arena */
    struct list taken;
    int64_t taken_next_due;

    bool recording;
    int64_t record_at; /* not before: the database was in trouble */
    struct office_job record;
    struct result results[CLAIM_MOST];

    int64_t pause; /* seconds; 0: the server can be reached as far as we know */
    int64_t paused_at;
    bool pause_ended; /* by a person */
    uint64_t pauses;  /* begun so far */
};

/* The place is free again. */
static void leave(struct attempt *attempt)
{
    batch_leave(attempt->batch);
    attempts_put(&attempt->lane->free, attempt, ATTEMPT_FREE);
}

static void job_prepare(struct office_job *job, struct arena *arena)
{
    *job = (struct office_job){ 0 };
    job->op.arena = arena;
    job->op.actor = actor_system();
}

/* How tries ended, into the database. */

static bool record_one(struct op *op, const struct result *result)
{
    bool ok = result->begun ? outbox_record(op, result->id, result->outcome, result->answer)
                            : outbox_give_back(op, result->id);
    if (!ok && !db_failed(op->db)) {
        log_error("notify", "message %" PRId64 " is not one that was being sent", result->id);
    }
    return !db_failed(op->db);
}

static bool run_record(struct office_job *job)
{
    struct lane *lane = container_of(job, struct lane, record);
    for (size_t i = 0; i < lane->recorded.length; i++) {
        if (!record_one(&job->op, &lane->results[i])) {
            return false;
        }
    }
    KILL_POINT(recording);
    return true;
}

static void record_done(struct office_job *job, bool ok)
{
    struct lane *lane = container_of(job, struct lane, record);
    arena_free(job->op.arena);
    lane->recording = false;
    KILL_POINT(recorded);
    struct attempt *attempt;
    while ((attempt = attempts_get(&lane->recorded))) {
        /* What cannot be written while stopping stays "sending", as if the daemon had died. */
        if (ok || lane->stopping) {
            leave(attempt);
        } else {
            attempts_put(&lane->ended, attempt, ATTEMPT_ENDED);
        }
    }
    if (ok) {
        lane_wake(lane); /* the next of its letter may go now */
    } else {
        lane->record_at = clock_now() + DATABASE_PAUSE;
    }
    lane->moved(lane->owner);
}

static void start_record(struct lane *lane)
{
    while (lane->ended.first && lane->recorded.length < CLAIM_MOST) {
        struct attempt *attempt = attempts_get(&lane->ended);
        lane->results[lane->recorded.length] = (struct result){
            .id = attempt->sending.letter->id,
            .begun = attempt->begun,
            .outcome = attempt->sending.outcome,
            .answer = attempt->sending.answer,
        };
        attempts_put(&lane->recorded, attempt, ATTEMPT_RECORDING);
    }
    lane->recording = true;
    lane->record_at = 0;
    job_prepare(&lane->record, arena_new());
    lane->record.run = run_record;
    lane->record.done = record_done;
    office_start_write(lane->office, &lane->record);
}

/* The server as a whole. */

static bool is_paused(const struct lane *lane)
{
    int64_t since = clock_now() - lane->paused_at;
    return lane->pause > 0 && !lane->pause_ended && since >= 0 && since < lane->pause;
}

/* Does how this try ends tell of the server as it is now? */
static bool tells_of_now(const struct attempt *attempt)
{
    return attempt->pauses == attempt->lane->pauses;
}

static void begin_pause(struct lane *lane)
{
    lane->pause = lane->pause == 0 || lane->pause_ended ? PAUSE_FIRST : 2 * lane->pause;
    if (lane->pause > PAUSE_LONGEST) {
        lane->pause = PAUSE_LONGEST;
    }
    lane->pause_ended = false;
    lane->paused_at = clock_now();
    lane->pauses++;
    log_warn("notify", "%s: the server cannot be reached, next try in %" PRId64 " s",
             words_medium.at[lane->channel], lane->pause);
}

/* Sending. */

static void sending_done(struct sending *sending)
{
    struct attempt *attempt = container_of(sending, struct attempt, sending);
    struct lane *lane = attempt->lane;
    lane->sending--;
    KILL_POINT(answered);
    if (sending->broken_off) { /* stays "sending", as if the daemon had died */
        leave(attempt);
        lane->moved(lane->owner);
        return;
    }
    if (sending->outcome == DELIVERY_DONE) {
        lane->pause = 0;
    } else if (tells_of_now(attempt)) { /* of several that failed together the first counts */
        if (sending->outcome == DELIVERY_UNREACHABLE) {
            begin_pause(lane);
        } else {
            lane->pause = 0;
        }
    }
    attempt_log(attempt);
    attempts_put(&lane->ended, attempt, ATTEMPT_ENDED);
    lane->moved(lane->owner);
}

static void begin_sending(struct lane *lane, struct attempt *attempt)
{
    attempt->state = ATTEMPT_SENDING;
    attempt->begun = true;
    attempt->begun_at = uv_now(lane->place->loop);
    attempt->pauses = lane->pauses;
    if (lane->ops) {
        lane->sending++;
        KILL_POINT(sending);
        lane->ops->send(lane->transport, &attempt->sending);
    } else {
        sending_ended(&attempt->sending, DELIVERY_REFUSED, "[%s] is off",
                      words_medium.at[lane->channel]);
        attempts_put(&lane->ended, attempt, ATTEMPT_ENDED);
    }
}

/*
 * Is as much under way to this recipient as may be? One whose server thinks long of each mail must
 * leave a connection to the others.
 */
static bool has_enough(const struct lane *lane, const char *recipient)
{
    size_t most = lane->parallel > 1 ? lane->parallel - 1 : 1;
    size_t under_way = 0;
    for (size_t i = 0; i < lane->count; i++) {
        const struct attempt *attempt = &lane->attempts[i];
        under_way += attempt->state == ATTEMPT_SENDING &&
                     strcmp(attempt->sending.letter->recipient, recipient) == 0;
    }
    return under_way >= most;
}

/* One that has enough and is slow, so that no more need be claimed for it; NULL: none. */
static const char *slow_recipient(const struct lane *lane)
{
    for (size_t i = 0; i < lane->count; i++) {
        const struct attempt *attempt = &lane->attempts[i];
        if (attempt->state == ATTEMPT_SENDING &&
            uv_now(lane->place->loop) - attempt->begun_at > CLAIM_LONGEST_MS &&
            has_enough(lane, attempt->sending.letter->recipient)) {
            return attempt->sending.letter->recipient;
        }
    }
    return NULL;
}

/* A slow server: nobody could hold or drop what is claimed, however long its turn takes to come. */
static bool claimed_too_early(const struct lane *lane)
{
    const struct attempt *oldest = lane->claimed.first;
    return oldest && uv_now(lane->place->loop) - oldest->claimed_at > CLAIM_LONGEST_MS;
}

void lane_give_back(struct lane *lane)
{
    lane->ahead = 0;
    while (lane->claimed.first) {
        attempts_put(&lane->ended, attempts_get(&lane->claimed), ATTEMPT_ENDED);
    }
}

/* Claiming what is due. */

static bool run_take(struct office_job *job)
{
    struct lane *lane = container_of(job, struct lane, take);
    bool taken = outbox_take_due(&job->op, lane->channel, lane->take_except, lane->take_limit,
                                 &lane->taken, &lane->taken_next_due);
    if (lane->taken.count > 0) {
        KILL_POINT(claiming);
    }
    return taken;
}

static void claim(struct lane *lane, const struct outbox_letter *letter)
{
    struct attempt *attempt = attempts_get(&lane->free);
    ENSURE(attempt);
    attempt->sending =
        (struct sending){ .letter = letter, .config = lane->place->config, .done = sending_done };
    attempt->batch = lane->take_batch;
    attempt->batch->users++;
    attempt->claimed_at = uv_now(lane->place->loop);
    attempt->begun = false;
    attempts_put(&lane->claimed, attempt, ATTEMPT_CLAIMED);
}

static int64_t due_after(const struct lane *lane, bool ok)
{
    int64_t now = clock_now();
    if (!ok) {
        return now + DATABASE_PAUSE;
    }
    if (lane->woken) {
        return now;
    }
    /* Due, but not given out: it waits for one that is under way, and then we are woken. */
    bool blocked =
        lane->taken.count == 0 && lane->taken_next_due != 0 && lane->taken_next_due <= now;
    return blocked ? now + 1 : lane->taken_next_due;
}

static void take_done(struct office_job *job, bool ok)
{
    struct lane *lane = container_of(job, struct lane, take);
    lane->next_due = due_after(lane, ok);
    lane->woken = false;
    lane->taking = false;
    const struct outbox_letter *letters = lane->taken.at;
    if (ok && lane->taken.count > 0) {
        KILL_POINT(claimed);
    }
    for (size_t i = 0; ok && i < lane->taken.count; i++) {
        claim(lane, &letters[i]);
    }
    if (ok && lane->taken.count == lane->take_limit) {
        size_t more = lane->ahead == 0 ? lane->parallel : 2 * lane->ahead;
        lane->ahead = more < CLAIM_MOST ? more : CLAIM_MOST; /* there is a queue */
    }
    batch_leave(lane->take_batch);
    lane->moved(lane->owner);
}

static void start_take(struct lane *lane, size_t limit)
{
    lane->taking = true;
    lane->take_limit = limit;
    lane->taken = (struct list){ 0 };
    lane->take_batch = batch_new();
    const char *slow = slow_recipient(lane);
    lane->take_except = slow ? arena_text(lane->take_batch->arena, slow) : NULL;
    job_prepare(&lane->take, lane->take_batch->arena);
    lane->take.run = run_take;
    lane->take.done = take_done;
    office_start_write(lane->office, &lane->take);
}

/*
 * After a pause one feels whether the server is back. What hangs since before does not keep it from
 * that: it may hang for as long as an answer may take.
 */
static bool may_begin(const struct lane *lane)
{
    if (lane->sending >= lane->parallel || is_paused(lane)) {
        return false;
    }
    for (size_t i = 0; lane->pause > 0 && i < lane->count; i++) {
        const struct attempt *attempt = &lane->attempts[i];
        if (attempt->state == ATTEMPT_SENDING && tells_of_now(attempt)) {
            return false;
        }
    }
    return true;
}

/* How many to claim now; 0: none. */
static size_t wanted(const struct lane *lane)
{
    if (lane->taking || lane->next_due == 0 || clock_now() < lane->next_due) {
        return 0;
    }
    if (lane->pause > 0) {
        return lane->claimed.length == 0 && may_begin(lane) && lane->free.first ? 1 : 0;
    }
    size_t idle = lane->parallel - lane->sending;
    if (lane->claimed.length >= idle + lane->ahead / 2) {
        return 0;
    }
    size_t want = idle + lane->ahead - lane->claimed.length;
    want = want < CLAIM_MOST ? want : CLAIM_MOST;
    return want < lane->free.length ? want : lane->free.length;
}

/* Sends what is claimed, as far as the server lets us. */
static void begin_claimed(struct lane *lane)
{
    struct attempt **at = &lane->claimed.first;
    while (*at && may_begin(lane)) {
        if (has_enough(lane, (*at)->sending.letter->recipient)) {
            at = &(*at)->next;
        } else {
            begin_sending(lane, attempts_take_out(&lane->claimed, at));
        }
    }
}

/* The whole story of one channel. */
void lane_tick(struct lane *lane)
{
    if (lane->ticking) {
        return; /* a transport answered inside send() */
    }
    lane->ticking = true;
    if (lane->stopping || is_paused(lane)) {
        lane_give_back(lane);
    } else {
        begin_claimed(lane);
        if (claimed_too_early(lane)) {
            lane_give_back(lane);
        }
    }
    if (!lane->recording && lane->ended.first &&
        (lane->stopping || clock_now() >= lane->record_at)) {
        start_record(lane);
    }
    if (!lane->stopping && !is_paused(lane)) {
        size_t limit = wanted(lane);
        if (limit > 0) {
            start_take(lane, limit);
        }
    }
    lane->ticking = false;
}

void lane_wake(struct lane *lane)
{
    lane->next_due = clock_now();
    lane->woken = lane->taking;
}

void lane_end_pause(struct lane *lane)
{
    lane->pause_ended = lane->pause > 0;
}

void lane_stop(struct lane *lane)
{
    lane->stopping = true;
    for (size_t i = 0; i < lane->count; i++) {
        struct attempt *attempt = &lane->attempts[i];
        if (attempt->state == ATTEMPT_SENDING && lane->ops->cancel) {
            lane->ops->cancel(lane->transport, &attempt->sending);
        }
    }
}

bool lane_quiet(const struct lane *lane)
{
    return !lane->taking && lane->free.length == lane->count;
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

struct lane *lane_open(enum medium channel, struct office *office,
                       const struct transport_place *place, void (*moved)(void *owner), void *owner)
{
    struct lane *lane = memory_zeroed(sizeof *lane);
    lane->channel = channel;
    lane->office = office;
    lane->place = place;
    lane->moved = moved;
    lane->owner = owner;
    lane->parallel = (size_t)place->config->mail_parallel;
    /* Those being sent, those claimed ahead, and as many whose outcomes are being written. */
    lane->count = lane->parallel + 3 * CLAIM_MOST;
    lane->attempts = memory_zeroed(memory_product(lane->count, sizeof *lane->attempts));
    for (size_t i = 0; i < lane->count; i++) {
        lane->attempts[i].lane = lane;
        attempts_put(&lane->free, &lane->attempts[i], ATTEMPT_FREE);
    }
    lane->next_due = clock_now();
    lane->ops = chosen(channel, place->config);
    if (lane->ops) {
        lane->transport = lane->ops->open(place);
    }
    return lane;
}

void lane_close(struct lane *lane, void (*closed)(void *owner), void *owner)
{
    const struct transport_ops *ops = lane->ops;
    void *transport = lane->transport;
    free(lane->attempts);
    free(lane);
    if (ops) {
        ops->close(transport, closed, owner);
    } else {
        closed(owner);
    }
}
