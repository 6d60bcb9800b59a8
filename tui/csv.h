/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files for spreadsheets: UTF-8 with a byte order mark and semicolons, which is what Excel in
 * Poland opens right by itself. RFC 4180 otherwise.
 */
#ifndef SKRYTKA_TUI_CSV_H
#define SKRYTKA_TUI_CSV_H

#include <stdbool.h>
#include <stdio.h>

/* A new or emptied file with its mark written; NULL and errno when it cannot be. */
FILE *csv_open(const char *path);

/*
 * One row of cells, ended by NULL. A cell that a spreadsheet would take for a formula (it begins
 * with = + - @ or a tab, unless it is a number) gets an apostrophe before it: these texts come
 * from strangers' envelopes.
 */
void csv_row(FILE *file, const char *const cells[]);

/* False and errno when not all could be written. */
bool csv_close(FILE *file);

#endif
