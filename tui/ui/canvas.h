/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What term, theme and draw share and nobody else sees: the one curses window all is drawn on.
 * A single window is enough because every turn draws everything from the models; ncurses then
 * sends only the cells that changed.
 */
#ifndef SKRYTKA_UI_CANVAS_H
#define SKRYTKA_UI_CANVAS_H

#include <curses.h>

#include "tui/ui/theme.h"

/* The window, of the terminal's size; a new one after each term_resize(). */
WINDOW *term_canvas(void);

/* Sets the attributes that what is drawn next gets. */
void canvas_style(WINDOW *window, enum style style);

#endif
