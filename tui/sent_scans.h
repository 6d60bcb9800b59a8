/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which files of the scanner were sent already, and to whom: a scan that is offered again by
 * mistake is another client's letter. Kept in the person's state folder (state_file.h), by name,
 * size and time of the last change, so that all terminals of the person know of it; only in this
 * program where there is no such folder. Loop thread.
 */
#ifndef SKRYTKA_TUI_SENT_SCANS_H
#define SKRYTKA_TUI_SENT_SCANS_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/scanfolder.h"
#include "tui/ui/dialog.h"

struct app;
struct form;

enum { SENT_SCANS_NOTE = 400, SENT_SCANS_CLIENT = 64 };

/* The file went out with this letter, to the client of this box number. */
void sent_scans_add(const struct scanfile *file, int64_t item_id, const char *client);

/* What went out with the letter was taken back before it left. */
void sent_scans_forget(int64_t item_id);

/* To whom it was sent last; false: to nobody. */
bool sent_scans_find(const struct scanfile *file, char ret_client[SENT_SCANS_CLIENT]);

/* What stands beside a file in a list: when it came, how large it is, to whom it was sent. */
void sent_scans_note(const struct scanfile *file, char out[SENT_SCANS_NOTE]);

/*
 * Asks, before a form is saved, when one of the files chosen was sent before; `answer` comes as
 * from app_ask(). False: none was, and nothing is asked.
 */
bool sent_scans_ask(struct app *app, struct form *form, int field, dialog_fn answer, void *owner);

#endif
