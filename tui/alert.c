/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The alert: which scan requests are new, and telling people who do not look at the screen. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "tui/app_model.h"
#include "tui/cells.h"
#include "tui/ui/term.h"
#include "tui/ui/words.h"

static void show_title(struct app *app)
{
    char title[64];
    if (app->alert.count > 0) {
        snprintf(title, sizeof(title), "(%lld) Skrytka", (long long)app->alert.count);
    } else {
        snprintf(title, sizeof(title), "Skrytka");
    }
    term_title(title);
}

/* The first screen: the requests when there are new ones, else the letters. */
static void show_first(struct app *app)
{
    if (app->depth == 0) {
        app_show(app, app->alert.count > 0 ? SCREEN_requests : SCREEN_incoming);
    }
}

static void on_requests(void *owner, const struct rec_scan_request_list_result *result,
                        const struct err *err)
{
    struct app *app = ((struct question *)owner)->app;
    struct alert *alert = &app->alert;
    if (err != NULL) {
        app_say_error(app, err);
        show_first(app);
        return;
    }
    arena_free(alert->arena);
    alert->arena = client_take_arena(app->client);
    alert->count = result->new_count;
    alert->oldest = result->has_oldest_free  ? result->oldest_free
                    : result->has_oldest_new ? result->oldest_new
                                             : 0; /* another terminal's, which its form says */
    alert->shown = 0;
    for (size_t i = 0; i < result->requests.count && alert->shown < ALERT_ENTRIES; i++) {
        alert->requests[alert->shown++] = (const struct rec_scan_request *)result->requests.at + i;
    }
    show_title(app);
    show_first(app);
    app_dirty(app);
}

void alert_load(struct app *app)
{
    struct rec_scan_request_list params = {
        .status = request_status_new,
        .has_status = true,
        .limit = ALERT_ENTRIES,
        .has_limit = true,
    };
    app_forget(app, &app->alert_question); /* only the newest answer counts */
    call_scan_request_list(app->client, &params, on_requests, &app->alert_question);
}

/*
 * What outbox_changed says of a message that did not arrive: "refused: anna@x.pl". What people did
 * to a message themselves is no news to them.
 */
static const struct {
    const char *fate, *words;
} fates[] = {
    { "refused: ", N_("A message was refused") },
    { "expired: ", N_("A message was given up") },
    { "late: ", N_("Messages wait for too long") },
    { "sms_monthly_limit: ", N_("An SMS beyond the month's limit is held") },
};

static void tell_of_message(struct app *app, const struct rec_event *event)
{
    const char *detail = text_or_empty(event->detail);
    for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
        size_t length = strlen(fates[i].fate);
        if (strncmp(detail, fates[i].fate, length) == 0) {
            term_bell();
            app_say(app, STYLE_ALERT, "%s: %s (%s)", _(fates[i].words), detail + length,
                    _("Administration > Messages"));
        }
    }
}

static void on_line_over(uv_timer_t *timer)
{
    struct app *app = timer->data;
    app->alert.line_client[0] = '\0';
    app_dirty(app);
}

/* For whoever is in a form, where the alert itself would be in the way. */
static void tell_in_a_line(struct app *app, const struct rec_event *event)
{
    struct alert *alert = &app->alert;
    char when[LISTVIEW_CELL];
    cell_moment(when, event->at);
    snprintf(alert->line_client, sizeof(alert->line_client), "%s %s %s", when,
             text_or_empty(event->client_code), text_or_empty(event->client_name));
    snprintf(alert->line_sender, sizeof(alert->line_sender), "%s",
             text_or_empty(event->counterparty));
    uv_timer_start(&app->alert_line, on_line_over, ALERT_LINE_MS, 0);
}

void alert_event(struct app *app, const struct rec_event *event)
{
    char text[400];
    switch (event->kind) {
    case event_kind_scan_request_created:
        /* A desktop shows it to whoever passes by: who wrote to the client is not told. */
        snprintf(text, sizeof(text), "%s: %s %s", _("Scan"), text_or_empty(event->client_code),
                 text_or_empty(event->client_name));
        app->alert.folded = false;
        tell_in_a_line(app, event);
        term_bell();
        term_notice(text);
        alert_load(app);
        break;
    case event_kind_scan_request_fulfilled:
    case event_kind_scan_request_cancelled:
    case event_kind_scan_request_claimed:
    case event_kind_scan_attached:
    case event_kind_undone: alert_load(app); break;
    case event_kind_outbox_changed:
        if (app_is_administrator(app)) {
            tell_of_message(app, event);
        }
        break;
    default: break;
    }
}

void alert_release(struct app *app)
{
    arena_free(app->alert.arena);
}
