/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Sign-in. A hello goes in steps: find the user (a database thread), compare the password (libuv's
 * pool, at most two at once: each takes 64 MiB), and after a wrong one wait, so that guessing is
 * slow. Only wrong passwords count towards the wait; a malformed hello or a success never does.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "protocol/peer.h"
#include "server/office/password.h"
#include "server/staff/listener.h"
#include "server/staff/session.h"

enum {
    HASHES_AT_ONCE = 2,
    GUESSERS = 256,       /* remembered; the longest silent one makes room */
    WAIT_STEP_MS = 100,   /* the n-th wrong password in a row waits n times this */
    PATIENT_GUESSES = 10, /* then the wait doubles */
    WAIT_MAX_MS = 60000,
    FORGET_SECONDS = 900,
    PASSWD_BYTES = 4096,
};

/* Wrong passwords in a row for a login from a peer. */
struct guesser {
    char who[160];
    unsigned failures;
    int64_t last;
};

/* One hello on its way; in the call's arena. */
struct hello {
    struct call *call;
    struct hello *next;   /* in signin's lists */
    char peer[PEER_NAME]; /* the channel may be gone when the answer is known */
    uv_work_t work;
    uv_timer_t timer;
    bool has_uid;
    uid_t uid;
    struct rec_user user;
    bool found;
    const char *hash;
    bool fits; /* the password, or the OS user */
    struct rec_settings settings;
    int64_t last_event;
};

struct signin {
    uv_loop_t *loop;
    unsigned hashing;
    struct hello *to_hash; /* oldest first */
    struct hello *waiting; /* for their timers */
    struct guesser guessers[GUESSERS];
};

struct signin *signin_new(uv_loop_t *loop)
{
    struct signin *signin = memory_zeroed(sizeof *signin);
    signin->loop = loop;
    return signin;
}

void signin_free(struct signin *signin)
{
    free(signin);
}

static struct signin *signin_of(const struct call *call)
{
    return call->session->staff->signin;
}

static const struct rec_hello *params_of(const struct hello *hello)
{
    return hello->call->params;
}

/* The entry of this login and peer: found, or in the place of the longest silent one. */
static struct guesser *guesser_of(const struct hello *hello)
{
    struct signin *signin = signin_of(hello->call);
    const char *login = params_of(hello)->login;
    const char *who =
        arena_format(hello->call->arena, "%.80s %.70s", login != NULL ? login : "", hello->peer);
    struct guesser *oldest = &signin->guessers[0];
    for (size_t i = 0; i < GUESSERS; i++) {
        struct guesser *guesser = &signin->guessers[i];
        if (strcmp(guesser->who, who) == 0) {
            return guesser;
        }
        if (guesser->last < oldest->last) {
            oldest = guesser;
        }
    }
    *oldest = (struct guesser){ 0 };
    snprintf(oldest->who, sizeof oldest->who, "%s", who);
    return oldest;
}

/* Milliseconds to wait after one more wrong password. */
static uint64_t count_failure(struct guesser *guesser)
{
    int64_t now = clock_now();
    if (now - guesser->last > FORGET_SECONDS) {
        guesser->failures = 0;
    }
    guesser->last = now;
    guesser->failures++;
    if (guesser->failures <= PATIENT_GUESSES) {
        return WAIT_STEP_MS * (uint64_t)(guesser->failures - 1);
    }
    uint64_t wait = WAIT_STEP_MS * PATIENT_GUESSES;
    for (unsigned i = PATIENT_GUESSES; i < guesser->failures && wait < WAIT_MAX_MS; i++) {
        wait *= 2;
    }
    return wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS;
}

static void fail(struct hello *hello)
{
    struct err err;
    err_set(&err, ERR_unauthenticated, params_of(hello)->login != NULL ? "password" : "login",
            "login or password is wrong");
    call_fail(hello->call, &err);
}

static void timer_closed(uv_handle_t *handle)
{
    fail(handle->data);
}

static void stop_waiting(struct hello *hello)
{
    struct hello **at = &signin_of(hello->call)->waiting;
    while (*at != hello) {
        at = &(*at)->next;
    }
    *at = hello->next;
    uv_close((uv_handle_t *)&hello->timer, timer_closed);
}

static void waited(uv_timer_t *timer)
{
    stop_waiting(timer->data);
}

static void fail_later(struct hello *hello)
{
    struct signin *signin = signin_of(hello->call);
    uint64_t wait = count_failure(guesser_of(hello));
    log_warn("staff", "wrong password for \"%s\" from %s",
             params_of(hello)->login != NULL ? params_of(hello)->login : "", hello->peer);
    if (hello->call->session->closing) {
        fail(hello); /* nobody waits for the answer */
        return;
    }
    hello->next = signin->waiting;
    signin->waiting = hello;
    uv_timer_init(signin->loop, &hello->timer);
    hello->timer.data = hello;
    uv_timer_start(&hello->timer, waited, wait, 0);
}

void signin_hurry(struct signin *signin)
{
    while (signin->waiting != NULL) {
        stop_waiting(signin->waiting);
    }
}

static void take_session(struct hello *hello)
{
    const struct rec_hello *in = params_of(hello);
    struct session *session = hello->call->session;
    free(session->login);
    session->login = strdup(hello->user.login);
    ENSURE(session->login != NULL);
    session->signed_in = true;
    session->local = in->login != NULL && strcmp(in->login, LOCAL_LOGIN) == 0;
    session->role = hello->user.role;
    session->user_id = hello->user.id;
}

static void succeed(struct hello *hello)
{
    struct staff *staff = hello->call->session->staff;
    take_session(hello);
    struct rec_hello_result result = {
        .user = hello->user.login,
        .user_id = hello->user.id,
        .name = hello->user.name,
        .role = hello->user.role,
        .server_version = staff->setup.server_version,
        .last_event = staff->last_event,
        .office_name = hello->settings.office_name,
        .time_zone = hello->settings.time_zone,
        .hold_seconds = staff->setup.office->env.hold_seconds,
        .max_scan_bytes = staff->setup.max_scan_bytes,
        .now = clock_now(),
    };
    call_reply(hello->call, &result);
}

/* A password without a login says nothing: the OS user decides then. */
static bool by_password(const struct hello *hello)
{
    return params_of(hello)->password != NULL && params_of(hello)->login != NULL;
}

static void decide(struct hello *hello)
{
    if (hello->fits && hello->found && hello->user.active) {
        if (by_password(hello)) {
            guesser_of(hello)->failures = 0;
        }
        succeed(hello);
    } else if (by_password(hello)) {
        fail_later(hello);
    } else {
        fail(hello);
    }
}

static void compare(uv_work_t *work)
{
    struct hello *hello = work->data;
    hello->fits = password_fits(params_of(hello)->password, hello->hash);
}

static void start_hashing(struct signin *signin);

static void compared(uv_work_t *work, int status)
{
    struct hello *hello = work->data;
    struct signin *signin = signin_of(hello->call);
    (void)status;
    signin->hashing--;
    start_hashing(signin);
    decide(hello);
}

/* The caller's own call is not answered yet: its session, and so `signin`, outlives the loop. */
static void start_hashing(struct signin *signin)
{
    while (signin->hashing < HASHES_AT_ONCE && signin->to_hash != NULL) {
        struct hello *hello = signin->to_hash;
        signin->to_hash = hello->next;
        if (hello->call->session->closing) {
            fail(hello); /* whoever went away keeps nobody waiting */
            continue;
        }
        signin->hashing++;
        hello->work.data = hello;
        uv_queue_work(signin->loop, &hello->work, compare, compared);
    }
}

static void queue_hashing(struct hello *hello)
{
    struct signin *signin = signin_of(hello->call);
    struct hello **last = &signin->to_hash;
    if (hello->call->session->closing) {
        fail(hello);
        return;
    }
    while (*last != NULL) {
        last = &(*last)->next;
    }
    hello->next = NULL;
    *last = hello;
    start_hashing(signin);
}

/* The name of the OS user at the other end; NULL: not known. Database thread: it may take time. */
static const char *os_user_name(const struct hello *hello, struct arena *arena)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char *room = arena_alloc(arena, PASSWD_BYTES);
    if (!hello->has_uid || getpwuid_r(hello->uid, &entry, room, PASSWD_BYTES, &found) != 0 ||
        found == NULL) {
        return NULL;
    }
    return entry.pw_name;
}

static struct rec_user local_administrator(void)
{
    return (struct rec_user){
        .login = "skrytkad", .name = "skrytkad", .role = role_administrator, .active = true
    };
}

static void find_password(struct op *op, struct hello *hello)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_user_password);
    db_bind_int(get, "id", hello->user.id);
    if (db_next(op->db, get)) {
        hello->hash = db_text(get, 0, op->arena);
        db_end(get);
    }
}

/* On a database thread. */
static bool find_user(struct office_job *job)
{
    struct op *op = &job->op;
    struct hello *hello = call_of(job)->state;
    const struct rec_hello *in = params_of(hello);
    const char *os_user = os_user_name(hello, op->arena);
    hello->settings = op->settings;
    if (in->login != NULL && strcmp(in->login, LOCAL_LOGIN) == 0) {
        hello->user = local_administrator();
        hello->found = hello->has_uid && (hello->uid == 0 || hello->uid == geteuid());
        hello->fits = hello->found && in->password == NULL;
        return true;
    }
    if (in->login == NULL && os_user == NULL) {
        return true;
    }
    struct sqlite3_stmt *get =
        db_statement(op->db, in->login != NULL ? SQL_user_by_login : SQL_user_by_os_user);
    db_bind_text(get, in->login != NULL ? "login" : "os_user",
                 in->login != NULL ? in->login : os_user);
    hello->found = db_one(op->db, get, &record_user, &hello->user, op->arena);
    bool by_os_user = in->login == NULL || in->password == NULL;
    hello->fits = hello->found && by_os_user && os_user != NULL && hello->user.os_user != NULL &&
                  strcmp(hello->user.os_user, os_user) == 0;
    if (hello->found) {
        find_password(op, hello);
    }
    return true;
}

static void user_found(struct office_job *job, bool ok)
{
    struct call *call = call_of(job);
    struct hello *hello = call->state;
    if (!ok) {
        call_fail(call, &job->op.err);
    } else if (by_password(hello)) {
        queue_hashing(hello);
    } else {
        decide(hello);
    }
}

void staff_hello(struct call *call, const struct rec_hello *in)
{
    struct err err;
    if (in->protocol != SKRYTKA_PROTOCOL) {
        err_set(&err, ERR_bad_request, "protocol", "this server speaks protocol %d",
                SKRYTKA_PROTOCOL);
        call_fail(call, &err);
        return;
    }
    struct hello *hello = arena_one(call->arena, struct hello);
    hello->call = call;
    snprintf(hello->peer, sizeof hello->peer, "%s", channel_peer(call->session->channel));
    hello->has_uid = channel_peer_uid(call->session->channel, &hello->uid);
    call->state = hello;
    call->job.op.arena = call->arena;
    call->job.op.actor = actor_system();
    call->job.run = find_user;
    call->job.done = user_found;
    office_start_read(call->session->staff->setup.office, &call->job);
}

void signin_user_changed(struct staff *staff, const struct rec_user *user)
{
    struct session *next;
    for (struct session *session = staff->sessions; session != NULL; session = next) {
        next = session->next;
        if (!session->signed_in || session->closing || session->local ||
            session->user_id != user->id) {
            continue;
        }
        session->role = user->role;
        if (!user->active) {
            session_close(session);
        }
    }
}
