/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the terminal keeps what is the person's own: $XDG_STATE_HOME/skrytka (XDG Base Directory).
 */
#ifndef SKRYTKA_TUI_STATE_FILE_H
#define SKRYTKA_TUI_STATE_FILE_H

#include <limits.h>
#include <stdbool.h>

/*
 * The path of a file there; the folder is made, mode 0700. `name` is a plain file name. False when
 * the environment names no such place.
 */
bool state_file_path(const char *name, char out[PATH_MAX]);

#endif
