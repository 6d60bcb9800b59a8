/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may call what: the role of each method stands in the schema. Pure; any thread. */
#ifndef SKRYTKA_DOMAIN_ACCESS_H
#define SKRYTKA_DOMAIN_ACCESS_H

#include <stdbool.h>

#include "protocol/err.h"
#include "protocol/record.h"

/* May somebody call this method? `signed_in` false: nobody did hello yet. False fills *err. */
bool access_allows(bool signed_in, enum role role, enum method method, struct err *err);

/*
 * A clerk may change a client, but not whether it may ask for scans. False fills *err with the
 * field.
 */
bool access_client_save(enum role role, const struct rec_client_save *in, struct err *err);

#endif
