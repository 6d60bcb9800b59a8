/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The list of what a backup consists of, with the SHA-256 of each file, in the format of
 * sha256sum(1), so that a backup can be checked without us: `sha256sum -c manifest`. It is written
 * last: a backup without one is not whole.
 */
#ifndef SKRYTKA_COMMANDS_MANIFEST_H
#define SKRYTKA_COMMANDS_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "db/digest.h"
#include "protocol/base/i18n.h"

struct buf;

#define MANIFEST_DATABASE "skrytka.db"
#define MANIFEST_SCANS    "scans"

/* Notes that the backup lacks scans which were missing or damaged when it was made. */
void manifest_lacks(struct buf *manifest, size_t count);

/* Adds one file by its name within the backup. */
void manifest_add(struct buf *manifest, const char *sha256, const char *name);

/* Writes it durably. False: errno. */
bool manifest_save(const struct buf *manifest, const char *folder);

/*
 * Reads the manifest of a backup, checks every file against it and calls `each`, while that answers
 * true. What is wrong is told on standard error, all of it; false then. No name leads out of the
 * folder: there is the database, and there are scans named by their hash. *ret_lacks is the number
 * that manifest_lacks() noted.
 */
bool manifest_check(const char *folder, enum lang lang,
                    bool (*each)(void *owner, const char *name, const char *sha256), void *owner,
                    size_t *ret_lacks);

#endif
