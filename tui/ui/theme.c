/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/theme.h"

#include <curses.h>
#include <stdlib.h>

#include "tui/ui/canvas.h"

static const struct {
    short colour;
    attr_t attributes, mono;
} styles[STYLE_MAX] = {
#define STYLE(id, colour, attributes, mono) { colour, attributes, mono },
#include "tui/ui/theme.def.h"
#undef STYLE
};

static const char *const glyphs[][2] = {
#define GLYPH(id, sign, ascii) { sign, ascii },
    THEME_GLYPHS(GLYPH)
#undef GLYPH
};

static bool with_colour;
static bool with_ascii;

void theme_init(bool mono, bool ascii)
{
    const char *no_color = getenv("NO_COLOR");
    with_ascii = ascii;
    with_colour = !mono && (no_color == NULL || no_color[0] == '\0') && has_colors() &&
                  start_color() == OK && use_default_colors() == OK;
    for (short i = 0; with_colour && i < STYLE_MAX; i++) {
        if (styles[i].colour >= 0) {
            init_pair((short)(i + 1), styles[i].colour, -1);
        }
    }
}

const char *theme_glyph(enum glyph glyph)
{
    return glyphs[glyph][with_ascii ? 1 : 0];
}

bool theme_is_ascii(void)
{
    return with_ascii;
}

void canvas_style(WINDOW *window, enum style style)
{
    bool coloured = with_colour && styles[style].colour >= 0;
    attr_t attributes = with_colour ? styles[style].attributes : styles[style].mono;
    wattr_set(window, attributes, coloured ? (short)(style + 1) : 0, NULL);
}
