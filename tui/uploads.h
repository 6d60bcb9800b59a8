/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sends several files to the server, one after another, for the `uploads` of one call. */
#ifndef SKRYTKA_TUI_UPLOADS_H
#define SKRYTKA_TUI_UPLOADS_H

#include "tui/ui/form.h"
#include "tui/upload.h"

struct app;
struct editing;

/* Embedded in a screen; zeroed before first use. All on the loop thread. */
struct uploads {
    struct app *app;
    struct form *form;
    int field, next, count;
    int64_t ids[FORM_FILES_MAX];
    struct upload *running; /* NULL: none */
    void *owner;
    void (*done)(void *owner, const struct err *err);
};

/*
 * Sends the files of a form's file field, saying in the status line how far it is. `done` comes
 * once, later or (for no files) before the return; without an error `ids` has `count` numbers.
 */
void uploads_start(struct uploads *uploads, struct app *app, struct form *form, int field,
                   void (*done)(void *owner, const struct err *err), void *owner);

/* For an error that `done` brought: says beside the file field which file it is about, and why. */
void uploads_failed(struct uploads *uploads, struct editing *editing, const struct err *err);

/* Gives up: `done` does not come any more. */
void uploads_cancel(struct uploads *uploads);

#endif
