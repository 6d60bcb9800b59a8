/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands above a form that adds something to a letter. */
#ifndef SKRYTKA_TUI_LETTER_LEAD_H
#define SKRYTKA_TUI_LETTER_LEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/record.h"

/* The letter's request for a scan that nobody has dealt with, or NULL. */
const struct rec_scan_request *letter_open_request(const struct rec_mail_item *item);

/*
 * Lines, translated: whose letter it is and from whom (`named`), the open request with its cost,
 * the costs there are. What does not fit into `size` is cut; "" when there is nothing to say.
 */
void letter_lead(char *out, size_t size, const struct rec_mail_item *item, bool named);

#endif
