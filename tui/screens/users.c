/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Administracja > Użytkownicy: the list, and the form of one user. */
#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const struct listview_column columns[] = {
    { .title = N_("Login"), .min = 12, .flex = 1, .max = 20 },
    { .title = N_("Name"), .min = 12, .flex = 2, .max = 40 },
    { .title = N_("Role"), .min = 13 },
    { .title = N_("System user"), .min = 16, .priority = 2 },
    { .title = N_("May sign in"), .min = 11, .priority = 1 },
};

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_user *user = record;
    cell_text(row->cell[0], user->login);
    cell_text(row->cell[1], user->name);
    cell_text(row->cell[2], wording_role(user->role));
    cell_text(row->cell[3], user->os_user);
    cell_text(row->cell[4], user->active ? _("yes") : _("no"));
    row->style = user->active ? STYLE_NORMAL : STYLE_CANCELLED;
}

static const struct browse_ops browsing = {
    .method = METHOD_user_list,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .empty = N_("No users. F6 makes a new one."),
    .row = row,
    .opens = &screen_user_edit,
    .makes = &screen_user_edit,
    .events = ON_EVENT(user_changed),
};

const struct screen_ops screen_users = LIST_SCREEN(N_("Administration > Users"), browsing, NULL);

/* --- One user ------------------------------------------------------------------------------- */

enum { LOGIN, NAME, ROLE, OS_USER, PASSWORD, ACTIVE, FIELDS };

static const struct form_field fields[FIELDS] = {
    [LOGIN] = { .name = "login",
                .label = N_("Login"),
                .kind = INPUT_TEXT,
                .limit = LIMIT_LINE_BYTES,
                .width = 30,
                .flags = INPUT_REQUIRED },
    [NAME] = { .name = "name",
               .label = N_("Name"),
               .kind = INPUT_TEXT,
               .limit = LIMIT_LINE_BYTES,
               .width = 40 },
    [ROLE] = { .name = "role", .label = N_("Role"), .kind = INPUT_CHOICE, .choices = choices_role },
    [OS_USER] = { .name = "os_user",
                  .label = N_("System user"),
                  .kind = INPUT_TEXT,
                  .limit = LIMIT_LINE_BYTES,
                  .width = 30,
                  .help = N_("Who is this user of the machine needs no password there.") },
    [PASSWORD] = { .name = "password",
                   .label = N_("New password"),
                   .kind = INPUT_SECRET,
                   .limit = LIMIT_LINE_BYTES,
                   .width = 30,
                   .help = N_("At least 8 characters. Empty: as it is.") },
    [ACTIVE] = { .name = "active", .label = N_("May sign in"), .kind = INPUT_TOGGLE },
};

struct user_form {
    struct editing_screen base;
    int64_t id, version;
};

static struct form *form_of(struct user_form *user)
{
    return user->base.editing.form;
}

static void on_users(void *owner, const struct rec_user_list_result *list, const struct err *err)
{
    struct user_form *edit = owner;
    struct form *form = form_of(edit);
    edit->base.editing.busy = false;
    for (size_t i = 0; err == NULL && i < list->users.count; i++) {
        const struct rec_user *user = (const struct rec_user *)list->users.at + i;
        if (user->id == edit->id) {
            edit->version = user->version;
            form_adopt_text(form, LOGIN, user->login);
            form_adopt_text(form, NAME, user->name);
            form_adopt_choice(form, ROLE, words_role.at[user->role]);
            form_adopt_text(form, OS_USER, user->os_user);
            form_adopt_toggle(form, ACTIVE, user->active);
        }
    }
    app_dirty(edit->base.screen.app);
}

static void load(struct user_form *edit)
{
    edit->base.editing.busy = true;
    call_user_list(app_client(edit->base.screen.app), &(struct rec_nothing){ 0 }, on_users, edit);
}

static void open_edit(struct screen *screen, int64_t argument)
{
    struct user_form *edit = (struct user_form *)screen;
    edit->id = argument;
    editing_open(screen, fields, FIELDS, NULL, false);
    form_set_toggle(form_of(edit), ACTIVE, true);
    if (argument != 0) {
        load(edit);
    }
}

static void on_saved(void *owner, const struct rec_user *user, const struct err *err)
{
    struct user_form *edit = owner;
    struct app *app = edit->base.screen.app;
    if (err != NULL) {
        editing_failed(&edit->base.editing, err);
        if (editing_is_stale(err)) {
            load(edit);
        }
        return;
    }
    app_say(app, STYLE_DONE, "%s: %s", _("Saved"), user->login);
    app_close(app, &edit->base.screen);
}

static void save(struct user_form *edit)
{
    struct form *form = form_of(edit);
    const char *role = form_choice(form, ROLE);
    bool all = edit->id == 0;
    struct rec_user_save params = {
        .id = edit->id,
        .has_id = !all,
        .version = edit->version,
        .has_version = !all,
        .login = all || form_field_changed(form, LOGIN) ? form_text(form, LOGIN) : NULL,
        .role = (enum role)words_find(&words_role, role, strlen(role)),
        .has_role = all || form_field_changed(form, ROLE),
        .name = form_field_changed(form, NAME) ? editing_text(&edit->base.editing, NAME) : NULL,
        .os_user = form_field_changed(form, OS_USER) ? form_text(form, OS_USER) : NULL,
        .password = editing_text(&edit->base.editing, PASSWORD),
        .active = form_toggle(form, ACTIVE),
        .has_active = true,
    };
    edit->base.editing.busy = true;
    call_user_save(app_client(edit->base.screen.app), &params, on_saved, edit);
}

static void act_edit(struct screen *screen, enum ui_action action)
{
    struct user_form *edit = (struct user_form *)screen;
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
    } else if (form_check(form_of(edit))) {
        save(edit);
    }
}

const struct screen_ops screen_user_edit = {
    .title = N_("Administration > Users > User"),
    .size = sizeof(struct user_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_edit,
    .close = editing_screen_close,
    .refuses = editing_refuses,
    .act = act_edit,
};
