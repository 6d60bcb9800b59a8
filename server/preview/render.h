/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Draws one page of a scan by a program of its own: pdftoppm of Poppler for PDF, Netpbm for
 * pictures. What is in a file may be meant to break whoever reads it, so a child process reads it,
 * with no shell, an empty environment, and limits on its memory, time, files and output; its
 * output goes through pnm.h. Loop thread.
 */
#ifndef SKRYTKA_PREVIEW_RENDER_H
#define SKRYTKA_PREVIEW_RENDER_H

#include <stdint.h>
#include <uv.h>

#include "db/scan_type.h"
#include "server/preview/gray.h"

struct render;

enum render_end {
    RENDER_DONE,
    RENDER_NO_PAGE,   /* the file has fewer pages */
    RENDER_UNUSABLE,  /* damaged, locked by a password, or larger than the limits */
    RENDER_TOO_LONG,  /* its time was over */
    RENDER_NO_TOOL,   /* the program is not installed */
    RENDER_CANCELLED, /* by render_cancel() */
};

enum { RENDER_MS = 10000 }; /* by the clock; a page of text takes 200 */

/* `page` is the caller's to free(); NULL without RENDER_DONE. The render is gone then. */
typedef void (*render_done)(void *owner, enum render_end end, struct gray *page);

/*
 * Draws page `number` (from 1) of the file. `done` comes once, never before the return, when the
 * child is gone. `milliseconds` is the time it
 * has (RENDER_MS).
 */
struct render *render_start(uv_loop_t *loop, const char *path, enum scan_type type, int number,
                            unsigned milliseconds, render_done done, void *owner);

/* Ends it early; `done` still comes. */
void render_cancel(struct render *render);

/* The program that draws this type. */
const char *render_tool(enum scan_type type);

#endif
