/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The live feed. Events come here after their commit, in the order of their ids; each is packed
 * once and shared by all who listen. A session that asks for what it missed catches up by pages
 * from the table and skips live events meanwhile; it is live when a page ends at the newest event
 * announced, so nothing is missed and nothing comes twice.
 */
#include <stdlib.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/memory.h"
#include "protocol/sendqueue.h"
#include "server/office/office.h"
#include "server/staff/session.h"

enum { PAGE = LIMIT_PAGE_ROWS };

static struct shared_bytes *pack(const struct rec_event *event)
{
    struct buf message = BUF_INIT;
    rpc_write_notification(&message, "event", &record_event, event);
    struct shared_bytes *shared = shared_bytes_new(message.data, message.length);
    buf_release(&message);
    return shared;
}

static bool listens(const struct session *session)
{
    return session->subscribed && !session->catching_up && !session->closing;
}

static void announce_one(struct staff *staff, const struct rec_event *event)
{
    if (event->kind == event_kind_scan_request_fulfilled ||
        event->kind == event_kind_scan_request_cancelled) {
        claims_forget(&staff->setup.office->claims, event->request_id);
    }
    struct shared_bytes *message = pack(event);
    for (struct session *session = staff->sessions; session != NULL; session = session->next) {
        if (listens(session)) {
            channel_send_shared(session->channel, message);
            session->last_sent = event->id;
        }
    }
    shared_bytes_release(message);
}

void staff_announce(struct staff *staff, const struct rec_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        staff->last_event = events[i].id;
        announce_one(staff, &events[i]);
    }
}

/* One page of what a session missed, on its way. */
struct catching_up {
    struct office_job job;
    struct session *session;
    struct rec_event_list_result page;
};

static bool read_page(struct office_job *job)
{
    struct catching_up *reading = (struct catching_up *)job;
    struct rec_event_list in = {
        .after = reading->session->last_sent, .has_after = true, .limit = PAGE, .has_limit = true
    };
    return office_event_list(&job->op, &in, &reading->page);
}

static void page_read(struct office_job *job, bool ok)
{
    struct catching_up *reading = (struct catching_up *)job;
    struct session *session = reading->session;
    const struct rec_event *events = reading->page.events.at;
    for (size_t i = 0; ok && i < reading->page.events.count && !session->closing; i++) {
        struct buf message = BUF_INIT;
        rpc_write_notification(&message, "event", &record_event, &events[i]);
        channel_send(session->channel, message.data, message.length);
        buf_release(&message);
        session->last_sent = events[i].id;
    }
    arena_free(job->op.arena);
    free(reading);
    session->calls--;
    if (session->closing || !ok) {
        session_close(session);
    } else if (session->last_sent < session->staff->last_event) {
        feed_catch_up(session);
    } else {
        session->catching_up = false;
    }
}

void feed_catch_up(struct session *session)
{
    struct catching_up *reading = memory_zeroed(sizeof *reading);
    session->catching_up = true;
    session->calls++;
    reading->session = session;
    reading->job.op.arena = arena_new();
    reading->job.op.actor = actor_system();
    reading->job.run = read_page;
    reading->job.done = page_read;
    office_start_read(session->staff->setup.office, &reading->job);
}

void staff_events_subscribe(struct call *call, const struct rec_events_subscribe *in)
{
    struct session *session = call->session;
    int64_t newest = session->staff->last_event;
    bool already = session->subscribed;
    int64_t after = in->has_after && in->after < newest ? in->after : newest;
    session->subscribed = true;
    struct rec_events_subscribe_result result = { .last_event = newest };
    call_reply(call, &result); /* `in` is gone with it */
    if (already) {
        return; /* it misses nothing, and nothing comes twice */
    }
    session->last_sent = after;
    if (session->last_sent < newest) {
        feed_catch_up(session);
    }
}

/* A claim that was taken or let go: told to all, but no row of the journal. */
static void announce_claim(struct staff *staff, const struct rec_scan_request *request,
                           const char *actor, const char *detail)
{
    struct rec_event event = {
        .id = staff->last_event, /* not a new one: whoever catches up misses nothing */
        .at = clock_now(),
        .actor = actor,
        .kind = event_kind_scan_request_claimed,
        .item_id = request->item_id,
        .has_item_id = true,
        .client_id = request->client_id,
        .has_client_id = true,
        .request_id = request->id,
        .has_request_id = true,
        .client_name = request->client_name,
        .client_code = request->client_code,
        .counterparty = request->counterparty,
        .detail = detail,
    };
    announce_one(staff, &event);
}

void feed_drop_claims(struct session *session)
{
    struct staff *staff = session->staff;
    int64_t request_id;
    while ((request_id = claims_drop_one(&staff->setup.office->claims, session)) != 0) {
        struct rec_event event = {
            .id = staff->last_event,
            .at = clock_now(),
            .actor = session->login,
            .kind = event_kind_scan_request_claimed,
            .request_id = request_id,
            .has_request_id = true,
            .detail = "released",
        };
        announce_one(staff, &event);
    }
}

static bool load_claimed(struct office_job *job)
{
    struct call *call = call_of(job);
    const struct rec_scan_request_claim *in = call->params;
    struct rec_by_id by_id = { .id = in->id };
    return office_scan_request_get(&job->op, &by_id, call->state);
}

static void claimed(struct office_job *job, bool ok)
{
    struct call *call = call_of(job);
    const struct rec_scan_request_claim *in = call->params;
    struct session *session = call->session;
    struct claims *claims = &job->office->claims;
    struct rec_scan_request *request = call->state;
    if (!ok || session->closing) {
        call_fail(call, &job->op.err);
        return;
    }
    bool release = in->has_release && in->release;
    bool was = request->claimed_by != NULL;
    bool mine = release ? claims_let_go(claims, in->id, session)
                        : claims_take(claims, in->id, session, session->login);
    request->claimed_by = claims_who(claims, in->id, call->arena);
    if (mine && (release || !was)) {
        announce_claim(session->staff, request, session->login, release ? "released" : "taken");
    }
    call_reply(call, request);
}

void staff_scan_request_claim(struct call *call, const struct rec_scan_request_claim *in)
{
    (void)in;
    call->state = arena_alloc(call->arena, record_scan_request.size);
    call->job.op.arena = call->arena;
    call->job.op.actor = call_actor(call);
    call->job.run = load_claimed;
    call->job.done = claimed;
    office_start_read(call->session->staff->setup.office, &call->job);
}
