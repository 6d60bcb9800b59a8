/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/draft_check.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/editing.h"
#include "tui/ui/words.h"

/* The names of the fields, as the protocol has them. */
#define CLIENT_FIELD  "client_id"
#define PACKAGE_FIELD "package_id"

/* `id` is what the server has by that name; 0: nothing, or another thing. */
static void conclude(struct screen *screen, const char *name, int64_t id)
{
    struct form *form = editing_of(screen)->form;
    int field = form_find(form, name);
    editing_of(screen)->checking--;
    if (field < 0 || form_pick(form, field) != 0 || form_text(form, field)[0] == '\0') {
        return; /* the person was faster */
    }
    if (id != 0) {
        char text[LIMIT_LINE_BYTES * 2];
        snprintf(text, sizeof(text), "%s", form_text(form, field));
        form_set_pick(form, field, id, text);
    } else {
        form_error(form, field, _("choose one from the list (F4)"));
    }
    app_dirty(screen->app);
}

static void on_client(void *owner, const struct rec_client *client, const struct err *err)
{
    struct screen *screen = owner;
    struct form *form = editing_of(screen)->form;
    int field = form_find(form, CLIENT_FIELD);
    char label[LIMIT_LINE_BYTES * 2];
    int64_t id = 0;
    if (err == NULL && field >= 0) {
        snprintf(label, sizeof(label), "%s %s", client->code, client->name);
        id = strcmp(label, form_text(form, field)) == 0 ? client->id : 0;
    }
    conclude(screen, CLIENT_FIELD, id);
}

static void on_packages(void *owner, const struct rec_package_list_result *result,
                        const struct err *err)
{
    struct screen *screen = owner;
    struct form *form = editing_of(screen)->form;
    int field = form_find(form, PACKAGE_FIELD);
    int64_t id = 0;
    for (size_t i = 0; err == NULL && field >= 0 && i < result->packages.count; i++) {
        const struct rec_package *package = (const struct rec_package *)result->packages.at + i;
        if (strcmp(package->name, form_text(form, field)) == 0) {
            id = package->id;
        }
    }
    conclude(screen, PACKAGE_FIELD, id);
}

/* The number in the field, taken out of it; 0: there is none. */
static int64_t take_out(struct screen *screen, const char *name)
{
    struct form *form = editing_of(screen)->form;
    char text[LIMIT_LINE_BYTES * 2];
    int field = form_find(form, name);
    int64_t id = field < 0 ? 0 : form_pick(form, field);
    if (id != 0) {
        snprintf(text, sizeof(text), "%s", form_text(form, field));
        form_set_pick(form, field, 0, text);
        editing_of(screen)->checking++;
    }
    return id;
}

void draft_check_picks(struct screen *screen)
{
    struct rec_by_id params = { .id = take_out(screen, CLIENT_FIELD) };
    if (params.id != 0) {
        call_client_get(app_client(screen->app), &params, on_client, screen);
    }
    if (take_out(screen, PACKAGE_FIELD) != 0) {
        call_package_list(app_client(screen->app), &(struct rec_nothing){ 0 }, on_packages, screen);
    }
}
