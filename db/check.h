/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Looks through a database file, also while a daemon uses it: SQLite's own checks, and the scans
 * that it names. Changes nothing. Blocking; any thread.
 */
#ifndef SKRYTKA_DB_CHECK_H
#define SKRYTKA_DB_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_check {
    /* Something is wrong; `text` is English and gone after the return. */
    void (*fault)(void *owner, const char *text);
    /* A row needs this file of the scan store. May come more than once for one file. */
    void (*file)(void *owner, const char *sha256, int64_t size);
    void *owner;
};

/* False: the file cannot be read as a database; `ret_why` says why. */
bool db_check(const char *file, const struct db_check *check, char *ret_why, size_t why_size);

#endif
