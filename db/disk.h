/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Files that must survive a power cut: made for the daemon's user alone, and on disk with their
 * names before anybody hears of them. Blocking; any thread but the loop's. False: errno says why.
 */
#ifndef SKRYTKA_DB_DISK_H
#define SKRYTKA_DB_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A folder that is there already is fine. Its own name is synced by disk_sync_folder(parent). */
bool disk_make_folder(const char *path);

/* Makes the names in a folder durable (fsync(2), Notes). */
bool disk_sync_folder(const char *path);

/* All of it, at an offset. */
bool disk_write(int file, const void *bytes, size_t length, off_t offset);

/* Copies a file to a new one and syncs its content. */
bool disk_copy(const char *from, const char *to);

#endif
