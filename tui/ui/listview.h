/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A list of any length that asks for the rows in sight only. It keeps where one is (selection,
 * first row shown), the owner keeps the rows and says what stands in them.
 */
#ifndef SKRYTKA_UI_LISTVIEW_H
#define SKRYTKA_UI_LISTVIEW_H

#include <stdbool.h>

#include "tui/ui/draw.h"

struct ui_key;

enum { LISTVIEW_COLUMNS_MAX = 12, LISTVIEW_CELL = 256 };

/*
 * A column. It gets `min` columns of the screen and, when there is more room, a share of it by
 * `flex` weight up to `max` (0: no bound). Where not all fit, those with the highest `priority`
 * number go first; 0 always stays. With a `min` of 0 it is left out.
 */
struct listview_column {
    const char *title; /* English; translated when drawn */
    int min, max, flex, priority;
    bool right;
    int click; /* a press on the cell answers this instead of the row's; 0: the row's */
};

/* What the owner writes for one row. Cells are UTF-8, any text: it is cleaned when drawn. */
struct listview_row {
    char cell[LISTVIEW_COLUMNS_MAX][LISTVIEW_CELL];
    enum style style; /* of the row unless it is selected */
    bool lit;         /* wants attention: the bullet before it */
    bool marked;      /* chosen for an action on several rows */
};

/* Fills the cells of row `index` (zeroed before). False: not known yet, a dotted row is drawn. */
typedef bool (*listview_row_fn)(void *owner, long index, struct listview_row *row);

struct listview {
    long count;    /* rows there are, as far as known */
    long selected; /* 0 to count - 1; 0 when empty */
    long top;      /* first row in sight */
    int height;    /* rows in sight at the last drawing */
    bool passive;  /* the keys go elsewhere: no row is drawn as selected, and no cursor */
};

/* Sets the number of rows and keeps selection and top within it. */
void listview_set_count(struct listview *list, long count);

/* Selects a row and brings it into sight. */
void listview_select(struct listview *list, long index);

/* Moves by arrows, PgUp, PgDn, Home, End and the wheel. False when the key means nothing here. */
bool listview_key(struct listview *list, const struct ui_key *key);

/*
 * The widths of columns in `width` screen columns, one blank between two; 0 for one that is left
 * out. Answers how many are shown.
 */
int listview_layout(const struct listview_column *columns, int count, int width, int ret_widths[]);

/*
 * Draws the heading (none where the first column has no title), a rule when there is room, and the
 * rows. A press on a row answers
 * `click_what` and its index from draw_hit(). Places the cursor on the selected row.
 */
void listview_draw(struct listview *list, struct area area, const struct listview_column *columns,
                   int column_count, listview_row_fn row, void *owner, int click_what);

#endif
