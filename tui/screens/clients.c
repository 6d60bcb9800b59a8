/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Klienci: the list, and the form of one client. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/client_lines.h"
#include "tui/editing.h"
#include "tui/lines.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const char *const tabs[] = { N_("Active"), N_("All") };

static const struct listview_column columns[] = {
    { .title = N_("No."), .min = 4 },
    { .title = N_("Name"), .min = 24, .flex = 2 },
    { .title = N_("Package"), .min = 9, .flex = 1, .max = 16, .priority = 1 },
    { .title = N_("Scan requests"), .min = 13, .priority = 2 },
    { .title = N_("Waiting"), .min = 7, .right = true },
    { .title = N_("E-mail"), .min = 16, .flex = 1, .priority = 3 },
};

/* Who is searched for is found, gone or not: else the same client would be made once more. */
static void ask(struct screen *screen, int tab, void *params)
{
    (void)screen;
    struct rec_client_search *wanted = params;
    wanted->ended_too = tab == 1 || wanted->text != NULL;
    wanted->has_ended_too = true;
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_client *client = record;
    cell_text(row->cell[0], client->code);
    snprintf(row->cell[1], LISTVIEW_CELL, "%s%s%s%s", client->active ? "" : "(",
             client->active ? "" : _("ended"), client->active ? "" : ") ", client->name);
    cell_text(row->cell[2], client->package_name);
    snprintf(row->cell[3], LISTVIEW_CELL, "%s%s", client->may_request_scans ? _("yes") : _("no"),
             client->allow_scan_requests == permission_inherit ? "" : " (!)");
    snprintf(row->cell[4], LISTVIEW_CELL, "%lld", (long long)client->waiting);
    cell_text(row->cell[5],
              client->emails.count > 0 ? ((const char *const *)client->emails.at)[0] : "");
    row->style = client->active ? STYLE_NORMAL : STYLE_CANCELLED;
}

static const struct browse_ops browsing = {
    .method = METHOD_client_search,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .tabs = tabs,
    .tab_count = 2,
    .empty = N_("No such client. F6 makes a new one."),
    .ask = ask,
    .row = row,
    .opens = &screen_client_card,
    .makes = &screen_client_edit,
    .events = ~(ON_EVENT(user_changed) | ON_EVENT(outbox_changed) | ON_EVENT(scan_request_claimed)),
};

enum { CARD_FROM = 8 }; /* rows; in fewer there is only what the list has no column for */

/* Two blanks apart; what is not known takes no room. */
static void add_fact(struct buf *line, const char *label, const char *text)
{
    if (text != NULL && *text != '\0') {
        buf_format(line, "%s%s%s%s", line->length == 0 ? "" : "  ", label, *label ? ": " : "",
                   text);
    }
}

/* Data of the selected one beside the list, or below it what one looks up on the telephone. */
static void detail(struct screen *screen, struct area area)
{
    const struct rec_client *client = browse_selected(browse_of(screen));
    struct card card = { 0 };
    if (client == NULL) {
        return;
    }
    card_begin(&card);
    if (area.rows >= CARD_FROM) {
        client_lines(&card, client);
        card_show(&card, area);
    } else {
        struct buf line = BUF_INIT;
        add_fact(&line, "", client->phone);
        add_fact(&line, "", lines_join(card.arena, &client->emails));
        add_fact(&line, _("NIP"), client->tax_id);
        add_fact(&line, _("Other names"), lines_join(card.arena, &client->aliases));
        draw_paragraph(area, STYLE_NORMAL, buf_str(&line));
        buf_release(&line);
    }
    card_release(&card);
}

static const char *refuses_list(struct screen *screen, enum ui_action action)
{
    switch (action) {
    case ACTION_ROW_MENU:
    case ACTION_EDIT:
    case ACTION_CLIENT_MAIL: return browse_selected(browse_of(screen)) != NULL ? NULL : not_here;
    default: return browse_screen_refuses(screen, action);
    }
}

static void act_list(struct screen *screen, enum ui_action action)
{
    int64_t id = browse_selected_id(browse_of(screen));
    switch (action) {
    case ACTION_CLIENT_MAIL: app_push(screen->app, &screen_incoming, id); break;
    case ACTION_EDIT: app_push(screen->app, &screen_client_edit, id); break;
    default: browse_screen_act(screen, action);
    }
}

const struct screen_ops screen_clients = {
    .title = N_("Clients"),
    .size = sizeof(struct browse_screen),
    .list = &browsing,
    BROWSE_SCREEN,
    .click = browse_screen_click,
    .open = browse_screen_open,
    .detail = detail,
    .refuses = refuses_list,
    .act = act_list,
    .event = browse_screen_event,
};

/* --- One client ----------------------------------------------------------------------------- */

enum { NAME, EMAILS, PACKAGE, CODE, PERMISSION, LANGUAGE, ALIASES, PHONE, TAX_ID, ACTIVE, FIELDS };

static const struct form_field fields[FIELDS] = {
    [NAME] = { .name = "name",
               .label = N_("Name"),
               .kind = INPUT_TEXT,
               .limit = LIMIT_LINE_BYTES,
               .flags = INPUT_REQUIRED },
    [EMAILS] = { .name = "emails",
                 .label = N_("E-mail"),
                 .kind = INPUT_TEXT,
                 .limit = LIMIT_NOTE_BYTES,
                 .help = N_("Several addresses: with commas between.") },
    [PACKAGE] = { .name = "package_id",
                  .label = N_("Package"),
                  .kind = INPUT_PICK,
                  .limit = LIMIT_LINE_BYTES,
                  .width = 30,
                  .flags = INPUT_REQUIRED },
    [CODE] = { .name = "code",
               .label = N_("Box number"),
               .kind = INPUT_TEXT,
               .limit = 20,
               .width = 10,
               .help = N_("Empty: the next free one.") },
    [PERMISSION] = { .name = "allow_scan_requests",
                     .label = N_("Scan requests"),
                     .kind = INPUT_CHOICE,
                     .choices = choices_permission,
                     .help = N_("inherit: as the package says") },
    [LANGUAGE] = { .name = "language",
                   .label = N_("Language"),
                   .kind = INPUT_CHOICE,
                   .choices = choices_language },
    [ALIASES] = { .name = "aliases",
                  .label = N_("Other names"),
                  .kind = INPUT_TEXT,
                  .limit = LIMIT_NOTE_BYTES,
                  .help = N_("Names that stand on envelopes, with commas between.") },
    [PHONE] = { .name = "phone",
                .label = N_("Telephone"),
                .kind = INPUT_TEXT,
                .limit = 40,
                .width = 20 },
    [TAX_ID] = { .name = "tax_id",
                 .label = N_("NIP"),
                 .kind = INPUT_TEXT,
                 .limit = 20,
                 .width = 16 },
    [ACTIVE] = { .name = "active", .label = N_("Contract runs"), .kind = INPUT_TOGGLE },
};

struct client_form {
    struct editing_screen base;
    int64_t id, version;
};

static struct form *form_of(struct client_form *client)
{
    return client->base.editing.form;
}

static void source(void *owner, int field, const char *text, unsigned round)
{
    editing_ask_packages(editing_of(owner), field, text, round);
}

/* Takes over what the server has; what the person changed stays, with the server's beside it. */
static void fill(struct client_form *edit, const struct rec_client *client)
{
    struct form *form = form_of(edit);
    struct arena *arena = arena_new();
    edit->version = client->version;
    form_adopt_text(form, NAME, client->name);
    form_adopt_text(form, EMAILS, lines_join(arena, &client->emails));
    form_adopt_pick(form, PACKAGE, client->package_id, client->package_name);
    form_adopt_text(form, CODE, client->code);
    form_adopt_choice(form, PERMISSION, words_permission.at[client->allow_scan_requests]);
    form_adopt_choice(form, LANGUAGE, words_language.at[client->language]);
    form_adopt_text(form, ALIASES, lines_join(arena, &client->aliases));
    form_adopt_text(form, PHONE, client->phone);
    form_adopt_text(form, TAX_ID, client->tax_id);
    form_adopt_toggle(form, ACTIVE, client->active);
    if (!form_field_changed(form, PERMISSION)) {
        form_remark(form, PERMISSION,
                    client->may_request_scans ? _("now: may ask") : _("now: may not ask"));
    }
    arena_free(arena);
}

static void on_client(void *owner, const struct rec_client *client, const struct err *err)
{
    struct client_form *edit = owner;
    edit->base.editing.busy = false;
    if (err != NULL) {
        app_say_error(edit->base.screen.app, err);
    } else {
        fill(edit, client);
    }
    app_dirty(edit->base.screen.app);
}

static void load(struct client_form *edit)
{
    struct rec_by_id params = { .id = edit->id };
    edit->base.editing.busy = true;
    call_client_get(app_client(edit->base.screen.app), &params, on_client, edit);
}

static void open_edit(struct screen *screen, int64_t argument)
{
    struct client_form *edit = (struct client_form *)screen;
    edit->id = argument;
    editing_open(screen, fields, FIELDS, source, false);
    form_set_toggle(form_of(edit), ACTIVE, true);
    form_hide(form_of(edit), ACTIVE, argument == 0);
    form_hide(form_of(edit), PERMISSION, !app_is_administrator(screen->app));
    editing_keep_draft(screen, "client", argument);
    if (argument != 0) {
        load(edit);
    }
}

static void on_saved(void *owner, const struct rec_client *client, const struct err *err)
{
    struct client_form *edit = owner;
    struct app *app = edit->base.screen.app;
    if (err != NULL) {
        editing_failed(&edit->base.editing, err);
        if (editing_is_stale(err)) {
            load(edit);
        }
        return;
    }
    app_say(app, STYLE_DONE, "%s: %s %s", _("Saved"), client->code, client->name);
    app_close(app, &edit->base.screen);
}

static void save(struct client_form *edit)
{
    struct form *form = form_of(edit);
    struct arena *arena = arena_new();
    bool all = edit->id == 0;
    struct rec_client_save params = {
        .id = edit->id,
        .has_id = edit->id != 0,
        .version = edit->version,
        .has_version = edit->id != 0,
        .package_id = form_pick(form, PACKAGE),
        .has_package_id = all || form_field_changed(form, PACKAGE),
        .has_allow_scan_requests = form_field_changed(form, PERMISSION),
        .has_language = form_field_changed(form, LANGUAGE),
        .active = form_toggle(form, ACTIVE),
        .has_active = form_field_changed(form, ACTIVE),
    };
    params.allow_scan_requests = (enum permission)words_find(
        &words_permission, form_choice(form, PERMISSION), strlen(form_choice(form, PERMISSION)));
    params.language = (enum language)words_find(&words_language, form_choice(form, LANGUAGE),
                                                strlen(form_choice(form, LANGUAGE)));
    params.name = all || form_field_changed(form, NAME) ? form_text(form, NAME) : NULL;
    if (all || form_field_changed(form, EMAILS)) {
        params.emails = lines_split(arena, form_text(form, EMAILS));
    }
    if (form_field_changed(form, ALIASES)) {
        params.aliases = lines_split(arena, form_text(form, ALIASES));
    }
    if (all) {
        params.code = editing_text(&edit->base.editing, CODE); /* NULL: the next free one */
    } else if (form_field_changed(form, CODE)) {
        params.code = form_text(form, CODE);
    }
    params.phone = form_field_changed(form, PHONE) ? form_text(form, PHONE) : NULL;
    params.tax_id = form_field_changed(form, TAX_ID) ? form_text(form, TAX_ID) : NULL;
    edit->base.editing.busy = true;
    call_client_save(app_client(edit->base.screen.app), &params, on_saved, edit);
    arena_free(arena);
}

static void on_invited(void *owner, const struct rec_client *client, const struct err *err)
{
    struct client_form *edit = owner;
    struct app *app = edit->base.screen.app;
    if (err != NULL) {
        editing_failed(&edit->base.editing, err);
    } else {
        app_say(app, STYLE_DONE, "%s: %s", _("The invitation is on its way"), client->name);
    }
}

static void on_invite(void *owner, bool yes, const char *text)
{
    (void)text;
    struct client_form *edit = owner;
    struct rec_by_id params = { .id = edit->id };
    if (yes) {
        call_client_invite(app_client(edit->base.screen.app), &params, on_invited, edit);
    }
}

static const char *refuses_edit(struct screen *screen, enum ui_action action)
{
    struct client_form *edit = (struct client_form *)screen;
    if (action != ACTION_INVITE) {
        return editing_refuses(screen, action);
    }
    if (edit->id == 0) {
        return not_here;
    }
    return form_changed(form_of(edit)) ? _("Save first: the invitation goes to what is saved.")
                                       : NULL;
}

static void act_edit(struct screen *screen, enum ui_action action)
{
    struct client_form *edit = (struct client_form *)screen;
    if (action == ACTION_INVITE) {
        app_ask(screen->app, DIALOG_YES_NO, _("Invitation to the pages"),
                form_text(form_of(edit), EMAILS), on_invite, edit);
    } else if (action != ACTION_SAVE) {
        editing_act(screen, action);
    } else if (form_check(form_of(edit))) {
        save(edit);
    }
}

const struct screen_ops screen_client_edit = {
    .title = N_("Clients > Client"),
    .size = sizeof(struct client_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_edit,
    .close = editing_screen_close,
    .refuses = refuses_edit,
    .act = act_edit,
};
