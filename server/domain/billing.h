/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What costs and when: whole grosze, sums checked. Pure; any thread. */
#ifndef SKRYTKA_DOMAIN_BILLING_H
#define SKRYTKA_DOMAIN_BILLING_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/record.h"

/*
 * The cost of adding scans: what the clerk gave; else the package's default when it closes a
 * request; else nothing.
 */
int64_t billing_scan_cost(bool given, int64_t cost, bool closes_request, int64_t package_default);

/*
 * The day a charge counts on: the day an outgoing item was sent (`sent_on`, NULL: not sent or
 * incoming), else the day it was entered.
 */
const char *billing_day(const char *sent_on, const char *entered_on);

/* Sum of charges (struct rec_charge). False when it would not fit; *ret_sum is untouched then. */
bool billing_sum(const struct rec_charge *charges, size_t count, int64_t *ret_sum);

#endif
