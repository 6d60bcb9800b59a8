/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Taking over a record from the server, when the form is opened and again when another person was
 * faster: what the person here changed stays, with the server's version beside it.
 */
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/money.h"
#include "tui/ui/form_model.h"
#include "tui/ui/words.h"

/* May the field be set? Else says beside it what the server has. */
static bool untouched(struct form *form, int field, const char *theirs)
{
    if (!form->values[field].changed) {
        form_remark(form, field, NULL);
        return true;
    }
    struct arena *arena = arena_new();
    form_warning(form, field, arena_format(arena, "%s: %s", _("on the server"), theirs));
    arena_free(arena);
    return false;
}

void form_adopt_text(struct form *form, int field, const char *text)
{
    if (untouched(form, field, text == NULL ? "" : text)) {
        form_set_text(form, field, text);
    }
}

void form_adopt_pick(struct form *form, int field, int64_t id, const char *text)
{
    if (untouched(form, field, text)) {
        form_set_pick(form, field, id, text);
    }
}

void form_adopt_choice(struct form *form, int field, const char *value)
{
    const struct input_choice *choice = form->fields[field].choices;
    while (choice->value != NULL && strcmp(choice->value, value) != 0) {
        choice++;
    }
    if (untouched(form, field, choice->value == NULL ? value : _(choice->label))) {
        form_set_choice(form, field, value);
    }
}

void form_adopt_toggle(struct form *form, int field, bool on)
{
    if (untouched(form, field, on ? _("yes") : _("no"))) {
        form_set_toggle(form, field, on);
    }
}

void form_adopt_money(struct form *form, int field, int64_t grosze)
{
    char text[MONEY_TEXT];
    if (untouched(form, field, money_text(grosze, words_lang() == LANG_PL, text))) {
        form_set_money(form, field, grosze);
    }
}

void form_adopt_day(struct form *form, int field, const char *day)
{
    char text[CLOCK_DAY];
    if (untouched(form, field, clock_day_valid(day) ? clock_day_show(day, text) : "")) {
        form_set_day(form, field, day);
    }
}
