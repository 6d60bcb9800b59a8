/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What keys do in a form. */
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "tui/ui/form_model.h"
#include "tui/ui/keys.h"
#include "tui/ui/words.h"

static bool is_letter(const struct ui_key *key, uint32_t code)
{
    return key->kind == UI_TEXT && key->code == code && !key->pasted && !key->alt;
}

static enum form_result used_if(bool used)
{
    return used ? FORM_USED : FORM_IGNORED;
}

static void set_choice(struct form *form, int choice)
{
    form->values[form->focus].choice = choice;
    form_touch(form, form->focus);
}

/* Do the label and the typed letter begin alike, marks aside? */
static bool begins_with(const char *label, uint32_t code)
{
    struct arena *arena = arena_new();
    struct buf letter = BUF_INIT;
    text_put(&letter, code);
    const char *typed = text_fold(arena, buf_str(&letter));
    bool alike = typed[0] != '\0' && strncmp(text_fold(arena, label), typed, strlen(typed)) == 0;
    buf_release(&letter);
    arena_free(arena);
    return alike;
}

static enum form_result choice_key(struct form *form, const struct ui_key *key)
{
    const struct input_choice *choices = form->fields[form->focus].choices;
    int chosen = form->values[form->focus].choice, count = 0;
    while (choices[count].value != NULL) {
        count++;
    }
    ENSURE(count > 0);
    if (key->kind == UI_TEXT && !key->pasted && key->code != ' ') {
        for (int i = 1; i <= count; i++) {
            int next = (chosen + i) % count;
            if (begins_with(_(choices[next].label), key->code)) {
                set_choice(form, next);
                break;
            }
        }
        return FORM_USED;
    }
    bool forward = is_letter(key, ' ') || (key->kind == UI_SPECIAL && key->id == UI_KEY_RIGHT);
    bool back = key->kind == UI_SPECIAL && key->id == UI_KEY_LEFT;
    if (forward || back) {
        set_choice(form, (chosen + (forward ? 1 : count - 1)) % count);
    }
    return used_if(forward || back || key->pasted);
}

static enum form_result toggle_key(struct form *form, const struct ui_key *key)
{
    if (is_letter(key, ' ') ||
        (key->kind == UI_SPECIAL && (key->id == UI_KEY_LEFT || key->id == UI_KEY_RIGHT))) {
        set_choice(form, !form->values[form->focus].choice);
        return FORM_USED;
    }
    return used_if(key->kind == UI_TEXT);
}

/* The text of a field with a source changed: what was picked counts no more, the list narrows. */
static void text_changed(struct form *form)
{
    form_touch(form, form->focus);
    if (!input_has_source(&form->fields[form->focus])) {
        return;
    }
    form->values[form->focus].id = 0;
    form_remark(form, form->focus, NULL);
    if (editor_empty(form->values[form->focus].editor)) {
        form_drop_close(form);
    } else {
        form_drop_open(form);
    }
}

/* Nothing is added to a whole day or amount: what is typed takes its place (Ctrl-Z brings it back).
 */
static void make_room(struct form *form)
{
    enum input_kind kind = form->fields[form->focus].kind;
    struct editor *editor = form->values[form->focus].editor;
    if (kind == INPUT_DAY || kind == INPUT_MONEY) {
        editor_key(editor, &(struct ui_key){ .kind = UI_SPECIAL, .id = UI_KEY_END }, 1);
        editor_key(editor, &(struct ui_key){ .kind = UI_SPECIAL, .id = UI_KEY_ERASE_LINE }, 1);
    }
}

static enum form_result text_key(struct form *form, const struct ui_key *key, bool arrived)
{
    struct form_value *value = &form->values[form->focus];
    if (arrived && key->kind == UI_TEXT && key->code > ' ') {
        make_room(form);
    }
    if (key->kind == UI_SPECIAL && key->id == UI_KEY_BACKSPACE && editor_empty(value->editor) &&
        value->file_count > 0) {
        struct form_file *file = &value->files[--value->file_count];
        free(file->path);
        free(file->label);
        free(file->note);
        form_touch(form, form->focus);
        return FORM_USED;
    }
    const struct form_field *field = &form->fields[form->focus];
    if (key->kind == UI_TEXT && field->kind == INPUT_PICK && (field->flags & INPUT_FREE) == 0 &&
        value->id != 0) {
        editor_set(value->editor, ""); /* another one is meant: nothing is added to a picked name */
    }
    switch (editor_key(value->editor, key, form->text_width)) {
    case EDITOR_CHANGED: text_changed(form); return FORM_USED;
    case EDITOR_MOVED: return FORM_USED;
    case EDITOR_FULL: return FORM_FULL;
    case EDITOR_IGNORED: break;
    }
    return used_if(key->kind == UI_TEXT);
}

/* Keys of an open list. */
static enum form_result drop_key(struct form *form, const struct ui_key *key)
{
    struct form_drop *drop = &form->drop;
    int lines = form_drop_lines(form);
    bool free_text = (form->fields[form->focus].flags & INPUT_FREE) != 0;
    if (key->kind != UI_SPECIAL) {
        return FORM_IGNORED;
    }
    switch (key->id) {
    case UI_KEY_UP: drop->selected -= drop->selected > 0; return FORM_USED;
    case UI_KEY_DOWN: drop->selected += drop->selected + 1 < lines; return FORM_USED;
    case UI_KEY_F4:
    case UI_KEY_F12:
    case UI_KEY_ESC: form_drop_close(form); return FORM_USED;
    case UI_KEY_TAB:
        if (free_text) {
            return FORM_IGNORED; /* Tab keeps what was typed, Enter takes what is offered */
        }
        break;
    case UI_KEY_ENTER: break;
    default: return FORM_IGNORED;
    }
    if (lines == 0) {
        return FORM_IGNORED;
    }
    form_take_hit(form, drop->selected);
    return FORM_USED;
}

static enum form_result move_key(struct form *form, const struct ui_key *key)
{
    const struct form_field *field = &form->fields[form->focus];
    bool empty =
        form->values[form->focus].editor != NULL && editor_empty(form->values[form->focus].editor);
    if (key->kind != UI_SPECIAL) {
        return FORM_IGNORED;
    }
    switch (key->id) {
    case UI_KEY_ENTER:
        if (!form_step(form, 1)) {
            return form->short_form ? FORM_DONE : FORM_USED;
        }
        return FORM_USED;
    case UI_KEY_TAB: form_step(form, 1); return FORM_USED;
    case UI_KEY_BACKTAB:
    case UI_KEY_UP: form_step(form, -1); return FORM_USED;
    case UI_KEY_DOWN:
        if (input_has_source(field) && empty) {
            form_drop_open(form);
        } else {
            form_step(form, 1);
        }
        return FORM_USED;
    case UI_KEY_F4:
        if (input_has_source(field)) {
            form_drop_open(form);
            return FORM_USED;
        }
        return FORM_IGNORED;
    default: return FORM_IGNORED;
    }
}

/* Is `=` not what the field could be meant to say, so that it repeats the record before? */
static bool means_repeat(const struct form *form, const struct ui_key *key)
{
    const struct form_value *value = &form->values[form->focus];
    enum input_kind kind = form->fields[form->focus].kind;
    bool no_sign = kind == INPUT_CHOICE || kind == INPUT_TOGGLE ||
                   ((kind == INPUT_DAY || kind == INPUT_MONEY) && !value->changed);
    return is_letter(key, '=') && (no_sign || editor_empty(value->editor));
}

enum form_result form_key(struct form *form, const struct ui_key *key)
{
    const struct form_field *field = &form->fields[form->focus];
    bool step_is_late = form->step_is_late, arrived = form->arrived;
    form->arrived = false;
    form->step_is_late = false;
    if (step_is_late && key->kind == UI_SPECIAL &&
        (key->id == UI_KEY_ENTER || key->id == UI_KEY_TAB)) {
        return FORM_USED; /* the habit of a hand, or the end that a bar code scanner sends */
    }
    if (key->kind == UI_TEXT && key->pasted && key->code == '\n' && field->kind != INPUT_NOTE) {
        form_step(form, 1); /* a pasted line end is "next field", never "save" */
        return FORM_USED;
    }
    enum form_result result = form->drop.open ? drop_key(form, key) : FORM_IGNORED;
    if (result != FORM_IGNORED) {
        return result;
    }
    if (means_repeat(form, key)) {
        if (form_repeat(form, form->focus)) {
            form_step(form, 1);
            return FORM_USED;
        }
        if (field->kind != INPUT_TEXT && field->kind != INPUT_NOTE) {
            return FORM_NO_RECORD; /* in a text it may be meant as such */
        }
    }
    switch (field->kind) {
    case INPUT_CHOICE: result = choice_key(form, key); break;
    case INPUT_TOGGLE: result = toggle_key(form, key); break;
    default: result = text_key(form, key, arrived);
    }
    return result != FORM_IGNORED ? result : move_key(form, key);
}
