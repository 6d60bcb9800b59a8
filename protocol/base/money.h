/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Money: whole grosze in an int64_t, never floating point. At most ten million złotych either way,
 * so that sums of millions of lines stay far from overflow (and are checked all the same).
 */
#ifndef SKRYTKA_BASE_MONEY_H
#define SKRYTKA_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

enum { MONEY_LIMIT = 1000000000 }; /* grosze */

enum { MONEY_TEXT = 40 }; /* bytes that money_text() needs at most */

/*
 * Reads an amount as people type it: "12", "12,5", "12,50", "12.50", "1 234,00", "5 zł",
 * "5,00 PLN", with spaces or U+00A0 between thousands, and whatever money_text() and
 * money_text_currency() write. At most two decimals; what could mean two amounts ("1,234") is
 * refused; no sign unless `negative_allowed`. False leaves *ret_grosze untouched.
 */
bool money_parse(const char *text, bool negative_allowed, int64_t *ret_grosze);

/* "1 234,50" (pl) or "1,234.50" (en); thousands in pl are divided by U+00A0. Returns `out`. */
char *money_text(int64_t grosze, bool polish, char out[MONEY_TEXT]);

/* The same with the currency: "5,00 zł" / "PLN 5.00" (an ordinary space before zł). */
char *money_text_currency(int64_t grosze, bool polish, char out[MONEY_TEXT]);

/* Adds; false (and *sum untouched) when the result would not fit. */
bool money_add(int64_t *sum, int64_t grosze);

#endif
