/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The terminal's life: opening, size, keys in, picture out, and leaving it as it was, also when
 * the program dies. There is one terminal and ncurses keeps global state, so this module does too.
 * Everything is called on the loop thread.
 */
#ifndef SKRYTKA_UI_TERM_H
#define SKRYTKA_UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/ui/keys.h"

/* What a person may not want of the terminal: the bell, desktop notices, its title, the mouse. */
#define TERM_FEATURES(F) F(bell) F(notice) F(title) F(mouse)

enum term_feature {
#define F(name) TERM_FEATURE_##name,
    TERM_FEATURES(F)
#undef F
        TERM_FEATURE_MAX
};

struct term_options {
    bool mono;  /* no colours */
    bool ascii; /* no line drawing or other signs beyond letters */
    bool without[TERM_FEATURE_MAX];
};

enum term_fault {
    TERM_OK = 0,
    TERM_NO_TTY, /* the process has no controlling terminal */
    TERM_UNFIT,  /* cannot place the cursor (TERM=dumb) */
    TERM_FAILED, /* neither TERM nor xterm-256color is known to terminfo */
};

/*
 * Takes the terminal over. It opens /dev/tty afresh, once for each direction: libuv makes what it
 * polls non-blocking, and on a shared description that would make our output spin when the
 * terminal stalls. An unknown TERM is tried as xterm-256color. On failure nothing has changed and
 * term_fault_text() has the words for it.
 */
enum term_fault term_open(const struct term_options *options);
const char *term_fault_text(enum term_fault fault);

/* A picture of that size drawn to nowhere, with no input: for tests of what is drawn. */
void term_open_nowhere(int rows, int cols);

/* Gives the terminal back. May be called twice; also installed for fatal signals. */
void term_close(void);

/* Readable when keys have come: the loop polls it. Belongs to this module; non-blocking. */
int term_input_fd(void);

/*
 * The next key, or false when none is complete. After false, term_escape_pending() says whether
 * the loop should call again with `flush` in UI_ESCAPE_MS (see keys_next).
 */
bool term_key(bool flush, struct ui_key *ret_key);
bool term_escape_pending(void);
void term_forget_escape(void);

/* False when the terminal has hung up: no key will ever come again. */
bool term_alive(void);

/* Bytes that were no UTF-8; from the third on it is worth telling the person. */
unsigned term_undecodable(void);

/* After SIGWINCH: takes over the terminal's new size (or a given one, in tests) with a new, empty
 * canvas. */
void term_resize(void);
void term_resize_to(int rows, int cols);

/* Sends what changed on the canvas. Blocks when the terminal does not read; that is wanted. */
void term_paint(void);

/* All is sent anew at the next paint (Ctrl-L). */
void term_repaint(void);

/*
 * In tests, when the environment has SKRYTKA_TEST_SYNC: once every byte read so far has been dealt
 * with, sends OSC 7777 with the number of bytes read and the size, so that a test waits for "all
 * I typed is on the screen" instead of for a time. Otherwise does nothing.
 */
void term_sync(void);

/* The window's title; text is cleaned. Sent only when it differs, to terminals that have one. */
void term_title(const char *text);

/* A desktop notice (OSC 9 or 777), and the bell, at most once in TERM_BELL_SECONDS. */
void term_notice(const char *text);
void term_bell(void);

enum { TERM_BELL_SECONDS = 10 };

#endif
