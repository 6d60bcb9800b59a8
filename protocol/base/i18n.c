/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * gettext, bent to speak several languages at once: the language is chosen by the text domain and
 * the locale stays what it is. gettext translates nothing in the plain "C" locale, but does in
 * C.UTF-8, which is also what curses needs.
 */
#include "protocol/base/i18n.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/log.h"

#define INSTALLED_FOLDER SKRYTKA_PREFIX "/share/skrytka/locale"

static const struct {
    const char *code;
    const char *domain;
} languages[LANG_MAX] = {
#define L(id, code) [LANG_##id] = { code, "skrytka-" code },
    I18N_LANGUAGES(L)
#undef L
};

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/*
 * The folder `locale` beside the running program. False when there is none: beside an installed
 * one stands /usr/bin/locale, which is a program.
 */
static bool folder_beside_program(char folder[PATH_MAX])
{
    static const char name[] = "locale";
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (length <= 0) {
        return false;
    }
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash || slash + 1 + sizeof(name) > folder + PATH_MAX) {
        return false;
    }
    memcpy(slash + 1, name, sizeof(name));
    return is_folder(folder);
}

void i18n_init(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8")) {
        log_warn("i18n", "this system has no C.UTF-8 locale; texts stay English");
    }
    /* Not a language: the name of the folder that holds the catalogues of all domains. */
    setenv("LANGUAGE", "x", 1);

    char beside[PATH_MAX];
    const char *folder = folder_beside_program(beside) ? beside : INSTALLED_FOLDER;
    for (int lang = 0; lang < LANG_MAX; lang++) {
        ENSURE(bindtextdomain(languages[lang].domain, folder));
        ENSURE(bind_textdomain_codeset(languages[lang].domain, "UTF-8"));
    }
}

const char *tr(enum lang lang, const char *english)
{
    ENSURE(lang < LANG_MAX);
    /* gettext answers the catalogue's header for an empty text. */
    if (lang == LANG_EN || *english == '\0') {
        return english;
    }
    return dgettext(languages[lang].domain, english);
}

const char *tr_n(enum lang lang, const char *one, const char *many, unsigned long n)
{
    ENSURE(lang < LANG_MAX);
    if (lang == LANG_EN) {
        return n == 1 ? one : many;
    }
    return dngettext(languages[lang].domain, one, many, n);
}

enum lang i18n_lang(const char *code)
{
    if (!code) {
        return LANG_MAX;
    }
    size_t length = strcspn(code, "_-.@");
    for (int lang = 0; lang < LANG_MAX; lang++) {
        if (length == strlen(languages[lang].code) &&
            strncasecmp(code, languages[lang].code, length) == 0) {
            return (enum lang)lang;
        }
    }
    return LANG_MAX;
}

const char *i18n_code(enum lang lang)
{
    ENSURE(lang < LANG_MAX);
    return languages[lang].code;
}
