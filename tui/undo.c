/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Ctrl-Z takes back one act of a person, however many letters it was about: the server undoes event
 * by event, so the events of one act are kept together here and undone one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/memory.h"
#include "tui/app_model.h"
#include "tui/sent_scans.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static void remember(struct undo *undo, const int64_t *events, size_t count)
{
    undo->events = memory_resize(undo->events, count * sizeof(*events));
    memcpy(undo->events, events, count * sizeof(*events));
    undo->count = count;
}

static bool is_remembered(const struct undo *undo, int64_t event)
{
    for (size_t i = 0; i < undo->count; i++) {
        if (undo->events[i] == event) {
            return true;
        }
    }
    return false;
}

static void on_over(uv_timer_t *timer)
{
    app_dirty(timer->data);
}

static void until(struct app *app, int64_t seconds)
{
    uint64_t left = (uint64_t)seconds * 1000;
    app->undo.until = uv_now(&app->loop) + left;
    uv_timer_start(&app->undo_over, on_over, left, 0);
    app_dirty(app);
}

/* Only what was done by this person, and as long after it happened as messages are held. */
void undo_event(struct app *app, const struct rec_event *event)
{
    struct undo *undo = &app->undo;
    int64_t age = clock_now() - event->at;
    int64_t left = app->hold_seconds - (age > 0 ? age : 0);
    if (strcmp(event->actor, app->user) != 0 || left <= 0 || undo->running > 0 ||
        is_remembered(undo, event->id)) {
        return;
    }
    switch (event->kind) {
    case event_kind_mail_collected:
    case event_kind_mail_changed:
    case event_kind_mail_registered:
    case event_kind_scan_attached:
    case event_kind_scan_request_fulfilled:
    case event_kind_scan_request_cancelled:
        remember(undo, &event->id, 1);
        undo->kind = event->kind;
        until(app, left);
        break;
    default: break;
    }
}

void app_may_undo(struct app *app, enum event_kind kind, const int64_t *events, size_t count)
{
    if (count > 0 && app->hold_seconds > 0 && app->undo.running == 0) {
        remember(&app->undo, events, count);
        app->undo.kind = kind;
        until(app, app->hold_seconds);
    }
}

bool undo_is_possible(const struct app *app)
{
    return app->undo.count > 0 && app->undo.running == 0 && uv_now(&app->loop) < app->undo.until;
}

static void tell(struct app *app)
{
    const struct undo *undo = &app->undo;
    unsigned long done = (unsigned long)undo->done;
    char what[200];
    if (undo->kind == event_kind_mail_collected) {
        snprintf(what, sizeof(what),
                 tr_n(words_lang(), "the handing over of %lu letter",
                      "the handing over of %lu letters", done),
                 done);
    } else {
        snprintf(what, sizeof(what), "%s", wording_event_kind(undo->kind));
    }
    if (undo->err[0] == '\0') {
        app_say(app, STYLE_DONE, "%s: %s.", _("Taken back"), what);
    } else if (done == 0) {
        app_say(app, STYLE_ERROR, "%s", undo->err);
    } else {
        app_say(app, STYLE_ERROR, "%s: %s. %s: %s", _("Taken back"), what, _("The rest not"),
                undo->err);
    }
}

static bool sends_scans(enum event_kind kind)
{
    return kind == event_kind_scan_request_fulfilled || kind == event_kind_scan_attached ||
           kind == event_kind_mail_registered;
}

static void go_on(struct app *app);

static void on_undone(void *owner, const struct rec_undo_result *result, const struct err *err)
{
    struct app *app = ((struct question *)owner)->app;
    struct undo *undo = &app->undo;
    if (err == NULL) {
        if (sends_scans(undo->kind)) {
            sent_scans_forget(result->item_id);
        }
        undo->done++;
    } else if (undo->err[0] == '\0') {
        snprintf(undo->err, sizeof(undo->err), "%s", wording_error(err));
    }
    undo->running--;
    go_on(app);
}

/* The newest first, each when the one before it is answered. */
static void go_on(struct app *app)
{
    struct undo *undo = &app->undo;
    if (undo->running == 0) {
        undo->count = 0;
        tell(app);
        return;
    }
    struct rec_undo params = { .event_id = undo->events[undo->running - 1] };
    call_undo(app->client, &params, on_undone, &app->undo_question);
}

void undo_start(struct app *app)
{
    app->undo.running = app->undo.count;
    app->undo.done = 0;
    app->undo.err[0] = '\0';
    go_on(app);
}

void undo_release(struct app *app)
{
    free(app->undo.events);
}
