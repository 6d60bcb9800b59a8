/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a draft says was picked (a client, a package) is only a number and a name: does the office
 * still have that number by that name? It may have renamed it, or be another one put back from a
 * backup. Loop thread.
 */
#ifndef SKRYTKA_TUI_DRAFT_CHECK_H
#define SKRYTKA_TUI_DRAFT_CHECK_H

struct screen;

/*
 * Takes the picked numbers out of the form that draft_read() filled, and puts back those that the
 * server has by the name that stands in the field. Another one has to be picked again: its text
 * stays, and an error beside it. `screen` is the form's and is forgotten when it closes.
 */
void draft_check_picks(struct screen *screen);

#endif
