/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* scan_preview: finds the file of a scan or a finished upload, and has a page of it drawn. */
#include <limits.h>
#include <string.h>

#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "server/office/uploads.h"
#include "server/preview/preview.h"
#include "server/staff/session.h"

enum { PAGES_MAX = 10000 };

static const char *source_field(const struct rec_scan_preview *in)
{
    return in->has_id ? "id" : "upload";
}

/* Database thread. */
static bool find_file(struct office_job *job)
{
    struct call *call = call_of(job);
    const struct rec_scan_preview *in = call->params;
    struct rec_scan *scan = arena_one(call->arena, struct rec_scan);
    call->state = scan;
    if (!in->has_id) {
        return upload_find(&job->op, in->upload, "upload", scan);
    }
    struct sqlite3_stmt *get = db_statement(job->op.db, SQL_scan_get);
    db_bind_int(get, "id", in->id);
    return db_one(job->op.db, get, &record_scan, scan, call->arena) || op_not_found(&job->op, "id");
}

static void on_drawn(void *owner, const struct err *err,
                     const struct rec_scan_preview_result *result)
{
    struct drawing *drawing = owner;
    struct call *call = drawing->call;
    struct drawing **at = &call->session->drawings;
    while (*at != drawing) {
        at = &(*at)->next;
    }
    *at = drawing->next;
    if (err == NULL) {
        call_reply(call, result);
    } else if (err->code == ERR_bad_request) { /* it is the file that cannot be used */
        struct err named;
        err_set(&named, err->code, source_field(call->params), "%s", err->detail);
        call_fail(call, &named);
    } else {
        call_fail(call, err);
    }
}

static bool describe(const struct call *call, char path[PATH_MAX], struct preview_ask *ret,
                     struct err *err)
{
    const struct rec_scan_preview *in = call->params;
    const struct rec_scan *scan = call->state;
    enum scan_type type = scan_type_of_media(scan->type);
    const char *directory = call->session->staff->setup.office->env.directory;
    if (type == SCAN_UNKNOWN || !scan_files_path(directory, scan->sha256, path, PATH_MAX)) {
        return err_set(err, ERR_unavailable, "", "the scan's row is damaged");
    }
    *ret = (struct preview_ask){
        .path = path,
        .sha256 = scan->sha256,
        .type = type,
        .number = in->has_page ? (int)in->page : 1,
        .wanted = { .part = in->has_part ? in->part : preview_part_address,
                    .width = (int)in->width,
                    .height = (int)in->height },
        .arena = call->arena,
    };
    return true;
}

static unsigned count_drawings(const struct session *session)
{
    unsigned count = 0;
    for (const struct drawing *drawing = session->drawings; drawing; drawing = drawing->next) {
        count++;
    }
    return count;
}

static void file_found(struct office_job *job, bool ok)
{
    struct call *call = call_of(job);
    struct session *session = call->session;
    struct drawing *drawing = arena_one(call->arena, struct drawing);
    struct preview_ask ask;
    char path[PATH_MAX];
    struct err err;
    if (!ok) {
        err = job->op.err;
    } else if (session->closing || count_drawings(session) >= LIMIT_OPEN_PREVIEWS) {
        err_set(&err, ERR_unavailable, "", session->closing ? "cancelled" : "busy");
    } else if (describe(call, path, &ask, &err)) {
        drawing->call = call;
        drawing->preview =
            preview_start(session->staff->setup.previews, &ask, on_drawn, drawing, &err);
    }
    if (drawing->preview == NULL) {
        call_fail(call, &err);
        return;
    }
    drawing->next = session->drawings;
    session->drawings = drawing;
}

static bool is_sane(const struct rec_scan_preview *in, struct err *err)
{
    if (in->has_id == in->has_upload) {
        return err_set(err, ERR_bad_request, "id", "give either id or upload");
    }
    if (in->width < 1 || in->width > LIMIT_PREVIEW_DOTS) {
        return err_set(err, ERR_bad_request, "width", "must be from 1 to %d", LIMIT_PREVIEW_DOTS);
    }
    if (in->height < 1 || in->height > LIMIT_PREVIEW_DOTS) {
        return err_set(err, ERR_bad_request, "height", "must be from 1 to %d", LIMIT_PREVIEW_DOTS);
    }
    return !in->has_page || (in->page >= 1 && in->page <= PAGES_MAX) ||
           err_set(err, ERR_bad_request, "page", "must be from 1 to %d", PAGES_MAX);
}

void staff_scan_preview(struct call *call, const struct rec_scan_preview *in)
{
    struct err err;
    if (!is_sane(in, &err)) {
        call_fail(call, &err);
        return;
    }
    call->job.op.arena = call->arena;
    call->job.op.actor = call_actor(call);
    call->job.run = find_file;
    call->job.done = file_found;
    office_start_read(call->session->staff->setup.office, &call->job);
}

void previews_drop(struct session *session)
{
    for (struct drawing *drawing = session->drawings; drawing != NULL; drawing = drawing->next) {
        preview_cancel(drawing->preview);
    }
}
