/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Poczta > Przychodząca and Wychodząca: the two differ in their tabs and in who is at the other
 * end. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/ui/daytext.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

struct mail_list {
    struct browse_screen base;
    int64_t client_id;                /* only this client's, in any state; 0: all */
    char title[LIMIT_LINE_BYTES * 2]; /* with that client's name, as soon as it came */
    /* Being handed over: asked for once more when a scan request stands in the way. */
    int64_t ids[LIMIT_LIST_LENGTH];
    size_t id_count;
    char names[LIMIT_LINE_BYTES * 3]; /* of their clients, each once */
    size_t client_count;
    enum mail_status becoming; /* collected, forwarded, destroyed, sent */
    char sent_on[CLOCK_DAY];   /* "": today */
    char collected_by[LIMIT_LINE_BYTES + 1];
};

static const char *const incoming_tabs[] = { N_("Awaiting collection"), N_("Collected"),
                                             N_("All") };
static const char *const outgoing_tabs[] = { N_("To send"), N_("Sent"), N_("All") };

enum { TAB_ALL = 2, COLUMN_STATUS = 5 };

static const struct listview_column incoming_columns[] = {
    { .title = N_("Date"), .min = 5 },
    { .title = N_("No."), .min = 4 },
    { .title = N_("Client"), .min = 12, .flex = 1 },
    { .title = N_("Sender"), .min = 12, .flex = 1 },
    { .title = N_("Kind"), .min = 10, .priority = 3 },
    { .title = N_("Status"), .min = 10, .max = 18, .flex = 1 },
    { .title = N_("Scan"), .min = 8, .priority = 1 },
    { .title = N_("Cost"), .min = 8, .right = true, .priority = 2 },
};

static const struct listview_column outgoing_columns[] = {
    { .title = N_("Date"), .min = 5 },
    { .title = N_("No."), .min = 4 },
    { .title = N_("Client"), .min = 12, .flex = 1 },
    { .title = N_("Addressee"), .min = 12, .flex = 1 },
    { .title = N_("Kind"), .min = 10, .priority = 2 },
    { .title = N_("Status"), .min = 10 },
    { .title = N_("Ref. no."), .min = 12, .flex = 1, .priority = 3 },
    { .title = N_("Cost"), .min = 8, .right = true, .priority = 1 },
};

static void only_client(struct screen *screen, struct rec_mail_list *wanted)
{
    const struct mail_list *list = (struct mail_list *)screen;
    if (list->client_id != 0) {
        wanted->client_id = list->client_id;
        wanted->has_client_id = true;
    }
}

static void ask_incoming(struct screen *screen, int tab, void *params)
{
    struct rec_mail_list *wanted = params;
    only_client(screen, wanted);
    wanted->direction = direction_incoming;
    wanted->has_direction = true;
    if (tab < TAB_ALL) { /* among all a status may be chosen by F4 */
        wanted->has_status = true;
        wanted->status = tab == 0 ? mail_status_awaiting_collection : mail_status_collected;
    }
}

static void ask_outgoing(struct screen *screen, int tab, void *params)
{
    struct rec_mail_list *wanted = params;
    only_client(screen, wanted);
    wanted->direction = direction_outgoing;
    wanted->has_direction = true;
    wanted->has_status = tab < TAB_ALL;
    wanted->status = tab == 0 ? mail_status_to_send : mail_status_sent;
}

/* "2 scans", "asked", or nothing. */
static void scan_cell(char out[LISTVIEW_CELL], const struct rec_mail_item *item)
{
    if (item->scans.count > 0) {
        snprintf(out, LISTVIEW_CELL, "%s %zu", _("scan"), item->scans.count);
    } else if (item->request != NULL && item->request->status == request_status_new) {
        cell_text(out, _("request"));
    }
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_mail_item *item = record;
    cell_day(row->cell[0], item->date);
    cell_text(row->cell[1], item->client_code);
    cell_text(row->cell[2], item->client_name);
    cell_text(row->cell[3], item->counterparty);
    cell_text(row->cell[4], wording_mail_kind(item->kind));
    cell_text(row->cell[5], wording_mail_status(item->status));
    if (item->direction == direction_incoming) {
        scan_cell(row->cell[6], item);
    } else {
        cell_text(row->cell[6], item->reference);
    }
    cell_money(row->cell[7], item->cost);
    row->lit = item->request != NULL && item->request->status == request_status_new;
    row->style = wording_mail_style(item->status);
}

static const char *kind_words(int kind)
{
    return wording_mail_kind((enum mail_kind)kind);
}

static const char *status_words(int status)
{
    return wording_mail_status((enum mail_status)status);
}

/* A status has its tab, but these two. */
static const struct filter_spec incoming_filter = {
    .word = "kind",
    .word_label = N_("Kind"),
    .wording = kind_words,
    .state = "status",
    .state_label = N_("Status"),
    .state_wording = status_words,
    .states = UINT64_C(1) << mail_status_forwarded | UINT64_C(1) << mail_status_destroyed,
    .days = true,
    .clients = true,
};

static const struct filter_spec outgoing_filter = {
    .word = "kind",
    .word_label = N_("Kind"),
    .wording = kind_words,
    .days = true,
    .clients = true,
};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static const struct browse_ops incoming = {
    .method = METHOD_mail_list,
    .columns = incoming_columns,
    .column_count = COUNT(incoming_columns),
    .tabs = incoming_tabs,
    .tab_count = COUNT(incoming_tabs),
    .tab_column = COLUMN_STATUS,
    .empty = N_("No letters here. F6 registers one."),
    .ask = ask_incoming,
    .row = row,
    .filter = &incoming_filter,
    .marks = "client_name",
    .letter = "id",
};

static const struct browse_ops outgoing = {
    .method = METHOD_mail_list,
    .columns = outgoing_columns,
    .column_count = COUNT(outgoing_columns),
    .tabs = outgoing_tabs,
    .tab_count = COUNT(outgoing_tabs),
    .tab_column = COLUMN_STATUS,
    .empty = N_("No letters here. F6 registers one."),
    .ask = ask_outgoing,
    .row = row,
    .filter = &outgoing_filter,
    .marks = "client_name",
    .letter = "id",
};

static bool is_outgoing(const struct screen *screen)
{
    return screen->ops == &screen_outgoing;
}

static void on_client(void *owner, const struct rec_client *client, const struct err *err)
{
    struct mail_list *list = owner;
    if (err == NULL) {
        snprintf(list->title, sizeof(list->title), "%s: %s %s", _(list->base.screen.ops->title),
                 client->code, client->name);
        app_dirty(list->base.screen.app);
    }
}

static const char *titled(struct screen *screen)
{
    const struct mail_list *list = (struct mail_list *)screen;
    return list->title[0] == '\0' ? NULL : list->title;
}

static void open_screen(struct screen *screen, int64_t argument)
{
    ((struct mail_list *)screen)->client_id = argument;
    browse_of(screen)->tab = argument != 0 ? TAB_ALL : 0;
    browse_open(browse_of(screen), screen, is_outgoing(screen) ? &outgoing : &incoming);
    browse_of(screen)->filter.of_one_client = argument != 0;
    if (argument != 0) {
        struct rec_by_id client = { .id = argument };
        call_client_get(app_client(screen->app), &client, on_client, screen);
    }
}

static void detail(struct screen *screen, struct area area)
{
    const struct rec_mail_item *item = browse_selected(browse_of(screen));
    if (item == NULL || browse_draw_letter(browse_of(screen), area)) {
        return;
    }
    char line[1024];
    snprintf(line, sizeof(line), "%s %lld %s %s %s %s", _("No."), (long long)item->id,
             wording_mail_kind(item->kind), text_or_empty(item->reference),
             item->shelf == NULL ? "" : _("shelf"), text_or_empty(item->shelf));
    int used = draw_paragraph(area, STYLE_NORMAL, line);
    struct area rest = { area.row + used, area.col, area.rows - used, area.cols };
    if (rest.rows > 0) {
        draw_paragraph(rest, STYLE_DIM, text_or_empty(item->note));
    }
}

static const struct rec_mail_item *request_item(struct screen *screen, enum action needed)
{
    const struct rec_mail_item *item = browse_selected(browse_of(screen));
    bool can = item != NULL && item->request != NULL && can_do(&item->request->can, needed);
    return can ? item : NULL;
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct rec_mail_item *item = browse_selected(browse_of(screen));
    switch (action) {
    case ACTION_NEW: return NULL;
    case ACTION_ROW_MENU:
    case ACTION_OPEN: return item != NULL ? NULL : not_here;
    case ACTION_EDIT: return item != NULL && can_do(&item->can, action_mail_save) ? NULL : not_here;
    case ACTION_ATTACH:
        return item != NULL && can_do(&item->can, action_scan_attach) ? NULL : not_here;
    case ACTION_CHARGE:
        return item != NULL && can_do(&item->can, action_charge_save) ? NULL : not_here;
    case ACTION_SCAN: return item != NULL && item->scans.count > 0 ? NULL : not_here;
    case ACTION_ASK_SCAN:
        return item != NULL && can_do(&item->can, action_scan_request_create) ? NULL : not_here;
    case ACTION_FULFIL:
        return request_item(screen, action_scan_request_fulfil) != NULL
                   ? NULL
                   : _("There is no open scan request for this letter.");
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8:
        return request_item(screen, action_scan_request_cancel) != NULL
                   ? NULL
                   : _("There is no open scan request for this letter.");
    case ACTION_COLLECT:
    case ACTION_FORWARD:
    case ACTION_DESTROY: return item != NULL && !is_outgoing(screen) ? NULL : not_here;
    case ACTION_SEND: return item != NULL && is_outgoing(screen) ? NULL : not_here;
    default: return browse_refuses(browse_of(screen), action);
    }
}

/* A letter, and its client among the names if it is another one than those before. */
static void add_id(struct mail_list *list, int64_t id, const char *client)
{
    if (list->id_count == LIMIT_LIST_LENGTH) {
        return;
    }
    list->ids[list->id_count++] = id;
    const char *known = client[0] == '\0' ? list->names : strstr(list->names, client);
    size_t used = strlen(list->names);
    if (known == NULL) {
        snprintf(list->names + used, sizeof(list->names) - used, "%s%s", used > 0 ? ", " : "",
                 client);
        list->client_count++;
    }
}

static void add_item(struct mail_list *list, const struct rec_mail_item *item)
{
    if (item != NULL &&
        (can_do(&item->can, action_mail_collect) || item->status == mail_status_to_send)) {
        add_id(list, item->id, item->client_name);
    }
}

static const struct rec_mail_item *item_by_id(const struct browse *browse, int64_t id)
{
    for (size_t i = 0; i < browse_count(browse); i++) {
        const struct rec_mail_item *item = browse_at(browse, i);
        if (item->id == id) {
            return item;
        }
    }
    return NULL;
}

/* Those of another search are not in the list: whether they still wait the server knows. */
static void add_marked(struct mail_list *list)
{
    const struct browse *browse = &list->base.browse;
    for (size_t i = 0; i < browse->mark_count; i++) {
        const struct rec_mail_item *item = item_by_id(browse, browse->marks[i]);
        if (item != NULL) {
            add_item(list, item);
        } else {
            add_id(list, browse->marks[i], browse->mark_names[i]);
        }
    }
}

/* Marked rows; else all that the search found; else the selected row. */
static void choose_ids(struct mail_list *list)
{
    struct browse *browse = &list->base.browse;
    list->id_count = list->client_count = 0;
    list->names[0] = '\0';
    if (browse->mark_count > 0) {
        add_marked(list);
        return;
    }
    if (browse_search_empty(browse)) {
        add_item(list, browse_selected(browse));
        return;
    }
    for (size_t i = 0; i < browse_count(browse); i++) {
        add_item(list, browse_at(browse, i));
    }
}

static void hand_over(struct mail_list *list, bool cancel_requests);

static void on_cancel_answer(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        hand_over(owner, true);
    }
}

static void on_collected(void *owner, const struct rec_mail_collect_result *result,
                         const struct err *err)
{
    struct mail_list *list = owner;
    struct app *app = list->base.screen.app;
    if (err == NULL) {
        browse_unmark_all(&list->base.browse);
        bool collected = list->becoming == mail_status_collected;
        if (collected) {
            app_may_undo(app, event_kind_mail_collected, result->event_ids.at,
                         result->event_ids.count);
        }
        app_say(app, STYLE_DONE, "%s: %zu. %s",
                collected ? _("Handed over") : wording_mail_status(list->becoming),
                result->items.count, collected ? _("Ctrl-Z takes it back.") : "");
    } else if (err->code == ERR_refused && strcmp(err->detail, "open_request") == 0) {
        app_ask(app, DIALOG_YES_NO, _("Open scan request"),
                _("There is an open scan request among these letters. Cancel it, tell the client, "
                  "and hand the letters over?"),
                on_cancel_answer, list);
    } else {
        app_say_error(app, err);
    }
}

static void hand_over(struct mail_list *list, bool cancel_requests)
{
    struct rec_mail_collect params = {
        .ids = { list->ids, list->id_count, true },
        .collected_by = list->collected_by[0] == '\0' ? NULL : list->collected_by,
        .sent_on = list->sent_on[0] == '\0' ? NULL : list->sent_on,
        .status = list->becoming,
        .has_status = true,
        .cancel_requests = cancel_requests,
        .has_cancel_requests = true,
    };
    call_mail_collect(app_client(list->base.screen.app), &params, on_collected, list);
}

static void on_name(void *owner, bool yes, const char *text)
{
    struct mail_list *list = owner;
    if (yes) {
        snprintf(list->collected_by, sizeof(list->collected_by), "%s", text);
        hand_over(list, false);
    }
}

static void on_sure(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        hand_over(owner, false);
    }
}

static const char *whose_words(const struct mail_list *list)
{
    return list->client_count > 1 ? _("Of several clients") : _("Client");
}

static void ask_day(struct mail_list *list, const char *wrong);

static void on_day(void *owner, bool yes, const char *text)
{
    struct mail_list *list = owner;
    char today[CLOCK_DAY];
    clock_day(clock_now(), today);
    if (yes && text[0] != '\0' && !daytext_parse(text, today, list->sent_on)) {
        list->sent_on[0] = '\0';
        ask_day(list, text);
    } else if (yes) {
        hand_over(list, false);
    }
}

/* `wrong`: what was typed before and is no day; "" at first. */
static void ask_day(struct mail_list *list, const char *wrong)
{
    struct arena *arena = arena_new();
    const char *before =
        wrong[0] == '\0' ? ""
                         : arena_format(arena, "%s: %s.\n", wrong, _("is not a day, e.g. 12.11"));
    app_ask(list->base.screen.app, DIALOG_LINE, _("Sent"),
            arena_format(arena, "%s%s: %zu.\n%s: %s\n%s", before, _("Letters"), list->id_count,
                         whose_words(list), list->names, _("Sent on which day? (empty: today)")),
            on_day, list);
    arena_free(arena);
}

/* A hand-over asks who collects; what leaves in another way only whether that is meant. */
static void let_go(struct mail_list *list, enum mail_status becoming)
{
    char question[LIMIT_LINE_BYTES * 4];
    const char *whose;
    list->becoming = becoming;
    list->collected_by[0] = list->sent_on[0] = '\0';
    choose_ids(list);
    if (list->id_count == 0) {
        app_say(list->base.screen.app, STYLE_ERROR, "%s",
                becoming == mail_status_sent ? _("The letter is sent already.")
                                             : _("The letter no longer awaits collection."));
        return;
    }
    whose = whose_words(list);
    if (becoming == mail_status_sent) {
        ask_day(list, "");
        return;
    }
    if (becoming != mail_status_collected) {
        snprintf(question, sizeof(question), "%s: %zu. %s: %s?\n%s: %s", _("Letters"),
                 list->id_count, _("New status"), wording_mail_status(becoming), whose,
                 list->names);
        app_ask(list->base.screen.app, DIALOG_YES_NO, _("Mail"), question, on_sure, list);
        return;
    }
    snprintf(question, sizeof(question), "%s: %zu.\n%s: %s\n%s", _("Letters to hand over"),
             list->id_count, whose, list->names, _("Who collects them? (may stay empty)"));
    app_ask(list->base.screen.app, DIALOG_LINE, _("Hand over"), question, on_name, list);
}

static void on_requested(void *owner, const struct rec_scan_request *request, const struct err *err)
{
    struct mail_list *list = owner;
    if (err != NULL) {
        app_say_error(list->base.screen.app, err);
    } else {
        app_say(list->base.screen.app, STYLE_DONE, "%s: %s", _("Scan requested"),
                request->counterparty);
    }
}

static void act_on(struct mail_list *list, const struct rec_mail_item *item, enum ui_action action)
{
    struct app *app = list->base.screen.app;
    struct rec_scan_request_create wanted = { .item_id = item->id };
    switch (action) {
    case ACTION_OPEN: app_push(app, &screen_mail_card, item->id); break;
    case ACTION_EDIT: app_push(app, &screen_mail_edit, item->id); break;
    case ACTION_ATTACH: app_push(app, &screen_attach, item->id); break;
    case ACTION_SCAN: app_push(app, &screen_scan, item->id); break;
    case ACTION_CHARGE: app_push(app, &screen_charge, item->id); break;
    case ACTION_FULFIL: app_serve(app, item->request->id); break;
    case ACTION_CANCEL:
    case ACTION_CANCEL_BY_F8: app_push(app, &screen_cancel, item->request->id); break;
    case ACTION_ASK_SCAN:
        call_scan_request_create(app_client(app), &wanted, on_requested, list);
        break;
    case ACTION_COLLECT: let_go(list, mail_status_collected); break;
    case ACTION_FORWARD: let_go(list, mail_status_forwarded); break;
    case ACTION_DESTROY: let_go(list, mail_status_destroyed); break;
    case ACTION_SEND: let_go(list, mail_status_sent); break;
    default: browse_act(&list->base.browse, action);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    const struct rec_mail_item *item = browse_selected(browse_of(screen));
    if (action == ACTION_NEW) {
        app_push(screen->app, &screen_mail_new,
                 mail_new_argument(is_outgoing(screen) ? direction_outgoing : direction_incoming,
                                   ((struct mail_list *)screen)->client_id));
    } else if (item != NULL) {
        act_on((struct mail_list *)screen, item, action);
    } else {
        browse_act(browse_of(screen), action);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    if (event == NULL || event->has_item_id || event->has_request_id ||
        event->kind == event_kind_undone || event->kind == event_kind_client_changed) {
        browse_refresh(browse_of(screen));
    }
}

#define MAIL_SCREEN(name, words)                                                                   \
    const struct screen_ops screen_##name = {                                                      \
        .title = words,                                                                            \
        .size = sizeof(struct mail_list),                                                          \
        BROWSE_SCREEN,                                                                             \
        .click = browse_screen_click,                                                              \
        .open = open_screen,                                                                       \
        .titled = titled,                                                                          \
        .detail = detail,                                                                          \
        .refuses = refuses,                                                                        \
        .act = act,                                                                                \
        .event = event,                                                                            \
    };
MAIL_SCREEN(incoming, N_("Mail > Incoming"))
MAIL_SCREEN(outgoing, N_("Mail > Outgoing"))
