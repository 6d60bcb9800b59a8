/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who asks, behind the proxies that the office runs itself. Any thread with the request.
 */
#ifndef SKRYTKA_WEB_PEER_H
#define SKRYTKA_WEB_PEER_H

#include <sys/socket.h>

struct arena;

/*
 * The address of whoever sent the request, as inet_ntop() writes it (arena). X-Forwarded-For is
 * heard only from a peer among `trusted` (written the same way, ended by NULL; the order of RFC
 * 7239, 5.2: each proxy adds at the right whom it heard), and only up to the first address that
 * is none of them: what stands left of it is anybody's claim.
 */
const char *peer_address(const struct sockaddr *peer, const char *forwarded,
                         const char *const *trusted, struct arena *arena);

#endif
