/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A real daemon with a small office in it, for tests of the real terminal. */
#ifndef SKRYTKA_TESTS_OFFICE_H
#define SKRYTKA_TESTS_OFFICE_H

#include "tests/tui/harness.h"

struct office;

/*
 * Starts skrytkad of this build in a temporary folder: the administrator "anna" (the OS user), the
 * package Standard with scans at 5,00 zł, the clients 017 Łódź Meble and 112 Żółw Sp. z o.o., scan
 * requests allowed, and one scan, skan-0412.pdf, in the scanner's folder.
 */
struct office *office_start(const char *test_program);
void office_stop(struct office *office);

/* The daemon alone: it goes away, it comes back with the same data. */
void office_stop_daemon(struct office *office);
void office_start_daemon(struct office *office);

/* skrytka call METHOD JSON, which must succeed: the JSON it prints, valid until the next call. */
const char *office_call(struct office *office, const char *method, const char *json);

/* skrytka attach ITEM FILE, which must succeed. */
void office_attach(struct office *office, const char *item, const char *file);

/* A file more in the scanner's folder, the newest; its whole path, valid as long as the office. */
const char *office_add_scan(struct office *office, const char *name, const char *content);

/* "XDG_STATE_HOME=..." of its terminals, for those of another office to share. */
const char *office_state(const struct office *office);

/* Waits until a file of the terminal's own ("skrytka/incoming.draft") has the text. */
void office_wait_for_state(struct office *office, const char *file, const char *text);

/* Opens the terminal in Polish, or in another language, and waits for its first screen. */
struct terminal *office_terminal(struct office *office, int rows, int cols);
struct terminal *office_terminal_in(struct office *office, const char *language, int rows,
                                    int cols);

/* At 80x24 with one more variable ("NAME=value") in its environment; the second does not wait. */
struct terminal *office_terminal_with(struct office *office, const char *variable);
struct terminal *office_launch_with(struct office *office, const char *variable);

/* With --ascii. */
struct terminal *office_terminal_ascii(struct office *office);

#endif
