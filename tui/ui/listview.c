/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/listview.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/log.h"
#include "tui/ui/keys.h"
#include "tui/ui/words.h"

enum {
    GUTTER = 2,        /* the marker of the selected row, and the bullet or mark */
    RULE_FROM = 8,     /* areas of fewer rows do without the rule under the heading */
    REVERSED_MAX = 56, /* wider reversed rows would cost too many bytes per cursor move */
};

static void settle(struct listview *list)
{
    if (list->selected >= list->count) {
        list->selected = list->count - 1;
    }
    if (list->selected < 0) {
        list->selected = 0;
    }
    if (list->height > 0 && list->selected >= list->top + list->height) {
        list->top = list->selected - list->height + 1;
    }
    if (list->top > list->selected) {
        list->top = list->selected;
    }
    long last_top = list->count - list->height;
    if (list->top > last_top) {
        list->top = last_top > 0 ? last_top : 0;
    }
}

void listview_set_count(struct listview *list, long count)
{
    list->count = count;
    settle(list);
}

void listview_select(struct listview *list, long index)
{
    list->selected = index;
    settle(list);
}

bool listview_key(struct listview *list, const struct ui_key *key)
{
    long page = list->height > 1 ? list->height - 1 : 1;
    if (key->kind == UI_MOUSE && key->wheel != 0) {
        listview_select(list, list->selected + key->wheel * 3);
        return true;
    }
    if (key->kind != UI_SPECIAL) {
        return false;
    }
    switch (key->id) {
    case UI_KEY_UP: listview_select(list, list->selected - 1); return true;
    case UI_KEY_DOWN: listview_select(list, list->selected + 1); return true;
    case UI_KEY_PAGE_UP: listview_select(list, list->selected - page); return true;
    case UI_KEY_PAGE_DOWN: listview_select(list, list->selected + page); return true;
    case UI_KEY_HOME: listview_select(list, 0); return true;
    case UI_KEY_END: listview_select(list, list->count - 1); return true;
    default: return false;
    }
}

static int needed(const struct listview_column *columns, int count, int highest)
{
    int width = 0;
    for (int i = 0; i < count; i++) {
        if (columns[i].priority <= highest && columns[i].min > 0) {
            width += columns[i].min + (width > 0 ? 1 : 0);
        }
    }
    return width;
}

/* Hands one column out to the column that is furthest behind its share. False: all are full. */
static bool widen_one(const struct listview_column *columns, int count, int widths[])
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        bool may = widths[i] > 0 && columns[i].flex > 0 &&
                   (columns[i].max == 0 || widths[i] < columns[i].max);
        if (may && (best < 0 || (widths[i] - columns[i].min) * columns[best].flex <
                                    (widths[best] - columns[best].min) * columns[i].flex)) {
            best = i;
        }
    }
    if (best < 0) {
        return false;
    }
    widths[best]++;
    return true;
}

int listview_layout(const struct listview_column *columns, int count, int width, int ret_widths[])
{
    ENSURE(count <= LISTVIEW_COLUMNS_MAX);
    int highest = 0, shown = 0;
    for (int i = 0; i < count; i++) {
        highest = columns[i].priority > highest ? columns[i].priority : highest;
    }
    while (highest > 0 && needed(columns, count, highest) > width) {
        highest--;
    }
    for (int i = 0; i < count; i++) {
        ret_widths[i] = columns[i].priority <= highest ? columns[i].min : 0;
        shown += ret_widths[i] > 0;
    }
    int left = width - needed(columns, count, highest);
    while (left > 0 && widen_one(columns, count, ret_widths)) {
        left--;
    }
    return shown;
}

static void draw_heading(struct area area, const struct listview_column *columns, int count,
                         const int widths[])
{
    int col = area.col + GUTTER;
    for (int i = 0; i < count; i++) {
        if (widths[i] > 0) {
            draw_cell(area.row, col, widths[i], STYLE_DIM, columns[i].right,
                      words_of(columns[i].title));
            col += widths[i] + 1;
        }
    }
}

static void draw_row(struct area line, const struct listview_column *columns, int count,
                     const int widths[], const struct listview_row *row, long index, bool selected)
{
    if (selected) {
        struct area bar = line;
        bar.cols = bar.cols < REVERSED_MAX ? bar.cols : REVERSED_MAX;
        draw_blank(bar, STYLE_SELECTED);
        draw_text(line.row, line.col, 1, STYLE_SELECTED, ">");
    }
    if (row->marked) {
        draw_text(line.row, line.col + 1, 1, selected ? STYLE_SELECTED : STYLE_TITLE, "+");
    } else if (row->lit) {
        draw_text(line.row, line.col + 1, 1, selected ? STYLE_SELECTED : STYLE_NEW,
                  theme_glyph(GLYPH_BULLET));
    }
    int col = line.col + GUTTER;
    for (int i = 0; i < count; i++) {
        if (widths[i] > 0) {
            int left = line.col + line.cols - col;
            int width = widths[i] < left ? widths[i] : left;
            bool reversed = selected && col + width - line.col <= REVERSED_MAX;
            draw_cell(line.row, col, width, reversed ? STYLE_SELECTED : row->style,
                      columns[i].right, row->cell[i]);
            if (columns[i].click != 0) {
                draw_click((struct area){ line.row, col, 1, width }, columns[i].click, index);
            }
            col += widths[i] + 1;
        }
    }
}

static int selected_row(const struct listview *list, struct area area)
{
    return area.row + area.rows - list->height + (int)(list->selected - list->top);
}

void listview_draw(struct listview *list, struct area area, const struct listview_column *columns,
                   int column_count, listview_row_fn row, void *owner, int click_what)
{
    static struct listview_row cells;
    int widths[LISTVIEW_COLUMNS_MAX];
    if (area.rows < 1 || area.cols < GUTTER + 1) {
        return;
    }
    listview_layout(columns, column_count, area.cols - GUTTER, widths);
    bool untitled = columns[0].title[0] == '\0';
    int heading = untitled || area.rows < 3 ? 0 : area.rows < RULE_FROM ? 1 : 2;
    if (heading > 0) {
        draw_heading(area, columns, column_count, widths);
    }
    if (heading > 1) {
        draw_rule(area.row + 1, area.col, area.cols);
    }
    list->height = area.rows - heading;
    settle(list);
    for (int i = 0; i < list->height && list->top + i < list->count; i++) {
        long index = list->top + i;
        struct area line = { area.row + heading + i, area.col, 1, area.cols };
        memset(&cells, 0, sizeof(cells));
        if (!row(owner, index, &cells)) {
            snprintf(cells.cell[0], LISTVIEW_CELL, "%s", theme_glyph(GLYPH_DOT));
            cells.style = STYLE_DIM;
        }
        draw_click(line, click_what, index);
        draw_row(line, columns, column_count, widths, &cells, index,
                 index == list->selected && !list->passive);
    }
    if (list->count > 0 && !list->passive) {
        draw_cursor(selected_row(list, area), area.col);
    }
}
