/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where the daemon is reached, as people write it in --connect and in the configuration:
 *
 *     unix:PATH          the Unix socket at PATH
 *     tcp:HOST:PORT      plain TCP: meant for loopback and for tunnels
 *     tls:HOST:PORT      TLS over TCP; the certificate must be good for HOST
 *     HOST:PORT          in the configuration, where the section says what is spoken
 *
 * HOST is a name, an IPv4 address or an IPv6 address in brackets ([::1]:7460), PORT 0 to 65535
 * (0, listening only: any free one). Any thread.
 */
#ifndef SKRYTKA_PROTOCOL_ADDRESS_H
#define SKRYTKA_PROTOCOL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum address_kind { ADDRESS_UNIX, ADDRESS_TCP, ADDRESS_TLS };

enum {
    ADDRESS_HOST = 256, /* bytes of the longest host name with its NUL (RFC 1035, 2.3.4) */
    ADDRESS_PATH = 108, /* bytes of sun_path, unix(7) */
    ADDRESS_TEXT = ADDRESS_HOST + 16,
};

struct address {
    enum address_kind kind;
    char path[ADDRESS_PATH]; /* unix */
    char host[ADDRESS_HOST]; /* tcp, tls: without brackets */
    uint16_t port;
};

/* Reads "unix:...", "tcp:..." or "tls:...". False leaves *ret untouched. */
bool address_parse(const char *text, struct address *ret);

/* Reads "HOST:PORT" as ADDRESS_TCP. False leaves *ret untouched. */
bool address_parse_host_port(const char *text, struct address *ret);

/* Writes what address_parse() reads. Returns `out`. */
char *address_text(const struct address *address, char out[ADDRESS_TEXT]);

/*
 * The socket address, when none must be looked up: a Unix path or a numeric host. False for a host
 * name. Nothing is asked of the network.
 */
bool address_socket(const struct address *address, struct sockaddr_storage *ret,
                    socklen_t *ret_length);

/* Does only this machine reach it: a Unix socket, 127.0.0.0/8, ::1 or the name localhost? */
bool address_is_local(const struct address *address);

#endif
