/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One letter with all that belongs to it: scans, costs, request, and who did what when. Fetched for
 * the letter's own screen and for the place beside a list, where the letter wanted changes with
 * every key: only one question is under way at a time, and the next is about the newest.
 */
#ifndef SKRYTKA_TUI_LETTER_H
#define SKRYTKA_TUI_LETTER_H

#include <stdint.h>

#include "protocol/record.h"
#include "tui/card.h"

struct app;

struct letter {
    struct app *app;
    int64_t wanted, asked; /* ids; 0: none */
    int answers;           /* still to come about `asked` */
    struct arena *item_arena, *history_arena;
    const struct rec_mail_item *item; /* NULL until it came; may be that wanted before */
    const struct rec_event_list_result *history;
    int64_t history_id; /* whose history that is */
    struct card *card;
};

/* It is written into `card`, which lives longer. */
void letter_open(struct letter *letter, struct app *app, struct card *card);
void letter_close(struct letter *letter);

/* Fetches it, unless it is the one wanted already; letter_reload() fetches that anew. */
void letter_want(struct letter *letter, int64_t id);
void letter_reload(struct letter *letter);

/* The letter wanted, NULL until it came. */
const struct rec_mail_item *letter_item(const struct letter *letter);

#endif
