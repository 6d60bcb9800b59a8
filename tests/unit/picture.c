/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/picture.h"

#include <curses.h>
#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "tui/ui/canvas.h"

const char *picture_row(int row)
{
    static struct buf line = BUF_INIT;
    buf_clear(&line);
    int cols = getmaxx(term_canvas());
    for (int col = 0; col < cols; col++) {
        cchar_t cell;
        wchar_t text[CCHARW_MAX + 1] = { 0 };
        attr_t attributes;
        short pair;
        mvwin_wch(term_canvas(), row, col, &cell);
        getcchar(&cell, text, &attributes, &pair, NULL);
        for (int i = 0; text[i] != 0; i++) {
            text_put(&line, (uint32_t)text[i]);
        }
        col += text_columns_of((uint32_t)text[0]) == 2 ? 1 : 0;
    }
    while (line.length > 0 && line.data[line.length - 1] == ' ') {
        line.data[--line.length] = '\0';
    }
    return buf_str(&line);
}

int picture_find(const char *text)
{
    int rows = getmaxy(term_canvas());
    for (int row = 0; row < rows; row++) {
        if (strstr(picture_row(row), text) != NULL) {
            return row;
        }
    }
    return -1;
}

bool picture_reversed(int row, int col)
{
    return (mvwinch(term_canvas(), row, col) & A_REVERSE) != 0;
}
