/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a form sends: application/x-www-form-urlencoded (WHATWG URL, 5). Pure; any thread.
 */
#ifndef SKRYTKA_WEB_FORM_H
#define SKRYTKA_WEB_FORM_H

#include <stddef.h>

struct arena;

/*
 * What percent-encoded text stands for, with a NUL behind it: "+" is a space, a "%" without two hex
 * digits itself. *ret_length (may be NULL) counts any NUL in it too.
 */
const char *form_decode(struct arena *arena, const char *text, size_t length, size_t *ret_length);

/* Text so that it may stand in a query or a header: all but letters, digits and "-._" as "%XX". */
const char *form_encode(struct arena *arena, const char *text);

/*
 * The decoded value of a field, without blanks at its ends, in the arena; of two with one name the
 * first. NULL when the field is not there, or is no text of one line (UTF-8, no control character,
 * at most LIMIT_LINE_BYTES).
 */
const char *form_value(struct arena *arena, const char *body, size_t length, const char *name);

#endif
