/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The staff's door: terminals and scripts speak the protocol of schema.h with it, over the Unix
 * socket and TCP(+TLS). A thin door: parse, call office/, answer. Loop thread.
 */
#ifndef SKRYTKA_STAFF_STAFF_H
#define SKRYTKA_STAFF_STAFF_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

#include "protocol/record.h"

struct office;
struct previews;
struct scan_files;
struct staff;
struct uploads;

struct staff_setup {
    uv_loop_t *loop;
    struct office *office;
    struct scan_files *scan_files;
    struct uploads *uploads;
    struct previews *previews;
    const char *server_version;
    int64_t max_scan_bytes;
    int64_t last_event; /* id of the newest event there is; 0: none */
};

struct staff *staff_new(const struct staff_setup *setup);

/*
 * Open a listener; texts live as long as `staff`. Connections are taken once the loop runs. A Unix
 * socket left over from a daemon that died is replaced (the data directory's lock says that it is
 * ours). False: ret_why.
 */
bool staff_listen_unix(struct staff *staff, const char *path, char *ret_why, size_t why_size);
bool staff_listen_tcp(struct staff *staff, const struct sockaddr *address,
                      const char *tls_certificate, const char *tls_key, char *ret_why,
                      size_t why_size);

/*
 * Reads certificates anew for connections to come; what is wrong goes to the log, and the old one
 * stays in use.
 */
void staff_reload(struct staff *staff);

/* Tells the subscribed terminals of committed events, in the order of their ids. */
void staff_announce(struct staff *staff, const struct rec_event *events, size_t count);

/* How many are connected. */
size_t staff_sessions(const struct staff *staff);

/* Ends all connections and listeners, frees `staff`, then calls `closed`. */
void staff_close(struct staff *staff, void (*closed)(void *owner), void *owner);

#endif
