/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Scan requests as the use cases share them. Database thread, inside a job. */
#ifndef SKRYTKA_OFFICE_REQUESTS_H
#define SKRYTKA_OFFICE_REQUESTS_H

#include "server/office/op.h"
#include "server/office/scans.h"

/* Fills in the allowed actions. */
void request_complete(struct op *op, struct rec_scan_request *request);

/* One request; ERR_not_found names "id". */
bool request_load(struct op *op, int64_t id, struct rec_scan_request *ret);

/*
 * Makes a request for an item if scan_may_request() says so (else ERR_refused with the first
 * refusal), tells the office and the client, writes the event. *ret_id is the new request.
 */
bool request_make(struct op *op, const struct rec_mail_item *item, enum request_source source,
                  bool possibly_automatic, int64_t *ret_id);

/* Cancels a new request on somebody's side, with an optional reason, and tells the client. */
bool request_cancel(struct op *op, int64_t id, enum cancelled_by by, const char *reason);

/* Was it cancelled by the client itself? */
bool request_taken_back(const struct rec_scan_request *request);

/*
 * The item leaves the shelf: an open request is cancelled on the side of the hand-over, or refuses
 * it with open_request when `cancel` is false. Its rows belong to `event`.
 */
bool request_clear_under(struct op *op, int64_t event, const struct rec_mail_item *item,
                         bool cancel);

/* Closes the item's open request as fulfilled, in the same transaction that adds its scans. */
bool request_fulfil_under(struct op *op, int64_t event, int64_t request_id,
                          const struct scan_addition *addition);

#endif
