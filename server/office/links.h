/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The link in an e-mail: a secret for one letter and one action (ask for a scan). It may be opened
 * again and again and always shows the present state; it lives while the letter awaits collection,
 * 60 days at most. Used by the e-mail and by web/.
 */
#ifndef SKRYTKA_OFFICE_LINKS_H
#define SKRYTKA_OFFICE_LINKS_H

#include "server/office/op.h"
#include "server/office/secret.h"

/* The path of a link is LINK_PATH followed by the token, a secret. */
#define LINK_PATH "/s/"

/* What the link's page shows: no more than the e-mail said. */
struct link_view {
    struct rec_mail_item item;
    struct rec_client client;
    enum lang lang; /* the client's */
    const char *office_name;
    const char *note;     /* the office's note on scan requests */
    int64_t cost;         /* of the scan, grosze */
    bool may_request;     /* scan_may_request() says yes now */
    enum refusal refusal; /* why not, when it says no */
};

/* What the token leads to. ERR_not_found: never issued, or expired. Reads only. */
bool office_link_view(struct op *op, const char *token, struct link_view *ret);

/*
 * Asks for the scan as the client would. When a request is open already (or the letter was scanned)
 * nothing happens and *ret shows it: asking twice is no error. *ret_made says whether this call
 * made it.
 */
bool office_link_request(struct op *op, const char *token, struct link_view *ret, bool *ret_made);

/*
 * Makes a new link for an item. *ret_token (SECRET_TEXT bytes) is for link_sent_with(); returns the
 * whole URL (arena).
 */
const char *office_link_make(struct op *op, int64_t item_id, int64_t client_id, char *ret_token);

/*
 * The link went out with this message, and with all others of its event to the client: the last
 * delivery of them tells how soon a click came.
 */
bool link_sent_with(struct op *op, const char *token, int64_t outbox_id);

/* All links of an item stop working: it became another client's. */
bool links_withdraw(struct op *op, int64_t item_id);

#endif
