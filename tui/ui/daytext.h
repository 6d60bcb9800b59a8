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

/*
 * Reads one day or more: two days with blanks between ("1.11 15.11", also "1.11 - 15.11"), a month
 * ("11.2026"), or one day as above. The later of the two is the last. False, and nothing written,
 * when it is none of these.
 */
bool daytext_range(const char *text, const char *today, char ret_from[CLOCK_DAY],
                   char ret_to[CLOCK_DAY]);

#endif
