/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/card.h"

#include "tui/cells.h"

enum { LINES_MAX = 300, LABEL_COLS = 14 };

static const struct listview_column columns[] = {
    { .title = "", .min = 14, .max = 22, .flex = 1 },
    { .title = "", .min = 20, .flex = 3 },
};

void card_begin(struct card *card)
{
    card_release(card);
    card->arena = arena_new();
    card->lines = arena_array(card->arena, LINES_MAX, sizeof(*card->lines));
}

void card_release(struct card *card)
{
    arena_free(card->arena);
    card->arena = NULL;
    card->lines = NULL;
    card->count = 0;
}

static void add(struct card *card, const struct card_line *line)
{
    if (card->count < LINES_MAX && line->text != NULL && line->text[0] != '\0') {
        card->lines[card->count++] = *line;
    }
}

void card_add(struct card *card, enum style style, const char *label, const char *text)
{
    add(card, &(struct card_line){ .label = label, .text = text, .style = style });
}

void card_add_block(struct card *card, enum style style, const char *heading, const char *text)
{
    add(card, &(struct card_line){ .label = heading, .text = text, .style = style, .block = true });
}

void card_link(struct card *card, const struct screen_ops *opens, int64_t id)
{
    if (card->count > 0) {
        card->lines[card->count - 1].opens = opens;
        card->lines[card->count - 1].id = id;
    }
}

const char *card_time(struct card *card, int64_t at)
{
    char text[LISTVIEW_CELL];
    cell_time(text, at);
    return arena_text(card->arena, text);
}

const char *card_day(struct card *card, const char *day)
{
    char text[LISTVIEW_CELL];
    cell_near_day(text, day);
    return arena_text(card->arena, text);
}

static bool row(void *owner, long index, struct listview_row *row)
{
    const struct card_line *line = &((struct card *)owner)->lines[index];
    cell_text(row->cell[0], line->label);
    cell_text(row->cell[1], line->text);
    row->style = line->style;
    return true;
}

void card_draw(struct card *card, struct area area, int click_what)
{
    listview_set_count(&card->list, card->count); /* only when all is written: see card_begin() */
    listview_draw(&card->list, area, columns, 2, row, card, click_what);
}

void card_show(const struct card *card, struct area area)
{
    struct area rest = area;
    for (int i = 0; i < card->count && rest.rows > 0; i++) {
        const struct card_line *line = &card->lines[i];
        int indent = line->block ? 0 : LABEL_COLS;
        if (line->label[0] != '\0' && line->block) {
            draw_rule(rest.row, rest.col, rest.cols);
            draw_format(rest.row, rest.col, rest.cols, STYLE_TITLE, "%s ", line->label);
            rest.row++;
            rest.rows--;
        } else if (line->label[0] != '\0') {
            draw_text(rest.row, rest.col, LABEL_COLS - 1, STYLE_DIM, line->label);
        }
        struct area place = { rest.row, rest.col + indent, rest.rows, rest.cols - indent };
        int used = draw_paragraph(place, line->style, line->text);
        rest.row += used;
        rest.rows -= used;
    }
}

const struct card_line *card_selected(const struct card *card)
{
    return card->list.selected < card->count ? &card->lines[card->list.selected] : NULL;
}

void card_screen_draw(struct screen *screen, struct area head, struct area body)
{
    (void)head;
    card_draw(card_of(screen), body, CLICK_SCREEN);
}

bool card_screen_key(struct screen *screen, const struct ui_key *key)
{
    return listview_key(&card_of(screen)->list, key);
}

void card_screen_click(struct screen *screen, int what, long value)
{
    struct listview *list = &card_of(screen)->list;
    (void)what;
    if (value != list->selected) {
        listview_select(list, value);
    } else if (screen->ops->refuses(screen, ACTION_OPEN) == NULL) {
        screen->ops->act(screen, ACTION_OPEN); /* the second press on a line */
    }
}
