/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/dots.h"

#include <stdbool.h>
#include <string.h>

#include "tui/ui/canvas.h"
#include "tui/ui/theme.h"

enum { BRAILLE = 0x2800, BRAILLE_COLS = 2, BRAILLE_ROWS = 4, ASCII_ROWS = 2, SIGN = 4 };

int dots_per_col(void)
{
    return theme_is_ascii() ? 1 : BRAILLE_COLS;
}

int dots_per_row(void)
{
    return theme_is_ascii() ? ASCII_ROWS : BRAILLE_ROWS;
}

static unsigned dot(const struct dots *dots, int x, int y)
{
    if (x < 0 || y < 0 || x >= dots->width || y >= dots->height) {
        return 0;
    }
    size_t at = (size_t)y * (size_t)((dots->width + 7) / 8) + (size_t)x / 8;
    return (unsigned)dots->bits[at] >> (7 - x % 8) & 1;
}

/* The dots of a cell in the order of Unicode's Braille patterns. */
static unsigned pattern(const struct dots *dots, int x, int y)
{
    static const unsigned char order[BRAILLE_ROWS][BRAILLE_COLS] = {
        { 0, 3 }, { 1, 4 }, { 2, 5 }, { 6, 7 }
    };
    unsigned bits = 0;
    for (int row = 0; row < BRAILLE_ROWS; row++) {
        for (int col = 0; col < BRAILLE_COLS; col++) {
            bits |= dot(dots, x + col, y + row) << order[row][col];
        }
    }
    return bits;
}

/* One cell as text: a blank where there is nothing, which costs least on a slow line. */
static void sign(const struct dots *dots, int x, int y, char out[SIGN])
{
    static const char coarse[] = " '.:";
    unsigned bits =
        theme_is_ascii() ? dot(dots, x, y) | dot(dots, x, y + 1) << 1 : pattern(dots, x, y);
    if (theme_is_ascii() || bits == 0) {
        out[0] = coarse[bits];
        out[1] = '\0';
        return;
    }
    unsigned code = BRAILLE + bits;
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    out[3] = '\0';
}

void dots_draw(struct area area, const struct dots *dots, int left, int top)
{
    struct area screen = draw_screen();
    canvas_style(term_canvas(), STYLE_NORMAL);
    for (int row = 0; row < area.rows && area.row + row < screen.rows; row++) {
        for (int col = 0; col < area.cols && area.col + col < screen.cols; col++) {
            char text[SIGN];
            sign(dots, left + col * dots_per_col(), top + row * dots_per_row(), text);
            mvwaddstr(term_canvas(), area.row + row, area.col + col, text);
        }
    }
}
