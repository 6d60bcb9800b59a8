/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One letter with all that belongs to it: scans, costs, request, and who did what when. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/ui/listview.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { LINES_MAX = 300, HISTORY = 50 };

struct line {
    const char *label, *text;
    enum style style;
};

struct mail_card {
    struct screen screen;
    int64_t id;
    struct arena *item_arena, *event_arena, *line_arena;
    const struct rec_mail_item *item; /* NULL until it came */
    const struct rec_event_list_result *history;
    struct listview list;
    struct line lines[LINES_MAX];
    int line_count;
};

static const struct listview_column columns[] = {
    { .title = "", .min = 14, .max = 22, .flex = 1 },
    { .title = "", .min = 20, .flex = 3 },
};

static void add(struct mail_card *card, enum style style, const char *label, const char *text)
{
    if (card->line_count < LINES_MAX && text != NULL && text[0] != '\0') {
        card->lines[card->line_count++] = (struct line){ label, text, style };
    }
}

static const char *when(struct mail_card *card, int64_t at)
{
    char *text = arena_alloc(card->line_arena, 17);
    return clock_show(at, text);
}

static void add_scans(struct mail_card *card)
{
    const struct rec_mail_item *item = card->item;
    for (size_t i = 0; i < item->scans.count; i++) {
        const struct rec_scan *scan = (const struct rec_scan *)item->scans.at + i;
        add(card, STYLE_NORMAL, i == 0 ? _("Scans") : "",
            arena_format(card->line_arena, "%s, %lld kB, %s %s", scan->name,
                         (long long)(scan->size + 1023) / 1024, when(card, scan->attached_at),
                         scan->attached_by));
    }
}

static void add_charges(struct mail_card *card)
{
    const struct rec_mail_item *item = card->item;
    for (size_t i = 0; i < item->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)item->charges.at + i;
        add(card, STYLE_NORMAL, i == 0 ? _("Costs") : "",
            arena_format(card->line_arena, "%s  %s %s", money_words(charge->amount),
                         charge->information,
                         charge->invoice_number == NULL
                             ? ""
                             : arena_format(card->line_arena, "(%s %s)", _("invoice"),
                                            charge->invoice_number)));
    }
}

static void add_request(struct mail_card *card)
{
    const struct rec_scan_request *request = card->item->request;
    if (request == NULL) {
        return;
    }
    add(card, wording_request_style(request->status), _("Scan request"),
        arena_format(card->line_arena, "%s, %s %s", wording_request_status(request->status),
                     when(card, request->requested_at), wording_request_source(request->source)));
    if (request->possibly_automatic) {
        add(card, STYLE_ALERT, "", _("perhaps automatic: came within seconds of the e-mail"));
    }
    add(card, STYLE_NORMAL, _("Reason"), request->reason);
    add(card, STYLE_NORMAL, _("Information"), request->information);
}

static void add_history(struct mail_card *card)
{
    for (size_t i = 0; card->history != NULL && i < card->history->events.count; i++) {
        const struct rec_event *event = (const struct rec_event *)card->history->events.at + i;
        add(card, STYLE_DIM, i == 0 ? _("History") : "",
            arena_format(card->line_arena, "%s  %s: %s", when(card, event->at), event->actor,
                         wording_event_kind(event->kind)));
    }
}

static void make_lines(struct mail_card *card)
{
    const struct rec_mail_item *item = card->item;
    char day[LISTVIEW_CELL];
    arena_free(card->line_arena);
    card->line_arena = arena_new();
    card->line_count = 0;
    if (item == NULL) {
        return;
    }
    cell_day(day, item->date);
    add(card, STYLE_TITLE, _("Letter no."),
        arena_format(card->line_arena, "%lld", (long long)item->id));
    add(card, STYLE_NORMAL, _("Client"),
        arena_format(card->line_arena, "%s %s", item->client_code, item->client_name));
    add(card, STYLE_NORMAL, item->direction == direction_incoming ? _("Sender") : _("Addressee"),
        item->counterparty);
    add(card, STYLE_NORMAL, _("Kind"), wording_mail_kind(item->kind));
    add(card, STYLE_NORMAL, _("Date"), arena_text(card->line_arena, day));
    add(card, STYLE_NORMAL, _("Reference number"), item->reference);
    add(card, STYLE_NORMAL, _("Shelf"), item->shelf);
    add(card, wording_mail_style(item->status), _("Status"), wording_mail_status(item->status));
    add(card, STYLE_NORMAL, _("Collected by"), item->collected_by);
    add(card, STYLE_NORMAL, _("Note"), item->note);
    add_request(card);
    add_scans(card);
    add_charges(card);
    add_history(card);
    listview_set_count(&card->list, card->line_count);
    app_dirty(card->screen.app);
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct mail_card *card = owner;
    if (err != NULL) {
        app_say_error(card->screen.app, err);
        return;
    }
    arena_free(card->item_arena);
    card->item_arena = client_take_arena(app_client(card->screen.app));
    card->item = item;
    make_lines(card);
}

static void on_history(void *owner, const struct rec_event_list_result *history,
                       const struct err *err)
{
    struct mail_card *card = owner;
    if (err == NULL) {
        arena_free(card->event_arena);
        card->event_arena = client_take_arena(app_client(card->screen.app));
        card->history = history;
        make_lines(card);
    }
}

static void load(struct mail_card *card)
{
    struct client *client = app_client(card->screen.app);
    struct rec_by_id item = { .id = card->id };
    struct rec_event_list history = { .item_id = card->id,
                                      .has_item_id = true,
                                      .newest_first = true,
                                      .has_newest_first = true,
                                      .limit = HISTORY,
                                      .has_limit = true };
    call_mail_get(client, &item, on_item, card);
    call_event_list(client, &history, on_history, card);
}

static void open_screen(struct screen *screen, int64_t argument)
{
    struct mail_card *card = (struct mail_card *)screen;
    card->id = argument;
    load(card);
}

static void close_screen(struct screen *screen)
{
    struct mail_card *card = (struct mail_card *)screen;
    app_forget(screen->app, card);
    arena_free(card->item_arena);
    arena_free(card->event_arena);
    arena_free(card->line_arena);
}

static bool row(void *owner, long index, struct listview_row *row)
{
    const struct line *line = &((struct mail_card *)owner)->lines[index];
    cell_text(row->cell[0], line->label);
    cell_text(row->cell[1], line->text);
    row->style = line->style;
    return true;
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    struct mail_card *card = (struct mail_card *)screen;
    (void)head;
    listview_draw(&card->list, body, columns, 2, row, card, CLICK_SCREEN);
}

static bool key(struct screen *screen, const struct ui_key *key)
{
    return listview_key(&((struct mail_card *)screen)->list, key);
}

static bool can(const struct mail_card *card, enum action needed)
{
    return card->item != NULL && can_do(&card->item->can, needed);
}

static bool can_request(const struct mail_card *card, enum action needed)
{
    return card->item != NULL && card->item->request != NULL &&
           can_do(&card->item->request->can, needed);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct mail_card *card = (struct mail_card *)screen;
    switch (action) {
    case ACTION_ROW_MENU: return card->item != NULL ? NULL : not_here;
    case ACTION_EDIT:
    case ACTION_OPEN: return can(card, action_mail_save) ? NULL : not_here;
    case ACTION_ATTACH: return can(card, action_scan_attach) ? NULL : not_here;
    case ACTION_CHARGE: return can(card, action_charge_save) ? NULL : not_here;
    case ACTION_FULFIL: return can_request(card, action_scan_request_fulfil) ? NULL : not_here;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8:
        return can_request(card, action_scan_request_cancel) ? NULL : not_here;
    default: return not_here;
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct mail_card *card = (struct mail_card *)screen;
    switch (action) {
    case ACTION_EDIT:
    case ACTION_OPEN: app_push(screen->app, &screen_mail_edit, card->id); break;
    case ACTION_ATTACH: app_push(screen->app, &screen_attach, card->id); break;
    case ACTION_CHARGE: app_push(screen->app, &screen_charge, card->id); break;
    case ACTION_FULFIL: app_serve(screen->app, card->item->request->id); break;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8: app_push(screen->app, &screen_cancel, card->item->request->id); break;
    default: break;
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    struct mail_card *card = (struct mail_card *)screen;
    if (event == NULL || (event->has_item_id && event->item_id == card->id)) {
        load(card);
    }
}

const struct screen_ops screen_mail_card = {
    .title = N_("Mail > Letter"),
    .size = sizeof(struct mail_card),
    .context = IN_LIST,
    .open = open_screen,
    .close = close_screen,
    .draw = draw,
    .key = key,
    .refuses = refuses,
    .act = act,
    .event = event,
};
