/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The commands of skrytka for scripts, and what they share: a loop, a client, an end. A result goes
 * to standard output, an error as JSON to standard error with exit status 1.
 */
#ifndef SKRYTKA_TUI_CLI_H
#define SKRYTKA_TUI_CLI_H

#include <uv.h>

#include "protocol/client.h"
#include "protocol/err.h"
#include "tui/options.h"

/* Each runs one command to its end and answers the exit status. */
int cli_call(const struct options *options);
int cli_watch(const struct options *options);
int cli_attach(const struct options *options);

/* How long a command goes on trying when the line drops in the middle. */
enum { CLI_PATIENCE_MS = 10000 };

struct cli {
    const struct options *options;
    uv_loop_t loop;
    struct client *client;
    uv_timer_t patience;
    bool was_online;
    bool told_offline; /* once for each time that the line drops */
    bool for_ever;     /* set by watch: no end to the patience */
    /* May be NULL: signed in. */
    void (*on_online)(struct cli *cli, const struct rec_hello_result *hello);
    void (*on_end)(struct cli *cli); /* may be NULL: the client is about to close */
    bool ended;
    int status;
};

/* Begins to connect. The caller then makes its calls and runs cli_run(). */
void cli_start(struct cli *cli, const struct options *options,
               void (*on_event)(void *owner, const struct rec_event *event));

/* Runs the loop until cli_end() or cli_fail(), releases everything, answers the exit status. */
int cli_run(struct cli *cli);

/* Prints a record as one line on standard output; ends with status 1 when nobody takes it. */
void cli_print(struct cli *cli, const struct record *record, const void *value);

/* Ends the command, at most once: well, or with an error. */
void cli_end(struct cli *cli);
void cli_fail(struct cli *cli, const struct err *err);

/* Prints an error where no command runs yet. The exit status. */
int cli_complain(const struct err *err);

#endif
