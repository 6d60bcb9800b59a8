/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What skrytkad does besides running: one file and one row of commands.c for each command. They are
 * blocking programs of their own; no loop runs unless they make one.
 */
#ifndef SKRYTKA_COMMANDS_COMMANDS_H
#define SKRYTKA_COMMANDS_COMMANDS_H

#include <stdio.h>

#include "protocol/base/i18n.h"

struct config;

/* A command: argv[0] is its name, what it prints is in `lang`; the exit status. */
struct command {
    const char *name;
    const char *usage; /* English, translated when shown */
    int (*run)(const struct config *config, enum lang lang, int argc, char **argv);
};

/* Runs the command that argv[0] names; an unknown one is told on standard error, status 2. */
int commands_run(const struct config *config, enum lang lang, int argc, char **argv);

int command_user(const struct config *config, enum lang lang, int argc, char **argv);
int command_backup(const struct config *config, enum lang lang, int argc, char **argv);
int command_restore(const struct config *config, enum lang lang, int argc, char **argv);
int command_verify(const struct config *config, enum lang lang, int argc, char **argv);

/* The list of commands for --help. */
void commands_print(FILE *to, enum lang lang);

#endif
