/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading happens in two steps, so that the environment can win over the file and a default may
 * lean on another option: first the text of every option is gathered together with the place it
 * came from, then each text becomes a value in the order of the table, and last come the rules
 * that look at several options. A fault does not stop it: a person sees all of them at once.
 */
#include "server/config.h"

#define INI_HANDLER_LINENO 1
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "server/config_internal.h"

/* inih cuts longer lines in two (INI_MAX_LINE of Debian's build, less LF and NUL). */
enum { LINE_LIMIT = 198 };

static const struct {
    const char *name;
    const char *help;
} sections[] = {
#define S(name, help) { #name, help },
    CONFIG_SECTIONS(S)
#undef S
};
enum { SECTION_COUNT = sizeof sections / sizeof *sections };

const struct config_option config_options[OPTION_COUNT] = {
#define O(section, key, kind, fallback, help, ...)                                                 \
    { #section,   #key, CONFIG_##kind, fallback, help, offsetof(struct config, section##_##key),   \
      __VA_ARGS__ },
#include "server/config.def.h"
#undef O
};
const size_t config_option_count = OPTION_COUNT;

const char *config_kind_doc(enum config_kind kind)
{
    static const char *const docs[] = {
#define K(kind, type, doc) doc,
        CONFIG_KINDS(K)
#undef K
    };
    return docs[kind];
}

const char *config_section_help(const char *section)
{
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (strcmp(sections[i].name, section) == 0) {
            return sections[i].help;
        }
    }
    return NULL;
}

char *config_variable(const struct config_option *option, char out[CONFIG_VARIABLE])
{
    snprintf(out, CONFIG_VARIABLE, "SKRYTKA_%s_%s", option->section, option->key);
    for (char *c = out; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    return out;
}

bool config_given(const struct config_reader *reader, enum config_id id)
{
    return reader->texts[id] && *reader->texts[id] != '\0';
}

/* One line of the report. What people wrote comes through the cleaner. */
static void note(struct config_reader *reader, const char *place, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void note(struct config_reader *reader, const char *place, const char *format, va_list args)
{
    char text[1000];
    vsnprintf(text, sizeof text, format, args);
    buf_format(reader->errors, "%s: %s\n", text_clean(reader->arena, place, false),
               text_clean(reader->arena, text, false));
    reader->faulty = true;
}

bool config_fault(struct config_reader *reader, enum config_id id, const char *format, ...)
{
    const struct config_option *option = &config_options[id];
    const char *place = reader->places[id];
    place = place ? arena_format(reader->arena, "%s: [%s] %s", place, option->section, option->key)
                  : arena_format(reader->arena, "[%s] %s", option->section, option->key);
    va_list args;
    va_start(args, format);
    note(reader, place, format, args);
    va_end(args);
    return false;
}

static void line_fault(struct config_reader *reader, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void line_fault(struct config_reader *reader, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(reader, arena_format(reader->arena, "%s:%d", reader->path, line), format, args);
    va_end(args);
}

/* A comma-separated list of the sections, or of the keys of one section. */
static const char *known_names(struct config_reader *reader, const char *section)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; !section && i < SECTION_COUNT; i++) {
        buf_format(&list, "%s%s", list.length > 0 ? ", " : "", sections[i].name);
    }
    for (size_t i = 0; section && i < OPTION_COUNT; i++) {
        if (strcmp(config_options[i].section, section) == 0) {
            buf_format(&list, "%s%s", list.length > 0 ? ", " : "", config_options[i].key);
        }
    }
    return buf_take(&list, reader->arena);
}

static enum config_id find_option(const char *section, const char *key)
{
    int id = 0;
    while (id < OPTION_COUNT && (strcmp(config_options[id].section, section) != 0 ||
                                 strcmp(config_options[id].key, key) != 0)) {
        id++;
    }
    return (enum config_id)id;
}

/* inih's ini_handler: one "key = value". Always 1, so that inih goes on. */
static int take_pair(void *user, const char *section, const char *key, const char *value, int line)
{
    struct config_reader *reader = user;
    enum lang lang = reader->lang;
    enum config_id id = find_option(section, key);
    if (*section == '\0') {
        line_fault(reader, line, tr(lang, N_("%s stands before the first [section]")), key);
    } else if (!config_section_help(section)) {
        line_fault(reader, line, tr(lang, N_("there is no section [%s]; known are: %s")), section,
                   known_names(reader, NULL));
    } else if (id == OPTION_COUNT) {
        line_fault(reader, line, tr(lang, N_("there is no key %s in [%s]; known are: %s")), key,
                   section, known_names(reader, section));
    } else if (reader->lines[id] != 0) {
        line_fault(reader, line,
                   tr(lang, N_("[%s] %s was set in line %d already; remove one of the two")),
                   section, key, reader->lines[id]);
    } else {
        reader->lines[id] = line;
        reader->texts[id] = arena_text(reader->arena, value);
        reader->places[id] = arena_format(reader->arena, "%s:%d", reader->path, line);
    }
    return 1;
}

/*
 * inih's ini_reader: the next line, or an empty one in place of a line that inih would misread:
 * one that it would cut in two, and one that begins with a blank, which it takes for more of the
 * value above.
 */
static char *take_line(char *out, int size, void *stream)
{
    struct config_reader *reader = stream;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length = getline(&line, &capacity, reader->file);
    if (length < 0) {
        free(line);
        return NULL;
    }
    reader->line++;
    while (length > 0 && strchr(" \t\r\n", line[length - 1])) {
        line[--length] = '\0';
    }
    const char *start = line + strspn(line, " \t");
    bool comment = *start == '\0' || *start == ';' || *start == '#';
    bool usable = false;
    if (strlen(line) != (size_t)length) {
        line_fault(reader, reader->line, "%s", tr(reader->lang, N_("has a NUL byte; remove it")));
    } else if (!comment && length > LINE_LIMIT) {
        line_fault(reader, reader->line,
                   tr(reader->lang, N_("is longer than %d bytes; set it in the environment")),
                   LINE_LIMIT);
    } else if (!comment && start != line) {
        line_fault(reader, reader->line, "%s",
                   tr(reader->lang, N_("begins with a blank; move it to the margin")));
    } else {
        usable = !comment;
    }
    snprintf(out, (size_t)size, "%s\n", usable ? line : "");
    free(line);
    return out;
}

static void gather_file(struct config_reader *reader)
{
    reader->file = fopen(reader->path, "re");
    if (!reader->file && errno == ENOENT) {
        return;
    }
    if (!reader->file) {
        buf_format(reader->errors, tr(reader->lang, N_("%s: cannot be read: %s\n")), reader->path,
                   strerror(errno));
        reader->faulty = true;
        return;
    }
    int line = ini_parse_stream(take_line, reader, take_pair, reader);
    if (ferror(reader->file)) {
        line_fault(reader, reader->line + 1, "%s", tr(reader->lang, N_("cannot be read")));
    }
    if (line > 0) {
        line_fault(reader, line, "%s",
                   tr(reader->lang, N_("is neither [section] nor key = value")));
    }
    fclose(reader->file);
}

/* SKRYTKA_MAIL_URL is [mail] url; a name like SKRYTKA_MAIL_ULR must not be passed over in silence.
 */
static void gather_environment(struct config_reader *reader)
{
    for (char **entry = environ; *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (strncmp(*entry, "SKRYTKA_", 8) != 0 || !equals) {
            continue;
        }
        const char *name = arena_text_n(reader->arena, *entry, (size_t)(equals - *entry));
        char variable[CONFIG_VARIABLE];
        int id = 0;
        while (id < OPTION_COUNT &&
               strcmp(config_variable(&config_options[id], variable), name) != 0) {
            id++;
        }
        if (id < OPTION_COUNT) {
            reader->texts[id] = arena_text(reader->arena, equals + 1);
            reader->places[id] = name;
            continue;
        }
        for (size_t i = 0; i < SECTION_COUNT; i++) {
            size_t length = strlen(sections[i].name);
            if (strncasecmp(name + 8, sections[i].name, length) != 0 || name[8 + length] != '_') {
                continue;
            }
            buf_format(reader->errors,
                       tr(reader->lang, N_("%s: there is no such key in [%s]; known are: %s\n")),
                       text_clean(reader->arena, name, false), sections[i].name,
                       known_names(reader, sections[i].name));
            reader->faulty = true;
        }
    }
}

bool config_read(const char *path, enum lang lang, struct arena *arena, struct config *ret,
                 struct buf *errors)
{
    struct config_reader reader = {
        .path = path, .lang = lang, .arena = arena, .config = ret, .errors = errors
    };
    memset(ret, 0, sizeof *ret);
    if (path) {
        gather_file(&reader);
    }
    gather_environment(&reader);
    for (int i = 0; i < OPTION_COUNT; i++) {
        enum config_id id = (enum config_id)i;
        const char *text = reader.texts[id] ? reader.texts[id] : config_options[id].fallback;
        if (!config_value(&reader, id, text)) {
            config_value(&reader, id, config_options[id].fallback);
        }
    }
    config_rules(&reader);
    return !reader.faulty;
}
