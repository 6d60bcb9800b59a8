/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the office's own texts look like in a mail, about a letter that does not exist: on the
 * screen while they are typed, and as a test mail.
 */
#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/domain/identifiers.h"
#include "server/office/messages.h"
#include "server/office/office.h"
#include "server/office/outbox.h"
#include "server/office/settings.h"

/* The language's text of a pair of settings. */
static const char **of_language(enum language language, const char **pl, const char **en)
{
    return language == language_pl ? pl : en;
}

/* Lays a text that is being typed over the settings of this transaction's copy. */
static bool try_text(struct op *op, const char *field, const char *typed, const char **setting)
{
    if (typed != NULL) {
        *setting = typed;
    }
    return placeholders_known(op, field, *setting);
}

static void word_example(struct op *op, enum language language, struct message *ret)
{
    char today[CLOCK_DAY];
    struct rec_client client = {
        .name = "Alfa Sp. z o.o.",
        .code = "017",
        .language = language,
        .default_scan_cost = 500,
    };
    struct rec_mail_item item = {
        .id = 1234,
        .counterparty = "Urząd Skarbowy Łódź-Górna",
        .kind = mail_kind_registered,
        .date = clock_day(op->now, today),
        .reference = "RR123456789PL",
        .client_name = client.name,
        .client_code = client.code,
    };
    const char *link = arena_format(op->arena, "%s/", op->env->base_url);
    message_letter_registered(op, &item, &client, link, ret);
}

bool office_message_preview(struct op *op, const struct rec_message_preview *in,
                            struct rec_message_preview_result *out)
{
    struct rec_settings *settings = &op->settings;
    struct message message;
    const char **subject =
        of_language(in->language, &settings->mail_subject_pl, &settings->mail_subject_en);
    const char **greeting =
        of_language(in->language, &settings->mail_greeting_pl, &settings->mail_greeting_en);
    const char **footer =
        of_language(in->language, &settings->mail_footer_pl, &settings->mail_footer_en);
    if (!try_text(op, "subject", in->subject, subject) ||
        !try_text(op, "greeting", in->greeting, greeting) ||
        !try_text(op, "footer", in->footer, footer)) {
        return false;
    }
    if (in->scan_request_note != NULL) {
        *of_language(in->language, &settings->scan_request_note, &settings->scan_request_note_en) =
            in->scan_request_note;
    }
    word_example(op, in->language, &message);
    out->subject = message.subject;
    out->text = message.text;
    return true;
}

bool office_message_test(struct op *op, const struct rec_message_test *in,
                         struct rec_outbox_message *out)
{
    struct message message;
    const char *wrong = email_wrong(in->recipient);
    if (wrong != NULL) {
        return op_bad(op, "recipient", wrong);
    }
    word_example(op, in->language, &message);
    struct outbox_entry entry = {
        .channel = medium_mail,
        .recipient = in->recipient,
        .lang = message.lang,
        .subject = message.subject,
        .text = message.text,
        .html = message.html,
    };
    int64_t id;
    return outbox_add(op, &entry, &id) && outbox_load(op, id, out);
}
