/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Administracja > Ustawienia > Ogólne: what holds for the whole office. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "tui/app.h"
#include "tui/editing.h"
#include "tui/lines.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

enum {
    ALLOW,
    NOTE,
    NOTIFY_EMAIL,
    EMAILS,
    EMAIL_GATHER,
    NOTIFY_SMS,
    PHONES,
    SMS_GATHER,
    QUIET_FROM,
    QUIET_TO,
    SMS_LIMIT,
    OFFICE_NAME,
    PLACE,
    LANGUAGE,
    TIME_ZONE,
    FIELDS
};

enum { NUMBER_BYTES = 6, HOUR_BYTES = sizeof("00:00") - 1 };

static const struct form_field fields[FIELDS] = {
    [ALLOW] = { .name = "allow_scan_requests",
                .label = N_("Allow clients to ask for scans of their mail"),
                .kind = INPUT_TOGGLE,
                .help = N_("Off: no client may ask, whatever packages and clients say.") },
    [NOTE] = { .name = "scan_request_note",
               .label = N_("Note to the client"),
               .kind = INPUT_NOTE,
               .limit = LIMIT_NOTE_BYTES,
               .help = N_("Stands above the button and in the confirmation.") },
    [NOTIFY_EMAIL] = { .name = "notify_email",
                       .label = N_("Tell the office by e-mail"),
                       .kind = INPUT_TOGGLE },
    [EMAILS] = { .name = "office_emails",
                 .label = N_("Addresses of the office"),
                 .kind = INPUT_TEXT,
                 .limit = LIMIT_NOTE_BYTES,
                 .help = N_("Several addresses: with commas between.") },
    [EMAIL_GATHER] = { .name = "email_gather_minutes",
                       .label = N_("Minutes gathered in one e-mail"),
                       .kind = INPUT_TEXT,
                       .limit = NUMBER_BYTES,
                       .width = NUMBER_BYTES,
                       .help = N_("0: one e-mail for each request, at once.") },
    [NOTIFY_SMS] = { .name = "notify_sms",
                     .label = N_("Tell the office by SMS"),
                     .kind = INPUT_TOGGLE },
    [PHONES] = { .name = "office_phones",
                 .label = N_("Telephones of the office"),
                 .kind = INPUT_TEXT,
                 .limit = LIMIT_NOTE_BYTES,
                 .help = N_("With the country: +48123456789; several with commas between.") },
    [SMS_GATHER] = { .name = "sms_gather_minutes",
                     .label = N_("Minutes gathered in one SMS"),
                     .kind = INPUT_TEXT,
                     .limit = NUMBER_BYTES,
                     .width = NUMBER_BYTES,
                     .help =
                         N_("After an SMS the next one waits so long. 0: one for each request.") },
    [QUIET_FROM] = { .name = "sms_quiet_from",
                     .label = N_("No SMS from"),
                     .kind = INPUT_TEXT,
                     .limit = HOUR_BYTES,
                     .width = HOUR_BYTES + 1,
                     .help = N_("Hour and minute, e.g. 20:00. Empty: SMS at any time.") },
    [QUIET_TO] = { .name = "sms_quiet_to",
                   .label = N_("No SMS until"),
                   .kind = INPUT_TEXT,
                   .limit = HOUR_BYTES,
                   .width = HOUR_BYTES + 1,
                   .help = N_("Hour and minute, e.g. 07:00. What waited goes out then.") },
    [SMS_LIMIT] = { .name = "sms_monthly_limit",
                    .label = N_("Most SMS in a month"),
                    .kind = INPUT_TEXT,
                    .limit = NUMBER_BYTES,
                    .width = NUMBER_BYTES,
                    .help = N_("What is beyond waits for an administrator. 0: no limit.") },
    [OFFICE_NAME] = { .name = "office_name",
                      .label = N_("Name of the office"),
                      .kind = INPUT_TEXT,
                      .limit = LIMIT_LINE_BYTES,
                      .flags = INPUT_REQUIRED },
    [PLACE] = { .name = "collection_place",
                .label = N_("Place of collection"),
                .kind = INPUT_NOTE,
                .limit = LIMIT_NOTE_BYTES },
    [LANGUAGE] = { .name = "language",
                   .label = N_("Language"),
                   .kind = INPUT_CHOICE,
                   .choices = choices_language },
    [TIME_ZONE] = { .name = "time_zone",
                    .label = N_("Time zone"),
                    .kind = INPUT_TEXT,
                    .limit = LIMIT_LINE_BYTES,
                    .width = 30,
                    .help = N_("In which days are counted, e.g. Europe/Warsaw.") },
};

struct settings {
    struct editing_screen base;
    int64_t version;
};

static void adopt_number(struct form *form, int field, int64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)number);
    form_adopt_text(form, field, text);
}

/* Digits are all that a number field may hold; an empty one is 0. */
static bool check_number(struct form *form, int field)
{
    const char *text = form_text(form, field);
    bool good = text[strspn(text, "0123456789")] == '\0';
    if (!good) {
        form_error(form, field, _("is not a number"));
        form_set_focus(form, field);
    }
    return good;
}

static bool check(struct form *form)
{
    return form_check(form) && check_number(form, EMAIL_GATHER) && check_number(form, SMS_GATHER) &&
           check_number(form, SMS_LIMIT);
}

static int64_t number(struct form *form, int field)
{
    return strtoll(form_text(form, field), NULL, 10);
}

static void fill(struct settings *settings, const struct rec_settings *now)
{
    struct form *form = settings->base.editing.form;
    struct arena *arena = arena_new();
    settings->version = now->version;
    form_adopt_toggle(form, ALLOW, now->allow_scan_requests);
    form_adopt_text(form, NOTE, now->scan_request_note);
    form_adopt_toggle(form, NOTIFY_EMAIL, now->notify_email);
    form_adopt_text(form, EMAILS, lines_join(arena, &now->office_emails));
    form_adopt_toggle(form, NOTIFY_SMS, now->notify_sms);
    form_adopt_text(form, PHONES, lines_join(arena, &now->office_phones));
    adopt_number(form, EMAIL_GATHER, now->email_gather_minutes);
    adopt_number(form, SMS_GATHER, now->sms_gather_minutes);
    form_adopt_text(form, QUIET_FROM, now->sms_quiet_from);
    form_adopt_text(form, QUIET_TO, now->sms_quiet_to);
    adopt_number(form, SMS_LIMIT, now->sms_monthly_limit);
    form_adopt_text(form, OFFICE_NAME, now->office_name);
    form_adopt_text(form, PLACE, now->collection_place);
    form_adopt_choice(form, LANGUAGE, words_language.at[now->language]);
    form_adopt_text(form, TIME_ZONE, now->time_zone);
    arena_free(arena);
    app_dirty(settings->base.screen.app);
}

static void on_settings(void *owner, const struct rec_settings *now, const struct err *err)
{
    struct settings *settings = owner;
    settings->base.editing.busy = false;
    if (err != NULL) {
        app_say_error(settings->base.screen.app, err);
    } else {
        fill(settings, now);
    }
}

static void load(struct settings *settings)
{
    settings->base.editing.busy = true;
    call_settings_get(app_client(settings->base.screen.app), &(struct rec_nothing){ 0 },
                      on_settings, settings);
}

static void open_screen(struct screen *screen, int64_t argument)
{
    (void)argument;
    editing_open(screen, fields, FIELDS, NULL, false);
    load((struct settings *)screen);
}

static void on_saved(void *owner, const struct rec_settings *now, const struct err *err)
{
    struct settings *settings = owner;
    if (err != NULL) {
        editing_failed(&settings->base.editing, err);
        if (editing_is_stale(err)) {
            load(settings);
        }
        return;
    }
    settings->base.editing.busy = false;
    form_keep(settings->base.editing.form);
    fill(settings, now);
    app_say(settings->base.screen.app, STYLE_DONE, "%s", _("The settings are saved."));
}

static const char *changed_text(struct form *form, int field)
{
    return form_field_changed(form, field) ? form_text(form, field) : NULL;
}

static void save(struct settings *settings)
{
    struct form *form = settings->base.editing.form;
    struct arena *arena = arena_new();
    const char *language = form_choice(form, LANGUAGE);
    struct rec_settings_save params = {
        .version = settings->version,
        .has_version = true,
        .allow_scan_requests = form_toggle(form, ALLOW),
        .has_allow_scan_requests = form_field_changed(form, ALLOW),
        .scan_request_note = changed_text(form, NOTE),
        .notify_email = form_toggle(form, NOTIFY_EMAIL),
        .has_notify_email = form_field_changed(form, NOTIFY_EMAIL),
        .notify_sms = form_toggle(form, NOTIFY_SMS),
        .has_notify_sms = form_field_changed(form, NOTIFY_SMS),
        .email_gather_minutes = number(form, EMAIL_GATHER),
        .has_email_gather_minutes = form_field_changed(form, EMAIL_GATHER),
        .sms_gather_minutes = number(form, SMS_GATHER),
        .has_sms_gather_minutes = form_field_changed(form, SMS_GATHER),
        .sms_quiet_from = changed_text(form, QUIET_FROM),
        .sms_quiet_to = changed_text(form, QUIET_TO),
        .sms_monthly_limit = number(form, SMS_LIMIT),
        .has_sms_monthly_limit = form_field_changed(form, SMS_LIMIT),
        .office_name = changed_text(form, OFFICE_NAME),
        .collection_place = changed_text(form, PLACE),
        .language = (enum language)words_find(&words_language, language, strlen(language)),
        .has_language = form_field_changed(form, LANGUAGE),
        .time_zone = changed_text(form, TIME_ZONE),
    };
    if (form_field_changed(form, EMAILS)) {
        params.office_emails = lines_split(arena, form_text(form, EMAILS));
    }
    if (form_field_changed(form, PHONES)) {
        params.office_phones = lines_split(arena, form_text(form, PHONES));
    }
    settings->base.editing.busy = true;
    call_settings_save(app_client(settings->base.screen.app), &params, on_saved, settings);
    arena_free(arena);
}

static void act(struct screen *screen, enum ui_action action)
{
    struct settings *settings = (struct settings *)screen;
    if (action != ACTION_SAVE) {
        editing_act(screen, action);
    } else if (check(settings->base.editing.form)) {
        save(settings);
    }
}

const struct screen_ops screen_settings = {
    .title = N_("Administration > Settings > General"),
    .size = sizeof(struct settings),
    EDITING_SCREEN,
    .key = editing_screen_key,
    .open = open_screen,
    .close = editing_screen_close,
    .refuses = editing_refuses,
    .act = act,
};
