/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text files that a program carries inside itself, so that it runs from anywhere. The build makes
 * the arrays from folders of the tree (tools/embed); each ends with a row whose name is NULL and is
 * ordered by name. Read-only: any thread.
 */
#ifndef SKRYTKA_BASE_EMBEDDED_H
#define SKRYTKA_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* without its folder: "letter.html" */
    const char *text; /* UTF-8, a NUL after the last byte */
    size_t length;    /* bytes without that NUL */
};

/* server/templates, in libserver.a. */
extern const struct embedded_file embedded_templates[];

/* db/migrations, in libdb.a. */
extern const struct embedded_file embedded_migrations[];

#endif
