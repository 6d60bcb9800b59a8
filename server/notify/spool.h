/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files that appear whole or not at all, and are on the disk when the caller is told so: written
 * under a temporary name, synced, renamed, and the folder synced. Blocking: for worker threads.
 */
#ifndef SKRYTKA_NOTIFY_SPOOL_H
#define SKRYTKA_NOTIFY_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Makes the folder and those above it, readable by the daemon alone. False: errno says why. */
bool spool_folder(const char *path);

/*
 * Writes a file at `path` by way of `temporary`, both on one file system; a file that stands there
 * already is replaced. `fill` writes to the descriptor and answers false (with errno) to give up;
 * then, and on every other failure, no file stays behind. False: errno says why.
 */
bool spool_file(const char *temporary, const char *path, bool (*fill)(void *owner, int file),
                void *owner);

/* write() until all is written. False: errno says why. */
bool spool_put(int file, const char *bytes, size_t length);

/*
 * A file name for a message, the same at every try, so that a repeat after a crash replaces what
 * the first try wrote: when it was made, and its identifier without characters that names give a
 * meaning.
 */
char *spool_name(struct arena *arena, long long created_at, const char *identifier);

#endif
