/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Several languages at once, found beside the program whatever the environment says.
 *
 * The program copies itself into a folder of its own, puts a catalogue beside the copy and becomes
 * the copy, in the most hostile locale settings; so the build's real catalogue is not touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/i18n.h"

extern char **environ;

static const char catalogue[] =
    "msgid \"\"\n"
    "msgstr \"\"\n"
    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "\"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && \"\n"
    "\"(n%100<12 || n%100>14) ? 1 : 2);\\n\"\n"
    "msgid \"Ask for a scan\"\n"
    "msgstr \"Poproś o skan\"\n"
    "msgid \"%lu letter\"\n"
    "msgid_plural \"%lu letters\"\n"
    "msgstr[0] \"%lu list\"\n"
    "msgstr[1] \"%lu listy\"\n"
    "msgstr[2] \"%lu listów\"\n";

static void languages_side_by_side(void **state)
{
    for (int i = 0; i < 3; i++) {
        assert_string_equal(tr(LANG_PL, "Ask for a scan"), "Poproś o skan");
        assert_string_equal(tr(LANG_EN, "Ask for a scan"), "Ask for a scan");
    }
}

static void untranslated_stays_english(void **state)
{
    const char *english = "No such text";
    assert_ptr_equal(tr(LANG_PL, english), english);
    assert_ptr_equal(tr(LANG_EN, english), english);
    assert_string_equal(tr(LANG_PL, ""), ""); /* not the catalogue's header */
    assert_string_equal(tr_n(LANG_PL, "one", "many", 1), "one");
    assert_string_equal(tr_n(LANG_PL, "one", "many", 2), "many");
}

static void plural_forms(void **state)
{
    static const struct {
        unsigned long n;
        const char *polish;
        const char *english;
    } table[] = {
        { 0, "%lu listów", "%lu letters" },   { 1, "%lu list", "%lu letter" },
        { 2, "%lu listy", "%lu letters" },    { 4, "%lu listy", "%lu letters" },
        { 5, "%lu listów", "%lu letters" },   { 11, "%lu listów", "%lu letters" },
        { 12, "%lu listów", "%lu letters" },  { 14, "%lu listów", "%lu letters" },
        { 21, "%lu listów", "%lu letters" },  { 22, "%lu listy", "%lu letters" },
        { 112, "%lu listów", "%lu letters" }, { 1002, "%lu listy", "%lu letters" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        unsigned long n = table[i].n;
        assert_string_equal(tr_n(LANG_PL, "%lu letter", "%lu letters", n), table[i].polish);
        assert_string_equal(tr_n(LANG_EN, "%lu letter", "%lu letters", n), table[i].english);
    }
}

static void locale_is_utf8(void **state)
{
    assert_int_equal(MB_CUR_MAX, 6);
    assert_int_equal(mblen("ż", 2), 2);
    char number[8];
    snprintf(number, sizeof(number), "%.1f", 1.5);
    assert_string_equal(number, "1.5");
}

static void codes(void **state)
{
    assert_int_equal(i18n_lang("pl"), LANG_PL);
    assert_int_equal(i18n_lang("en"), LANG_EN);
    assert_int_equal(i18n_lang("pl_PL.UTF-8"), LANG_PL);
    assert_int_equal(i18n_lang("pl-PL"), LANG_PL);
    assert_int_equal(i18n_lang("PL"), LANG_PL);
    assert_int_equal(i18n_lang("en.UTF-8"), LANG_EN);
    assert_int_equal(i18n_lang("pl@latin"), LANG_PL);
    assert_int_equal(i18n_lang("de"), LANG_MAX);
    assert_int_equal(i18n_lang("plx"), LANG_MAX);
    assert_int_equal(i18n_lang("p"), LANG_MAX);
    assert_int_equal(i18n_lang(""), LANG_MAX);
    assert_int_equal(i18n_lang("_pl"), LANG_MAX);
    assert_int_equal(i18n_lang("C.UTF-8"), LANG_MAX);
    assert_int_equal(i18n_lang(NULL), LANG_MAX);
    assert_string_equal(i18n_code(LANG_PL), "pl");
    assert_string_equal(i18n_code(LANG_EN), "en");
}

static int give_up(const char *what)
{
    fprintf(stderr, "test_i18n: %s: %s\n", what, strerror(errno));
    return 1;
}

static int copy_program(const char *path)
{
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (from < 0 || to < 0)
        return give_up(path);
    ssize_t sent;
    do {
        sent = sendfile(to, from, NULL, 1 << 20);
    } while (sent > 0);
    close(from);
    close(to);
    return sent < 0 ? give_up(path) : 0;
}

/* msgfmt on a catalogue in the current folder. */
static int make_catalogue(void)
{
    FILE *file = fopen("pl.po", "w");
    if (!file || fputs(catalogue, file) < 0 || fclose(file) != 0)
        return give_up("pl.po");
    if (mkdir("locale", 0700) < 0 || mkdir("locale/x", 0700) < 0 ||
        mkdir("locale/x/LC_MESSAGES", 0700) < 0)
        return give_up("locale");
    char *argv[] = { "msgfmt", "-o", "locale/x/LC_MESSAGES/skrytka-pl.mo", "pl.po", NULL };
    pid_t child;
    int status = 0;
    errno = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
    if (errno != 0 || waitpid(child, &status, 0) != child || status != 0)
        return give_up("msgfmt");
    return 0;
}

static int become_copy(const char *self)
{
    char folder[] = "/tmp/skrytka-i18n-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return give_up(folder);
    if (copy_program("test_i18n") != 0 || make_catalogue() != 0)
        return 1;
    /* Found by where the program is, not by where it was started. */
    setenv("SKRYTKA_I18N_FOLDER", folder, 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    setenv("LC_ALL", "C", 1);
    setenv("LANGUAGE", "fr:de", 1);
    char path[64];
    snprintf(path, sizeof(path), "%s/test_i18n", folder);
    if (chdir("/") == 0)
        execl(path, self, (char *)NULL);
    return give_up(path);
}

static int remove_copy(const char *folder)
{
    static const char *const files[] = { "locale/x/LC_MESSAGES/skrytka-pl.mo", "pl.po",
                                         "test_i18n" };
    static const char *const folders[] = { "locale/x/LC_MESSAGES", "locale/x", "locale" };
    if (chdir(folder) < 0)
        return give_up(folder);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (unlink(files[i]) < 0)
            return give_up(files[i]);
    }
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (rmdir(folders[i]) < 0)
            return give_up(folders[i]);
    }
    return rmdir(folder) < 0 ? give_up(folder) : 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_side_by_side),
        cmocka_unit_test(untranslated_stays_english),
        cmocka_unit_test(plural_forms),
        cmocka_unit_test(locale_is_utf8),
        cmocka_unit_test(codes),
    };
    const char *folder = getenv("SKRYTKA_I18N_FOLDER");
    if (argc != 1)
        return 1;
    if (!folder)
        return become_copy(argv[0]);
    i18n_init();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + remove_copy(folder);
}
