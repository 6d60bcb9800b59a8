/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/settings.h"

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "server/domain/identifiers.h"
#include "server/domain/quiet_hours.h"
#include "server/office/journal.h"
#include "server/office/office.h"
#include "server/office/placeholders.h"

bool settings_load(struct op *op, struct rec_settings *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_settings_get);
    if (!db_one(op->db, get, &record_settings, ret, op->arena)) {
        return op_not_found(op, "settings");
    }
    ret->office_emails = db_texts(op->db, db_statement(op->db, SQL_office_email_list), op->arena);
    ret->office_phones = db_texts(op->db, db_statement(op->db, SQL_office_phone_list), op->arena);
    return !db_failed(op->db);
}

bool placeholders_known(struct op *op, const char *field, const char *text)
{
    const char *unknown = placeholders_unknown(op->arena, text);
    return unknown == NULL ||
           err_set(&op->err, ERR_bad_request, field, "there is no placeholder {%s}", unknown);
}

bool store_texts(struct op *op, enum statement clear, enum statement add, int64_t owner,
                 const struct list *texts)
{
    struct sqlite3_stmt *statement = db_statement(op->db, clear);
    if (owner != 0) {
        db_bind_int(statement, "id", owner);
    }
    db_exec(op->db, statement);
    for (size_t i = 0; i < texts->count; i++) {
        statement = db_statement(op->db, add);
        if (owner != 0) {
            db_bind_int(statement, "id", owner);
        }
        db_bind_int(statement, "position", (int64_t)i);
        db_bind_text(statement, "text", ((const char **)texts->at)[i]);
        db_exec(op->db, statement);
    }
    return !db_failed(op->db);
}

static bool check_emails(struct op *op, const struct list *emails)
{
    for (size_t i = 0; i < emails->count; i++) {
        const char **email = (const char **)emails->at + i;
        const char *wrong = email_wrong(*email);
        if (wrong != NULL) {
            return op_bad(op, "office_emails", wrong);
        }
    }
    return true;
}

static bool check_phones(struct op *op, struct list *phones)
{
    for (size_t i = 0; i < phones->count; i++) {
        const char **phone = (const char **)phones->at + i;
        char number[PHONE_TEXT];
        if (!phone_normalise(*phone, number)) {
            return op_bad(op, "office_phones", N_("is not a telephone number, like +48601234567"));
        }
        *phone = arena_text(op->arena, number);
    }
    return true;
}

static bool check_quiet_hours(struct op *op, const struct rec_settings *settings)
{
    if (!quiet_time_valid(settings->sms_quiet_from)) {
        return op_bad(op, "sms_quiet_from", N_("must be a time, HH:MM, or empty"));
    }
    return quiet_time_valid(settings->sms_quiet_to) ||
           op_bad(op, "sms_quiet_to", N_("must be a time, HH:MM, or empty"));
}

static bool check_numbers(struct op *op, const struct rec_settings *settings)
{
    enum { DAY_MINUTES = 24 * 60 };
    if (settings->sms_monthly_limit < 0) {
        return op_bad(op, "sms_monthly_limit", N_("must not be negative"));
    }
    if (settings->sms_gather_minutes < 0 || settings->sms_gather_minutes > DAY_MINUTES) {
        return op_bad(op, "sms_gather_minutes", N_("must be 0 to 1440"));
    }
    if (settings->email_gather_minutes < 0 || settings->email_gather_minutes > DAY_MINUTES) {
        return op_bad(op, "email_gather_minutes", N_("must be 0 to 1440"));
    }
    return true;
}

static bool check_texts(struct op *op, const struct rec_settings *settings)
{
    const struct {
        const char *field;
        const char *text;
    } texts[] = {
        { "mail_subject_pl", settings->mail_subject_pl },
        { "mail_subject_en", settings->mail_subject_en },
        { "mail_greeting_pl", settings->mail_greeting_pl },
        { "mail_greeting_en", settings->mail_greeting_en },
        { "mail_footer_pl", settings->mail_footer_pl },
        { "mail_footer_en", settings->mail_footer_en },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!placeholders_known(op, texts[i].field, texts[i].text)) {
            return false;
        }
    }
    return true;
}

static bool check(struct op *op, struct rec_settings *settings)
{
    if (!clock_zone_known(settings->time_zone)) {
        return op_bad(op, "time_zone", N_("is not a zone this machine knows, like Europe/Warsaw"));
    }
    return op_filled(op, "office_name", &settings->office_name) &&
           check_emails(op, &settings->office_emails) &&
           check_phones(op, &settings->office_phones) && check_quiet_hours(op, settings) &&
           check_numbers(op, settings) && check_texts(op, settings);
}

bool office_settings_get(struct op *op, const struct rec_nothing *in, struct rec_settings *out)
{
    (void)in;
    *out = op->settings;
    return true;
}

bool office_settings_save(struct op *op, const struct rec_settings_save *in,
                          struct rec_settings *out)
{
    if (in->has_version && in->version != op->settings.version) {
        return op_conflict(op, "version", "somebody changed the settings meanwhile");
    }
    struct rec_settings settings = op->settings;
    record_merge(&record_settings_save, in, &record_settings, &settings);
    if (!check(op, &settings)) {
        return false;
    }
    struct sqlite3_stmt *save = db_statement(op->db, SQL_settings_save);
    db_bind_record(save, &record_settings, &settings);
    if (!db_exec(op->db, save) ||
        !store_texts(op, SQL_office_email_clear, SQL_office_email_add, 0,
                     &settings.office_emails) ||
        !store_texts(op, SQL_office_phone_clear, SQL_office_phone_add, 0,
                     &settings.office_phones)) {
        return false;
    }
    op->outbox.any = true; /* other quiet hours: other messages may be due */
    journal_add(op, event_kind_settings_changed, (struct event_about){ 0 });
    clock_set_zone(settings.time_zone); /* pages and lists show times in it from now on */
    return settings_load(op, out);
}
