/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Clients are invited to the pages when a clerk says so. The mail carries no secret: whoever has
 * the address asks on the page for a link of their own, so it may be sent again at any time.
 */
#include "protocol/base/arena.h"
#include "server/office/clients.h"
#include "server/office/journal.h"
#include "server/office/messages.h"
#include "server/office/office.h"
#include "server/office/outbox.h"

static bool invite(struct op *op, const struct message *message, const char *email, int64_t event)
{
    struct outbox_entry entry = {
        .channel = medium_mail,
        .recipient = email,
        .lang = message->lang,
        .subject = message->subject,
        .text = message->text,
        .html = message->html,
        .event = event,
    };
    return outbox_add(op, &entry, NULL);
}

bool office_client_invite(struct op *op, const struct rec_by_id *in, struct rec_client *out)
{
    struct rec_client client;
    struct message message;
    if (!client_load(op, in->id, "id", &client)) {
        return false;
    }
    if (!client.active) {
        return op_bad(op, "active", N_("the contract has ended, so nobody can sign in"));
    }
    if (client.emails.count == 0) {
        return op_bad(op, "emails", N_("there is no address to write to"));
    }
    message_invitation(op, &client, arena_format(op->arena, "%s/", op->env->base_url), &message);
    int64_t event = journal_add(op, event_kind_client_changed,
                                (struct event_about){ .client = &client, .detail = "invited" });
    for (size_t i = 0; i < client.emails.count; i++) {
        if (!invite(op, &message, ((const char *const *)client.emails.at)[i], event)) {
            return false;
        }
    }
    return office_client_get(op, in, out);
}
