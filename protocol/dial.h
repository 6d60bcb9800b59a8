/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Makes one outgoing connection: looks the host up, tries its addresses one after another (a name
 * often has an IPv6 and an IPv4 address of which one answers) and hands over a connected socket.
 * Apart from channel.c because a uv_tcp_t whose connect failed cannot try the next address.
 */
#ifndef SKRYTKA_PROTOCOL_DIAL_H
#define SKRYTKA_PROTOCOL_DIAL_H

#include <uv.h>

#include "protocol/address.h"

struct dial;

/* `fd` >= 0: connected, non-blocking, now the owner's. Else a libuv error code (negative). */
typedef void (*dial_done)(void *owner, int fd);

/*
 * Begins; `done` is called once, later, on the loop's thread, after which the dial is gone.
 * There is no time limit here: the owner cancels.
 */
struct dial *dial_start(uv_loop_t *loop, const struct address *address, dial_done done,
                        void *owner);

/* Gives up: `done` is not called any more. The dial frees itself. */
void dial_cancel(struct dial *dial);

#endif
