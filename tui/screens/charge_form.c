/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A cost on a letter: a new one, or one that is there, to be changed or removed. One that stands on
 * an invoice stays as it is: what was wrong with it is put right by a new, negative one.
 */
#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/letter_lead.h"
#include "tui/ui/words.h"

enum { AMOUNT, INFORMATION, FIELDS };

static const struct form_field fields[FIELDS] = {
    [AMOUNT] = { .name = "amount",
                 .label = N_("Additional cost"),
                 .kind = INPUT_MONEY,
                 .width = 12,
                 .flags = INPUT_REQUIRED | INPUT_SIGNED,
                 .help = N_("With a minus it corrects what is on an invoice already.") },
    [INFORMATION] = { .name = "information",
                      .label = N_("Additional information"),
                      .kind = INPUT_TEXT,
                      .limit = LIMIT_LINE_BYTES,
                      .help = N_("What the cost is for; stands in the summary.") },
};

struct charge_form {
    struct editing_screen base;
    int64_t item_id;
    int64_t id, version; /* 0: a new one */
    bool invoiced;
    char invoice[LIMIT_LINE_BYTES + 1]; /* its number */
};

static struct form *form_of(struct charge_form *charge)
{
    return charge->base.editing.form;
}

/* Whose letter it is, and what it has cost already. */
static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct charge_form *edit = owner;
    struct editing *editing = &edit->base.editing;
    editing->busy = false;
    if (err != NULL) {
        app_close(edit->base.screen.app, &edit->base.screen);
        app_say_error(edit->base.screen.app, err);
        return;
    }
    letter_lead(editing->lead, sizeof(editing->lead), item, true);
    if (edit->invoice[0] != '\0') {
        size_t used = strlen(editing->lead);
        snprintf(editing->lead + used, sizeof(editing->lead) - used, "\n%s: %s",
                 _("On the invoice"), edit->invoice);
    }
    app_dirty(edit->base.screen.app);
}

static void load_letter(struct charge_form *edit)
{
    struct rec_by_id params = { .id = edit->item_id };
    edit->base.editing.busy = true;
    call_mail_get(app_client(edit->base.screen.app), &params, on_item, edit);
}

static void open_new(struct screen *screen, int64_t argument)
{
    struct charge_form *edit = (struct charge_form *)screen;
    edit->item_id = argument;
    editing_open(screen, fields, FIELDS, NULL, true);
    load_letter(edit);
}

static void on_charge(void *owner, const struct rec_charge *charge, const struct err *err)
{
    struct charge_form *edit = owner;
    struct app *app = edit->base.screen.app;
    edit->base.editing.busy = false;
    if (err != NULL) {
        app_close(app, &edit->base.screen);
        app_say_error(app, err);
        return;
    }
    edit->item_id = charge->item_id;
    edit->version = charge->version;
    edit->invoiced = charge->invoice_number != NULL;
    form_adopt_money(form_of(edit), AMOUNT, charge->amount);
    form_adopt_text(form_of(edit), INFORMATION, charge->information);
    snprintf(edit->invoice, sizeof(edit->invoice), "%s", text_or_empty(charge->invoice_number));
    load_letter(edit);
    app_dirty(app);
}

static void load(struct charge_form *edit)
{
    struct rec_by_id params = { .id = edit->id };
    edit->base.editing.busy = true;
    call_charge_get(app_client(edit->base.screen.app), &params, on_charge, edit);
}

static void open_edit(struct screen *screen, int64_t argument)
{
    struct charge_form *edit = (struct charge_form *)screen;
    edit->id = argument;
    editing_open(screen, fields, FIELDS, NULL, true);
    load(edit);
}

static void done(struct charge_form *edit, const struct err *err, const char *words)
{
    struct app *app = edit->base.screen.app;
    if (err != NULL) {
        editing_failed(&edit->base.editing, err);
        if (editing_is_stale(err)) {
            load(edit);
        }
        return;
    }
    app_close(app, &edit->base.screen);
    app_say(app, STYLE_DONE, "%s", words);
}

static void on_saved(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    (void)item;
    done(owner, err, _("The cost is written down."));
}

static void on_removed(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    (void)item;
    done(owner, err, _("The cost is removed."));
}

static void save(struct charge_form *edit)
{
    struct rec_charge_save params = { .item_id = edit->item_id,
                                      .has_item_id = edit->id == 0,
                                      .id = edit->id,
                                      .has_id = edit->id != 0,
                                      .version = edit->version,
                                      .has_version = edit->id != 0,
                                      .has_amount = true };
    form_money(form_of(edit), AMOUNT, &params.amount);
    params.information = form_text(form_of(edit), INFORMATION);
    edit->base.editing.busy = true;
    call_charge_save(app_client(edit->base.screen.app), &params, on_saved, edit);
}

static void on_remove(void *owner, bool yes, const char *text)
{
    (void)text;
    struct charge_form *edit = owner;
    struct rec_charge_remove params = { .id = edit->id,
                                        .version = edit->version,
                                        .has_version = true };
    if (yes) {
        edit->base.editing.busy = true;
        call_charge_remove(app_client(edit->base.screen.app), &params, on_removed, edit);
    }
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct charge_form *edit = (struct charge_form *)screen;
    if (action == ACTION_REMOVE && edit->id == 0) {
        return not_here;
    }
    if ((action == ACTION_REMOVE || action == ACTION_SAVE) && edit->invoiced) {
        return _("It stands on an invoice. Write a new cost, with a minus if need be.");
    }
    return action == ACTION_REMOVE ? NULL : editing_refuses(screen, action);
}

static void act(struct screen *screen, enum ui_action action)
{
    struct charge_form *edit = (struct charge_form *)screen;
    if (action == ACTION_REMOVE) {
        app_ask(screen->app, DIALOG_YES_NO, _("Remove the cost"), form_text(form_of(edit), AMOUNT),
                on_remove, edit);
    } else if (action != ACTION_SAVE) {
        editing_act(screen, action);
    } else if (form_check(form_of(edit))) {
        save(edit);
    }
}

const struct screen_ops screen_charge = {
    .title = N_("Mail > Add a cost"),
    .size = sizeof(struct charge_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_new,
    .close = editing_screen_close,
    .refuses = refuses,
    .act = act,
};

const struct screen_ops screen_charge_edit = {
    .title = N_("Mail > Change a cost"),
    .size = sizeof(struct charge_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_edit,
    .close = editing_screen_close,
    .refuses = refuses,
    .act = act,
};
