/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/newest_scan.h"

#include <stdlib.h>

#include "protocol/base/memory.h"
#include "tui/app.h"
#include "tui/editing.h"
#include "tui/sent_scans.h"
#include "tui/ui/words.h"

/* Folders of scanners are mostly on a network, where nobody tells of a new file: they are read. */
enum { LOOK_MS = 1000 };

static bool read_folder(struct newest_scan *newest, struct scanfile *ret_file)
{
    const char *folder = app_scan_folder(newest->editing->screen->app);
    return scanfolder_list(folder, "", ret_file, 1) == 1;
}

/* Puts the file into the field in the place of the one before; nothing where it was sent. */
static void take(struct newest_scan *newest, char sent_to[SENT_SCANS_CLIENT])
{
    char note[SENT_SCANS_NOTE];
    struct form *form = newest->editing->form;
    form_drop_files(form, newest->field);
    sent_to[0] = '\0';
    if (!sent_scans_find(&newest->file, sent_to)) {
        sent_scans_note(&newest->file, note);
        form_add_file(form, newest->field, newest->file.path, newest->file.name, note);
    }
}

bool newest_scan_check(struct newest_scan *newest)
{
    static struct scanfile file;
    char sent_to[SENT_SCANS_CLIENT];
    struct app *app = newest->editing->screen->app;
    bool left_alone = !form_field_changed(newest->editing->form, newest->field) &&
                      form_text(newest->editing->form, newest->field)[0] == '\0';
    if (!left_alone || !read_folder(newest, &file) || scanfolder_same(&file, &newest->file)) {
        return false;
    }
    newest->file = file;
    if (sent_scans_find(&file, sent_to)) {
        return false; /* another terminal's; or what was newer went away */
    }
    if (newest->looked_at) {
        app_say(app, STYLE_ALERT, "%s: %s", _("There is a newer file, not chosen"), file.name);
    } else {
        take(newest, sent_to);
        app_say(app, STYLE_ALERT, "%s: %s", _("A newer file came and is chosen"), file.name);
    }
    return true;
}

static void on_look(uv_timer_t *timer)
{
    struct newest_scan *newest = timer->data;
    if (!newest->editing->busy) {
        newest_scan_check(newest);
    }
}

void newest_scan_begin(struct newest_scan *newest, struct editing *editing, int field)
{
    char sent_to[SENT_SCANS_CLIENT];
    struct app *app = editing->screen->app;
    newest->editing = editing;
    newest->field = field;
    if (read_folder(newest, &newest->file)) {
        take(newest, sent_to);
        if (sent_to[0] != '\0') {
            app_say(app, STYLE_ALERT, "%s: %s %s", newest->file.name, _("already sent to"),
                    sent_to);
        }
    }
    newest->timer = memory_zeroed(sizeof(*newest->timer));
    newest->timer->data = newest;
    uv_timer_init(app_loop(app), newest->timer);
    uv_timer_start(newest->timer, on_look, LOOK_MS, LOOK_MS);
}

void newest_scan_keep(struct newest_scan *newest)
{
    newest->looked_at = true;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

void newest_scan_close(struct newest_scan *newest)
{
    uv_close((uv_handle_t *)newest->timer, on_closed);
}
