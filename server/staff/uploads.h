/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files that users are sending: from scan_begin to scan_end. An upload belongs to its user, not to
 * a connection, so it goes on after a reconnect; one not touched for an hour is dropped. Its number
 * is random and works for its user only. A finished file becomes a row (office/uploads.h) and is
 * no longer here. Loop thread; callbacks come on the loop, never before the function returned.
 */
#ifndef SKRYTKA_STAFF_UPLOADS_H
#define SKRYTKA_STAFF_UPLOADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "protocol/err.h"

struct office;
struct scan_files;
struct uploads;

struct uploads *uploads_open(uv_loop_t *loop, struct office *office, struct scan_files *files,
                             int64_t max_scan_bytes);

/* Drops what is unfinished, waits for what is being finished, frees, then calls `closed`. */
void uploads_close(struct uploads *uploads, void (*closed)(void *owner), void *owner);

/*
 * Begins a file. Of the name only what stands behind the last slash or backslash is kept. False:
 * ERR_bad_request on `name` or `size`, ERR_too_large on `size` or (LIMIT_OPEN_UPLOADS) `upload`.
 */
bool uploads_begin(struct uploads *uploads, int64_t user_id, const char *name, int64_t size,
                   int64_t *ret_upload, struct err *ret_err);

/* `err` is NULL on success. */
typedef void (*uploads_done)(void *owner, const struct err *err);

/*
 * Adds a piece; `bytes` stay the caller's, unchanged until `done`. False, and `done` is never
 * called: ERR_not_found on `upload` (not theirs, or over). Else errors as of scan_upload_data().
 */
bool uploads_data(struct uploads *uploads, int64_t user_id, int64_t upload, int64_t offset,
                  const void *bytes, size_t length, uploads_done done, void *owner,
                  struct err *ret_err);

/*
 * Ends it: when `done` says success, the file is durable and its row committed. May be repeated
 * with the same hash after a lost answer. False, and `done` is never called: ERR_bad_request on
 * `sha256`, ERR_unavailable while it is being ended already. Else errors as of scan_upload_end(),
 * and ERR_bad_request on `name` when the name says another kind than the content.
 */
bool uploads_end(struct uploads *uploads, int64_t user_id, int64_t upload, const char *sha256,
                 uploads_done done, void *owner, struct err *ret_err);

#endif
