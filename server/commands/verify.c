/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * `skrytkad verify`: SQLite sees fewer than half of the bits that a disk may flip, so every scan is
 * read and its hash compared, besides the database's own checks.
 */
#include <stdlib.h>

#include "server/commands/commands.h"
#include "server/commands/data_check.h"
#include "server/config.h"

enum { EXIT_USAGE = 2 };

int command_verify(const struct config *config, enum lang lang, int argc, char **argv)
{
    struct data_check check;
    if (argc != 1) {
        fprintf(stderr, tr(lang, N_("usage: skrytkad %s\n")), argv[0]);
        return EXIT_USAGE;
    }
    bool good = data_check_run(config->storage_directory, true, lang, &check);
    printf(tr(lang, N_("Scans: %zu. Files without a row: %zu. Faults: %u.\n")), check.scans,
           check.unused, check.faults);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
