/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Adding scans to a mail item. Database thread, inside a job. */
#ifndef SKRYTKA_OFFICE_SCANS_H
#define SKRYTKA_OFFICE_SCANS_H

#include "server/office/op.h"

/* What comes with scans: the files, and what the client is told of them. */
struct scan_addition {
    const struct list *uploads; /* ids of finished uploads of the acting user */
    const char *information;    /* NULL: none */
    int64_t cost;               /* grosze; 0: no charge */
    bool asked;                 /* the client's request is answered by it */
};

/* Turns finished uploads into scans of the item; the rows belong to `event`. */
bool scans_add(struct op *op, int64_t event, const struct rec_mail_item *item,
               const struct scan_addition *addition);

#endif
