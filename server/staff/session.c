/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/staff/session.h"

#include <stdlib.h>

#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/staff/listener.h"

enum {
    HELLO_CHECK_MS = 1000,
    /* Connected and not signed in; a process has 1024 descriptors unless told otherwise. */
    STRANGERS_MAX = 400,
};

static void unlink_session(struct session *session)
{
    struct staff *staff = session->staff;
    if (session->previous != NULL) {
        session->previous->next = session->next;
    } else {
        staff->sessions = session->next;
    }
    if (session->next != NULL) {
        session->next->previous = session->previous;
    }
    staff->count--;
}

/* Frees it once the channel is closed and no call is under way. */
static void free_if_done(struct session *session)
{
    if (!session->gone || session->calls > 0) {
        return;
    }
    struct staff *staff = session->staff;
    unlink_session(session);
    free(session->login);
    free(session);
    staff_closed_part(staff);
}

static void channel_closed(void *owner)
{
    struct session *session = owner;
    session->gone = true;
    free_if_done(session);
}

void session_close(struct session *session)
{
    if (session->closing) {
        free_if_done(session);
        return;
    }
    session->closing = true;
    feed_drop_claims(session);
    previews_drop(session);
    channel_close(session->channel, channel_closed);
}

static void on_open(void *owner)
{
    struct session *session = owner;
    log_debug("staff", "connection from %s", channel_peer(session->channel));
}

static void on_frame(void *owner, const void *bytes, size_t length)
{
    dispatch(owner, bytes, length);
}

/* The stream cannot be followed any more: say why, then end it. */
static void on_bad_frame(void *owner, enum frame_state state, const void *bytes, size_t length)
{
    struct session *session = owner;
    struct err err;
    struct buf answer = BUF_INIT;
    uint32_t id = 0;
    frame_request_id(bytes, length, &id);
    bool size = state == FRAME_TOO_LONG || state == FRAME_TOO_DEEP || state == FRAME_TOO_MANY;
    err_set(&err, size ? ERR_too_large : ERR_bad_request, "params", "%s", frame_explain(state));
    rpc_write_error(&answer, id, &err);
    channel_send(session->channel, answer.data, answer.length);
    buf_release(&answer);
    log_warn("staff", "%s: %s", channel_peer(session->channel), frame_explain(state));
    channel_finish(session->channel);
}

static void on_end(void *owner, const char *why)
{
    struct session *session = owner;
    log_debug("staff", "%s: %s", channel_peer(session->channel), why);
    session_close(session);
}

static const struct channel_ops session_ops = {
    .on_open = on_open,
    .on_frame = on_frame,
    .on_bad_frame = on_bad_frame,
    .on_end = on_end,
};

/* Whoever knocks and says nothing must not keep out the office: the oldest makes room. */
static void make_room(struct staff *staff)
{
    size_t strangers = 0;
    struct session *oldest = NULL;
    for (struct session *session = staff->sessions; session != NULL; session = session->next) {
        if (!session->signed_in && !session->closing) {
            strangers++;
            oldest = session->calls == 0 ? session : oldest;
        }
    }
    if (strangers > STRANGERS_MAX && oldest != NULL) {
        log_warn("staff", "%s: too many connections are not signed in",
                 channel_peer(oldest->channel));
        session_close(oldest);
    }
}

void session_check_hellos(uv_timer_t *timer)
{
    struct staff *staff = timer->data;
    int64_t before = clock_now() - LIMIT_HELLO_SECONDS;
    bool somebody = false;
    struct session *next;
    for (struct session *session = staff->sessions; session != NULL; session = next) {
        next = session->next;
        if (session->signed_in || session->closing) {
            continue;
        }
        /* A hello that is being looked at, or that waits after a wrong password, is answered. */
        if (session->since <= before && session->calls == 0) {
            log_info("staff", "%s: no sign-in within %d seconds", channel_peer(session->channel),
                     LIMIT_HELLO_SECONDS);
            session_close(session);
        } else {
            somebody = true;
        }
    }
    if (!somebody) {
        uv_timer_stop(timer);
    }
}

void session_accept(struct staff *staff, uv_stream_t *listener, struct tls_context *tls)
{
    struct session *session = memory_zeroed(sizeof *session);
    struct channel_setup setup = {
        .ops = &session_ops, .owner = session, .limits = &frame_limits_request, .tls = tls
    };
    session->staff = staff;
    session->since = clock_now();
    int error = channel_accept(listener, &setup, &session->channel);
    if (error != 0) {
        log_warn("staff", "a connection could not be taken: %s", uv_strerror(error));
        free(session);
        return;
    }
    session->next = staff->sessions;
    if (session->next != NULL) {
        session->next->previous = session;
    }
    staff->sessions = session;
    staff->count++;
    make_room(staff);
    if (!uv_is_active((uv_handle_t *)&staff->hello_timer)) {
        uv_timer_start(&staff->hello_timer, session_check_hellos, HELLO_CHECK_MS, HELLO_CHECK_MS);
    }
}
