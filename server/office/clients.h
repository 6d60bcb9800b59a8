/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SKRYTKA_OFFICE_CLIENTS_H
#define SKRYTKA_OFFICE_CLIENTS_H

#include "server/domain/scan_rules.h"
#include "server/office/op.h"

/* One client, complete but for `waiting`; ERR_not_found names `field`. */
bool client_load(struct op *op, int64_t id, const char *field, struct rec_client *ret);

/* The part of the facts that the office, the client and its package decide. */
bool client_scan_facts(struct op *op, const struct rec_client *client, struct scan_facts *ret);

#endif
