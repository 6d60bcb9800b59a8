/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/staff/uploads.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/office/jobs.h"
#include "server/office/uploads.h"

enum {
    NAME_BYTES = 200,
    EXTENSION_ROOM = 8, /* for the one that is added to a name without */
    EXPIRY_MINUTES = 5,
};

struct upload {
    struct uploads *uploads;
    struct upload *next;
    int64_t id;
    int64_t user_id;
    uint64_t touched; /* milliseconds of the loop's clock */
    char name[NAME_BYTES + EXTENSION_ROOM];
    struct scan_upload *scan;
    struct finish *finish; /* NULL until scan_end */
};

/* scan_end on its way: the store's work, then the row; or a look at the row made before. */
struct finish {
    /* First: its functions go from the one to the other. */
    struct office_job job;
    struct uploads *uploads;
    struct upload *upload; /* NULL: repeated, it may be finished already */
    int64_t id;
    struct rec_scan scan;
    struct err err;
    uploads_done done;
    void *owner;
};

struct uploads {
    uv_timer_t timer;
    struct office *office;
    struct scan_files *files;
    int64_t max_bytes;
    struct upload *first;
    unsigned finishing;
    bool closing;
    bool timer_closed;
    void (*closed)(void *owner);
    void *closed_owner;
};

static void upload_remove(struct upload *upload)
{
    struct upload **at = &upload->uploads->first;
    while (*at != upload) {
        at = &(*at)->next;
    }
    *at = upload->next;
    free(upload);
}

/* Those that scan_end was not called for, and were not touched since `before`. */
static void drop_idle(struct uploads *uploads, uint64_t before)
{
    struct upload *next;
    for (struct upload *upload = uploads->first; upload; upload = next) {
        next = upload->next;
        if (!upload->finish && upload->touched < before) {
            scan_upload_abort(upload->scan);
            upload_remove(upload);
        }
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct uploads *uploads = timer->data;
    uint64_t now = uv_now(timer->loop);
    uint64_t life = (uint64_t)UPLOAD_LIFE * 1000;
    drop_idle(uploads, now > life ? now - life : 0);
}

struct uploads *uploads_open(uv_loop_t *loop, struct office *office, struct scan_files *files,
                             int64_t max_scan_bytes)
{
    struct uploads *uploads = memory_zeroed(sizeof *uploads);
    uploads->office = office;
    uploads->files = files;
    uploads->max_bytes = max_scan_bytes;
    uploads->timer.data = uploads;
    ENSURE(uv_timer_init(loop, &uploads->timer) == 0);
    uint64_t period = (uint64_t)EXPIRY_MINUTES * 60 * 1000;
    ENSURE(uv_timer_start(&uploads->timer, on_timer, period, period) == 0);
    return uploads;
}

static void close_when_idle(struct uploads *uploads)
{
    if (!uploads->timer_closed || uploads->finishing > 0) {
        return;
    }
    void (*closed)(void *owner) = uploads->closed;
    void *owner = uploads->closed_owner;
    free(uploads);
    closed(owner);
}

static void timer_closed(uv_handle_t *handle)
{
    struct uploads *uploads = handle->data;
    uploads->timer_closed = true;
    close_when_idle(uploads);
}

void uploads_close(struct uploads *uploads, void (*closed)(void *owner), void *owner)
{
    uploads->closing = true;
    uploads->closed = closed;
    uploads->closed_owner = owner;
    drop_idle(uploads, UINT64_MAX);
    uv_close((uv_handle_t *)&uploads->timer, timer_closed);
}

static struct upload *find(struct uploads *uploads, int64_t user_id, int64_t id)
{
    struct upload *upload = uploads->first;
    while (upload && (upload->id != id || upload->user_id != user_id)) {
        upload = upload->next;
    }
    return upload;
}

/* A number that every MessagePack and JSON reader holds exactly: 1 to 2^53 - 1. */
static int64_t random_id(struct uploads *uploads)
{
    int64_t id;
    struct upload *same;
    do {
        uint64_t bits;
        randombytes_buf(&bits, sizeof bits);
        id = (int64_t)(bits >> 11);
        for (same = uploads->first; same && same->id != id; same = same->next) {
            ;
        }
    } while (id == 0 || same);
    return id;
}

/* What is left of a path that a peer gave: the last name. NULL when that is none. */
static const char *last_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *backslash = strrchr(name, '\\');
    if (slash && (!backslash || slash > backslash)) {
        name = slash + 1;
    } else if (backslash) {
        name = backslash + 1;
    }
    name += strspn(name, " ");
    return *name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? NULL : name;
}

bool uploads_begin(struct uploads *uploads, int64_t user_id, const char *name, int64_t size,
                   int64_t *ret_upload, struct err *ret_err)
{
    int open = 0;
    for (struct upload *other = uploads->first; other; other = other->next) {
        open += other->user_id == user_id;
    }
    name = last_name(name);
    if (!name || strlen(name) > NAME_BYTES) {
        return err_set(ret_err, ERR_bad_request, "name", "must be a file name of at most %d bytes",
                       NAME_BYTES);
    }
    if (size <= 0) {
        return err_set(ret_err, ERR_bad_request, "size", "must be at least 1");
    }
    if (size > uploads->max_bytes) {
        return err_set(ret_err, ERR_too_large, "size", "a scan has at most %lld bytes",
                       (long long)uploads->max_bytes);
    }
    if (open >= LIMIT_OPEN_UPLOADS) {
        return err_set(ret_err, ERR_too_large, "upload", "%d files are being sent already", open);
    }

    struct upload *upload = memory_zeroed(sizeof *upload);
    upload->uploads = uploads;
    upload->id = random_id(uploads);
    upload->user_id = user_id;
    upload->touched = uv_now(uploads->timer.loop);
    memcpy(upload->name, name, strlen(name));
    upload->scan = scan_upload_begin(uploads->files, size);
    upload->next = uploads->first;
    uploads->first = upload;
    *ret_upload = upload->id;
    return true;
}

bool uploads_data(struct uploads *uploads, int64_t user_id, int64_t id, int64_t offset,
                  const void *bytes, size_t length, uploads_done done, void *owner,
                  struct err *ret_err)
{
    struct upload *upload = find(uploads, user_id, id);
    if (!upload || upload->finish) {
        return err_set(ret_err, ERR_not_found, "upload", "no file of this number is being sent");
    }
    upload->touched = uv_now(uploads->timer.loop);
    scan_upload_data(upload->scan, offset, bytes, length, done, owner);
    return true;
}

static void complete(struct finish *finish)
{
    struct uploads *uploads = finish->uploads;
    if (finish->upload) {
        upload_remove(finish->upload);
    }
    finish->done(finish->owner, finish->err.code == ERR_NONE ? NULL : &finish->err);
    arena_free(finish->job.op.arena);
    free(finish);
    uploads->finishing--;
    if (uploads->closing) {
        close_when_idle(uploads);
    }
}

/* Database thread. */
static bool enter_row(struct office_job *job)
{
    struct finish *finish = (struct finish *)job;
    return upload_enter(&job->op, finish->id, &finish->scan);
}

static bool look_for_row(struct office_job *job)
{
    struct finish *finish = (struct finish *)job;
    return upload_known(&job->op, finish->id, finish->scan.sha256);
}

static void row_done(struct office_job *job, bool ok)
{
    struct finish *finish = (struct finish *)job;
    if (!ok) {
        finish->err = job->op.err;
    }
    complete(finish);
}

/* The kind that the name says must be the one that the content has; a bare name gets it added. */
static bool name_scan(struct finish *finish, enum scan_type type)
{
    struct arena *arena = finish->job.op.arena;
    const char *name = finish->upload->name;
    const char *said = scan_type_of_name(name);
    const char *extension = scan_type_extension(type);
    if (said && !scan_type_fits(type, said)) {
        return err_set(&finish->err, ERR_bad_request, "name",
                       "the name says .%s, but the content is %s", said, scan_type_media(type));
    }
    finish->scan.name =
        said ? arena_text(arena, name) : arena_format(arena, "%s.%s", name, extension);
    return true;
}

static void stored(void *owner, const struct err *err, const struct scan_file *file)
{
    struct finish *finish = owner;
    if (err) {
        finish->err = *err;
        complete(finish);
        return;
    }
    finish->scan.type = scan_type_media(file->type);
    finish->scan.size = file->size;
    if (!name_scan(finish, file->type)) {
        complete(finish);
        return;
    }
    finish->job.run = enter_row;
    finish->job.done = row_done;
    office_start_write(finish->uploads->office, &finish->job);
}

bool uploads_end(struct uploads *uploads, int64_t user_id, int64_t id, const char *sha256,
                 uploads_done done, void *owner, struct err *ret_err)
{
    struct upload *upload = find(uploads, user_id, id);
    if (!digest_valid(sha256)) {
        return err_set(ret_err, ERR_bad_request, "sha256", "must be 64 lower-case hex digits");
    }
    if (upload && upload->finish) {
        return err_set(ret_err, ERR_unavailable, "upload", "is being checked; ask again");
    }

    struct finish *finish = memory_zeroed(sizeof *finish);
    finish->uploads = uploads;
    finish->upload = upload;
    finish->id = id;
    finish->done = done;
    finish->owner = owner;
    finish->job.op.arena = arena_new();
    finish->job.op.actor = (struct actor){ .kind = ACTOR_STAFF, .user_id = user_id };
    finish->scan.sha256 = arena_text(finish->job.op.arena, sha256);
    uploads->finishing++;
    if (upload) {
        upload->finish = finish;
        scan_upload_end(upload->scan, sha256, stored, finish);
    } else {
        finish->job.run = look_for_row;
        finish->job.done = row_done;
        office_start_read(uploads->office, &finish->job);
    }
    return true;
}
