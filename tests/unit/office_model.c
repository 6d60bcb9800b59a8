/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/office_model.h"

static const struct verdict done = { ERR_NONE, refusal_MAX };

static struct verdict refused(enum refusal why)
{
    return (struct verdict){ ERR_refused, why };
}

static enum permission decisive(const struct model *model, const struct model_item *item)
{
    enum permission own = model->clients[item->client];
    return own != permission_inherit ? own : model->packages[model->package_of[item->client]];
}

struct model_request *model_open_request(struct model_item *item)
{
    for (size_t i = 0; i < item->request_count; i++) {
        if (item->requests[i].status == request_status_new)
            return &item->requests[i];
    }
    return NULL;
}

bool model_may_ask(const struct model *model, const struct model_item *item, enum refusal *ret_why)
{
    bool by_client = model->clients[item->client] != permission_inherit;
    struct model_item copy = *item;
    if (!model->office_allows)
        *ret_why = refusal_office_off;
    else if (decisive(model, item) == permission_deny)
        *ret_why = by_client ? refusal_client_denied : refusal_package_denied;
    else if (item->direction == direction_outgoing)
        *ret_why = refusal_not_incoming;
    else if (item->status != mail_status_awaiting_collection)
        *ret_why = refusal_not_waiting;
    else if (item->scan_count > 0)
        *ret_why = refusal_has_scan;
    else if (model_open_request(&copy))
        *ret_why = refusal_already_open;
    else
        return true;
    return false;
}

struct verdict model_request(struct model *model, struct model_item *item)
{
    enum refusal why;
    return model_may_ask(model, item, &why) ? done : refused(why);
}

struct verdict model_cancel(struct model_request *request)
{
    return request->status == request_status_new ? done : refused(refusal_not_new);
}

struct verdict model_attach(struct model_item *item, const int64_t *cost, int64_t *ret_cost)
{
    *ret_cost = cost ? *cost : model_open_request(item) ? MODEL_PRICE : 0;
    return *ret_cost < 0 ? (struct verdict){ ERR_bad_request, refusal_MAX } : done;
}

static bool gone(enum mail_status status)
{
    return status != mail_status_awaiting_collection && status != mail_status_to_send;
}

struct verdict model_leave(struct model_item *item, enum mail_status status, bool cancel,
                           int64_t event)
{
    bool outgoing = status == mail_status_to_send || status == mail_status_sent;
    struct model_request *open = model_open_request(item);
    if (outgoing != (item->direction == direction_outgoing))
        return (struct verdict){ ERR_bad_request, refusal_MAX };
    if (status == item->status)
        return done;
    if (gone(status) && open && !cancel)
        return refused(refusal_open_request);
    if (gone(status) && open) {
        open->status = request_status_cancelled;
        open->closing_event = event;
    }
    item->status = status;
    return done;
}

struct verdict model_collect(struct model_item *item, bool cancel, int64_t event)
{
    if (item->removed)
        return (struct verdict){ ERR_not_found, refusal_MAX };
    if (item->direction == direction_outgoing)
        return refused(refusal_not_incoming);
    if (item->status != mail_status_awaiting_collection)
        return refused(refusal_not_waiting);
    return model_leave(item, mail_status_collected, cancel, event);
}

struct verdict model_move(struct model_item *item, size_t client)
{
    if (client == item->client)
        return done;
    if (model_open_request(item))
        return refused(refusal_open_request);
    for (size_t i = 0; i < item->charge_count; i++) {
        if (item->charges[i].invoiced)
            return refused(refusal_invoiced);
    }
    item->client = client;
    return done;
}

int64_t model_cost(const struct model_item *item)
{
    int64_t sum = 0;
    for (size_t i = 0; i < item->charge_count; i++)
        sum += item->charges[i].amount;
    return sum;
}

static size_t scans_without(const struct model_item *item, int64_t event)
{
    size_t count = 0;
    for (size_t i = 0; i < item->scan_count; i++)
        count += item->scans[i] != event;
    return count;
}

static void remove_parts(struct model_item *item, int64_t event)
{
    size_t kept = 0;
    for (size_t i = 0; i < item->scan_count; i++) {
        if (item->scans[i] != event)
            item->scans[kept++] = item->scans[i];
    }
    item->scan_count = kept;
    kept = 0;
    for (size_t i = 0; i < item->charge_count; i++) {
        if (item->charges[i].event != event)
            item->charges[kept++] = item->charges[i];
    }
    item->charge_count = kept;
}

/* The request that the event closed may open again only where it is the last word. */
static struct verdict reopen(struct model_item *item, int64_t event, enum mail_status status)
{
    for (size_t i = 0; i < item->request_count; i++) {
        struct model_request *request = &item->requests[i];
        if (request->status == request_status_new || request->closing_event != event)
            continue;
        if (model_open_request(item))
            return refused(refusal_already_open);
        if (i + 1 != item->request_count || scans_without(item, event) > 0 ||
            status != mail_status_awaiting_collection)
            return refused(refusal_too_late);
        request->status = request_status_new;
        return done;
    }
    return refused(refusal_not_reversible);
}

static bool collected_later(const struct model *model, const struct model_event *event)
{
    for (size_t i = 0; i < model->event_count; i++) {
        const struct model_event *other = &model->events[i];
        if (other->id > event->id && other->item == event->item &&
            other->kind == event_kind_mail_collected)
            return true;
    }
    return false;
}

static struct verdict undo_collection(struct model *model, const struct model_event *event)
{
    struct model_item *item = event->item;
    if (item->status != mail_status_collected || collected_later(model, event))
        return refused(refusal_too_late);
    struct verdict opened = reopen(item, event->id, mail_status_awaiting_collection);
    if (opened.code != ERR_NONE && opened.why != refusal_not_reversible)
        return opened;
    item->status = mail_status_awaiting_collection;
    return done;
}

static struct verdict undo_by_kind(struct model *model, const struct model_event *event)
{
    struct model_item *item = event->item;
    struct verdict verdict = done;
    switch (event->kind) {
    case event_kind_mail_collected: return undo_collection(model, event);
    case event_kind_scan_request_cancelled: return reopen(item, event->id, item->status);
    case event_kind_scan_request_fulfilled: verdict = reopen(item, event->id, item->status); break;
    case event_kind_scan_attached: break;
    case event_kind_mail_registered:
        if (item->version != 1 || item->request_count > 0)
            return refused(refusal_too_late);
        item->removed = true;
        break;
    default: return refused(refusal_not_reversible);
    }
    if (verdict.code == ERR_NONE)
        remove_parts(item, event->id);
    return verdict;
}

struct verdict model_undo(struct model *model, struct model_event *event, int64_t now)
{
    if (!event->item)
        return refused(refusal_not_reversible);
    if (event->undone || now - event->at > MODEL_HOLD)
        return refused(refusal_too_late);
    for (size_t i = 0; i < event->item->charge_count; i++) {
        if (event->item->charges[i].event == event->id && event->item->charges[i].invoiced)
            return refused(refusal_invoiced);
    }
    if (event->item->removed)
        return (struct verdict){ ERR_not_found, refusal_MAX };
    struct verdict verdict = undo_by_kind(model, event);
    event->undone = verdict.code == ERR_NONE;
    return verdict;
}
