/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/delivery_rules.h"

enum {
    MAIL_LIFE = 5 * 24 * 3600,
    SMS_LIFE = 24 * 3600,
    BACKOFF_FIRST = 60,
    BACKOFF_MOST = 1800,
    LATE = 15 * 60,
};

int64_t delivery_life(enum medium channel)
{
    return channel == medium_mail ? MAIL_LIFE : SMS_LIFE;
}

/* A message's life is counted from when it may leave first. */
int64_t delivery_late(enum medium channel, int64_t now)
{
    return now - LATE + delivery_life(channel);
}

static int64_t backoff(int64_t attempts, uint32_t random)
{
    int64_t wait = BACKOFF_FIRST;
    for (int64_t i = 1; i < attempts && wait < BACKOFF_MOST; i++) {
        wait *= 2;
    }
    wait = wait < BACKOFF_MOST ? wait : BACKOFF_MOST;
    return wait + (int64_t)(random % (uint32_t)(wait / 4));
}

struct delivery_fate delivery_fate(enum delivery delivery, int64_t attempts, int64_t due_at,
                                   int64_t expires_at, int64_t now, uint32_t random)
{
    struct delivery_fate fate = { .due_at = due_at, .attempts = attempts };
    switch (delivery) {
    case DELIVERY_DONE: fate.state = outbox_state_delivered; return fate;
    case DELIVERY_REFUSED: fate.state = outbox_state_refused; return fate;
    case DELIVERY_UNREACHABLE:
        fate.attempts = attempts > 0 ? attempts - 1 : 0;
        fate.due_at = now;
        break;
    case DELIVERY_LATER: fate.due_at = now + backoff(attempts, random); break;
    }
    fate.state = now >= expires_at ? outbox_state_expired : outbox_state_waiting;
    return fate;
}
