/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

_Static_assert(sizeof(((struct sockaddr_un *)0)->sun_path) == ADDRESS_PATH, "unix(7)");

static bool parse_port(const char *text, uint16_t *ret)
{
    unsigned port = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        port = port * 10 + (unsigned)(*text - '0');
        if (port > UINT16_MAX) {
            return false;
        }
    }
    *ret = (uint16_t)port;
    return true;
}

bool address_parse_host_port(const char *text, struct address *ret)
{
    struct address address = { .kind = ADDRESS_TCP };
    const char *host = text;
    const char *end;
    const char *colon = strrchr(text, ':');
    if (text[0] == '[') {
        host = text + 1;
        end = strchr(host, ']');
        if (end == NULL || end + 1 != colon) {
            return false;
        }
    } else {
        /* Without brackets a second colon could belong to either part. */
        end = colon;
        if (colon == NULL || strchr(text, ':') != colon) {
            return false;
        }
    }
    size_t length = (size_t)(end - host);
    if (length == 0 || length >= sizeof address.host || !parse_port(colon + 1, &address.port)) {
        return false;
    }
    memcpy(address.host, host, length);
    *ret = address;
    return true;
}

bool address_parse(const char *text, struct address *ret)
{
    if (strncmp(text, "unix:", 5) == 0) {
        struct address address = { .kind = ADDRESS_UNIX };
        size_t length = strlen(text + 5);
        if (length == 0 || length >= sizeof address.path) {
            return false;
        }
        memcpy(address.path, text + 5, length);
        *ret = address;
        return true;
    }
    bool tls = strncmp(text, "tls:", 4) == 0;
    if ((!tls && strncmp(text, "tcp:", 4) != 0) || !address_parse_host_port(text + 4, ret)) {
        return false;
    }
    ret->kind = tls ? ADDRESS_TLS : ADDRESS_TCP;
    return true;
}

char *address_text(const struct address *address, char out[ADDRESS_TEXT])
{
    if (address->kind == ADDRESS_UNIX) {
        snprintf(out, ADDRESS_TEXT, "unix:%s", address->path);
        return out;
    }
    bool brackets = strchr(address->host, ':') != NULL;
    snprintf(out, ADDRESS_TEXT, "%s:%s%s%s:%u", address->kind == ADDRESS_TLS ? "tls" : "tcp",
             brackets ? "[" : "", address->host, brackets ? "]" : "", (unsigned)address->port);
    return out;
}

bool address_socket(const struct address *address, struct sockaddr_storage *ret,
                    socklen_t *ret_length)
{
    union {
        struct sockaddr_storage any;
        struct sockaddr_un local;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } socket;
    memset(&socket, 0, sizeof socket);
    if (address->kind == ADDRESS_UNIX) {
        socket.local.sun_family = AF_UNIX;
        memcpy(socket.local.sun_path, address->path, sizeof address->path);
        *ret_length = sizeof socket.local;
    } else if (inet_pton(AF_INET, address->host, &socket.v4.sin_addr) == 1) {
        socket.v4.sin_family = AF_INET;
        socket.v4.sin_port = htons(address->port);
        *ret_length = sizeof socket.v4;
    } else if (inet_pton(AF_INET6, address->host, &socket.v6.sin6_addr) == 1) {
        socket.v6.sin6_family = AF_INET6;
        socket.v6.sin6_port = htons(address->port);
        *ret_length = sizeof socket.v6;
    } else {
        return false;
    }
    *ret = socket.any;
    return true;
}

bool address_is_local(const struct address *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (address->kind == ADDRESS_UNIX || strcasecmp(address->host, "localhost") == 0) {
        return true;
    }
    if (inet_pton(AF_INET, address->host, &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    return inet_pton(AF_INET6, address->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
