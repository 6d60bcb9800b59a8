/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Is a data directory (or a backup, which looks the same) whole? Used by backup, restore, verify.
 */
#ifndef SKRYTKA_COMMANDS_DATA_CHECK_H
#define SKRYTKA_COMMANDS_DATA_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/base/i18n.h"

struct data_check {
    size_t scans;    /* files that rows name */
    size_t unused;   /* files that no row names: harmless */
    size_t missing;  /* files that rows name and that are not there; faults as well */
    unsigned faults; /* each told on standard error */
};

/*
 * SQLite's own checks; every scan that a row names is there with its size and, when `read_all`,
 * with its hash. Changes nothing; a daemon may run. True when there is no fault.
 */
bool data_check_run(const char *directory, bool read_all, enum lang lang, struct data_check *ret);

#endif
