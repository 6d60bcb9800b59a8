/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/csv.h"

#include <errno.h>
#include <string.h>

FILE *csv_open(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file != NULL) {
        fputs("\xef\xbb\xbf", file);
    }
    return file;
}

/* Digits with a sign, blanks and one comma or dot: harmless, and meant to be counted. */
static bool is_number(const char *text)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    return digits[0] >= '0' && digits[0] <= '9' &&
           strspn(digits, "0123456789,. \xc2\xa0") == strlen(digits);
}

static void write_cell(FILE *file, const char *text)
{
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL && !is_number(text);
    fputs(formula ? "\"'" : "\"", file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            fputc('"', file);
        }
        fputc(*at, file);
    }
    fputc('"', file);
}

void csv_row(FILE *file, const char *const cells[])
{
    for (size_t i = 0; cells[i] != NULL; i++) {
        if (i > 0) {
            fputc(';', file);
        }
        write_cell(file, cells[i]);
    }
    fputs("\r\n", file);
}

bool csv_close(FILE *file)
{
    bool whole = ferror(file) == 0;
    int error = errno;
    if (fclose(file) != 0) {
        return false;
    }
    errno = error;
    return whole;
}
