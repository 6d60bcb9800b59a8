/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What clients read for the words of the protocol: in e-mails and on pages, in their language.
 * Pure; any thread. Nothing here is ever NULL
 * but where said.
 */
#ifndef SKRYTKA_OFFICE_WORDS_H
#define SKRYTKA_OFFICE_WORDS_H

#include <stdint.h>

#include "protocol/base/i18n.h"
#include "protocol/record.h"

struct arena;

/* The language of a record's field. */
enum lang word_lang(enum language language);

/* "list", "list polecony", "awizo" ... */
const char *word_mail_kind(enum mail_kind kind, enum lang lang);

/* "Do odbioru", "Odebrana" ... */
const char *word_mail_status(enum mail_status status, enum lang lang);

/* "Nowa", "Zrealizowana", "Anulowana" */
const char *word_request_status(enum request_status status, enum lang lang);

/* Why a request was cancelled, in the words of whoever did it or in ours; NULL: not said. */
const char *word_cancel_reason(const struct rec_scan_request *request, enum lang lang);

/* A sentence that tells a client why a letter cannot be asked for. */
const char *word_refusal(enum refusal refusal, enum lang lang);

/*
 * The office's note on scan requests. One that was written in Polish only serves all clients, but
 * the one that a new office begins with is ours to translate.
 */
const char *word_scan_note(const struct rec_settings *settings, enum lang lang);

/* "5,00 zł", and "bez dodatkowych kosztów" for 0. In the arena, or a constant. */
const char *word_price(struct arena *arena, int64_t grosze, enum lang lang);

/* "23.11.2026" for a day; "23.11.2026 10:41" for an instant, in the office's zone. In the arena. */
const char *word_day(struct arena *arena, const char *day);
const char *word_time(struct arena *arena, int64_t at);

/* "listopad 2026" for a day of it. In the arena. */
const char *word_month(struct arena *arena, const char *day, enum lang lang);

#endif
