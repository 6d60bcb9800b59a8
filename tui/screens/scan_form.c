/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Adding scans: to fulfil a request, or to a letter nobody asked about. The newest file of the
 * scanner and the package's cost are filled in already, so that the usual case is one key.
 */
#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/newest_scan.h"
#include "tui/scan_pane.h"
#include "tui/sent_scans.h"
#include "tui/ui/words.h"
#include "tui/uploads.h"
#include "tui/wording.h"

enum { FILES, INFORMATION, COST, NOTIFY, FIELDS };

static const struct form_field fields[FIELDS] = {
    [FILES] = { .name = "uploads",
                .label = N_("Files"),
                .kind = INPUT_FILES,
                .limit = 1000,
                .flags = INPUT_REQUIRED,
                .help = N_("The scans: PDF, JPEG, PNG or TIFF. The list shows the scan folder, "
                           "newest first; a path may be typed. Backspace takes the last one "
                           "away.") },
    [INFORMATION] = { .name = "information",
                      .label = N_("Additional information"),
                      .kind = INPUT_NOTE,
                      .limit = LIMIT_NOTE_BYTES,
                      .help = N_("Told to the client in the e-mail with the scan.") },
    [COST] = { .name = "cost",
               .label = N_("Additional cost"),
               .kind = INPUT_MONEY,
               .width = 12,
               .help = N_("Filled in from the client's package; 0 makes no charge.") },
    [NOTIFY] = { .name = "notify",
                 .label = N_("Tell the client"),
                 .kind = INPUT_TOGGLE,
                 .help = N_("Send the scan to the client by e-mail.") },
};

struct scan_form {
    struct editing_screen base;
    int64_t request_id; /* 0: added to the item without a request */
    int64_t item_id;
    struct uploads uploads;
    struct scan_pane pane;
    struct newest_scan newest;
    bool claimed;
    bool over; /* somebody else fulfilled or cancelled the request meanwhile */
};

static bool is_fulfil(const struct screen *screen)
{
    return screen->ops == &screen_fulfil;
}

static void source(void *owner, int field, const char *text, unsigned round)
{
    editing_ask_files(editing_of(owner), field, text, round);
}

static void tell_who(struct scan_form *scan, const struct rec_scan_request *request)
{
    struct app *app = scan->base.screen.app;
    if (request->claimed_by != NULL && strcmp(request->claimed_by, app_user(app)) != 0) {
        app_say(app, STYLE_ALERT, "%s %s", _("This request is being dealt with by"),
                request->claimed_by);
    }
}

/* Two terminals may have asked in one moment: one of them has it. */
static void on_claimed(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    if (err == NULL) {
        tell_who(owner, request);
    }
}

static void claim(struct scan_form *scan, bool release)
{
    struct rec_scan_request_claim params = { .id = scan->request_id,
                                             .release = release,
                                             .has_release = true };
    call_scan_request_claim(app_client(scan->base.screen.app), &params, release ? NULL : on_claimed,
                            release ? NULL : scan);
}

static void on_request(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    struct scan_form *scan = owner;
    struct editing *editing = &scan->base.editing;
    struct app *app = scan->base.screen.app;
    char day[LISTVIEW_CELL];
    editing->busy = false;
    if (err != NULL) {
        app_close(app, &scan->base.screen);
        app_say_error(app, err);
        return;
    }
    if (!can_do(&request->can, action_scan_request_fulfil)) {
        app_close(app, &scan->base.screen);
        app_say(app, STYLE_ERROR, "%s", _("The request is no longer new."));
        return;
    }
    cell_day(day, request->date);
    snprintf(editing->lead, sizeof(editing->lead), "%s %s\n%s: %s\n%s%s%s %s %s%s%s",
             request->client_code, request->client_name, _("Sender"), request->counterparty,
             wording_mail_kind(request->kind), request->reference == NULL ? "" : " ",
             text_or_empty(request->reference), _("of"), day,
             request->possibly_automatic ? "\n" : "",
             request->possibly_automatic ? _("perhaps automatic: came within seconds of the e-mail")
                                         : "");
    scan->item_id = request->item_id;
    if (!form_field_changed(editing->form, COST)) { /* not one from a draft */
        form_set_money(editing->form, COST, request->cost);
    }
    if (request->claimed_by == NULL) {
        scan->claimed = true;
        claim(scan, false);
    } else {
        tell_who(scan, request);
    }
    app_dirty(app);
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct scan_form *scan = owner;
    struct editing *editing = &scan->base.editing;
    struct app *app = scan->base.screen.app;
    editing->busy = false;
    if (err != NULL) {
        app_close(app, &scan->base.screen);
        app_say_error(app, err);
        return;
    }
    snprintf(editing->lead, sizeof(editing->lead), "%s %s\n%s: %s", item->client_code,
             item->client_name, _("Sender"), item->counterparty);
    app_dirty(app);
}

static void open_screen(struct screen *screen, int64_t argument)
{
    struct scan_form *scan = (struct scan_form *)screen;
    struct client *client = app_client(screen->app);
    struct rec_by_id params = { .id = argument };
    editing_open(screen, fields, FIELDS, source, false);
    form_set_toggle(scan->base.editing.form, NOTIFY, true);
    newest_scan_begin(&scan->newest, &scan->base.editing, FILES);
    editing_keep_draft(screen, is_fulfil(screen) ? "request" : "scan", argument);
    scan->base.editing.busy = true; /* F2 typed ahead waits for the cost */
    if (is_fulfil(screen)) {
        scan->request_id = argument;
        form_hide(scan->base.editing.form, NOTIFY, true);
        call_scan_request_get(client, &params, on_request, scan);
    } else {
        scan->item_id = argument;
        call_mail_get(client, &params, on_item, scan);
    }
}

static void close_screen(struct screen *screen)
{
    struct scan_form *scan = (struct scan_form *)screen;
    newest_scan_close(&scan->newest);
    scan_pane_close(&scan->pane);
    uploads_close(&scan->uploads);
    if (scan->claimed) {
        claim(scan, true);
    }
    editing_screen_close(screen);
}

static void send_files(struct scan_form *scan);

static void done(struct scan_form *scan, const char *client, const struct err *err)
{
    struct app *app = scan->base.screen.app;
    if (err != NULL && uploads_expired(&scan->uploads, err)) {
        send_files(scan);
        return;
    }
    if (err != NULL) {
        editing_failed(&scan->base.editing, err);
        return;
    }
    scan->claimed = false;
    uploads_taken(&scan->uploads, scan->item_id, client);
    app_close(app, &scan->base.screen);
    app_say(app, STYLE_DONE, "%s", _("The scan is on its way to the client."));
}

static void on_fulfilled(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    done(owner, err == NULL ? request->client_code : NULL, err);
}

static void on_attached(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    done(owner, err == NULL ? item->client_code : NULL, err);
}

static void on_uploaded(void *owner, const struct err *err)
{
    struct scan_form *scan = owner;
    struct editing *editing = &scan->base.editing;
    struct client *client = app_client(scan->base.screen.app);
    int64_t cost = 0;
    if (err != NULL) {
        uploads_failed(&scan->uploads, editing, err);
        return;
    }
    form_money(editing->form, COST, &cost); /* what the clerk sees is charged; empty: nothing */
    struct list uploads = { scan->uploads.ids, (size_t)scan->uploads.count, true };
    const char *information = editing_text(editing, INFORMATION);
    if (is_fulfil(&scan->base.screen)) {
        struct rec_scan_request_fulfil params = {
            .id = scan->request_id,
            .uploads = uploads,
            .information = information,
            .cost = cost,
            .has_cost = true,
        };
        call_scan_request_fulfil(client, &params, on_fulfilled, scan);
    } else {
        struct rec_scan_attach params = {
            .item_id = scan->item_id,
            .uploads = uploads,
            .information = information,
            .cost = cost,
            .has_cost = true,
            .notify = form_toggle(editing->form, NOTIFY),
            .has_notify = true,
        };
        call_scan_attach(client, &params, on_attached, scan);
    }
}

static void send_files(struct scan_form *scan)
{
    scan_pane_saving(&scan->pane);
    scan->base.editing.busy = true;
    uploads_start(&scan->uploads, scan->base.screen.app, scan->base.editing.form, FILES,
                  on_uploaded, scan);
}

static void on_send_again(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        send_files(owner);
    }
}

/* A file that came just now is seen by the person before it is sent. */
static void save(struct scan_form *scan)
{
    struct form *form = scan->base.editing.form;
    if (!newest_scan_check(&scan->newest) && form_check(form) &&
        !sent_scans_ask(scan->base.screen.app, form, FILES, on_send_again, scan)) {
        send_files(scan);
    }
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    scan_pane_draw(&((struct scan_form *)screen)->pane, screen, head, body);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    if (action == ACTION_SAVE && ((struct scan_form *)screen)->over) {
        return _("The request is no longer new.");
    }
    return scan_pane_refuses(&((struct scan_form *)screen)->pane, screen, FILES, action);
}

static void act(struct screen *screen, enum ui_action action)
{
    struct scan_form *scan = (struct scan_form *)screen;
    if (action == ACTION_SAVE) {
        save(scan);
    } else {
        if (action == ACTION_SCAN) {
            newest_scan_keep(&scan->newest);
        }
        scan_pane_act(&scan->pane, screen, &scan->uploads, FILES, action);
    }
}

/* Somebody else was faster. */
static void event(struct screen *screen, const struct rec_event *event)
{
    struct scan_form *scan = (struct scan_form *)screen;
    bool closed = event != NULL && event->has_request_id && event->request_id == scan->request_id &&
                  (event->kind == event_kind_scan_request_fulfilled ||
                   event->kind == event_kind_scan_request_cancelled);
    bool reopened = event != NULL && event->kind == event_kind_undone && event->has_request_id &&
                    event->request_id == scan->request_id;
    if (reopened) {
        scan->over = false;
    }
    if (closed && !scan->base.editing.busy) {
        scan->over = true;
        app_say(screen->app, STYLE_ALERT, "%s: %s", wording_event_kind(event->kind), event->actor);
    }
}

const struct screen_ops screen_fulfil = {
    .title = N_("Mail > Scan requests > Fulfil"),
    .size = sizeof(struct scan_form),
    EDITING_SCREEN_WITH(draw),
    .key = editing_screen_key,
    .open = open_screen,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
    .event = event,
};

const struct screen_ops screen_attach = {
    .title = N_("Mail > Add a scan"),
    .size = sizeof(struct scan_form),
    EDITING_SCREEN_WITH(draw),
    .key = editing_screen_key,
    .open = open_screen,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
};
