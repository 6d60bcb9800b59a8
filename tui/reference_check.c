/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/reference_check.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/editing.h"
#include "tui/ui/words.h"

static void on_once_more(void *owner, bool yes, const char *text)
{
    (void)text;
    struct reference_check *check = owner;
    if (yes) {
        check->save(check->owner);
    }
}

/* Beside the field; where the letter is about to be saved, as a question. */
static void tell_same_reference(struct reference_check *check, const struct rec_mail_item *item,
                                bool saving)
{
    char day[LISTVIEW_CELL], remark[LIMIT_LINE_BYTES * 2], question[LIMIT_LINE_BYTES * 3];
    cell_near_day(day, item->date);
    snprintf(remark, sizeof(remark), "%s: %lld, %s %s", _("registered before"), (long long)item->id,
             day, item->client_name);
    form_warning(check->editing->form, check->field, remark);
    if (saving) {
        snprintf(question, sizeof(question), "%s\n%s", remark, _("Register it once more?"));
        app_ask(check->editing->screen->app, DIALOG_YES_NO, _("Reference number"), question,
                on_once_more, check);
    }
}

static void on_same_reference(void *owner, const struct rec_mail_list_result *result,
                              const struct err *err);

static bool look_up(struct reference_check *check, bool saving)
{
    struct rec_mail_list params = { .limit = 1, .has_limit = true };
    params.reference = editing_text(check->editing, check->field);
    if (params.reference == NULL ||
        (!check->looking && strcmp(params.reference, check->checked) == 0)) {
        return false;
    }
    check->saving = saving;
    check->editing->busy = saving;
    if (!check->looking) {
        check->looking = true;
        snprintf(check->checked, sizeof(check->checked), "%s", params.reference);
        form_remark(check->editing->form, check->field, NULL);
        call_mail_list(app_client(check->editing->screen->app), &params, on_same_reference, check);
    }
    return true;
}

static void on_same_reference(void *owner, const struct rec_mail_list_result *result,
                              const struct err *err)
{
    struct reference_check *check = owner;
    const char *now = editing_text(check->editing, check->field);
    bool saving = check->saving;
    check->looking = check->saving = false;
    check->editing->busy = check->editing->busy && !saving;
    if (now == NULL || strcmp(now, check->checked) != 0) {
        if (!look_up(check, saving) && saving) {
            check->save(check->owner);
        }
    } else if (err == NULL && result->items.count > 0 &&
               ((const struct rec_mail_item *)result->items.at)->id != check->own_id) {
        tell_same_reference(check, result->items.at, saving);
    } else if (saving) {
        check->save(check->owner);
    }
    app_dirty(check->editing->screen->app);
}

void reference_check_close(struct reference_check *check)
{
    app_forget(check->editing->screen->app, check);
}

void reference_check_begin(struct reference_check *check)
{
    check->checked[0] = '\0';
}

bool reference_check(struct reference_check *check, int64_t own_id, bool saving)
{
    check->own_id = own_id;
    return look_up(check, saving);
}
