/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Cancelling a scan request: one line, done with Enter. */
#include <stdio.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/ui/words.h"

struct cancel_form {
    struct editing_screen base;
    int64_t id; /* of the request */
};

static void done(struct cancel_form *cancel, const struct err *err, const char *words)
{
    struct app *app = cancel->base.screen.app;
    if (err != NULL) {
        editing_failed(&cancel->base.editing, err);
        return;
    }
    app_close(app, &cancel->base.screen);
    app_say(app, STYLE_DONE, "%s", words);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    return editing_refuses(screen, action);
}

static const struct form_field reason_fields[] = {
    { .name = "reason",
      .label = N_("Reason"),
      .kind = INPUT_TEXT,
      .limit = LIMIT_LINE_BYTES,
      .help = N_("Told to the client, who may ask again. May stay empty.") },
};

static void on_request(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    struct cancel_form *cancel = owner;
    if (err == NULL) {
        snprintf(cancel->base.editing.lead, sizeof(cancel->base.editing.lead), "%s %s\n%s: %s",
                 request->client_code, request->client_name, _("Sender"), request->counterparty);
    }
    app_dirty(cancel->base.screen.app);
}

static void open_cancel(struct screen *screen, int64_t argument)
{
    struct cancel_form *cancel = (struct cancel_form *)screen;
    struct rec_by_id params = { .id = argument };
    cancel->id = argument;
    editing_open(screen, reason_fields, 1, NULL, true);
    call_scan_request_get(app_client(screen->app), &params, on_request, cancel);
}

static void on_cancelled(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    (void)request;
    done(owner, err, _("The request is cancelled. Ctrl-Z takes it back."));
}

static void act_cancel(struct screen *screen, enum ui_action action)
{
    struct cancel_form *cancel = (struct cancel_form *)screen;
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
        return;
    }
    struct rec_scan_request_cancel params = { .id = cancel->id,
                                              .reason = editing_text(&cancel->base.editing, 0) };
    cancel->base.editing.busy = true;
    call_scan_request_cancel(app_client(screen->app), &params, on_cancelled, cancel);
}

const struct screen_ops screen_cancel = {
    .title = N_("Mail > Scan requests > Cancel"),
    .size = sizeof(struct cancel_form),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_cancel,
    .close = editing_screen_close,
    .refuses = refuses,
    .act = act_cancel,
};
