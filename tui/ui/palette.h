/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A list that lies over the screen to choose one thing from: the menu (one letter chooses), the
 * help (typing filters, Enter does what the row says) and "go to" (typing asks a source).
 */
#ifndef SKRYTKA_UI_PALETTE_H
#define SKRYTKA_UI_PALETTE_H

#include <stdbool.h>
#include <stdint.h>

struct ui_key;
struct palette;

enum palette_mode {
    PALETTE_LETTERS, /* the letter of a row chooses it */
    PALETTE_FILTER,  /* typed words narrow the rows that are there */
    PALETTE_ASK,     /* typed text goes to the source, which sets the rows anew */
};

/* A row; its texts are translated and copied. A row with `value` -1 is only read, not chosen. */
struct palette_row {
    const char *key;   /* letter, key name or number at the left; may be "" */
    const char *label; /* what it is */
    const char *note;  /* more about it; may be "" */
    int64_t value;
};

/* Told once: the value of the row chosen. Called after the palette has gone. */
typedef void (*palette_fn)(void *owner, int64_t value);
typedef void (*palette_ask_fn)(void *owner, const char *text);

struct palette *palette_new(void);
void palette_free(struct palette *palette);

/* `lead` is text above the rows, may be "". `ask` only for PALETTE_ASK. */
void palette_open(struct palette *palette, enum palette_mode mode, const char *title,
                  const char *lead, palette_fn choose, palette_ask_fn ask, void *owner);
void palette_set_rows(struct palette *palette, const struct palette_row *rows, int count);
void palette_close(struct palette *palette);

/* `owner` goes away: closes a list of his. */
void palette_forget(struct palette *palette, const void *owner);
bool palette_is_open(const struct palette *palette);

/* What is typed in it. */
const char *palette_text(const struct palette *palette);

/* Was the source asked and has not answered? Then choosing a row has to wait. */
bool palette_is_waiting(const struct palette *palette);

void palette_key(struct palette *palette, const struct ui_key *key);

/* A press on a row answers `click_what` and its number from draw_hit(), for palette_take(). */
void palette_draw(struct palette *palette, int click_what);

/* Its keys in words, translated: all that work while it is open. */
const char *palette_keys(void);
void palette_take(struct palette *palette, long row);

/* Does each word of `typed` begin a word of the row? For sources that have all their rows. */
bool palette_row_passes(const struct palette_row *row, const char *typed);

enum { PALETTE_ROWS_MAX = 64 };

#endif
