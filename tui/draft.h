/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What stands in a form that is not saved, kept in a file of the person's own, so that a crash or
 * a line that hung up costs nothing: $XDG_STATE_HOME/skrytka/NAME.draft (XDG Base Directory), mode
 * 0600. Where it cannot be written there simply is no draft. Secrets are never written.
 */
#ifndef SKRYTKA_TUI_DRAFT_H
#define SKRYTKA_TUI_DRAFT_H

#include <stdbool.h>

#include "tui/ui/form.h"

struct draft;

enum { DRAFT_PLACE = 1000 };

/*
 * The draft of this name that no other form has open: one that a dead program left, else a new one
 * (NAME-2.draft and so on, where several terminals of one person are open). `name` is a plain file
 * name. `place` is one line, shorter than DRAFT_PLACE: the office and the person signed in there. A
 * draft of another place is left alone: its numbers are of other clients. NULL when there can be
 * none; the other functions take that for a draft that keeps nothing.
 */
struct draft *draft_open(const char *name, const char *place);

/* Ends it; without `keep` the file goes. */
void draft_close(struct draft *draft, bool keep);

/* Writes the changed fields, none when none is changed. */
void draft_write(struct draft *draft, struct form *form);

/*
 * Fills the fields from the draft, as changed ones. False when there is nothing in it. Files are
 * chosen again as long as nobody has written them since; else their field says so.
 */
bool draft_read(struct draft *draft, struct form *form);

#endif
