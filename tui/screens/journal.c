/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Administracja > Dziennik: who did what, when; the newest on top. */
#include <stdio.h>

#include "tui/app.h"
#include "tui/browse.h"
#include "tui/cells.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static const struct listview_column columns[] = {
    { .title = N_("When"), .min = 11 },
    { .title = N_("Who"), .min = 10, .flex = 1, .max = 24 },
    { .title = N_("What"), .min = 16, .flex = 1, .max = 32 },
    { .title = N_("Client"), .min = 12, .flex = 1, .priority = 1 },
    { .title = N_("Letter"), .min = 12, .flex = 1, .priority = 2 },
};

static void ask(struct screen *screen, int tab, void *params)
{
    (void)screen;
    (void)tab;
    struct rec_event_list *wanted = params;
    wanted->newest_first = wanted->has_newest_first = true;
}

static void row(struct screen *screen, const void *record, struct listview_row *row)
{
    (void)screen;
    const struct rec_event *event = record;
    cell_time(row->cell[0], event->at);
    cell_text(row->cell[1], event->actor);
    cell_text(row->cell[2], wording_event(event));
    if (event->client_name != NULL) {
        snprintf(row->cell[3], LISTVIEW_CELL, "%s %s", text_or_empty(event->client_code),
                 event->client_name);
    }
    cell_text(row->cell[4], event->counterparty);
}

static const char *kind_words(int kind)
{
    return wording_event_kind((enum event_kind)kind);
}

static const struct filter_spec filter = {
    .word = "kind",
    .word_label = N_("What"),
    .wording = kind_words,
    .days = true,
    .clients = true,
    .person = "actor",
};

static const struct browse_ops browsing = {
    .method = METHOD_event_list,
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .empty = N_("Nothing has happened yet."),
    .ask = ask,
    .row = row,
    .filter = &filter,
    .letter = "item_id",
    .opens = &screen_mail_card,
    .opens_field = "item_id",
};

/* Where no letter is told about, the words that the columns cut. */
static void detail(struct screen *screen, struct area area)
{
    const struct rec_event *event = browse_selected(browse_of(screen));
    if (event == NULL || browse_draw_letter(browse_of(screen), area)) {
        return;
    }
    char who[LISTVIEW_CELL], client[LISTVIEW_CELL];
    snprintf(who, sizeof(who), "%s: %s", _("Who"), event->actor);
    snprintf(client, sizeof(client), "%s %s", text_or_empty(event->client_code),
             text_or_empty(event->client_name));
    const char *const lines[] = { wording_event(event), text_or_empty(event->detail),
                                  event->client_name == NULL ? "" : client,
                                  text_or_empty(event->counterparty), who };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && area.rows > 0; i++) {
        int used = lines[i][0] == '\0' ? 0 : draw_paragraph(area, STYLE_NORMAL, lines[i]);
        area.row += used;
        area.rows -= used;
    }
}

const struct screen_ops screen_journal =
    LIST_SCREEN(N_("Administration > Journal"), browsing, detail);
