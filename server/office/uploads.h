/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files that were sent and checked but stand on no mail item yet: rows, so that the transaction
 * that uses a file can take it. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_UPLOADS_H
#define SKRYTKA_OFFICE_UPLOADS_H

#include "server/office/op.h"

enum { UPLOAD_LIFE = 3600 }; /* seconds that a file waits to be used */

/*
 * A finished upload of the acting user whose time is not over: name, type, size and sha256.
 * ERR_not_found naming `field`.
 */
bool upload_find(struct op *op, int64_t id, const char *field, struct rec_scan *ret);

/*
 * Takes a finished upload of the acting user: fills name, type, size and sha256 of *scan and
 * removes the row. ERR_not_found naming "uploads": not theirs, never finished, used already or
 * too old.
 */
bool upload_take(struct op *op, int64_t id, struct rec_scan *scan);

/*
 * Enters a finished upload of the acting user; the file lies in the scan store already. Removes
 * rows whose time is over. ERR_too_large when the user has LIMIT_OPEN_UPLOADS waiting.
 */
bool upload_enter(struct op *op, int64_t id, const struct rec_scan *scan);

/*
 * Has the acting user this finished upload, of this hash? So that scan_end can be repeated when
 * its answer was lost. ERR_not_found naming "upload" when not.
 */
bool upload_known(struct op *op, int64_t id, const char *sha256);

#endif
