/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One picture of a scan, asked of the server and drawn as dots. Loop thread. */
#ifndef SKRYTKA_TUI_PREVIEW_H
#define SKRYTKA_TUI_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/err.h"
#include "protocol/record.h"
#include "tui/ui/draw.h"

struct app;
struct arena;

/* Embedded in what shows it; zeroed before first use. */
struct preview {
    struct app *app;
    bool waiting;
    struct err err; /* why there is no picture */
    struct arena *arena;
    const struct rec_scan_preview_result *result; /* NULL: none yet */
    /* Something came: `result` or `err`. May be NULL. */
    void (*on_change)(void *owner);
    void *owner;
};

/* Asks anew; the picture of before stays until the answer. */
void preview_ask(struct preview *preview, const struct rec_scan_preview *wanted);

/* Forgets picture and question. */
void preview_release(struct preview *preview);

/* Draws the picture from dot (left, top) on, or why there is none. */
void preview_draw(const struct preview *preview, struct area area, int left, int top);

#endif
