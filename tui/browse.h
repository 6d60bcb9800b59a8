/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The engine of every list screen: rows fetched page by page from one list method, tabs, the
 * search that typing goes to, marks, and a refresh that keeps the place when something happened
 * elsewhere. What a screen adds is which method, which columns and what stands in them.
 *
 * It works on any list method by its tables: the first field of the result is the list, `next`
 * and `after` are the paging, `text` is the search. A method without `text` is searched here.
 */
#ifndef SKRYTKA_TUI_BROWSE_H
#define SKRYTKA_TUI_BROWSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/record.h"
#include "tui/filter.h"
#include "tui/letter.h"
#include "tui/screen.h"
#include "tui/ui/listview.h"

struct editor;

/* Bytes of the search. */
enum { BROWSE_SEARCH = 100 };

/* Bytes of the name that is kept with a mark. */
enum { BROWSE_MARK_NAME = LIMIT_LINE_BYTES + 1 };

struct browse_ops {
    enum method method;
    const struct listview_column *columns;
    int column_count;
    const char *const *tabs; /* English; NULL: none. The last one is everything */
    int tab_count;
    /* The column that says what each tab but the last says already: not drawn there. 0: none. */
    int tab_column;
    const char *empty; /* English: what to say when there is no row */
    /* Adds the screen's own conditions to the params of the method. May be NULL. */
    void (*ask)(struct screen *screen, int tab, void *params);
    void (*row)(struct screen *screen, const void *record, struct listview_row *row);
    const struct filter_spec *filter; /* what F4 narrows by; NULL: nothing */
    /* The field that says whose a marked row is; NULL: nothing is done with several rows, so none
     * can be marked. */
    const char *marks;
    const char *letter; /* the field with the letter's id that stands beside; NULL: none */

    /* Of a LIST_SCREEN: */
    const struct screen_ops *opens; /* Enter opens it with the record's id; NULL: nothing */
    const char *opens_field;        /* ... or with this field of the record */
    const struct screen_ops *makes; /* F6 opens it for a new record; NULL: nothing */
    uint64_t events; /* ON_EVENT(kind) | ...: what changes its rows; 0: whatever happens */
};

#define ON_EVENT(kind) (UINT64_C(1) << event_kind_##kind)

/* Rows of one asking. */
struct browse_rows {
    struct arena **pages;
    size_t page_count;
    const void **rows;
    size_t count, room;
    const void *last; /* the newest page's result record */
    bool more;
};

struct browse {
    struct screen *screen;
    const struct browse_ops *ops;
    struct listview list;
    struct editor *search;
    int tab;
    struct browse_rows shown, coming;
    const void **view; /* the shown rows that pass the search */
    size_t view_count;
    bool asked, loading, loading_more, again, fresh, failed, stale;
    struct filter filter;
    struct letter beside;
    struct card beside_card;
    /* Marked rows stay marked under another search, where they may not be shown. */
    int64_t marks[LIMIT_LIST_LENGTH];
    char mark_names[LIMIT_LIST_LENGTH][BROWSE_MARK_NAME];
    size_t mark_count;
};

/* `screen` owns it; answers come to `browse`. browse_open() asks for the first page. */
void browse_open(struct browse *browse, struct screen *screen, const struct browse_ops *ops);

/* Asks anew: from the top, or keeping the selected row (something changed elsewhere). */
void browse_load(struct browse *browse);
void browse_refresh(struct browse *browse);

/* The selected record, NULL when there is none; a record's id; that of the selected one, 0 when
 * there is none; the result record of the newest page. */
const void *browse_selected(const struct browse *browse);
int64_t browse_id(const struct browse *browse, const void *record);
int64_t browse_selected_id(const struct browse *browse);
int64_t browse_field_id(const struct browse *browse, const char *name); /* 0: not given */
const void *browse_result(const struct browse *browse);

/* A text of the selected record, cut to fit; "" where there is none. */
void browse_text(const struct browse *browse, const char *name, char out[BROWSE_MARK_NAME]);

/* The search is another: narrows the rows here, or asks anew. */
void browse_search_changed(struct browse *browse);

/* The next page, in time before one gets there; at each drawing. */
void browse_ask_more(struct browse *browse);

/* Is the search empty (then signs are commands)? */
bool browse_search_empty(const struct browse *browse);

/* The record at a place of the list (0 to count - 1), and the marked ids. */
size_t browse_count(const struct browse *browse);
const void *browse_at(const struct browse *browse, size_t index);
bool browse_is_marked(const struct browse *browse, int64_t id);
void browse_unmark_all(struct browse *browse);

/*
 * Where there is much room for the selected row, all about its letter as it comes. False, and
 * nothing drawn, when there is not, or before it came.
 */
bool browse_draw_letter(struct browse *browse, struct area area);

/* What browse_open() gives a list screen, for its own refuses and act to end in. */
const char *browse_refuses(struct browse *browse, enum ui_action action);
void browse_act(struct browse *browse, enum ui_action action);

/*
 * A list screen's own struct begins with this one, and its screen_ops with BROWSE_SCREEN; what
 * remains to write is open, refuses, act, event, and detail if there is more to tell.
 */
struct browse_screen {
    struct screen screen;
    struct browse browse;
};

static inline struct browse *browse_of(struct screen *screen)
{
    return &((struct browse_screen *)screen)->browse;
}

/* What is clickable in a list screen; its own clicks begin at the last. */
enum { CLICK_ROW = CLICK_SCREEN, CLICK_TAB, CLICK_FILTER, CLICK_BROWSE_END };

void browse_screen_close(struct screen *screen);
void browse_screen_draw(struct screen *screen, struct area head, struct area body);
bool browse_screen_key(struct screen *screen, const struct ui_key *key);
void browse_screen_click(struct screen *screen, int what, long value);
void browse_screen_status(struct screen *screen, char *out, size_t size);
bool browse_screen_typing(struct screen *screen);
bool browse_screen_waiting(struct screen *screen, const struct ui_key *key);

#define BROWSE_SCREEN                                                                              \
    .context = IN_LIST, .close = browse_screen_close, .draw = browse_screen_draw,                  \
    .key = browse_screen_key, .status = browse_screen_status, .typing = browse_screen_typing,      \
    .waiting = browse_screen_waiting

/*
 * A whole list screen of which its struct browse_ops tells everything: rows, what opens them, what
 * changes them. `details` is screen_ops.detail or NULL.
 */
#define LIST_SCREEN(words, browsing, details)                                                      \
    {                                                                                              \
        .title = words, .size = sizeof(struct browse_screen), .list = &(browsing), BROWSE_SCREEN,  \
        .click = browse_screen_click, .open = browse_screen_open, .detail = details,               \
        .refuses = browse_screen_refuses, .act = browse_screen_act, .event = browse_screen_event   \
    }

void browse_screen_open(struct screen *screen, int64_t argument);
const char *browse_screen_refuses(struct screen *screen, enum ui_action action);
void browse_screen_act(struct screen *screen, enum ui_action action);
void browse_screen_event(struct screen *screen, const struct rec_event *event);

#endif
