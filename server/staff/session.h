/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One connection of a terminal or script, and the calls on their way. What the files of staff/
 * share; nobody else includes this. Loop thread, but where said.
 */
#ifndef SKRYTKA_STAFF_SESSION_H
#define SKRYTKA_STAFF_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "protocol/channel.h"
#include "protocol/rpc.h"
#include "server/office/jobs.h"
#include "server/staff/staff.h"

/* Calls of one connection that may be under way; the next is read when one is answered. */
enum { SESSION_CALLS = 64 };

struct session {
    struct staff *staff;
    struct channel *channel;
    struct session *previous; /* in staff->sessions */
    struct session *next;
    unsigned calls; /* under way; the session lives until they are done */
    bool gone;      /* the channel is closed */
    bool closing;

    int64_t since; /* connected at, UTC seconds */
    bool signed_in;
    bool local; /* by LOCAL_LOGIN: only staff users */
    enum role role;
    int64_t user_id;
    char *login; /* malloc'ed */

    struct drawing *drawings; /* under way (previews.c) */

    /* The event feed (feed.c). */
    bool subscribed;
    bool catching_up;
    int64_t last_sent;
};

/* One call on its way; freed by call_reply() and call_fail(), one of which must come. */
struct call {
    struct session *session;
    uint32_t id;
    enum method method;
    struct arena *arena;
    void *params;          /* struct rec_<params>, in the arena */
    const char *key;       /* idempotency key; NULL: none */
    struct office_job job; /* for whoever needs one */
    const void *packed;    /* the answer of an office function, packed on the database thread */
    size_t packed_length;
    const struct rec_user *changed_user; /* what user_save made of it, in the arena */
    void *state; /* of a function of staff/ that goes in steps; in the arena */
};

/* The call that an office job belongs to. */
static inline struct call *call_of(struct office_job *job)
{
    return (struct call *)((char *)job - offsetof(struct call, job));
}

/* A preview that a call waits for. */
struct drawing {
    struct drawing *next;
    struct call *call;
    struct preview *preview;
};

struct staff {
    struct staff_setup setup;
    struct session *sessions;
    size_t count;
    int64_t last_event; /* id of the newest event announced */
    struct signin *signin;
    struct listener *listeners;
    uv_timer_t hello_timer; /* runs while somebody is not signed in */
    bool hello_timer_closed;
    bool closing;
    void (*closed)(void *owner);
    void *closed_owner;
};

/* Answers a call with a record of its method's result, or with an error, and frees it. */
void call_reply(struct call *call, const void *result);
void call_fail(struct call *call, const struct err *err);

/* Who acts in this call. */
struct actor call_actor(const struct call *call);

/* Takes a connection of a listener. */
void session_accept(struct staff *staff, uv_stream_t *listener, struct tls_context *tls);

/* Cuts off who is not signed in after LIMIT_HELLO_SECONDS; for staff->hello_timer. */
void session_check_hellos(uv_timer_t *timer);

/* Closes the connection; the session goes when its calls are done. */
void session_close(struct session *session);

/* One whole message came. */
void dispatch(struct session *session, const void *bytes, size_t length);

/*
 * The functions for methods that are HERE in the schema: staff_<method>(call, params). A method
 * without its function does not link.
 */
#define STAFF_READ(name, params)
#define STAFF_WRITE(name, params)
#define STAFF_HERE(name, params)                                                                   \
    void staff_##name(struct call *call, const struct rec_##params *in);
#define M(name, params, result, role, how, doc) STAFF_##how(name, params)
METHODS(M)
#undef M

/* signin.c: delays after wrong passwords, at most two hashes at once. */
struct signin *signin_new(uv_loop_t *loop);
void signin_free(struct signin *signin);

/* The daemon ends: nobody waits for the punishment of a wrong password any more. */
void signin_hurry(struct signin *signin);

/* A user was changed: the user's sessions take on the new role, or end. */
void signin_user_changed(struct staff *staff, const struct rec_user *user);

/* feed.c: the session is behind; sends what it missed, then it is live. */
void feed_catch_up(struct session *session);

/* previews.c. The session ends: nobody waits for its previews. */
void previews_drop(struct session *session);

/* The session ends: the requests it had open are free again, and the others hear of it. */
void feed_drop_claims(struct session *session);

#endif
