/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a client does with its own post on the pages, signed in or by the link of an e-mail. Each
 * function gets the client whose right was proved, acts as it, and finds nothing (ERR_not_found) of
 * any other client. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_PANEL_H
#define SKRYTKA_OFFICE_PANEL_H

#include "server/office/op.h"

/* Incoming post, newest first; of `in` only text, after and limit count. */
bool panel_mail(struct op *op, const struct rec_client *client, const struct rec_mail_list *in,
                struct rec_mail_list_result *ret);

/* One incoming letter of the client. */
bool panel_letter(struct op *op, const struct rec_client *client, int64_t item_id,
                  struct rec_mail_item *ret);

/* Asks for a scan; ERR_refused with the rule's refusal. */
bool panel_request(struct op *op, const struct rec_client *client, int64_t item_id);

/* May the client still take its request back? Nobody at the office has opened it. */
bool panel_may_withdraw(const struct rec_mail_item *item);

/* Takes back the open request of an item; refused with not_new or taken. */
bool panel_withdraw(struct op *op, const struct rec_client *client, int64_t item_id);

/* A scan to download: its row, and its file, opened for reading, which is the caller's to close. */
bool panel_scan_open(struct op *op, const struct rec_client *client, int64_t scan_id,
                     struct rec_scan *ret, int *ret_file);

/* The client's charges of some days. */
bool panel_summary(struct op *op, const struct rec_client *client, const char *from, const char *to,
                   struct rec_settlement_client *ret);

#endif
