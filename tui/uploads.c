/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/uploads.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/editing.h"
#include "tui/sent_scans.h"
#include "tui/ui/words.h"

static void start_next(struct uploads *uploads);

static void on_progress(void *owner, int64_t sent, int64_t size)
{
    struct uploads *uploads = owner;
    app_say(uploads->app, STYLE_NORMAL, "%s %d/%d: %lld / %lld kB", _("Sending the scan"),
            uploads->next, uploads->count, (long long)(sent + 1023) / 1024,
            (long long)(size + 1023) / 1024);
}

/* In this call already: a file chosen twice is sent twice, a number counts once. */
static bool is_used(const struct uploads *uploads, int64_t id)
{
    for (int i = uploads->first; i < uploads->next; i++) {
        if (uploads->ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Sent before and not changed since? */
static const struct upload_sent *find_sent(const struct uploads *uploads, const struct stat *file)
{
    for (int i = 0; i < uploads->sent_count; i++) {
        const struct upload_sent *sent = &uploads->sent[i];
        if (sent->device == file->st_dev && sent->inode == file->st_ino &&
            sent->size == file->st_size && sent->changed.tv_sec == file->st_mtim.tv_sec &&
            sent->changed.tv_nsec == file->st_mtim.tv_nsec && !is_used(uploads, sent->id)) {
            return sent;
        }
    }
    return NULL;
}

static void drop(struct uploads *uploads, int64_t id)
{
    struct rec_scan_drop params = { .upload = id };
    call_scan_drop(app_client(uploads->app), &params, NULL, NULL);
}

/* `file` is as it was before it was read: changed meanwhile, it is sent again. */
static void remember(struct uploads *uploads, const struct stat *file, int64_t id)
{
    if (uploads->sent_count == FORM_FILES_MAX) { /* as many as may wait on the server */
        drop(uploads, uploads->sent[0].id);
        uploads->sent_count--;
        memmove(&uploads->sent[0], &uploads->sent[1],
                (size_t)uploads->sent_count * sizeof(uploads->sent[0]));
    }
    uploads->sent[uploads->sent_count++] =
        (struct upload_sent){ file->st_dev, file->st_ino, file->st_size, file->st_mtim, id };
}

static void on_done(void *owner, int64_t upload, const struct err *err)
{
    struct uploads *uploads = owner;
    uploads->running = NULL;
    if (err != NULL) {
        uploads->done(uploads->owner, err);
        return;
    }
    remember(uploads, &uploads->file, upload);
    uploads->ids[uploads->next - 1] = upload;
    start_next(uploads);
}

/* Takes the files that the server has already. */
static void pass_known(struct uploads *uploads)
{
    while (uploads->next < uploads->end) {
        const struct upload_sent *sent = NULL;
        if (stat(form_file(uploads->form, uploads->field, uploads->next), &uploads->file) == 0) {
            sent = find_sent(uploads, &uploads->file);
        }
        if (sent == NULL) {
            return;
        }
        uploads->reused = true;
        uploads->ids[uploads->next++] = sent->id;
    }
}

static void start_next(struct uploads *uploads)
{
    pass_known(uploads);
    if (uploads->next == uploads->end) {
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

static void start(struct uploads *uploads, struct app *app, struct form *form, int field)
{
    uploads_cancel(uploads);
    uploads->app = app;
    uploads->form = form;
    uploads->field = field;
    uploads->count = form_file_count(form, field);
    uploads->reused = false;
}

void uploads_start(struct uploads *uploads, struct app *app, struct form *form, int field,
                   void (*done)(void *owner, const struct err *err), void *owner)
{
    start(uploads, app, form, field);
    uploads->first = uploads->next = 0;
    uploads->end = uploads->count;
    uploads->done = done;
    uploads->owner = owner;
    start_next(uploads);
}

void uploads_start_one(struct uploads *uploads, struct app *app, struct form *form, int field,
                       int index, void (*done)(void *owner, const struct err *err), void *owner)
{
    start(uploads, app, form, field);
    uploads->first = uploads->next = index;
    uploads->end = index + 1;
    uploads->done = done;
    uploads->owner = owner;
    start_next(uploads);
}

/* The file as it was when it was read: another one may have its name by now. */
static void remember_taken(const struct uploads *uploads, int index, int64_t item_id,
                           const char *client)
{
    static struct scanfile file;
    for (int i = 0; i < uploads->sent_count; i++) {
        const struct upload_sent *sent = &uploads->sent[i];
        if (sent->id == uploads->ids[index] &&
            scanfolder_look(form_file(uploads->form, uploads->field, index), &file)) {
            file.size = sent->size;
            file.changed = sent->changed;
            sent_scans_add(&file, item_id, client);
        }
    }
}

void uploads_taken(struct uploads *uploads, int64_t item_id, const char *client)
{
    for (int i = 0; i < uploads->count; i++) {
        remember_taken(uploads, i, item_id, client);
    }
    uploads->count = 0;
    uploads->sent_count = 0;
}

bool uploads_expired(struct uploads *uploads, const struct err *err)
{
    bool expired = uploads->reused && err->code == ERR_not_found &&
                   (strcmp(err->field, "uploads") == 0 || strcmp(err->field, "upload") == 0);
    if (expired) {
        uploads->sent_count = 0;
    }
    return expired;
}

void uploads_cancel(struct uploads *uploads)
{
    if (uploads->running != NULL) {
        upload_cancel(uploads->running);
        uploads->running = NULL;
    }
}

void uploads_close(struct uploads *uploads)
{
    uploads_cancel(uploads);
    for (int i = 0; i < uploads->sent_count; i++) {
        drop(uploads, uploads->sent[i].id);
    }
    uploads->sent_count = 0;
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
