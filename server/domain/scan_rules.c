/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/scan_rules.h"

/* The whole life of a request: from a status, an action leads to a status. */
static const struct {
    enum request_status from;
    enum action action;
    enum request_status to;
} moves[] = {
    { request_status_new, action_scan_request_fulfil, request_status_fulfilled },
    { request_status_new, action_scan_request_cancel, request_status_cancelled },
};

enum { MOVES = sizeof moves / sizeof *moves };

static bool refuse(enum refusal why, enum refusal *ret_why)
{
    *ret_why = why;
    return false;
}

bool scan_permitted(const struct scan_facts *facts, enum refusal *ret_why)
{
    if (!facts->office_allows) {
        return refuse(refusal_office_off, ret_why);
    }
    if (!facts->client_active) {
        return refuse(refusal_client_ended, ret_why);
    }
    if (facts->client != permission_inherit) {
        return facts->client == permission_allow || refuse(refusal_client_denied, ret_why);
    }
    return facts->package != permission_deny || refuse(refusal_package_denied, ret_why);
}

bool scan_may_request(const struct scan_facts *facts, enum refusal *ret_why)
{
    if (!scan_permitted(facts, ret_why)) {
        return false;
    }
    if (facts->direction != direction_incoming) {
        return refuse(refusal_not_incoming, ret_why);
    }
    if (facts->status != mail_status_awaiting_collection) {
        return refuse(refusal_not_waiting, ret_why);
    }
    if (facts->has_scan) {
        return refuse(refusal_has_scan, ret_why);
    }
    if (facts->has_open_request) {
        return refuse(refusal_already_open, ret_why);
    }
    return true;
}

bool scan_request_move(enum request_status from, enum action action, enum request_status *ret_to)
{
    for (size_t i = 0; i < MOVES; i++) {
        if (moves[i].from == from && moves[i].action == action) {
            *ret_to = moves[i].to;
            return true;
        }
    }
    return false;
}

size_t scan_request_actions(enum request_status status, enum action *out)
{
    size_t count = 0;
    for (size_t i = 0; i < MOVES; i++) {
        if (moves[i].from == status) {
            out[count++] = moves[i].action;
        }
    }
    return count;
}

size_t mail_item_actions(const struct scan_facts *facts, enum action *out)
{
    size_t count = 0;
    enum refusal why;
    out[count++] = action_mail_save;
    out[count++] = action_charge_save;
    out[count++] = action_scan_attach;
    if (facts->status == mail_status_awaiting_collection) {
        out[count++] = action_mail_collect;
    }
    if (scan_may_request(facts, &why)) {
        out[count++] = action_scan_request_create;
    }
    return count;
}

bool mail_status_fits(enum direction direction, enum mail_status status)
{
    bool outgoing = status == mail_status_to_send || status == mail_status_sent;
    return outgoing == (direction == direction_outgoing);
}

bool mail_status_closed(enum mail_status status)
{
    return status != mail_status_awaiting_collection && status != mail_status_to_send;
}
