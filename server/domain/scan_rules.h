/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The rules of scan requests: who may ask, what may be done with a request, how its status moves.
 * Pure functions; the button in the e-mail, the panel's plus, the confirmation page, the POST and
 * the staff's call all ask here, and rows carry the outcome as `can`, so that no screen or page
 * compares a status to decide. Any thread.
 */
#ifndef SKRYTKA_DOMAIN_SCAN_RULES_H
#define SKRYTKA_DOMAIN_SCAN_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/record.h"

/* What decides whether a letter's scan may be asked for. */
struct scan_facts {
    bool office_allows; /* "Zezwól klientom prosić o skan poczty" */
    bool client_active; /* its contract has not ended */
    enum permission client;
    enum permission package;
    enum direction direction;
    enum mail_status status;
    bool has_scan;
    bool has_open_request;
};

/*
 * Office off: nobody; contract ended: not this client; else the client's own setting unless it
 * inherits; else the package's unless it inherits; else allowed. False: *ret_why is why.
 */
bool scan_permitted(const struct scan_facts *facts, enum refusal *ret_why);

/*
 * scan_permitted(), and the letter must be incoming, await collection, have no scan and no open
 * request. The refusals are asked in the order of enum refusal; the first that holds is *ret_why.
 */
bool scan_may_request(const struct scan_facts *facts, enum refusal *ret_why);

/*
 * The status that an action leads to from a status. False: not a move there is; then *ret_to is
 * untouched. A closed request never moves again (asking anew makes a new one); only undo opens it.
 */
bool scan_request_move(enum request_status from, enum action action, enum request_status *ret_to);

/* What may be done with a request: actions into `out` (room for action_MAX); how many. */
size_t scan_request_actions(enum request_status status, enum action *out);

/* What may be done with a mail item. */
size_t mail_item_actions(const struct scan_facts *facts, enum action *out);

/* May an item of this direction be in this status? */
bool mail_status_fits(enum direction direction, enum mail_status status);

/* Has an item in this status left the office? */
bool mail_status_closed(enum mail_status status);

#endif
