/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A disk that forgets what was not synced. A VFS over SQLite's own writes down every write,
 * truncation and sync; disk_crash() then builds the files as a power loss at some moment could have
 * left them: what was synced is there, of the rest anything may be missing, whole or torn at a
 * sector. (kill -9 cannot show a missing fsync: the kernel keeps what the program wrote.)
 */
#ifndef SKRYTKA_TESTS_DISK_H
#define SKRYTKA_TESTS_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the VFS SQLite's default. Once per process. */
void disk_install(void);

/* From now on everything below the directory is written down; its files as they are are safe. */
void disk_record(const char *directory);
void disk_stop(void);

/* The caller was told that number `number` is safe. */
void disk_promise(int number);

/* How many things were written down: the moments to crash at are 0 to this. */
size_t disk_moments(void);

/*
 * Writes the files after a crash at a moment into another directory. The greatest number promised
 * before it; 0: none.
 */
int disk_crash(size_t moment, unsigned *seed, const char *to_directory);

#endif
