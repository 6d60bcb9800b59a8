/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One channel with its server: claims from the outbox what is due, hands it to the transport,
 * records how each try ended.
 *
 * Messages are claimed ahead of their sending, many in one commit, and outcomes are recorded many
 * in one commit, so that a fast server does not wait for the disk (docs/adr/0021). A claim is on
 * the disk before the first byte of its message leaves. What is claimed and has not begun is given
 * back as it was after a second, when the server turns out to be away, and at the end: nothing is
 * kept from being held, dropped or undone for longer than that. Loop thread.
 */
#ifndef SKRYTKA_NOTIFY_LANE_H
#define SKRYTKA_NOTIFY_LANE_H

#include <stdbool.h>

#include "server/notify/transport.h"

struct lane;
struct office;

/*
 * `moved` is called after each of the lane's own steps, so that its owner looks again: it calls
 * lane_tick() there. All that is given must outlive the lane.
 */
struct lane *lane_open(enum medium channel, struct office *office,
                       const struct transport_place *place, void (*moved)(void *owner),
                       void *owner);

/* Does what can be done now. Cheap. */
void lane_tick(struct lane *lane);

/* Something new may be due. */
void lane_wake(struct lane *lane);

/* Gives back what is claimed and not begun; what is due still is claimed anew. */
void lane_give_back(struct lane *lane);

/* A person says that the server can be reached again: its pause is over, and begins anew at 5 s. */
void lane_end_pause(struct lane *lane);

/*
 * Begins nothing more: breaks off what is under way (a mail whose answer is due gets some seconds
 * for it), gives back what is only claimed.
 */
void lane_stop(struct lane *lane);

/* Is nothing under way, neither at the server nor in the database? */
bool lane_quiet(const struct lane *lane);

/* Closes the transport, frees the lane, then calls `closed`. It must be quiet and stopped. */
void lane_close(struct lane *lane, void (*closed)(void *owner), void *owner);

#endif
