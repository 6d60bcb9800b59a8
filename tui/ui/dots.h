/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A black and white picture in cells of text: Braille characters, which have 2 x 4 dots each, or,
 * where the person wants ASCII only, coarse signs that have 1 x 2.
 */
#ifndef SKRYTKA_UI_DOTS_H
#define SKRYTKA_UI_DOTS_H

#include "tui/ui/draw.h"

struct dots {
    const unsigned char *bits; /* rows of whole bytes, the leftmost dot in the highest bit */
    int width, height;
};

/* Dots of one cell. */
int dots_per_col(void);
int dots_per_row(void);

/* Draws the part from dot (left, top) on, as far as the area goes. */
void dots_draw(struct area area, const struct dots *dots, int left, int top);

#endif
