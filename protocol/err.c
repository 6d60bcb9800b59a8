/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    unsigned http;
} codes[ERR_MAX] = { [ERR_NONE] = { "", 200 },
#define E(name, http, doc) [ERR_##name] = { #name, http },
                     ERROR_CODES(E)
#undef E
};
/* clang-format on */

bool err_set(struct err *err, enum err_code code, const char *field, const char *detail, ...)
{
    err->code = code;
    snprintf(err->field, sizeof err->field, "%s", field != NULL ? field : "");
    va_list args;
    va_start(args, detail);
    vsnprintf(err->detail, sizeof err->detail, detail, args);
    va_end(args);
    return false;
}

const char *err_name(enum err_code code)
{
    return codes[code].name;
}

enum err_code err_code_of(const char *name)
{
    for (int code = ERR_NONE + 1; code < ERR_MAX; code++) {
        if (strcmp(codes[code].name, name) == 0) {
            return (enum err_code)code;
        }
    }
    return ERR_NONE;
}

unsigned err_http(enum err_code code)
{
    return codes[code].http;
}
