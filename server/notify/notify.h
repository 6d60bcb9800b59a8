/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The sender: a lane (lane.h) for each channel takes from the outbox what is due, hands it to its
 * transport, and records how each try ended. What waits, for how long and until when is decided in
 * office/; what is decided here is only whether a server as a whole can be reached: when it cannot,
 * its channel pauses 5 s, doubling to 30 minutes, and after the pause one message feels whether it
 * is back. Loop thread.
 */
#ifndef SKRYTKA_NOTIFY_NOTIFY_H
#define SKRYTKA_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <uv.h>

struct config;
struct notify;
struct office;
struct outbox_change;

/*
 * Starts sending: first what was under way when the daemon ended last time. `office` and `config`
 * must live until `closed` of notify_stop(). Of the configuration it uses [mail], [sms] and
 * [storage] directory; config_read() has found them usable. Connects nowhere before a message is
 * due.
 */
struct notify *notify_start(uv_loop_t *loop, struct office *office, const struct config *config);

/*
 * The outbox changed, so something new may be due. Cheap; may come at any time from the loop. Where
 * a person asked for a try, a server that is being left alone is tried now. After something was
 * withdrawn, all that is claimed and not begun goes back, for the outbox to give out again or not.
 */
void notify_wake(struct notify *notify, const struct outbox_change *change);

/*
 * Ends: breaks off what is under way (it stays "sending" and is repeated under its own identifier
 * at the next start), gives back what had not begun, waits for its own database jobs and file
 * writes, frees `notify`, calls `closed`. The database must live until then.
 */
void notify_stop(struct notify *notify, void (*closed)(void *owner), void *owner);

#endif
