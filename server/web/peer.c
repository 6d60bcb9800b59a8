/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "protocol/base/arena.h"

/* IPv4 in its IPv6 form, as a socket that takes both kinds has it. */
static struct in6_addr ip_of(const struct sockaddr *peer)
{
    if (peer->sa_family == AF_INET6) {
        return ((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
    }
    struct in6_addr ip = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
    memcpy(&ip.s6_addr[12], &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
    return ip;
}

static const char *write_ip(const struct in6_addr *ip, struct arena *arena)
{
    char *text = arena_alloc(arena, INET6_ADDRSTRLEN);
    bool v4 = IN6_IS_ADDR_V4MAPPED(ip);
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? &ip->s6_addr[12] : ip->s6_addr, text, INET6_ADDRSTRLEN);
    return text;
}

static bool read_ip(const char *text, struct in6_addr *ret)
{
    if (strchr(text, ':')) {
        return inet_pton(AF_INET6, text, ret) == 1;
    }
    *ret = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
    return inet_pton(AF_INET, text, &ret->s6_addr[12]) == 1;
}

/* A line of IPv6 gets a /64, and whoever has it may use any address of it. */
static bool cut_to_network(struct in6_addr *ip)
{
    if (IN6_IS_ADDR_V4MAPPED(ip)) {
        return false;
    }
    memset(&ip->s6_addr[8], 0, 8);
    return true;
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
    struct in6_addr ip = ip_of(peer);
    const char *address = write_ip(&ip, arena);
    char *list = arena_text(arena, forwarded ? forwarded : "");
    while (is_among(trusted, address)) {
        char *comma = strrchr(list, ',');
        char *last = comma ? comma + 1 : list;
        last += strspn(last, " \t");
        last[strcspn(last, " \t")] = '\0';
        if (!read_ip(last, &ip)) {
            break;
        }
        address = write_ip(&ip, arena);
        if (!comma) {
            break;
        }
        *comma = '\0';
    }
    return address;
}

const char *peer_network(const char *address, struct arena *arena)
{
    struct in6_addr ip;
    if (!read_ip(address, &ip) || !cut_to_network(&ip)) {
        return address;
    }
    return arena_format(arena, "%s/64", write_ip(&ip, arena));
}

bool peer_same_network(const struct sockaddr *one, const struct sockaddr *other)
{
    struct in6_addr a = ip_of(one);
    struct in6_addr b = ip_of(other);
    cut_to_network(&a);
    cut_to_network(&b);
    return memcmp(&a, &b, sizeof(a)) == 0;
}

bool peer_is_loopback(const struct sockaddr *peer)
{
    struct in6_addr ip = ip_of(peer);
    return IN6_IS_ADDR_V4MAPPED(&ip) ? ip.s6_addr[12] == IN_LOOPBACKNET : IN6_IS_ADDR_LOOPBACK(&ip);
}
