/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The folder where the scanner puts its files. */
#ifndef SKRYTKA_TUI_SCANFOLDER_H
#define SKRYTKA_TUI_SCANFOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct scanfile {
    char path[PATH_MAX];
    char name[256];
    struct timespec changed;
    int64_t size;
};

/*
 * Are they one file, not written since? By name, size and time: the folder may be reached by
 * several paths.
 */
bool scanfolder_same(const struct scanfile *one, const struct scanfile *other);

/*
 * The newest files whose name ends like a scan's (.pdf .jpg .jpeg .png .tif .tiff) and contains
 * `text`, case aside, newest first. A `text` with a slash is a path: its folder is read instead,
 * "~/" being the home folder. Answers how many, at most `room`.
 */
size_t scanfolder_list(const char *folder, const char *text, struct scanfile *ret_files,
                       size_t room);

/* One file, whatever its name. False when it is none or cannot be looked at. */
bool scanfolder_look(const char *path, struct scanfile *ret_file);

#endif
