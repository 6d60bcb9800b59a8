/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/palette.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "protocol/base/text.h"
#include "tui/ui/draw.h"
#include "tui/ui/editor.h"
#include "tui/ui/keys.h"
#include "tui/ui/words.h"

enum { TEXT_LIMIT = 120, WIDTH = 76, WIDTH_MOST = 112, MARGIN = 4 };

struct palette {
    bool open, waiting;
    enum palette_mode mode;
    struct buf title, lead;
    struct editor *text;
    struct arena *arena; /* of the rows */
    struct palette_row rows[PALETTE_ROWS_MAX];
    int count;
    int shown[PALETTE_ROWS_MAX]; /* rows that pass the filter */
    int shown_count;
    int selected; /* of the shown ones */
    palette_fn choose;
    palette_ask_fn ask;
    void *owner;
};

struct palette *palette_new(void)
{
    struct palette *palette = memory_zeroed(sizeof(*palette));
    palette->text = editor_new(TEXT_LIMIT, false);
    return palette;
}

void palette_free(struct palette *palette)
{
    palette_close(palette);
    editor_free(palette->text);
    buf_release(&palette->title);
    buf_release(&palette->lead);
    free(palette);
}

void palette_open(struct palette *palette, enum palette_mode mode, const char *title,
                  const char *lead, palette_fn choose, palette_ask_fn ask, void *owner)
{
    palette_close(palette);
    palette->open = true;
    palette->mode = mode;
    palette->choose = choose;
    palette->ask = ask;
    palette->owner = owner;
    buf_clear(&palette->title);
    buf_text(&palette->title, title);
    buf_clear(&palette->lead);
    buf_text(&palette->lead, lead);
    editor_set(palette->text, "");
}

void palette_close(struct palette *palette)
{
    palette->open = palette->waiting = false;
    palette->count = palette->shown_count = palette->selected = 0;
    arena_free(palette->arena);
    palette->arena = NULL;
}

void palette_forget(struct palette *palette, const void *owner)
{
    if (palette->open && palette->owner == owner) {
        palette_close(palette);
    }
}

bool palette_is_open(const struct palette *palette)
{
    return palette->open;
}

bool palette_is_waiting(const struct palette *palette)
{
    return palette->open && palette->waiting;
}

const char *palette_text(const struct palette *palette)
{
    return editor_text(palette->text);
}

/* Does each word typed begin a word of the row? */
static bool passes(struct arena *arena, const struct palette_row *row, const char *typed)
{
    char *all = arena_format(
        arena, " %s",
        text_fold(arena, arena_format(arena, "%s %s %s", row->key, row->label, row->note)));
    char *rest = NULL;
    for (char *word = strtok_r(arena_text(arena, typed), " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (strstr(all, arena_format(arena, " %s", word)) == NULL) {
            return false;
        }
    }
    return true;
}

bool palette_row_passes(const struct palette_row *row, const char *typed)
{
    struct arena *arena = arena_new();
    bool all = passes(arena, row, text_fold(arena, typed));
    arena_free(arena);
    return all;
}

static void filter(struct palette *palette)
{
    struct arena *arena = arena_new();
    const char *typed =
        palette->mode == PALETTE_FILTER ? text_fold(arena, editor_text(palette->text)) : "";
    palette->shown_count = 0;
    for (int i = 0; i < palette->count; i++) {
        if (passes(arena, &palette->rows[i], typed)) {
            palette->shown[palette->shown_count++] = i;
        }
    }
    arena_free(arena);
    if (palette->selected >= palette->shown_count) {
        palette->selected = palette->shown_count > 0 ? palette->shown_count - 1 : 0;
    }
}

void palette_set_rows(struct palette *palette, const struct palette_row *rows, int count)
{
    arena_free(palette->arena);
    palette->arena = arena_new();
    palette->waiting = false;
    palette->count = count < PALETTE_ROWS_MAX ? count : PALETTE_ROWS_MAX;
    for (int i = 0; i < palette->count; i++) {
        palette->rows[i] = (struct palette_row){
            .key = arena_text(palette->arena, rows[i].key),
            .label = arena_text(palette->arena, rows[i].label),
            .note = arena_text(palette->arena, rows[i].note),
            .value = rows[i].value,
        };
    }
    filter(palette);
}

void palette_take(struct palette *palette, long row)
{
    if (row < 0 || row >= palette->shown_count || palette->rows[palette->shown[row]].value == -1) {
        return;
    }
    int64_t value = palette->rows[palette->shown[row]].value;
    palette_close(palette);
    palette->choose(palette->owner, value);
}

/* The row whose key is this letter, marks and case aside. */
static void letter_key(struct palette *palette, const struct ui_key *key)
{
    struct arena *arena = arena_new();
    struct buf typed = BUF_INIT;
    text_put(&typed, key->code);
    const char *letter = text_fold(arena, buf_str(&typed));
    int found = -1;
    for (int i = 0; i < palette->shown_count && letter[0] != '\0'; i++) {
        if (strcmp(text_fold(arena, palette->rows[palette->shown[i]].key), letter) == 0) {
            found = i;
        }
    }
    buf_release(&typed);
    arena_free(arena);
    if (found >= 0) {
        palette_take(palette, found);
    }
}

static void move(struct palette *palette, int step)
{
    palette->selected += step;
    if (palette->selected >= palette->shown_count) {
        palette->selected = palette->shown_count - 1;
    }
    if (palette->selected < 0) {
        palette->selected = 0;
    }
}

static void special_key(struct palette *palette, const struct ui_key *key)
{
    switch (key->id) {
    case UI_KEY_ESC:
    case UI_KEY_F12:
    case UI_KEY_F10:
    case UI_KEY_F9:
    case UI_KEY_INTERRUPT: palette_close(palette); return;
    case UI_KEY_ENTER: palette_take(palette, palette->selected); return;
    case UI_KEY_UP: move(palette, -1); return;
    case UI_KEY_DOWN: move(palette, 1); return;
    case UI_KEY_PAGE_UP: move(palette, -10); return;
    case UI_KEY_PAGE_DOWN: move(palette, 10); return;
    default: break;
    }
}

void palette_key(struct palette *palette, const struct ui_key *key)
{
    if (key->kind == UI_SPECIAL) {
        special_key(palette, key);
    } else if (key->kind == UI_MOUSE && key->wheel != 0) {
        move(palette, key->wheel);
    } else if (key->kind == UI_TEXT && palette->mode == PALETTE_LETTERS && !key->pasted) {
        letter_key(palette, key);
    }
    if (!palette->open || palette->mode == PALETTE_LETTERS ||
        editor_key(palette->text, key, WIDTH) != EDITOR_CHANGED) {
        return;
    }
    palette->selected = 0;
    if (palette->mode == PALETTE_ASK) {
        palette->waiting = true;
        palette->ask(palette->owner, editor_text(palette->text));
    } else {
        filter(palette);
    }
}

static void draw_rows(struct palette *palette, struct area area, int click_what)
{
    int key_width = 2, label_width = 8;
    for (int i = 0; i < palette->count; i++) {
        int key = (int)text_columns(palette->rows[i].key) + 1;
        int label = (int)text_columns(palette->rows[i].label) + 1;
        key_width = key > key_width ? key : key_width;
        label_width = label > label_width ? label : label_width;
    }
    label_width = label_width < area.cols / 2 ? label_width : area.cols / 2;
    if (palette->shown_count == 0 && !editor_empty(palette->text)) {
        draw_text(area.row, area.col + 1, area.cols - 1, STYLE_DIM, _("Nothing was found."));
    }
    if (palette->shown_count == 0 && !palette->waiting && area.rows > 0) {
        draw_text(area.row, area.col + 1, area.cols - 1, STYLE_DIM, _("Nothing was found."));
    }
    int first = palette->selected < area.rows ? 0 : palette->selected - area.rows + 1;
    for (int i = 0; i < area.rows && first + i < palette->shown_count; i++) {
        const struct palette_row *row = &palette->rows[palette->shown[first + i]];
        bool selected = first + i == palette->selected;
        enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
        int col = area.col + 1, end = area.col + area.cols;
        draw_cell(area.row + i, area.col, area.cols, style, false, selected ? ">" : "");
        draw_text(area.row + i, col, key_width, selected ? style : STYLE_TITLE, row->key);
        col += key_width;
        int label = draw_text(area.row + i, col, end - col, style, row->label);
        col += label < label_width ? label_width : label + 1;
        draw_text(area.row + i, col, end - col, selected ? style : STYLE_DIM, row->note);
        draw_click((struct area){ area.row + i, area.col, 1, area.cols }, click_what, first + i);
        if (selected) {
            draw_cursor(area.row + i, area.col);
        }
    }
}

const char *palette_keys(void)
{
    return _("Enter choose   F12 back");
}

void palette_draw(struct palette *palette, int click_what)
{
    struct area screen = draw_screen();
    bool typed = palette->mode != PALETTE_LETTERS;
    int cols = screen.cols - 2 * MARGIN;
    cols = cols < WIDTH ? WIDTH : cols > WIDTH_MOST ? WIDTH_MOST : cols;
    cols = cols < screen.cols ? cols : screen.cols;
    int lead_rows = palette->lead.length > 0 ? 4 : 0;
    int wanted = palette->count + (typed ? 1 : 0) + lead_rows + 2;
    int least = palette->mode == PALETTE_ASK ? 12 : 0;
    wanted = wanted < least ? least : wanted;
    int rows = wanted < screen.rows - 2 ? wanted : screen.rows - 2;
    struct area box = { 1, (screen.cols - cols) / 2, rows, cols };
    struct area inside =
        draw_box(box, STYLE_TITLE,
                 (const char *const[4]){ buf_str(&palette->title), NULL, NULL, palette_keys() });
    if (lead_rows > 0 && inside.rows > lead_rows) {
        struct area lead = { inside.row, inside.col + 1, lead_rows - 1, inside.cols - 2 };
        int used = draw_paragraph(lead, STYLE_NORMAL, buf_str(&palette->lead)) + 1;
        inside.row += used;
        inside.rows -= used;
    }
    int row = inside.row, cursor_row, cursor_col;
    if (typed) {
        inside.row++;
        inside.rows--;
    }
    draw_rows(palette, inside, click_what);
    if (typed) {
        int col = inside.col + 1;
        col += draw_format(row, col, inside.cols - 2, STYLE_TITLE, "%s: ", _("Search"));
        int width = inside.col + inside.cols - col - 1;
        char text[TEXT_LIMIT + 1];
        editor_row(palette->text, width > 1 ? width : 1, 0, text, sizeof(text));
        draw_text(row, col, width, STYLE_NORMAL, text);
        editor_cursor(palette->text, width > 1 ? width : 1, &cursor_row, &cursor_col);
        draw_cursor(row, col + cursor_col);
    }
}
