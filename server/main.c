/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* skrytkad: reads the command line and the configuration, then runs the daemon or one command. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/i18n.h"
#include "server/commands/commands.h"
#include "server/config.h"
#include "server/daemon.h"

enum { EXIT_USAGE = 2 };

static enum lang message_language(void)
{
    static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        enum lang lang = value != NULL ? i18n_lang(value) : LANG_MAX;
        if (lang != LANG_MAX) {
            return lang;
        }
    }
    return LANG_PL;
}

static void print_usage(FILE *to, enum lang lang)
{
    fprintf(to, "%s\n",
            tr(lang, N_("usage: skrytkad [--config FILE] [--check | COMMAND]\n"
                        "\n"
                        "Without a command the daemon runs in the foreground until SIGTERM.\n"
                        "\n"
                        "  --config FILE   read this configuration (skrytkad.conf(5))\n"
                        "  --check         say what is wrong with it and exit\n"
                        "  --version       print the version\n")));
    commands_print(to, lang);
}

static int usage_error(enum lang lang)
{
    print_usage(stderr, lang);
    return EXIT_USAGE;
}

struct options {
    const char *config;
    bool check;
    int status; /* exit with it when >= 0 */
};

static struct options read_options(int argc, char **argv, enum lang lang)
{
    static const struct option known[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'k' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { NULL, 0, NULL, 0 },
    };
    struct options options = { .status = -1 };
    int option;
    /* "+": what follows a command is the command's own. */
    while (options.status < 0 && (option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        switch (option) {
        case 'c': options.config = optarg; break;
        case 'k': options.check = true; break;
        case 'h':
            print_usage(stdout, lang);
            options.status = EXIT_SUCCESS;
            break;
        case 'v':
            puts("skrytkad " SKRYTKA_VERSION);
            options.status = EXIT_SUCCESS;
            break;
        default: options.status = usage_error(lang); break;
        }
    }
    return options;
}

static int run(const struct options *options, int argc, char **argv, enum lang lang,
               struct arena *arena)
{
    struct config config;
    struct buf errors = BUF_INIT;
    bool good = config_read(options->config, lang, arena, &config, &errors) &&
                (!options->check || config_check(&config, lang, &errors));
    fputs(buf_str(&errors), stderr);
    buf_release(&errors);
    if (!good) {
        return EXIT_FAILURE;
    }
    if (options->check) {
        puts(tr(lang, N_("The configuration is in order.")));
        return EXIT_SUCCESS;
    }
    if (argc > 0) {
        return commands_run(&config, lang, argc, argv);
    }
    return daemon_run(&config);
}

int main(int argc, char **argv)
{
    enum lang lang = message_language(); /* before i18n_init() makes LANGUAGE ours */
    i18n_init();
    struct options options = read_options(argc, argv, lang);
    if (options.status >= 0) {
        return options.status;
    }
    struct arena *arena = arena_new();
    int status = run(&options, argc - optind, argv + optind, lang, arena);
    arena_free(arena);
    return status;
}
