/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A second, much simpler office: what should become of each act, told from the rules in words and
 * kept in plain arrays. It knows nothing of the code under test but the protocol's enumerations.
 * Each model_<act>() answers how the act must end; where that is "done" it has been done here.
 */
#ifndef SKRYTKA_TESTS_OFFICE_MODEL_H
#define SKRYTKA_TESTS_OFFICE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/err.h"
#include "protocol/record.h"

enum { MODEL_CLIENTS = 3, MODEL_PACKAGES = 2, MODEL_ITEMS = 4000, MODEL_PARTS = 24 };
enum { MODEL_EVENTS = 40000, MODEL_PRICE = 500, MODEL_HOLD = 1000 };

struct model_charge {
    int64_t id;
    int64_t amount;
    int64_t event; /* that it came with; 0: entered by hand */
    bool invoiced;
};

struct model_request {
    int64_t id;
    enum request_status status;
    int64_t closing_event;
};

struct model_item {
    int64_t id;
    enum direction direction;
    size_t client;
    enum mail_status status;
    int64_t version; /* as the office said last */
    bool removed;
    int64_t scans[MODEL_PARTS]; /* the events that they came with */
    size_t scan_count;
    struct model_charge charges[MODEL_PARTS];
    size_t charge_count;
    struct model_request requests[MODEL_PARTS];
    size_t request_count;
};

struct model_event {
    int64_t id;
    int64_t at;
    enum event_kind kind;
    struct model_item *item;
    bool undone;
};

struct model {
    bool office_allows;
    enum permission clients[MODEL_CLIENTS];
    enum permission packages[MODEL_PACKAGES];
    size_t package_of[MODEL_CLIENTS];
    struct model_item items[MODEL_ITEMS];
    size_t item_count;
    struct model_event events[MODEL_EVENTS];
    size_t event_count;
};

/* How an act must end; code ERR_NONE: it is done. */
struct verdict {
    enum err_code code;
    enum refusal why;
};

/* Acts that make something get its id from the office; `event` is what the act will be told as. */
bool model_may_ask(const struct model *model, const struct model_item *item, enum refusal *ret_why);
struct model_request *model_open_request(struct model_item *item);
struct verdict model_request(struct model *model, struct model_item *item);
struct verdict model_cancel(struct model_request *request);
struct verdict model_attach(struct model_item *item, const int64_t *cost, int64_t *ret_cost);
struct verdict model_leave(struct model_item *item, enum mail_status status, bool cancel,
                           int64_t event);
struct verdict model_collect(struct model_item *item, bool cancel, int64_t event);
struct verdict model_move(struct model_item *item, size_t client);
struct verdict model_undo(struct model *model, struct model_event *event, int64_t now);

int64_t model_cost(const struct model_item *item);

#endif
