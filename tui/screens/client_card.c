/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One client with all that belongs to it: data and permission, the newest mail, its scan requests,
 * the costs of this month and the month before. Enter on a line opens what it tells of.
 */
#include <stdio.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/client_lines.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { MAIL = 20, REQUESTS = 10, PARTS = 4 };

/* The answers, each in an arena of its own; a part is NULL until it came. */
struct client_card {
    struct card_screen base;
    int64_t id;
    struct arena *arenas[PARTS];
    const struct rec_client *client;
    const struct rec_mail_list_result *mail;
    const struct rec_scan_request_list_result *requests;
    const struct rec_settlement_summary_result *costs;
};

static struct client_card *client_of(struct screen *screen)
{
    return (struct client_card *)screen;
}

static void add_mail(struct card *card, const struct rec_mail_list_result *mail)
{
    for (size_t i = 0; mail != NULL && i < mail->items.count; i++) {
        const struct rec_mail_item *item = (const struct rec_mail_item *)mail->items.at + i;
        card_add_block(card, wording_mail_style(item->status), i == 0 ? _("Mail") : "",
                       card_text(card, "%s  %s (%s%s%s): %s", card_day(card, item->date),
                                 item->counterparty, wording_mail_kind(item->kind),
                                 item->direction == direction_incoming ? "" : ", ",
                                 item->direction == direction_incoming ? "" : _("outgoing"),
                                 wording_mail_status(item->status)));
        card_link(card, &screen_mail_card, item->id);
    }
}

static void add_requests(struct card *card, const struct rec_scan_request_list_result *list)
{
    for (size_t i = 0; list != NULL && i < list->requests.count; i++) {
        const struct rec_scan_request *request =
            (const struct rec_scan_request *)list->requests.at + i;
        bool cancelled = request->status == request_status_cancelled;
        card_add_block(
            card, wording_request_style(request->status), i == 0 ? _("Scan requests") : "",
            card_text(card, "%s  %s  %s  %s", card_time(card, request->requested_at),
                      wording_request_status(request->status),
                      cancelled ? "" : money_words(request->cost), request->counterparty));
        card_link(card, &screen_mail_card, request->item_id);
    }
}

static void add_costs(struct card *card, const struct rec_settlement_summary_result *costs)
{
    const struct rec_settlement_client *client = costs == NULL ? NULL : costs->clients.at;
    if (client == NULL || costs->clients.count == 0 || client->charges.count == 0) {
        return;
    }
    card_add_block(card, STYLE_TITLE, _("Costs"),
                   card_text(card, "%s  %s", money_words(client->total),
                             _("this month and the month before")));
    for (size_t i = client->charges.count; i > 0; i--) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i - 1;
        card_add_block(card, STYLE_NORMAL, "",
                       card_text(card, "%s  %s  %s  %s", card_day(card, charge->day),
                                 money_words(charge->amount), charge->counterparty,
                                 charge->information));
        card_link(card, &screen_mail_card, charge->item_id);
    }
}

static void write_card(struct client_card *card)
{
    card_begin(&card->base.card);
    if (card->client != NULL) {
        client_lines(&card->base.card, card->client);
    }
    add_requests(&card->base.card, card->requests);
    add_mail(&card->base.card, card->mail);
    add_costs(&card->base.card, card->costs);
    app_dirty(card->base.screen.app);
}

/* Keeps what the answer lies in, and shows it. */
static void take(struct client_card *card, int part, const struct err *err)
{
    if (err != NULL) {
        app_say_error(card->base.screen.app, err);
        return;
    }
    arena_free(card->arenas[part]);
    card->arenas[part] = client_take_arena(app_client(card->base.screen.app));
    write_card(card);
}

static void on_client(void *owner, const struct rec_client *client, const struct err *err)
{
    struct client_card *card = owner;
    card->client = err == NULL ? client : card->client;
    take(card, 0, err);
}

static void on_mail(void *owner, const struct rec_mail_list_result *mail, const struct err *err)
{
    struct client_card *card = owner;
    card->mail = err == NULL ? mail : card->mail;
    take(card, 1, err);
}

static void on_requests(void *owner, const struct rec_scan_request_list_result *requests,
                        const struct err *err)
{
    struct client_card *card = owner;
    card->requests = err == NULL ? requests : card->requests;
    take(card, 2, err);
}

static void on_costs(void *owner, const struct rec_settlement_summary_result *costs,
                     const struct err *err)
{
    struct client_card *card = owner;
    card->costs = err == NULL ? costs : card->costs;
    take(card, 3, err);
}

static void load(struct client_card *card)
{
    struct client *client = app_client(card->base.screen.app);
    char today[CLOCK_DAY], from[CLOCK_DAY];
    clock_day(clock_now(), today);
    snprintf(from, sizeof(from), "%.8s01", today);
    clock_day_add(from, -1, from);
    snprintf(from + 8, sizeof(from) - 8, "01");
    struct rec_by_id by_id = { .id = card->id };
    struct rec_mail_list mail = {
        .client_id = card->id, .has_client_id = true, .limit = MAIL, .has_limit = true
    };
    struct rec_scan_request_list requests = {
        .client_id = card->id, .has_client_id = true, .limit = REQUESTS, .has_limit = true
    };
    struct rec_settlement_summary costs = {
        .from = from, .to = today, .client_id = card->id, .has_client_id = true
    };
    call_client_get(client, &by_id, on_client, card);
    call_mail_list(client, &mail, on_mail, card);
    call_scan_request_list(client, &requests, on_requests, card);
    call_settlement_summary(client, &costs, on_costs, card);
}

static void open_screen(struct screen *screen, int64_t argument)
{
    client_of(screen)->id = argument;
    load(client_of(screen));
}

static void close_screen(struct screen *screen)
{
    struct client_card *card = client_of(screen);
    app_forget(screen->app, card);
    for (int i = 0; i < PARTS; i++) {
        arena_free(card->arenas[i]);
    }
    card_release(&card->base.card);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct client_card *card = client_of(screen);
    const struct card_line *line = card_selected(&card->base.card);
    switch (action) {
    case ACTION_OPEN: return line != NULL && line->opens != NULL ? NULL : not_here;
    case ACTION_ROW_MENU:
    case ACTION_EDIT:
    case ACTION_CLIENT_MAIL: return card->client != NULL ? NULL : not_here;
    default: return not_here;
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    const struct client_card *card = client_of(screen);
    const struct card_line *line = card_selected(&card->base.card);
    switch (action) {
    case ACTION_OPEN: app_push(screen->app, line->opens, line->id); break;
    case ACTION_EDIT: app_push(screen->app, &screen_client_edit, card->id); break;
    case ACTION_CLIENT_MAIL: app_push(screen->app, &screen_incoming, card->id); break;
    default: break;
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    struct client_card *card = client_of(screen);
    if (event == NULL || (event->has_client_id && event->client_id == card->id) ||
        event->kind == event_kind_package_changed || event->kind == event_kind_settings_changed) {
        load(card);
    }
}

const struct screen_ops screen_client_card = {
    .title = N_("Clients > Client's card"),
    .size = sizeof(struct client_card),
    CARD_SCREEN,
    .open = open_screen,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
    .event = event,
};
