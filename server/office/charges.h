/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Charges as the use cases share them. Database thread, inside a job. */
#ifndef SKRYTKA_OFFICE_CHARGES_H
#define SKRYTKA_OFFICE_CHARGES_H

#include "server/office/op.h"

/* Enters a charge on an item; `request_id` 0: it comes from none. The row belongs to `event`. */
bool charge_enter(struct op *op, int64_t event, const struct rec_mail_item *item,
                  int64_t request_id, int64_t amount, const char *information);

/* The item was sent on item->sent_on: its charges count on that day, but those invoiced. */
bool charges_move_day(struct op *op, const struct rec_mail_item *item);

/* The item was not sent after all: its charges count on the days they were entered. */
bool charges_move_back(struct op *op, const struct rec_mail_item *item);

/* The item is item->client_id's now, and so are its charges; refused when one is invoiced. */
bool charges_move_client(struct op *op, const struct rec_mail_item *item);

#endif
