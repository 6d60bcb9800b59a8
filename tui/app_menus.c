/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lists that lie over the screen: help, the menu, what a row allows, and "go to". */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"
#include "tui/app_model.h"
#include "tui/ui/words.h"

static const struct {
    const char *letter, *place;
    bool administrator;
    const struct screen_ops *ops;
} screens[SCREEN_MAX] = {
#define CLERK                            false
#define ADMINISTRATOR                    true
#define SCREEN(name, letter, who, place) { letter, place, who, &screen_##name },
#include "tui/screens.def.h"
#undef SCREEN
#undef CLERK
#undef ADMINISTRATOR
};

/* Values of "go to" rows: letters below this, then screens, and from GO_CLIENTS on client ids. */
enum { GO_LETTERS = -1, GO_CLIENTS = 1000, GO_HITS = 10 };

static enum context context_of(struct app *app)
{
    struct screen *top = app_top(app);
    return top == NULL ? IN_LIST : top->ops->context;
}

static void on_action(void *owner, int64_t value)
{
    struct app *app = owner;
    if (app_refuses(app, (enum ui_action)value) == NULL) {
        app_act(app, (enum ui_action)value);
    }
}

void app_open_help(struct app *app)
{
    struct palette_row rows[ACTION_MAX];
    struct screen *top = app_top(app);
    const char *lead = top != NULL && top->ops->help != NULL ? top->ops->help(top) : "";
    char names[ACTION_MAX][16];
    int count = 0;
    for (int i = 0; i < ACTION_MAX; i++) {
        enum ui_action action = (enum ui_action)i;
        if (!action_in(action, context_of(app)) || app_refuses(app, action) == not_here) {
            continue;
        }
        snprintf(names[count], sizeof(names[count]), "%s", action_key_name(action));
        bool now = app_refuses(app, action) == NULL;
        rows[count] = (struct palette_row){ names[count], action_help(action), "", now ? i : -1 };
        count++;
    }
    palette_open(app->palette, PALETTE_FILTER, _("Help"), lead, on_action, NULL, app);
    palette_set_rows(app->palette, rows, count);
}

void app_open_row_menu(struct app *app)
{
    struct palette_row rows[ACTION_MAX];
    struct screen *top = app_top(app);
    char names[ACTION_MAX][16];
    int count = 0;
    for (int i = 0; i < ACTION_MAX; i++) {
        enum ui_action action = (enum ui_action)i;
        if (action == ACTION_ROW_MENU || !action_in(action, IN_LIST) ||
            action == ACTION_CANCEL_BY_F8 || top->ops->refuses(top, action) != NULL) {
            continue;
        }
        snprintf(names[count], sizeof(names[count]), "%s", action_key_name(action));
        rows[count] = (struct palette_row){ names[count], action_help(action), "", i };
        count++;
    }
    palette_open(app->palette, PALETTE_FILTER, _("Actions"), "", on_action, NULL, app);
    palette_set_rows(app->palette, rows, count);
}

void app_choose(struct app *app, const char *title, palette_fn choose, palette_ask_fn ask,
                void *owner)
{
    palette_open(app->palette, PALETTE_ASK, title, "", choose, ask, owner);
}

void app_choice_rows(struct app *app, const struct palette_row *rows, int count)
{
    if (palette_is_open(app->palette)) {
        palette_set_rows(app->palette, rows, count);
        app_dirty(app);
    }
}

const char *app_choice_text(const struct app *app)
{
    return palette_text(app->palette);
}

static bool may_see(const struct app *app, int id)
{
    return !screens[id].administrator || app->role == role_administrator;
}

static void on_screen(void *owner, int64_t value)
{
    app_show(owner, (enum screen_id)value);
}

void app_open_menu(struct app *app)
{
    struct palette_row rows[SCREEN_MAX];
    int count = 0;
    for (int i = 0; i < SCREEN_MAX; i++) {
        if (may_see(app, i)) {
            rows[count++] =
                (struct palette_row){ screens[i].letter, _(screens[i].ops->title), "", i };
        }
    }
    palette_open(app->palette, PALETTE_LETTERS, _("Menu"), "", on_screen, NULL, app);
    palette_set_rows(app->palette, rows, count);
}

static void on_go(void *owner, int64_t value)
{
    struct app *app = owner;
    app_forget(app, &app->go_question);
    if (value < GO_LETTERS) {
        app_push(app, &screen_mail_card, GO_LETTERS - value);
    } else if (value < GO_CLIENTS) {
        app_show(app, (enum screen_id)value);
    } else {
        app_show(app, SCREEN_incoming);
        app_push(app, &screen_incoming, value - GO_CLIENTS);
    }
}

/* Rows of screens whose title has a word that begins like the text. */
static int go_screens(struct app *app, const char *text, struct palette_row *rows)
{
    struct arena *arena = arena_new();
    const char *wanted = arena_format(arena, " %s", text_fold(arena, text));
    int count = 0;
    for (int i = 0; i < SCREEN_MAX; i++) {
        const char *title = _(screens[i].ops->title);
        const char *folded = arena_format(arena, " %s", text_fold(arena, title));
        if (may_see(app, i) && (text[0] == '\0' || strstr(folded, wanted) != NULL)) {
            rows[count++] = (struct palette_row){ "", title, "", i };
        }
    }
    arena_free(arena);
    return count;
}

/* Letters that have the words in them, or the number. */
static int go_letters(struct app *app, struct palette_row *rows, char numbers[][24])
{
    const struct rec_mail_list_result *found = app->go_letters;
    int count = 0;
    for (size_t i = 0; found != NULL && i < found->items.count && count < GO_HITS; i++) {
        const struct rec_mail_item *item = (const struct rec_mail_item *)found->items.at + i;
        snprintf(numbers[count], sizeof(numbers[count]), "%lld", (long long)item->id);
        rows[count] = (struct palette_row){ numbers[count], item->counterparty, item->client_name,
                                            GO_LETTERS - item->id };
        count++;
    }
    return count;
}

static void on_clients(void *owner, const struct rec_client_search_result *result,
                       const struct err *err)
{
    struct app *app = ((struct question *)owner)->app;
    struct palette_row rows[SCREEN_MAX + 2 * GO_HITS];
    char numbers[GO_HITS][24];
    int count = 0;
    for (size_t i = 0; err == NULL && i < result->clients.count && i < GO_HITS; i++) {
        const struct rec_client *client = (const struct rec_client *)result->clients.at + i;
        rows[count++] = (struct palette_row){ client->code, client->name,
                                              client->active ? _("the client's mail")
                                                             : _("the contract has ended"),
                                              GO_CLIENTS + client->id };
    }
    if (!palette_is_open(app->palette)) {
        return;
    }
    count += go_letters(app, rows + count, numbers);
    count += go_screens(app, palette_text(app->palette), rows + count);
    palette_set_rows(app->palette, rows, count);
    app_dirty(app);
}

static void ask_clients(struct app *app)
{
    const char *text = palette_text(app->palette);
    struct rec_client_search params = { .text = text[0] == '\0' ? NULL : text,
                                        .ended_too = text[0] != '\0',
                                        .has_ended_too = true,
                                        .limit = GO_HITS,
                                        .has_limit = true };
    call_client_search(app->client, &params, on_clients, &app->go_question);
}

/* Without letters the list still has the rest. */
static void on_letters(void *owner, const struct rec_mail_list_result *result,
                       const struct err *err)
{
    struct app *app = ((struct question *)owner)->app;
    if (err == NULL) {
        app->go_arena = client_take_arena(app->client);
        app->go_letters = result;
    }
    ask_clients(app);
}

void app_release_go(struct app *app)
{
    arena_free(app->go_arena);
    app->go_arena = NULL;
    app->go_letters = NULL;
}

/* First for letters, then for clients: all rows come at once. */
static void ask_go(void *owner, const char *text)
{
    struct app *app = owner;
    struct rec_mail_list params = { .text = text, .limit = GO_HITS, .has_limit = true };
    app_forget(app, &app->go_question); /* only the newest answer counts */
    app_release_go(app);
    if (text[0] == '\0') {
        ask_clients(app);
    } else {
        call_mail_list(app->client, &params, on_letters, &app->go_question);
    }
}

void app_open_go(struct app *app)
{
    struct palette_row rows[SCREEN_MAX];
    palette_open(app->palette, PALETTE_ASK, _("Go to"), "", on_go, ask_go, app);
    palette_set_rows(app->palette, rows, go_screens(app, "", rows));
}
