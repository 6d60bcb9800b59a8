/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/browse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/memory.h"
#include "protocol/base/text.h"
#include "tui/app.h"
#include "tui/ui/editor.h"
#include "tui/ui/words.h"

enum {
    FIRST_PAGE = 50, /* rows asked for at first: enough for the screen, and soon there */
    PAGE = 200,
    MORE_BEFORE = 20, /* the next page is asked for this far from the end */
    REFRESHED = 500,  /* longer lists are asked for anew only from their beginning */
    SEARCHED = 2000,  /* rows that a search here looks through, newest first */
    SEARCH_LIMIT = 100,
};

static void on_page(struct browse *browse, const void *result, const struct err *err);

/* The list methods differ only in their types, which their tables tell. */
typedef void (*page_done)(struct browse *browse, const void *result, const struct err *err);

static void hand_page(void (*done)(void), void *owner, const void *result, const struct err *err)
{
    ((page_done)done)(owner, result, err);
}

static const struct field *params_field(const struct browse *browse, const char *name)
{
    return record_field(methods[browse->ops->method].params, name, strlen(name));
}

static const struct record *row_record(const struct browse *browse)
{
    return methods[browse->ops->method].result->fields[0].record;
}

static int64_t id_of(const struct record *record, const void *value)
{
    const struct field *field = record_field(record, "id", 2);
    if (field == NULL) {
        field = record_field(record, "client_id", 9); /* a line of the summary */
    }
    return field == NULL || value == NULL ? 0 : field_number(field, value);
}

static void release_rows(struct browse_rows *rows)
{
    for (size_t i = 0; i < rows->page_count; i++) {
        arena_free(rows->pages[i]);
    }
    free(rows->pages);
    free(rows->rows);
    *rows = (struct browse_rows){ 0 };
}

/* Takes over a page: its arena and its rows. */
static void add_page(struct browse *browse, struct browse_rows *rows, const void *result)
{
    const struct record *record = methods[browse->ops->method].result;
    const struct list *list = field_at(&record->fields[0], result);
    const struct field *next = record_field(record, "next", 4);
    rows->pages = memory_resize(rows->pages, (rows->page_count + 1) * sizeof(*rows->pages));
    rows->pages[rows->page_count++] = client_take_arena(app_client(browse->screen->app));
    if (rows->count + list->count > rows->room) {
        rows->room = rows->count + list->count + rows->room;
        rows->rows = memory_resize(rows->rows, rows->room * sizeof(*rows->rows));
    }
    for (size_t i = 0; i < list->count; i++) {
        rows->rows[rows->count++] = (const char *)list->at + i * record->fields[0].record->size;
    }
    rows->last = result;
    rows->more = next != NULL && field_given(next, result);
}

/* Does a record have a text that contains each word searched for? */
static bool passes(struct arena *arena, const struct record *record, const void *value,
                   const char *search)
{
    struct arena *words = arena_new();
    bool all = true;
    char *rest;
    for (char *word = strtok_r(arena_text(words, search), " ", &rest); word != NULL && all;
         word = strtok_r(NULL, " ", &rest)) {
        bool found = false;
        for (size_t i = 0; i < record->count; i++) {
            const char *text = record->fields[i].storage == STORED_TEXT
                                   ? *(const char *const *)field_at(&record->fields[i], value)
                                   : NULL;
            found = found || (text != NULL && strstr(text_fold(arena, text), word) != NULL);
        }
        all = found;
    }
    arena_free(words);
    return all;
}

static void make_view(struct browse *browse)
{
    bool here = params_field(browse, "text") == NULL && !editor_empty(browse->search);
    struct arena *arena = arena_new();
    const char *search = here ? text_fold(arena, editor_text(browse->search)) : "";
    free(browse->view);
    browse->view = memory_zeroed((browse->shown.count + 1) * sizeof(*browse->view));
    browse->view_count = 0;
    for (size_t i = 0; i < browse->shown.count; i++) {
        if (!here || passes(arena, row_record(browse), browse->shown.rows[i], search)) {
            browse->view[browse->view_count++] = browse->shown.rows[i];
        }
    }
    arena_free(arena);
    listview_set_count(&browse->list, (long)browse->view_count);
}

static void ask(struct browse *browse, const struct browse_rows *rows)
{
    const struct method_info *method = &methods[browse->ops->method];
    struct arena *arena = arena_new();
    void *params = arena_alloc(arena, method->params->size);
    const struct field *text = params_field(browse, "text");
    const struct field *after = params_field(browse, "after");
    const struct field *limit = params_field(browse, "limit");
    const struct field *next = record_field(method->result, "next", 4);
    if (text != NULL && !editor_empty(browse->search)) {
        *(const char **)field_at(text, params) = editor_text(browse->search);
    }
    if (limit != NULL) {
        field_set_number(limit, params, rows->count == 0 ? FIRST_PAGE : PAGE);
        field_set_given(limit, params);
    }
    if (after != NULL && next != NULL && rows->more) {
        if (next->storage == STORED_TEXT) {
            *(const char **)field_at(after, params) =
                *(const char *const *)field_at(next, rows->last);
        } else {
            field_set_number(after, params, field_number(next, rows->last));
            field_set_given(after, params);
        }
    }
    if (browse->ops->ask != NULL) {
        browse->ops->ask(browse->screen, browse->tab, params);
    }
    client_call(app_client(browse->screen->app), browse->ops->method, params, NULL,
                (struct client_reply){ hand_page, (void (*)(void))on_page, browse });
    arena_free(arena);
}

void browse_open(struct browse *browse, struct screen *screen, const struct browse_ops *ops)
{
    browse->screen = screen;
    browse->ops = ops;
    browse->search = editor_new(SEARCH_LIMIT, false);
    browse_load(browse);
}

void browse_screen_close(struct screen *screen)
{
    struct browse *browse = browse_of(screen);
    app_forget(screen->app, screen);
    app_forget(screen->app, browse);
    release_rows(&browse->shown);
    release_rows(&browse->coming);
    free(browse->view);
    editor_free(browse->search);
}

static void start(struct browse *browse, bool fresh)
{
    browse->stale = false;
    app_forget(browse->screen->app, browse); /* an answer to an older question means nothing now */
    release_rows(&browse->coming);
    browse->loading = true;
    browse->loading_more = false;
    browse->fresh = fresh;
    browse->again = false;
    ask(browse, &browse->coming);
    app_dirty(browse->screen->app);
}

void browse_load(struct browse *browse)
{
    start(browse, true);
}

void browse_refresh(struct browse *browse)
{
    if (browse->shown.count > REFRESHED && browse->list.top > 0) {
        browse->stale = true; /* Home asks anew; what a row allows the server decides anyway */
    } else if (browse->loading) {
        browse->again = true;
    } else {
        start(browse, false);
    }
}

static void select_id(struct browse *browse, int64_t id)
{
    for (size_t i = 0; i < browse->view_count; i++) {
        if (id_of(row_record(browse), browse->view[i]) == id) {
            listview_select(&browse->list, (long)i);
            return;
        }
    }
}

/* All that was asked for has come: the new rows take the place of the old ones. */
static void take_over(struct browse *browse)
{
    int64_t id = browse_selected_id(browse);
    release_rows(&browse->shown);
    browse->shown = browse->coming;
    browse->coming = (struct browse_rows){ 0 };
    browse->loading = false;
    browse->asked = true;
    browse->failed = false;
    make_view(browse);
    if (browse->fresh) {
        listview_select(&browse->list, 0);
    } else {
        select_id(browse, id);
    }
    if (browse->again) {
        browse->again = false;
        start(browse, false);
    }
}

static void on_page(struct browse *browse, const void *result, const struct err *err)
{
    app_dirty(browse->screen->app);
    if (err != NULL) {
        browse->loading = browse->loading_more = false;
        browse->failed = browse->asked = true;
        app_say_error(browse->screen->app, err);
        return;
    }
    if (browse->loading_more) {
        browse->loading_more = false;
        add_page(browse, &browse->shown, result);
        make_view(browse);
        return;
    }
    add_page(browse, &browse->coming, result);
    if (!browse->fresh && browse->coming.more && browse->coming.count < browse->shown.count) {
        ask(browse, &browse->coming);
    } else {
        take_over(browse);
    }
}

static void set_tab(struct browse *browse, int tab)
{
    browse->tab = tab;
    browse->mark_count = 0;
    browse_load(browse);
}

size_t browse_count(const struct browse *browse)
{
    return browse->view_count;
}

const void *browse_at(const struct browse *browse, size_t index)
{
    return browse->view[index];
}

const void *browse_selected(const struct browse *browse)
{
    size_t index = (size_t)browse->list.selected;
    return index < browse->view_count ? browse->view[index] : NULL;
}

int64_t browse_selected_id(const struct browse *browse)
{
    return id_of(row_record(browse), browse_selected(browse));
}

const void *browse_result(const struct browse *browse)
{
    return browse->shown.last;
}

bool browse_search_empty(const struct browse *browse)
{
    return editor_empty(browse->search);
}

bool browse_is_marked(const struct browse *browse, int64_t id)
{
    for (size_t i = 0; i < browse->mark_count; i++) {
        if (browse->marks[i] == id) {
            return true;
        }
    }
    return false;
}

void browse_unmark_all(struct browse *browse)
{
    browse->mark_count = 0;
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
            }
        }
    } else if (browse->mark_count < LIMIT_LIST_LENGTH) {
        browse->marks[browse->mark_count++] = id;
    }
    listview_select(&browse->list, browse->list.selected + 1);
}

static void search_changed(struct browse *browse)
{
    if (params_field(browse, "text") != NULL) {
        browse_load(browse);
    } else {
        make_view(browse);
    }
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
        mark(browse);
        return true;
    }
    if (key->kind == UI_TEXT && key->code == '\n') {
        return true; /* a line end inside a paste */
    }
    switch (editor_key(browse->search, key, SEARCH_LIMIT)) {
    case EDITOR_CHANGED: search_changed(browse); return true;
    case EDITOR_MOVED: return true;
    default: return key->kind == UI_TEXT;
    }
}

const char *browse_refuses(struct browse *browse, enum ui_action action)
{
    bool clearable = !browse_search_empty(browse) || browse->mark_count > 0;
    switch (action) {
    case ACTION_NEXT_TAB:
    case ACTION_PREVIOUS_TAB: return browse->ops->tab_count > 1 ? NULL : not_here;
    case ACTION_MARK: return browse_selected(browse) != NULL ? NULL : not_here;
    case ACTION_BACK: return clearable ? NULL : not_here;
    default: return not_here;
    }
}

void browse_act(struct browse *browse, enum ui_action action)
{
    int tabs = browse->ops->tab_count;
    switch (action) {
    case ACTION_NEXT_TAB: set_tab(browse, (browse->tab + 1) % tabs); break;
    case ACTION_PREVIOUS_TAB: set_tab(browse, (browse->tab + tabs - 1) % tabs); break;
    case ACTION_MARK: mark(browse); break;
    case ACTION_BACK:
        browse->mark_count = 0;
        editor_set(browse->search, "");
        search_changed(browse);
        break;
    default: break;
    }
}

static bool draw_list_row(void *owner, long index, struct listview_row *row)
{
    struct browse *browse = owner;
    const void *record = browse->view[index];
    browse->ops->row(browse->screen, record, row);
    row->marked = browse_is_marked(browse, id_of(row_record(browse), record));
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

static void draw_search(struct browse *browse, struct area line)
{
    int col = line.col, row = 0, place = 0;
    col += draw_format(line.row, col, line.cols, STYLE_DIM, "%s: ", _("Search"));
    int width = line.col + line.cols - col;
    if (width < 2) {
        return;
    }
    if (editor_empty(browse->search)) {
        draw_text(line.row, col, width < 12 ? width : 12, STYLE_DIM, "____________");
        return;
    }
    char text[SEARCH_LIMIT + 1];
    editor_row(browse->search, width, 0, text, sizeof(text));
    editor_cursor(browse->search, width, &row, &place);
    draw_text(line.row, col, width, STYLE_NORMAL, text);
    draw_cursor(line.row, col + place);
}

/* The next page, in time before one gets there. */
static void ask_more(struct browse *browse)
{
    bool busy = browse->loading || browse->loading_more || browse->failed;
    bool searched = browse->view_count < browse->shown.count && browse->shown.count >= SEARCHED;
    long end = browse->list.top + browse->list.height + MORE_BEFORE;
    if (browse->shown.more && !busy && !searched && end > browse->list.count) {
        browse->loading_more = true;
        ask(browse, &browse->shown);
    }
}

void browse_screen_draw(struct screen *screen, struct area head, struct area body)
{
    struct browse *browse = browse_of(screen);
    listview_draw(&browse->list, body, browse->ops->columns, browse->ops->column_count,
                  draw_list_row, browse, CLICK_ROW);
    if (browse->view_count == 0 && body.rows > 3) {
        const char *words = !browse->asked ? _("Loading...") : _(browse->ops->empty);
        draw_text(body.row + 3, body.col + 2, body.cols - 2, STYLE_DIM, words);
    }
    if (head.rows > 1) {
        draw_tabs(browse, (struct area){ head.row, head.col, 1, head.cols });
    }
    if (head.rows > 0) {
        draw_search(browse, (struct area){ head.row + head.rows - 1, head.col, 1, head.cols });
    }
    ask_more(browse);
}

void browse_screen_click(struct screen *screen, int what, long value)
{
    struct browse *browse = browse_of(screen);
    if (what == CLICK_TAB) {
        set_tab(browse, (int)value);
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
