/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Sends several files to the server, one after another, for the `uploads` of one call. What was
 * sent already, to be looked at, is not sent again.
 */
#ifndef SKRYTKA_TUI_UPLOADS_H
#define SKRYTKA_TUI_UPLOADS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "tui/ui/form.h"
#include "tui/upload.h"

struct app;
struct editing;

/* A file that the server has, as it was then. */
struct upload_sent {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
    int64_t id;
};

/* Embedded in a screen; zeroed before first use. All on the loop thread. */
struct uploads {
    struct app *app;
    struct form *form;
    int field;
    int first, next, end; /* of the files that this call is about */
    int count;            /* files in the field */
    int64_t ids[FORM_FILES_MAX];
    struct upload_sent sent[FORM_FILES_MAX];
    int sent_count;
    bool reused;            /* some of `ids` were sent before */
    struct upload *running; /* NULL: none */
    struct stat file;       /* the one on its way, before it was read */
    void *owner;
    void (*done)(void *owner, const struct err *err);
};

/*
 * Sends the files of a form's file field, saying in the status line how far it is. `done` comes
 * once, later or (for no files) before the return; without an error `ids` has `count` numbers.
 */
void uploads_start(struct uploads *uploads, struct app *app, struct form *form, int field,
                   void (*done)(void *owner, const struct err *err), void *owner);

/* The same for one of them: `done` finds its number in ids[index]. */
void uploads_start_one(struct uploads *uploads, struct app *app, struct form *form, int field,
                       int index, void (*done)(void *owner, const struct err *err), void *owner);

/*
 * The call took the files: they are nobody's to give up any more, and it is remembered with which
 * letter and to which client's box number they went.
 */
void uploads_taken(struct uploads *uploads, int64_t item_id, const char *client);

/*
 * Does this refusal of a call mean that a file sent before waited too long? Then it is forgotten,
 * and uploads_start() sends it again.
 */
bool uploads_expired(struct uploads *uploads, const struct err *err);

/* For an error that `done` brought: says beside the file field which file it is about, and why. */
void uploads_failed(struct uploads *uploads, struct editing *editing, const struct err *err);

/* Gives up what is on its way: `done` does not come any more. */
void uploads_cancel(struct uploads *uploads);

/* The screen closes: the server need not keep what was sent and not taken. */
void uploads_close(struct uploads *uploads);

#endif
