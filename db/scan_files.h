/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The scans themselves, stored by content: <directory>/scans/<2 hex>/<SHA-256>. A file appears
 * under that name only when it is whole, checked and on disk; then comes the row that names it
 * (never the other way round), so a crash leaves at worst a file without a row, which the sweep at
 * the next start removes. What is being received lies in scans/incoming. Folders are 0700, files
 * 0600.
 *
 * Functions are called on the loop and work on libuv's threads; callbacks come on the loop, never
 * before the function returned. Exceptions say so.
 */
#ifndef SKRYTKA_DB_SCAN_FILES_H
#define SKRYTKA_DB_SCAN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "db/digest.h"
#include "db/scan_type.h"
#include "protocol/err.h"
#include "protocol/record.h"

struct scan_files;
struct scan_upload;

/* Makes the folders. Blocking: before the loop runs. False: ret_why tells a person. */
bool scan_files_open(const char *directory, uv_loop_t *loop, struct scan_files **ret, char *ret_why,
                     size_t why_size);

/*
 * Ends all uploads, waits for what the disk is doing, frees `files`, then calls `closed`. Pending
 * callbacks come before, with ERR_unavailable.
 */
void scan_files_close(struct scan_files *files, void (*closed)(void *owner), void *owner);

/* A finished file. */
struct scan_file {
    char sha256[DIGEST_TEXT];
    enum scan_type type;
    int64_t size;
};

/* `err` is NULL on success. */
typedef void (*scan_done)(void *owner, const struct err *err);
typedef void (*scan_finished)(void *owner, const struct err *err, const struct scan_file *file);

/* Begins a file of `size` bytes (> 0; the limit is the caller's). Touches no disk yet. */
struct scan_upload *scan_upload_begin(struct scan_files *files, int64_t size);

/*
 * Adds bytes. They stay the caller's, unchanged until `done`. Pieces follow one another in the
 * order of the calls; one that does not begin where the last stored one ended, or passes the
 * announced size, is refused with ERR_bad_request on `offset`. On a full disk (ERR_unavailable,
 * detail "disk_full") the same piece may be sent again.
 */
void scan_upload_data(struct scan_upload *upload, int64_t offset, const void *bytes, size_t length,
                      scan_done done, void *owner);

/*
 * Ends it, after all pieces given before: checks size and hash, finds the type, makes the file
 * durable, reads it back and puts it in its place. `upload` is gone when `done` was called, however
 * it ended. ERR_bad_request on `sha256` (another hash), `upload` (bytes missing, not a kind of
 * scan).
 */
void scan_upload_end(struct scan_upload *upload, const char *sha256, scan_finished done,
                     void *owner);

/* Drops it. Pieces under way are called back with ERR_unavailable. Not after scan_upload_end(). */
void scan_upload_abort(struct scan_upload *upload);

/* Reads up to `length` bytes (at most LIMIT_CHUNK_BYTES); fewer at the end. They live in `done`. */
typedef void (*scan_read_done)(void *owner, const struct err *err, const void *bytes,
                               size_t length);
void scan_files_read(struct scan_files *files, const char *sha256, int64_t offset, size_t length,
                     scan_read_done done, void *owner);

/* The path of a stored file. False when `sha256` is no hash or it does not fit. Any thread. */
bool scan_files_path(const char *directory, const char *sha256, char *out, size_t size);

/*
 * Calls `each` for every file of the store, in no order; false ends it and is the result. Blocking;
 * any thread. Files whose names are no hash are passed over.
 */
bool scan_files_each(const char *directory,
                     bool (*each)(void *owner, const char *sha256, const char *path), void *owner);

/*
 * Removes what a crash left: unfinished files, and files that are not among `used` (hashes in
 * ascending order), if they are older than an hour. Answers how many. Blocking; any thread.
 */
size_t scan_files_sweep(const char *directory, const struct list *used);

#endif
