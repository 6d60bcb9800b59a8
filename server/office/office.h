/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The use cases. For every method of the schema that is READ or WRITE there is a function
 *
 *     bool office_<method>(struct op *op, const struct rec_<params> *in, struct rec_<result> *out)
 *
 * declared here from the schema itself; a method without its function does not link.
 */
#ifndef SKRYTKA_OFFICE_OFFICE_H
#define SKRYTKA_OFFICE_OFFICE_H

#include "server/office/op.h"

#define OFFICE_HERE(name, params, result)
#define OFFICE_READ(name, params, result)                                                          \
    bool office_##name(struct op *op, const struct rec_##params *in, struct rec_##result *out);
#define OFFICE_WRITE                            OFFICE_READ
#define M(name, params, result, role, how, doc) OFFICE_##how(name, params, result)
METHODS(M)
#undef M

#endif
