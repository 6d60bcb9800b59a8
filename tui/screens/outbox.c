/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Administracja > Wiadomości: every e-mail and SMS with what the other server said to it. */
#include <stdio.h>

#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const char *const tabs[] = { N_("All"), N_("Waiting"), N_("Refused"), N_("Expired") };

static const struct listview_column columns[] = {
    { .title = N_("Made"), .min = 11 },
    { .title = N_("How"), .min = 6, .priority = 2 },
    { .title = N_("To"), .min = 16, .flex = 1 },
    { .title = N_("Subject"), .min = 16, .flex = 2, .priority = 1 },
    { .title = N_("State"), .min = 11 },
    { .title = N_("Tries"), .min = 5, .right = true, .priority = 3 },
};

struct outbox {
    struct browse_screen base;
    int64_t dropping; /* what the question is about */
};

static bool is_late(const struct rec_outbox_message *message)
{
    return message->late && message->state == outbox_state_waiting;
}

static void ask(struct screen *screen, int tab, void *params)
{
    (void)screen;
    static const enum outbox_state states[] = { 0, outbox_state_waiting, outbox_state_refused,
                                                outbox_state_expired };
    struct rec_outbox_list *wanted = params;
    wanted->state = states[tab];
    wanted->has_state = tab > 0;
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_outbox_message *message = record;
    cell_time(row->cell[0], message->created_at);
    cell_text(row->cell[1], wording_medium(message->channel));
    cell_text(row->cell[2], message->recipient);
    cell_text(row->cell[3], message->subject);
    cell_text(row->cell[4], is_late(message) ? _("Late") : wording_outbox_state(message->state));
    snprintf(row->cell[5], LISTVIEW_CELL, "%lld", (long long)message->attempts);
    row->style = is_late(message) ? STYLE_ALERT : wording_outbox_style(message->state);
}

static const struct browse_ops browsing = {
    .method = METHOD_outbox_list,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .tabs = tabs,
    .tab_count = sizeof(tabs) / sizeof(tabs[0]),
    .empty = N_("No messages here."),
    .ask = ask,
    .row = row,
};

/* Draws a paragraph at the top of *area and leaves what is below it there. */
static void draw_next(struct area *area, enum style style, const char *text)
{
    int used = draw_paragraph(*area, style, text);
    area->row += used;
    area->rows -= used;
}

static void detail(struct screen *screen, struct area area)
{
    const struct rec_outbox_message *message = browse_selected(browse_of(screen));
    if (message == NULL) {
        return;
    }
    draw_next(&area, STYLE_NORMAL, message->subject);
    if (message->has_parts) {
        char parts[100];
        unsigned long count = (unsigned long)message->parts;
        snprintf(parts, sizeof(parts),
                 tr_n(words_lang(), "It counts as %lu SMS.", "It counts as %lu SMS.", count),
                 count);
        draw_next(&area, STYLE_DIM, parts);
    }
    if (is_late(message)) {
        draw_next(&area, STYLE_ALERT, _("It has waited for more than 15 minutes beyond its time."));
    }
    draw_next(&area, STYLE_DIM, wording_answer(text_or_empty(message->answer)));
}

static void tell(void *owner, const struct rec_outbox_message *message, const struct err *err,
                 const char *done)
{
    struct browse_screen *outbox = owner;
    if (err != NULL) {
        app_say_error(outbox->screen.app, err);
    } else {
        app_say(outbox->screen.app, STYLE_DONE, "%s: %s", done, message->recipient);
        browse_refresh(&outbox->browse);
    }
}

static void on_retried(void *owner, const struct rec_outbox_message *message, const struct err *err)
{
    tell(owner, message, err, _("It is tried again"));
}

static void on_held(void *owner, const struct rec_outbox_message *message, const struct err *err)
{
    tell(owner, message, err, _("Held until it is tried again"));
}

static void on_dropped(void *owner, const struct rec_outbox_message *message, const struct err *err)
{
    tell(owner, message, err, _("Given up"));
}

static void on_drop(void *owner, bool yes, const char *text)
{
    (void)text;
    struct outbox *outbox = owner;
    struct rec_by_id params = { .id = outbox->dropping };
    if (yes) {
        call_outbox_drop(app_client(outbox->base.screen.app), &params, on_dropped, owner);
    }
}

/* The list may move while the question stands, so what is meant is kept by its id. */
static void ask_drop(struct outbox *outbox)
{
    const struct rec_outbox_message *message = browse_selected(&outbox->base.browse);
    char question[400];
    outbox->dropping = message->id;
    snprintf(question, sizeof(question), _("Never send \"%.80s\" to %.80s?"), message->subject,
             message->recipient);
    app_ask(outbox->base.screen.app, DIALOG_YES_NO, _("Drop"), question, on_drop, outbox);
}

/* One that is on its way, delivered or given up stays so. What has changed since, the server says.
 */
static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct rec_outbox_message *message = browse_selected(browse_of(screen));
    bool waits = message != NULL && message->state == outbox_state_waiting;
    bool stopped = message != NULL &&
                   (message->state == outbox_state_refused ||
                    message->state == outbox_state_expired || message->state == outbox_state_held);
    switch (action) {
    case ACTION_ROW_MENU: return message != NULL ? NULL : not_here;
    case ACTION_RETRY:
    case ACTION_DROP: return waits || stopped ? NULL : not_here;
    case ACTION_HOLD: return waits ? NULL : not_here;
    default: return browse_refuses(browse_of(screen), action);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct client *client = app_client(screen->app);
    struct rec_by_id params = { .id = browse_selected_id(browse_of(screen)) };
    switch (action) {
    case ACTION_RETRY: call_outbox_retry(client, &params, on_retried, screen); break;
    case ACTION_HOLD: call_outbox_hold(client, &params, on_held, screen); break;
    case ACTION_DROP: ask_drop((struct outbox *)screen); break;
    default: browse_act(browse_of(screen), action);
    }
}

const struct screen_ops screen_outbox = {
    .title = N_("Administration > Messages"),
    .size = sizeof(struct outbox),
    BROWSE_SCREEN,
    .click = browse_screen_click,
    .list = &browsing,
    .open = browse_screen_open,
    .detail = detail,
    .refuses = refuses,
    .act = act,
    .event = browse_screen_event, /* nearly everything that happens writes a message */
};
