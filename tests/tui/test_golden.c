/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The screens that everybody sees all day as files (tests/tui/golden), in the three sizes that
 * matter and both languages. UPDATE_GOLDEN=1 writes them anew: look at what changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/office_fixture.h"

enum { LANGUAGES = 2, WIDE = 120 };

static const char *const languages[LANGUAGES] = { "pl", "en" };

static const struct {
    int rows, cols;
} sizes[] = { { 20, 60 }, { 24, 80 }, { 40, WIDE } };

/* The keys that lead to it, its title, and what comes last; in wide windows there is more. */
static const struct {
    const char *name, *keys[2];
    const char *title[LANGUAGES], *last[LANGUAGES], *last_wide[LANGUAGES];
} screens[] = {
    { "requests",
      { "", "" },
      { "Poczta > Prośby o skan", "Mail > Scan requests" },
      { "1-2 z 2", "1-2 of 2" },
      { "anna: wpisano", "anna: letter" } },
    { "incoming",
      { "\033[20~", "p" },
      { "Poczta > Przychodząca", "Mail > Incoming" },
      { "1-2 z 2", "1-2 of 2" },
      { "anna: wpisano", "anna: letter" } },
    { "letter",
      { "\033[17~", "017" },
      { "Poczta > Nowa przesyłka", "Mail > New letter" },
      { "[017 Łódź Meble", "[017 Łódź Meble" },
      { "[017 Łódź Meble", "[017 Łódź Meble" } },
};

static void compare(size_t screen, size_t size, size_t language)
{
    char name[80];
    bool wide = sizes[size].cols >= WIDE;
    struct terminal *terminal =
        office_terminal_in(office, languages[language], sizes[size].rows, sizes[size].cols);
    for (int i = 0; i < 2; i++) {
        terminal_type(terminal, screens[screen].keys[i]);
    }
    terminal_wait(terminal, screens[screen].title[language]);
    terminal_wait(terminal, screens[screen].last[language]);
    if (wide) {
        terminal_wait(terminal, screens[screen].last_wide[language]);
    }
    snprintf(name, sizeof(name), "%s-%dx%d-%s", screens[screen].name, sizes[size].cols,
             sizes[size].rows, languages[language]);
    terminal_golden(terminal, name);
    terminal_close(terminal);
}

static void test_golden_screens(void **state)
{
    (void)state;
    office_letter("Urząd Skarbowy Łódź-Górna");
    office_letter("ZUS O. Gdańsk");
    office_ask_for_scan(1);
    office_ask_for_scan(2);
    for (size_t screen = 0; screen < sizeof(screens) / sizeof(screens[0]); screen++) {
        for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++) {
            for (size_t language = 0; language < LANGUAGES; language++) {
                compare(screen, size, language);
            }
        }
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    office_test_program = argv[0];
    const struct CMUnitTest tests[] = { OFFICE_TEST(test_golden_screens) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
