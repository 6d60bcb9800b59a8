/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/draw.h"

#include <stdarg.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "tui/ui/canvas.h"
#include "tui/ui/editor.h"
#include "tui/ui/term.h"

enum { CLICKS_MAX = 512 };

static struct {
    struct arena *arena; /* texts of this picture */
    int cursor_row, cursor_col;
    struct {
        struct area area;
        int what;
        long value;
    } clicks[CLICKS_MAX];
    int click_count;
} picture;

void draw_begin(void)
{
    arena_free(picture.arena);
    picture.arena = arena_new();
    picture.click_count = 0;
    picture.cursor_row = picture.cursor_col = -1;
    canvas_style(term_canvas(), STYLE_NORMAL);
    werase(term_canvas());
}

struct area draw_screen(void)
{
    struct area area = { 0 };
    getmaxyx(term_canvas(), area.rows, area.cols);
    return area;
}

/* How many of `width` columns from (row, col) are on the screen. */
static int visible(int row, int col, int width)
{
    struct area screen = draw_screen();
    if (row < 0 || row >= screen.rows || col < 0 || col >= screen.cols || width <= 0) {
        return 0;
    }
    return width < screen.cols - col ? width : screen.cols - col;
}

void draw_end(void)
{
    bool shown = visible(picture.cursor_row, picture.cursor_col, 1) > 0;
    curs_set(shown ? 1 : 0);
    if (shown) {
        wmove(term_canvas(), picture.cursor_row, picture.cursor_col);
    }
    term_paint();
}

/* What fits, and where the person wants ASCII without the signs that cutting and cleaning put in.
 */
static char *fit(const char *text, int width)
{
    static const struct {
        const char *sign, ascii;
    } signs[] = { { "\u2026", '~' }, { "\ufffd", '?' } };
    char *fitting = text_fit(picture.arena, text, (size_t)width);
    for (size_t i = 0; theme_is_ascii() && i < sizeof(signs) / sizeof(signs[0]); i++) {
        size_t length = strlen(signs[i].sign);
        for (char *at = strstr(fitting, signs[i].sign); at != NULL;
             at = strstr(at, signs[i].sign)) {
            *at = signs[i].ascii;
            memmove(at + 1, at + length, strlen(at + length) + 1);
        }
    }
    return fitting;
}

int draw_text(int row, int col, int width, enum style style, const char *text)
{
    width = visible(row, col, width);
    if (width == 0 || text[0] == '\0') {
        return 0;
    }
    const char *fitting = fit(text, width);
    canvas_style(term_canvas(), style);
    mvwaddstr(term_canvas(), row, col, fitting);
    return (int)text_columns(fitting);
}

void draw_cell(int row, int col, int width, enum style style, bool right, const char *text)
{
    width = visible(row, col, width);
    if (width == 0) {
        return;
    }
    draw_blank((struct area){ row, col, 1, width }, style);
    const char *fitting = fit(text, width);
    int used = (int)text_columns(fitting);
    draw_text(row, right ? col + width - used : col, width, style, fitting);
}

int draw_format(int row, int col, int width, enum style style, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    return draw_text(row, col, width, style, line);
}

static int paragraph(struct area area, enum style style, const char *text, bool end)
{
    if (area.cols < 1 || text[0] == '\0') {
        return 0;
    }
    struct editor *lines = editor_new(strlen(text), true);
    editor_set(lines, text);
    int count = editor_rows(lines, area.cols);
    int first = end && count > area.rows ? count - area.rows : 0;
    for (int i = 0; i < count && i < area.rows; i++) {
        char line[512];
        editor_row(lines, area.cols, first + i, line, sizeof(line));
        draw_text(area.row + i, area.col, area.cols, style, line);
    }
    editor_free(lines);
    return count < area.rows ? count : area.rows;
}

int draw_paragraph_rows(int cols, const char *text)
{
    if (cols < 1 || text[0] == '\0') {
        return 0;
    }
    struct editor *lines = editor_new(strlen(text), true);
    editor_set(lines, text);
    int rows = editor_rows(lines, cols);
    editor_free(lines);
    return rows;
}

int draw_paragraph(struct area area, enum style style, const char *text)
{
    return paragraph(area, style, text, false);
}

int draw_paragraph_end(struct area area, enum style style, const char *text)
{
    return paragraph(area, style, text, true);
}

void draw_blank(struct area area, enum style style)
{
    canvas_style(term_canvas(), style);
    for (int i = 0; i < area.rows; i++) {
        int width = visible(area.row + i, area.col, area.cols);
        if (width > 0) {
            mvwhline(term_canvas(), area.row + i, area.col, ' ', width);
        }
    }
}

static struct {
    WINDOW *pad;
    struct area area;
} kept;

void draw_keep(struct area area)
{
    if (kept.pad != NULL) {
        delwin(kept.pad);
    }
    kept.area = area;
    kept.pad = newpad(area.rows, area.cols);
    if (kept.pad != NULL) {
        copywin(term_canvas(), kept.pad, area.row, area.col, 0, 0, area.rows - 1, area.cols - 1,
                false);
    }
}

bool draw_kept(struct area area)
{
    if (kept.pad == NULL || area.row != kept.area.row || area.col != kept.area.col ||
        area.rows != kept.area.rows || area.cols != kept.area.cols) {
        return false;
    }
    return copywin(kept.pad, term_canvas(), 0, 0, area.row, area.col, area.row + area.rows - 1,
                   area.col + area.cols - 1, false) == OK;
}

static void repeat(int row, int col, int width, enum style style, enum glyph glyph)
{
    canvas_style(term_canvas(), style);
    width = visible(row, col, width);
    for (int i = 0; i < width; i++) {
        mvwaddstr(term_canvas(), row, col + i, theme_glyph(glyph));
    }
}

void draw_rule(int row, int col, int width)
{
    repeat(row, col, width, STYLE_DIM, GLYPH_LINE);
}

/* One edge: corner, line, words near both ends, corner. */
static void edge(struct area line, enum style style, const enum glyph corners[2], const char *left,
                 const char *right)
{
    int inside = line.cols - 2;
    repeat(line.row, line.col, 1, style, corners[0]);
    repeat(line.row, line.col + 1, inside, style, GLYPH_LINE);
    repeat(line.row, line.col + line.cols - 1, 1, style, corners[1]);
    int used = 0;
    if (left != NULL && inside > 4) {
        used = 2 + draw_format(line.row, line.col + 2, inside - 2, style, " %s ", left);
    }
    if (right != NULL) {
        int width = (int)text_columns(right) + 2;
        if (width < inside - used - 1) {
            draw_format(line.row, line.col + inside - width, width, style, " %s ", right);
        }
    }
}

struct area draw_box(struct area area, enum style style, const char *const words[4])
{
    static const enum glyph top[2] = { GLYPH_TOP_LEFT, GLYPH_TOP_RIGHT };
    static const enum glyph bottom[2] = { GLYPH_BOTTOM_LEFT, GLYPH_BOTTOM_RIGHT };
    struct area inside = { area.row + 1, area.col + 1, area.rows - 2, area.cols - 2 };
    if (inside.rows < 0 || inside.cols < 0) {
        return (struct area){ area.row, area.col, 0, 0 };
    }
    draw_blank(area, STYLE_NORMAL);
    edge((struct area){ area.row, area.col, 1, area.cols }, style, top, words[0], words[1]);
    edge((struct area){ area.row + area.rows - 1, area.col, 1, area.cols }, style, bottom, words[2],
         words[3]);
    for (int i = 0; i < inside.rows; i++) {
        repeat(inside.row + i, area.col, 1, style, GLYPH_SIDE);
        repeat(inside.row + i, area.col + area.cols - 1, 1, style, GLYPH_SIDE);
    }
    return inside;
}

void draw_cursor(int row, int col)
{
    picture.cursor_row = row;
    picture.cursor_col = col;
}

void draw_click(struct area area, int what, long value)
{
    if (picture.click_count < CLICKS_MAX) {
        picture.clicks[picture.click_count].area = area;
        picture.clicks[picture.click_count].what = what;
        picture.clicks[picture.click_count++].value = value;
    }
}

bool draw_hit(int row, int col, int *ret_what, long *ret_value)
{
    for (int i = picture.click_count - 1; i >= 0; i--) {
        const struct area *area = &picture.clicks[i].area;
        if (row >= area->row && row < area->row + area->rows && col >= area->col &&
            col < area->col + area->cols) {
            *ret_what = picture.clicks[i].what;
            *ret_value = picture.clicks[i].value;
            return true;
        }
    }
    return false;
}
