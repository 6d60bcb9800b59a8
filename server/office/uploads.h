/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files that were sent and checked but stand on no mail item yet: rows, so that the transaction
 * that uses a file can take it. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_UPLOADS_H
#define SKRYTKA_OFFICE_UPLOADS_H

#include "server/office/op.h"

/*
 * Takes a finished upload of the acting user: fills name, type, size and sha256 of *scan and
 * removes the row. ERR_not_found naming "uploads" when there is none of this id and user.
 */
bool upload_take(struct op *op, int64_t id, struct rec_scan *scan);

/* Enters a finished upload of the acting user; the file lies in the scan store already. */
bool upload_enter(struct op *op, int64_t id, const struct rec_scan *scan);

#endif
