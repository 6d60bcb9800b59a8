/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

enum {
    KEEPALIVE_S = 30, /* idle before the first probe */
    PROBE_S = 10,     /* between probes */
    PROBES = 3,
    USER_TIMEOUT_MS = 60000, /* for what was sent and not acknowledged, tcp(7) */
};

struct peer peer_of(const uv_handle_t *stream)
{
    struct peer peer = { .name = "" };
    if (stream->type == UV_NAMED_PIPE) {
        struct ucred credentials;
        socklen_t size = sizeof credentials;
        uv_os_fd_t fd;
        memcpy(peer.name, "local", sizeof "local");
        if (uv_fileno(stream, &fd) == 0 &&
            getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
            peer.has_uid = true;
            peer.uid = credentials.uid;
        }
    } else {
        struct sockaddr_storage address;
        int length = sizeof address;
        if (uv_tcp_getpeername((const uv_tcp_t *)stream, (struct sockaddr *)&address, &length) ==
            0) {
            uv_ip_name((struct sockaddr *)&address, peer.name, sizeof peer.name);
        }
    }
    return peer;
}

static void set_option(int fd, int option, unsigned value)
{
    setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

void peer_watch(uv_tcp_t *stream)
{
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)stream, &fd) == 0) {
        uv_tcp_keepalive(stream, 1, KEEPALIVE_S);
        set_option(fd, TCP_KEEPINTVL, PROBE_S);
        set_option(fd, TCP_KEEPCNT, PROBES);
        set_option(fd, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
    }
}
