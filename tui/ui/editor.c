/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/editor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "protocol/base/text.h"
#include "tui/ui/keys.h"

enum { UNDO_MAX = 100 };

/* What the last change was: changes of one kind in a row are undone together. */
enum change { CHANGE_NONE, CHANGE_TYPED, CHANGE_PASTED, CHANGE_ERASED, CHANGE_OTHER };

struct snapshot {
    uint32_t *codes;
    size_t length, cursor;
};

struct editor {
    uint32_t *codes;
    size_t length, capacity;
    size_t cursor; /* before this code point */
    size_t bytes, limit;
    bool note;
    enum change change;
    struct snapshot undo[UNDO_MAX];
    size_t undo_count;
    struct buf text; /* what editor_text() answered */
};

static size_t bytes_of(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

struct editor *editor_new(size_t limit, bool note)
{
    struct editor *editor = memory_zeroed(sizeof(*editor));
    editor->limit = limit;
    editor->note = note;
    return editor;
}

static void forget_undo(struct editor *editor)
{
    while (editor->undo_count > 0) {
        free(editor->undo[--editor->undo_count].codes);
    }
    editor->change = CHANGE_NONE;
}

void editor_free(struct editor *editor)
{
    if (editor != NULL) {
        forget_undo(editor);
        free(editor->codes);
        buf_release(&editor->text);
        free(editor);
    }
}

bool editor_empty(const struct editor *editor)
{
    return editor->length == 0;
}

static const char *range_text(struct editor *editor, size_t from, size_t to)
{
    buf_clear(&editor->text);
    for (size_t i = from; i < to; i++) {
        text_put(&editor->text, editor->codes[i]);
    }
    return buf_str(&editor->text);
}

const char *editor_text(struct editor *editor)
{
    return range_text(editor, 0, editor->length);
}

static uint32_t *copy_codes(const uint32_t *codes, size_t length)
{
    uint32_t *copy = memory_zeroed((length + 1) * sizeof(*copy));
    if (length > 0) {
        memcpy(copy, codes, length * sizeof(*copy));
    }
    return copy;
}

/* Before a change: keeps the text as it is, unless the change continues the one before. */
static void remember(struct editor *editor, enum change change)
{
    if (change == editor->change && change != CHANGE_OTHER) {
        return;
    }
    editor->change = change;
    if (editor->undo_count == UNDO_MAX) {
        free(editor->undo[0].codes);
        memmove(editor->undo, editor->undo + 1, (UNDO_MAX - 1) * sizeof(editor->undo[0]));
        editor->undo_count--;
    }
    editor->undo[editor->undo_count++] = (struct snapshot){
        .codes = copy_codes(editor->codes, editor->length),
        .length = editor->length,
        .cursor = editor->cursor,
    };
}

static size_t count_bytes(const uint32_t *codes, size_t length)
{
    size_t bytes = 0;
    for (size_t i = 0; i < length; i++) {
        bytes += bytes_of(codes[i]);
    }
    return bytes;
}

static enum editor_result undo(struct editor *editor)
{
    if (editor->undo_count == 0) {
        return EDITOR_IGNORED;
    }
    struct snapshot *last = &editor->undo[--editor->undo_count];
    free(editor->codes);
    editor->codes = last->codes;
    editor->length = last->length;
    editor->capacity = last->length;
    editor->cursor = last->cursor;
    editor->bytes = count_bytes(editor->codes, editor->length);
    editor->change = CHANGE_NONE;
    return EDITOR_CHANGED;
}

static void erase(struct editor *editor, size_t from, size_t to)
{
    editor->bytes -= count_bytes(editor->codes + from, to - from);
    memmove(editor->codes + from, editor->codes + to,
            (editor->length - to) * sizeof(*editor->codes));
    editor->length -= to - from;
    editor->cursor = from;
}

static enum editor_result erase_range(struct editor *editor, size_t from, size_t to,
                                      enum change change)
{
    if (from == to) {
        return EDITOR_IGNORED;
    }
    remember(editor, change);
    erase(editor, from, to);
    return EDITOR_CHANGED;
}

/* The single letter for what stands before the cursor and a combining mark, or 0. */
static uint32_t composed(const struct editor *editor, uint32_t mark)
{
    if (editor->cursor == 0 || text_columns_of(mark) != 0) {
        return 0;
    }
    struct arena *arena = arena_new();
    struct buf pair = BUF_INIT;
    text_put(&pair, editor->codes[editor->cursor - 1]);
    text_put(&pair, mark);
    const char *at = text_compose(arena, buf_str(&pair));
    const char *end = at + strlen(at);
    uint32_t code = text_next(&at, end);
    bool single = at == end;
    buf_release(&pair);
    arena_free(arena);
    return single ? code : 0;
}

static void put_code(struct editor *editor, uint32_t code)
{
    if (editor->length == editor->capacity) {
        editor->capacity = editor->capacity * 2 + 32;
        editor->codes = memory_resize(editor->codes, editor->capacity * sizeof(*editor->codes));
    }
    memmove(editor->codes + editor->cursor + 1, editor->codes + editor->cursor,
            (editor->length - editor->cursor) * sizeof(*editor->codes));
    editor->codes[editor->cursor++] = code;
    editor->length++;
    editor->bytes += bytes_of(code);
}

static bool acceptable(const struct editor *editor, uint32_t code)
{
    if (code == '\n') {
        return editor->note;
    }
    return code >= 0x20 && (code < 0x7f || code >= 0xa0) && code != 0xfffd;
}

static enum editor_result insert(struct editor *editor, uint32_t code, enum change change)
{
    if (!acceptable(editor, code)) {
        return EDITOR_IGNORED;
    }
    uint32_t single = composed(editor, code);
    size_t gone = single == 0 ? 0 : bytes_of(editor->codes[editor->cursor - 1]);
    size_t more = bytes_of(single == 0 ? code : single);
    if (editor->bytes - gone + more > editor->limit) {
        return EDITOR_FULL;
    }
    if (change != CHANGE_NONE) {
        remember(editor, change);
    }
    if (single != 0) {
        erase(editor, editor->cursor - 1, editor->cursor);
        code = single;
    }
    put_code(editor, code);
    return EDITOR_CHANGED;
}

void editor_set(struct editor *editor, const char *text)
{
    const char *at = text, *end = text + strlen(text);
    forget_undo(editor);
    editor->length = editor->cursor = editor->bytes = 0;
    while (at < end && insert(editor, text_next(&at, end), CHANGE_NONE) != EDITOR_FULL) {
    }
}

static bool blank(const struct editor *editor, size_t at)
{
    return editor->codes[at] == ' ' || editor->codes[at] == '\n';
}

static size_t word_before(const struct editor *editor)
{
    size_t at = editor->cursor;
    while (at > 0 && blank(editor, at - 1)) {
        at--;
    }
    while (at > 0 && !blank(editor, at - 1)) {
        at--;
    }
    return at;
}

static size_t word_after(const struct editor *editor)
{
    size_t at = editor->cursor;
    while (at < editor->length && !blank(editor, at)) {
        at++;
    }
    while (at < editor->length && blank(editor, at)) {
        at++;
    }
    return at;
}

/* Where the row that starts at `from` ends, and where the next one starts. */
static size_t row_end(const struct editor *editor, size_t from, int width, size_t *ret_next)
{
    size_t after_blank = 0;
    int used = 0;
    for (size_t at = from; at < editor->length; at++) {
        if (editor->codes[at] == '\n') {
            *ret_next = at + 1;
            return at;
        }
        used += text_columns_of(editor->codes[at]);
        if (used > width && at > from) {
            *ret_next = after_blank > from ? after_blank : at;
            return *ret_next;
        }
        if (editor->codes[at] == ' ') {
            after_blank = at + 1;
        }
    }
    *ret_next = editor->length;
    return editor->length;
}

/* Is `end` the end of the last row? A text that ends in a line end has one empty row more. */
static bool last_row(const struct editor *editor, size_t end, size_t next)
{
    return next >= editor->length && end == next;
}

int editor_rows(const struct editor *editor, int width)
{
    int rows = 1;
    size_t next = 0;
    for (size_t end = row_end(editor, 0, width, &next); !last_row(editor, end, next);
         end = row_end(editor, next, width, &next)) {
        rows++;
    }
    return editor->note ? rows : 1;
}

/* Row `row`, or the last one when there are fewer: [*ret_from, *ret_end). */
static void row_span(const struct editor *editor, int width, int row, size_t *ret_from,
                     size_t *ret_end)
{
    size_t from = 0, next = 0;
    size_t end = row_end(editor, 0, width, &next);
    while (row-- > 0 && !last_row(editor, end, next)) {
        from = next;
        end = row_end(editor, from, width, &next);
    }
    *ret_from = from;
    *ret_end = end;
}

static int columns_between(const struct editor *editor, size_t from, size_t to)
{
    int columns = 0;
    for (size_t i = from; i < to; i++) {
        columns += text_columns_of(editor->codes[i]);
    }
    return columns;
}

/* The first code point of a line that is in sight: one column is kept free for the cursor. */
static size_t line_start(const struct editor *editor, int width)
{
    size_t start = 0;
    int before = columns_between(editor, 0, editor->cursor);
    while (start < editor->cursor && before > width - 1) {
        before -= text_columns_of(editor->codes[start++]);
    }
    return start;
}

void editor_row(struct editor *editor, int width, int row, char *out, size_t size)
{
    size_t from, end;
    if (editor->note) {
        row_span(editor, width, row, &from, &end);
    } else {
        from = line_start(editor, width);
        end = editor->length;
        while (end > from && columns_between(editor, from, end) > width) {
            end--;
        }
    }
    const char *text = range_text(editor, from, end);
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

void editor_cursor(const struct editor *editor, int width, int *ret_row, int *ret_col)
{
    if (!editor->note) {
        *ret_row = 0;
        *ret_col = columns_between(editor, line_start(editor, width), editor->cursor);
        return;
    }
    int row = 0;
    size_t from = 0, next = 0;
    size_t end = row_end(editor, 0, width, &next);
    while (editor->cursor >= next && !last_row(editor, end, next)) {
        row++;
        from = next;
        end = row_end(editor, from, width, &next);
    }
    *ret_row = row;
    *ret_col = columns_between(editor, from, editor->cursor);
}

static enum editor_result move_to(struct editor *editor, size_t at)
{
    bool moved = at != editor->cursor;
    editor->cursor = at;
    editor->change = moved ? CHANGE_NONE : editor->change;
    return moved ? EDITOR_MOVED : EDITOR_IGNORED;
}

static enum editor_result move_row(struct editor *editor, int width, int step)
{
    int row, col;
    editor_cursor(editor, width, &row, &col);
    if (!editor->note || row + step < 0 || row + step >= editor_rows(editor, width)) {
        return EDITOR_IGNORED;
    }
    size_t at, end;
    row_span(editor, width, row + step, &at, &end);
    for (int used = 0; at < end; at++) {
        used += text_columns_of(editor->codes[at]);
        if (used > col) {
            break;
        }
    }
    return move_to(editor, at);
}

static enum editor_result move_edge(struct editor *editor, int width, bool to_end)
{
    size_t from = 0, end = editor->length;
    if (editor->note) {
        int row, col;
        editor_cursor(editor, width, &row, &col);
        row_span(editor, width, row, &from, &end);
        if (end > from && end < editor->length && editor->codes[end] != '\n') {
            end--; /* a wrapped row ends before its blank, or the cursor would show on the next */
        }
    }
    return move_to(editor, to_end ? end : from);
}

static enum editor_result special(struct editor *editor, const struct ui_key *key, int width)
{
    size_t at = editor->cursor;
    switch (key->id) {
    case UI_KEY_LEFT: return move_to(editor, key->ctrl ? word_before(editor) : at - (at > 0));
    case UI_KEY_RIGHT:
        return move_to(editor, key->ctrl ? word_after(editor) : at + (at < editor->length));
    case UI_KEY_UP: return move_row(editor, width, -1);
    case UI_KEY_DOWN: return move_row(editor, width, 1);
    case UI_KEY_HOME: return move_edge(editor, width, false);
    case UI_KEY_END: return move_edge(editor, width, true);
    case UI_KEY_BACKSPACE: return erase_range(editor, at - (at > 0), at, CHANGE_ERASED);
    case UI_KEY_DELETE: return erase_range(editor, at, at + (at < editor->length), CHANGE_ERASED);
    case UI_KEY_ERASE_WORD: return erase_range(editor, word_before(editor), at, CHANGE_OTHER);
    case UI_KEY_ERASE_LINE: return erase_range(editor, 0, at, CHANGE_OTHER);
    case UI_KEY_UNDO: return undo(editor);
    case UI_KEY_ENTER: return editor->note ? insert(editor, '\n', CHANGE_TYPED) : EDITOR_IGNORED;
    default: return EDITOR_IGNORED;
    }
}

enum editor_result editor_key(struct editor *editor, const struct ui_key *key, int width)
{
    switch (key->kind) {
    case UI_TEXT:
        if (key->alt) {
            return EDITOR_IGNORED;
        }
        return insert(editor, key->code, key->pasted ? CHANGE_PASTED : CHANGE_TYPED);
    case UI_SPECIAL: return special(editor, key, width < 1 ? 1 : width);
    case UI_PASTE_BEGIN:
    case UI_PASTE_END: editor->change = CHANGE_NONE; return EDITOR_MOVED;
    case UI_MOUSE: break;
    }
    return EDITOR_IGNORED;
}
