/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/form.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"
#include "tui/ui/daytext.h"
#include "tui/ui/form_model.h"
#include "tui/ui/words.h"

static char *copy(const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    size_t size = strlen(text) + 1;
    return memcpy(memory_zeroed(size), text, size);
}

static void replace(char **slot, const char *text)
{
    char *mine = copy(text);
    free(*slot);
    *slot = mine;
}

static bool has_text(const struct form_field *field)
{
    return field->kind != INPUT_CHOICE && field->kind != INPUT_TOGGLE;
}

struct form *form_new(const struct form_field *fields, int count, form_source_fn source,
                      void *owner, bool short_form)
{
    struct form *form = memory_zeroed(sizeof(*form));
    ENSURE(count > 0);
    form->fields = fields;
    form->count = count;
    form->source = source;
    form->owner = owner;
    form->short_form = short_form;
    form->text_width = 1;
    form->values = memory_zeroed(memory_product((size_t)count, sizeof(*form->values)));
    for (int i = 0; i < count; i++) {
        if (has_text(&fields[i])) {
            size_t limit = fields[i].limit > 0 ? fields[i].limit : 40;
            form->values[i].editor = editor_new(limit, fields[i].kind == INPUT_NOTE);
        }
    }
    return form;
}

static void drop_files(struct form_value *value)
{
    for (int i = 0; i < value->file_count; i++) {
        free(value->files[i].path);
        free(value->files[i].label);
        free(value->files[i].note);
    }
    value->file_count = 0;
}

void form_free(struct form *form)
{
    if (form == NULL) {
        return;
    }
    form_drop_close(form);
    for (int i = 0; i < form->count; i++) {
        struct form_value *value = &form->values[i];
        editor_free(value->editor);
        drop_files(value);
        free(value->error);
        free(value->remark);
        free(value->kept_text);
    }
    free(form->values);
    free(form);
}

void form_clear(struct form *form)
{
    form_drop_close(form);
    for (int i = 0; i < form->count; i++) {
        struct form_value *value = &form->values[i];
        if (value->editor != NULL) {
            editor_set(value->editor, "");
        }
        drop_files(value);
        value->choice = 0;
        value->id = 0;
        value->changed = value->filled = false;
        replace(&value->error, NULL);
        replace(&value->remark, NULL);
        value->warns = false;
    }
    form->focus = -1;
    form_step(form, 1);
}

void form_set_text(struct form *form, int field, const char *text)
{
    editor_set(form->values[field].editor, text == NULL ? "" : text);
    form->values[field].filled = text != NULL && text[0] != '\0';
}

void form_set_choice(struct form *form, int field, const char *value)
{
    const struct input_choice *choices = form->fields[field].choices;
    for (int i = 0; choices[i].value != NULL; i++) {
        if (strcmp(choices[i].value, value) == 0) {
            form->values[field].choice = i;
        }
    }
}

void form_set_toggle(struct form *form, int field, bool on)
{
    form->values[field].choice = on ? 1 : 0;
}

void form_set_pick(struct form *form, int field, int64_t id, const char *text)
{
    form_set_text(form, field, text);
    form->values[field].id = id;
}

void form_set_money(struct form *form, int field, int64_t grosze)
{
    char text[MONEY_TEXT];
    form_set_text(form, field, money_text(grosze, words_lang() == LANG_PL, text));
}

void form_set_day(struct form *form, int field, const char *day)
{
    char text[CLOCK_DAY];
    form_set_text(form, field, clock_day_valid(day) ? clock_day_show(day, text) : "");
}

bool form_add_file(struct form *form, int field, const char *path, const char *label,
                   const char *note)
{
    struct form_value *value = &form->values[field];
    for (int i = 0; i < value->file_count; i++) {
        if (strcmp(value->files[i].path, path) == 0) {
            return true;
        }
    }
    if (value->file_count == FORM_FILES_MAX) {
        return false;
    }
    value->files[value->file_count++] =
        (struct form_file){ .path = copy(path), .label = copy(label), .note = copy(note) };
    return true;
}

void form_drop_files(struct form *form, int field)
{
    drop_files(&form->values[field]);
}

const char *form_text(struct form *form, int field)
{
    return editor_text(form->values[field].editor);
}

const char *form_choice(const struct form *form, int field)
{
    return form->fields[field].choices[form->values[field].choice].value;
}

bool form_toggle(const struct form *form, int field)
{
    return form->values[field].choice != 0;
}

int64_t form_pick(const struct form *form, int field)
{
    return form->values[field].id;
}

int form_file_count(const struct form *form, int field)
{
    return form->values[field].file_count;
}

const char *form_file(const struct form *form, int field, int index)
{
    return form->values[field].files[index].path;
}

bool form_money(struct form *form, int field, int64_t *ret_grosze)
{
    bool negative = (form->fields[field].flags & INPUT_SIGNED) != 0;
    return money_parse(form_text(form, field), negative, ret_grosze);
}

bool form_day(struct form *form, int field, char ret_day[CLOCK_DAY])
{
    char today[CLOCK_DAY];
    return daytext_parse(form_text(form, field), clock_day(clock_now(), today), ret_day);
}

bool form_field_changed(const struct form *form, int field)
{
    return form->values[field].changed;
}

bool form_changed(const struct form *form)
{
    bool changed = false;
    for (int i = 0; i < form->count; i++) {
        const struct form_value *value = &form->values[i];
        /* typed and erased again: nobody misses that */
        bool blank = form->fields[i].kind != INPUT_FILES && value->editor != NULL &&
                     editor_empty(value->editor) && !value->filled;
        changed = changed || (value->changed && !blank);
    }
    return changed;
}

void form_touch(struct form *form, int field)
{
    form->values[field].changed = true;
    replace(&form->values[field].error, NULL);
}

void form_keep(struct form *form)
{
    for (int i = 0; i < form->count; i++) {
        struct form_value *value = &form->values[i];
        if (value->editor != NULL) {
            replace(&value->kept_text, form_text(form, i));
        }
        value->kept_choice = value->choice;
        value->kept_id = value->id;
        value->changed = false;
    }
    form->kept = true;
}

bool form_repeat(struct form *form, int field)
{
    struct form_value *value = &form->values[field];
    if (!form->kept || (value->editor != NULL && value->kept_text[0] == '\0')) {
        return false;
    }
    if (value->editor != NULL) {
        editor_set(value->editor, value->kept_text);
    }
    value->id = value->kept_id;
    value->choice = value->kept_choice;
    form_touch(form, field);
    return true;
}

static const char *fault_of(struct form *form, int field)
{
    const struct form_field *row = &form->fields[field];
    struct form_value *value = &form->values[field];
    bool empty = row->kind == INPUT_FILES ? value->file_count == 0
                                          : value->editor != NULL && editor_empty(value->editor);
    int64_t grosze;
    char day[CLOCK_DAY];
    if (row->kind == INPUT_FILES && !editor_empty(value->editor)) {
        return _("is no file that can be sent; choose one from the list (F4)");
    }
    if (empty) {
        return (row->flags & INPUT_REQUIRED) != 0 ? _("is needed") : NULL;
    }
    if (row->kind == INPUT_MONEY && !form_money(form, field, &grosze)) {
        return _("is not an amount, e.g. 12,50");
    }
    if (row->kind == INPUT_DAY && !form_day(form, field, day)) {
        return _("is not a day, e.g. 12.11");
    }
    if (row->kind == INPUT_PICK && (row->flags & INPUT_FREE) == 0 && value->id == 0) {
        return _("choose one from the list (F4)");
    }
    return NULL;
}

/*
 * Part of a name typed while the list offers whole ones: is it meant as it stands, or was Enter
 * forgotten? The person is told once.
 */
static bool is_fragment(struct form *form)
{
    struct form_drop *drop = &form->drop;
    const struct form_field *field = &form->fields[form->focus];
    if (!drop->open || drop->told || drop->count == 0 || field->kind != INPUT_PICK ||
        (field->flags & INPUT_FREE) == 0) {
        return false;
    }
    struct arena *arena = arena_new();
    const char *typed = text_fold(arena, form_text(form, form->focus));
    bool whole = typed[0] == '\0';
    for (int i = 0; i < drop->count; i++) {
        whole = whole || strcmp(text_fold(arena, drop->hits[i].value), typed) == 0;
    }
    arena_free(arena);
    return !whole;
}

bool form_check(struct form *form)
{
    int first = -1;
    if (is_fragment(form)) {
        form->drop.told = true;
        form_error(form, form->focus, _("Enter takes the one marked; F2 again: as typed"));
        return false;
    }
    for (int i = 0; i < form->count; i++) {
        const char *fault = form->values[i].hidden ? NULL : fault_of(form, i);
        form_error(form, i, fault);
        first = first < 0 && fault != NULL ? i : first;
    }
    if (first >= 0) {
        form_set_focus(form, first);
    }
    return first < 0;
}

void form_error(struct form *form, int field, const char *text)
{
    replace(&form->values[field].error, text);
}

void form_remark(struct form *form, int field, const char *text)
{
    replace(&form->values[field].remark, text);
    form->values[field].warns = false;
}

void form_warning(struct form *form, int field, const char *text)
{
    form_remark(form, field, text);
    form->values[field].warns = true;
}

int form_find(const struct form *form, const char *name)
{
    for (int i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

void form_hide(struct form *form, int field, bool hidden)
{
    form->values[field].hidden = hidden;
    if (form->focus == field && hidden && !form_step(form, 1)) {
        form_step(form, -1);
    }
}

int form_count(const struct form *form)
{
    return form->count;
}

int form_focus(const struct form *form)
{
    return form->focus;
}

void form_set_focus(struct form *form, int field)
{
    form_drop_close(form);
    form->step_is_late = false;
    form->arrived = true;
    form->focus = field;
}

const struct form_field *form_field(const struct form *form, int field)
{
    return &form->fields[field];
}

/* What was typed as a day is shown as the day it was taken for; what is wrong is told at once. */
static void leave(struct form *form, int field)
{
    char day[CLOCK_DAY];
    const struct form_value *value = &form->values[field];
    if (value->changed && value->editor != NULL && !editor_empty(value->editor)) {
        form_error(form, field, fault_of(form, field));
    }
    if (form->fields[field].kind == INPUT_DAY && form_day(form, field, day)) {
        form_set_day(form, field, day);
    }
}

bool form_step(struct form *form, int step)
{
    for (int i = form->focus + step; i >= 0 && i < form->count; i += step) {
        if (!form->values[i].hidden) {
            if (form->focus >= 0) {
                leave(form, form->focus);
            }
            form_set_focus(form, i);
            return true;
        }
    }
    return false;
}

static void release_hits(struct form_drop *drop)
{
    for (int i = 0; i < drop->count; i++) {
        free((char *)drop->hits[i].value);
        free((char *)drop->hits[i].label);
        free((char *)drop->hits[i].note);
    }
    drop->count = 0;
    drop->selected = 0;
}

void form_drop_close(struct form *form)
{
    release_hits(&form->drop);
    form->drop.open = false;
    form->drop.waiting = false;
    form->drop.round++;
}

void form_drop_open(struct form *form)
{
    struct form_drop *drop = &form->drop;
    drop->open = true;
    drop->told = false;
    drop->waiting = true;
    drop->round++;
    form->source(form->owner, form->focus, form_text(form, form->focus), drop->round);
}

bool form_waiting(const struct form *form)
{
    return form->drop.waiting;
}

bool form_list_open(const struct form *form)
{
    return form->drop.open;
}

void form_close_list(struct form *form)
{
    form_drop_close(form);
}

int form_drop_lines(struct form *form)
{
    const struct form_field *field = &form->fields[form->focus];
    bool adds = (field->flags & INPUT_FREE) != 0 && !editor_empty(form->values[form->focus].editor);
    return form->drop.count + (adds ? 1 : 0);
}

void form_offer(struct form *form, int field, unsigned round, const struct form_hit *hits,
                int count)
{
    struct form_drop *drop = &form->drop;
    if (!drop->open || round != drop->round || field != form->focus) {
        return;
    }
    release_hits(drop);
    drop->waiting = false;
    for (int i = 0; i < count && i < FORM_HITS_MAX; i++) {
        drop->hits[drop->count++] = (struct form_hit){
            .id = hits[i].id,
            .value = copy(hits[i].value),
            .label = copy(hits[i].label),
            .note = copy(hits[i].note),
        };
    }
    for (int i = 0; i < drop->count; i++) {
        if (hits[i].exact) {
            form_take_hit(form, i);
            form->step_is_late = true;
            return;
        }
    }
}

void form_take_hit(struct form *form, int hit)
{
    struct form_drop *drop = &form->drop;
    int field = form->focus;
    if (!drop->open || hit < 0 || hit > drop->count) {
        return;
    }
    struct form_value *value = &form->values[field];
    form_touch(form, field);
    if (form->fields[field].kind == INPUT_FILES) {
        if (hit < drop->count) {
            form_add_file(form, field, drop->hits[hit].value, drop->hits[hit].label,
                          drop->hits[hit].note);
        }
        editor_set(value->editor, "");
        form_drop_close(form);
        return;
    }
    if (hit < drop->count) {
        editor_set(value->editor, drop->hits[hit].value);
        value->id = drop->hits[hit].id;
        replace(&value->remark, drop->hits[hit].note);
        value->warns = false;
    }
    form_drop_close(form);
    form_step(form, 1);
}
