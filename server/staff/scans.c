/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Scans on the wire: sent in pieces into the scan store, read in pieces out of it. */
#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "server/staff/session.h"
#include "server/staff/uploads.h"

void staff_scan_begin(struct call *call, const struct rec_scan_begin *in)
{
    struct err err;
    struct rec_upload result = { 0 };
    if (uploads_begin(call->session->staff->setup.uploads, call->session->user_id, in->name,
                      in->size, &result.upload, &err)) {
        call_reply(call, &result);
    } else {
        call_fail(call, &err);
    }
}

/* The answer of scan_data and scan_end: the upload that was named. */
static void answer(struct call *call, int64_t upload, const struct err *err)
{
    struct rec_upload result = { .upload = upload };
    if (err) {
        call_fail(call, err);
    } else {
        call_reply(call, &result);
    }
}

static void data_stored(void *owner, const struct err *err)
{
    struct call *call = owner;
    const struct rec_scan_data *in = call->params;
    answer(call, in->upload, err);
}

void staff_scan_data(struct call *call, const struct rec_scan_data *in)
{
    struct err err;
    if (!uploads_data(call->session->staff->setup.uploads, call->session->user_id, in->upload,
                      in->offset, in->data.data, in->data.length, data_stored, call, &err)) {
        call_fail(call, &err);
    }
}

static void upload_ended(void *owner, const struct err *err)
{
    struct call *call = owner;
    const struct rec_scan_end *in = call->params;
    answer(call, in->upload, err);
}

void staff_scan_end(struct call *call, const struct rec_scan_end *in)
{
    struct err err;
    if (!uploads_end(call->session->staff->setup.uploads, call->session->user_id, in->upload,
                     in->sha256, upload_ended, call, &err)) {
        call_fail(call, &err);
    }
}

/* Database thread. */
static bool find_scan(struct office_job *job)
{
    struct call *call = call_of(job);
    const struct rec_scan_read *in = call->params;
    struct sqlite3_stmt *get = db_statement(job->op.db, SQL_scan_get);
    db_bind_int(get, "id", in->id);
    call->state = arena_one(call->arena, struct rec_scan);
    return db_one(job->op.db, get, &record_scan, call->state, call->arena) ||
           op_not_found(&job->op, "id");
}

static void piece_read(void *owner, const struct err *err, const void *bytes, size_t length)
{
    struct call *call = owner;
    struct rec_scan_read_result result = { .data = { bytes, length } };
    if (err) {
        call_fail(call, err);
    } else {
        call_reply(call, &result);
    }
}

static void scan_found(struct office_job *job, bool ok)
{
    struct call *call = call_of(job);
    const struct rec_scan_read *in = call->params;
    const struct rec_scan *scan = call->state;
    if (ok) {
        scan_files_read(call->session->staff->setup.scan_files, scan->sha256, in->offset,
                        (size_t)in->length, piece_read, call);
    } else {
        call_fail(call, &job->op.err);
    }
}

void staff_scan_read(struct call *call, const struct rec_scan_read *in)
{
    struct err err;
    if (in->length <= 0 || in->length > LIMIT_CHUNK_BYTES) {
        err_set(&err, ERR_bad_request, "length", "must be from 1 to %d", LIMIT_CHUNK_BYTES);
    } else if (in->offset < 0) {
        err_set(&err, ERR_bad_request, "offset", "must not be negative");
    } else {
        call->job.op.arena = call->arena;
        call->job.op.actor = call_actor(call);
        call->job.run = find_scan;
        call->job.done = scan_found;
        office_start_read(call->session->staff->setup.office, &call->job);
        return;
    }
    call_fail(call, &err);
}
