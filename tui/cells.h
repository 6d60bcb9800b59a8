/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How single values stand in a row or a card. */
#ifndef SKRYTKA_TUI_CELLS_H
#define SKRYTKA_TUI_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/record.h"
#include "tui/ui/listview.h"

/* "08.12 10:41" in the office's zone; "08.12" of a day "YYYY-MM-DD"; "5,00", "-" for 0. */
void cell_time(char out[LISTVIEW_CELL], int64_t at);
void cell_moment(char out[LISTVIEW_CELL], int64_t at); /* "10:41" today, else "08.12" */
void cell_age(char out[LISTVIEW_CELL], int64_t since); /* "< 1 h", "5 h", "3 days" */
void cell_day(char out[LISTVIEW_CELL], const char *day);
void cell_near_day(char out[LISTVIEW_CELL], const char *day); /* "08.12.2019" of another year */
void cell_money(char out[LISTVIEW_CELL], int64_t grosze);

/* A text, "" for NULL. */
void cell_text(char out[LISTVIEW_CELL], const char *text);

/* "5,00 zł" (or in English order), valid until the next call. */
const char *money_words(int64_t grosze);

/* Does a record's `can` hold this action of the protocol? */
bool can_do(const struct list *can, enum action action);

/* The text, or "" for NULL. */
const char *text_or_empty(const char *text);

#endif
