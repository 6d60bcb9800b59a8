/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A form: fields described by a static table, values kept here, drawn wherever there is room.
 * The values live apart from any window (libform keeps them in one, and loses text on a resize).
 *
 * Fields are named by their index in the table. Words in the table are English and translated
 * when drawn. Texts given to the form are copied; texts it answers are its own and valid until
 * the next change.
 */
#ifndef SKRYTKA_UI_FORM_H
#define SKRYTKA_UI_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/base/clock.h"
#include "tui/ui/draw.h"

struct ui_key;

enum input_kind {
    INPUT_TEXT,
    INPUT_NOTE,   /* several lines */
    INPUT_CHOICE, /* one of a few fixed words */
    INPUT_TOGGLE, /* yes or no */
    INPUT_PICK,   /* one of many things that a source knows, found by typing */
    INPUT_MONEY,
    INPUT_DAY,
    INPUT_FILES, /* any number of files that a source knows or whose path is typed */
    INPUT_SECRET,
};

enum input_flag {
    INPUT_REQUIRED = 1,
    INPUT_FREE = 2,   /* a pick that also takes text nobody knows yet */
    INPUT_SIGNED = 4, /* an amount that may be negative, for corrections */
};

struct input_choice {
    const char *value; /* the word that travels; NULL ends the list */
    const char *label;
};

struct form_field {
    const char *name; /* as in the protocol, so that a refusal finds its field */
    const char *label;
    enum input_kind kind;
    size_t limit; /* bytes of text */
    int width;    /* columns wanted; 0: as many as there are */
    unsigned flags;
    const struct input_choice *choices;
    const char *help; /* shown by F1 while the field has the focus; may be NULL */
};

/* A thing that a source offers. */
struct form_hit {
    int64_t id;        /* for a pick of known things; 0 when there are only texts */
    const char *value; /* what the field takes: the name, the path */
    const char *label; /* what the list shows */
    const char *note;  /* beside it, may be NULL */
    bool exact;        /* this is it (a whole box number): taken at once and the focus moves on; an
                          Enter or Tab that comes right after it does nothing */
};

enum { FORM_HITS_MAX = 24, FORM_FILES_MAX = 16 };

/*
 * Asked for the hits of a pick or file field. Answers with form_offer(), before returning or
 * later, quoting `round`; an answer to an older round is ignored. Until the answer (or
 * form_offer() with no hits) form_waiting() is true and the owner holds further keys back, so
 * that keys typed ahead act on what they were meant for.
 */
typedef void (*form_source_fn)(void *owner, int field, const char *text, unsigned round);

struct form;

/*
 * `fields` and their count stay with the form for its life. `source` may be NULL when no field
 * needs one. With `short_form` Enter on the last field means done (see FORM_DONE).
 */
struct form *form_new(const struct form_field *fields, int count, form_source_fn source,
                      void *owner, bool short_form);
void form_free(struct form *form);

/* All fields empty (choices at their first word), first field focused, nothing changed, no error.
 */
void form_clear(struct form *form);

/* Values set by the program do not count as changed by the person. */
void form_set_text(struct form *form, int field, const char *text);
void form_set_choice(struct form *form, int field, const char *value);
void form_set_toggle(struct form *form, int field, bool on);
void form_set_pick(struct form *form, int field, int64_t id, const char *text);
void form_set_money(struct form *form, int field, int64_t grosze);
void form_set_day(struct form *form, int field, const char *day);
bool form_add_file(struct form *form, int field, const char *path, const char *label,
                   const char *note);
void form_drop_files(struct form *form, int field);

/* Text as it stands in the field, blanks at the ends cut. For a pick the text of the field. */
const char *form_text(struct form *form, int field);
const char *form_choice(const struct form *form, int field);
bool form_toggle(const struct form *form, int field);
int64_t form_pick(const struct form *form, int field); /* 0: none, or only text */
int form_file_count(const struct form *form, int field);
const char *form_file(const struct form *form, int field, int index);

/* False when the field is empty or does not say an amount or a day (form_check() told which). */
bool form_money(struct form *form, int field, int64_t *ret_grosze);
bool form_day(struct form *form, int field, char ret_day[CLOCK_DAY]);

/* Counts a value set by the program as changed by the person (a draft taken up again). */
void form_touch(struct form *form, int field);

/*
 * Has the person changed anything (what was typed and erased again does not count), or touched this
 * field, since it was made, cleared or kept?
 */
bool form_changed(const struct form *form);
bool form_field_changed(const struct form *form, int field);

/*
 * Keeps the values as "those of the record before", which `=` in an empty field repeats, and
 * counts nothing as changed any more. Survives form_clear().
 */
void form_keep(struct form *form);

/*
 * Looks at every field shown: required ones filled, amounts and days readable, picks picked,
 * and, once, that a new name is meant where the open list offers others that it is a part of.
 * False when something is wrong: it stands beside the field and the first one has the focus.
 */
bool form_check(struct form *form);

/*
 * Words beside a field: an error (until the field is edited), a remark, or a remark that must be
 * read. Errors and warnings stand below their field where they have no room beside it. NULL takes
 * them away.
 */
void form_error(struct form *form, int field, const char *text);
void form_remark(struct form *form, int field, const char *text);
void form_warning(struct form *form, int field, const char *text);

/*
 * Takes over what the server has: sets a field that the person has not changed; beside a changed
 * one only says what the server has, so that after a conflict both versions are to be seen.
 */
void form_adopt_text(struct form *form, int field, const char *text);
void form_adopt_pick(struct form *form, int field, int64_t id, const char *text);
void form_adopt_choice(struct form *form, int field, const char *value);
void form_adopt_toggle(struct form *form, int field, bool on);
void form_adopt_money(struct form *form, int field, int64_t grosze);
void form_adopt_day(struct form *form, int field, const char *day);

/* The field of that protocol name, or -1. */
int form_find(const struct form *form, const char *name);

/* A hidden field is not drawn, focused or checked. */
void form_hide(struct form *form, int field, bool hidden);

int form_count(const struct form *form);
int form_focus(const struct form *form);
void form_set_focus(struct form *form, int field);
const struct form_field *form_field(const struct form *form, int field);

void form_offer(struct form *form, int field, unsigned round, const struct form_hit *hits,
                int count);
bool form_waiting(const struct form *form);

/* Is a drop-down list open? Going back one step closes it first. */
bool form_list_open(const struct form *form);
void form_close_list(struct form *form);

enum form_result {
    FORM_IGNORED, /* the owner may use the key */
    FORM_USED,
    FORM_FULL,      /* the text has reached its limit: worth a bell */
    FORM_NO_RECORD, /* `=`, but there is no record before, or it had nothing there */
    FORM_DONE,      /* Enter on the last field of a short form */
};
enum form_result form_key(struct form *form, const struct ui_key *key);

/*
 * Draws the fields that fit, the focused one always among them, and a drop-down list near it that
 * never covers it. A press on a field answers `click_what` and the field from draw_hit(); a press
 * on a hit, `click_what` and -1 - its number, for form_take_hit().
 */
void form_draw(struct form *form, struct area area, int click_what);
void form_take_hit(struct form *form, int hit);

#endif
