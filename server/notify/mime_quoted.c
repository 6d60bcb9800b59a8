/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/mime_quoted.h"

#include <stdbool.h>
#include <string.h>

#include "protocol/base/buf.h"

/* A soft line end takes the 76th column. */
enum { LINE_COLUMNS = 75 };

static bool line_ends(const char *at)
{
    return *at == '\0' || *at == '\n' || (at[0] == '\r' && at[1] == '\n');
}

static bool must_encode(const char *at, size_t column)
{
    if (*at == ' ' || *at == '\t') {
        return line_ends(at + 1);
    }
    if (*at < ' ' || *at > '~' || *at == '=') {
        return true;
    }
    return column == 0 && (*at == '.' || strncmp(at, "From ", 5) == 0);
}

void mime_quoted(struct buf *out, const char *text)
{
    size_t column = 0;
    for (const char *at = text; *at; at++) {
        if (line_ends(at)) {
            buf_text(out, "\r\n");
            column = 0;
            if (*at == '\r') {
                at++;
            }
            continue;
        }
        /* Whether it is the first of its line is asked again after a soft line end. */
        size_t width = must_encode(at, column) ? 3 : 1;
        if (column + width > LINE_COLUMNS) {
            buf_text(out, "=\r\n");
            column = 0;
        }
        if (must_encode(at, column)) {
            buf_format(out, "=%02X", (unsigned)(unsigned char)*at);
            column += 3;
        } else {
            buf_char(out, *at);
            column++;
        }
    }
    if (column > 0) {
        buf_text(out, "\r\n");
    }
}
