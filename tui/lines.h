/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lists of texts as one line of a form: "a@x.pl, b@y.pl". */
#ifndef SKRYTKA_TUI_LINES_H
#define SKRYTKA_TUI_LINES_H

#include "protocol/record.h"

struct arena;

/* Joined by commas; "" for none. */
const char *lines_join(struct arena *arena, const struct list *lines);

/* The parts between commas, semicolons and line ends, blanks and empty ones cut; always given. */
struct list lines_split(struct arena *arena, const char *text);

#endif
