/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of the configuration's reader share. Private to server/config*.c. */
#ifndef SKRYTKA_SERVER_CONFIG_INTERNAL_H
#define SKRYTKA_SERVER_CONFIG_INTERNAL_H

#include <stdio.h>

#include "server/config.h"

enum config_id {
#define O(section, key, kind, fallback, help, ...) OPTION_##section##_##key,
#include "server/config.def.h"
#undef O
    OPTION_COUNT
};

struct config_reader {
    const char *path; /* of the file, for messages */
    enum lang lang;
    struct arena *arena;
    struct config *config;
    struct buf *errors;
    bool faulty;
    FILE *file;
    int line;                         /* read last */
    const char *texts[OPTION_COUNT];  /* as written; NULL: not given */
    const char *places[OPTION_COUNT]; /* who wrote it: "FILE:12" or a variable; NULL: not given */
    int lines[OPTION_COUNT];          /* of the file; 0: not there */
};

/* Is there anything written for the option, in the file or in the environment? */
bool config_given(const struct config_reader *reader, enum config_id id);

/* Notes a fault of an option, at the place that set it. The format is translated. Answers false. */
bool config_fault(struct config_reader *reader, enum config_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Makes a value of `text` in the option's member of the config. False when it noted a fault. */
bool config_value(struct config_reader *reader, enum config_id id, const char *text);

/* Fills what depends on other options, and checks what several options say together. */
void config_rules(struct config_reader *reader);

/* Reads "HOST:PORT"; false when it is not a numeric address (or localhost) with a port. */
bool config_parse_address(const char *text, struct config_address *ret);

/* May the group or others do with the file what is in `bits`? Files of systemd credentials are
 * guarded by their folder. */
bool config_too_open(const char *path, unsigned mode, unsigned bits);

#endif
