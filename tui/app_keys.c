/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From keys to actions. The order: a dialog or a list lying over the screen gets every key; then
 * the action table; what is no action goes to the screen, which mostly means into a text.
 */
#include <string.h>

#include "tui/app_model.h"
#include "tui/ui/draw.h"
#include "tui/ui/term.h"
#include "tui/ui/words.h"

#define F(name)   UI_KEY_##name, 0
#define L(letter) UI_KEY_MAX, letter
#define NO_KEY    UI_KEY_MAX, 0

struct action_row {
    enum context contexts;
    const char *hint, *help;
    enum ui_key_id key;
    char letter;
};

#define ACTION(id, key, contexts, hint, help) { contexts, hint, help, key },
static const struct action_row actions[ACTION_MAX] = {
#include "tui/actions.def.h"
};
#undef ACTION

const char *action_key_name(enum ui_action action)
{
    static char letter[2];
    letter[0] = actions[action].letter;
    return actions[action].key != UI_KEY_MAX ? keys_name(actions[action].key) : letter;
}

const char *action_hint(enum ui_action action)
{
    return words_of(actions[action].hint);
}

const char *action_help(enum ui_action action)
{
    return words_of(actions[action].help);
}

bool action_in(enum ui_action action, enum context context)
{
    return ((unsigned)actions[action].contexts & (unsigned)context) != 0;
}

bool action_is_typed(struct app *app, enum ui_action action)
{
    struct screen *top = app_top(app);
    return actions[action].letter != 0 && top != NULL && top->ops->typing != NULL &&
           top->ops->typing(top);
}

static const char *refuses_serve(struct app *app)
{
    const struct screen *top = app_top(app);
    if (top != NULL && top->ops == &screen_fulfil) {
        return not_here;
    }
    return app->alert.count > 0 ? NULL : _("There are no new scan requests.");
}

/* Where something is being typed the key is the text's own. */
static const char *refuses_undo(struct app *app)
{
    struct screen *top = app_top(app);
    bool in_form = top != NULL && top->ops->context == IN_FORM;
    if (in_form &&
        (!undo_is_possible(app) || top->ops->unsaved == NULL || top->ops->unsaved(top))) {
        return not_here;
    }
    return undo_is_possible(app) ? NULL : _("There is nothing to take back.");
}

/* Actions of the whole program; a screen is asked first about those that it may know too. */
static const char *refuses_here(struct app *app, enum ui_action action)
{
    switch (action) {
    case ACTION_HELP:
    case ACTION_MENU:
    case ACTION_GO:
    case ACTION_REPAINT:
    case ACTION_QUIT:
    case ACTION_NEW: return NULL;
    case ACTION_SERVE: return refuses_serve(app);
    case ACTION_BACK: return app->depth > 1 || app->alert.count > 0 ? NULL : not_here;
    case ACTION_UNDO: return refuses_undo(app);
    default: return not_here;
    }
}

const char *app_refuses(struct app *app, enum ui_action action)
{
    struct screen *top = app_top(app);
    if (top == NULL) {
        return action == ACTION_QUIT || action == ACTION_HELP ? NULL : not_here;
    }
    const char *why = top->ops->refuses(top, action);
    return why != not_here ? why : refuses_here(app, action);
}

void app_act(struct app *app, enum ui_action action)
{
    struct screen *top = app_top(app);
    if (top != NULL && top->ops->refuses(top, action) == NULL) {
        if (action == ACTION_ROW_MENU) {
            app_open_row_menu(app);
        } else {
            top->ops->act(top, action);
        }
        return;
    }
    switch (action) {
    case ACTION_HELP: app_open_help(app); break;
    case ACTION_MENU: app_open_menu(app); break;
    case ACTION_GO: app_open_go(app); break;
    case ACTION_REPAINT: term_repaint(); break;
    case ACTION_SERVE: app_serve(app, 0); break;
    case ACTION_NEW: app_push(app, &screen_mail_new, direction_incoming); break;
    case ACTION_UNDO: undo_start(app); break;
    case ACTION_QUIT: app_ask_quit(app); break;
    case ACTION_BACK: app_back(app); break;
    default: break;
    }
}

static bool is_key_of(enum ui_action action, const struct ui_key *key)
{
    const struct action_row *row = &actions[action];
    if (key->kind == UI_SPECIAL) {
        return row->key == key->id;
    }
    return key->kind == UI_TEXT && row->letter != 0 && key->code == (unsigned char)row->letter &&
           !key->pasted && !key->alt;
}

/* Finds what the key does here; says why when it cannot be done. False: it is no action. */
static bool act_on_key(struct app *app, const struct ui_key *key)
{
    struct screen *top = app_top(app);
    enum context context = top == NULL ? IN_LIST : top->ops->context;
    const char *reason = NULL;
    for (int i = 0; i < ACTION_MAX; i++) {
        enum ui_action action = (enum ui_action)i;
        if (!is_key_of(action, key) || !action_in(action, context) ||
            (key->kind == UI_TEXT && action_is_typed(app, action))) {
            continue;
        }
        const char *why = app_refuses(app, action);
        if (why == NULL) {
            app_act(app, action);
            return true;
        }
        reason = why != not_here ? why : reason;
    }
    if (reason != NULL) {
        app_say(app, STYLE_ERROR, "%s", reason);
    }
    return reason != NULL;
}

static void on_mouse(struct app *app, const struct ui_key *key)
{
    int what;
    long value;
    struct screen *top = app_top(app);
    if (!draw_hit(key->row, key->col, &what, &value) || dialog_is_open(app->dialog)) {
        return;
    }
    if (what == CLICK_PALETTE) {
        palette_take(app->palette, value);
    } else if (palette_is_open(app->palette)) {
        palette_close(app->palette);
    } else if (what == CLICK_ACTION) {
        if (app_refuses(app, (enum ui_action)value) == NULL) {
            app_act(app, (enum ui_action)value);
        }
    } else if (what == CLICK_ALERT) {
        app_serve(app, 0);
    } else if (top != NULL && top->ops->click != NULL) {
        top->ops->click(top, what, value);
    }
}

/* A list or a question has the keys: those that mean something below it say why they do not now. */
static void key_over(struct app *app, const struct ui_key *key)
{
    bool asks = dialog_is_open(app->dialog);
    bool other = key->kind == UI_SPECIAL && key->id <= UI_KEY_F11 && key->id != UI_KEY_F9 &&
                 key->id != UI_KEY_F10 && (key->id != UI_KEY_F2 || !asks);
    if (asks) {
        dialog_key(app->dialog, key);
    } else {
        palette_key(app->palette, key);
    }
    if (other) {
        app_say(app, STYLE_HINT, "%s: %s", keys_name(key->id), _("not now; F12 goes back first"));
    }
}

static void on_key(struct app *app, const struct ui_key *key)
{
    struct screen *top = app_top(app);
    app->message[0] = '\0';
    app_dirty(app);
    if (key->kind == UI_MOUSE && key->wheel == 0) {
        on_mouse(app, key);
    } else if (dialog_is_open(app->dialog) || palette_is_open(app->palette)) {
        key_over(app, key);
    } else if (key->kind == UI_SPECIAL && key->id == UI_KEY_INTERRUPT) {
        app_ask_quit(app);
    } else if (act_on_key(app, key)) {
        return;
    } else if (top != NULL && top->ops->key(top, key)) {
        app_moves(app);
    } else if (key->kind == UI_SPECIAL && key->id == UI_KEY_ESC) {
        app_say(app, STYLE_HINT, "%s", _("Esc and a digit: F1 to F10. Esc Esc: back."));
    } else if (key->kind == UI_SPECIAL && key->id <= UI_KEY_F12) {
        app_say(app, STYLE_HINT, "%s: %s", keys_name(key->id), _("no use here; F1 lists the keys"));
    }
}

/* Keys that never wait: leaving, going back, repainting, the menu. */
static bool is_urgent(const struct ui_key *key)
{
    if (key->kind != UI_SPECIAL) {
        return false;
    }
    switch (key->id) {
    case UI_KEY_F10:
    case UI_KEY_F12:
    case UI_KEY_F9:
    case UI_KEY_F1:
    case UI_KEY_REPAINT:
    case UI_KEY_INTERRUPT: return true;
    default: return false;
    }
}

/* While the line is down nothing waits: the answer may take long, and the screen has to react. */
static bool must_wait(struct app *app, const struct ui_key *key)
{
    struct screen *top = app_top(app);
    if (app->line != CLIENT_ONLINE || is_urgent(key) || dialog_is_open(app->dialog)) {
        return false;
    }
    if (palette_is_open(app->palette)) {
        return palette_is_waiting(app->palette) && key->kind == UI_SPECIAL &&
               key->id != UI_KEY_BACKSPACE;
    }
    if (top == NULL) {
        return true; /* the first screen is on its way */
    }
    return top->ops->waiting != NULL && top->ops->waiting(top, key);
}

void app_pump_keys(struct app *app, bool flush)
{
    enum { UNDECODABLE_WORTH_TELLING = 3 };
    unsigned undecodable = term_undecodable();
    while (!app->quitting) {
        if (!app->has_held && !term_key(flush, &app->held)) {
            break;
        }
        app->has_held = true;
        if (must_wait(app, &app->held)) {
            return;
        }
        app->has_held = false;
        on_key(app, &app->held);
        app->read_keys = true;
    }
    if (undecodable != term_undecodable() && term_undecodable() >= UNDECODABLE_WORTH_TELLING) {
        app_say(app, STYLE_ERROR, "%s",
                _("The terminal does not send UTF-8; set its character encoding."));
    }
}
