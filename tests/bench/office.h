/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A real skrytkad on a folder of its own with letters in it, for benchmarks; ends with the process.
 * Whatever goes wrong ends the benchmark with a sentence.
 */
#ifndef SKRYTKA_BENCH_OFFICE_H
#define SKRYTKA_BENCH_OFFICE_H

#include <stdint.h>

#include "protocol/client.h"

struct bench_office {
    char directory[64];
    char daemon[600];      /* the program */
    struct address socket; /* the staff's door */
    uint16_t web_port;
    uv_loop_t loop;
    struct client *client; /* signed in as administrator */
    int64_t client_id;     /* a client company that may ask for scans, with one address */
    int waiting;           /* calls of bench_call_done() */
};

/* Starts the daemon that stands beside the benchmark in the build folder. */
void bench_office_start(struct bench_office *office, const char *program);
void bench_office_stop(struct bench_office *office);

/* The terminal that stands beside the benchmark, and where it finds the daemon. */
void bench_office_terminal(const struct bench_office *office, char *ret_program,
                           size_t program_size, char *ret_connect, size_t connect_size);

/* The same office after this SQL was run on its database, which meanwhile nobody else had open. */
void bench_office_sql(struct bench_office *office, const char *sql);

/* Registers letters of the client; ids[0] to ids[count - 1]. */
void bench_office_letters(struct bench_office *office, int64_t *ids, int count);

/* A connection of its own, online. */
struct client *bench_office_connect(struct bench_office *office,
                                    void (*on_event)(void *owner, const struct rec_event *event),
                                    void *owner);

_Noreturn void bench_fail(const char *what, const char *why);

/* Prints p50 and p99 of nanoseconds (which it sorts) as microseconds and answers the p50. */
double bench_print(const char *label, uint64_t *nanoseconds, int count);

#endif
