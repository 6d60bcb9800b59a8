/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An error that a person or another program reads: code, the field at fault, a detail. The codes
 * are those of schema.h; `field` is a name from the schema, `detail` an English explanation or,
 * for ERR_refused, the word of the rule (enum refusal).
 */
#ifndef SKRYTKA_PROTOCOL_ERR_H
#define SKRYTKA_PROTOCOL_ERR_H

#include <stdbool.h>

#include "protocol/schema.h"

/* clang-format off */
enum err_code {
    ERR_NONE = 0,
#define E(name, http, doc) ERR_##name,
    ERROR_CODES(E)
#undef E
        ERR_MAX
};
/* clang-format on */

struct err {
    enum err_code code;
    char field[48];
    char detail[200];
};

/* Fills `err` and answers false, so that a refusal is one line: return err_set(...). */
bool err_set(struct err *err, enum err_code code, const char *field, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));

/* Wire name of a code ("bad_request"); "" for ERR_NONE. ERR_NONE for an unknown name. */
const char *err_name(enum err_code code);
enum err_code err_code_of(const char *name);

/* The HTTP status that says the same. */
unsigned err_http(enum err_code code);

#endif
