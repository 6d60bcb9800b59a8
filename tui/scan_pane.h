/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * In a form that sends scans: whose letter is the file really? F3 shows the address on it below
 * the form, F3 again that of the next file, and after the last one the whole page. The file is
 * sent for that, and is not sent again when the form is saved. Loop thread.
 */
#ifndef SKRYTKA_TUI_SCAN_PANE_H
#define SKRYTKA_TUI_SCAN_PANE_H

#include <stdbool.h>

#include "tui/preview.h"
#include "tui/screen.h"
#include "tui/uploads.h"

struct editing;

/* Embedded in a form's screen; zeroed before first use. */
struct scan_pane {
    struct editing *editing;
    struct uploads *uploads;
    int field; /* the form's file field */
    bool open;
    bool tried;                 /* sent once more already, because the server had dropped it */
    int index;                  /* of the file that is shown */
    int64_t upload;             /* its number; 0: on its way */
    char name[256];             /* its file name */
    int asked_cols, asked_rows; /* cells that the picture was asked for */
    struct preview preview;
};

/* The screen's refuses and act end in these; `field` is the form's file field. */
const char *scan_pane_refuses(struct scan_pane *pane, struct screen *screen, int field,
                              enum ui_action action);
void scan_pane_act(struct scan_pane *pane, struct screen *screen, struct uploads *uploads,
                   int field, enum ui_action action);

void scan_pane_close(struct scan_pane *pane);

/* The form is being saved: a file on its way to be looked at goes with the others. */
void scan_pane_saving(struct scan_pane *pane);

/* editing_screen_draw() with the pane below the form, where there is room for both. */
void scan_pane_draw(struct scan_pane *pane, struct screen *screen, struct area head,
                    struct area body);

#endif
