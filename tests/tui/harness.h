/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Drives a program in a real pseudo-terminal and looks at its screen through libvterm.
 *
 * Nothing here waits for a time. The program (tui/ui/term.h, term_sync) says after each repaint
 * how many of the bytes typed it has dealt with; terminal_type() returns when that is all of them.
 * What comes later by itself (an answer of the server, an event) is waited for by its text.
 * Whatever does not come within the limit fails the test and prints the screen.
 */
#ifndef SKRYTKA_TESTS_HARNESS_H
#define SKRYTKA_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct terminal;

/*
 * Starts argv[0] with TERM=xterm-256color and the given further environment ("NAME=value", ended
 * by NULL; may be NULL) and waits for its first picture.
 */
struct terminal *terminal_start(const char *const argv[], const char *const environment[], int rows,
                                int cols);

/* The same without waiting, for programs that end at once. */
struct terminal *terminal_launch(const char *const argv[], const char *const environment[],
                                 int rows, int cols);

/* Waits for the program's end: its exit status, or 128 and the signal. The screen stays readable.
 */
int terminal_finish(struct terminal *terminal);

/* Hangs up if it still runs, and releases all. */
void terminal_close(struct terminal *terminal);

/* Sends bytes and waits until they are dealt with and shown. terminal_send() does not wait. */
void terminal_type(struct terminal *terminal, const char *bytes);
void terminal_send(struct terminal *terminal, const char *bytes);

/* Keys as xterm sends them. */
#define KEYS_F(number) (terminal_function_keys[(number)-1])
extern const char *const terminal_function_keys[12];
#define KEYS_UP    "\033OA"
#define KEYS_DOWN  "\033OB"
#define KEYS_RIGHT "\033OC"
#define KEYS_LEFT  "\033OD"
#define KEYS_ENTER "\r"
#define KEYS_TAB   "\t"

/*
 * For programs that give no marks: waits until the text is there, maybe in half a picture; takes
 * what comes until nothing came for that long.
 */
int terminal_wait_unmarked(struct terminal *terminal, const char *text);
void terminal_drain(struct terminal *terminal, double quiet_seconds);

/* From now on what the program writes stays in the line, until the terminal is closed. */
void terminal_stop_reading(struct terminal *terminal);

/* The process, and the seconds since its launch. */
pid_t terminal_pid(const struct terminal *terminal);
double terminal_age(const struct terminal *terminal);

/* Changes the size and waits for the picture in it. */
void terminal_resize(struct terminal *terminal, int rows, int cols);

/* Row `row` as UTF-8, blanks at the end cut; valid until the next call. */
const char *terminal_row(struct terminal *terminal, int row);

/* The first row that contains the text, or -1; waiting until there is one; until there is none. */
int terminal_find(struct terminal *terminal, const char *text);
int terminal_wait(struct terminal *terminal, const char *text);
void terminal_wait_gone(struct terminal *terminal, const char *text);

void terminal_cursor(struct terminal *terminal, int *ret_row, int *ret_col);
bool terminal_reversed(struct terminal *terminal, int row, int col);

/* Bytes that came since the last call, marks not counted; bells; the window's title. */
size_t terminal_bytes(struct terminal *terminal);
unsigned terminal_bells(struct terminal *terminal);
const char *terminal_title(struct terminal *terminal);

/* All bytes that ever came contain this run? */
bool terminal_sent(struct terminal *terminal, const char *bytes);

/*
 * Compares the screen with tests/tui/golden/<name>.txt, cell by cell, days and times aside; with
 * UPDATE_GOLDEN in the environment writes the file instead.
 */
void terminal_golden(struct terminal *terminal, const char *name);

/* Prints the screen, for a test that is about to fail. */
void terminal_dump(struct terminal *terminal);

#endif
