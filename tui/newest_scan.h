/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The newest file of the scanner, ready in a file field: a clerk scans and presses F2. Never one
 * that was sent before, and while the person left the field alone one that comes later takes its
 * place, so that it is not somebody else's older scan that goes out. Loop thread.
 */
#ifndef SKRYTKA_TUI_NEWEST_SCAN_H
#define SKRYTKA_TUI_NEWEST_SCAN_H

#include <stdbool.h>
#include <uv.h>

#include "tui/scanfolder.h"

struct editing;

/* Embedded in a form's screen; zeroed before first use. */
struct newest_scan {
    struct editing *editing;
    int field;
    uv_timer_t *timer;
    struct scanfile file; /* the newest one when the folder was last read; no name: none */
    bool looked_at;       /* the person saw the page: it stays */
};

/* Puts the newest file into the empty field and begins to watch the folder. */
void newest_scan_begin(struct newest_scan *newest, struct editing *editing, int field);

/* Reads the folder once more. True when another file came, which the person is told. */
bool newest_scan_check(struct newest_scan *newest);

/* The person looks at the page of the file: from now on a newer one is only told. */
void newest_scan_keep(struct newest_scan *newest);

/* Its owner goes away. */
void newest_scan_close(struct newest_scan *newest);

#endif
