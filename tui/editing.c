/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/editing.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/draft.h"
#include "tui/draft_check.h"
#include "tui/scanfolder.h"
#include "tui/sent_scans.h"
#include "tui/ui/term.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum { HITS = 10, DRAFT_MS = 1000 };

/* What is clickable in a form screen. */
enum { CLICK_FIELD = CLICK_SCREEN };

void editing_open(struct screen *screen, const struct form_field *fields, int count,
                  form_source_fn source, bool short_form)
{
    struct editing *editing = editing_of(screen);
    editing->screen = screen;
    editing->form = form_new(fields, count, source, screen, short_form);
    form_clear(editing->form);
}

void editing_keep_draft(struct screen *screen, const char *name, int64_t id)
{
    char whole[64], place[DRAFT_PLACE];
    struct editing *editing = editing_of(screen);
    if (id == 0) {
        snprintf(whole, sizeof(whole), "%s", name);
    } else {
        snprintf(whole, sizeof(whole), "%s_%lld", name, (long long)id);
    }
    app_place(screen->app, place, sizeof(place));
    editing->draft = draft_open(whole, place);
    if (draft_read(editing->draft, editing->form)) {
        draft_check_picks(screen);
        app_say(screen->app, STYLE_ALERT, "%s", _("The draft from before is here again."));
    }
}

/* At most once in DRAFT_MS, and when the person pauses: a crash costs the typing since then. */
static void write_draft(struct editing *editing)
{
    uint64_t now = uv_now(app_loop(editing->screen->app));
    editing->draft_stale = now - editing->draft_at < DRAFT_MS;
    if (!editing->draft_stale) {
        editing->draft_at = now;
        draft_write(editing->draft, editing->form);
    }
}

void editing_screen_pause(struct screen *screen)
{
    struct editing *editing = editing_of(screen);
    if (editing->draft_stale) {
        editing->draft_stale = false;
        draft_write(editing->draft, editing->form);
    }
}

static void end_draft(struct editing *editing)
{
    bool keep = app_is_cut_off(editing->screen->app) && form_changed(editing->form);
    if (keep) {
        draft_write(editing->draft, editing->form);
    }
    draft_close(editing->draft, keep);
}

void editing_screen_close(struct screen *screen)
{
    end_draft(editing_of(screen));
    app_forget(screen->app, screen);
    app_forget(screen->app, editing_of(screen));
    form_free(editing_of(screen)->form);
}

static void begin_question(struct editing *editing, int field, const char *text, unsigned round)
{
    editing->source_field = field;
    editing->source_round = round;
    snprintf(editing->source_text, sizeof(editing->source_text), "%s", text);
    app_forget(editing->screen->app, editing);
}

static void offer(struct editing *editing, const struct form_hit *hits, int count)
{
    form_offer(editing->form, editing->source_field, editing->source_round, hits, count);
    app_dirty(editing->screen->app);
}

/*
 * A whole box number is meant as such: digits, with which no longer number begins (777 while there
 * is 7771), three of them unless nobody else is found. A client who is gone is not taken unseen.
 */
static bool is_exact(const char *text, const struct list *clients, size_t which)
{
    const struct rec_client *found = clients->at;
    size_t length = strlen(text);
    if (!found[which].active || strcmp(text, found[which].code) != 0 ||
        strspn(text, "0123456789") != length || (length < 3 && clients->count > 1)) {
        return false;
    }
    for (size_t i = 0; i < clients->count; i++) {
        if (i != which && strncmp(found[i].code, text, length) == 0) {
            return false;
        }
    }
    return true;
}

static void on_clients(void *owner, const struct rec_client_search_result *found,
                       const struct err *err)
{
    struct editing *editing = owner;
    struct arena *arena = arena_new();
    struct form_hit hits[HITS];
    int count = 0;
    for (size_t i = 0; err == NULL && i < found->clients.count && count < HITS; i++) {
        const struct rec_client *client = (const struct rec_client *)found->clients.at + i;
        char *label = arena_format(arena, "%s %s", client->code, client->name);
        hits[count++] = (struct form_hit){
            .id = client->id,
            .value = label,
            .label = label,
            .note = client->active
                        ? arena_format(arena, "%s: %s", _("package"), client->package_name)
                        : _("the contract has ended"),
            .exact = is_exact(editing->source_text, &found->clients, i),
        };
    }
    offer(editing, hits, count);
    arena_free(arena);
}

void editing_ask_clients(struct editing *editing, int field, const char *text, unsigned round)
{
    struct rec_client_search params = { .text = text[0] == '\0' ? NULL : text,
                                        .ended_too = text[0] != '\0',
                                        .has_ended_too = true,
                                        .limit = HITS,
                                        .has_limit = true };
    begin_question(editing, field, text, round);
    call_client_search(app_client(editing->screen->app), &params, on_clients, editing);
}

static void on_senders(void *owner, const struct rec_sender_search_result *found,
                       const struct err *err)
{
    struct editing *editing = owner;
    struct arena *arena = arena_new();
    struct form_hit hits[HITS];
    int count = 0;
    for (size_t i = 0; err == NULL && i < found->senders.count && count < HITS; i++) {
        const struct rec_sender *sender = (const struct rec_sender *)found->senders.at + i;
        hits[count++] = (struct form_hit){
            .value = sender->name,
            .label = sender->name,
            .note = arena_format(arena, "%lld×", (long long)sender->uses),
        };
    }
    offer(editing, hits, count);
    arena_free(arena);
}

void editing_ask_senders(struct editing *editing, int field, const char *text, unsigned round,
                         int64_t client_id)
{
    struct rec_sender_search params = {
        .text = text[0] == '\0' ? NULL : text,
        .client_id = client_id,
        .has_client_id = client_id != 0,
        .limit = HITS,
        .has_limit = true,
    };
    begin_question(editing, field, text, round);
    call_sender_search(app_client(editing->screen->app), &params, on_senders, editing);
}

static void on_packages(void *owner, const struct rec_package_list_result *found,
                        const struct err *err)
{
    struct editing *editing = owner;
    struct form_hit hits[FORM_HITS_MAX];
    struct arena *arena = arena_new();
    const char *typed = text_fold(arena, editing->source_text);
    int count = 0;
    for (size_t i = 0; err == NULL && i < found->packages.count && count < FORM_HITS_MAX; i++) {
        const struct rec_package *package = (const struct rec_package *)found->packages.at + i;
        if (strstr(text_fold(arena, package->name), typed) != NULL) {
            hits[count++] = (struct form_hit){ .id = package->id,
                                               .value = package->name,
                                               .label = package->name };
        }
    }
    offer(editing, hits, count);
    arena_free(arena);
}

void editing_ask_packages(struct editing *editing, int field, const char *text, unsigned round)
{
    begin_question(editing, field, text, round);
    call_package_list(app_client(editing->screen->app), &(struct rec_nothing){ 0 }, on_packages,
                      editing);
}

void editing_ask_files(struct editing *editing, int field, const char *text, unsigned round)
{
    static struct scanfile files[HITS];
    static char notes[HITS][SENT_SCANS_NOTE];
    struct form_hit hits[HITS];
    size_t count = scanfolder_list(app_scan_folder(editing->screen->app), text, files, HITS);
    for (size_t i = 0; i < count; i++) {
        sent_scans_note(&files[i], notes[i]);
        hits[i] =
            (struct form_hit){ .value = files[i].path, .label = files[i].name, .note = notes[i] };
    }
    begin_question(editing, field, text, round);
    offer(editing, hits, (int)count);
}

bool editing_screen_key(struct screen *screen, const struct ui_key *key)
{
    struct editing *editing = editing_of(screen);
    if (editing->busy) { /* comes here only while the line is down: see screen_ops.waiting */
        app_say(screen->app, STYLE_ALERT, "%s", _("It waits for the server's answer."));
        return true;
    }
    switch (form_key(editing->form, key)) {
    case FORM_FULL:
        term_bell();
        app_say(screen->app, STYLE_ERROR, "%s", _("The field is full."));
        return true;
    case FORM_NO_RECORD:
        term_bell();
        app_say(screen->app, STYLE_ERROR, "%s", _("There is nothing to repeat."));
        return true;
    case FORM_DONE: screen->ops->act(screen, ACTION_SAVE); return true;
    case FORM_USED: write_draft(editing); return true;
    case FORM_IGNORED: break;
    }
    return false;
}

void editing_screen_draw(struct screen *screen, struct area head, struct area body)
{
    struct editing *editing = editing_of(screen);
    struct area area = { head.row, body.col, body.row + body.rows - head.row, body.cols };
    if (editing->lead[0] != '\0' && area.rows > 6) {
        struct area lead = { area.row, area.col, area.rows / 3, head.cols };
        int used = draw_paragraph(lead, STYLE_NORMAL, editing->lead) + 1;
        int least = body.row - area.row; /* the alert may stand beside it */
        used = used < least ? least : used;
        area.row += used;
        area.rows -= used;
    }
    form_draw(editing->form, area, CLICK_FIELD);
}

void editing_screen_click(struct screen *screen, int what, long value)
{
    struct form *form = editing_of(screen)->form;
    if (editing_of(screen)->busy) {
        return; /* what is being saved stays as it is, `=` will repeat it */
    }
    if (what == CLICK_FIELD && value >= 0) {
        form_set_focus(form, (int)value);
    } else if (what == CLICK_FIELD) {
        form_take_hit(form, (int)(-1 - value));
    }
}

const char *editing_refuses(struct screen *screen, enum ui_action action)
{
    struct form *form = editing_of(screen)->form;
    const struct form_field *field = form_field(form, form_focus(form));
    switch (action) {
    case ACTION_SAVE:
        return editing_of(screen)->busy ? _("It waits for the server's answer.") : NULL;
    case ACTION_BACK: return form_list_open(form) ? NULL : not_here;
    case ACTION_VALUES:
        return field->kind == INPUT_PICK || field->kind == INPUT_FILES ? NULL : not_here;
    default: return not_here;
    }
}

void editing_act(struct screen *screen, enum ui_action action)
{
    struct form *form = editing_of(screen)->form;
    if (action == ACTION_VALUES) {
        form_key(form, &(struct ui_key){ .kind = UI_SPECIAL, .id = UI_KEY_F4 });
    } else if (action == ACTION_BACK) {
        form_close_list(form);
    }
}

const char *editing_screen_help(struct screen *screen)
{
    struct form *form = editing_of(screen)->form;
    return words_of(form_field(form, form_focus(form))->help);
}

bool editing_screen_unsaved(struct screen *screen)
{
    return form_changed(editing_of(screen)->form);
}

bool editing_screen_waiting(struct screen *screen, const struct ui_key *key)
{
    (void)key;
    const struct editing *editing = editing_of(screen);
    return editing->busy || editing->checking > 0 || form_waiting(editing->form);
}

void editing_refused(struct editing *editing, int field, const char *why)
{
    editing->busy = false;
    form_set_focus(editing->form, field);
    form_error(editing->form, field, why);
    app_say(editing->screen->app, STYLE_ERROR, "%s: %s",
            words_of(form_field(editing->form, field)->label), why);
}

bool editing_is_stale(const struct err *err)
{
    return err->code == ERR_conflict && strcmp(err->field, "version") == 0;
}

void editing_failed(struct editing *editing, const struct err *err)
{
    int field = form_find(editing->form, err->field);
    editing->busy = false;
    if (editing_is_stale(err)) {
        app_say(editing->screen->app, STYLE_ERROR, "%s",
                _("Somebody changed it meanwhile. F2 saves what you typed all the same."));
    } else if (field < 0) {
        app_say_error(editing->screen->app, err);
    } else {
        editing_refused(editing, field, wording_refused_field(err));
    }
}

const char *editing_text(struct editing *editing, int field)
{
    const char *text = form_text(editing->form, field);
    return text[0] == '\0' ? NULL : text;
}
