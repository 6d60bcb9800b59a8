/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A mail server in a process of its own that takes everything at once and remembers nothing but
 * when: what a message costs is then what the sender costs.
 */
#ifndef SKRYTKA_BENCH_SMTP_SINK_H
#define SKRYTKA_BENCH_SMTP_SINK_H

#include <stdint.h>
#include <sys/types.h>

struct smtp_sink {
    int port;
    int accepted; /* a pipe: for each mail the struct below */
    pid_t process;
};

struct smtp_sink_mail {
    int64_t at;    /* CLOCK_MONOTONIC, nanoseconds: the moment before "250" */
    int64_t bytes; /* without the final dot */
};

struct smtp_sink smtp_sink_start(void);
void smtp_sink_stop(struct smtp_sink *sink);

/* The next mail; waits for it. */
struct smtp_sink_mail smtp_sink_next(const struct smtp_sink *sink);

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t nanoseconds(void);

#endif
