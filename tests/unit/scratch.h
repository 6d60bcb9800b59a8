/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A directory of one test's own, and the database in it. Whatever fails here fails the test. */
#ifndef SKRYTKA_TESTS_SCRATCH_H
#define SKRYTKA_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"

/* Makes a new directory below TMPDIR. Freed and removed, with all in it, by scratch_remove(). */
char *scratch_make(void);
void scratch_remove(char *directory);

/* "<directory>/<name>"; the caller frees it. */
char *scratch_path(const char *directory, const char *name);

/* Whole files. */
char *scratch_read(const char *path, size_t *ret_size);
void scratch_write(const char *path, const void *bytes, size_t size);

/* db_open() that must succeed. */
struct db *scratch_open(const char *directory);

/* All that a database file holds (definitions, versions, rows) as text, for comparing two. */
char *scratch_dump(const char *path);

/* Runs SQL on a file through a connection of its own. */
void scratch_sql(const char *path, const char *sql);

/* First column of the first row. */
long long scratch_int(const char *path, const char *sql);

#endif
