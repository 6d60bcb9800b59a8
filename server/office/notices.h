/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who is told of what: makes the outbox rows of an act, one message per recipient, in the
 * transaction of the act. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_NOTICES_H
#define SKRYTKA_OFFICE_NOTICES_H

#include "server/office/op.h"
#include "server/office/scans.h"

/* To the client: a letter came; with its scans when it has some, else with the button if it may. */
bool notice_mail_registered(struct op *op, int64_t event, const struct rec_mail_item *item,
                            const struct scan_addition *addition);

/* To the client: the scans that were added by `event`, with information and cost. */
bool notice_scan_ready(struct op *op, int64_t event, const struct rec_mail_item *item,
                       const struct scan_addition *addition);

/* To the office by mail and SMS as its settings say, and to the client: item->request was made. */
bool notice_request_made(struct op *op, int64_t event, const struct rec_mail_item *item);

/* To the client: the item's request was cancelled. */
bool notice_request_cancelled(struct op *op, int64_t event, const struct rec_mail_item *item);

#endif
