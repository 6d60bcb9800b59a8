/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a list screen does with keys and presses, and how it looks; the rows are in browse.c. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/text.h"
#include "tui/app.h"
#include "tui/browse.h"
#include "tui/ui/editor.h"
#include "tui/ui/words.h"

/* Of the search at least so many columns are left when a filter stands beside it. */
enum { SEARCH_LEAST = 14 };

/* Rows from which on a letter is shown beside the list. */
enum { LETTER_FROM = 8 };

static void set_tab(struct browse *browse, int tab)
{
    browse->tab = tab;
    browse->filter.has_state = false; /* the tab says it now */
    browse->mark_count = 0;
    browse_load(browse);
}

static void mark(struct browse *browse)
{
    int64_t id = browse_selected_id(browse);
    if (id == 0) {
        return;
    }
    if (browse_is_marked(browse, id)) {
        for (size_t i = 0; i < browse->mark_count; i++) {
            if (browse->marks[i] == id) {
                browse->marks[i] = browse->marks[--browse->mark_count];
                memcpy(browse->mark_names[i], browse->mark_names[browse->mark_count],
                       BROWSE_MARK_NAME);
            }
        }
    } else if (browse->mark_count < LIMIT_LIST_LENGTH) {
        browse_text(browse, browse->ops->marks, browse->mark_names[browse->mark_count]);
        browse->marks[browse->mark_count++] = id;
    }
    listview_select(&browse->list, browse->list.selected + 1);
}

static bool is_space(const struct ui_key *key)
{
    return key->kind == UI_TEXT && key->code == ' ' && !key->pasted;
}

bool browse_screen_key(struct screen *screen, const struct ui_key *key)
{
    struct browse *browse = browse_of(screen);
    if (browse->stale && key->kind == UI_SPECIAL && key->id == UI_KEY_HOME) {
        browse_load(browse);
        return true;
    }
    if (listview_key(&browse->list, key)) {
        return true;
    }
    if (browse_search_empty(browse) && is_space(key)) {
        if (browse->ops->marks != NULL) {
            mark(browse);
        }
        return true;
    }
    if (key->kind == UI_TEXT && key->code == '\n') {
        return true; /* a line end inside a paste */
    }
    switch (editor_key(browse->search, key, BROWSE_SEARCH)) {
    case EDITOR_CHANGED: browse_search_changed(browse); return true;
    case EDITOR_MOVED: return true;
    default: return key->kind == UI_TEXT;
    }
}

const char *browse_refuses(struct browse *browse, enum ui_action action)
{
    bool clearable =
        !browse_search_empty(browse) || browse->mark_count > 0 || filter_is_set(&browse->filter);
    switch (action) {
    case ACTION_NEXT_TAB:
    case ACTION_PREVIOUS_TAB: return browse->ops->tab_count > 1 ? NULL : not_here;
    case ACTION_MARK:
        return browse->ops->marks != NULL && browse_selected(browse) != NULL ? NULL : not_here;
    case ACTION_FILTER: return browse->ops->filter != NULL ? NULL : not_here;
    case ACTION_BACK: return clearable ? NULL : not_here;
    default: return not_here;
    }
}

/* Without search, filter and marks. */
static void show_all(struct browse *browse)
{
    bool filtered = filter_is_set(&browse->filter);
    browse->mark_count = 0;
    filter_clear(&browse->filter);
    editor_set(browse->search, "");
    if (filtered) {
        browse_load(browse);
    } else {
        browse_search_changed(browse);
    }
}

void browse_act(struct browse *browse, enum ui_action action)
{
    int tabs = browse->ops->tab_count;
    switch (action) {
    case ACTION_NEXT_TAB: set_tab(browse, (browse->tab + 1) % tabs); break;
    case ACTION_PREVIOUS_TAB: set_tab(browse, (browse->tab + tabs - 1) % tabs); break;
    case ACTION_MARK: mark(browse); break;
    case ACTION_FILTER: filter_choose(&browse->filter, browse_selected(browse)); break;
    case ACTION_BACK: show_all(browse); break;
    default: break;
    }
}

static bool draw_list_row(void *owner, long index, struct listview_row *row)
{
    struct browse *browse = owner;
    const void *record = browse->view[index];
    browse->ops->row(browse->screen, record, row);
    row->marked = browse_is_marked(browse, browse_id(browse, record));
    return true;
}

static void draw_tabs(struct browse *browse, struct area line)
{
    int col = line.col, end = line.col + line.cols;
    for (int i = 0; i < browse->ops->tab_count; i++) {
        bool on = i == browse->tab;
        int used = draw_format(line.row, col, end - col, on ? STYLE_TITLE : STYLE_NORMAL,
                               on ? "[%s]" : "%s", _(browse->ops->tabs[i]));
        draw_click((struct area){ line.row, col, 1, used }, CLICK_TAB, i);
        col += used + 1;
    }
}

/* What narrows the list, at the right end of the line. Answers the columns it leaves. */
static int draw_filter(const struct browse *browse, struct area line)
{
    char words[FILTER_WORDS * 2];
    if (!filter_is_set(&browse->filter)) {
        return line.cols;
    }
    filter_words(&browse->filter, words);
    int label = (int)text_columns(_("Filter")) + 2;
    int cols = (int)text_columns(words) + label, most = line.cols - SEARCH_LEAST - 1;
    cols = cols < most ? cols : most;
    int col = line.col + line.cols - cols;
    draw_format(line.row, col, label, STYLE_DIM, "%s: ", _("Filter"));
    draw_text(line.row, col + label, cols - label, STYLE_ALERT, words);
    draw_click((struct area){ line.row, col, 1, cols }, CLICK_FILTER, 0);
    return line.cols - cols - 1;
}

static void draw_search(struct browse *browse, struct area line)
{
    int col = line.col, row = 0, place = 0;
    line.cols = draw_filter(browse, line);
    col += draw_format(line.row, col, line.cols, STYLE_DIM, "%s: ", _("Search"));
    int width = line.col + line.cols - col;
    if (width < 2) {
        return;
    }
    if (editor_empty(browse->search)) {
        draw_format(line.row, col, width, STYLE_DIM, "%.*s", width < 12 ? width : 12,
                    "____________");
        return;
    }
    char text[BROWSE_SEARCH + 1];
    editor_row(browse->search, width, 0, text, sizeof(text));
    editor_cursor(browse->search, width, &row, &place);
    draw_text(line.row, col, width, STYLE_NORMAL, text);
    draw_cursor(line.row, col + place);
}

/* At 80 columns a word that is the same in every row costs the names what they need. */
static void draw_rows(struct browse *browse, struct area body)
{
    const struct browse_ops *ops = browse->ops;
    struct listview_column columns[LISTVIEW_COLUMNS_MAX];
    memcpy(columns, ops->columns, (size_t)ops->column_count * sizeof columns[0]);
    if (ops->tab_column != 0 && browse->tab < ops->tab_count - 1) {
        columns[ops->tab_column].min = 0;
    }
    listview_draw(&browse->list, body, columns, ops->column_count, draw_list_row, browse,
                  CLICK_ROW);
}

void browse_screen_draw(struct screen *screen, struct area head, struct area body)
{
    struct browse *browse = browse_of(screen);
    draw_rows(browse, body);
    if (browse->view_count == 0 && body.rows > 3) {
        const char *words = !browse->asked                   ? _("Loading...")
                            : filter_is_set(&browse->filter) ? _("Nothing passes the filter. "
                                                                 "F12 shows all.")
                            : !browse_search_empty(browse)   ? _("Nothing was found.")
                                                             : _(browse->ops->empty);
        draw_text(body.row + 3, body.col + 2, body.cols - 2, STYLE_DIM, words);
    }
    if (head.rows > 1) {
        draw_tabs(browse, (struct area){ head.row, head.col, 1, head.cols });
    }
    if (head.rows > 0) {
        draw_search(browse, (struct area){ head.row + head.rows - 1, head.col, 1, head.cols });
    }
    browse_ask_more(browse);
}

bool browse_draw_letter(struct browse *browse, struct area area)
{
    int64_t id = area.rows < LETTER_FROM ? 0 : browse_field_id(browse, browse->ops->letter);
    letter_want(&browse->beside, id);
    if (id == 0 || letter_item(&browse->beside) == NULL) {
        return false;
    }
    card_show(&browse->beside_card, area);
    return true;
}

void browse_screen_click(struct screen *screen, int what, long value)
{
    struct browse *browse = browse_of(screen);
    if (what == CLICK_TAB) {
        set_tab(browse, (int)value);
    } else if (what == CLICK_FILTER) {
        filter_choose(&browse->filter, browse_selected(browse));
    } else if (what == CLICK_ROW && value != browse->list.selected) {
        listview_select(&browse->list, value);
    } else if (what == CLICK_ROW && screen->ops->refuses(screen, ACTION_OPEN) == NULL) {
        screen->ops->act(screen, ACTION_OPEN); /* the second press on a row */
    }
}

void browse_screen_status(struct screen *screen, char *out, size_t size)
{
    const struct browse *browse = browse_of(screen);
    long last = browse->list.top + browse->list.height;
    last = last < browse->list.count ? last : browse->list.count;
    int used =
        snprintf(out, size, "%ld-%ld %s %ld%s", browse->list.count > 0 ? browse->list.top + 1 : 0,
                 last, _("of"), browse->list.count, browse->shown.more ? "+" : "");
    if (browse->stale && used > 0 && (size_t)used < size) {
        used += snprintf(out + used, size - (size_t)used, ", %s", _("Home shows what is new"));
    }
    if (browse->mark_count > 0 && used > 0 && (size_t)used < size) {
        snprintf(out + used, size - (size_t)used, ", %s: %zu", _("marked"), browse->mark_count);
    }
}

bool browse_screen_waiting(struct screen *screen, const struct ui_key *key)
{
    const struct browse *browse = browse_of(screen);
    bool typing = key->kind == UI_TEXT &&
                  (!browse_search_empty(browse) || (key->code != '+' && key->code != '-'));
    bool special = key->kind == UI_SPECIAL;
    bool erasing = special && key->id == UI_KEY_BACKSPACE;
    bool down =
        special && (key->id == UI_KEY_DOWN || key->id == UI_KEY_PAGE_DOWN || key->id == UI_KEY_END);
    return (browse->loading && browse->fresh && !typing && !erasing) ||
           (browse->loading_more && down);
}

bool browse_screen_typing(struct screen *screen)
{
    return !browse_search_empty(browse_of(screen));
}

/* --- Screens that their browse_ops tell all about ------------------------------------------- */

void browse_screen_open(struct screen *screen, int64_t argument)
{
    (void)argument;
    browse_open(browse_of(screen), screen, screen->ops->list);
}

/* What Enter opens of the selected row; 0: nothing. */
static int64_t opened_id(struct browse *browse)
{
    const struct browse_ops *ops = browse->ops;
    if (ops->opens == NULL) {
        return 0;
    }
    return ops->opens_field == NULL ? browse_selected_id(browse)
                                    : browse_field_id(browse, ops->opens_field);
}

const char *browse_screen_refuses(struct screen *screen, enum ui_action action)
{
    struct browse *browse = browse_of(screen);
    switch (action) {
    case ACTION_NEW: return browse->ops->makes != NULL ? NULL : not_here;
    case ACTION_OPEN: return opened_id(browse) != 0 ? NULL : not_here;
    default: return browse_refuses(browse, action);
    }
}

void browse_screen_act(struct screen *screen, enum ui_action action)
{
    struct browse *browse = browse_of(screen);
    switch (action) {
    case ACTION_NEW: app_push(screen->app, browse->ops->makes, 0); break;
    case ACTION_OPEN: app_push(screen->app, browse->ops->opens, opened_id(browse)); break;
    default: browse_act(browse, action);
    }
}

void browse_screen_event(struct screen *screen, const struct rec_event *event)
{
    struct browse *browse = browse_of(screen);
    uint64_t wanted = browse->ops->events;
    if (event == NULL || wanted == 0 || (wanted >> event->kind & 1) != 0) {
        browse_refresh(browse);
    }
}
