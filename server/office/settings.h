/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SKRYTKA_OFFICE_SETTINGS_H
#define SKRYTKA_OFFICE_SETTINGS_H

#include "server/office/op.h"

/* The office's settings as they are in this transaction. */
bool settings_load(struct op *op, struct rec_settings *ret);

/* Has the text only placeholders that there are? Else ERR_bad_request names field and placeholder.
 */
bool placeholders_known(struct op *op, const char *field, const char *text);

/*
 * Writes a list of texts that hangs on a row: clears it with one statement, adds each with another
 * (:position, :text and, when `owner` is not 0, :id).
 */
bool store_texts(struct op *op, enum statement clear, enum statement add, int64_t owner,
                 const struct list *texts);

#endif
