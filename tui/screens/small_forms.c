/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two small forms, done with Enter: cancelling a scan request, and a cost on a letter. */
#include <stdio.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/ui/words.h"

struct small_form {
    struct editing_screen base;
    int64_t id; /* of the request, of the mail item */
};

static void done(struct small_form *small, const struct err *err, const char *words)
{
    struct app *app = small->base.screen.app;
    if (err != NULL) {
        editing_failed(&small->base.editing, err);
        return;
    }
    app_close(app, &small->base.screen);
    app_say(app, STYLE_DONE, "%s", words);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    return editing_refuses(screen, action);
}

/* --- Cancelling ----------------------------------------------------------------------------- */

static const struct form_field reason_fields[] = {
    { .name = "reason",
      .label = N_("Reason"),
      .kind = INPUT_TEXT,
      .limit = LIMIT_LINE_BYTES,
      .help = N_("Told to the client, who may ask again. May stay empty.") },
};

static void on_request(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    struct small_form *small = owner;
    if (err == NULL) {
        snprintf(small->base.editing.lead, sizeof(small->base.editing.lead), "%s %s\n%s: %s",
                 request->client_code, request->client_name, _("Sender"), request->counterparty);
    }
    app_dirty(small->base.screen.app);
}

static void open_cancel(struct screen *screen, int64_t argument)
{
    struct small_form *small = (struct small_form *)screen;
    struct rec_by_id params = { .id = argument };
    small->id = argument;
    editing_open(screen, reason_fields, 1, NULL, true);
    call_scan_request_get(app_client(screen->app), &params, on_request, small);
}

static void on_cancelled(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    (void)request;
    done(owner, err, _("The request is cancelled. Ctrl-Z takes it back."));
}

static void act_cancel(struct screen *screen, enum ui_action action)
{
    struct small_form *small = (struct small_form *)screen;
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
        return;
    }
    struct rec_scan_request_cancel params = { .id = small->id,
                                              .reason = editing_text(&small->base.editing, 0) };
    small->base.editing.busy = true;
    call_scan_request_cancel(app_client(screen->app), &params, on_cancelled, small);
}

const struct screen_ops screen_cancel = {
    .title = N_("Mail > Scan requests > Cancel"),
    .size = sizeof(struct small_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_cancel,
    .close = editing_screen_close,
    .refuses = refuses,
    .act = act_cancel,
};

/* --- A cost --------------------------------------------------------------------------------- */

enum { AMOUNT, INFORMATION, CHARGE_FIELDS };

static const struct form_field charge_fields[CHARGE_FIELDS] = {
    [AMOUNT] = { .name = "amount",
                 .label = N_("Additional cost"),
                 .kind = INPUT_MONEY,
                 .width = 12,
                 .flags = INPUT_REQUIRED },
    [INFORMATION] = { .name = "information",
                      .label = N_("Additional information"),
                      .kind = INPUT_TEXT,
                      .limit = LIMIT_LINE_BYTES,
                      .help = N_("What the cost is for; stands in the summary.") },
};

static void open_charge(struct screen *screen, int64_t argument)
{
    ((struct small_form *)screen)->id = argument;
    editing_open(screen, charge_fields, CHARGE_FIELDS, NULL, true);
}

static void on_charged(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    (void)item;
    done(owner, err, _("The cost is written down."));
}

static void act_charge(struct screen *screen, enum ui_action action)
{
    struct small_form *small = (struct small_form *)screen;
    struct editing *editing = &small->base.editing;
    struct rec_charge_save params = { .item_id = small->id, .has_item_id = true };
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
        return;
    }
    if (!form_check(editing->form) || !form_money(editing->form, AMOUNT, &params.amount)) {
        return;
    }
    params.has_amount = true;
    params.information = editing_text(editing, INFORMATION);
    editing->busy = true;
    call_charge_save(app_client(screen->app), &params, on_charged, small);
}

const struct screen_ops screen_charge = {
    .title = N_("Mail > Add a cost"),
    .size = sizeof(struct small_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_charge,
    .close = editing_screen_close,
    .refuses = refuses,
    .act = act_charge,
};
