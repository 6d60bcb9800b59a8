/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/wording.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/money.h"
#include "tui/cells.h"
#include "tui/ui/words.h"

/* One table and one function per enumeration: WORDING(name, { [name_word] = N_("..."), ... }). */
#define WORDING(name, ...)                                                                         \
    static const char *const name##_labels[name##_MAX] = __VA_ARGS__;                              \
    const char *wording_##name(enum name value)                                                    \
    {                                                                                              \
        return _(name##_labels[value]);                                                            \
    }

WORDING(direction, { [direction_incoming] = N_("incoming"), [direction_outgoing] = N_("outgoing") })

WORDING(mail_kind, {
                       [mail_kind_letter] = N_("letter"),
                       [mail_kind_registered] = N_("registered"),
                       [mail_kind_awizo] = N_("awizo"),
                       [mail_kind_courier] = N_("courier"),
                       [mail_kind_parcel] = N_("parcel"),
                       [mail_kind_other] = N_("other"),
                   })

WORDING(mail_status, {
                         [mail_status_awaiting_collection] = N_("Awaiting collection"),
                         [mail_status_collected] = N_("Collected"),
                         [mail_status_forwarded] = N_("Forwarded"),
                         [mail_status_destroyed] = N_("Destroyed"),
                         [mail_status_to_send] = N_("To send"),
                         [mail_status_sent] = N_("Sent"),
                     })

WORDING(request_status, {
                            [request_status_new] = N_("New"),
                            [request_status_fulfilled] = N_("Fulfilled"),
                            [request_status_cancelled] = N_("Cancelled"),
                        })

WORDING(request_source, {
                            [request_source_email] = N_("by e-mail"),
                            [request_source_panel] = N_("in the panel"),
                            [request_source_staff] = N_("by the staff"),
                        })

WORDING(permission, {
                        [permission_inherit] = N_("inherit"),
                        [permission_allow] = N_("allow"),
                        [permission_deny] = N_("deny"),
                    })

WORDING(language, { [language_pl] = N_("Polish"), [language_en] = N_("English") })

WORDING(role, {
                  [role_administrator] = N_("administrator"),
                  [role_clerk] = N_("clerk"),
              })

WORDING(medium, { [medium_mail] = N_("e-mail"), [medium_sms] = N_("SMS") })

WORDING(outbox_state, {
                          [outbox_state_waiting] = N_("Waiting"),
                          [outbox_state_sending] = N_("Sending"),
                          [outbox_state_delivered] = N_("Delivered"),
                          [outbox_state_refused] = N_("Refused"),
                          [outbox_state_expired] = N_("Expired"),
                          [outbox_state_held] = N_("Held"),
                          [outbox_state_dropped] = N_("Dropped"),
                      })

WORDING(event_kind, {
                        [event_kind_mail_registered] = N_("letter registered"),
                        [event_kind_mail_changed] = N_("letter changed"),
                        [event_kind_mail_collected] = N_("letter collected"),
                        [event_kind_scan_attached] = N_("scan added"),
                        [event_kind_scan_request_created] = N_("scan requested"),
                        [event_kind_scan_request_fulfilled] = N_("scan request fulfilled"),
                        [event_kind_scan_request_cancelled] = N_("scan request cancelled"),
                        [event_kind_scan_request_claimed] = N_("scan request taken up"),
                        [event_kind_charge_changed] = N_("cost changed"),
                        [event_kind_charge_invoiced] = N_("cost invoiced"),
                        [event_kind_client_changed] = N_("client changed"),
                        [event_kind_package_changed] = N_("package changed"),
                        [event_kind_settings_changed] = N_("settings changed"),
                        [event_kind_user_changed] = N_("user changed"),
                        [event_kind_outbox_changed] = N_("message changed"),
                        [event_kind_undone] = N_("taken back"),
                    })

/* The detail of a cost's event: "new 5.00", "removed 5.00", or a changed one's "5.00". */
static const char *charge_event(const char *detail, const char **ret_amount)
{
    static const struct {
        const char *before, *words;
    } kinds[] = { { "new ", N_("cost entered") }, { "removed ", N_("cost removed") } };
    *ret_amount = detail;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t length = strlen(kinds[i].before);
        if (strncmp(detail, kinds[i].before, length) == 0) {
            *ret_amount = detail + length;
            return _(kinds[i].words);
        }
    }
    return wording_event_kind(event_kind_charge_changed);
}

const char *wording_event(const struct rec_event *event)
{
    static char line[LIMIT_LINE_BYTES * 2];
    const char *what = wording_event_kind(event->kind);
    const char *detail = event->detail == NULL ? "" : event->detail;
    int64_t amount;
    int status;
    switch (event->kind) {
    case event_kind_mail_changed:
        status = words_find(&words_mail_status, detail, strlen(detail));
        what = status < 0 ? what : _("Status");
        detail = status < 0 ? "" : wording_mail_status((enum mail_status)status);
        break;
    case event_kind_charge_changed:
        what = charge_event(detail, &detail);
        detail = money_parse(detail, true, &amount) ? money_words(amount) : detail;
        break;
    case event_kind_mail_collected:
    case event_kind_charge_invoiced: break;
    default: detail = "";
    }
    snprintf(line, sizeof(line), "%s%s%s", what, detail[0] == '\0' ? "" : ": ", detail);
    return line;
}

static const char *const refusals[refusal_MAX] = {
    [refusal_office_off] = N_("Scan requests are switched off in the office's settings."),
    [refusal_client_ended] = N_("The client's contract has ended."),
    [refusal_client_denied] = N_("This client is not allowed to ask for scans."),
    [refusal_package_denied] = N_("The client's package does not allow scan requests."),
    [refusal_not_incoming] = N_("This is not incoming mail."),
    [refusal_not_waiting] = N_("The letter no longer awaits collection."),
    [refusal_has_scan] = N_("The letter already has a scan."),
    [refusal_already_open] = N_("There already is an open request for this letter."),
    [refusal_not_new] = N_("The request is no longer new."),
    [refusal_open_request] = N_("There is an open scan request for this letter."),
    [refusal_not_outgoing] = N_("This is not outgoing mail."),
    [refusal_invoiced] = N_("This cost already stands on an invoice."),
    [refusal_taken] = N_("Somebody else is dealing with it."),
    [refusal_too_late] = N_("It is too late to take that back."),
    [refusal_not_reversible] = N_("That cannot be taken back."),
    [refusal_not_sendable] = N_("The message is not in a state for that any more."),
    [refusal_last_administrator] = N_("The office needs at least one administrator."),
};

enum style wording_mail_style(enum mail_status value)
{
    switch (value) {
    case mail_status_collected:
    case mail_status_forwarded:
    case mail_status_sent: return STYLE_DONE;
    case mail_status_destroyed: return STYLE_CANCELLED;
    default: return STYLE_NORMAL;
    }
}

enum style wording_request_style(enum request_status value)
{
    return value == request_status_new         ? STYLE_NEW
           : value == request_status_fulfilled ? STYLE_DONE
                                               : STYLE_CANCELLED;
}

enum style wording_outbox_style(enum outbox_state value)
{
    switch (value) {
    case outbox_state_delivered: return STYLE_DONE;
    case outbox_state_refused:
    case outbox_state_expired: return STYLE_ERROR;
    case outbox_state_dropped: return STYLE_CANCELLED;
    default: return STYLE_NORMAL;
    }
}

static const char *with_detail(const char *text, const struct err *err)
{
    static char line[400];
    if (err->field[0] != '\0') {
        snprintf(line, sizeof(line), "%s (%s: %s)", text, err->field, err->detail);
    } else if (err->detail[0] != '\0') {
        snprintf(line, sizeof(line), "%s (%s)", text, err->detail);
    } else {
        snprintf(line, sizeof(line), "%s", text);
    }
    return line;
}

/* A conflict is about the version of a record or about a value that only one may have. */
static const char *conflict(const struct err *err)
{
    if (strcmp(err->field, "code") == 0) {
        return _("another client has this box number");
    }
    if (strcmp(err->field, "login") == 0) {
        return _("another user has this login or system user");
    }
    return strcmp(err->field, "name") == 0 ? _("there is one of this name already")
                                           : _("Somebody changed it meanwhile.");
}

const char *wording_error(const struct err *err)
{
    int refusal;
    switch (err->code) {
    case ERR_refused:
        refusal = words_find(&words_refusal, err->detail, strlen(err->detail));
        return refusal >= 0 ? _(refusals[refusal]) : with_detail(_("A rule forbids it."), err);
    case ERR_bad_request: return with_detail(_("A field is missing or unusable."), err);
    case ERR_unauthenticated: return _("Login or password is wrong.");
    case ERR_forbidden: return _("Your role does not allow it.");
    case ERR_not_found: return _("It is not there any more.");
    case ERR_conflict: return conflict(err);
    case ERR_too_large: return with_detail(_("It is too large."), err);
    case ERR_unavailable: return with_detail(_("The server cannot do it now."), err);
    case ERR_NONE:
    case ERR_MAX: break;
    }
    return _("It did not work.");
}

const char *wording_refused_field(const struct err *err)
{
    return err->code == ERR_bad_request && err->detail[0] != '\0' ? _(err->detail)
                                                                  : wording_error(err);
}

const char *wording_answer(const char *answer)
{
    static const char in_file[] = N_("written to %s"); /* server/notify: maildir, sms_file */
    static char words[LIMIT_LINE_BYTES * 2];
    size_t begins = strlen(in_file) - strlen("%s");
    if (strncmp(answer, in_file, begins) != 0) {
        return answer;
    }
    snprintf(words, sizeof(words), _("written to %s"), answer + begins);
    return words;
}

const struct input_choice choices_mail_kind[] = {
    { "letter", N_("letter") },
    { "registered", N_("registered") },
    { "awizo", N_("awizo") },
    { "courier", N_("courier") },
    { "parcel", N_("parcel") },
    { "other", N_("other") },
    { NULL, NULL },
};
const struct input_choice choices_permission[] = {
    { "inherit", N_("inherit") }, { "allow", N_("allow") }, { "deny", N_("deny") }, { NULL, NULL }
};
const struct input_choice choices_role[] = { { "clerk", N_("clerk") },
                                             { "administrator", N_("administrator") },
                                             { NULL, NULL } };
const struct input_choice choices_language[] = { { "pl", N_("Polish") },
                                                 { "en", N_("English") },
                                                 { NULL, NULL } };
const struct input_choice choices_incoming_status[] = {
    { "awaiting_collection", N_("Awaiting collection") },
    { "collected", N_("Collected") },
    { "forwarded", N_("Forwarded") },
    { "destroyed", N_("Destroyed") },
    { NULL, NULL },
};
const struct input_choice choices_outgoing_status[] = { { "to_send", N_("To send") },
                                                        { "sent", N_("Sent") },
                                                        { NULL, NULL } };
