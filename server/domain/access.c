/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/access.h"

bool access_allows(bool signed_in, enum role role, enum method method, struct err *err)
{
    if (methods[method].role == ROLE_ANYONE) {
        return true;
    }
    if (!signed_in) {
        return err_set(err, ERR_unauthenticated, "", "hello must come first");
    }
    if (methods[method].role == ROLE_ADMINISTRATOR && role != role_administrator) {
        return err_set(err, ERR_forbidden, "", "only administrators may call %s",
                       methods[method].name);
    }
    return true;
}

bool access_client_save(enum role role, const struct rec_client_save *in, struct err *err)
{
    if (in->has_allow_scan_requests && role != role_administrator) {
        return err_set(err, ERR_forbidden, "allow_scan_requests",
                       "only administrators may change a client's permission");
    }
    return true;
}
