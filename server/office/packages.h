/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SKRYTKA_OFFICE_PACKAGES_H
#define SKRYTKA_OFFICE_PACKAGES_H

#include "server/office/op.h"

/* One package; ERR_not_found names `field`. */
bool package_load(struct op *op, int64_t id, const char *field, struct rec_package *ret);

#endif
