/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/bars.h"

#include <stdio.h>

#include "protocol/base/text.h"

static int key_columns(const struct bar_key *key)
{
    return (int)(text_columns(key->key) + 1 + text_columns(key->label));
}

static int draw_key(struct area line, int col, const struct bar_key *key, int click_what)
{
    if (key->absent) {
        return key_columns(key);
    }
    int left = line.col + line.cols - col;
    int used = draw_text(line.row, col, left, STYLE_KEY, key->key);
    used += 1 + draw_text(line.row, col + used + 1, left - used - 1, STYLE_NORMAL, key->label);
    draw_click((struct area){ line.row, col, 1, used }, click_what, key->value);
    return used;
}

void bars_keys(struct area line, const struct bar_key *keys, int count, int click_what)
{
    int all = 0, absent = 0;
    for (int i = 0; i < count; i++) {
        all += key_columns(&keys[i]) + 1;
        absent += keys[i].absent ? key_columns(&keys[i]) + 1 : 0;
    }
    bool keep_places = all <= line.cols;
    all -= keep_places ? 0 : absent;
    int gap = all + count <= line.cols ? 2 : 1;
    int col = line.col, end = line.col + line.cols;
    int last = count > 0 ? key_columns(&keys[count - 1]) : 0;
    for (int i = 0; i + 1 < count; i++) {
        if (keys[i].absent && !keep_places) {
            continue;
        }
        if (col + key_columns(&keys[i]) + gap + last <= end) {
            col += draw_key(line, col, &keys[i], click_what) + gap;
        }
    }
    if (count > 0) {
        draw_key(line, col, &keys[count - 1], click_what);
    }
}

/*
 * One stroke along the left edge instead of a frame, and few changes of style: those would be most
 * of the bytes of an alert.
 */
void bars_alert(struct area area, const struct alert_view *alert, int click_what, long click_value)
{
    int col = area.col + 1, cols = area.cols - 1;
    draw_blank(area, STYLE_NORMAL);
    draw_text(area.row, area.col, 1, STYLE_ALERT, theme_glyph(GLYPH_SIDE));
    draw_format(area.row, col, cols, STYLE_ALERT, "%s: %s", alert->title, alert->count_text);
    for (int i = 1; i < area.rows; i++) {
        int entry = (i - 1) / 2;
        enum style style = entry == 0 ? STYLE_ALERT : STYLE_NORMAL;
        draw_text(area.row + i, area.col, 1, STYLE_ALERT, theme_glyph(GLYPH_SIDE));
        if (entry >= alert->count) {
            continue;
        }
        if (i % 2 == 1) {
            draw_format(area.row + i, col, cols, style, "%s%s", theme_glyph(GLYPH_BULLET),
                        alert->entries[entry].head);
        } else {
            draw_format(area.row + i, col, cols, style, " %s", alert->entries[entry].detail);
        }
    }
    draw_click(area, click_what, click_value);
}

int bars_badge(struct area line, long count, int click_what, long click_value)
{
    char text[32];
    if (count <= 0) {
        return 0;
    }
    snprintf(text, sizeof(text), "%s%ld", theme_glyph(GLYPH_BULLET), count);
    int columns = (int)text_columns(text);
    int col = line.col + line.cols - columns;
    draw_text(line.row, col, columns, STYLE_ALERT, text);
    draw_click((struct area){ line.row, col, 1, columns }, click_what, click_value);
    return columns;
}
