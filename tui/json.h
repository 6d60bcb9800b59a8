/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Records as JSON, for scripts: by the tables of the schema, so that no method needs code of its
 * own. Bytes are base64, nothing else is translated. Any thread.
 */
#ifndef SKRYTKA_TUI_JSON_H
#define SKRYTKA_TUI_JSON_H

#include <stdbool.h>

#include "protocol/err.h"
#include "protocol/record.h"

struct arena;

/*
 * Reads the params of a method from a JSON object. Stricter than the daemon, to catch what is
 * mistyped: a field that the schema does not have is an error. A change may have "key" besides;
 * *ret_key is NULL without. Memory comes from the arena. False: *err names the field.
 */
bool json_read_params(enum method method, const char *json, struct arena *arena, void *ret_params,
                      const char **ret_key, struct err *err);

/*
 * One line of JSON without its end. Characters that a terminal would not show, or obey, are
 * escaped. What is missing is null.
 */
const char *json_from_record(const struct record *record, const void *value, struct arena *arena);
const char *json_from_err(const struct err *err, struct arena *arena);

#endif
