/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A file being received: a line of steps, worked off one after the other on libuv's threads. A
 * thread touches the upload only while its step runs; the loop touches it only while none does, but
 * for the line itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/disk.h"
#include "db/scan_internal.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum step_kind { STEP_DATA, STEP_END, STEP_DROP };

struct step {
    enum step_kind kind;
    struct step *next;
    struct err err; /* set before it runs: it does not run */
    void *owner;
    /* STEP_DATA */
    int64_t offset;
    const void *bytes;
    size_t length;
    scan_done done;
    /* STEP_END */
    char sha256[DIGEST_TEXT];
    struct scan_file file;
    scan_finished finished;
};

struct scan_upload {
    uv_work_t work;
    struct scan_files *files;
    struct scan_upload *previous; /* in files->uploads */
    struct scan_upload *next;
    struct step *first;
    struct step **last;
    bool working;
    bool ending; /* its last step is in the line */
    /* The thread's, while a step runs. */
    int64_t size;
    int64_t received;
    int file;   /* -1 before the first piece */
    char *path; /* in incoming/; NULL when there is no file any more */
    struct digest *digest;
};

static bool open_incoming(struct scan_upload *upload, struct err *err)
{
    if (upload->file >= 0) {
        return true;
    }
    char *path = scan_files_name(upload->files->directory, "incoming/XXXXXX");
    upload->file = mkostemp(path, O_CLOEXEC);
    if (upload->file < 0) {
        scan_disk_error(err, path);
        free(path);
        return false;
    }
    upload->path = path;
    return true;
}

static bool store_piece(struct scan_upload *upload, struct step *step)
{
    if (step->offset != upload->received) {
        return err_set(&step->err, ERR_bad_request, "offset", "the next byte is number %lld",
                       (long long)upload->received);
    }
    if (step->length > (size_t)(upload->size - upload->received)) {
        return err_set(&step->err, ERR_bad_request, "offset", "more bytes than the %lld announced",
                       (long long)upload->size);
    }
    if (!open_incoming(upload, &step->err)) {
        return false;
    }
    if (!disk_write(upload->file, step->bytes, step->length, (off_t)step->offset)) {
        return scan_disk_error(&step->err, upload->path);
    }
    digest_add(upload->digest, step->bytes, step->length);
    upload->received += (int64_t)step->length;
    return true;
}

/* Is it what was sent, and of a kind that we take? */
static bool check_content(struct scan_upload *upload, struct step *step)
{
    char head[SCAN_TYPE_BYTES];
    char found[DIGEST_TEXT];
    if (upload->received != upload->size) {
        return err_set(&step->err, ERR_bad_request, "upload", "only %lld of %lld bytes came",
                       (long long)upload->received, (long long)upload->size);
    }
    digest_end(upload->digest, found);
    upload->digest = NULL;
    if (strcmp(found, step->sha256) != 0) {
        return err_set(&step->err, ERR_bad_request, "sha256", "what came has another hash");
    }
    ssize_t length = pread(upload->file, head, sizeof head, 0);
    if (length < 0) {
        return scan_disk_error(&step->err, upload->path);
    }
    step->file.type = scan_type_find(head, (size_t)length);
    if (step->file.type == SCAN_UNKNOWN) {
        return err_set(&step->err, ERR_bad_request, "upload",
                       "the file is not a PDF, JPEG, PNG or TIFF");
    }
    step->file.size = upload->size;
    memcpy(step->file.sha256, found, sizeof found);
    return true;
}

/* Synced, and read back from the disk rather than from memory. */
static bool make_durable(struct scan_upload *upload, struct step *step)
{
    char found[DIGEST_TEXT];
    if (fsync(upload->file) != 0) {
        return scan_disk_error(&step->err, upload->path);
    }
    posix_fadvise(upload->file, 0, 0, POSIX_FADV_DONTNEED);
    if (!digest_file(upload->file, found)) {
        return scan_disk_error(&step->err, upload->path);
    }
    if (strcmp(found, step->sha256) != 0) {
        errno = EIO;
        return scan_disk_error(&step->err, "the disk gave back other bytes than it was given");
    }
    return true;
}

/*
 * Under its name, replacing a file of the same content: whatever may have happened to that one,
 * this one is known to be good. The store is always synced: its folder may be left from a start
 * that did not come that far.
 */
static bool put_in_place(struct scan_upload *upload, struct step *step)
{
    const char *directory = upload->files->directory;
    char path[PATH_MAX];
    if (!scan_files_path(directory, step->sha256, path, sizeof path)) {
        errno = ENAMETOOLONG;
        return scan_disk_error(&step->err, directory);
    }
    char prefix[3] = { step->sha256[0], step->sha256[1], '\0' };
    char *store = scan_files_name(directory, "");
    char *folder = scan_files_name(directory, prefix);
    bool renamed =
        disk_make_folder(folder) && disk_sync_folder(store) && rename(upload->path, path) == 0;
    if (renamed) {
        free(upload->path);
        upload->path = NULL;
    }
    bool placed = (renamed && disk_sync_folder(folder)) || scan_disk_error(&step->err, path);
    free(folder);
    free(store);
    return placed;
}

static void remove_incoming(struct scan_upload *upload)
{
    if (upload->file >= 0) {
        close(upload->file);
    }
    if (upload->path) {
        unlink(upload->path);
    }
    free(upload->path);
    upload->file = -1;
    upload->path = NULL;
}

/* On one of libuv's threads. */
static void run_step(uv_work_t *work)
{
    struct scan_upload *upload = (struct scan_upload *)work;
    struct step *step = upload->first;
    bool wanted = step->err.code == ERR_NONE;
    if (step->kind == STEP_DATA && wanted) {
        store_piece(upload, step);
    }
    if (step->kind == STEP_END && wanted && check_content(upload, step) &&
        make_durable(upload, step)) {
        put_in_place(upload, step);
    }
    if (step->kind != STEP_DATA) {
        remove_incoming(upload);
    }
}

static void upload_free(struct scan_upload *upload)
{
    if (upload->previous) {
        upload->previous->next = upload->next;
    } else {
        upload->files->uploads = upload->next;
    }
    if (upload->next) {
        upload->next->previous = upload->previous;
    }
    digest_free(upload->digest);
    free(upload);
}

static void step_finished(uv_work_t *work, int status);

static void run_next(struct scan_upload *upload)
{
    if (upload->working || !upload->first) {
        return;
    }
    upload->working = true;
    scan_files_begin(upload->files);
    ENSURE(uv_queue_work(upload->files->loop, &upload->work, run_step, step_finished) == 0);
}

static void step_finished(uv_work_t *work, int status)
{
    struct scan_upload *upload = (struct scan_upload *)work;
    struct scan_files *files = upload->files;
    struct step *step = upload->first;
    (void)status; /* nobody cancels it */
    upload->first = step->next;
    if (!upload->first) {
        upload->last = &upload->first;
    }
    upload->working = false;

    const struct err *err = step->err.code == ERR_NONE ? NULL : &step->err;
    if (step->kind == STEP_DATA) {
        step->done(step->owner, err);
    } else {
        upload_free(upload);
    }
    if (step->kind == STEP_END) {
        step->finished(step->owner, err, err ? NULL : &step->file);
    } else if (step->kind == STEP_DATA) {
        run_next(upload);
    }
    free(step);
    scan_files_end(files);
}

static struct step *add_step(struct scan_upload *upload, enum step_kind kind, void *owner)
{
    struct step *step = memory_zeroed(sizeof *step);
    ENSURE(!upload->ending);
    upload->ending = kind != STEP_DATA;
    step->kind = kind;
    step->owner = owner;
    *upload->last = step;
    upload->last = &step->next;
    return step;
}

struct scan_upload *scan_upload_begin(struct scan_files *files, int64_t size)
{
    struct scan_upload *upload = memory_zeroed(sizeof *upload);
    upload->files = files;
    upload->last = &upload->first;
    upload->size = size;
    upload->file = -1;
    upload->digest = digest_new();
    upload->next = files->uploads;
    if (upload->next) {
        upload->next->previous = upload;
    }
    files->uploads = upload;
    return upload;
}

void scan_upload_data(struct scan_upload *upload, int64_t offset, const void *bytes, size_t length,
                      scan_done done, void *owner)
{
    struct step *step = add_step(upload, STEP_DATA, owner);
    step->offset = offset;
    step->bytes = bytes;
    step->length = length;
    step->done = done;
    run_next(upload);
}

void scan_upload_end(struct scan_upload *upload, const char *sha256, scan_finished done,
                     void *owner)
{
    struct step *step = add_step(upload, STEP_END, owner);
    if (digest_valid(sha256)) {
        memcpy(step->sha256, sha256, sizeof step->sha256);
    } else {
        err_set(&step->err, ERR_bad_request, "sha256", "must be 64 lower-case hex digits");
    }
    step->finished = done;
    run_next(upload);
}

void scan_upload_abort(struct scan_upload *upload)
{
    add_step(upload, STEP_DROP, NULL);
    /* The step that runs now belongs to its thread. */
    struct step *step = upload->working ? upload->first->next : upload->first;
    for (; step; step = step->next) {
        err_set(&step->err, ERR_unavailable, "upload", "the upload was dropped");
    }
    run_next(upload);
}

void scan_files_close(struct scan_files *files, void (*closed)(void *owner), void *owner)
{
    scan_files_begin(files);
    for (struct scan_upload *upload = files->uploads; upload; upload = upload->next) {
        if (!upload->ending) {
            scan_upload_abort(upload);
        }
    }
    files->closing = true;
    files->closed = closed;
    files->closed_owner = owner;
    scan_files_end(files);
}
