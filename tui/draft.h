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

/* Writes the changed fields; removes the file when none is. `name` is a plain file name. */
void draft_write(const char *name, struct form *form);

/* Fills the fields from the file, as changed ones. False when there is no draft. */
bool draft_read(const char *name, struct form *form);

void draft_remove(const char *name);

#endif
