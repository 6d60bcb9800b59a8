/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How things look: colours by meaning, and the few signs that are not letters, each with an ASCII
 * form for terminals and fonts that have nothing else.
 */
#ifndef SKRYTKA_UI_THEME_H
#define SKRYTKA_UI_THEME_H

#include <stdbool.h>

enum style {
#define STYLE(id, colour, attributes, mono) STYLE_##id,
#include "tui/ui/theme.def.h"
#undef STYLE
    STYLE_MAX
};

/* GLYPH(id, sign, ASCII form) */
#define THEME_GLYPHS(GLYPH)                                                                        \
    GLYPH(BULLET, "●", "*")                                                                        \
    GLYPH(LEFT, "◄", "<")                                                                          \
    GLYPH(RIGHT, "►", ">")                                                                         \
    GLYPH(DOT, "·", "-")                                                                           \
    GLYPH(CHOSEN, "(•)", "(*)")                                                                    \
    GLYPH(LINE, "─", "-")                                                                          \
    GLYPH(SIDE, "│", "|")                                                                          \
    GLYPH(TOP_LEFT, "┌", "+")                                                                      \
    GLYPH(TOP_RIGHT, "┐", "+")                                                                     \
    GLYPH(BOTTOM_LEFT, "└", "+")                                                                   \
    GLYPH(BOTTOM_RIGHT, "┘", "+")

enum glyph {
#define GLYPH(id, sign, ascii) GLYPH_##id,
    THEME_GLYPHS(GLYPH)
#undef GLYPH
};

/*
 * After the terminal is open. Colours are left out when `mono`, when the environment has a
 * non-empty NO_COLOR (no-color.org) or when the terminal has none.
 */
void theme_init(bool mono, bool ascii);

const char *theme_glyph(enum glyph glyph);

/* Does the person want ASCII only? */
bool theme_is_ascii(void);

#endif
