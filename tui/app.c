/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The life of the terminal: opening, the loop, the stack of screens, the line to the server,
 * leaving. Everything that happens changes data and marks the picture dirty; before the loop waits
 * again the picture is made, once.
 */
#include "tui/app.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "tui/app_model.h"
#include "tui/options.h"
#include "tui/ui/term.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { PAUSE_MS = 1000, SETTLE_MS = 150 };

const char not_here[] = "";

void app_dirty(struct app *app)
{
    app->dirty = true;
}

struct client *app_client(struct app *app)
{
    return app->client;
}

void app_forget(struct app *app, const void *owner)
{
    client_cancel_owner(app->client, owner);
    palette_forget(app->palette, owner);
    dialog_forget(app->dialog, owner);
}

bool app_is_administrator(const struct app *app)
{
    return app->role == role_administrator;
}

const char *app_user(const struct app *app)
{
    return app->user;
}

uv_loop_t *app_loop(struct app *app)
{
    return &app->loop;
}

bool app_is_cut_off(const struct app *app)
{
    return app->cut_off;
}

void app_place(const struct app *app, char *out, size_t size)
{
    char address[ADDRESS_TEXT];
    snprintf(out, size, "%s\t%s\t%s", address_text(&app->options->address, address), app->office,
             app->user);
}

const char *app_scan_folder(const struct app *app)
{
    return app->options->scans == NULL ? "." : app->options->scans;
}

void app_say(struct app *app, enum style style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->message, sizeof(app->message), format, args);
    va_end(args);
    app->message_style = style;
    app_dirty(app);
}

void app_say_error(struct app *app, const struct err *err)
{
    app_say(app, STYLE_ERROR, "%s", wording_error(err));
}

void app_ask(struct app *app, enum dialog_kind kind, const char *title, const char *text,
             dialog_fn answer, void *owner)
{
    dialog_open(app->dialog, kind, title, text, answer, owner);
    app_dirty(app);
}

/* --- Screens -------------------------------------------------------------------------------- */

void app_push(struct app *app, const struct screen_ops *ops, int64_t argument)
{
    if (app->depth == APP_DEPTH) {
        app_say(app, STYLE_ERROR, "%s", _("Too many screens are open; F12 goes back."));
        return;
    }
    struct screen *screen = memory_zeroed(ops->size);
    screen->ops = ops;
    screen->app = app;
    app->stack[app->depth++] = screen;
    app->detail_of = NULL;
    term_forget_escape();
    ops->open(screen, argument);
    app_dirty(app);
}

void app_close(struct app *app, struct screen *screen)
{
    int at = app->depth - 1;
    while (at > 0 && app->stack[at] != screen) {
        at--;
    }
    ENSURE(at >= 0 && app->stack[at] == screen);
    app->depth--;
    memmove(app->stack + at, app->stack + at + 1, (size_t)(app->depth - at) * sizeof(*app->stack));
    dialog_forget(app->dialog, screen);
    screen->ops->close(screen);
    free(screen);
    app->detail_of = NULL;
    app_dirty(app);
}

static bool is_unsaved(const struct screen *screen)
{
    return screen->ops->unsaved != NULL && screen->ops->unsaved((struct screen *)(uintptr_t)screen);
}

static bool any_unsaved(const struct app *app)
{
    for (int i = 0; i < app->depth; i++) {
        if (is_unsaved(app->stack[i])) {
            return true;
        }
    }
    return false;
}

static const struct screen_ops *const menu[SCREEN_MAX] = {
#define SCREEN(name, letter, who, place) &screen_##name,
#include "tui/screens.def.h"
#undef SCREEN
};

/* A form with unsaved text stays open below the new screen: F12 comes back to it. */
void app_show(struct app *app, enum screen_id id)
{
    while (app->depth > 0 && !is_unsaved(app_top(app))) {
        app_close(app, app_top(app));
    }
    app_push(app, menu[id], 0);
}

void app_serve(struct app *app, int64_t id)
{
    if (id == 0) {
        id = app->alert.oldest;
    }
    if (id != 0) {
        app_push(app, &screen_fulfil, id);
    }
}

static void on_discard(void *owner, bool yes, const char *text)
{
    (void)text;
    struct app *app = owner;
    if (yes && app->depth > 1) {
        app_close(app, app_top(app));
    }
}

void app_back(struct app *app)
{
    if (app->depth <= 1) {
        app->alert.folded = !app->alert.folded;
    } else if (is_unsaved(app_top(app))) {
        app_ask(app, DIALOG_YES_NO, _("Back"), _("Throw away what was typed?"), on_discard, app);
    } else {
        app_close(app, app_top(app));
    }
    app_dirty(app);
}

static void quit(struct app *app);

/* --- The line ------------------------------------------------------------------------------- */

static void on_password(void *owner, bool yes, const char *text)
{
    struct app *app = owner;
    if (yes) {
        client_sign_in(app->client, app->login, text);
    } else {
        quit(app);
    }
}

static void on_login(void *owner, bool yes, const char *text)
{
    struct app *app = owner;
    if (!yes) {
        quit(app);
        return;
    }
    snprintf(app->login, sizeof(app->login), "%s", text);
    app_ask(app, DIALOG_SECRET, _("Sign in"), _("Password:"), on_password, app);
}

/* A login from the command line without a password lacks only that. */
static void ask_sign_in(struct app *app)
{
    bool again = app->asked_to_sign_in;
    bool only_password = app->login[0] != '\0' && app->options->password == NULL && !again;
    app->asked_to_sign_in = true;
    if (only_password) {
        app_ask(app, DIALOG_SECRET, _("Sign in"), _("Password:"), on_password, app);
    } else {
        app_ask(app, DIALOG_LINE, _("Sign in"),
                again ? _("That was not right. Login:") : _("Login:"), on_login, app);
    }
}

static void signed_in(struct app *app, const struct client_status *status)
{
    const struct rec_hello_result *hello = status->hello;
    snprintf(app->user, sizeof(app->user), "%s", hello->user);
    snprintf(app->office, sizeof(app->office), "%s", hello->office_name);
    app->role = hello->role;
    app->hold_seconds = hello->hold_seconds;
    clock_set_zone(hello->time_zone);
    if (!app->was_online || status->events_anew) {
        alert_load(app);
    }
    for (int i = 0; status->events_anew && i < app->depth; i++) {
        if (app->stack[i]->ops->event != NULL) {
            app->stack[i]->ops->event(app->stack[i], NULL);
        }
    }
    app->was_online = true;
}

static void on_tick(uv_timer_t *timer)
{
    app_dirty(timer->data);
}

/* The clock shows minutes, so idle costs one repaint a minute; the countdown goes by seconds. */
static void set_clock(struct app *app)
{
    uint64_t period = app->line == CLIENT_ONLINE ? 60000 : 1000;
    uint64_t first = period - (uint64_t)(clock_now() * 1000) % period;
    uv_timer_start(&app->minute, on_tick, first, period);
}

static void on_state(void *owner, const struct client_status *status)
{
    struct app *app = owner;
    app->line = status->state;
    app_dirty(app);
    set_clock(app);
    switch (status->state) {
    case CLIENT_CONNECTING: break;
    case CLIENT_ONLINE: signed_in(app, status); break;
    case CLIENT_OFFLINE: app->retry_at = uv_now(&app->loop) + status->retry_ms; break;
    case CLIENT_STOPPED:
        if (status->err.code == ERR_unauthenticated) {
            ask_sign_in(app);
        } else {
            app_say_error(app, &status->err);
        }
        break;
    }
}

static void on_event(void *owner, const struct rec_event *event)
{
    struct app *app = owner;
    undo_event(app, event);
    alert_event(app, event);
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i]->ops->event != NULL) {
            app->stack[i]->ops->event(app->stack[i], event);
        }
    }
    app_dirty(app);
}

/* --- The loop ------------------------------------------------------------------------------- */

static void on_escape(uv_timer_t *timer)
{
    app_pump_keys(timer->data, true);
}

static void on_pause(uv_timer_t *timer)
{
    struct app *app = timer->data;
    for (int i = 0; i < app->depth; i++) {
        if (app->stack[i]->ops->pause != NULL) {
            app->stack[i]->ops->pause(app->stack[i]);
        }
    }
}

static void on_settled(uv_timer_t *timer)
{
    struct app *app = timer->data;
    app->moving = false;
    app_dirty(app);
}

/* Somebody goes through a list: what the row is about comes when she stops. */
void app_moves(struct app *app)
{
    app->moving = true;
    uv_timer_start(&app->settle, on_settled, SETTLE_MS, 0);
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct app *app = poll->data;
    app_pump_keys(app, false);
    uv_timer_start(&app->pause, on_pause, PAUSE_MS, 0);
    if (status < 0 || !term_alive()) {
        app->cut_off = true;
        quit(app);
    } else if (term_escape_pending() && !app->has_held) {
        uv_timer_start(&app->escape, on_escape, UI_ESCAPE_MS, 0);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct app *app = handle->data;
    if (number == SIGWINCH) {
        term_resize();
        app->read_keys = true; /* under test: tells that it is done */
        app_dirty(app);
    } else {
        app->cut_off = true;
        quit(app);
    }
}

/* Before the loop waits: keys that waited for an answer, then the picture. */
static void before_wait(uv_prepare_t *handle)
{
    struct app *app = handle->data;
    if (app->has_held) {
        app_pump_keys(app, false);
    }
    if (app->quitting) {
        return;
    }
    if (app->dirty) {
        app->dirty = false;
        app_paint(app);
        app->read_keys = true;
    }
    if (app->read_keys && !app->has_held) {
        app->read_keys = false;
        term_sync();
    }
}

static void start_handles(struct app *app)
{
    static const int numbers[] = { SIGWINCH, SIGTERM, SIGHUP };
    uv_poll_init(&app->loop, &app->input, term_input_fd());
    uv_timer_init(&app->loop, &app->escape);
    uv_timer_init(&app->loop, &app->pause);
    uv_timer_init(&app->loop, &app->settle);
    uv_timer_init(&app->loop, &app->alert_line);
    uv_timer_init(&app->loop, &app->undo_over);
    uv_timer_init(&app->loop, &app->minute);
    uv_prepare_init(&app->loop, &app->before_wait);
    app->input.data = app->escape.data = app->alert_line.data = app;
    app->pause.data = app->settle.data = app->undo_over.data = app->minute.data =
        app->before_wait.data = app;
    for (int i = 0; i < 3; i++) {
        uv_signal_init(&app->loop, &app->signals[i]);
        app->signals[i].data = app;
        uv_signal_start(&app->signals[i], on_signal, numbers[i]);
    }
    uv_poll_start(&app->input, UV_READABLE, on_input);
    uv_prepare_start(&app->before_wait, before_wait);
    set_clock(app);
}

static void stop_handles(struct app *app)
{
    uv_close((uv_handle_t *)&app->input, NULL);
    uv_close((uv_handle_t *)&app->escape, NULL);
    uv_close((uv_handle_t *)&app->pause, NULL);
    uv_close((uv_handle_t *)&app->settle, NULL);
    uv_close((uv_handle_t *)&app->alert_line, NULL);
    uv_close((uv_handle_t *)&app->undo_over, NULL);
    uv_close((uv_handle_t *)&app->minute, NULL);
    uv_close((uv_handle_t *)&app->before_wait, NULL);
    for (int i = 0; i < 3; i++) {
        uv_close((uv_handle_t *)&app->signals[i], NULL);
    }
}

static void start_client(struct app *app)
{
    const struct options *options = app->options;
    struct client_setup setup = {
        .address = options->address,
        .ca_file = options->ca_file,
        .login = options->login,
        .password = options->password,
        .language = options->lang == LANG_EN ? language_en : language_pl,
        .has_language = true,
        .follow_events = true,
        .owner = app,
        .on_state = on_state,
        .on_event = on_event,
    };
    snprintf(app->login, sizeof(app->login), "%s", options->login == NULL ? "" : options->login);
    app->client = client_new(&app->loop, &setup);
}

/* Leaves the loop: it ends when the last handle is closed. */
static void quit(struct app *app)
{
    if (app->quitting) {
        return;
    }
    app->quitting = true;
    while (app->depth > 0) {
        app_close(app, app_top(app));
    }
    client_close(app->client, NULL);
    stop_handles(app);
}

static void on_leave(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        quit(owner);
    }
}

void app_ask_quit(struct app *app)
{
    if (any_unsaved(app)) {
        app_ask(app, DIALOG_YES_NO, _("Quit"), _("Leave and throw away what was typed?"), on_leave,
                app);
    } else {
        quit(app);
    }
}

int app_run(const struct options *options)
{
    words_set_lang(options->lang);
    enum term_fault fault = term_open(&options->term);
    if (fault != TERM_OK) {
        fprintf(stderr, "skrytka: %s\n", term_fault_text(fault));
        return 1;
    }
    struct app *app = memory_zeroed(sizeof(*app));
    app->options = options;
    app->alert_question.app = app->go_question.app = app->undo_question.app = app;
    app->dialog = dialog_new();
    app->palette = palette_new();
    uv_loop_init(&app->loop);
    start_handles(app);
    start_client(app);
    app_dirty(app);
    uv_run(&app->loop, UV_RUN_DEFAULT);
    term_close();
    alert_release(app);
    undo_release(app);
    app_release_go(app);
    palette_free(app->palette);
    dialog_free(app->dialog);
    uv_loop_close(&app->loop);
    free(app);
    return 0;
}
