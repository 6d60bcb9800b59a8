/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The inside of the program, shared by app.c (life, loop, screens), app_keys.c (what keys do),
 * app_draw.c (the picture) and alert.c. Screens see app.h only.
 */
#ifndef SKRYTKA_TUI_APP_MODEL_H
#define SKRYTKA_TUI_APP_MODEL_H

#include <uv.h>

#include "protocol/client.h"
#include "tui/app.h"
#include "tui/ui/dialog.h"
#include "tui/ui/palette.h"

enum { APP_DEPTH = 12, APP_MESSAGE = 400, ALERT_ENTRIES = 8, ALERT_LINE_MS = 20000 };

/* New scan requests: what the alert shows and F5 serves. */
struct alert {
    struct arena *arena; /* of the requests */
    const struct rec_scan_request *requests[ALERT_ENTRIES];
    int shown;
    int64_t count;
    int64_t oldest; /* that no terminal has open; of all where each is open somewhere */
    bool folded;    /* F12: only the badge, until the next request */
    /* The newest request, told in one line where the alert has no room; "" after ALERT_LINE_MS. */
    char line_client[LIMIT_LINE_BYTES * 2], line_sender[LIMIT_LINE_BYTES + 1];
};

/* Who asked the server, when it was not a screen: each can be forgotten by itself. */
struct question {
    struct app *app;
};

/* What Ctrl-Z would take back. */
struct undo {
    int64_t *events; /* of one act, all of this kind, as they came */
    size_t count;
    enum event_kind kind;
    uint64_t until;       /* loop time */
    size_t running, done; /* being taken back: how many are left, how many are */
    char err[APP_MESSAGE / 2];
};

struct app {
    uv_loop_t loop;
    struct client *client;
    const struct options *options;

    uv_poll_t input;
    uv_timer_t escape; /* the rest of a key's bytes did not come */
    uv_timer_t pause;  /* no key for a second */
    uv_timer_t settle; /* no key for a moment: the selected row's details are drawn */
    uv_timer_t alert_line;
    uv_timer_t undo_over; /* Ctrl-Z can do nothing any more: it leaves the key bar */
    uv_timer_t minute;    /* the clock in the corner; each second while the line is down */
    uv_signal_t signals[3];
    uv_prepare_t before_wait;

    struct screen *stack[APP_DEPTH];
    int depth;
    struct dialog *dialog;
    struct palette *palette;
    struct alert alert;
    struct question alert_question, go_question, undo_question;
    struct arena *go_arena; /* of the letters that "go to" found */
    const struct rec_mail_list_result *go_letters;

    char message[APP_MESSAGE];
    enum style message_style;
    bool dirty, quitting, cut_off;
    bool moving;                    /* a key came and `settle` did not: details stay as drawn */
    const struct screen *detail_of; /* whose details were drawn last; NULL: nobody's */

    struct ui_key held; /* waits for an answer, and the keys behind it wait too */
    bool has_held, read_keys;

    enum client_state line;
    uint64_t retry_at; /* loop time of the next try */
    bool was_online, asked_to_sign_in;
    char user[LIMIT_LINE_BYTES + 1], office[LIMIT_LINE_BYTES + 1], login[LIMIT_LINE_BYTES + 1];
    enum role role;
    int64_t hold_seconds;

    struct undo undo;
};

static inline struct screen *app_top(const struct app *app)
{
    return app->depth > 0 ? app->stack[app->depth - 1] : NULL;
}

/* app_keys.c: deals with all keys that have come; with `flush` see keys_next(). */
void app_pump_keys(struct app *app, bool flush);

/* Why an action cannot be done now; NULL: it can; not_here: it is none of this place. */
const char *app_refuses(struct app *app, enum ui_action action);
void app_act(struct app *app, enum ui_action action);

/* The key of an action as it stands in the key bar and the help ("F5", "+"); "" for none. */
const char *action_key_name(enum ui_action action);
const char *action_hint(enum ui_action action);
const char *action_help(enum ui_action action);
bool action_in(enum ui_action action, enum context context);

/* Would its key, a letter, go into the search instead? */
bool action_is_typed(struct app *app, enum ui_action action);

/* app_draw.c */
void app_paint(struct app *app);

/* app_menus.c: the lists that lie over the screen. */
void app_open_help(struct app *app);
void app_open_menu(struct app *app);
void app_open_go(struct app *app);
void app_release_go(struct app *app);
void app_open_row_menu(struct app *app);

/* alert.c: asks for the new requests; the event of a new one rings. */
void alert_load(struct app *app);
void alert_event(struct app *app, const struct rec_event *event);
void alert_release(struct app *app);

/* undo.c: what Ctrl-Z takes back; the taking back, which says itself what came of it. */
void undo_event(struct app *app, const struct rec_event *event);
bool undo_is_possible(const struct app *app);
void undo_start(struct app *app);
void undo_release(struct app *app);

/* app.c */
void app_moves(struct app *app);
void app_ask_quit(struct app *app);
void app_back(struct app *app);

#endif
