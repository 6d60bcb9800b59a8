/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Brings one file to the daemon: scan_begin, pieces, scan_end. The file is read in the pieces that
 * are sent, some of which are on their way at the same time, and hashed while it is read; it is
 * never in memory as a whole. The loop is never blocked. Loop thread.
 */
#ifndef SKRYTKA_TUI_UPLOAD_H
#define SKRYTKA_TUI_UPLOAD_H

#include <stdint.h>
#include <uv.h>

#include "protocol/client.h"
#include "protocol/err.h"

struct upload;

struct upload_setup {
    uv_loop_t *loop;
    struct client *client; /* lives longer than the upload */
    const char *path;
    void *owner;
    /* `sent` of `size` bytes arrived. May be NULL. */
    void (*on_progress)(void *owner, int64_t sent, int64_t size);
    /* The end: `upload` for the list `uploads` of a call, or `err`. The upload is gone then. */
    void (*on_done)(void *owner, int64_t upload, const struct err *err);
};

/* Copies the setup. Callbacks come later, never from inside. Never NULL. */
struct upload *upload_start(const struct upload_setup *setup);

/* Gives up: no callback comes any more. Not after on_done. */
void upload_cancel(struct upload *upload);

#endif
