/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From a message to the function that answers it, by the schema's tables alone: role, parameters,
 * where it runs. READ and WRITE methods run as office jobs on a database thread, where their
 * result is packed too; HERE methods run on the loop.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "protocol/wire.h"
#include "server/domain/access.h"
#include "server/office/office.h"
#include "server/staff/session.h"

/* One door for each method, so that functions of different parameters stand in one table. */
struct door {
    bool (*office)(struct op *op, const void *in, void *out);
    void (*here)(struct call *call, const void *in);
};

#define DOOR_READ(name)                                                                            \
    static bool door_##name(struct op *op, const void *in, void *out)                              \
    {                                                                                              \
        return office_##name(op, in, out);                                                         \
    }
#define DOOR_WRITE DOOR_READ
#define DOOR_HERE(name)                                                                            \
    static void door_##name(struct call *call, const void *in)                                     \
    {                                                                                              \
        staff_##name(call, in);                                                                    \
    }
#define M(name, params, result, role, how, doc) DOOR_##how(name)
METHODS(M)
#undef M

#define ROW_READ(name)                                                                             \
    {                                                                                              \
        .office = door_##name                                                                      \
    }
#define ROW_WRITE(name)                                                                            \
    {                                                                                              \
        .office = door_##name                                                                      \
    }
#define ROW_HERE(name)                                                                             \
    {                                                                                              \
        .here = door_##name                                                                        \
    }
static const struct door doors[METHOD_MAX] = {
#define M(name, params, result, role, how, doc) [METHOD_##name] = ROW_##how(name),
    METHODS(M)
#undef M
};

/* Keys are kept for a week: longer than any terminal waits to repeat a call. */
enum { KEY_SECONDS = 7 * 24 * 3600 };

struct actor call_actor(const struct call *call)
{
    return (struct actor){
        .kind = ACTOR_STAFF,
        .role = call->session->role,
        .user_id = call->session->user_id,
        .name = arena_text(call->arena, call->session->login),
    };
}

/* The first result under this key, if there is one. False: the key belongs to another method. */
static bool recall(struct call *call, bool *ret_found)
{
    struct op *op = &call->job.op;
    struct sqlite3_stmt *get = db_statement(op->db, SQL_call_key_get);
    db_bind_int(get, "user_id", op->actor.user_id);
    db_bind_text(get, "key", call->key);
    *ret_found = db_next(op->db, get);
    if (!*ret_found) {
        return true;
    }
    bool same = strcmp(db_text(get, 0, op->arena), methods[call->method].name) == 0;
    struct bytes result = db_blob(get, 1, op->arena);
    db_end(get);
    call->packed = result.data;
    call->packed_length = result.length;
    return same || op_conflict(op, "key", "was used for another method");
}

static bool remember(struct call *call)
{
    struct op *op = &call->job.op;
    struct sqlite3_stmt *expire = db_statement(op->db, SQL_call_key_expire);
    db_bind_int(expire, "at", op->now - KEY_SECONDS);
    db_exec(op->db, expire);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_call_key_add);
    db_bind_int(add, "user_id", op->actor.user_id);
    db_bind_text(add, "key", call->key);
    db_bind_text(add, "method", methods[call->method].name);
    db_bind_int(add, "at", op->now);
    db_bind_blob(add, "result", call->packed, call->packed_length);
    return db_exec(op->db, add);
}

/* On a database thread. */
static bool run(struct office_job *job)
{
    struct call *call = call_of(job);
    const struct record *record = methods[call->method].result;
    bool found = false;
    if (call->key != NULL && (!recall(call, &found) || found)) {
        return found && job->op.err.code == ERR_NONE;
    }
    void *result = arena_alloc(call->arena, record->size);
    if (!doors[call->method].office(&job->op, call->params, result) || db_failed(job->op.db)) {
        return false;
    }
    call->changed_user = call->method == METHOD_user_save ? result : NULL;
    struct buf packed = BUF_INIT;
    wire_pack(record, result, &packed);
    call->packed_length = packed.length;
    call->packed = arena_bytes(call->arena, packed.data, packed.length);
    buf_release(&packed);
    return call->key == NULL || remember(call);
}

static void call_free(struct call *call)
{
    struct session *session = call->session;
    arena_free(call->arena);
    free(call);
    session->calls--;
    if (session->gone || session->closing) {
        session_close(session);
    } else if (session->calls < SESSION_CALLS) {
        channel_resume(session->channel);
    }
}

static void send_and_free(struct call *call, struct buf *message)
{
    if (!call->session->closing) {
        channel_send(call->session->channel, message->data, message->length);
    }
    buf_release(message);
    call_free(call);
}

void call_reply(struct call *call, const void *result)
{
    struct buf message = BUF_INIT;
    rpc_write_result(&message, call->id, methods[call->method].result, result);
    send_and_free(call, &message);
}

void call_fail(struct call *call, const struct err *err)
{
    struct buf message = BUF_INIT;
    rpc_write_error(&message, call->id, err);
    send_and_free(call, &message);
}

static void done(struct office_job *job, bool ok)
{
    struct call *call = call_of(job);
    if (!ok) {
        call_fail(call, &job->op.err);
        return;
    }
    struct staff *staff = call->session->staff;
    struct rec_user user = { 0 };
    if (call->changed_user != NULL) {
        user = *call->changed_user;
    }
    struct buf message = BUF_INIT;
    rpc_write_result_bytes(&message, call->id, call->packed, call->packed_length);
    send_and_free(call, &message);
    if (user.id != 0) {
        signin_user_changed(staff, &user);
    }
}

static void start(struct call *call)
{
    const struct method_info *method = &methods[call->method];
    if (method->how == HOW_HERE) {
        doors[call->method].here(call, call->params);
        return;
    }
    struct office *office = call->session->staff->setup.office;
    call->job.op.arena = call->arena;
    call->job.op.actor = call_actor(call);
    call->job.run = run;
    call->job.done = done;
    if (method->how == HOW_WRITE) {
        office_start_write(office, &call->job);
    } else {
        office_start_read(office, &call->job);
    }
}

/* A session by LOCAL_LOGIN may do no more than `skrytkad user` needs. */
static bool local_allows(const struct session *session, enum method method, struct err *err)
{
    return !session->local || method == METHOD_user_save || method == METHOD_user_list ||
           err_set(err, ERR_forbidden, "", "this sign-in is only for managing staff users");
}

/* Everything that can be refused before anything is done. */
static bool prepare(struct call *call, const struct rpc_message *message, struct err *err)
{
    struct session *session = call->session;
    call->method = method_find(message->method, message->method_length);
    if (call->method == METHOD_MAX) {
        return session->signed_in
                   ? err_set(err, ERR_bad_request, "method", "there is no such method")
                   : err_set(err, ERR_unauthenticated, "", "hello must come first");
    }
    if (!access_allows(session->signed_in, session->role, call->method, err) ||
        !local_allows(session, call->method, err)) {
        return false;
    }
    if (message->body == NULL) {
        return err_set(err, ERR_bad_request, "params", "must be a list of one map");
    }
    const struct record *record = methods[call->method].params;
    call->params = arena_alloc(call->arena, record->size);
    if (!wire_unpack(record, message->body, call->arena, call->params, err)) {
        return false;
    }
    return methods[call->method].how != HOW_WRITE || rpc_key(message, call->arena, &call->key, err);
}

void dispatch(struct session *session, const void *bytes, size_t length)
{
    struct rpc_message message;
    struct err err = { 0 };
    if (!rpc_read(bytes, length, &message, &err) || message.type != RPC_REQUEST) {
        struct buf answer = BUF_INIT;
        uint32_t id = 0;
        frame_request_id(bytes, length, &id);
        if (err.code == ERR_NONE) {
            err_set(&err, ERR_bad_request, "", "only requests are taken");
            rpc_release(&message);
        }
        rpc_write_error(&answer, id, &err);
        channel_send(session->channel, answer.data, answer.length);
        buf_release(&answer);
        return;
    }
    struct call *call = memory_zeroed(sizeof *call);
    call->session = session;
    call->id = message.id;
    call->arena = arena_new();
    if (++session->calls >= SESSION_CALLS) {
        channel_pause(session->channel);
    }
    bool prepared = prepare(call, &message, &err);
    rpc_release(&message);
    if (prepared) {
        start(call);
    } else {
        call_fail(call, &err);
    }
}
