/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What a screen is. One screen is one file that ends in one const struct screen_ops; a screen of
 * the menu is one row more in screens.def.h.
 *
 * Screens never block and never draw by themselves: a key, an answer of the server or an event
 * changes the screen's own data and calls app_dirty(); the picture is made once per turn of the
 * loop. All on the loop thread.
 */
#ifndef SKRYTKA_TUI_SCREEN_H
#define SKRYTKA_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/record.h"
#include "tui/ui/draw.h"
#include "tui/ui/keys.h"

struct app;
struct browse_ops;
struct screen_ops;

/* Where an action means something. */
enum context {
    IN_LIST = 1, /* lists and cards: letters go to the search, keys act */
    IN_FORM = 2, /* letters go to the field */
    ANY = IN_LIST | IN_FORM,
};

enum ui_action {
#define ACTION(id, key, contexts, hint, help) ACTION_##id,
#include "tui/actions.def.h"
#undef ACTION
    ACTION_MAX
};

/* The part that all screens have; a screen's own struct begins with it. */
struct screen {
    const struct screen_ops *ops;
    struct app *app;
};

/* An answer of screen_ops.refuses that is no reason but "there is no such thing here". */
extern const char not_here[];

struct screen_ops {
    const char *title; /* English; translated when drawn */
    size_t size;       /* of the screen's own struct, which is zeroed before open */
    enum context context;
    const struct browse_ops *list; /* what a LIST_SCREEN of browse.h shows, else NULL */

    /* The title of this very one, translated, where it says more. NULL: `title`. May be NULL. */
    const char *(*titled)(struct screen *screen);

    /* `argument` is what app_push() was given (a record's id, or 0). */
    void (*open)(struct screen *screen, int64_t argument);
    void (*close)(struct screen *screen);

    /*
     * Draws into `body`; what says where one is (tabs, search) into `head`, which has two rows and
     * is narrower where the alert stands beside it. Either may have no rows.
     */
    void (*draw)(struct screen *screen, struct area head, struct area body);

    /* More about the selected row, where the window has the room. May be NULL. */
    void (*detail)(struct screen *screen, struct area area);

    /* A key that is no action of this place. False when it means nothing here. */
    bool (*key)(struct screen *screen, const struct ui_key *key);

    /*
     * Why an action of actions.def.h cannot be done now, in the person's language; NULL when it
     * can; not_here when the screen does not know it. Actions of the whole program do not come.
     */
    const char *(*refuses)(struct screen *screen, enum ui_action action);
    void (*act)(struct screen *screen, enum ui_action action);

    /* A press on a place that the screen made clickable (CLICK_SCREEN and higher). May be NULL. */
    void (*click)(struct screen *screen, int what, long value);

    /* Something happened in the office. NULL: anything may have happened, the line was down. */
    void (*event)(struct screen *screen, const struct rec_event *event);

    /* A few words for the status line ("1-5 of 12"), at most `size` bytes. May be NULL. */
    void (*status)(struct screen *screen, char *out, size_t size);

    /* Help for where the focus is, translated, or NULL. May be NULL. */
    const char *(*help)(struct screen *screen);

    /* Do letters go into a search that is not empty, so that signs are no commands? May be NULL. */
    bool (*typing)(struct screen *screen);

    /* Does it hold what the person typed and did not save? May be NULL. */
    bool (*unsaved)(struct screen *screen);

    /*
     * Must this key wait for an answer under way, so that it acts on what it was meant for? The
     * keys behind it wait too. May be NULL.
     */
    bool (*waiting)(struct screen *screen, const struct ui_key *key);

    /* No key came for a second. May be NULL. */
    void (*pause)(struct screen *screen);
};

/* What was pressed, for draw_click(). */
enum click {
    CLICK_ACTION,  /* value: enum ui_action */
    CLICK_ALERT,   /* serve */
    CLICK_PALETTE, /* value: row */
    CLICK_SCREEN,  /* from here on the screen's own */
};

enum screen_id {
#define SCREEN(name, letter, who, place) SCREEN_##name,
#include "tui/screens.def.h"
#undef SCREEN
    SCREEN_MAX
};

#define SCREEN(name, letter, who, place) extern const struct screen_ops screen_##name;
#include "tui/screens.def.h"
#undef SCREEN

/* Screens that others open: their argument is the id of what they show; 0 for a new record. */
extern const struct screen_ops screen_fulfil;
extern const struct screen_ops screen_attach;
extern const struct screen_ops screen_charge;      /* of the letter; a new cost */
extern const struct screen_ops screen_charge_edit; /* of the cost */
extern const struct screen_ops screen_cancel;
extern const struct screen_ops screen_mail_new; /* mail_new_argument() */
extern const struct screen_ops screen_mail_edit;
extern const struct screen_ops screen_mail_card;
extern const struct screen_ops screen_client_card;
extern const struct screen_ops screen_client_edit;
extern const struct screen_ops screen_package_edit;
extern const struct screen_ops screen_user_edit;
extern const struct screen_ops screen_scan;      /* of a letter: its id */
extern const struct screen_ops screen_sent_scan; /* a file that was sent: its upload */

/* What a new letter begins with: its direction and whose it is (0: not known). */
static inline int64_t mail_new_argument(enum direction direction, int64_t client_id)
{
    return client_id * direction_MAX + (int64_t)direction;
}

#endif
