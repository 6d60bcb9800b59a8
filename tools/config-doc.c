/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Prints the options of skrytkad from the table that the daemon reads them by: docs/config.md, or
 * with the argument `man` the page skrytkad.conf(5) in mdoc(7).
 */
#include <stdio.h>
#include <string.h>

#include "server/config.h"

static bool begins_section(size_t i)
{
    return i == 0 || strcmp(config_options[i - 1].section, config_options[i].section) != 0;
}

/* Text for a cell: "|" divides cells, "<" begins HTML. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '<') {
            putchar('\\');
        }
        putchar(*text);
    }
}

static void print_markdown(void)
{
    puts("# Configuration of skrytkad\n\n"
         "<!-- Made by tools/config-doc from server/config.def.h: do not edit; run `make docs`. "
         "-->\n\n"
         "`skrytkad --config FILE` reads an INI file. A missing file means that every default "
         "applies. A line that begins\nwith `#` or `;` is a comment, and so is what follows a "
         "blank and `;`. A line begins at the margin and has at most\n198 bytes. Each key may also "
         "be set in the environment, which wins: `[mail] url` is `SKRYTKA_MAIL_URL`.\n"
         "`<directory>` in a path or URL stands for `[storage] directory`. An unknown or repeated "
         "key is an error;\n`skrytkad --config FILE --check` tells all errors and changes "
         "nothing.");
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        if (begins_section(i)) {
            printf("\n## [%s]\n\n%s\n\n| key | value | default | |\n|---|---|---|---|\n",
                   option->section, config_section_help(option->section));
        }
        printf("| `%s` | ", option->key);
        print_cell(config_kind_doc(option->kind));
        if (option->kind == CONFIG_number) {
            printf(" %lld to %lld", (long long)option->min, (long long)option->max);
        }
        printf(" | ");
        if (*option->fallback != '\0') {
            printf("`%s`", option->fallback);
        }
        printf(" | ");
        print_cell(option->help);
        puts(" |");
    }
}

/* Running text of mdoc: no backslash, and no line that begins with a control character. */
static void print_man_text(const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", stdout);
    }
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            fputs("\\e", stdout);
        } else {
            putchar(*text);
        }
    }
    putchar('\n');
}

static void print_man(void)
{
    puts(".\\\" SPDX-License-Identifier: AGPL-3.0-or-later\n"
         ".\\\" Made by tools/config-doc from server/config.def.h: do not edit.\n"
         ".Dd November 23, 2026\n.Dt SKRYTKAD.CONF 5\n.Os\n"
         ".Sh NAME\n.Nm skrytkad.conf\n.Nd configuration of the mail desk of a virtual office\n"
         ".Sh DESCRIPTION\nThe file that\n.Ql skrytkad --config\nreads is an INI file: sections "
         "in brackets, in them lines of\n.Ar key No = Ar value .\n"
         "A missing file means that every default applies.\nA line that begins with\n.Ql #\nor\n"
         ".Ql \\&;\nis a comment, and so is what follows a blank and\n.Ql \\&; .\n"
         "A line begins at the margin and has at most 198 bytes.\n.Pp\n"
         "Each key may also be set in the environment, which wins: the key\n.Cm url\nof the "
         "section\n.Cm mail\nis\n.Ev SKRYTKA_MAIL_URL .\n.Pp\n.Ql <directory>\nin a path or URL "
         "stands for the folder of the section\n.Cm storage .\nAn unknown or repeated key is an "
         "error.\n.Sh OPTIONS");
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        if (begins_section(i)) {
            printf("%s.Ss [%s]\n%s\n.Bl -tag -width Ds\n", i > 0 ? ".El\n" : "", option->section,
                   config_section_help(option->section));
        }
        printf(".It Cm %s No = Ar %s\n", option->key, config_kind_doc(option->kind));
        print_man_text(option->help);
        if (option->kind == CONFIG_number) {
            printf("From %lld to %lld.\n", (long long)option->min, (long long)option->max);
        }
        if (*option->fallback != '\0') {
            printf("Default:\n.Ql %s\n", option->fallback);
        }
    }
    puts(".El\n.Sh FILES\n.Bl -tag -width Ds\n.It Pa /etc/skrytka/skrytkad.conf\n"
         "The file that the packaged service reads.\n.El\n.Sh SEE ALSO\n.Xr skrytka 1 ,\n"
         ".Xr skrytkad 8");
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "man") == 0) {
        print_man();
    } else {
        print_markdown();
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
