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
    cell_text(row->cell[4], wording_outbox_state(message->state));
    snprintf(row->cell[5], LISTVIEW_CELL, "%lld", (long long)message->attempts);
    row->style = wording_outbox_style(message->state);
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

static void open_screen(struct screen *screen, int64_t argument)
{
    (void)argument;
    browse_open(browse_of(screen), screen, &browsing);
}

static void detail(struct screen *screen, struct area area)
{
    const struct rec_outbox_message *message = browse_selected(browse_of(screen));
    if (message != NULL) {
        int used = draw_paragraph(area, STYLE_NORMAL, message->subject);
        struct area rest = { area.row + used, area.col, area.rows - used, area.cols };
        draw_paragraph(rest, STYLE_DIM, text_or_empty(message->answer));
    }
}

static void on_retried(void *owner, const struct rec_outbox_message *message, const struct err *err)
{
    struct browse_screen *outbox = owner;
    if (err != NULL) {
        app_say_error(outbox->screen.app, err);
    } else {
        app_say(outbox->screen.app, STYLE_DONE, "%s: %s", _("It is tried again"),
                message->recipient);
        browse_refresh(&outbox->browse);
    }
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    if (action == ACTION_RETRY) {
        return browse_selected(browse_of(screen)) != NULL ? NULL : not_here;
    }
    return browse_refuses(browse_of(screen), action);
}

static void act(struct screen *screen, enum ui_action action)
{
    struct rec_by_id params = { .id = browse_selected_id(browse_of(screen)) };
    if (action == ACTION_RETRY) {
        call_outbox_retry(app_client(screen->app), &params, on_retried, screen);
    } else {
        browse_act(browse_of(screen), action);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    (void)event; /* nearly everything that happens writes a message */
    browse_refresh(browse_of(screen));
}

const struct screen_ops screen_outbox = {
    .title = N_("Administration > Messages"),
    .size = sizeof(struct browse_screen),
    BROWSE_SCREEN,
    .click = browse_screen_click,
    .open = open_screen,
    .detail = detail,
    .refuses = refuses,
    .act = act,
    .event = event,
};
