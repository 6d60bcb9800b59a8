/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/notices.h"

#include "protocol/base/arena.h"
#include "server/domain/scan_rules.h"
#include "server/office/clients.h"
#include "server/office/links.h"
#include "server/office/mail.h"
#include "server/office/messages.h"
#include "server/office/outbox.h"
#include "server/office/words.h"

/*
 * The message to every address of the client, one mail each. A token goes on record with the first;
 * the others are found by their common event.
 */
static bool tell_client(struct op *op, int64_t event, const struct rec_mail_item *item,
                        const struct rec_client *client, const struct message *message,
                        bool attach_scans, const char *token)
{
    for (size_t i = 0; i < client->emails.count; i++) {
        struct outbox_entry entry = {
            .channel = medium_mail,
            .recipient = ((const char **)client->emails.at)[i],
            .lang = message->lang,
            .subject = message->subject,
            .text = message->text,
            .html = message->html,
            .event = event,
            .item = item,
            .hold_seconds = op->env->hold_seconds,
            .attach_scans = attach_scans,
        };
        int64_t id;
        if (!outbox_add(op, &entry, &id) ||
            (token != NULL && i == 0 && !link_sent_with(op, token, id))) {
            return false;
        }
    }
    return true;
}

/* A link to ask for the scan, where the rule says that the client may; else NULL. */
static bool link_if_allowed(struct op *op, const struct rec_mail_item *item, char *token,
                            const char **ret_link)
{
    struct scan_facts facts;
    enum refusal why;
    if (!mail_scan_facts(op, item, &facts)) {
        return false;
    }
    *ret_link = scan_may_request(&facts, &why)
                    ? office_link_make(op, item->id, item->client_id, token)
                    : NULL;
    return true;
}

/* Scans above the size a mail may have stay on the page. */
static bool fit_in_mail(const struct op *op, const struct rec_mail_item *item)
{
    const struct rec_scan *scans = item->scans.at;
    int64_t bytes = 0;
    for (size_t i = 0; i < item->scans.count; i++) {
        bytes += scans[i].size;
    }
    return bytes <= op->env->attachment_bytes;
}

/* Where the client finds the letter, once signed in. */
static const char *letter_page(const struct op *op, const struct rec_mail_item *item)
{
    return arena_format(op->arena, "%s/mail?q=%lld", op->env->base_url, (long long)item->id);
}

static bool tell_of_scans(struct op *op, int64_t event, const struct rec_mail_item *item,
                          const struct scan_addition *addition, bool new_letter)
{
    struct rec_client client;
    struct message message;
    if (!client_load(op, item->client_id, "client_id", &client)) {
        return false;
    }
    bool attach = fit_in_mail(op, item);
    struct message_scan scan = {
        .information = addition->information,
        .cost = addition->cost,
        .link = attach ? NULL : letter_page(op, item),
        .asked = addition->asked,
    };
    if (new_letter) {
        message_letter_scanned(op, item, &client, &scan, &message);
    } else {
        message_scan_ready(op, item, &client, &scan, &message);
    }
    return tell_client(op, event, item, &client, &message, attach, NULL);
}

bool notice_mail_registered(struct op *op, int64_t event, const struct rec_mail_item *item,
                            const struct scan_addition *addition)
{
    struct rec_client client;
    struct message message;
    char token[SECRET_TEXT];
    const char *link;
    if (item->scans.count > 0) {
        return tell_of_scans(op, event, item, addition, true);
    }
    if (!client_load(op, item->client_id, "client_id", &client) ||
        !link_if_allowed(op, item, token, &link)) {
        return false;
    }
    message_letter_registered(op, item, &client, link, &message);
    return tell_client(op, event, item, &client, &message, false, link != NULL ? token : NULL);
}

bool notice_scan_ready(struct op *op, int64_t event, const struct rec_mail_item *item,
                       const struct scan_addition *addition)
{
    return tell_of_scans(op, event, item, addition, false);
}

/* One way to tell the office: its channel, its words, how long news are gathered. */
struct office_way {
    enum medium channel;
    void (*word)(const struct op *op, const struct rec_mail_item *item,
                 const struct rec_client *client, int64_t count, struct message *ret);
    int64_t gather_seconds;
};

/*
 * To one address or number. While a message to it waits, the news joins it: a burst of requests is
 * one message and not a flood.
 */
static bool tell_one(struct op *op, int64_t event, const struct rec_mail_item *item,
                     const struct rec_client *client, const struct office_way *way,
                     const char *recipient)
{
    struct message message;
    struct outbox_gathering waiting;
    if (way->gather_seconds > 0 && outbox_gathering(op, way->channel, recipient, &waiting)) {
        way->word(op, item, client, waiting.count + 1, &message);
        const char *text = message.text;
        if (way->channel == medium_mail) {
            text = arena_format(op->arena, "%s\n\n%s", waiting.text, message.text);
        }
        return outbox_gather(op, way->channel, waiting.id, message.subject, text);
    }
    way->word(op, item, client, 1, &message);
    struct outbox_entry entry = {
        .channel = way->channel,
        .recipient = recipient,
        .lang = message.lang,
        .subject = message.subject,
        .text = message.text,
        .event = event,
        .item = item,
        .gather_seconds = way->gather_seconds,
        .gathers = true,
    };
    return outbox_add(op, &entry, NULL);
}

static bool tell_office(struct op *op, int64_t event, const struct rec_mail_item *item,
                        const struct rec_client *client, const struct office_way *way,
                        const struct list *recipients)
{
    for (size_t i = 0; i < recipients->count; i++) {
        if (!tell_one(op, event, item, client, way, ((const char **)recipients->at)[i])) {
            return false;
        }
    }
    return true;
}

bool notice_request_made(struct op *op, int64_t event, const struct rec_mail_item *item)
{
    struct rec_client client;
    struct message message;
    struct office_way mail = { medium_mail, message_office_request,
                               60 * op->settings.email_gather_minutes };
    struct office_way sms = { medium_sms, message_office_sms,
                              60 * op->settings.sms_gather_minutes };
    if (!client_load(op, item->client_id, "client_id", &client) ||
        (op->settings.notify_email &&
         !tell_office(op, event, item, &client, &mail, &op->settings.office_emails)) ||
        (op->settings.notify_sms && op->env->sms_on &&
         !tell_office(op, event, item, &client, &sms, &op->settings.office_phones))) {
        return false;
    }
    message_request_received(op, item, &client, &message);
    return tell_client(op, event, item, &client, &message, false, NULL);
}

bool notice_request_cancelled(struct op *op, int64_t event, const struct rec_mail_item *item)
{
    struct rec_client client;
    struct message message;
    char token[SECRET_TEXT];
    const char *link;
    if (!client_load(op, item->client_id, "client_id", &client) ||
        !link_if_allowed(op, item, token, &link)) {
        return false;
    }
    const char *reason = word_cancel_reason(item->request, word_lang(client.language));
    message_request_cancelled(op, item, &client, reason, link, &message);
    return tell_client(op, event, item, &client, &message, false, link != NULL ? token : NULL);
}
