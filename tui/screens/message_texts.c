/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Administracja > Ustawienia > Wiadomości: the office's own words in mail to clients. The mail that
 * they make, about a made-up letter, stands below the form (beside it in a wide terminal) and
 * follows the typing; it is in the language of the field that has the focus.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "tui/app.h"
#include "tui/editing.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

/* The texts of each language, in the order of enum language from its first. */
enum {
    SUBJECT_PL,
    GREETING_PL,
    FOOTER_PL,
    NOTE_PL,
    SUBJECT_EN,
    GREETING_EN,
    FOOTER_EN,
    NOTE_EN,
    FIELDS,
    TEXTS = SUBJECT_EN - SUBJECT_PL
};

enum {
    WIDE_COLS = 120, /* from here on the mail has room beside the form */
    FORM_COLS = 70,
    FORM_LEAST = 4, /* rows */
};

/* What the server fills in; the names are its own (office/placeholders.h). */
#define PLACEHOLDERS "{client} {box} {sender} {kind} {date} {reference} {number} {office}"

#define SUBJECT_HELP  N_("Empty: our own words. In braces the letter's facts, e.g. {sender}.")
#define GREETING_HELP N_("First lines of mail to clients.")
#define FOOTER_HELP   N_("Last lines of mail to clients.")

/* clang-format off */
static const struct form_field fields[FIELDS] = {
    [SUBJECT_PL] = { .name = "mail_subject_pl", .label = N_("Subject (Polish)"),
                     .kind = INPUT_TEXT, .limit = LIMIT_LINE_BYTES, .help = SUBJECT_HELP },
    [GREETING_PL] = { .name = "mail_greeting_pl", .label = N_("Greeting (Polish)"),
                      .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES, .help = GREETING_HELP },
    [FOOTER_PL] = { .name = "mail_footer_pl", .label = N_("Footer (Polish)"),
                    .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES, .help = FOOTER_HELP },
    [NOTE_PL] = { .name = "scan_request_note", .label = N_("Note (Polish)"),
                  .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES,
                  .help = N_("Stands above the button and in the confirmation.") },
    [SUBJECT_EN] = { .name = "mail_subject_en", .label = N_("Subject (English)"),
                     .kind = INPUT_TEXT, .limit = LIMIT_LINE_BYTES, .help = SUBJECT_HELP },
    [GREETING_EN] = { .name = "mail_greeting_en", .label = N_("Greeting (English)"),
                      .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES, .help = GREETING_HELP },
    [FOOTER_EN] = { .name = "mail_footer_en", .label = N_("Footer (English)"),
                    .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES, .help = FOOTER_HELP },
    [NOTE_EN] = { .name = "scan_request_note_en", .label = N_("Note (English)"),
                  .kind = INPUT_NOTE, .limit = LIMIT_NOTE_BYTES,
                  .help = N_("Stands above the button and in the confirmation; empty: the Polish one.") },
};
/* clang-format on */

struct message_texts {
    struct editing_screen base;
    int64_t version;
    enum language language; /* of the mail shown */
    bool asking, again;     /* one question at a time; something changed since */
    bool whole;             /* the mail instead of the form */
    struct arena *arena;    /* of the mail */
    const struct rec_message_preview_result *mail;
};

static struct form *form_of(struct message_texts *texts)
{
    return texts->base.editing.form;
}

/* The field of the texts' language that `first` names in Polish. */
static int field_of(enum language language, int first)
{
    return first + (language == language_en ? TEXTS : 0);
}

/* Says what the server refused beside the field; an unknown placeholder by its name. */
static void refused(struct message_texts *texts, int field, const struct err *err)
{
    char words[sizeof(err->detail) + 100];
    const char *name = strchr(err->detail, '{');
    if (name != NULL) {
        snprintf(words, sizeof(words), "%s: %s", _("unknown placeholder"), name);
    } else {
        snprintf(words, sizeof(words), "%s", wording_refused_field(err));
    }
    form_error(form_of(texts), field, words);
}

/* --- The mail that is shown ----------------------------------------------------------------- */

static void ask_preview(struct message_texts *texts);

static void on_preview(void *owner, const struct rec_message_preview_result *mail,
                       const struct err *err)
{
    struct message_texts *texts = owner;
    struct app *app = texts->base.screen.app;
    texts->asking = false;
    if (texts->again) {
        texts->again = false;
        ask_preview(texts);
    }
    if (err == NULL) {
        arena_free(texts->arena);
        texts->arena = client_take_arena(app_client(app));
        texts->mail = mail;
    } else if (strcmp(err->field, "subject") == 0) {
        refused(texts, field_of(texts->language, SUBJECT_PL), err);
    } else if (strcmp(err->field, "greeting") == 0) {
        refused(texts, field_of(texts->language, GREETING_PL), err);
    } else if (strcmp(err->field, "footer") == 0) {
        refused(texts, field_of(texts->language, FOOTER_PL), err);
    }
    app_dirty(app);
}

static void ask_preview(struct message_texts *texts)
{
    struct form *form = form_of(texts);
    if (texts->asking) {
        texts->again = true;
        return;
    }
    texts->language = form_focus(form) < SUBJECT_EN ? language_pl : language_en;
    struct rec_message_preview params = {
        .language = texts->language,
        .subject = form_text(form, field_of(texts->language, SUBJECT_PL)),
        .greeting = form_text(form, field_of(texts->language, GREETING_PL)),
        .footer = form_text(form, field_of(texts->language, FOOTER_PL)),
        .scan_request_note = form_text(form, field_of(texts->language, NOTE_PL)),
    };
    texts->asking = true;
    call_message_preview(app_client(texts->base.screen.app), &params, on_preview, texts);
}

/* --- Reading and saving --------------------------------------------------------------------- */

static void fill(struct message_texts *texts, const struct rec_settings *now)
{
    struct form *form = form_of(texts);
    texts->version = now->version;
    form_set_text(form, SUBJECT_PL, now->mail_subject_pl);
    form_set_text(form, GREETING_PL, now->mail_greeting_pl);
    form_set_text(form, FOOTER_PL, now->mail_footer_pl);
    form_set_text(form, NOTE_PL, now->scan_request_note);
    form_set_text(form, SUBJECT_EN, now->mail_subject_en);
    form_set_text(form, GREETING_EN, now->mail_greeting_en);
    form_set_text(form, FOOTER_EN, now->mail_footer_en);
    form_set_text(form, NOTE_EN, now->scan_request_note_en);
    form_keep(form);
    ask_preview(texts);
    app_dirty(texts->base.screen.app);
}

static void on_settings(void *owner, const struct rec_settings *now, const struct err *err)
{
    struct message_texts *texts = owner;
    if (err != NULL) {
        app_say_error(texts->base.screen.app, err);
    } else {
        fill(texts, now);
    }
}

static void open_screen(struct screen *screen, int64_t argument)
{
    (void)argument;
    editing_open(screen, fields, FIELDS, NULL, false);
    call_settings_get(app_client(screen->app), &(struct rec_nothing){ 0 }, on_settings, screen);
}

static void close_screen(struct screen *screen)
{
    arena_free(((struct message_texts *)screen)->arena);
    editing_screen_close(screen);
}

static void on_saved(void *owner, const struct rec_settings *now, const struct err *err)
{
    struct message_texts *texts = owner;
    if (err != NULL) {
        int field = form_find(form_of(texts), err->field);
        editing_failed(&texts->base.editing, err);
        if (field >= 0) {
            refused(texts, field, err);
        }
        return;
    }
    texts->base.editing.busy = false;
    fill(texts, now);
    app_say(texts->base.screen.app, STYLE_DONE, "%s", _("The settings are saved."));
}

static const char *changed_text(struct form *form, int field)
{
    return form_field_changed(form, field) ? form_text(form, field) : NULL;
}

static void save(struct message_texts *texts)
{
    struct form *form = form_of(texts);
    struct rec_settings_save params = {
        .version = texts->version,
        .has_version = true,
        .mail_subject_pl = changed_text(form, SUBJECT_PL),
        .mail_greeting_pl = changed_text(form, GREETING_PL),
        .mail_footer_pl = changed_text(form, FOOTER_PL),
        .scan_request_note = changed_text(form, NOTE_PL),
        .mail_subject_en = changed_text(form, SUBJECT_EN),
        .mail_greeting_en = changed_text(form, GREETING_EN),
        .mail_footer_en = changed_text(form, FOOTER_EN),
        .scan_request_note_en = changed_text(form, NOTE_EN),
    };
    texts->base.editing.busy = true;
    call_settings_save(app_client(texts->base.screen.app), &params, on_saved, texts);
}

/* --- A test e-mail -------------------------------------------------------------------------- */

static void on_tested(void *owner, const struct rec_outbox_message *message, const struct err *err)
{
    struct message_texts *texts = owner;
    if (err != NULL) {
        app_say_error(texts->base.screen.app, err);
    } else {
        app_say(texts->base.screen.app, STYLE_DONE, "%s: %s", _("The test e-mail is on its way"),
                message->recipient);
    }
}

static void on_recipient(void *owner, bool yes, const char *text)
{
    struct message_texts *texts = owner;
    struct rec_message_test params = { .recipient = text, .language = texts->language };
    if (yes) {
        call_message_test(app_client(texts->base.screen.app), &params, on_tested, texts);
    }
}

/* --- The screen ----------------------------------------------------------------------------- */

/* `hint`: what F3 does here. */
static void draw_mail(struct message_texts *texts, struct area area, const char *hint)
{
    const char *title =
        texts->language == language_pl ? N_("Preview (Polish)") : N_("Preview (English)");
    struct area inside =
        draw_box(area, STYLE_DIM, (const char *const[4]){ _(title), hint, PLACEHOLDERS, NULL });
    if (texts->mail == NULL) {
        return;
    }
    int used = draw_paragraph(inside, STYLE_TITLE, texts->mail->subject);
    struct area rest = { inside.row + used, inside.col, inside.rows - used, inside.cols };
    int focus = form_focus(form_of(texts));
    if (focus == FOOTER_PL || focus == FOOTER_EN) {
        draw_paragraph_end(rest, STYLE_NORMAL, texts->mail->text);
    } else {
        draw_paragraph(rest, STYLE_NORMAL, texts->mail->text);
    }
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    struct message_texts *texts = (struct message_texts *)screen;
    int rows = body.row + body.rows - head.row;
    struct area form = { head.row, body.col, rows, body.cols }, mail = form;
    if (body.cols >= WIDE_COLS) {
        form.cols = FORM_COLS;
        mail.col += FORM_COLS + 1;
        mail.cols -= FORM_COLS + 1;
    } else if (texts->whole) {
        draw_mail(texts, mail, _("F3 form"));
        return;
    } else {
        form.rows = rows / 2 > FORM_LEAST ? rows / 2 : rows;
        mail.row += form.rows;
        mail.rows -= form.rows;
    }
    struct area nothing_above = { form.row, form.col, 0, form.cols };
    editing_screen_draw(screen, nothing_above, form);
    draw_mail(texts, mail, body.cols < WIDE_COLS ? _("F3 whole") : NULL);
}

/* Every key may have changed a text or the language; there is one question at a time. */
static bool key(struct screen *screen, const struct ui_key *key)
{
    struct message_texts *texts = (struct message_texts *)screen;
    bool used = editing_screen_key(screen, key);
    if (used) {
        texts->whole = false;
        ask_preview(texts);
    }
    return used;
}

static void click(struct screen *screen, int what, long value)
{
    editing_screen_click(screen, what, value);
    ask_preview((struct message_texts *)screen);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    struct message_texts *texts = (struct message_texts *)screen;
    switch (action) {
    case ACTION_PREVIEW: return NULL;
    case ACTION_TEST_MAIL:
        return form_changed(form_of(texts)) ? _("Save first: the test is made of what is saved.")
                                            : NULL;
    case ACTION_BACK: return texts->whole ? NULL : editing_refuses(screen, action);
    default: return editing_refuses(screen, action);
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct message_texts *texts = (struct message_texts *)screen;
    switch (action) {
    case ACTION_PREVIEW: texts->whole = !texts->whole; break;
    case ACTION_BACK: texts->whole = false; break;
    case ACTION_TEST_MAIL:
        app_ask(screen->app, DIALOG_LINE, _("Test e-mail"), _("To which address?"), on_recipient,
                texts);
        break;
    case ACTION_SAVE:
        texts->whole = false;
        if (form_check(form_of(texts))) {
            save(texts);
        }
        break;
    default: editing_act(screen, action);
    }
    app_dirty(screen->app);
}

const struct screen_ops screen_message_texts = {
    .title = N_("Administration > Settings > Messages"),
    .size = sizeof(struct message_texts),
    .context = IN_FORM,
    .open = open_screen,
    .close = close_screen,
    .draw = draw,
    .key = key,
    .click = click,
    .refuses = refuses,
    .act = act,
    .help = editing_screen_help,
    .unsaved = editing_screen_unsaved,
    .waiting = editing_screen_waiting,
};
