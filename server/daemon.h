/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The running daemon: everything put together, started and stopped in order. */
#ifndef SKRYTKA_SERVER_DAEMON_H
#define SKRYTKA_SERVER_DAEMON_H

struct config;

/*
 * Runs until SIGTERM or SIGINT. All listeners are open before any takes a connection. The exit
 * status: 0 after a clean end, 1 when it could not start (said on standard error).
 */
int daemon_run(const struct config *config);

#endif
