/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Poczta > Prośby o skan: who asked for which letter, and the two answers to it, [+] and [-]. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/text.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const char *const tabs[] = { N_("New"), N_("Fulfilled"), N_("Cancelled"), N_("All") };
enum { TAB_ALL = request_status_MAX, TABS };

enum { CLICK_PLUS = CLICK_BROWSE_END, CLICK_MINUS };

static const struct listview_column columns[] = {
    { .title = N_("Requested"), .min = 11 },
    { .title = N_("No."), .min = 4 },
    { .title = N_("Client"), .min = 12, .flex = 1 },
    { .title = N_("Sender"), .min = 12, .flex = 1 },
    { .title = N_("Status"), .min = 12 },
    { .title = N_("Age"), .min = 10, .right = true, .priority = 3 },
    { .title = N_("Cost"), .min = 8, .right = true, .priority = 2 },
    { .title = "", .min = 3, .priority = 1, .click = CLICK_PLUS },
    { .title = "", .min = 3, .priority = 1, .click = CLICK_MINUS },
};

static void ask(struct screen *screen, int tab, void *params)
{
    (void)screen;
    struct rec_scan_request_list *wanted = params;
    if (tab != TAB_ALL) {
        wanted->status = (enum request_status)tab;
        wanted->has_status = true;
    }
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_scan_request *request = record;
    const char *status = wording_request_status(request->status);
    cell_time(row->cell[0], request->requested_at);
    cell_text(row->cell[1], request->client_code);
    cell_text(row->cell[2], request->client_name);
    cell_text(row->cell[3], request->counterparty);
    if (request->claimed_by != NULL) {
        snprintf(row->cell[4], LISTVIEW_CELL, "%s: %s", status, request->claimed_by);
    } else if (request->possibly_automatic && request->status == request_status_new) {
        snprintf(row->cell[4], LISTVIEW_CELL, "%s %s", status, _("(auto?)"));
    } else {
        cell_text(row->cell[4], status);
    }
    if (request->status == request_status_new) {
        cell_age(row->cell[5], request->requested_at);
    }
    if (request->status != request_status_cancelled) { /* then it cost nothing */
        cell_money(row->cell[6], request->cost);
    }
    cell_text(row->cell[7], can_do(&request->can, action_scan_request_fulfil) ? "[+]" : "");
    cell_text(row->cell[8], can_do(&request->can, action_scan_request_cancel) ? "[-]" : "");
    row->lit = request->status == request_status_new;
    row->style = wording_request_style(request->status);
}

static const struct filter_spec filter = { .clients = true };

static const struct browse_ops browsing = {
    .method = METHOD_scan_request_list,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .tabs = tabs,
    .tab_count = TABS,
    .empty = N_("No scan requests here."),
    .ask = ask,
    .row = row,
    .filter = &filter,
    .letter = "item_id",
};

static void open_screen(struct screen *screen, int64_t argument)
{
    (void)argument;
    browse_open(browse_of(screen), screen, &browsing);
}

static void detail(struct screen *screen, struct area area)
{
    const struct rec_scan_request *request = browse_selected(browse_of(screen));
    if (request == NULL || browse_draw_letter(browse_of(screen), area)) {
        return;
    }
    char day[LISTVIEW_CELL], line[1024];
    cell_day(day, request->date);
    snprintf(line, sizeof(line), "%s %s: %s. %s%s%s %s %s%s%s", _("Asked"),
             wording_request_source(request->source), request->requested_by,
             wording_mail_kind(request->kind), request->reference == NULL ? "" : " ",
             text_or_empty(request->reference), _("of"), day, request->shelf == NULL ? "" : ", ",
             text_or_empty(request->shelf));
    int used = draw_paragraph((struct area){ area.row, area.col, area.rows, area.cols },
                              STYLE_NORMAL, line);
    if (used >= area.rows) {
        return;
    }
    struct area rest = { area.row + used, area.col, area.rows - used, area.cols };
    if (request->status == request_status_cancelled && request->reason != NULL) {
        snprintf(line, sizeof(line), "%s: %s", _("Reason"), request->reason);
    } else if (request->information != NULL) {
        snprintf(line, sizeof(line), "%s: %s", _("Information"), request->information);
    } else if (request->status == request_status_cancelled) {
        line[0] = '\0';
    } else {
        char age[LISTVIEW_CELL];
        cell_age(age, request->requested_at);
        bool waits = request->status == request_status_new;
        snprintf(line, sizeof(line), "%s: %s%s%s%s", _("Cost"), money_words(request->cost),
                 waits ? ". " : "", waits ? _("Waits: ") : "", waits ? age : "");
    }
    used = draw_paragraph(rest, STYLE_NORMAL, line);
    if (!request->possibly_automatic) {
        return;
    }
    /* In a small window there is no row more: then behind the words, which are the cost's. */
    const char *warning = _("perhaps automatic: came within seconds of the e-mail");
    if (rest.rows > used) {
        draw_text(rest.row + used, rest.col, rest.cols, STYLE_ALERT, warning);
    } else {
        int behind = (int)text_columns(line) + 2;
        draw_text(rest.row, rest.col + behind, rest.cols - behind, STYLE_ALERT, warning);
    }
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    struct browse *browse = browse_of(screen);
    const struct rec_scan_request *request = browse_selected(browse);
    enum action needed = action_scan_request_fulfil;
    switch (action) {
    case ACTION_ROW_MENU:
    case ACTION_OPEN: return request != NULL ? NULL : not_here;
    case ACTION_SCAN:
        return request == NULL                               ? not_here
               : request->status == request_status_fulfilled ? NULL
                                                             : _("There is no scan of it yet.");
    case ACTION_COLLECT: return _("Letters are handed over in Mail > Incoming.");
    case ACTION_NEW: return NULL;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8: needed = action_scan_request_cancel; break;
    case ACTION_FULFIL: break;
    default: return browse_refuses(browse, action);
    }
    if (request == NULL) {
        return not_here;
    }
    return can_do(&request->can, needed) ? NULL : _("The request is no longer new.");
}

static void act(struct screen *screen, enum ui_action action)
{
    struct browse *browse = browse_of(screen);
    const struct rec_scan_request *request = browse_selected(browse);
    switch (action) {
    case ACTION_FULFIL: app_serve(screen->app, request->id); break;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8: app_push(screen->app, &screen_cancel, request->id); break;
    case ACTION_OPEN: app_push(screen->app, &screen_mail_card, request->item_id); break;
    case ACTION_SCAN: app_push(screen->app, &screen_scan, request->item_id); break;
    case ACTION_NEW: app_push(screen->app, &screen_mail_new, direction_incoming); break;
    default: browse_act(browse, action);
    }
}

/* [+] and [-] at the end of a row. */
static void click(struct screen *screen, int what, long value)
{
    enum ui_action action = what == CLICK_PLUS ? ACTION_FULFIL : ACTION_CANCEL;
    if (what != CLICK_PLUS && what != CLICK_MINUS) {
        browse_screen_click(screen, what, value);
        return;
    }
    listview_select(&browse_of(screen)->list, value);
    if (refuses(screen, action) == NULL) {
        act(screen, action);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    if (event == NULL || event->has_request_id || event->kind == event_kind_undone ||
        event->kind == event_kind_client_changed || event->kind == event_kind_mail_changed) {
        browse_refresh(browse_of(screen));
    }
}

const struct screen_ops screen_requests = {
    .title = N_("Mail > Scan requests"),
    .size = sizeof(struct browse_screen),
    BROWSE_SCREEN,
    .click = click,
    .open = open_screen,
    .detail = detail,
    .refuses = refuses,
    .act = act,
    .event = event,
};
