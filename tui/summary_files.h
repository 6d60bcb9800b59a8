/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The summary as files: for a spreadsheet, and to be printed. */
#ifndef SKRYTKA_TUI_SUMMARY_FILES_H
#define SKRYTKA_TUI_SUMMARY_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/record.h"

/* First and last day, "YYYY-MM-DD". */
struct summary_days {
    const char *from, *to;
};

/* What stands on no invoice yet, grosze: of a client, of all. */
int64_t summary_to_invoice(const struct rec_settlement_client *client);
int64_t summary_all_to_invoice(const struct rec_settlement_summary_result *result);

/* One line per cost (csv.h). False and errno when it could not be written. */
bool summary_write_csv(const char *path, const struct summary_days *days,
                       const struct rec_settlement_summary_result *result);

/* UTF-8 text of at most 78 columns: by client the costs and their sum, at the end the sum of all.
 */
bool summary_write_text(const char *path, const struct summary_days *days,
                        const struct rec_settlement_summary_result *result);

#endif
