/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Days as people at a desk type them. */
#ifndef SKRYTKA_UI_DAYTEXT_H
#define SKRYTKA_UI_DAYTEXT_H

#include <stdbool.h>

#include "protocol/base/clock.h"

/*
 * Reads a day: "dziś", "wczoraj", "jutro" (or today, yesterday, tomorrow; the first letters are
 * enough, marks may be left out), "12" of this month, "12.11" of this year, "12.11.2026" and
 * "2026-11-12"; "-" and "/" divide as well as ".". `today` is "YYYY-MM-DD". False, and nothing
 * written, when it is no day.
 */
bool daytext_parse(const char *text, const char *today, char ret_day[CLOCK_DAY]);

#endif
