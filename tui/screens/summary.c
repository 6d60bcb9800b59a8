/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rozliczenia > Podsumowanie: what each client owes for a month, or for any days (F4). Opens on the
 * month to be settled: until the 10th that is the one before. Arrows left and right change the
 * month; the lower half shows the selected client's costs one by one, Enter goes down to them, and
 * once more to the letter.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/summary_files.h"
#include "tui/ui/daytext.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { SETTLED_UNTIL = 10, LOWER_FROM = 12 /* rows */ };
enum { CLICK_COST = CLICK_BROWSE_END };

struct summary {
    struct browse_screen base;
    int year, month;                     /* 1 to 12; of the days when none are chosen */
    bool inside;                         /* among the selected client's costs */
    struct listview costs;               /* of that client */
    char from[CLOCK_DAY], to[CLOCK_DAY]; /* what is shown */
    /* The invoice being written down, with the costs that were seen when it was begun: what is
     * entered meanwhile stays for another. */
    char number[LIMIT_LINE_BYTES + 1];
    int64_t ids[LIMIT_LIST_LENGTH];
    size_t id_count;
    char costs_words[LIMIT_LINE_BYTES * 2]; /* whose they are, how many and how much */
};

static const struct listview_column columns[] = {
    { .title = N_("No."), .min = 4 },
    { .title = N_("Client"), .min = 16, .flex = 1, .max = 50 },
    { .title = N_("Costs"), .min = 6, .right = true, .priority = 1 },
    { .title = N_("To invoice"), .min = 13, .right = true },
    { .title = N_("Total"), .min = 13, .right = true },
};

static const struct listview_column cost_columns[] = {
    { .title = N_("Date"), .min = 5 },
    { .title = N_("Direction"), .min = 12, .priority = 2 },
    { .title = N_("Sender or addressee"), .min = 14, .flex = 1 },
    { .title = N_("Additional information"), .min = 10, .flex = 1 },
    { .title = N_("Invoice"), .min = 8, .max = 16, .flex = 1, .priority = 1 },
    { .title = N_("Amount"), .min = 12, .right = true },
};

static const struct filter_spec filter = { .days = true, .clients = true };

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
    (void)tab;
    struct summary *summary = (struct summary *)screen;
    struct rec_settlement_summary *wanted = params;
    int next_month = summary->month % 12 + 1;
    char next[CLOCK_DAY];
    if (wanted->from != NULL) { /* by F4 */
        snprintf(summary->from, CLOCK_DAY, "%s", wanted->from);
        snprintf(summary->to, CLOCK_DAY, "%s", wanted->to);
    } else {
        first_day(summary->year, summary->month, summary->from);
        first_day(summary->year + (next_month == 1 ? 1 : 0), next_month, next);
        clock_day_add(next, -1, summary->to);
    }
    wanted->from = summary->from;
    wanted->to = summary->to;
    summary->inside = false;
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_settlement_client *client = record;
    cell_text(row->cell[0], client->client_code);
    cell_text(row->cell[1], client->client_name);
    snprintf(row->cell[2], LISTVIEW_CELL, "%zu", client->charges.count);
    cell_text(row->cell[3], money_words(summary_to_invoice(client)));
    cell_text(row->cell[4], money_words(client->total));
}

static const struct browse_ops browsing = {
    .method = METHOD_settlement_summary,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .empty = N_("No costs in this month."),
    .ask = ask,
    .row = row,
    .filter = &filter,
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

static bool cost_row(void *owner, long index, struct listview_row *row)
{
    const struct summary *summary = owner;
    const struct rec_settlement_client *client = browse_selected(&summary->base.browse);
    const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + index;
    cell_day(row->cell[0], charge->day);
    cell_text(row->cell[1], wording_direction(charge->direction));
    cell_text(row->cell[2], charge->counterparty);
    cell_text(row->cell[3], charge->information);
    cell_text(row->cell[4], charge->invoice_number);
    cell_text(row->cell[5], money_words(charge->amount));
    row->style = charge->invoice_number != NULL ? STYLE_DIM : STYLE_NORMAL;
    return true;
}

static void draw_costs(struct summary *summary, const struct rec_settlement_client *client,
                       struct area area)
{
    draw_rule(area.row, area.col, area.cols);
    draw_format(area.row, area.col + 2, area.cols - 4, STYLE_TITLE, " %s %s ", client->client_code,
                client->client_name);
    struct area rows = { area.row + 1, area.col, area.rows - 1, area.cols };
    listview_set_count(&summary->costs, (long)client->charges.count);
    listview_draw(&summary->costs, rows, cost_columns,
                  sizeof(cost_columns) / sizeof(cost_columns[0]), cost_row, summary, CLICK_COST);
}

static void draw_days(const struct summary *summary, struct area line)
{
    const struct rec_settlement_summary_result *result = browse_result(&summary->base.browse);
    bool chosen = summary->base.browse.filter.from[0] != '\0';
    int used = 0;
    if (chosen) {
        char from[CLOCK_DAY], to[CLOCK_DAY];
        used = draw_format(line.row, line.col, line.cols, STYLE_TITLE, "%s - %s",
                           clock_day_show(summary->from, from), clock_day_show(summary->to, to));
    } else {
        used = draw_format(line.row, line.col, line.cols, STYLE_TITLE, "%s %02d.%04d %s",
                           theme_glyph(GLYPH_LEFT), summary->month, summary->year,
                           theme_glyph(GLYPH_RIGHT));
    }
    if (result != NULL) {
        used +=
            2 + draw_format(line.row, line.col + used + 2, line.cols - used - 2, STYLE_NORMAL,
                            "%s: %s", _("To invoice"), money_words(summary_all_to_invoice(result)));
        draw_format(line.row, line.col + used + 2, line.cols - used - 2, STYLE_NORMAL, "%s: %s",
                    _("Total"), money_words(result->total));
    }
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    struct summary *summary = (struct summary *)screen;
    const struct rec_settlement_client *client = browse_selected(browse_of(screen));
    struct area upper = body, lower = { body.row + body.rows, body.col, 0, body.cols };
    summary->inside = summary->inside && client != NULL;
    if (body.rows >= LOWER_FROM) {
        lower.rows = body.rows - body.rows / 2;
    } else if (summary->inside) {
        lower.rows = body.rows;
    }
    lower.row -= lower.rows;
    upper.rows -= lower.rows;
    summary->costs.passive = !summary->inside; /* one of the two has the keys */
    summary->base.browse.list.passive = summary->inside;
    browse_screen_draw(screen, head, upper);
    if (client != NULL && lower.rows > 0) {
        draw_costs(summary, client, lower);
    }
    if (head.rows > 1) {
        draw_days(summary, (struct area){ head.row, head.col, 1, head.cols });
    }
}

static bool key(struct screen *screen, const struct ui_key *key)
{
    struct summary *summary = (struct summary *)screen;
    int step = key->kind != UI_SPECIAL   ? 0
               : key->id == UI_KEY_LEFT  ? -1
               : key->id == UI_KEY_RIGHT ? 1
                                         : 0;
    if (summary->inside) {
        return listview_key(&summary->costs, key) || step != 0;
    }
    if (step == 0 || !browse_search_empty(browse_of(screen))) {
        return browse_screen_key(screen, key);
    }
    set_month(summary, summary->year * 12 + summary->month - 1 + step);
    summary->base.browse.filter.from[0] = '\0'; /* back from chosen days to months */
    browse_load(browse_of(screen));
    return true;
}

static const char *help(struct screen *screen)
{
    (void)screen;
    return _("Arrow left: the month before; right: the next one.");
}

static void click(struct screen *screen, int what, long value)
{
    struct summary *summary = (struct summary *)screen;
    if (what != CLICK_COST) {
        summary->inside = false;
        browse_screen_click(screen, what, value);
        return;
    }
    bool again = summary->inside && value == summary->costs.selected;
    summary->inside = true;
    listview_select(&summary->costs, value);
    if (again) {
        screen->ops->act(screen, ACTION_OPEN);
    }
}

/* "skrytka-2026-11.csv"; where there is one, "skrytka-2026-11 (2).csv" and so on. */
static void free_name(char *name, size_t size, const char *days, const char *ending)
{
    snprintf(name, size, "skrytka-%s.%s", days, ending);
    for (int i = 2; i < 1000 && access(name, F_OK) == 0; i++) {
        snprintf(name, size, "skrytka-%s (%d).%s", days, i, ending);
    }
}

/* Into a file of the present folder that bears the days in its name. */
static void write_file(struct summary *summary, const char *ending,
                       bool (*write)(const char *path, const struct summary_days *days,
                                     const struct rec_settlement_summary_result *result))
{
    const struct rec_settlement_summary_result *result = browse_result(&summary->base.browse);
    const struct summary_days days = { summary->from, summary->to };
    struct app *app = summary->base.screen.app;
    char name[64], words[CLOCK_DAY * 2], folder[PATH_MAX];
    if (result == NULL) {
        return;
    }
    if (summary->base.browse.filter.from[0] != '\0') {
        snprintf(words, sizeof(words), "%s_%s", summary->from, summary->to);
    } else {
        snprintf(words, sizeof(words), "%.7s", summary->from);
    }
    free_name(name, sizeof(name), words, ending);
    if (write(name, &days, result)) {
        app_say(app, STYLE_DONE, "%s: %s, %s %s", _("Written"), name, _("in the folder"),
                getcwd(folder, sizeof(folder)) == NULL ? "." : folder);
    } else {
        app_say(app, STYLE_ERROR, "%s: %s", name, strerror(errno));
    }
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

static void ask_date(struct summary *summary, const char *wrong);

static void on_date(void *owner, bool yes, const char *text)
{
    struct summary *summary = owner;
    char today[CLOCK_DAY], day[CLOCK_DAY];
    struct rec_charge_invoice params = {
        .ids = { summary->ids, summary->id_count, true },
        .number = summary->number,
        .date = clock_day(clock_now(), today),
    };
    if (!yes) {
        return;
    }
    if (text[0] != '\0') {
        if (!daytext_parse(text, today, day)) {
            ask_date(summary, text);
            return;
        }
        params.date = day;
    }
    call_charge_invoice(app_client(summary->base.screen.app), &params, on_invoiced, summary);
}

/* `wrong`: what was typed before and is no day; "" at first. */
static void ask_date(struct summary *summary, const char *wrong)
{
    struct arena *arena = arena_new();
    const char *before =
        wrong[0] == '\0' ? ""
                         : arena_format(arena, "%s: %s.\n", wrong, _("is not a day, e.g. 12.11"));
    app_ask(summary->base.screen.app, DIALOG_LINE, _("Invoice"),
            arena_format(arena, "%s%s\n%s", before, summary->costs_words,
                         _("Date of the invoice (empty: today):")),
            on_date, summary);
    arena_free(arena);
}

static void on_number(void *owner, bool yes, const char *text)
{
    struct summary *summary = owner;
    if (yes && text[0] != '\0') {
        snprintf(summary->number, sizeof(summary->number), "%s", text);
        ask_date(summary, "");
    }
}

static void ask_number(struct summary *summary)
{
    char question[sizeof(summary->costs_words) + LIMIT_LINE_BYTES];
    snprintf(question, sizeof(question), "%s\n%s", summary->costs_words,
             _("Number of the invoice:"));
    app_ask(summary->base.screen.app, DIALOG_LINE, _("Invoice"), question, on_number, summary);
}

/* The selected client's costs that stand on no invoice yet; how many, and with words about them. */
static size_t choose_costs(struct summary *summary)
{
    const struct rec_settlement_client *client = browse_selected(&summary->base.browse);
    int64_t sum = 0;
    summary->id_count = 0;
    for (size_t i = 0; client != NULL && i < client->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        if (charge->invoice_number == NULL && summary->id_count < LIMIT_LIST_LENGTH) {
            summary->ids[summary->id_count++] = charge->id;
            sum += charge->amount;
        }
    }
    if (summary->id_count > 0) {
        snprintf(summary->costs_words, sizeof(summary->costs_words), "%s %s\n%s: %zu, %s",
                 client->client_code, client->client_name, _("Costs"), summary->id_count,
                 money_words(sum));
    }
    return summary->id_count;
}

static bool has_open_costs(const struct rec_settlement_client *client)
{
    bool open = false;
    for (size_t i = 0; client != NULL && i < client->charges.count; i++) {
        open = open || ((const struct rec_charge *)client->charges.at)[i].invoice_number == NULL;
    }
    return open;
}

static const struct rec_charge *selected_cost(const struct summary *summary)
{
    const struct rec_settlement_client *client = browse_selected(&summary->base.browse);
    size_t index = (size_t)summary->costs.selected;
    return client != NULL && index < client->charges.count
               ? (const struct rec_charge *)client->charges.at + index
               : NULL;
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct summary *summary = (struct summary *)screen;
    switch (action) {
    case ACTION_PRINT:
    case ACTION_EXPORT: return NULL;
    case ACTION_OPEN:
    case ACTION_ROW_MENU: return browse_selected(browse_of(screen)) != NULL ? NULL : not_here;
    case ACTION_BACK: return summary->inside ? NULL : browse_refuses(browse_of(screen), action);
    case ACTION_INVOICE:
        return has_open_costs(browse_selected(browse_of(screen))) ? NULL : not_here;
    default: return browse_refuses(browse_of(screen), action);
    }
}

static void open_row(struct summary *summary)
{
    if (!summary->inside) {
        summary->inside = true;
        listview_select(&summary->costs, 0);
    } else if (selected_cost(summary) != NULL) {
        app_push(summary->base.screen.app, &screen_mail_card, selected_cost(summary)->item_id);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct summary *summary = (struct summary *)screen;
    switch (action) {
    case ACTION_EXPORT: write_file(summary, "csv", summary_write_csv); break;
    case ACTION_PRINT: write_file(summary, "txt", summary_write_text); break;
    case ACTION_OPEN: open_row(summary); break;
    case ACTION_INVOICE:
        if (choose_costs(summary) > 0) {
            ask_number(summary);
        }
        break;
    case ACTION_BACK:
        if (summary->inside) {
            summary->inside = false;
            break;
        }
        browse_act(browse_of(screen), action);
        break;
    default: browse_act(browse_of(screen), action);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    if (event == NULL || event->kind == event_kind_charge_changed ||
        event->kind == event_kind_charge_invoiced || event->kind == event_kind_undone ||
        event->kind == event_kind_scan_request_fulfilled ||
        event->kind == event_kind_scan_attached || event->kind == event_kind_mail_registered ||
        event->kind == event_kind_mail_changed /* sent: its costs count on that day */ ||
        event->kind == event_kind_client_changed) {
        browse_refresh(browse_of(screen));
    }
}

const struct screen_ops screen_summary = {
    .title = N_("Settlements > Summary"),
    .help = help,
    .size = sizeof(struct summary),
    .context = IN_LIST,
    .open = open_screen,
    .close = browse_screen_close,
    .draw = draw,
    .key = key,
    .click = click,
    .status = browse_screen_status,
    .typing = browse_screen_typing,
    .waiting = browse_screen_waiting,
    .refuses = refuses,
    .act = act,
    .event = event,
};
