/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/uploads.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/editing.h"
#include "tui/ui/words.h"

static void start_next(struct uploads *uploads);

static void on_progress(void *owner, int64_t sent, int64_t size)
{
    struct uploads *uploads = owner;
    app_say(uploads->app, STYLE_NORMAL, "%s %d/%d: %lld / %lld kB", _("Sending the scan"),
            uploads->next, uploads->count, (long long)(sent + 1023) / 1024,
            (long long)(size + 1023) / 1024);
}

static void on_done(void *owner, int64_t upload, const struct err *err)
{
    struct uploads *uploads = owner;
    uploads->running = NULL;
    if (err != NULL) {
        uploads->done(uploads->owner, err);
        return;
    }
    uploads->ids[uploads->next - 1] = upload;
    start_next(uploads);
}

static void start_next(struct uploads *uploads)
{
    if (uploads->next == uploads->count) {
        uploads->done(uploads->owner, NULL);
        return;
    }
    uploads->running = upload_start(&(struct upload_setup){
        .loop = app_loop(uploads->app),
        .client = app_client(uploads->app),
        .path = form_file(uploads->form, uploads->field, uploads->next++),
        .owner = uploads,
        .on_progress = on_progress,
        .on_done = on_done,
    });
}

void uploads_start(struct uploads *uploads, struct app *app, struct form *form, int field,
                   void (*done)(void *owner, const struct err *err), void *owner)
{
    *uploads = (struct uploads){ .app = app,
                                 .form = form,
                                 .field = field,
                                 .count = form_file_count(form, field),
                                 .done = done,
                                 .owner = owner };
    start_next(uploads);
}

void uploads_cancel(struct uploads *uploads)
{
    if (uploads->running != NULL) {
        upload_cancel(uploads->running);
        uploads->running = NULL;
    }
}

/* What can be wrong with one file, by the field that the server (or upload.c: "file") names. */
static const struct {
    const char *field;
    enum err_code code;
    const char *words; /* after the file's name */
} faults[] = {
    { "upload", ERR_bad_request, N_("is not a PDF, JPEG, PNG or TIFF file") },
    { "name", ERR_bad_request, N_("has a name that does not fit its content") },
    { "size", ERR_bad_request, N_("is empty") },
    { "size", ERR_too_large, N_("is too large") },
    { "sha256", ERR_bad_request, N_("came damaged; F2 sends it again") },
    { "offset", ERR_bad_request, N_("came damaged; F2 sends it again") },
    { "file", ERR_bad_request, N_("could not be read") },
    { "file", ERR_conflict, N_("changed while it was read; F2 sends it again") },
};

void uploads_failed(struct uploads *uploads, struct editing *editing, const struct err *err)
{
    char why[400];
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]) && uploads->next > 0; i++) {
        if (faults[i].code == err->code && strcmp(faults[i].field, err->field) == 0) {
            const char *path = form_file(uploads->form, uploads->field, uploads->next - 1);
            const char *slash = strrchr(path, '/');
            snprintf(why, sizeof(why), "%s %s", slash == NULL ? path : slash + 1,
                     _(faults[i].words));
            editing_refused(editing, uploads->field, why);
            return;
        }
    }
    editing_failed(editing, err);
}
