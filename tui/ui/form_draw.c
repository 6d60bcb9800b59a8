/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How a form looks. Rows are laid out first, then the part in sight is drawn. */
#include <stdio.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "tui/ui/form_model.h"
#include "tui/ui/words.h"

enum {
    NOTE_ROWS = 3,
    DROP_ROWS = 6,  /* hits shown at most; at least 4 wherever the form has the room */
    DROP_NOTE = 24, /* columns that the list is wider than its field */
    LABEL_MOST = 40,
    WORDS_ROWS = 8, /* of what is told of a field below it, at most */
    FIELDS_MAX = 64,
};

struct layout {
    struct area area;
    int label_width;
    int row[FIELDS_MAX];    /* first layout row of each field */
    int height[FIELDS_MAX]; /* 0: hidden */
    int rows;
};

/* Columns for the value, brackets included. */
static int value_width(const struct form *form, const struct layout *layout, int field)
{
    int room = layout->area.cols - layout->label_width - 1;
    int wanted = form->fields[field].width;
    int width = wanted > 0 && wanted + 2 < room ? wanted + 2 : room;
    return width > 2 ? width : 2;
}

static int side_width(const struct form *form, const struct layout *layout, int field)
{
    return layout->area.cols - layout->label_width - 1 - value_width(form, layout, field) - 1;
}

/* What is told of a field: an error, else a remark; NULL: nothing. */
static const char *words_of_field(const struct form_value *value, enum style *ret_style)
{
    *ret_style = value->error != NULL ? STYLE_ERROR : value->warns ? STYLE_ALERT : STYLE_DIM;
    return value->error != NULL ? value->error : value->remark;
}

/* Rows below the field for words that must be read whole and have no room beside it; else 0. */
static int words_below(const struct form *form, const struct layout *layout, int field)
{
    enum style style;
    const char *words = words_of_field(&form->values[field], &style);
    if (words == NULL || style == STYLE_DIM ||
        side_width(form, layout, field) >= (int)text_columns(words)) {
        return 0;
    }
    int rows = draw_paragraph_rows(layout->area.cols - layout->label_width - 1, words);
    return rows < WORDS_ROWS ? rows : WORDS_ROWS;
}

static void make_layout(const struct form *form, struct area area, struct layout *layout)
{
    *layout = (struct layout){ .area = area };
    ENSURE(form->count <= FIELDS_MAX);
    for (int i = 0; i < form->count; i++) {
        int columns = (int)text_columns(words_of(form->fields[i].label)) + 1;
        layout->label_width = columns > layout->label_width ? columns : layout->label_width;
    }
    int most = area.cols / 2 < LABEL_MOST ? area.cols / 2 : LABEL_MOST;
    layout->label_width = layout->label_width < most ? layout->label_width : most;
    for (int i = 0; i < form->count; i++) {
        const struct form_value *value = &form->values[i];
        layout->row[i] = layout->rows;
        if (!value->hidden) {
            int height = form->fields[i].kind == INPUT_NOTE ? NOTE_ROWS : 1 + value->file_count;
            layout->height[i] = height + words_below(form, layout, i);
        }
        layout->rows += layout->height[i];
    }
}

static int drop_height(struct form *form)
{
    int lines = form->drop.open ? form_drop_lines(form) : 0;
    return lines == 0 ? 0 : (lines < DROP_ROWS ? lines : DROP_ROWS) + 2;
}

/* Scrolls so that the focused field, and if possible its list below it, is in sight. */
static void scroll(struct form *form, const struct layout *layout)
{
    int first = layout->row[form->focus];
    int end = first + layout->height[form->focus] + drop_height(form);
    int most = layout->rows + drop_height(form) - layout->area.rows;
    if (form->top > most) {
        form->top = most;
    }
    if (end > form->top + layout->area.rows) {
        form->top = end - layout->area.rows;
    }
    if (form->top > first) {
        form->top = first;
    }
    if (form->top < 0) {
        form->top = 0;
    }
}

static void draw_editor(struct form *form, int field, int row, struct area box)
{
    struct editor *editor = form->values[field].editor;
    bool focused = field == form->focus;
    bool secret = form->fields[field].kind == INPUT_SECRET;
    int width = box.cols - 2, cursor_row, cursor_col, first = 0;
    editor_cursor(editor, width, &cursor_row, &cursor_col);
    if (focused) {
        form->text_width = width;
    }
    if (focused && cursor_row >= box.rows) {
        first = cursor_row - box.rows + 1;
    }
    for (int i = 0; i < box.rows; i++) {
        char text[1024] = "";
        if (!focused && box.rows == 1) { /* its beginning, wherever the cursor was left */
            snprintf(text, sizeof(text), "%s", editor_text(editor));
        } else if (first + i < editor_rows(editor, width)) {
            editor_row(editor, width, first + i, text, sizeof(text));
        }
        if (secret) {
            size_t columns = text_columns(text);
            memset(text, '*', columns);
            text[columns] = '\0';
        }
        enum style bracket = focused ? STYLE_TITLE : STYLE_DIM;
        draw_text(row + i, box.col, 1, bracket, "[");
        draw_text(row + i, box.col + 1, width, STYLE_NORMAL, text);
        draw_text(row + i, box.col + box.cols - 1, 1, bracket, "]");
    }
    if (focused) {
        int last = width > 0 ? width - 1 : 0;
        draw_cursor(row + cursor_row - first,
                    box.col + 1 + (cursor_col < last ? cursor_col : last));
    }
}

static int choices_columns(const struct input_choice *choices)
{
    int columns = 0;
    for (int i = 0; choices[i].value != NULL; i++) {
        columns += 4 + (int)text_columns(_(choices[i].label)) + (i > 0 ? 2 : 0);
    }
    return columns;
}

/* All words side by side, or only the chosen one where they do not fit. */
static int draw_choices(const struct form *form, int field, int row, int col, int width)
{
    const struct input_choice *choices = form->fields[field].choices;
    int chosen = form->values[field].choice, start = col;
    enum style style = field == form->focus ? STYLE_TITLE : STYLE_NORMAL;
    if (choices_columns(choices) > width) {
        return draw_format(row, col, width, style, "%s %s %s", theme_glyph(GLYPH_LEFT),
                           _(choices[chosen].label), theme_glyph(GLYPH_RIGHT));
    }
    for (int i = 0; choices[i].value != NULL; i++) {
        bool on = i == chosen;
        if (on && field == form->focus) {
            draw_cursor(row, col + 1);
        }
        col += draw_text(row, col, width, on ? style : STYLE_NORMAL,
                         on ? theme_glyph(GLYPH_CHOSEN) : "( )");
        col += 1 + draw_text(row, col + 1, width, on ? style : STYLE_NORMAL, _(choices[i].label));
        col += 2;
    }
    return col - start - 2;
}

static void draw_files(const struct form *form, int field, int row, int col, int width)
{
    const struct form_value *value = &form->values[field];
    for (int i = 0; i < value->file_count; i++) {
        const char *note = value->files[i].note == NULL ? "" : value->files[i].note;
        draw_format(row + i, col, width, STYLE_NORMAL, "+ %s  %s", value->files[i].label, note);
    }
}

/* The value of one field. Answers the columns used. */
static int draw_value(struct form *form, const struct layout *layout, int field, int row)
{
    const struct form_field *described = &form->fields[field];
    struct form_value *value = &form->values[field];
    int col = layout->area.col + layout->label_width + 1;
    int room = layout->area.cols - layout->label_width - 1;
    struct area box = { row, col, described->kind == INPUT_NOTE ? NOTE_ROWS : 1,
                        value_width(form, layout, field) };
    switch (described->kind) {
    case INPUT_CHOICE: return draw_choices(form, field, row, col, room);
    case INPUT_TOGGLE:
        if (field == form->focus) {
            draw_cursor(row, col + 1);
        }
        return draw_text(row, col, room, field == form->focus ? STYLE_TITLE : STYLE_NORMAL,
                         value->choice != 0 ? "[x]" : "[ ]");
    case INPUT_FILES:
        draw_files(form, field, row, col, room);
        draw_editor(form, field, row + value->file_count, box);
        return box.cols;
    default: draw_editor(form, field, row, box);
    }
    if (described->kind == INPUT_MONEY) {
        return box.cols + 1 + draw_text(row, col + box.cols + 1, 3, STYLE_DIM, "zł");
    }
    return box.cols;
}

static void draw_words(const struct form *form, const struct layout *layout, int field, int row,
                       int used)
{
    enum style style;
    const char *words = words_of_field(&form->values[field], &style);
    int below = words_below(form, layout, field);
    int col = layout->area.col + layout->label_width + 1;
    int room = layout->area.cols - layout->label_width - 1;
    if (below > 0) {
        int first = row + layout->height[field] - below;
        int left = layout->area.row + layout->area.rows - first;
        draw_paragraph((struct area){ first, col, below < left ? below : left, room }, style,
                       words);
    } else if (words != NULL) {
        draw_text(row, col + used + 1, room - used - 1, style, words);
    }
}

static void draw_drop(struct form *form, const struct layout *layout, int click_what)
{
    int lines = form_drop_lines(form), height = drop_height(form);
    int field_row = layout->area.row + layout->row[form->focus] - form->top;
    int below = field_row + layout->height[form->focus];
    int room = layout->area.row + layout->area.rows - below;
    int row = below;
    if (room < height && field_row - layout->area.row > room) { /* above, where there is more */
        room = field_row - layout->area.row;
        row = field_row - (room < height ? room : height);
    }
    height = room < height ? room : height;
    int cols = layout->area.cols - layout->label_width - 1;
    int wanted = value_width(form, layout, form->focus) + DROP_NOTE;
    struct area box = { row, layout->area.col + layout->label_width + 1, height,
                        cols < wanted ? cols : wanted };
    if (height < 3) {
        return;
    }
    struct area inside = draw_box(box, STYLE_DIM, (const char *const[4]){ NULL });
    int first = form->drop.selected < inside.rows ? 0 : form->drop.selected - inside.rows + 1;
    for (int i = 0; i < inside.rows && first + i < lines; i++) {
        int hit = first + i;
        enum style style = hit == form->drop.selected ? STYLE_SELECTED : STYLE_NORMAL;
        char line[600];
        if (hit < form->drop.count) {
            const char *note = form->drop.hits[hit].note;
            snprintf(line, sizeof(line), "%s%s  %s", hit == form->drop.selected ? ">" : " ",
                     form->drop.hits[hit].label, note == NULL ? "" : note);
        } else {
            snprintf(line, sizeof(line), "%s+ %s: %s", hit == form->drop.selected ? ">" : " ",
                     _("as typed"), form_text(form, form->focus));
        }
        draw_text(inside.row + i, inside.col, inside.cols, style, line);
        draw_click((struct area){ inside.row + i, inside.col, 1, inside.cols }, click_what,
                   -1 - (long)hit);
    }
}

void form_draw(struct form *form, struct area area, int click_what)
{
    struct layout layout;
    if (area.rows < 1 || area.cols < 8) {
        return;
    }
    make_layout(form, area, &layout);
    scroll(form, &layout);
    for (int i = 0; i < form->count; i++) {
        int row = area.row + layout.row[i] - form->top;
        bool in_sight = row >= area.row && row + layout.height[i] <= area.row + area.rows;
        if (layout.height[i] == 0 || (!in_sight && i != form->focus)) {
            continue;
        }
        draw_text(row, area.col, layout.label_width, i == form->focus ? STYLE_TITLE : STYLE_NORMAL,
                  words_of(form->fields[i].label));
        draw_click((struct area){ row, area.col, layout.height[i], area.cols }, click_what, i);
        draw_words(form, &layout, i, row, draw_value(form, &layout, i, row));
    }
    if (drop_height(form) > 0) {
        draw_drop(form, &layout, click_what);
    }
}
