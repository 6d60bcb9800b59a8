/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Writing events: the audit trail and the live feed are one table, and the row is written in the
 * transaction of what it tells about. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_JOURNAL_H
#define SKRYTKA_OFFICE_JOURNAL_H

#include "server/office/op.h"

/* What an event is about; what is not known stays 0 or NULL. */
struct event_about {
    const struct rec_mail_item *item;
    const struct rec_client *client; /* when there is no item */
    int64_t request_id;
    const char *detail; /* in the words of the protocol */
};

/* Writes the event and keeps it in op->events for the announcement. Its id; 0 on failure. */
int64_t journal_add(struct op *op, enum event_kind kind, struct event_about about);

#endif
