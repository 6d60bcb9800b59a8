/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The words of the protocol as clients read them. The table of each enumeration expands from the
 * schema, so a new word without its text here does not compile.
 */
#include "server/office/words.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/money.h"

#define TEXT_mail_kind_letter     N_("letter")
#define TEXT_mail_kind_registered N_("registered letter")
#define TEXT_mail_kind_awizo      N_("delivery notice (awizo)")
#define TEXT_mail_kind_courier    N_("courier delivery")
#define TEXT_mail_kind_parcel     N_("parcel")
#define TEXT_mail_kind_other      N_("other post")

#define TEXT_mail_status_awaiting_collection N_("To be collected")
#define TEXT_mail_status_collected           N_("Collected")
#define TEXT_mail_status_forwarded           N_("Forwarded")
#define TEXT_mail_status_destroyed           N_("Destroyed")
#define TEXT_mail_status_to_send             N_("To be sent")
#define TEXT_mail_status_sent                N_("Sent")

#define TEXT_request_status_new       N_("New")
#define TEXT_request_status_fulfilled N_("Fulfilled")
#define TEXT_request_status_cancelled N_("Cancelled")

static const char *const months[] = {
    N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
    N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December"),
};

/* Only the first nine and "taken" are met by clients; the others are said to staff. */
#define NOT_POSSIBLE            N_("This is not possible now. Please contact the office.")
#define TEXT_refusal_office_off N_("The office does not take requests for scans at present.")
#define TEXT_refusal_client_ended                                                                  \
    N_("Your contract has ended, so no scans can be asked for. Please contact the office.")
#define TEXT_refusal_client_denied                                                                 \
    N_("Your contract does not include scans on request. Please contact the office.")
#define TEXT_refusal_package_denied                                                                \
    N_("Your package does not include scans on request. Please contact the office.")
#define TEXT_refusal_not_incoming N_("Scans can be asked for incoming post only.")
#define TEXT_refusal_not_waiting                                                                   \
    N_("This post is no longer at the office, so it cannot be scanned.")
#define TEXT_refusal_has_scan           N_("This post has been scanned already.")
#define TEXT_refusal_already_open       N_("A scan of this post has been asked for already.")
#define TEXT_refusal_not_new            N_("The office has dealt with this request already.")
#define TEXT_refusal_open_request       NOT_POSSIBLE
#define TEXT_refusal_not_outgoing       NOT_POSSIBLE
#define TEXT_refusal_invoiced           NOT_POSSIBLE
#define TEXT_refusal_too_late           NOT_POSSIBLE
#define TEXT_refusal_not_reversible     NOT_POSSIBLE
#define TEXT_refusal_taken              N_("The office is already working on this request.")
#define TEXT_refusal_not_sendable       NOT_POSSIBLE
#define TEXT_refusal_last_administrator NOT_POSSIBLE

#define TEXT(E, word) [E##_##word] = TEXT_##E##_##word,
static const char *const mail_kinds[] = { ENUM_mail_kind(TEXT, mail_kind) };
static const char *const mail_statuses[] = { ENUM_mail_status(TEXT, mail_status) };
static const char *const request_statuses[] = { ENUM_request_status(TEXT, request_status) };
static const char *const refusals[] = { ENUM_refusal(TEXT, refusal) };
#undef TEXT

enum lang word_lang(enum language language)
{
    ENSURE(language < language_MAX);
    return i18n_lang(words_language.at[language]);
}

const char *word_mail_kind(enum mail_kind kind, enum lang lang)
{
    ENSURE(kind < mail_kind_MAX);
    return tr(lang, mail_kinds[kind]);
}

const char *word_mail_status(enum mail_status status, enum lang lang)
{
    ENSURE(status < mail_status_MAX);
    return tr(lang, mail_statuses[status]);
}

const char *word_request_status(enum request_status status, enum lang lang)
{
    ENSURE(status < request_status_MAX);
    return tr(lang, request_statuses[status]);
}

const char *word_cancel_reason(const struct rec_scan_request *request, enum lang lang)
{
    if (!request->has_cancelled_by || request->cancelled_by == cancelled_by_staff) {
        return request->reason;
    }
    return request->cancelled_by == cancelled_by_client
               ? tr(lang, N_("Taken back by the client"))
               : tr(lang, N_("The letter was handed over"));
}

const char *word_refusal(enum refusal refusal, enum lang lang)
{
    ENSURE(refusal < refusal_MAX);
    return tr(lang, refusals[refusal]);
}

const char *word_scan_note(const struct rec_settings *settings, enum lang lang)
{
    static const char ours[] = N_("Scanning of post may involve extra costs");
    if (lang == LANG_PL) {
        return settings->scan_request_note;
    }
    if (*settings->scan_request_note_en) {
        return settings->scan_request_note_en;
    }
    bool untouched = strcmp(settings->scan_request_note, tr(LANG_PL, ours)) == 0;
    return untouched ? tr(lang, ours) : settings->scan_request_note;
}

const char *word_price(struct arena *arena, int64_t grosze, enum lang lang)
{
    if (grosze == 0) {
        return tr(lang, N_("no extra cost"));
    }
    return money_text_currency(grosze, lang == LANG_PL, arena_alloc(arena, MONEY_TEXT));
}

const char *word_day(struct arena *arena, const char *day)
{
    return clock_day_show(day, arena_alloc(arena, CLOCK_DAY));
}

const char *word_time(struct arena *arena, int64_t at)
{
    return clock_show(at, arena_alloc(arena, 17));
}

const char *word_month(struct arena *arena, const char *day, enum lang lang)
{
    ENSURE(clock_day_valid(day)); /* YYYY-MM-DD */
    long month = strtol(day + 5, NULL, 10);
    return arena_format(arena, "%s %.4s", tr(lang, months[month - 1]), day);
}
