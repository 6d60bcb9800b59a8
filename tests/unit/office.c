/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "server/office/links.h"
#include "server/office/uploads.h"
#include "tests/unit/scratch.h"

/* The clock looks for the file's name once: one file for all offices of the process. */
static char *clock_file;

static void clock_remove(void)
{
    unlink(clock_file);
    free(clock_file);
}

static void clock_make(void)
{
    const char *base = getenv("TMPDIR");
    assert_true(asprintf(&clock_file, "%s/skrytka-clock-XXXXXX", base ? base : "/tmp") > 0);
    int file = mkstemp(clock_file);
    assert_true(file >= 0);
    close(file);
    setenv("SKRYTKA_TEST_CLOCK", clock_file, 1);
    atexit(clock_remove);
}

struct run {
    struct db_job job;
    struct test_office *office;
    struct op op;
    bool (*act)(struct op *op, void *data);
    void *data;
};

static bool run_job(struct db_job *job, struct db_tx *tx)
{
    struct run *run = (struct run *)job;
    return op_begin(&run->op, tx) && run->act(&run->op, run->data);
}

/* A statement left in the middle would hold the writer's snapshot, and the log could not end. */
static void no_statement_is_open(const struct test_office *office)
{
    sqlite3_stmt *statement = NULL;
    while ((statement = sqlite3_next_stmt(office->db->write_tx.handle, statement))) {
        if (sqlite3_stmt_busy(statement))
            fail_msg("left in the middle: %s", sqlite3_sql(statement));
    }
}

bool test_office_run(struct test_office *office, bool (*act)(struct op *op, void *data), void *data)
{
    struct run run = {
        .job = { .run = run_job },
        .office = office,
        .op = { .arena = office->arena, .env = &office->env, .actor = office->actor },
        .act = act,
        .data = data,
    };
    office->outcome = db_run_now(office->db, &run.job);
    office->err = run.op.err;
    office->events = run.op.events;
    no_statement_is_open(office);
    if (office->outcome == DB_DAMAGED || office->outcome == DB_DISK_FULL)
        fail_msg("the database answered an error");
    return office->outcome == DB_DONE;
}

struct call {
    const void *in;
    void *out;
};

#define CALL_HERE(name, params, result)
#define CALL_READ(name, params, result)                                                            \
    static bool call_##name(struct op *op, void *data)                                             \
    {                                                                                              \
        struct call *call = data;                                                                  \
        memset(call->out, 0, sizeof(struct rec_##result));                                         \
        return office_##name(op, call->in, call->out);                                             \
    }                                                                                              \
    bool do_##name(struct test_office *office, const struct rec_##params *in,                      \
                   struct rec_##result *out)                                                       \
    {                                                                                              \
        struct rec_##result ignored;                                                               \
        struct call call = { .in = in, .out = out ? out : &ignored };                              \
        return test_office_run(office, call_##name, &call);                                        \
    }
#define CALL_WRITE                              CALL_READ
#define M(name, params, result, role, how, doc) CALL_##how(name, params, result)
METHODS(M)
#undef M

void succeeded(const struct test_office *office, bool result)
{
    if (!result)
        fail_msg("%s, field \"%s\", \"%s\"", err_name(office->err.code), office->err.field,
                 office->err.detail);
}

void failed_with(const struct test_office *office, bool result, enum err_code code,
                 const char *field)
{
    assert_false(result);
    if (office->err.code != code || strcmp(office->err.field, field) != 0)
        fail_msg("%s of \"%s\" (%s) instead of %s of \"%s\"", err_name(office->err.code),
                 office->err.field, office->err.detail, err_name(code), field);
}

void refused_for(const struct test_office *office, bool result, enum refusal why)
{
    failed_with(office, result, ERR_refused, "");
    assert_string_equal(office->err.detail, words_refusal.at[why]);
}

void pass(struct test_office *office, int64_t seconds)
{
    char text[32];
    office->passed += seconds;
    int length = snprintf(text, sizeof text, "%lld\n", (long long)office->passed);
    scratch_write(clock_file, text, (size_t)length);
}

static int64_t make_package(struct test_office *office, const char *name,
                            enum permission permission)
{
    struct rec_package_save in = { .name = name,
                                   .allow_scan_requests = permission,
                                   .has_allow_scan_requests = true,
                                   .default_scan_cost = 500,
                                   .has_default_scan_cost = true };
    struct rec_package out;
    succeeded(office, do_package_save(office, &in, &out));
    return out.id;
}

static int64_t make_client(struct test_office *office, const char *name, int64_t package_id,
                           const char **emails, size_t count, enum language language)
{
    struct rec_client_save in = {
        .name = name,
        .package_id = package_id,
        .has_package_id = true,
        .emails = { .at = emails, .count = count, .given = true },
        .language = language,
        .has_language = true,
    };
    struct rec_client out;
    succeeded(office, do_client_save(office, &in, &out));
    return out.id;
}

static void furnish(struct test_office *office)
{
    static const char *office_emails[] = { "biuro@biuro.example" };
    static const char *office_phones[] = { "601 234 567" };
    static const char *alfa[] = { "a@alfa.example", "b@alfa.example" };
    static const char *beta[] = { "post@beta.example" };
    const char **phones = arena_array(office->arena, 1, sizeof *phones);
    phones[0] = office_phones[0];
    struct rec_settings_save settings = {
        .allow_scan_requests = true,
        .has_allow_scan_requests = true,
        .office_emails = { .at = office_emails, .count = 1, .given = true },
        .office_phones = { .at = phones, .count = 1, .given = true },
        .notify_sms = true,
        .has_notify_sms = true,
    };
    struct rec_user_save user = { .login = "jan", .role = role_administrator, .has_role = true };
    struct rec_user made;
    succeeded(office, do_settings_save(office, &settings, NULL));
    succeeded(office, do_user_save(office, &user, &made));
    office->actor.user_id = made.id;
    office->standard = make_package(office, "Standard", permission_inherit);
    office->silent = make_package(office, "Bez skanów", permission_deny);
    office->alfa =
        make_client(office, "Łódź Meble Sp. z o.o.", office->standard, alfa, 2, language_pl);
    office->beta = make_client(office, "Beta Ltd", office->silent, beta, 1, language_en);
    office->gamma = make_client(office, "Gamma", office->standard, NULL, 0, language_pl);
}

int test_office_open(void **state)
{
    struct test_office *office = calloc(1, sizeof *office);
    assert_true(sodium_init() >= 0);
    office->directory = scratch_make();
    if (!clock_file)
        clock_make();
    pass(office, 0);
    office->db = scratch_open(office->directory);
    /* Thousands of commits, and nobody pulls the plug. */
    sqlite3_exec(office->db->write_tx.handle, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    claims_init(&office->claims);
    office->arena = arena_new();
    office->env = (struct office_env){
        .base_url = "https://poczta.example",
        .mail_from = "poczta@biuro.example",
        .hold_seconds = 10,
        .attachment_bytes = 15000000,
        .sms_on = true,
        .claims = &office->claims,
    };
    office->actor =
        (struct actor){ .kind = ACTOR_STAFF, .role = role_administrator, .name = "jan" };
    furnish(office);
    *state = office;
    return 0;
}

int test_office_close(void **state)
{
    struct test_office *office = *state;
    db_close(office->db, NULL, NULL);
    claims_release(&office->claims);
    arena_free(office->arena);
    scratch_remove(office->directory);
    free(office);
    return 0;
}

struct rec_mail_item letter_for(struct test_office *office, int64_t client_id,
                                const char *counterparty)
{
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = client_id,
                                    .counterparty = counterparty };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    return item;
}

static bool enter(struct op *op, void *data)
{
    int64_t id = *(int64_t *)data;
    struct rec_scan scan = {
        .name = "skan.pdf",
        .type = "application/pdf",
        .size = 1000,
        .sha256 = arena_format(op->arena, "%064llx", (unsigned long long)id),
    };
    return upload_enter(op, id, &scan);
}

struct list one_upload(struct test_office *office)
{
    int64_t *id = arena_alloc(office->arena, sizeof *id);
    *id = ++office->uploads;
    succeeded(office, test_office_run(office, enter, id));
    return (struct list){ .at = id, .count = 1, .given = true };
}

struct rec_scan_request request_for(struct test_office *office, int64_t item_id)
{
    struct rec_scan_request_create in = { .item_id = item_id };
    struct rec_scan_request request;
    succeeded(office, do_scan_request_create(office, &in, &request));
    return request;
}

struct rec_mail_item item_now(struct test_office *office, int64_t id)
{
    struct rec_by_id in = { .id = id };
    struct rec_mail_item item;
    succeeded(office, do_mail_get(office, &in, &item));
    return item;
}

bool can_do(const struct list *can, enum action action)
{
    const enum action *actions = can->at;
    for (size_t i = 0; i < can->count; i++) {
        if (actions[i] == action)
            return true;
    }
    return false;
}

int64_t event_of(const struct test_office *office, enum event_kind kind)
{
    const struct rec_event *events = office->events.at;
    for (size_t i = 0; i < office->events.count; i++) {
        if (events[i].kind == kind)
            return events[i].id;
    }
    fail_msg("no event %s", words_event_kind.at[kind]);
    return 0;
}

void ask_run(struct test_office *office, const char *sql)
{
    sqlite3 *handle = office->db->write_tx.handle;
    if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
}

static sqlite3_stmt *ask(struct test_office *office, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *handle = office->db->write_tx.handle;
    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    return statement;
}

int64_t ask_int(struct test_office *office, const char *sql)
{
    sqlite3_stmt *statement = ask(office, sql);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

const char *ask_text(struct test_office *office, const char *sql)
{
    sqlite3_stmt *statement = ask(office, sql);
    const char *text = arena_text(office->arena, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

const char *newest_token(struct test_office *office)
{
    const char *text = ask_text(office, "SELECT text FROM outbox WHERE text LIKE '%/s/%'"
                                        " ORDER BY id DESC LIMIT 1");
    const char *token = strstr(text, LINK_PATH) + strlen(LINK_PATH);
    return arena_text_n(office->arena, token, SECRET_TEXT - 1);
}
