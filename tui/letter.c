/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/letter.h"

#include "protocol/base/arena.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { HISTORY = 50 };

void letter_open(struct letter *letter, struct app *app, struct card *card)
{
    letter->app = app;
    letter->card = card;
}

void letter_close(struct letter *letter)
{
    app_forget(letter->app, letter);
    arena_free(letter->item_arena);
    arena_free(letter->history_arena);
    card_release(letter->card);
}

static void add_scans(struct card *card, const struct rec_mail_item *item)
{
    for (size_t i = 0; i < item->scans.count; i++) {
        const struct rec_scan *scan = (const struct rec_scan *)item->scans.at + i;
        card_add_block(card, STYLE_NORMAL, i == 0 ? _("Scans") : "",
                       card_text(card, "%s, %lld kB, %s %s", scan->name,
                                 (long long)(scan->size + 1023) / 1024,
                                 card_time(card, scan->attached_at), scan->attached_by));
        card_link(card, &screen_scan, item->id);
    }
}

static void add_charges(struct card *card, const struct rec_mail_item *item)
{
    for (size_t i = 0; i < item->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)item->charges.at + i;
        const char *invoice =
            charge->invoice_number == NULL
                ? ""
                : card_text(card, "(%s %s)", _("invoice"), charge->invoice_number);
        card_add_block(card, STYLE_NORMAL, i == 0 ? _("Costs") : "",
                       card_text(card, "%s  %s %s", money_words(charge->amount),
                                 charge->information, invoice));
        card_link(card, &screen_charge_edit, charge->id);
    }
    if (item->charges.count > 1) {
        card_add_block(card, STYLE_TITLE, "",
                       card_text(card, "%s  %s", money_words(item->cost), _("together")));
    }
}

static void add_request(struct card *card, const struct rec_scan_request *request)
{
    if (request == NULL) {
        return;
    }
    card_add_block(card, wording_request_style(request->status), _("Scan request"),
                   card_text(card, "%s, %s %s", wording_request_status(request->status),
                             card_time(card, request->requested_at),
                             wording_request_source(request->source)));
    if (request->status == request_status_new) {
        card_link(card, &screen_fulfil, request->id);
        char age[LISTVIEW_CELL];
        cell_age(age, request->requested_at);
        card_add_block(card, STYLE_NORMAL, "",
                       card_text(card, "%s: %s. %s%s", _("Cost"), money_words(request->cost),
                                 _("Waits: "), age));
    }
    if (request->possibly_automatic) {
        card_add_block(card, STYLE_ALERT, "",
                       _("perhaps automatic: came within seconds of the e-mail"));
    }
    if (request->claimed_by != NULL) {
        card_add_block(card, STYLE_ALERT, "",
                       card_text(card, "%s: %s", _("served by"), request->claimed_by));
    }
    card_add(card, STYLE_NORMAL, _("Reason"), request->reason);
    card_add(card, STYLE_NORMAL, _("Information"), request->information);
}

static void add_history(struct card *card, const struct rec_event_list_result *history)
{
    for (size_t i = 0; history != NULL && i < history->events.count; i++) {
        const struct rec_event *event = (const struct rec_event *)history->events.at + i;
        card_add_block(card, STYLE_DIM, i == 0 ? _("History") : "",
                       card_text(card, "%s  %s: %s", card_time(card, event->at), event->actor,
                                 wording_event(event)));
    }
}

static void write_card(struct letter *letter)
{
    const struct rec_mail_item *item = letter->item;
    struct card *card = letter->card;
    card_begin(card);
    if (item == NULL) {
        return;
    }
    bool incoming = item->direction == direction_incoming;
    card_add(card, STYLE_TITLE, _("Letter no."), card_text(card, "%lld", (long long)item->id));
    card_add(card, STYLE_NORMAL, _("Client"),
             card_text(card, "%s %s", item->client_code, item->client_name));
    card_link(card, &screen_client_card, item->client_id);
    card_add(card, STYLE_NORMAL, incoming ? _("Sender") : _("Addressee"), item->counterparty);
    card_add(card, STYLE_NORMAL, _("Kind"), wording_mail_kind(item->kind));
    card_add(card, STYLE_NORMAL, _("Date"), card_day(card, item->date));
    card_add(card, STYLE_NORMAL, _("Reference number"), item->reference);
    card_add(card, STYLE_NORMAL, _("Shelf"), item->shelf);
    card_add(card, wording_mail_style(item->status), _("Status"),
             wording_mail_status(item->status));
    if (item->has_closed_at) {
        card_add(card, STYLE_NORMAL, _("Since"), card_time(card, item->closed_at));
    }
    if (item->sent_on != NULL) {
        card_add(card, STYLE_NORMAL, _("Sent on"), card_day(card, item->sent_on));
    }
    card_add(card, STYLE_NORMAL, _("Collected by"), item->collected_by);
    card_add(card, STYLE_NORMAL, _("Note"), item->note);
    add_request(card, item->request);
    add_scans(card, item);
    add_charges(card, item);
    if (letter->history_id == item->id) {
        add_history(card, letter->history);
    }
    app_dirty(letter->app);
}

static void ask(struct letter *letter);

/* What is shown lies in the arenas of the answers, so each answer writes it anew. */
static void answered(struct letter *letter)
{
    write_card(letter);
    letter->answers--;
    if (letter->answers > 0) {
        return;
    }
    int64_t asked = letter->asked;
    letter->asked = 0;
    if (letter->wanted != asked) {
        ask(letter);
    }
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct letter *letter = owner;
    arena_free(letter->item_arena);
    letter->item_arena = err == NULL ? client_take_arena(app_client(letter->app)) : NULL;
    letter->item = item;
    if (err != NULL) {
        app_say_error(letter->app, err);
    }
    answered(letter);
}

static void on_history(void *owner, const struct rec_event_list_result *history,
                       const struct err *err)
{
    struct letter *letter = owner;
    arena_free(letter->history_arena);
    letter->history_arena = err == NULL ? client_take_arena(app_client(letter->app)) : NULL;
    letter->history = history;
    letter->history_id = letter->asked;
    answered(letter);
}

static void ask(struct letter *letter)
{
    struct client *client = app_client(letter->app);
    struct rec_by_id item = { .id = letter->wanted };
    struct rec_event_list history = { .item_id = letter->wanted,
                                      .has_item_id = true,
                                      .newest_first = true,
                                      .has_newest_first = true,
                                      .limit = HISTORY,
                                      .has_limit = true };
    letter->asked = letter->wanted;
    letter->answers = 2;
    call_mail_get(client, &item, on_item, letter);
    call_event_list(client, &history, on_history, letter);
}

void letter_want(struct letter *letter, int64_t id)
{
    if (id != letter->wanted && id != 0) {
        letter->wanted = id;
        if (letter->asked == 0) {
            ask(letter);
        }
    }
}

void letter_reload(struct letter *letter)
{
    if (letter->wanted != 0) {
        app_forget(letter->app, letter);
        ask(letter);
    }
}

const struct rec_mail_item *letter_item(const struct letter *letter)
{
    return letter->item != NULL && letter->item->id == letter->wanted ? letter->item : NULL;
}
