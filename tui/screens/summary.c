/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rozliczenia > Podsumowanie: what each client owes for a month. Opens on the month to be settled:
 * until the 10th that is the one before. Arrows left and right change the month; the lower half
 * shows the selected client's costs one by one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/csv.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { SETTLED_UNTIL = 10 };

struct summary {
    struct browse_screen base;
    int year, month; /* 1 to 12 */
};

static const struct listview_column columns[] = {
    { .title = N_("No."), .min = 4 },
    { .title = N_("Client"), .min = 16, .flex = 1, .max = 50 },
    { .title = N_("Costs"), .min = 6, .right = true },
    { .title = N_("Total"), .min = 14, .right = true },
};

/* From months counted since the year 0. */
static void set_month(struct summary *summary, int months)
{
    summary->year = months / 12;
    summary->month = months % 12 + 1;
}

static void first_day(int year, int month, char out[CLOCK_DAY])
{
    snprintf(out, CLOCK_DAY, "%04u-%02u-01", (unsigned)year % 10000U, (unsigned)month % 100U);
}

static void ask(struct screen *screen, int tab, void *params)
{
    static char from[CLOCK_DAY], to[CLOCK_DAY];
    (void)tab;
    const struct summary *summary = (struct summary *)screen;
    struct rec_settlement_summary *wanted = params;
    int next_month = summary->month % 12 + 1;
    char next[CLOCK_DAY];
    first_day(summary->year, summary->month, from);
    first_day(summary->year + (next_month == 1 ? 1 : 0), next_month, next);
    wanted->from = from;
    wanted->to = clock_day_add(next, -1, to);
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_settlement_client *client = record;
    cell_text(row->cell[0], client->client_code);
    cell_text(row->cell[1], client->client_name);
    snprintf(row->cell[2], LISTVIEW_CELL, "%zu", client->charges.count);
    cell_text(row->cell[3], money_words(client->total));
}

static const struct browse_ops browsing = {
    .method = METHOD_settlement_summary,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .empty = N_("No costs in this month."),
    .ask = ask,
    .row = row,
};

static void open_screen(struct screen *screen, int64_t argument)
{
    (void)argument;
    struct summary *summary = (struct summary *)screen;
    struct tm today;
    clock_local(clock_now(), &today);
    int back = today.tm_mday <= SETTLED_UNTIL ? 1 : 0;
    set_month(summary, (today.tm_year + 1900) * 12 + today.tm_mon - back);
    browse_open(browse_of(screen), screen, &browsing);
}

static void draw_charges(const struct rec_settlement_client *client, struct area area)
{
    draw_rule(area.row, area.col, area.cols);
    draw_format(area.row, area.col + 2, area.cols - 4, STYLE_TITLE, " %s %s ", client->client_code,
                client->client_name);
    for (size_t i = 0; i < client->charges.count && (int)i < area.rows - 1; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        char day[LISTVIEW_CELL];
        int line = area.row + 1 + (int)i;
        cell_day(day, charge->day);
        draw_cell(line, area.col + 2, 5, STYLE_NORMAL, false, day);
        draw_cell(line, area.col + 8, 12, STYLE_NORMAL, false,
                  wording_direction(charge->direction));
        int rest = area.cols - 21 - 15;
        char text[LISTVIEW_CELL * 2];
        snprintf(text, sizeof(text), "%s  %s", charge->counterparty, charge->information);
        draw_cell(line, area.col + 21, rest, STYLE_NORMAL, false, text);
        draw_cell(line, area.col + 21 + rest, 14, STYLE_NORMAL, true, money_words(charge->amount));
    }
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    const struct summary *summary = (struct summary *)screen;
    const struct rec_settlement_summary_result *result = browse_result(browse_of(screen));
    const struct rec_settlement_client *client = browse_selected(browse_of(screen));
    struct area upper = body;
    if (body.rows >= 12) {
        struct area lower = { body.row + body.rows / 2, body.col, body.rows - body.rows / 2,
                              body.cols };
        upper.rows -= lower.rows;
        if (client != NULL) {
            draw_charges(client, lower);
        }
    }
    browse_screen_draw(screen, head, upper);
    if (head.rows > 1) {
        int used = draw_format(head.row, head.col, head.cols, STYLE_TITLE, "%s %02d.%04d %s",
                               theme_glyph(GLYPH_LEFT), summary->month, summary->year,
                               theme_glyph(GLYPH_RIGHT));
        draw_format(head.row, head.col + used + 2, head.cols - used - 2, STYLE_NORMAL, "%s: %s",
                    _("Total"), result == NULL ? "" : money_words(result->total));
    }
}

static bool key(struct screen *screen, const struct ui_key *key)
{
    struct summary *summary = (struct summary *)screen;
    int step = key->kind != UI_SPECIAL   ? 0
               : key->id == UI_KEY_LEFT  ? -1
               : key->id == UI_KEY_RIGHT ? 1
                                         : 0;
    if (step == 0 || !browse_search_empty(browse_of(screen))) {
        return browse_screen_key(screen, key);
    }
    set_month(summary, summary->year * 12 + summary->month - 1 + step);
    browse_load(browse_of(screen));
    return true;
}

static void export_charges(FILE *file, const struct rec_settlement_client *client)
{
    for (size_t i = 0; i < client->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        char amount[MONEY_TEXT];
        csv_row(file, (const char *const[]){ client->client_code, client->client_name, charge->day,
                                             wording_direction(charge->direction),
                                             charge->counterparty, charge->information,
                                             money_text(charge->amount, true, amount),
                                             text_or_empty(charge->invoice_number), NULL });
    }
}

/* One line per cost, in a file of the present folder that a spreadsheet opens as it is. */
static void export(struct summary *summary)
{
    const struct rec_settlement_summary_result *result = browse_result(&summary->base.browse);
    struct app *app = summary->base.screen.app;
    char name[64];
    if (result == NULL) {
        return;
    }
    snprintf(name, sizeof(name), "skrytka-%04d-%02d.csv", summary->year, summary->month);
    FILE *file = csv_open(name);
    if (file == NULL) {
        app_say(app, STYLE_ERROR, "%s: %s", name, strerror(errno));
        return;
    }
    csv_row(file, (const char *const[]){ _("No."), _("Client"), _("Date"), _("Direction"),
                                         _("Sender"), _("Additional information"),
                                         _("Additional cost"), _("invoice"), NULL });
    for (size_t i = 0; i < result->clients.count; i++) {
        export_charges(file, (const struct rec_settlement_client *)result->clients.at + i);
    }
    if (csv_close(file)) {
        app_say(app, STYLE_DONE, "%s: %s", _("Written"), name);
    } else {
        app_say(app, STYLE_ERROR, "%s: %s", name, strerror(errno));
    }
}

/* The costs of a client that stand on no invoice yet. Answers how many. */
static size_t open_charges(const struct rec_settlement_client *client, int64_t *ids, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; client != NULL && i < client->charges.count && count < room; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        if (charge->invoice_number == NULL) {
            ids[count++] = charge->id;
        }
    }
    return count;
}

static void on_invoiced(void *owner, const struct rec_charge_invoice_result *result,
                        const struct err *err)
{
    struct summary *summary = owner;
    struct app *app = summary->base.screen.app;
    if (err != NULL) {
        app_say_error(app, err);
    } else {
        app_say(app, STYLE_DONE, "%s: %zu", _("Costs on the invoice"), result->charges.count);
    }
}

static void on_number(void *owner, bool yes, const char *text)
{
    struct summary *summary = owner;
    struct screen *screen = &summary->base.screen;
    int64_t ids[LIMIT_LIST_LENGTH];
    char today[CLOCK_DAY];
    struct rec_charge_invoice params = {
        .ids = { ids, open_charges(browse_selected(browse_of(screen)), ids, LIMIT_LIST_LENGTH),
                 true },
        .number = text,
        .date = clock_day(clock_now(), today),
    };
    if (yes && text[0] != '\0') {
        call_charge_invoice(app_client(screen->app), &params, on_invoiced, summary);
    }
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    int64_t id;
    switch (action) {
    case ACTION_EXPORT: return NULL;
    case ACTION_ROW_MENU: return browse_selected(browse_of(screen)) != NULL ? NULL : not_here;
    case ACTION_INVOICE:
        return open_charges(browse_selected(browse_of(screen)), &id, 1) > 0 ? NULL : not_here;
    default: return browse_refuses(browse_of(screen), action);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    if (action == ACTION_EXPORT) {
        export((struct summary *)screen);
    } else if (action == ACTION_INVOICE) {
        app_ask(screen->app, DIALOG_LINE, _("Invoice"), _("Number of the invoice, dated today:"),
                on_number, screen);
    } else {
        browse_act(browse_of(screen), action);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    if (event == NULL || event->kind == event_kind_charge_changed ||
        event->kind == event_kind_charge_invoiced || event->kind == event_kind_undone ||
        event->kind == event_kind_scan_request_fulfilled ||
        event->kind == event_kind_scan_attached || event->kind == event_kind_mail_registered) {
        browse_refresh(browse_of(screen));
    }
}

const struct screen_ops screen_summary = {
    .title = N_("Settlements > Summary"),
    .size = sizeof(struct summary),
    .context = IN_LIST,
    .open = open_screen,
    .close = browse_screen_close,
    .draw = draw,
    .key = key,
    .click = browse_screen_click,
    .status = browse_screen_status,
    .typing = browse_screen_typing,
    .waiting = browse_screen_waiting,
    .refuses = refuses,
    .act = act,
    .event = event,
};
