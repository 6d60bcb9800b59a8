/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/uploads.h"

#include "tui/app.h"
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
