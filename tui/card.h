/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * All about one thing, line by line: a screen of its own in which one goes from line to line, or
 * narrow and only to read beside a list. A line may lead on to another screen.
 */
#ifndef SKRYTKA_TUI_CARD_H
#define SKRYTKA_TUI_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/base/arena.h"
#include "tui/screen.h"
#include "tui/ui/listview.h"

struct card_line {
    const char *label, *text;
    enum style style;
    bool block;                     /* one of several under a heading, which is its label or "" */
    const struct screen_ops *opens; /* with `id`; NULL: leads nowhere */
    int64_t id;
};

struct card {
    struct arena *arena; /* of the lines and their texts */
    struct card_line *lines;
    int count;
    struct listview list;
};

/* Writes it anew: what was there is gone, the place of the selection stays. */
void card_begin(struct card *card);
void card_release(struct card *card);

/* A translated label and its text, which must live as long as the card; "" and NULL add nothing. */
void card_add(struct card *card, enum style style, const char *label, const char *text);

/* A line of a block: the first one says the heading, those after it "". */
void card_add_block(struct card *card, enum style style, const char *heading, const char *text);

/* The line added last leads there. */
void card_link(struct card *card, const struct screen_ops *opens, int64_t id);

/* Text that lives as long as what is written now. */
#define card_text(card, ...) arena_format((card)->arena, __VA_ARGS__)
const char *card_time(struct card *card, int64_t at);
const char *card_day(struct card *card, const char *day);

/* With a selection, over a whole area; a press answers `click_what`. */
void card_draw(struct card *card, struct area area, int click_what);

/* To read only, as much of it as has room. */
void card_show(const struct card *card, struct area area);

/* The selected line, NULL when there is none. */
const struct card_line *card_selected(const struct card *card);

/*
 * A screen that is a card begins with this one, and its screen_ops with CARD_SCREEN; what remains
 * to write is open, close, refuses, act and event.
 */
struct card_screen {
    struct screen screen;
    struct card card;
};

static inline struct card *card_of(struct screen *screen)
{
    return &((struct card_screen *)screen)->card;
}

#define CARD_SCREEN                                                                                \
    .context = IN_LIST, .draw = card_screen_draw, .key = card_screen_key, .click = card_screen_click

void card_screen_draw(struct screen *screen, struct area head, struct area body);
bool card_screen_key(struct screen *screen, const struct ui_key *key);
void card_screen_click(struct screen *screen, int what, long value);

#endif
