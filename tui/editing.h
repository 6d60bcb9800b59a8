/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The engine of every screen with a form: drawing, keys, saving once at a time, and putting what
 * the server refused beside the field it is about. It also answers for the sources that several
 * forms share: clients, senders, files of the scanner.
 */
#ifndef SKRYTKA_TUI_EDITING_H
#define SKRYTKA_TUI_EDITING_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/err.h"
#include "tui/screen.h"
#include "tui/ui/form.h"

struct editing {
    struct screen *screen;
    struct form *form;
    char lead[512];      /* what the form is about, above it; translated */
    struct draft *draft; /* NULL: keeps none */
    uint64_t draft_at;
    bool draft_stale; /* something was typed since */
    bool busy;        /* loading or saving: keys wait for the answer */
    int checking;     /* questions about what a draft says was picked: the same */
    /* The question to a source that is under way. */
    int source_field;
    unsigned source_round;
    char source_text[128];
};

/*
 * A form screen's own struct begins with this one, and its screen_ops with EDITING_SCREEN; what
 * remains to write is open, refuses and act, where ACTION_SAVE sends the values.
 */
struct editing_screen {
    struct screen screen;
    struct editing editing;
};

static inline struct editing *editing_of(struct screen *screen)
{
    return &((struct editing_screen *)screen)->editing;
}

#define EDITING_SCREEN EDITING_SCREEN_WITH(editing_screen_draw)

/* The same for a screen that draws more than the form. */
#define EDITING_SCREEN_WITH(draw_function)                                                         \
    .context = IN_FORM, .draw = (draw_function), .click = editing_screen_click,                    \
    .help = editing_screen_help, .unsaved = editing_screen_unsaved,                                \
    .waiting = editing_screen_waiting, .pause = editing_screen_pause

void editing_screen_close(struct screen *screen);
void editing_screen_draw(struct screen *screen, struct area head, struct area body);
bool editing_screen_key(struct screen *screen, const struct ui_key *key);
void editing_screen_click(struct screen *screen, int what, long value);
const char *editing_screen_help(struct screen *screen);
bool editing_screen_unsaved(struct screen *screen);
bool editing_screen_waiting(struct screen *screen, const struct ui_key *key);
void editing_screen_pause(struct screen *screen);

/* `source` is called with the screen as owner; NULL when no field has one. */
void editing_open(struct screen *screen, const struct form_field *fields, int count,
                  form_source_fn source, bool short_form);

/*
 * From now on what is typed survives a crash; what survived one is taken up. `name` and the id of
 * the record (0: a new one) tell forms apart. After editing_open(), before values are loaded.
 */
void editing_keep_draft(struct screen *screen, const char *name, int64_t id);

/* Says what refuses and act of a form screen have in common. */
const char *editing_refuses(struct screen *screen, enum ui_action action);
void editing_act(struct screen *screen, enum ui_action action);

/* Sources. `client_id` (0: any) puts the senders who wrote to this client first. */
void editing_ask_clients(struct editing *editing, int field, const char *text, unsigned round);
void editing_ask_senders(struct editing *editing, int field, const char *text, unsigned round,
                         int64_t client_id);
void editing_ask_packages(struct editing *editing, int field, const char *text, unsigned round);
void editing_ask_files(struct editing *editing, int field, const char *text, unsigned round);

/* Was the refusal because another person saved the record meanwhile? Then load it again. */
bool editing_is_stale(const struct err *err);

/* The server refused: beside its field when it named one of ours, else in the status line. */
void editing_failed(struct editing *editing, const struct err *err);

/* The same when why and where are known: `why` is translated. */
void editing_refused(struct editing *editing, int field, const char *why);

/* A line given by the form for a text that may be missing: NULL when empty. */
const char *editing_text(struct editing *editing, int field);

#endif
