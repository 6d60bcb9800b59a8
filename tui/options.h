/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The command line and the environment of skrytka. The options stand in options.def.h.
 */
#ifndef SKRYTKA_TUI_OPTIONS_H
#define SKRYTKA_TUI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/address.h"
#include "protocol/base/i18n.h"
#include "tui/ui/term.h"

#define COMMANDS(C) C(call) C(watch) C(attach)

enum command {
    COMMAND_NONE, /* the terminal itself */
#define C(name) COMMAND_##name,
    COMMANDS(C)
#undef C
};

struct options {
    struct address address;
    const char *ca_file;  /* NULL: this system's authorities */
    const char *login;    /* NULL: by the Unix socket */
    const char *password; /* NULL: not given */
    const char *scans;    /* folder of the scanner's files; NULL: the current folder */
    struct term_options term;
    enum lang lang;
    enum command command;
    char **arguments; /* of the command, NULL at the end */
    int64_t item;     /* attach: the first of them */
    int64_t after;    /* watch, with has_after */
    bool has_after;
};

/*
 * Reads them. True: go on. False: end the program with *ret_status; help, version or what is wrong
 * has been said. i18n_init() came before. What *ret points to lives as long as the program.
 */
bool options_read(int argc, char **argv, struct options *ret, int *ret_status);

#endif
