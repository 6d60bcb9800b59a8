/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/letter_lead.h"

#include <stdio.h>

#include "protocol/base/buf.h"
#include "tui/cells.h"
#include "tui/ui/words.h"

const struct rec_scan_request *letter_open_request(const struct rec_mail_item *item)
{
    return item->request != NULL && item->request->status == request_status_new ? item->request
                                                                                : NULL;
}

static const char *line_end(const struct buf *text)
{
    return text->length == 0 ? "" : "\n";
}

static void add_costs(struct buf *text, const struct rec_mail_item *item)
{
    for (size_t i = 0; i < item->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)item->charges.at + i;
        bool told = charge->information[0] != '\0';
        if (i == 0) {
            buf_format(text, "%s%s: ", line_end(text), _("Costs"));
        }
        buf_format(text, "%s%s%s%s%s", i == 0 ? "" : ", ", money_words(charge->amount),
                   told ? " (" : "", charge->information, told ? ")" : "");
    }
}

void letter_lead(char *out, size_t size, const struct rec_mail_item *item, bool named)
{
    struct buf text = BUF_INIT;
    const struct rec_scan_request *request = letter_open_request(item);
    if (named) {
        buf_format(&text, "%s %s\n%s: %s", item->client_code, item->client_name,
                   item->direction == direction_incoming ? _("Sender") : _("Addressee"),
                   item->counterparty);
    }
    if (request != NULL) {
        char when[LISTVIEW_CELL];
        cell_time(when, request->requested_at);
        buf_format(&text, "%s%s: %s, %s", line_end(&text), _("Open scan request"), when,
                   money_words(request->cost));
    }
    add_costs(&text, item);
    snprintf(out, size, "%s", buf_str(&text));
    buf_release(&text);
}
