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
    filter_apply(&browse->filter, params);
    if (browse->ops->ask != NULL) {
        browse->ops->ask(browse->screen, browse->tab, params);
    }
    client_call(app_client(browse->screen->app), browse->ops->method, params, NULL,
                (struct client_reply){ hand_page, (void (*)(void))on_page, browse });
    arena_free(arena);
}

/* A state goes through all of them, which the last tab shows. */
static void on_filter(void *owner)
{
    struct browse *browse = owner;
    if (browse->filter.has_state) {
        browse->tab = browse->ops->tab_count - 1;
    }
    browse_load(browse);
}

void browse_open(struct browse *browse, struct screen *screen, const struct browse_ops *ops)
{
    browse->screen = screen;
    browse->ops = ops;
    browse->search = editor_new(BROWSE_SEARCH, false);
    letter_open(&browse->beside, screen->app, &browse->beside_card);
    filter_open(&browse->filter, screen->app, ops->filter, ops->method, on_filter, browse);
    browse_load(browse);
}

void browse_screen_close(struct screen *screen)
{
    struct browse *browse = browse_of(screen);
    app_forget(screen->app, screen);
    app_forget(screen->app, browse);
    filter_close(&browse->filter);
    letter_close(&browse->beside);
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
    letter_reload(&browse->beside);
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

int64_t browse_id(const struct browse *browse, const void *record)
{
    return id_of(row_record(browse), record);
}

int64_t browse_selected_id(const struct browse *browse)
{
    return browse_id(browse, browse_selected(browse));
}

int64_t browse_field_id(const struct browse *browse, const char *name)
{
    const void *record = browse_selected(browse);
    const struct field *field = record_field(row_record(browse), name, strlen(name));
    return record != NULL && field_given(field, record) ? field_number(field, record) : 0;
}

void browse_text(const struct browse *browse, const char *name, char out[BROWSE_MARK_NAME])
{
    const void *record = browse_selected(browse);
    const struct field *field = record_field(row_record(browse), name, strlen(name));
    const char *text =
        record == NULL || field == NULL ? NULL : *(const char *const *)field_at(field, record);
    snprintf(out, BROWSE_MARK_NAME, "%s", text == NULL ? "" : text);
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

void browse_ask_more(struct browse *browse)
{
    bool busy = browse->loading || browse->loading_more || browse->failed;
    bool searched = browse->view_count < browse->shown.count && browse->shown.count >= SEARCHED;
    long end = browse->list.top + browse->list.height + MORE_BEFORE;
    if (browse->shown.more && !busy && !searched && end > browse->list.count) {
        browse->loading_more = true;
        ask(browse, &browse->shown);
    }
}

void browse_search_changed(struct browse *browse)
{
    if (params_field(browse, "text") != NULL) {
        browse_load(browse);
    } else {
        make_view(browse);
    }
}
