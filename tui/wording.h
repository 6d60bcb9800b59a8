/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The protocol's words in the words of the office, translated. */
#ifndef SKRYTKA_TUI_WORDING_H
#define SKRYTKA_TUI_WORDING_H

#include "protocol/err.h"
#include "protocol/record.h"
#include "tui/ui/form.h"
#include "tui/ui/theme.h"

/* "Do odbioru", "polecony", "Anulowana" ... for a value of that enumeration. */
const char *wording_direction(enum direction value);
const char *wording_mail_kind(enum mail_kind value);
const char *wording_mail_status(enum mail_status value);
const char *wording_request_status(enum request_status value);
const char *wording_request_source(enum request_source value);
const char *wording_permission(enum permission value);
const char *wording_language(enum language value);
const char *wording_role(enum role value);
const char *wording_medium(enum medium value);
const char *wording_outbox_state(enum outbox_state value);
const char *wording_event_kind(enum event_kind value);

/* What happened, with what its detail tells: the new status, who collected, the cost. Valid until
 * the next call. */
const char *wording_event(const struct rec_event *event);

/* The style that goes with a state; the word always stands beside it. */
enum style wording_mail_style(enum mail_status value);
enum style wording_request_style(enum request_status value);
enum style wording_outbox_style(enum outbox_state value);

/* Why something was refused, for a person: never empty, valid until the next call. */
const char *wording_error(const struct err *err);

/* The same beside the field that it is about, so without its name. */
const char *wording_refused_field(const struct err *err);

/*
 * What came of sending a message: our own server's words about a file translated, another server's
 * as they are. Valid until the next call.
 */
const char *wording_answer(const char *answer);

/* The words of an enumeration as choices of a form; their labels are English. */
extern const struct input_choice choices_mail_kind[];
extern const struct input_choice choices_permission[];
extern const struct input_choice choices_role[];
extern const struct input_choice choices_language[];
extern const struct input_choice choices_incoming_status[];
extern const struct input_choice choices_outgoing_status[];

#endif
