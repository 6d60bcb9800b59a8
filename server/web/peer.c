/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "protocol/base/arena.h"

/* An IPv4 peer of a socket that takes both kinds is written as IPv4. */
static const char *write_peer(const struct sockaddr *peer, struct arena *arena)
{
    char *text = arena_alloc(arena, INET6_ADDRSTRLEN);
    if (peer->sa_family == AF_INET6) {
        const struct in6_addr *ip = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(ip);
        inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &ip->s6_addr[12] : ip->s6_addr, text,
                  INET6_ADDRSTRLEN);
    } else {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, text,
                  INET6_ADDRSTRLEN);
    }
    return text;
}

/* The same address in the words of inet_ntop(); NULL when it is none. */
static const char *read_address(const char *text, struct arena *arena)
{
    unsigned char ip[sizeof(struct in6_addr)];
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    char *written = arena_alloc(arena, INET6_ADDRSTRLEN);
    if (inet_pton(family, text, ip) != 1) {
        return NULL;
    }
    return inet_ntop(family, ip, written, INET6_ADDRSTRLEN);
}

static bool is_among(const char *const *trusted, const char *address)
{
    while (*trusted && strcmp(*trusted, address) != 0) {
        trusted++;
    }
    return *trusted != NULL;
}

const char *peer_address(const struct sockaddr *peer, const char *forwarded,
                         const char *const *trusted, struct arena *arena)
{
    const char *address = write_peer(peer, arena);
    char *list = arena_text(arena, forwarded ? forwarded : "");
    while (is_among(trusted, address)) {
        char *comma = strrchr(list, ',');
        char *last = comma ? comma + 1 : list;
        last += strspn(last, " \t");
        last[strcspn(last, " \t")] = '\0';
        const char *before = read_address(last, arena);
        if (!before) {
            break;
        }
        address = before;
        if (!comma) {
            break;
        }
        *comma = '\0';
    }
    return address;
}
