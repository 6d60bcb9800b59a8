/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/billing.h"

#include "protocol/base/money.h"

int64_t billing_scan_cost(bool given, int64_t cost, bool closes_request, int64_t package_default)
{
    if (given) {
        return cost;
    }
    return closes_request ? package_default : 0;
}

const char *billing_day(const char *sent_on, const char *entered_on)
{
    return sent_on != NULL ? sent_on : entered_on;
}

bool billing_sum(const struct rec_charge *charges, size_t count, int64_t *ret_sum)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!money_add(&sum, charges[i].amount)) {
            return false;
        }
    }
    *ret_sum = sum;
    return true;
}
