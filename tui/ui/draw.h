/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Drawing on the picture of this turn. Everything is clipped: to the width given, and to the
 * terminal. All text goes through the cleaner, so nothing a person or a peer wrote can move the
 * cursor or reach the terminal as a command. Rows and columns count from 0.
 */
#ifndef SKRYTKA_UI_DRAW_H
#define SKRYTKA_UI_DRAW_H

#include <stdbool.h>

#include "tui/ui/theme.h"

struct area {
    int row, col, rows, cols;
};

/* Starts a picture: empties it, forgets the places to click and where the cursor was. */
void draw_begin(void);

/* Puts the cursor in its place and sends what changed. */
void draw_end(void);

/* The whole terminal. */
struct area draw_screen(void);

/* Text in at most `width` columns; longer text ends in "…". Answers the columns used. */
int draw_text(int row, int col, int width, enum style style, const char *text);

/* The same with blanks up to `width`, at the left or right end. */
void draw_cell(int row, int col, int width, enum style style, bool right, const char *text);

/* printf, then draw_text(). */
int draw_format(int row, int col, int width, enum style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Text broken at blanks and line ends over the rows of an area. Answers the rows used. */
int draw_paragraph(struct area area, enum style style, const char *text);

/* The same with the last rows where not all have room. */
int draw_paragraph_end(struct area area, enum style style, const char *text);

/* The rows that a paragraph takes in so many columns. */
int draw_paragraph_rows(int cols, const char *text);

/* Blanks over an area, and a line across a row. */
void draw_blank(struct area area, enum style style);
void draw_rule(int row, int col, int width);

/*
 * A frame with words in its upper edge (left and right) and its lower edge (left and right), each
 * may be NULL, around a blank inside, which is answered. Nothing is drawn where it would not fit.
 */
struct area draw_box(struct area area, enum style style, const char *const words[4]);

/*
 * Keeps what stands in an area now for later pictures; draw_kept() puts it there again, without its
 * places to click. False, and nothing drawn, when another area was kept or none.
 */
void draw_keep(struct area area);
bool draw_kept(struct area area);

/* Where the terminal's cursor stands after painting; the last call counts. */
void draw_cursor(int row, int col);

/*
 * Makes a place clickable: a press there answers `what` and `value` from draw_hit(). The place
 * drawn last lies on top.
 */
void draw_click(struct area area, int what, long value);
bool draw_hit(int row, int col, int *ret_what, long *ret_value);

#endif
