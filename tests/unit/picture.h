/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reads back what was drawn on a terminal that leads nowhere (term_open_nowhere). */
#ifndef SKRYTKA_TESTS_PICTURE_H
#define SKRYTKA_TESTS_PICTURE_H

#include <stdbool.h>

/* Row `row` of the picture as UTF-8, blanks at the end cut. Valid until the next call. */
const char *picture_row(int row);

/* The first row that contains `text`, or -1. */
int picture_find(const char *text);

/* Is the cell drawn in reverse? */
bool picture_reversed(int row, int col);

#endif
