/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What scan_files.c and scan_upload.c share. Private to them. */
#ifndef SKRYTKA_DB_SCAN_INTERNAL_H
#define SKRYTKA_DB_SCAN_INTERNAL_H

#include "db/scan_files.h"

struct scan_files {
    uv_loop_t *loop;
    char *directory;
    struct scan_upload *uploads;
    unsigned working; /* pieces of work on libuv's threads */
    bool closing;
    void (*closed)(void *owner);
    void *closed_owner;
};

/* Work on a thread begins and ends; the last one lets a waiting close go on. */
void scan_files_begin(struct scan_files *files);
void scan_files_end(struct scan_files *files);

/* "<directory>/scans/<name>", malloc'ed. */
char *scan_files_name(const char *directory, const char *name);

/* What to tell the peer of a failed call; the log has the reason. Answers false. */
bool scan_disk_error(struct err *err, const char *what);

#endif
