/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/client_lines.h"

#include "tui/cells.h"
#include "tui/lines.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static void add(struct card *card, const struct rec_client *client, enum style style,
                const char *label, const char *text)
{
    int before = card->count;
    card_add(card, style, label, text);
    if (card->count > before) {
        card_link(card, &screen_client_edit, client->id);
    }
}

void client_lines(struct card *card, const struct rec_client *client)
{
    add(card, client, STYLE_TITLE, _("Client"),
        card_text(card, "%s %s", client->code, client->name));
    if (!client->active) {
        add(card, client, STYLE_CANCELLED, _("Contract"), _("ended"));
    }
    add(card, client, STYLE_NORMAL, _("Other names"), lines_join(card->arena, &client->aliases));
    add(card, client, STYLE_NORMAL, _("E-mail"), lines_join(card->arena, &client->emails));
    add(card, client, STYLE_NORMAL, _("Telephone"), client->phone);
    add(card, client, STYLE_NORMAL, _("NIP"), client->tax_id);
    add(card, client, STYLE_NORMAL, _("Language"), wording_language(client->language));
    add(card, client, STYLE_NORMAL, _("Package"),
        card_text(card, "%s, %s %s", client->package_name, _("scan"),
                  money_words(client->default_scan_cost)));
    add(card, client, client->may_request_scans ? STYLE_NORMAL : STYLE_CANCELLED,
        _("Scan requests"),
        card_text(card, "%s (%s: %s)", client->may_request_scans ? _("may ask") : _("may not ask"),
                  _("own setting"), wording_permission(client->allow_scan_requests)));
    add(card, client, STYLE_NORMAL, _("Waiting"),
        card_text(card, "%lld", (long long)client->waiting));
}
