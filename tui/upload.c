/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/upload.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

/* Pieces on their way at the same time: enough to fill the line, few enough to stay small. */
enum { WINDOW = 4 };

/*
 *   OPENING ──> STARTING ──> SENDING ──> FINISHING ──> over
 *      └────────────┴────────────┴───────────┴── error or cancel ──> over
 *
 * One file operation or call ends, its callback stores the result and calls tick(), which tells
 * the whole story. Over, the upload stays until the file operation on its way has ended.
 */
enum step { OPENING, STARTING, SENDING, FINISHING, OVER };

struct upload {
    struct upload_setup setup;
    char *path;
    enum step step;
    uv_fs_t file_work;
    bool file_busy;
    int file; /* -1: not open */
    int64_t size;
    int64_t id;
    int64_t read;    /* bytes read and handed to the client */
    int64_t arrived; /* bytes that the daemon has */
    unsigned on_the_way;
    char *piece;
    crypto_hash_sha256_state hash;
};

static void tick(struct upload *upload);

/* ---- the end ---- */

static void free_when_quiet(struct upload *upload)
{
    if (upload->step == OVER && !upload->file_busy) {
        if (upload->file >= 0) {
            uv_fs_t work;
            uv_fs_close(upload->setup.loop, &work, upload->file, NULL);
            uv_fs_req_cleanup(&work);
        }
        free(upload->piece);
        free(upload->path);
        free(upload);
    }
}

static void set_over(struct upload *upload)
{
    upload->step = OVER;
    client_cancel_owner(upload->setup.client, upload);
    free_when_quiet(upload);
}

static void finish(struct upload *upload, const struct err *err)
{
    struct upload_setup setup = upload->setup;
    int64_t id = upload->id;
    set_over(upload);
    setup.on_done(setup.owner, id, err);
}

static void fail(struct upload *upload, enum err_code code, const char *detail)
{
    struct err err;
    err_set(&err, code, "file", "%s: %s", upload->path, detail);
    finish(upload, &err);
}

/* ---- what callbacks bring ---- */

/* The result of a file operation; false when it is of no use any more. */
static bool take_file_result(uv_fs_t *work, ssize_t *ret)
{
    struct upload *upload = work->data;
    *ret = work->result;
    upload->file_busy = false;
    if (upload->step == OVER) {
        if (work->fs_type == UV_FS_OPEN && work->result >= 0) {
            upload->file = (int)work->result;
        }
        uv_fs_req_cleanup(work);
        free_when_quiet(upload);
        return false;
    }
    if (work->result < 0) {
        uv_fs_req_cleanup(work);
        fail(upload, ERR_bad_request, uv_strerror((int)*ret));
        return false;
    }
    return true;
}

static void on_opened(uv_fs_t *work)
{
    struct upload *upload = work->data;
    ssize_t file;
    if (take_file_result(work, &file)) {
        uv_fs_req_cleanup(work);
        upload->file = (int)file;
        tick(upload);
    }
}

static void on_stat(uv_fs_t *work)
{
    struct upload *upload = work->data;
    ssize_t result;
    if (!take_file_result(work, &result)) {
        return;
    }
    uv_stat_t stat = work->statbuf;
    uv_fs_req_cleanup(work);
    if (!S_ISREG(stat.st_mode)) {
        fail(upload, ERR_bad_request, "not a file");
        return;
    }
    upload->size = (int64_t)stat.st_size;
    upload->step = STARTING;
    tick(upload);
}

static void on_begun(void *owner, const struct rec_upload *result, const struct err *err)
{
    struct upload *upload = owner;
    if (err != NULL) {
        finish(upload, err);
        return;
    }
    upload->id = result->upload;
    upload->step = SENDING;
    tick(upload);
}

static void on_piece_arrived(void *owner, const struct rec_upload *result, const struct err *err)
{
    struct upload *upload = owner;
    (void)result;
    if (err != NULL) {
        finish(upload, err);
        return;
    }
    upload->on_the_way--;
    upload->arrived += LIMIT_CHUNK_BYTES;
    if (upload->arrived > upload->size) {
        upload->arrived = upload->size;
    }
    if (upload->setup.on_progress != NULL) {
        upload->setup.on_progress(upload->setup.owner, upload->arrived, upload->size);
    }
    tick(upload);
}

static void on_read(uv_fs_t *work)
{
    struct upload *upload = work->data;
    ssize_t length;
    if (!take_file_result(work, &length)) {
        return;
    }
    uv_fs_req_cleanup(work);
    int64_t left = upload->size - upload->read;
    int64_t wanted = left < LIMIT_CHUNK_BYTES ? left : LIMIT_CHUNK_BYTES;
    if (length != wanted) {
        fail(upload, ERR_conflict, "the file changed while it was read");
        return;
    }
    struct rec_scan_data params = {
        .upload = upload->id,
        .offset = upload->read,
        .data = { .data = upload->piece, .length = (size_t)length },
    };
    crypto_hash_sha256_update(&upload->hash, (const unsigned char *)upload->piece,
                              (unsigned long long)length);
    upload->read += length;
    upload->on_the_way++;
    call_scan_data(upload->setup.client, &params, on_piece_arrived, upload);
    tick(upload);
}

static void on_ended(void *owner, const struct rec_upload *result, const struct err *err)
{
    (void)result;
    finish(owner, err);
}

/* ---- the story ---- */

static void begin_call(struct upload *upload)
{
    const char *slash = strrchr(upload->path, '/');
    struct rec_scan_begin params = {
        .name = slash != NULL ? slash + 1 : upload->path,
        .size = upload->size,
    };
    call_scan_begin(upload->setup.client, &params, on_begun, upload);
}

static void end_call(struct upload *upload)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256_final(&upload->hash, hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    struct rec_scan_end params = { .upload = upload->id, .sha256 = hex };
    call_scan_end(upload->setup.client, &params, on_ended, upload);
}

static void read_piece(struct upload *upload)
{
    uv_buf_t piece = uv_buf_init(upload->piece, LIMIT_CHUNK_BYTES);
    upload->file_busy = uv_fs_read(upload->setup.loop, &upload->file_work, upload->file, &piece, 1,
                                   upload->read, on_read) == 0;
}

static void tick(struct upload *upload)
{
    uv_loop_t *loop = upload->setup.loop;
    if (upload->file_busy) {
        return;
    }
    switch (upload->step) {
    case OPENING:
        upload->file_busy = upload->file < 0
                                ? uv_fs_open(loop, &upload->file_work, upload->path,
                                             O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0, on_opened) == 0
                                : uv_fs_fstat(loop, &upload->file_work, upload->file, on_stat) == 0;
        break;
    case STARTING: begin_call(upload); break;
    case SENDING:
        if (upload->read < upload->size) {
            if (upload->on_the_way < WINDOW) {
                read_piece(upload);
            }
        } else if (upload->on_the_way == 0) {
            upload->step = FINISHING;
            end_call(upload);
        }
        break;
    case FINISHING:
    case OVER: break;
    }
}

struct upload *upload_start(const struct upload_setup *setup)
{
    struct upload *upload = memory_zeroed(sizeof *upload);
    size_t size = strlen(setup->path) + 1;
    upload->setup = *setup;
    upload->path = memcpy(memory_zeroed(size), setup->path, size);
    upload->setup.path = upload->path;
    upload->piece = memory_zeroed(LIMIT_CHUNK_BYTES);
    upload->file = -1;
    upload->file_work.data = upload;
    crypto_hash_sha256_init(&upload->hash);
    tick(upload);
    return upload;
}

void upload_cancel(struct upload *upload)
{
    ENSURE(upload->step != OVER);
    set_over(upload);
}
