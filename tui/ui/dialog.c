/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "tui/ui/draw.h"
#include "tui/ui/editor.h"
#include "tui/ui/keys.h"
#include "tui/ui/words.h"

enum { LINE_LIMIT = 300, WIDTH = 58 };

struct dialog {
    bool open;
    enum dialog_kind kind;
    struct buf title, text;
    struct editor *line;
    dialog_fn answer;
    void *owner;
};

struct dialog *dialog_new(void)
{
    struct dialog *dialog = memory_zeroed(sizeof(*dialog));
    dialog->line = editor_new(LINE_LIMIT, false);
    return dialog;
}

void dialog_free(struct dialog *dialog)
{
    editor_free(dialog->line);
    buf_release(&dialog->title);
    buf_release(&dialog->text);
    free(dialog);
}

void dialog_open(struct dialog *dialog, enum dialog_kind kind, const char *title, const char *text,
                 dialog_fn answer, void *owner)
{
    dialog->open = true;
    dialog->kind = kind;
    dialog->answer = answer;
    dialog->owner = owner;
    buf_clear(&dialog->title);
    buf_text(&dialog->title, title);
    buf_clear(&dialog->text);
    buf_text(&dialog->text, text);
    editor_set(dialog->line, "");
}

void dialog_close(struct dialog *dialog)
{
    dialog->open = false;
    dialog->answer = NULL;
}

void dialog_forget(struct dialog *dialog, const void *owner)
{
    if (dialog->open && dialog->owner == owner) {
        dialog_close(dialog);
    }
}

bool dialog_is_open(const struct dialog *dialog)
{
    return dialog->open;
}

static bool has_line(const struct dialog *dialog)
{
    return dialog->kind == DIALOG_LINE || dialog->kind == DIALOG_SECRET;
}

static void finish(struct dialog *dialog, bool yes)
{
    dialog_fn answer = dialog->answer;
    char text[LINE_LIMIT + 1] = "";
    if (has_line(dialog)) {
        snprintf(text, sizeof(text), "%s", editor_text(dialog->line));
    }
    editor_set(dialog->line, "");
    dialog_close(dialog);
    if (answer != NULL) {
        answer(dialog->owner, yes, text);
    }
    explicit_bzero(text, sizeof(text));
}

/* T and Y say yes, N says no, in either language: a hand used to one must not hit the other. */
static void letter_key(struct dialog *dialog, uint32_t code)
{
    if (code == 't' || code == 'T' || code == 'y' || code == 'Y') {
        finish(dialog, true);
    } else if (code == 'n' || code == 'N') {
        finish(dialog, false);
    }
}

void dialog_key(struct dialog *dialog, const struct ui_key *key)
{
    if (key->kind == UI_SPECIAL) {
        switch (key->id) {
        case UI_KEY_ENTER: finish(dialog, true); return;
        case UI_KEY_F2:
            /* F2 asked most of these questions: an impatient second one is no answer. */
            if (dialog->kind != DIALOG_YES_NO) {
                finish(dialog, true);
            }
            return;
        case UI_KEY_ESC:
        case UI_KEY_F12:
        case UI_KEY_F10:
        case UI_KEY_INTERRUPT: finish(dialog, dialog->kind == DIALOG_MESSAGE); return;
        default: break;
        }
    }
    if (has_line(dialog)) {
        editor_key(dialog->line, key, WIDTH);
    } else if (dialog->kind == DIALOG_YES_NO && key->kind == UI_TEXT && !key->pasted) {
        letter_key(dialog, key->code);
    }
}

static void draw_line(struct dialog *dialog, struct area area)
{
    char text[LINE_LIMIT + 1];
    int row, col, width = area.cols - 2;
    if (width < 1) {
        return;
    }
    editor_cursor(dialog->line, width, &row, &col);
    editor_row(dialog->line, width, 0, text, sizeof(text));
    if (dialog->kind == DIALOG_SECRET) {
        memset(text, '*', strlen(text));
    }
    draw_cell(area.row, area.col, 1, STYLE_TITLE, false, "[");
    draw_cell(area.row, area.col + 1, width, STYLE_NORMAL, false, text);
    draw_cell(area.row, area.col + 1 + width, 1, STYLE_TITLE, false, "]");
    draw_cursor(area.row, area.col + 1 + (col < width ? col : width - 1));
}

const char *dialog_keys(const struct dialog *dialog)
{
    static const char *const keys[] = {
        [DIALOG_MESSAGE] = N_("Enter close"),
        [DIALOG_YES_NO] = N_("Enter yes   N no"),
        [DIALOG_LINE] = N_("Enter confirm   F12 back"),
        [DIALOG_SECRET] = N_("Enter confirm   F12 back"),
    };
    return _(keys[dialog->kind]);
}

void dialog_draw(struct dialog *dialog)
{
    struct area screen = draw_screen();
    int cols = screen.cols < WIDTH + 4 ? screen.cols : WIDTH + 4;
    struct editor *lines = editor_new(dialog->text.length, true);
    editor_set(lines, buf_str(&dialog->text));
    int wanted = editor_rows(lines, cols > 4 ? cols - 4 : 1) + 2 + (has_line(dialog) ? 2 : 0);
    editor_free(lines);
    int rows = wanted < screen.rows ? wanted : screen.rows;
    struct area box = { (screen.rows - rows) / 2, (screen.cols - cols) / 2, rows, cols };
    struct area inside = draw_box(
        box, STYLE_TITLE,
        (const char *const[4]){ buf_str(&dialog->title), NULL, NULL, dialog_keys(dialog) });
    inside.col++;
    inside.cols -= 2;
    struct area text = inside;
    text.rows -= has_line(dialog) ? 2 : 0;
    int used = draw_paragraph(text, STYLE_NORMAL, buf_str(&dialog->text));
    if (has_line(dialog)) {
        draw_line(dialog, (struct area){ inside.row + used + (used + 1 < inside.rows ? 1 : 0),
                                         inside.col, 1, inside.cols });
    } else {
        draw_cursor(inside.row + (used > 0 ? used - 1 : 0), inside.col);
    }
}
