/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From the bytes a terminal sends to keys. Our own decoder instead of wgetch(), because ncurses
 * swallows undecodable bytes without a sound, blocks for ESCDELAY after Esc, and switches the
 * keypad to a mode in which digits and Enter of the numeric block get lost.
 *
 * It knows the forms of xterm, VT220, rxvt, PuTTY and the Linux console side by side, whatever
 * TERM says, and takes more from terminfo (keys_learn). It does no input itself, so it is tested
 * without a terminal.
 */
#ifndef SKRYTKA_UI_KEYS_H
#define SKRYTKA_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ui_key_id {
#define UI_KEY(id, shown, ctrl, digit, capability) UI_KEY_##id,
#include "tui/ui/keys.def.h"
#undef UI_KEY
    UI_KEY_MAX
};

enum ui_key_kind {
    UI_TEXT,    /* `code` is the code point; in a paste also LF */
    UI_SPECIAL, /* `id` is the key */
    UI_PASTE_BEGIN,
    UI_PASTE_END,
    UI_MOUSE, /* `row`, `col` from 0; `wheel` -1 up, +1 down, 0 a press of the first button */
};

struct ui_key {
    enum ui_key_kind kind;
    uint32_t code;
    enum ui_key_id id;
    bool ctrl, shift, alt; /* held with it, as far as terminals tell */
    bool pasted;           /* a UI_TEXT between UI_PASTE_BEGIN and UI_PASTE_END */
    int row, col, wheel;
};

struct keys;

struct keys *keys_new(void);
void keys_free(struct keys *keys);

/*
 * Adds what terminfo says this terminal sends for a key. Sequences already known stay as they
 * are: some descriptions give F-keys the codes of the numeric block.
 */
void keys_learn(struct keys *keys, const char *sequence, enum ui_key_id id);

/* Room for at least one more feed of this many bytes; fewer are taken when less fits. */
size_t keys_room(const struct keys *keys);
void keys_feed(struct keys *keys, const void *bytes, size_t length);

/*
 * The next key, or false when the bytes held are none or only the beginning of one. With `flush`
 * a beginning counts as it stands (a lone Esc): call so when nothing came for UI_ESCAPE_MS.
 *
 * A lone Esc is delivered at once as UI_KEY_ESC and also remembered: a digit after it, however
 * late, is an F-key, and a second Esc is F12 (people cannot type Esc 5 in 25 ms). Any other key
 * or keys_forget_escape() ends that.
 */
bool keys_next(struct keys *keys, bool flush, struct ui_key *ret_key);
void keys_forget_escape(struct keys *keys);

enum { UI_ESCAPE_MS = 25 };

/* Are bytes waiting (for the rest of a sequence, or not looked at yet)? */
bool keys_pending(const struct keys *keys);

/* How many bytes were neither UTF-8 nor a key so far; how many were used up in all. */
unsigned keys_undecodable(const struct keys *keys);
uint64_t keys_consumed(const struct keys *keys);

/* "F5", "Ctrl-K", "↑": the key's name on the screen. */
const char *keys_name(enum ui_key_id id);

#endif
