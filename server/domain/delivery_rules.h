/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What becomes of a message after a try: the closed set of outcomes, back-off and life. Pure; any
 * thread.
 */
#ifndef SKRYTKA_DOMAIN_DELIVERY_RULES_H
#define SKRYTKA_DOMAIN_DELIVERY_RULES_H

#include <stdint.h>

#include "protocol/record.h"

/* How one try ended; a closed set. */
enum delivery {
    DELIVERY_DONE,        /* the server took it */
    DELIVERY_LATER,       /* this message temporarily not: try again */
    DELIVERY_UNREACHABLE, /* the server could not be spoken to: no try of this message */
    DELIVERY_REFUSED,     /* this message never */
};

struct delivery_fate {
    enum outbox_state state;
    int64_t due_at;   /* when to try again, while it waits */
    int64_t attempts; /* that count */
};

/* Seconds until a message that nobody takes is given up: mail 5 days, SMS 1 day. */
int64_t delivery_life(enum medium channel);

/*
 * Staff are told of a message that has waited so long since it could have left first: messages of
 * this channel that expire before the result, while it is `now`.
 */
int64_t delivery_late(enum medium channel, int64_t now);

/*
 * The fate of a message after its try number `attempts` (counted from 1) ended so at `now`.
 * Back-off 60 s doubling to 30 minutes, up to a quarter more by chance so that a burst spreads;
 * an unreachable server costs no attempt, and the message is due now, behind those that were due
 * before, so that another one feels whether the server is back (the sender pauses as a whole).
 * Given up at `expires_at`. `random` is any random number.
 */
struct delivery_fate delivery_fate(enum delivery delivery, int64_t attempts, int64_t due_at,
                                   int64_t expires_at, int64_t now, uint32_t random);

#endif
