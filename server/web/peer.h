/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who asks, behind the proxies that the office runs itself. Any thread with the request.
 */
#ifndef SKRYTKA_WEB_PEER_H
#define SKRYTKA_WEB_PEER_H

#include <stdbool.h>
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

/*
 * Whom limits count as one, for an address in those words: an IPv4 address itself, of an IPv6
 * address its "network/64" (arena). The other function asks the same of two sockets' peers.
 */
const char *peer_network(const char *address, struct arena *arena);
bool peer_same_network(const struct sockaddr *one, const struct sockaddr *other);

/* This machine itself, also when a socket of both kinds took the connection. */
bool peer_is_loopback(const struct sockaddr *peer);

#endif
