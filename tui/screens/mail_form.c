/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Registering letters, one after another, and changing one. Registering is what an office does all
 * day: after F2 the form stands empty again, `=` takes a field from the letter before, and scans
 * may be added at once.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/draft.h"
#include "tui/editing.h"
#include "tui/letter_lead.h"
#include "tui/mail_fields.h"
#include "tui/reference_check.h"
#include "tui/scan_pane.h"
#include "tui/sent_scans.h"
#include "tui/ui/words.h"
#include "tui/uploads.h"
#include "tui/wording.h"

struct mail_form {
    struct editing_screen base;
    enum direction direction;
    int64_t id, version; /* 0: a new letter */
    bool has_scans;      /* on the server */
    struct uploads uploads;
    struct scan_pane pane;
    int saved;    /* letters registered since the form was opened */
    int64_t last; /* of them */
    struct reference_check reference;
    bool asked;           /* there is an open request for the letter's scan, */
    int64_t request_cost; /* and this is its cost, */
    bool proposed;        /* which stands in the field for as long as a file does */
};

static struct form *form_of(struct mail_form *mail)
{
    return mail->base.editing.form;
}

static void source(void *owner, int field, const char *text, unsigned round)
{
    struct editing *editing = editing_of(owner);
    switch (field) {
    case CLIENT: editing_ask_clients(editing, field, text, round); break;
    case COUNTERPARTY:
        editing_ask_senders(editing, field, text, round, form_pick(editing->form, CLIENT));
        break;
    default: editing_ask_files(editing, field, text, round); break;
    }
}

/* The day it was sent is asked for only when it was. */
static void show_sent_on(struct mail_form *mail)
{
    bool sent =
        mail->direction == direction_outgoing &&
        strcmp(form_choice(form_of(mail), STATUS), words_mail_status.at[mail_status_sent]) == 0;
    form_hide(form_of(mail), SENT_ON, !sent);
}

/* What a new letter usually is. */
static void set_usual(struct mail_form *mail)
{
    char today[CLOCK_DAY];
    form_set_day(form_of(mail), DATE, clock_day(clock_now(), today));
    form_set_toggle(form_of(mail), NOTIFY, true);
    form_set_choice(form_of(mail), KIND, "letter");
    show_sent_on(mail);
    reference_check_begin(&mail->reference);
}

static void save_checked(void *owner);

static void make_form(struct screen *screen, enum direction direction, bool is_new)
{
    struct mail_form *mail = (struct mail_form *)screen;
    mail->direction = direction;
    bool incoming = direction == direction_incoming;
    editing_open(screen, incoming ? incoming_fields : outgoing_fields, FIELDS, source, false);
    mail->reference =
        (struct reference_check){ &mail->base.editing, REFERENCE, save_checked, mail };
    form_hide(form_of(mail), STATUS, is_new && incoming);
    show_sent_on(mail);
    form_hide(form_of(mail), COLLECTED_BY, is_new || !incoming);
    form_hide(form_of(mail), NOTIFY, !is_new || !incoming);
    form_set_toggle(form_of(mail), NOTIFY, true); /* until a stack's next letter: set_usual() */
    form_hide(form_of(mail), FILES, !incoming);
}

static void on_whose(void *owner, const struct rec_client *client, const struct err *err)
{
    struct mail_form *mail = owner;
    mail->base.editing.busy = false;
    app_dirty(mail->base.screen.app);
    if (err == NULL && !form_changed(form_of(mail))) { /* a draft knows better */
        char words[LIMIT_LINE_BYTES * 2];
        snprintf(words, sizeof(words), "%s %s", client->code, client->name);
        form_set_pick(form_of(mail), CLIENT, client->id, words);
        form_set_focus(form_of(mail), COUNTERPARTY);
    }
}

static void open_new(struct screen *screen, int64_t argument)
{
    struct mail_form *mail = (struct mail_form *)screen;
    enum direction direction = (enum direction)(argument % direction_MAX);
    make_form(screen, direction, true);
    set_usual(mail);
    editing_keep_draft(screen, direction == direction_outgoing ? "outgoing" : "incoming", 0);
    struct rec_by_id client = { .id = argument / direction_MAX };
    if (client.id != 0) {
        mail->base.editing.busy = true; /* keys wait: they are meant for the next field */
        call_client_get(app_client(screen->app), &client, on_whose, mail);
    }
}

static const char *titled_new(struct screen *screen)
{
    bool outgoing = ((struct mail_form *)screen)->direction == direction_outgoing;
    return outgoing ? _("Mail > New outgoing letter") : NULL;
}

/* A scan answers the open request: what that costs is to be seen before it is charged. */
static void propose_cost(struct mail_form *mail)
{
    struct form *form = form_of(mail);
    bool answers = mail->asked && form_file_count(form, FILES) > 0;
    if (answers == mail->proposed || form_field_changed(form, COST)) {
        return;
    }
    mail->proposed = answers;
    if (answers) {
        form_set_money(form, COST, mail->request_cost);
    } else {
        form_set_text(form, COST, "");
    }
}

/*
 * Takes over what the server has. What the person changed stays, with the server's version beside
 * it: after a conflict both stand side by side, and F2 saves the person's.
 */
static void fill(struct mail_form *mail, const struct rec_mail_item *item)
{
    struct form *form = form_of(mail);
    char client[LIMIT_LINE_BYTES * 2];
    snprintf(client, sizeof(client), "%s %s", item->client_code, item->client_name);
    mail->version = item->version;
    mail->has_scans = item->scans.count > 0;
    form_adopt_pick(form, CLIENT, item->client_id, client);
    form_adopt_choice(form, KIND, words_mail_kind.at[item->kind]);
    form_adopt_day(form, DATE, item->date);
    form_adopt_choice(form, STATUS, words_mail_status.at[item->status]);
    form_adopt_text(form, COUNTERPARTY, item->counterparty);
    form_adopt_text(form, REFERENCE, item->reference);
    form_adopt_text(form, SHELF, item->shelf);
    form_adopt_text(form, NOTE, item->note);
    form_adopt_day(form, SENT_ON, text_or_empty(item->sent_on));
    form_adopt_text(form, COLLECTED_BY, item->collected_by);
    letter_lead(mail->base.editing.lead, sizeof(mail->base.editing.lead), item, false);
    mail->asked = letter_open_request(item) != NULL;
    mail->request_cost = mail->asked ? item->request->cost : 0;
    show_sent_on(mail);
}

/* The direction decides about the fields, so the form is made when the letter is known. */
static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct mail_form *mail = owner;
    struct app *app = mail->base.screen.app;
    mail->base.editing.busy = false;
    if (err != NULL) {
        app_close(app, &mail->base.screen);
        app_say_error(app, err);
        return;
    }
    if (item->direction != mail->direction) {
        form_free(form_of(mail));
        make_form(&mail->base.screen, item->direction, false);
    }
    fill(mail, item);
    app_dirty(app);
}

static void load(struct mail_form *mail)
{
    struct rec_by_id params = { .id = mail->id };
    mail->base.editing.busy = true;
    call_mail_get(app_client(mail->base.screen.app), &params, on_item, mail);
}

static void open_edit(struct screen *screen, int64_t argument)
{
    struct mail_form *mail = (struct mail_form *)screen;
    mail->id = argument;
    make_form(screen, direction_incoming, false);
    editing_keep_draft(screen, "letter", argument);
    load(mail);
}

static void close_screen(struct screen *screen)
{
    struct mail_form *mail = (struct mail_form *)screen;
    scan_pane_close(&mail->pane);
    uploads_close(&mail->uploads);
    reference_check_close(&mail->reference);
    editing_screen_close(screen);
}

static void save(struct mail_form *mail);

static void clear(struct mail_form *mail)
{
    form_clear(form_of(mail));
    draft_write(mail->base.editing.draft, form_of(mail)); /* nothing is in it now */
    set_usual(mail);
}

static void on_registered(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct mail_form *mail = owner;
    struct editing *editing = &mail->base.editing;
    if (err != NULL && uploads_expired(&mail->uploads, err)) {
        save(mail);
        return;
    }
    if (err != NULL) {
        editing_failed(editing, err);
        return;
    }
    editing->busy = false;
    uploads_taken(&mail->uploads, item->id, item->client_code);
    scan_pane_close(&mail->pane);
    mail->saved++;
    mail->last = item->id;
    snprintf(editing->lead, sizeof(editing->lead), "%s: %d. %s: %lld %s %s %s %s",
             _("Registered now"), mail->saved, _("Last"), (long long)item->id, item->client_code,
             item->client_name, theme_glyph(GLYPH_DOT), item->counterparty);
    app_say(mail->base.screen.app, STYLE_DONE, "%s %lld", _("Registered as no."),
            (long long)item->id);
    form_keep(editing->form);
    clear(mail);
}

/* The words of a choice as the enumeration's value, if the person changed it. */
static bool changed_word(struct form *form, int field, const struct words *words, int *ret_value)
{
    const char *word = form_choice(form, field);
    *ret_value = words_find(words, word, strlen(word));
    return form_field_changed(form, field);
}

static void send_new(struct mail_form *mail)
{
    size_t count = (size_t)mail->uploads.count;
    struct editing *editing = &mail->base.editing;
    char day[CLOCK_DAY], sent_on[CLOCK_DAY];
    int status;
    struct rec_mail_register params = {
        .direction = mail->direction,
        .client_id = form_pick(editing->form, CLIENT),
        .kind = (enum mail_kind)words_find(&words_mail_kind, form_choice(editing->form, KIND),
                                           strlen(form_choice(editing->form, KIND))),
        .has_kind = true,
        .date = form_day(editing->form, DATE, day) ? day : NULL,
        .notify = form_toggle(editing->form, NOTIFY),
        .has_notify = true,
        .uploads = { mail->uploads.ids, count, count > 0 },
    };
    params.has_cost = form_money(editing->form, COST, &params.cost);
    changed_word(editing->form, STATUS, &words_mail_status, &status);
    if (mail->direction == direction_outgoing) {
        params.status = (enum mail_status)status;
        params.has_status = true;
        params.sent_on = status == mail_status_sent && form_day(editing->form, SENT_ON, sent_on)
                             ? sent_on
                             : NULL;
    }
    /* Each answer of form_text() holds only until that field changes, so all may be held at once.
     */
    params.counterparty = form_text(editing->form, COUNTERPARTY);
    params.reference = editing_text(editing, REFERENCE);
    params.note = editing_text(editing, NOTE);
    params.shelf = editing_text(editing, SHELF);
    params.information = editing_text(editing, INFORMATION);
    call_mail_register(app_client(mail->base.screen.app), &params, on_registered, mail);
}

static void send_changes(struct mail_form *mail, bool cancel_requests);

static void on_uploaded(void *owner, const struct err *err)
{
    struct mail_form *mail = owner;
    if (err != NULL) {
        uploads_failed(&mail->uploads, &mail->base.editing, err);
    } else if (mail->id == 0) {
        send_new(mail);
    } else {
        send_changes(mail, false);
    }
}

static void save(struct mail_form *mail)
{
    mail->base.editing.busy = true;
    scan_pane_saving(&mail->pane);
    uploads_start(&mail->uploads, mail->base.screen.app, form_of(mail), FILES, on_uploaded, mail);
}

static void save_checked(void *owner)
{
    save(owner);
}

static void save_new_reference(struct mail_form *mail)
{
    if (mail->id != 0 || !reference_check(&mail->reference, 0, true)) {
        save(mail);
    }
}

static void on_send_again(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        save_new_reference(owner);
    }
}

static void on_cancel_answer(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        send_changes(owner, true);
    }
}

static void close_saved(struct mail_form *mail)
{
    struct app *app = mail->base.screen.app;
    app_close(app, &mail->base.screen);
    app_say(app, STYLE_DONE, "%s", _("The letter is changed."));
}

/* The scans, or else the cost alone, are there. */
static void on_added(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct mail_form *mail = owner;
    if (err != NULL && uploads_expired(&mail->uploads, err)) {
        save(mail);
    } else if (err != NULL) {
        editing_failed(&mail->base.editing, err);
    } else {
        uploads_taken(&mail->uploads, item->id, item->client_code);
        close_saved(mail);
    }
}

/* What is added to the letter beside its own fields: scans with information and cost, or a cost. */
static bool has_addition(struct mail_form *mail)
{
    return form_file_count(form_of(mail), FILES) > 0 || form_text(form_of(mail), COST)[0] != '\0';
}

static void send_addition(struct mail_form *mail)
{
    struct client *client = app_client(mail->base.screen.app);
    size_t count = (size_t)mail->uploads.count;
    int64_t cost = 0;
    bool has_cost = form_money(form_of(mail), COST, &cost);
    const char *information = editing_text(&mail->base.editing, INFORMATION);
    struct rec_scan_attach scans = { .item_id = mail->id,
                                     .uploads = { mail->uploads.ids, count, true },
                                     .information = information,
                                     .cost = cost,
                                     .has_cost = has_cost || mail->asked }; /* empty: none */
    struct rec_charge_save charge = { .item_id = mail->id,
                                      .has_item_id = true,
                                      .amount = cost,
                                      .has_amount = true,
                                      .information = information };
    mail->base.editing.busy = true;
    if (count > 0) {
        call_scan_attach(client, &scans, on_added, mail);
    } else {
        call_charge_save(client, &charge, on_added, mail);
    }
}

static void on_saved(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct mail_form *mail = owner;
    struct app *app = mail->base.screen.app;
    if (err == NULL && has_addition(mail)) {
        fill(mail, item); /* saved; should the rest be refused, it is not saved again */
        send_addition(mail);
    } else if (err == NULL) {
        close_saved(mail);
    } else if (err->code == ERR_refused && strcmp(err->detail, "open_request") == 0) {
        mail->base.editing.busy = false;
        app_ask(app, DIALOG_YES_NO, _("Open scan request"),
                _("There is an open scan request for this letter. Cancel it and tell the client?"),
                on_cancel_answer, mail);
    } else {
        editing_failed(&mail->base.editing, err);
        if (editing_is_stale(err)) {
            load(mail);
        }
    }
}

static bool letter_changed(const struct mail_form *mail)
{
    bool changed = false;
    for (int field = CLIENT; field <= COLLECTED_BY; field++) {
        changed = changed || form_field_changed(mail->base.editing.form, field);
    }
    return changed;
}

/* Only what was changed travels: another person's change of another field stays. */
static void send_changes(struct mail_form *mail, bool cancel_requests)
{
    struct form *form = form_of(mail);
    if (!letter_changed(mail) && has_addition(mail)) {
        send_addition(mail);
        return;
    }
    char day[CLOCK_DAY], sent_on[CLOCK_DAY];
    int kind, status;
    struct rec_mail_save params = {
        .id = mail->id,
        .version = mail->version,
        .client_id = form_pick(form, CLIENT),
        .has_client_id = form_field_changed(form, CLIENT),
        .cancel_requests = cancel_requests,
        .has_cancel_requests = cancel_requests,
        .notify = form_toggle(form, NOTIFY),
        .has_notify = form_field_changed(form, CLIENT),
        .has_kind = changed_word(form, KIND, &words_mail_kind, &kind),
        .has_status = changed_word(form, STATUS, &words_mail_status, &status),
    };
    params.kind = (enum mail_kind)kind;
    params.status = (enum mail_status)status;
    if (form_field_changed(form, DATE) && form_day(form, DATE, day)) {
        params.date = day;
    }
    if (status == mail_status_sent && form_field_changed(form, SENT_ON) &&
        form_day(form, SENT_ON, sent_on)) {
        params.sent_on = sent_on;
    }
    params.counterparty =
        form_field_changed(form, COUNTERPARTY) ? form_text(form, COUNTERPARTY) : NULL;
    params.reference = form_field_changed(form, REFERENCE) ? form_text(form, REFERENCE) : NULL;
    params.shelf = form_field_changed(form, SHELF) ? form_text(form, SHELF) : NULL;
    params.note = form_field_changed(form, NOTE) ? form_text(form, NOTE) : NULL;
    params.collected_by =
        form_field_changed(form, COLLECTED_BY) ? form_text(form, COLLECTED_BY) : NULL;
    mail->base.editing.busy = true;
    call_mail_save(app_client(mail->base.screen.app), &params, on_saved, mail);
}

/* When the reference number is left it is looked up; another client may be told of its letter. */
static bool key(struct screen *screen, const struct ui_key *key)
{
    struct mail_form *mail = (struct mail_form *)screen;
    int before = form_focus(form_of(mail));
    bool used = editing_screen_key(screen, key);
    if (before == REFERENCE && form_focus(form_of(mail)) != REFERENCE) {
        reference_check(&mail->reference, mail->id, false);
    }
    show_sent_on(mail);
    if (mail->id != 0) {
        form_hide(form_of(mail), NOTIFY,
                  mail->direction != direction_incoming ||
                      !form_field_changed(form_of(mail), CLIENT));
    }
    return used;
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    propose_cost((struct mail_form *)screen); /* whichever way the file came */
    scan_pane_draw(&((struct mail_form *)screen)->pane, screen, head, body);
}

/* Information is told with a scan or stands with a cost: by itself it would be lost. */
static bool addition_is_whole(struct mail_form *mail)
{
    if ((mail->id == 0 && mail->direction == direction_incoming) || has_addition(mail) ||
        editing_text(&mail->base.editing, INFORMATION) == NULL) {
        return true;
    }
    editing_refused(&mail->base.editing, INFORMATION, _("goes with a scan or a cost"));
    return false;
}

/* Does F3 show what the letter has, rather than the file that is about to be added? */
static bool shows_scans(struct mail_form *mail)
{
    return mail->id != 0 && form_file_count(form_of(mail), FILES) == 0;
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    struct mail_form *mail = (struct mail_form *)screen;
    if (action == ACTION_CLEAR && mail->id == 0) {
        return editing_refuses(screen, ACTION_SAVE); /* not while it is being saved */
    }
    if (action == ACTION_SCAN && shows_scans(mail) && mail->has_scans) {
        return NULL;
    }
    if (action == ACTION_SCAN && mail->direction == direction_outgoing) {
        return not_here;
    }
    return scan_pane_refuses(&mail->pane, screen, FILES, action);
}

static void on_clear(void *owner, bool yes, const char *text)
{
    (void)text;
    if (yes) {
        clear(owner);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct mail_form *mail = (struct mail_form *)screen;
    propose_cost(mail); /* for keys typed ahead of the picture */
    if (action == ACTION_CLEAR && form_changed(form_of(mail))) {
        app_ask(screen->app, DIALOG_YES_NO, _("Clear"), _("Throw away what was typed?"), on_clear,
                mail);
    } else if (action == ACTION_CLEAR) {
        clear(mail);
    } else if (action == ACTION_SCAN && shows_scans(mail)) {
        app_push(screen->app, &screen_scan, mail->id);
    } else if (action != ACTION_SAVE) {
        scan_pane_act(&mail->pane, screen, &mail->uploads, FILES, action);
    } else if (form_check(form_of(mail)) && addition_is_whole(mail) &&
               !sent_scans_ask(screen->app, form_of(mail), FILES, on_send_again, mail)) {
        save_new_reference(mail);
    }
}

/* Is the letter registered last no letter any more? Then it is not told above the next one. */
static void on_last(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    (void)item;
    struct mail_form *mail = owner;
    struct editing *editing = &mail->base.editing;
    if (err != NULL && err->code == ERR_not_found) {
        mail->last = 0;
        mail->saved--;
        snprintf(editing->lead, sizeof(editing->lead), "%s: %d.", _("Registered now"), mail->saved);
        app_dirty(mail->base.screen.app);
    }
}

static void event(struct screen *screen, const struct rec_event *event)
{
    struct mail_form *mail = (struct mail_form *)screen;
    struct rec_by_id params = { .id = mail->last };
    if (event != NULL && event->kind == event_kind_undone && mail->last != 0 &&
        event->has_item_id && event->item_id == mail->last) {
        call_mail_get(app_client(screen->app), &params, on_last, mail);
    }
}

const struct screen_ops screen_mail_new = {
    .title = N_("Mail > New letter"),
    .titled = titled_new,
    .size = sizeof(struct mail_form),
    EDITING_SCREEN_WITH(draw),
    .key = key,
    .open = open_new,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
    .event = event,
};

const struct screen_ops screen_mail_edit = {
    .title = N_("Mail > Change a letter"),
    .size = sizeof(struct mail_form),
    EDITING_SCREEN_WITH(draw),
    .key = key,
    .open = open_edit,
    .close = close_screen,
    .refuses = refuses,
    .act = act,
};
