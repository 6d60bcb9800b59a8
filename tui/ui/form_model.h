/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of a form, shared by form.c (values), form_keys.c and form_draw.c only. */
#ifndef SKRYTKA_UI_FORM_MODEL_H
#define SKRYTKA_UI_FORM_MODEL_H

#include "tui/ui/editor.h"
#include "tui/ui/form.h"

struct form_file {
    char *path, *label, *note;
};

/* One field's value; which members count depends on its kind. */
struct form_value {
    struct editor *editor; /* all kinds but choice and toggle */
    int choice;            /* index into the choices; a toggle's 0 or 1 */
    int64_t id;            /* of the thing picked; 0 while the text is only text */
    struct form_file files[FORM_FILES_MAX];
    int file_count;
    char *error, *remark;
    bool warns; /* the remark must be read: in full, and seen */
    bool hidden, changed;
    bool filled;     /* began with a text: an empty one is a change of it */
    char *kept_text; /* of the record before, for `=` */
    int kept_choice;
    int64_t kept_id;
};

struct form_drop {
    bool open, waiting;
    bool told; /* that the text is not the hit marked: saving once more means the text */
    unsigned round;
    struct form_hit hits[FORM_HITS_MAX]; /* texts are ours */
    int count;
    int selected; /* == count: the line that adds the typed text (INPUT_FREE) */
};

struct form {
    const struct form_field *fields;
    int count;
    form_source_fn source;
    void *owner;
    bool short_form;
    bool kept;         /* there was a record before */
    bool step_is_late; /* an exact hit was taken: Enter or Tab right after it was meant for that
                          field */
    bool arrived; /* no key came since the focus did: a day or an amount is replaced by typing */
    int focus;
    int top;        /* first layout row in sight */
    int text_width; /* columns of the focused field's text at the last drawing */
    struct form_value *values;
    struct form_drop drop;
};

static inline bool input_has_source(const struct form_field *field)
{
    return field->kind == INPUT_PICK || field->kind == INPUT_FILES;
}

/* Lines of the drop-down list: hits, and one more where typed text may be added. */
int form_drop_lines(struct form *form);

/* Opens the list of the focused field (asks its source), closes it. */
void form_drop_open(struct form *form);
void form_drop_close(struct form *form);

/* Moves to the next (or previous) field that is shown; false at the end. Tidies the field left. */
bool form_step(struct form *form, int step);

/* Empties a field and takes what the record before had. False when there is nothing to repeat. */
bool form_repeat(struct form *form, int field);

#endif
