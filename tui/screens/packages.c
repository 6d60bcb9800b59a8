/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pakiety: the list, and the form of one package. */
#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const struct listview_column columns[] = {
    { .title = N_("Name"), .min = 16, .flex = 1, .max = 40 },
    { .title = N_("Scan requests"), .min = 13 },
    { .title = N_("Scan cost"), .min = 11, .right = true },
    { .title = N_("Clients"), .min = 8, .right = true, .priority = 1 },
};

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_package *package = record;
    cell_text(row->cell[0], package->name);
    cell_text(row->cell[1], wording_permission(package->allow_scan_requests));
    cell_money(row->cell[2], package->default_scan_cost);
    snprintf(row->cell[3], LISTVIEW_CELL, "%lld", (long long)package->clients);
}

static const struct browse_ops browsing = {
    .method = METHOD_package_list,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .empty = N_("No packages. F6 makes a new one."),
    .row = row,
    .opens = &screen_package_edit,
    .makes = &screen_package_edit,
    .events = ON_EVENT(package_changed) | ON_EVENT(client_changed),
};

const struct screen_ops screen_packages = LIST_SCREEN(N_("Packages"), browsing, NULL);

/* --- One package ---------------------------------------------------------------------------- */

enum { NAME, PERMISSION, COST, FIELDS };

static const struct form_field fields[FIELDS] = {
    [NAME] = { .name = "name",
               .label = N_("Name"),
               .kind = INPUT_TEXT,
               .limit = LIMIT_LINE_BYTES,
               .width = 40,
               .flags = INPUT_REQUIRED },
    [PERMISSION] = { .name = "allow_scan_requests",
                     .label = N_("Scan requests"),
                     .kind = INPUT_CHOICE,
                     .choices = choices_permission,
                     .help = N_("May the clients of this package ask for scans, unless their own "
                                "setting says otherwise?") },
    [COST] = { .name = "default_scan_cost",
               .label = N_("Default scan cost"),
               .kind = INPUT_MONEY,
               .width = 12,
               .help = N_("Filled in when a scan is added.") },
};

struct package_form {
    struct editing_screen base;
    int64_t id, version;
};

static struct form *form_of(struct package_form *package)
{
    return package->base.editing.form;
}

static void on_packages(void *owner, const struct rec_package_list_result *list,
                        const struct err *err)
{
    struct package_form *edit = owner;
    edit->base.editing.busy = false;
    for (size_t i = 0; err == NULL && i < list->packages.count; i++) {
        const struct rec_package *package = (const struct rec_package *)list->packages.at + i;
        if (package->id == edit->id) {
            edit->version = package->version;
            form_adopt_text(form_of(edit), NAME, package->name);
            form_adopt_choice(form_of(edit), PERMISSION,
                              words_permission.at[package->allow_scan_requests]);
            form_adopt_money(form_of(edit), COST, package->default_scan_cost);
        }
    }
    app_dirty(edit->base.screen.app);
}

static void load(struct package_form *edit)
{
    edit->base.editing.busy = true;
    call_package_list(app_client(edit->base.screen.app), &(struct rec_nothing){ 0 }, on_packages,
                      edit);
}

static void open_edit(struct screen *screen, int64_t argument)
{
    struct package_form *edit = (struct package_form *)screen;
    edit->id = argument;
    editing_open(screen, fields, FIELDS, NULL, false);
    if (argument != 0) {
        load(edit);
    }
}

static void on_saved(void *owner, const struct rec_package *package, const struct err *err)
{
    struct package_form *edit = owner;
    struct app *app = edit->base.screen.app;
    if (err != NULL) {
        editing_failed(&edit->base.editing, err);
        if (editing_is_stale(err)) {
            load(edit);
        }
        return;
    }
    app_say(app, STYLE_DONE, "%s: %s", _("Saved"), package->name);
    app_close(app, &edit->base.screen);
}

static void act_edit(struct screen *screen, enum ui_action action)
{
    struct package_form *edit = (struct package_form *)screen;
    struct form *form = form_of(edit);
    struct rec_package_save params = { .id = edit->id,
                                       .has_id = edit->id != 0,
                                       .version = edit->version,
                                       .has_version = edit->id != 0 };
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
        return;
    }
    if (!form_check(form)) {
        return;
    }
    const char *permission = form_choice(form, PERMISSION);
    params.name = form_text(form, NAME);
    params.allow_scan_requests =
        (enum permission)words_find(&words_permission, permission, strlen(permission));
    params.has_allow_scan_requests = true;
    params.has_default_scan_cost = form_money(form, COST, &params.default_scan_cost);
    edit->base.editing.busy = true;
    call_package_save(app_client(screen->app), &params, on_saved, edit);
}

const struct screen_ops screen_package_edit = {
    .title = N_("Packages > Package"),
    .size = sizeof(struct package_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_edit,
    .close = editing_screen_close,
    .refuses = editing_refuses,
    .act = act_edit,
};
