/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/attempt.h"

#include <inttypes.h>
#include <stdlib.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/office/outbox.h"

void attempts_put(struct attempts *queue, struct attempt *attempt, enum attempt_state state)
{
    attempt->state = state;
    attempt->next = NULL;
    if (!queue->first) {
        queue->end = &queue->first;
    }
    *queue->end = attempt;
    queue->end = &attempt->next;
    queue->length++;
}

struct attempt *attempts_get(struct attempts *queue)
{
    struct attempt *attempt = queue->first;
    if (attempt) {
        queue->first = attempt->next;
        queue->length--;
    }
    return attempt;
}

struct attempt *attempts_take_out(struct attempts *queue, struct attempt **at)
{
    struct attempt *attempt = *at;
    *at = attempt->next;
    if (!attempt->next) {
        queue->end = at;
    }
    queue->length--;
    return attempt;
}

static const char *outcome_name(enum delivery outcome)
{
    switch (outcome) {
    case DELIVERY_DONE: return "delivered";
    case DELIVERY_LATER: return "to be tried again";
    case DELIVERY_REFUSED: return "refused";
    case DELIVERY_UNREACHABLE: return "not tried, the server cannot be reached";
    }
    BUG("an outcome that is none");
}

void attempt_log(const struct attempt *attempt)
{
    const struct sending *sending = &attempt->sending;
    log_line(sending->outcome == DELIVERY_DONE ? LOG_INFO : LOG_WARN, "notify",
             "message %" PRId64 " %s: %s", sending->letter->id, outcome_name(sending->outcome),
             sending->answer);
}

struct batch *batch_new(void)
{
    struct batch *batch = memory_zeroed(sizeof *batch);
    batch->arena = arena_new();
    batch->users = 1;
    return batch;
}

void batch_leave(struct batch *batch)
{
    if (--batch->users > 0) {
        return;
    }
    arena_free(batch->arena);
    free(batch);
}
