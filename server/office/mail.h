/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mail items as the use cases share them. Database thread, inside a job. */
#ifndef SKRYTKA_OFFICE_MAIL_H
#define SKRYTKA_OFFICE_MAIL_H

#include "server/domain/scan_rules.h"
#include "server/office/op.h"

/* One item with its scans, charges, newest request and allowed actions. Error names `field`. */
bool mail_load(struct op *op, int64_t id, const char *field, struct rec_mail_item *ret);

/* Fills in scans, charges, request and actions of items read by db_all(). */
bool mail_complete(struct op *op, struct list *items);

/* All that decides what may be asked of an item. */
bool mail_scan_facts(struct op *op, const struct rec_mail_item *item, struct scan_facts *ret);

/* Writes what may be changed of an item. */
bool mail_store(struct op *op, const struct rec_mail_item *item);

/* The item changed through one of its parts: its version grows. */
bool mail_touch(struct op *op, int64_t id);

#endif
