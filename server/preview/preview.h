/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Previews of scans: a page is drawn by a child process (render.h), a few at once, others wait in
 * a line of bounded length; what the terminal asked for is cut out of it on libuv's pool (dots.h).
 * Pages just drawn are kept for a while, so that a look at the whole page after a look at the
 * address costs nothing. Loop thread.
 */
#ifndef SKRYTKA_PREVIEW_PREVIEW_H
#define SKRYTKA_PREVIEW_PREVIEW_H

#include <uv.h>

#include "db/digest.h"
#include "db/scan_type.h"
#include "protocol/err.h"
#include "server/preview/dots.h"

struct preview;
struct previews;

enum {
    PREVIEWS_AT_ONCE = 2,
    PREVIEWS_WAITING = 32,
    PREVIEW_PAGES_KEPT = 4, /* about 2 MB each */
    PREVIEW_KEPT_MS = 120000,
};

struct previews *previews_open(uv_loop_t *loop);

/* Cancels all, waits for the children, frees `previews`, then calls `closed`. */
void previews_close(struct previews *previews, void (*closed)(void *owner), void *owner);

struct preview_ask {
    const char *path; /* of the stored file; only used in the call */
    const char *sha256;
    enum scan_type type;
    int number; /* of the page, from 1 */
    struct dots_wanted wanted;
    struct arena *arena; /* the result's; lives until `done` */
};

/*
 * `err` is NULL on success. ERR_not_found on `page`; ERR_bad_request on "" with detail
 * "unusable" or "too_long"; ERR_unavailable with detail "no_tool" (the program is not installed),
 * "busy" or "cancelled".
 */
typedef void (*preview_done)(void *owner, const struct err *err,
                             const struct rec_scan_preview_result *result);

/* `done` comes once, never before the return. NULL: too many wait, and it never comes. */
struct preview *preview_start(struct previews *previews, const struct preview_ask *ask,
                              preview_done done, void *owner, struct err *ret_err);

/* Nobody waits for it any more; `done` still comes, perhaps later. */
void preview_cancel(struct preview *preview);

#endif
