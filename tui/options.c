/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/text.h"
#include "tui/options.def.h"

/* Where the daemon is looked for when nobody says: first what is there. */
#define SOCKET_HERE      "./data/skrytka.sock"
#define SOCKET_INSTALLED "/run/skrytka/skrytka.sock"
#define ADDRESS_DEFAULT  "tcp:127.0.0.1:7460"

enum { STATUS_USAGE = 2, HELP_COLUMN = 26, PASSWORD_BYTES = 1024 };

enum option_id {
#define O(id, name, takes, help) OPTION_##id,
    OPTIONS(O)
#undef O
};

struct option_info {
    const char *name;
    const char *takes;
    const char *help;
};

static const struct option_info infos[] = {
#define O(id, name, takes, help) { name, takes, help },
    OPTIONS(O)
#undef O
};

enum { OPTION_COUNT = sizeof infos / sizeof *infos };

static const char *const command_names[] = { NULL,
#define C(name) #name,
                                             COMMANDS(C)
#undef C
};

enum { COMMAND_COUNT = sizeof command_names / sizeof *command_names };

/* Says what is wrong and where to look. */
__attribute__((format(printf, 2, 3))) static bool wrong(enum lang lang, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "skrytka: ");
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n%s\n", tr(lang, N_("Try: skrytka --help")));
    return false;
}

static void show_help(enum lang lang)
{
    puts(tr(lang, N_("skrytka [OPTION]...                        the terminal")));
    puts(tr(lang, N_("skrytka [OPTION]... call METHOD [JSON]     one call; JSON - reads it from "
                     "standard input")));
    puts(tr(lang, N_("skrytka [OPTION]... watch [--after ID]     events as lines of JSON")));
    puts(tr(lang, N_("skrytka [OPTION]... attach ITEM FILE...    add scans to a mail item")));
    putchar('\n');
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *takes = infos[i].takes != NULL ? tr(lang, infos[i].takes) : "";
        int used = printf("  --%s %s", infos[i].name, takes);
        size_t columns = (size_t)used - strlen(takes) + text_columns(takes);
        int gap = columns < HELP_COLUMN ? HELP_COLUMN - (int)columns : 1;
        printf("%*s%s\n", gap, "", tr(lang, infos[i].help));
    }
    printf(tr(lang,
              N_("\nEnvironment: SKRYTKA_CONNECT, SKRYTKA_LOGIN, SKRYTKA_PASSWORD, SKRYTKA_SCANS, "
                 "SKRYTKA_WITHOUT.\n"
                 "Without an address: %s or %s, if it exists, else %s.\n")),
           "unix:" SOCKET_HERE, "unix:" SOCKET_INSTALLED, ADDRESS_DEFAULT);
}

/* NULL when it is not set or empty. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The language of the environment; Polish, when it names none of ours. */
static enum lang environment_lang(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *code = environment(names[i]);
        if (code != NULL) {
            enum lang lang = i18n_lang(code);
            return lang != LANG_MAX ? lang : LANG_PL;
        }
    }
    return LANG_PL;
}

static const char *default_address(void)
{
    const char *named = environment("SKRYTKA_CONNECT");
    if (named != NULL) {
        return named;
    }
    if (access(SOCKET_HERE, F_OK) == 0) {
        return "unix:" SOCKET_HERE;
    }
    return access(SOCKET_INSTALLED, F_OK) == 0 ? "unix:" SOCKET_INSTALLED : ADDRESS_DEFAULT;
}

/* The first line of a file, "-" being standard input. NULL, errno set, when it cannot be read. */
static char *first_line(const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    static char line[PASSWORD_BYTES];
    if (file == NULL) {
        return NULL;
    }
    errno = 0;
    bool read = fgets(line, sizeof line, file) != NULL || !ferror(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (!standard) {
        fclose(file);
    }
    return read ? line : NULL;
}

static bool parse_id(const char *text, int64_t *ret)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < 0) {
        return false;
    }
    *ret = number;
    return true;
}

/* What stood on the command line, not looked at yet: the language of complaints comes first. */
struct given {
    const char *values[OPTION_COUNT]; /* "" for one that takes nothing */
    const char *unusable;             /* an option that is unknown, or lacks or has a value */
    char **rest;
};

static void collect(int argc, char **argv, struct given *ret)
{
    struct option table[OPTION_COUNT + 1] = { 0 };
    for (int i = 0; i < OPTION_COUNT; i++) {
        table[i].name = infos[i].name;
        table[i].has_arg = infos[i].takes != NULL ? required_argument : no_argument;
        table[i].val = i;
    }
    opterr = 0;
    int id;
    /* "+": what follows the command is the command's own. */
    while ((id = getopt_long(argc, argv, "+", table, NULL)) != -1) {
        if (id == '?') {
            ret->unusable = argv[optind - 1];
            break;
        }
        ret->values[id] = optarg != NULL ? optarg : "";
    }
    ret->rest = argv + optind;
}

static bool choose_lang(const struct given *given, enum lang *ret)
{
    const char *code = given->values[OPTION_language];
    *ret = environment_lang();
    if (code == NULL) {
        return true;
    }
    enum lang lang = i18n_lang(code);
    if (lang == LANG_MAX) {
        return wrong(*ret, tr(*ret, N_("--language takes pl or en, not %s")), code);
    }
    *ret = lang;
    return true;
}

static bool choose_password(const struct given *given, struct options *options)
{
    const char *file = given->values[OPTION_password_file];
    if (file == NULL) {
        options->password = environment("SKRYTKA_PASSWORD");
        return true;
    }
    options->password = first_line(file);
    return options->password != NULL ||
           wrong(options->lang, tr(options->lang, N_("cannot read the password from %s: %s")), file,
                 strerror(errno));
}

static bool choose_address(const struct given *given, struct options *options)
{
    const char *address = given->values[OPTION_connect];
    if (address == NULL) {
        address = default_address();
    }
    return address_parse(address, &options->address) ||
           wrong(options->lang,
                 tr(options->lang, N_("an address is unix:PATH, tcp:HOST:PORT or tls:HOST:PORT, "
                                      "not %s")),
                 address);
}

static bool choose_without(const struct given *given, struct options *options)
{
    static const char *const names[TERM_FEATURE_MAX] = {
#define F(name) #name,
        TERM_FEATURES(F)
#undef F
    };
    const char *list = given->values[OPTION_without];
    list = list != NULL ? list : environment("SKRYTKA_WITHOUT");
    for (const char *word = list; word != NULL && *word != '\0';) {
        size_t length = strcspn(word, ",");
        int feature = 0;
        while (feature < TERM_FEATURE_MAX &&
               (strlen(names[feature]) != length || memcmp(names[feature], word, length) != 0)) {
            feature++;
        }
        if (feature == TERM_FEATURE_MAX) {
            return wrong(
                options->lang,
                tr(options->lang, N_("--without takes bell, notice, title and mouse, not %.*s")),
                (int)length, word);
        }
        options->term.without[feature] = true;
        word += length + (word[length] == ',');
    }
    return true;
}

/* The command and what belongs to it. */
static bool choose_command(char **rest, struct options *options)
{
    enum lang lang = options->lang;
    if (rest[0] == NULL) {
        return true;
    }
    for (int i = 1; i < COMMAND_COUNT; i++) {
        if (strcmp(rest[0], command_names[i]) == 0) {
            options->command = (enum command)i;
        }
    }
    options->arguments = rest + 1;
    switch (options->command) {
    case COMMAND_NONE: return wrong(lang, tr(lang, N_("there is no command %s")), rest[0]);
    case COMMAND_call:
        return (rest[1] != NULL && (rest[2] == NULL || rest[3] == NULL)) ||
               wrong(lang, tr(lang, N_("call takes a method and one JSON object")));
    case COMMAND_attach:
        return (rest[1] != NULL && rest[2] != NULL && parse_id(rest[1], &options->item)) ||
               wrong(lang, tr(lang, N_("attach takes the number of a mail item and files")));
    case COMMAND_watch:
        options->has_after = rest[1] != NULL && strcmp(rest[1], "--after") == 0 &&
                             rest[2] != NULL && rest[3] == NULL &&
                             parse_id(rest[2], &options->after);
        return rest[1] == NULL || options->has_after ||
               wrong(lang, tr(lang, N_("watch takes only --after and the id of an event")));
    }
    return true;
}

bool options_read(int argc, char **argv, struct options *ret, int *ret_status)
{
    struct options options = { .command = COMMAND_NONE };
    struct given given = { .rest = NULL };
    *ret_status = STATUS_USAGE;
    collect(argc, argv, &given);
    if (!choose_lang(&given, &options.lang)) {
        return false;
    }
    if (given.unusable != NULL) {
        return wrong(options.lang, tr(options.lang, N_("the option %s cannot be used so")),
                     given.unusable);
    }
    if (given.values[OPTION_help] != NULL || given.values[OPTION_version] != NULL) {
        *ret_status = 0;
        if (given.values[OPTION_help] != NULL) {
            show_help(options.lang);
        } else {
            puts("skrytka " SKRYTKA_VERSION);
        }
        return false;
    }
    options.ca_file = given.values[OPTION_ca_file];
    options.login = given.values[OPTION_login] != NULL ? given.values[OPTION_login]
                                                       : environment("SKRYTKA_LOGIN");
    options.scans = given.values[OPTION_scans] != NULL ? given.values[OPTION_scans]
                                                       : environment("SKRYTKA_SCANS");
    options.term.mono = given.values[OPTION_mono] != NULL;
    options.term.ascii = given.values[OPTION_ascii] != NULL;
    if (!choose_without(&given, &options) || !choose_address(&given, &options) ||
        !choose_password(&given, &options) || !choose_command(given.rest, &options)) {
        return false;
    }
    *ret = options;
    return true;
}
