/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A text being edited, apart from any window: one line, or a note of several. Resizing a window
 * cannot touch it. Text is kept composed (NFC), so that "o" and a combining accent typed one
 * after the other are the letter "ó", for the cursor as well as for whoever compares later.
 */
#ifndef SKRYTKA_UI_EDITOR_H
#define SKRYTKA_UI_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

struct ui_key;
struct editor;

/* An empty text of at most `limit` bytes of UTF-8. Released by editor_free(). */
struct editor *editor_new(size_t limit, bool note);
void editor_free(struct editor *editor);

/* Replaces the text (cut at the limit, control characters left out), cursor at its end, nothing to
 * undo. */
void editor_set(struct editor *editor, const char *text);

/* The text as UTF-8, valid until the next change. Never NULL. */
const char *editor_text(struct editor *editor);
bool editor_empty(const struct editor *editor);

enum editor_result {
    EDITOR_IGNORED, /* not a key for an editor, or nothing to do: the caller may use it */
    EDITOR_MOVED,
    EDITOR_CHANGED,
    EDITOR_FULL, /* refused: it would not fit; the text is as it was */
};

/*
 * Takes one key. Up and Down move in a note as it is wrapped at `width` columns and are ignored in
 * a line; Enter makes a new line in a note and is ignored in a line. Ctrl-Z undoes, a whole paste
 * at once.
 */
enum editor_result editor_key(struct editor *editor, const struct ui_key *key, int width);

/*
 * How the text is laid out at a width: rows, the text of one row (without its line end), and the
 * cursor's place. A line is one row that scrolls sideways so that the cursor stays in sight.
 */
int editor_rows(const struct editor *editor, int width);
void editor_row(struct editor *editor, int width, int row, char *out, size_t size);
void editor_cursor(const struct editor *editor, int width, int *ret_row, int *ret_col);

#endif
