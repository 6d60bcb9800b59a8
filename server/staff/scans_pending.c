/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Goes away whole with the commit that brings the scan store: until then files are refused. */
#include "server/staff/session.h"

static void refuse(struct call *call)
{
    struct err err;
    err_set(&err, ERR_unavailable, "", "the scan store is not open");
    call_fail(call, &err);
}

#define REFUSE(name)                                                                               \
    void staff_##name(struct call *call, const struct rec_##name *in)                              \
    {                                                                                              \
        (void)in;                                                                                  \
        refuse(call);                                                                              \
    }
REFUSE(scan_begin)
REFUSE(scan_data)
REFUSE(scan_end)
REFUSE(scan_read)
