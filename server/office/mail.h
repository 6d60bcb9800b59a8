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

/*
 * A page of items; `columns` is where a text is looked for. A client must not find by trying words
 * what the office has noted: of an item it searches only what its pages show.
 */
#define MAIL_SEARCH_ALL    "{public internal} :"
#define MAIL_SEARCH_PUBLIC "{public} :"
bool mail_list(struct op *op, const struct rec_mail_list *in, const char *columns,
               struct rec_mail_list_result *out);

/* Writes what may be changed of an item. */
bool mail_store(struct op *op, const struct rec_mail_item *item);

/* The item changed through one of its parts: its version grows. */
bool mail_touch(struct op *op, int64_t id);

#endif
