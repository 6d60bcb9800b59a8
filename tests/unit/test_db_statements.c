/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * All statements at once: each is prepared, none scans a table that grows with the years, columns
 * are fields of records, and the words that the schema's CHECKs allow are those of the protocol.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "tests/unit/scratch.h"

static const char *const names[SQL_MAX] = {
#define S(name, sql) [SQL_##name] = #name,
#include "db/statements.def.h"
#undef S
};

/* Tables that may have a million rows. */
static const char *const big[] = { "mail_item", "scan", "scan_request",      "charge",  "event",
                                   "outbox",    "link", "outbox_attachment", "call_key" };

/* A statement that may look at all rows of a big table, and why. */
static const struct {
    enum statement statement;
    const char *reason;
} allowed[] = {
    { SQL_scan_files_used, "the check of all scan files against all rows, off the clock" },
};

struct place {
    char *directory;
    char *file;
    struct db *db;
    sqlite3 *handle;
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->directory = scratch_make();
    place->file = scratch_path(place->directory, "skrytka.db");
    place->db = scratch_open(place->directory);
    place->handle = place->db->write_tx.handle;
    *state = place;
    return 0;
}

static int drop(void **state)
{
    struct place *place = *state;
    db_close(place->db, NULL, NULL);
    scratch_remove(place->directory);
    free(place->file);
    free(place);
    return 0;
}

static void each_is_prepared(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < SQL_MAX; i++) {
        assert_non_null(place->db->write_tx.statements[i]);
        for (int reader = 0; reader < DB_READERS; reader++)
            assert_non_null(place->db->readers[reader].tx.statements[i]);
        for (int other = 0; other < i; other++) {
            if (strcmp(sqlite3_sql(place->db->write_tx.statements[i]),
                       sqlite3_sql(place->db->write_tx.statements[other])) == 0)
                fail_msg("%s and %s are the same", names[i], names[other]);
        }
    }
}

static bool ends_word(char c)
{
    return strchr(" ,();", c) != NULL; /* '\0' too */
}

/* Does the statement use `table` under the name `alias`? */
static bool stands_for(const char *sql, const char *alias, const char *table)
{
    static const char *const before[] = { "FROM ", "JOIN ", "UPDATE ", "INTO " };
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        char want[128];
        snprintf(want, sizeof want, "%s%s", before[i], table);
        for (const char *at = strstr(sql, want); at; at = strstr(at + 1, want)) {
            const char *after = at + strlen(want);
            if (!ends_word(*after))
                continue;
            if (strcmp(alias, table) == 0)
                return true;
            size_t length = strlen(alias);
            if (*after == ' ' && strncmp(after + 1, alias, length) == 0 &&
                ends_word(after[1 + length]))
                return true;
        }
    }
    return false;
}

static bool is_allowed(int statement)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if ((int)allowed[i].statement == statement)
            return true;
    }
    return false;
}

/* A line of a plan, "SCAN m" or "SCAN s VIRTUAL TABLE INDEX 0:M0": is it a walk over a big one? */
static bool walks(const char *sql, const char *detail, char *ret_table, size_t size)
{
    char alias[64];
    if (sscanf(detail, "SCAN %63s", alias) != 1 || strstr(detail, "VIRTUAL TABLE"))
        return false;
    for (size_t i = 0; i < sizeof big / sizeof *big; i++) {
        if (stands_for(sql, alias, big[i])) {
            snprintf(ret_table, size, "%s", big[i]);
            return true;
        }
    }
    return false;
}

static void check_plan(sqlite3 *handle, int statement, const char *sql)
{
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *plan = NULL;
    assert_int_equal(sqlite3_prepare_v2(handle, explain, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        char table[64];
        if (walks(sql, detail, table, sizeof table) && !is_allowed(statement))
            fail_msg("%s walks over all of %s: %s", names[statement], table, detail);
    }
    sqlite3_finalize(plan);
    sqlite3_free(explain);
}

static void none_scans_a_big_table(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < SQL_MAX; i++)
        check_plan(place->handle, i, sqlite3_sql(place->db->write_tx.statements[i]));
}

/* The detector itself: it must see a walk where there is one. */
static void the_detector_detects(void **state)
{
    char table[64];
    assert_true(walks("SELECT 1 FROM mail_item m WHERE m.note = 'x'", "SCAN m", table, 64));
    assert_string_equal(table, "mail_item");
    assert_true(
        walks("SELECT 1 FROM client c JOIN scan s", "SCAN s USING COVERING INDEX i", table, 64));
    assert_true(walks("UPDATE event SET at = 1", "SCAN event", table, 64));
    assert_true(walks("SELECT (SELECT 1 FROM link)", "SCAN link", table, 64));
    assert_false(walks("SELECT 1 FROM sender s", "SCAN s", table, 64));
    assert_false(walks("SELECT 1 FROM mail_item m", "SEARCH m USING INDEX i (a=?)", table, 64));
}

/* Pages of a list come out of an index in their order: sorting would read all of them first. */
static void pages_are_not_sorted(void **state)
{
    static const enum statement lists[] = {
        SQL_mail_list,
        SQL_mail_list_by_direction,
        SQL_mail_list_by_status,
        SQL_mail_list_by_client,
        SQL_mail_list_by_reference,
        SQL_mail_list_by_words,
        SQL_request_list,
        SQL_request_list_by_status,
        SQL_request_list_by_client,
        SQL_event_list,
        SQL_event_list_newest,
        SQL_event_list_of_item,
        SQL_event_list_of_item_newest,
        SQL_event_list_of_client,
        SQL_event_list_of_client_newest,
        SQL_outbox_list,
        SQL_outbox_list_by_state,
        SQL_outbox_due,
    };
    struct place *place = *state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s",
                                        sqlite3_sql(place->db->write_tx.statements[lists[i]]));
        sqlite3_stmt *plan = NULL;
        assert_int_equal(sqlite3_prepare_v2(place->handle, explain, -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
            if (strstr((const char *)sqlite3_column_text(plan, 3), "TEMP B-TREE"))
                fail_msg("%s sorts", names[lists[i]]);
        }
        sqlite3_finalize(plan);
        sqlite3_free(explain);
    }
}

/* Columns whose CHECK lists words, and the enumeration that they must equal. */
static const struct {
    const char *table;
    const char *column;
    const struct words *words;
} word_columns[] = {
    { "settings", "language", &words_language },
    { "user", "role", &words_role },
    { "package", "allow_scan_requests", &words_permission },
    { "client", "allow_scan_requests", &words_permission },
    { "client", "language", &words_language },
    { "mail_item", "direction", &words_direction },
    { "mail_item", "kind", &words_mail_kind },
    { "mail_item", "status", &words_mail_status },
    { "scan_request", "source", &words_request_source },
    { "scan_request", "status", &words_request_status },
    { "scan_request", "cancelled_by", &words_cancelled_by },
    { "outbox", "channel", &words_medium },
    { "outbox", "state", &words_outbox_state },
    { "outbox", "language", &words_language },
};

/* "CHECK (<column> IN ('a', 'b'))" of a definition without its blanks. */
static char *expected_check(const char *column, const struct words *words)
{
    char *text = sqlite3_mprintf("CHECK(%sIN(", column);
    for (int i = 0; i < words->count; i++)
        text = sqlite3_mprintf("%z%s'%s'", text, i > 0 ? "," : "", words->at[i]);
    return sqlite3_mprintf("%z))", text);
}

static char *without_blanks(const char *text)
{
    char *out = malloc(strlen(text) + 1);
    size_t length = 0;
    for (; *text; text++) {
        if (!strchr(" \n\t", *text))
            out[length++] = *text;
    }
    out[length] = '\0';
    return out;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    while ((text = strstr(text, part))) {
        count++;
        text++;
    }
    return count;
}

static void words_of_the_checks(void **state)
{
    struct place *place = *state;
    sqlite3_stmt *tables = NULL;
    int found = 0;
    const char *list = "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
                       " AND sql NOT LIKE 'CREATE VIRTUAL%'";
    assert_int_equal(sqlite3_prepare_v2(place->handle, list, -1, &tables, NULL), SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        char *definition = without_blanks((const char *)sqlite3_column_text(tables, 1));
        int listed = count_of(definition, "IN('") - count_of(definition, "=(statusIN('");
        for (size_t i = 0; i < sizeof word_columns / sizeof *word_columns; i++) {
            if (strcmp(word_columns[i].table, table) != 0)
                continue;
            char *want = expected_check(word_columns[i].column, word_columns[i].words);
            if (count_of(definition, want) != 1)
                fail_msg("%s has no %s", table, want);
            sqlite3_free(want);
            found++;
            listed--;
        }
        if (listed != 0)
            fail_msg("a word list of %s is not compared with the protocol", table);
        free(definition);
    }
    sqlite3_finalize(tables);
    assert_int_equal(found, sizeof word_columns / sizeof *word_columns);
}

/* Statements whose rows become records, by the beginning of their names. */
static const struct {
    const char *prefix;
    const struct record *record;
} rows[] = {
    { "settings_get", &record_settings },
    { "package_list", &record_package },
    { "package_get", &record_package },
    { "client_get", &record_client },
    { "client_list", &record_client },
    { "sender_list", &record_sender },
    { "mail_get", &record_mail_item },
    { "mail_list", &record_mail_item },
    { "scan_list", &record_scan },
    { "scan_get", &record_scan },
    { "request_get", &record_scan_request },
    { "request_newest_of_item", &record_scan_request },
    { "request_list", &record_scan_request },
    { "charge_get", &record_charge },
    { "charge_list", &record_charge },
    { "settlement_client", &record_settlement_client },
    { "settlement_charges", &record_charge },
    { "event_get", &record_event },
    { "event_list", &record_event },
    { "outbox_get", &record_outbox_message },
    { "outbox_list", &record_outbox_message },
    { "user_list", &record_user },
    { "user_get", &record_user },
    { "user_by", &record_user },
};

static const struct record *record_of(const char *statement)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strncmp(statement, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].record;
    }
    return NULL;
}

static void columns_are_fields(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < SQL_MAX; i++) {
        const struct record *record = record_of(names[i]);
        sqlite3_stmt *statement = place->db->write_tx.statements[i];
        for (int c = 0; record && c < sqlite3_column_count(statement); c++) {
            const char *column = sqlite3_column_name(statement, c);
            if (!record_field(record, column, strlen(column)))
                fail_msg("%s: %s has no field %s", names[i], record->name, column);
        }
    }
}

/* A row in every table, its numbers 1 and its words those of the protocol. */
static const char filling[] =
    "INSERT INTO office_email (position, address) VALUES (0, 'biuro@biuro.pl');"
    "INSERT INTO office_phone (position, number) VALUES (0, '+48601234567');"
    "INSERT INTO user (id, login, name, role, os_user, password_hash)"
    " VALUES (1, 'x', 'X', 'administrator', 'x', 'x');"
    "INSERT INTO package (id, name) VALUES (1, 'x');"
    "INSERT INTO client (id, code, name, phone, tax_id, package_id, language)"
    " VALUES (1, 'x', 'x', '1', '1', 1, 'pl');"
    "INSERT INTO client_email (client_id, position, address) VALUES (1, 0, 'x@x.pl');"
    "INSERT INTO client_alias (client_id, position, name) VALUES (1, 0, 'x');"
    "INSERT INTO client_search (rowid, text) VALUES (1, 'x');"
    "INSERT INTO sender (id, folded, name, uses) VALUES (1, 'x', 'x', 1);"
    "INSERT INTO sender_search (rowid, text) VALUES (1, 'x');"
    "INSERT INTO client_sender (client_id, sender_id, uses) VALUES (1, 1, 1);"
    "INSERT INTO mail_item (id, direction, client_id, counterparty, kind, date, reference, note,"
    " shelf, status, registered_at, registered_by, closed_at, collected_by) VALUES (1, 'incoming',"
    " 1, 'x', 'letter', '2026-11-23', 'x', 'x', 'x', 'collected', 1, 'x', 1, 'x');"
    "INSERT INTO mail_search (rowid, public, internal) VALUES (1, 'x', 'x');"
    "INSERT INTO scan (id, item_id, name, type, size, sha256, attached_at, attached_by, event_id)"
    " VALUES (1, 1, 'x.pdf', 'application/pdf', 1, hex(zeroblob(32)), 1, 'x', 1);"
    "INSERT INTO scan_request (id, item_id, client_id, requested_at, requested_by, source, status,"
    " closed_at, closed_by, cancelled_by, reason, information, cost, closing_event_id)"
    " VALUES (1, 1, 1, 1, 'x', 'email', 'cancelled', 1, 'x', 'staff', 'x', 'x', 1, 1);"
    "INSERT INTO scan_request (id, item_id, client_id, requested_at, requested_by, source, status)"
    " VALUES (2, 1, 1, 1, 'x', 'staff', 'new');"
    "INSERT INTO charge (id, item_id, client_id, request_id, amount, information, day, entered_at,"
    " entered_by, invoice_number, invoice_date, event_id)"
    " VALUES (1, 1, 1, 1, 1, 'x', '2026-11-23', 1, 'x', 'x', '2026-11-23', 1);"
    "INSERT INTO event (id, at, actor, kind, item_id, client_id, request_id, client_name,"
    " client_code, counterparty, detail) VALUES (1, 1, 'x', 'undone', 1, 1, 1, 'x', 'x', 'x', '1');"
    "INSERT INTO outbox (id, channel, state, recipient, language, subject, text, html, message_id,"
    " thread, item_id, client_id, event_id, created_at, due_at, expires_at, last_attempt_at,"
    " answer, delivered_at) VALUES (1, 'mail', 'waiting', 'x', 'pl', 'x', 'x', 'x', 'x', 'x', 1, 1,"
    " 1, 1, 1, 1, 1, 'x', 1);"
    "INSERT INTO outbox_attachment (outbox_id, scan_id) VALUES (1, 1);"
    "INSERT INTO link (token_hash, item_id, client_id, outbox_id, created_at, expires_at)"
    " VALUES (zeroblob(32), 1, 1, 1, 1, 1);"
    "INSERT INTO call_key (user_id, key, method, at, result) VALUES (1, 'x', 'x', 1, x'c0');";

static const struct {
    const char *parameter;
    const char *text;
} values[] = {
    { ":text", "x" },
    { ":from", "2000-01-01" },
    { ":to", "2100-01-01" },
    { ":login", "x" },
    { ":os_user", "x" },
    { ":channel", "mail" },
    { ":direction", "incoming" },
    { ":reference", "x" },
    { ":state", "waiting" },
    { ":recipient", "x" },
    { ":detail", "1" },
    { ":key", "x" },
    { ":kind", NULL },
    { ":actor", "x" },
    { ":sha256", "x" },
};

/* Plausible values: what the filling has, so that as many statements as may be find their row. */
static void bind_all(sqlite3_stmt *statement, const char *name)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
        const char *parameter = sqlite3_bind_parameter_name(statement, i);
        bool done = false;
        sqlite3_bind_int(statement, i, 1);
        for (size_t v = 0; v < sizeof values / sizeof *values && !done; v++) {
            done = strcmp(values[v].parameter, parameter) == 0;
            if (done)
                sqlite3_bind_text(statement, i, values[v].text, -1, SQLITE_STATIC);
        }
        if (strcmp(parameter, ":status") == 0)
            sqlite3_bind_text(statement, i, strncmp(name, "mail", 4) == 0 ? "collected" : "new", -1,
                              SQLITE_STATIC);
        if (strcmp(parameter, ":after") == 0)
            sqlite3_bind_int(statement, i, strstr(sqlite3_sql(statement), "> :after") ? 0 : 99);
        if (strcmp(parameter, ":token_hash") == 0)
            sqlite3_bind_zeroblob(statement, i, 32);
        if (strcmp(parameter, ":limit") == 0)
            sqlite3_bind_int(statement, i, 10);
        if (strcmp(parameter, ":offset") == 0 || strcmp(parameter, ":since") == 0)
            sqlite3_bind_int(statement, i, 0);
        if (strcmp(parameter, ":until") == 0)
            sqlite3_bind_int64(statement, i, INT64_MAX);
    }
}

/* Every SELECT once on rows with every column filled: all of them fit their fields. */
static void rows_become_records(void **state)
{
    struct place *place = *state;
    struct arena *arena = arena_new();
    scratch_sql(place->file, filling);
    int records = 0;
    for (int i = 0; i < SQL_MAX; i++) {
        sqlite3_stmt *statement = place->db->write_tx.statements[i];
        const struct record *record = record_of(names[i]);
        if (!sqlite3_stmt_readonly(statement))
            continue;
        bind_all(statement, names[i]);
        int code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            fail_msg("%s: %s", names[i], sqlite3_errmsg(place->handle));
        if (record && code != SQLITE_ROW)
            fail_msg("%s found nothing in a filled database", names[i]);
        if (record) {
            db_row(statement, record, arena_alloc(arena, record->size), arena);
            records++;
        }
        sqlite3_reset(statement);
    }
    assert_true(records > 30);
    arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(each_is_prepared),
        TEST(none_scans_a_big_table),
        cmocka_unit_test(the_detector_detects),
        TEST(pages_are_not_sorted),
        TEST(words_of_the_checks),
        TEST(columns_are_fields),
        TEST(rows_become_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
