/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Durable scan requests a second, asked for through the staff protocol of a real daemon by one
 * client and by 64 at once, beside a plain loop that does the same SQLite statements on the same
 * schema (WAL, synchronous=FULL) with one commit each. Group commit is why 64 clients get more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "tests/bench/office.h"

enum { ALONE = 500, TOGETHER = 3000, CLIENTS = 64, PLAIN = 1000 };

static int64_t letters[ALONE + TOGETHER];

/* One client that asks, waits for the answer, and asks for the next letter. */
struct asker {
    struct client *client;
    struct run *run;
};

struct run {
    int next; /* letter */
    int end;
    int done;
};

static void ask(struct asker *asker);

static void answered(void *owner, const struct rec_scan_request *result, const struct err *err)
{
    struct asker *asker = owner;
    if (!result)
        bench_fail("scan_request_create", err->detail);
    asker->run->done++;
    ask(asker);
}

static void ask(struct asker *asker)
{
    struct run *run = asker->run;
    if (run->next == run->end)
        return;
    struct rec_scan_request_create in = { .item_id = letters[run->next++] };
    call_scan_request_create(asker->client, &in, answered, asker);
}

/* Requests a second. */
static double measure(struct bench_office *office, int clients, int first, int count)
{
    struct asker askers[CLIENTS];
    struct run run = { .next = first, .end = first + count };
    for (int i = 0; i < clients; i++)
        askers[i] = (struct asker){ bench_office_connect(office, NULL, NULL), &run };
    uint64_t start = uv_hrtime();
    for (int i = 0; i < clients; i++)
        ask(&askers[i]);
    while (run.done < count)
        uv_run(&office->loop, UV_RUN_ONCE);
    double seconds = (double)(uv_hrtime() - start) / 1e9;
    for (int i = 0; i < clients; i++)
        client_close(askers[i].client, NULL);
    return count / seconds;
}

static void execute(struct db_tx *tx, const char *sql)
{
    if (sqlite3_exec(tx->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail(sql, sqlite3_errmsg(tx->handle));
}

static void fill_plain(struct db_tx *tx)
{
    execute(tx, "BEGIN; INSERT INTO package (id, name) VALUES (1, 'Standard');"
                "INSERT INTO client (id, code, name, package_id, language)"
                " VALUES (1, '001', 'Łódź Meble', 1, 'pl');"
                "INSERT INTO client_email VALUES (1, 0, 'biuro@alfa.example');"
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
                " INSERT INTO mail_item (id, direction, client_id, counterparty, kind, date,"
                " status, registered_at, registered_by) SELECT i, 'incoming', 1,"
                " 'Sąd Rejonowy w Łodzi', 'letter', '2026-11-23', 'awaiting_collection', 1, 'jan'"
                " FROM n; COMMIT");
}

/* Looks one row up, as the request does to know the facts. */
static void fetch(struct db_tx *tx, enum statement which, int64_t id)
{
    struct sqlite3_stmt *get = db_statement(tx, which);
    if (id != 0)
        db_bind_int(get, "id", id);
    while (db_next(tx, get)) {
    }
}

static void add_request(struct db_tx *tx, int64_t id)
{
    struct rec_scan_request request = { .item_id = id,
                                        .client_id = 1,
                                        .requested_at = 1,
                                        .requested_by = "jan",
                                        .source = request_source_staff };
    struct sqlite3_stmt *add = db_statement(tx, SQL_request_add);
    db_bind_record(add, &record_scan_request, &request);
    db_exec(tx, add);
}

static void add_event(struct db_tx *tx, int64_t id)
{
    struct rec_event event = { .at = 1,
                               .actor = "jan",
                               .kind = event_kind_scan_request_created,
                               .item_id = id,
                               .has_item_id = true,
                               .client_id = 1,
                               .has_client_id = true,
                               .client_name = "Łódź Meble",
                               .counterparty = "Sąd Rejonowy w Łodzi" };
    struct sqlite3_stmt *add = db_statement(tx, SQL_event_add);
    db_bind_record(add, &record_event, &event);
    db_exec(tx, add);
}

static void add_message(struct db_tx *tx, int64_t id)
{
    static char text[4000];
    char message_id[64];
    memset(text, 'x', sizeof text - 1);
    snprintf(message_id, sizeof message_id, "<%032lld@localhost>", (long long)id);
    struct sqlite3_stmt *add = db_statement(tx, SQL_outbox_add);
    db_bind_text(add, "channel", "mail");
    db_bind_text(add, "state", "waiting");
    db_bind_text(add, "recipient", "biuro@alfa.example");
    db_bind_text(add, "language", "pl");
    db_bind_text(add, "subject", "Prośba o skan");
    db_bind_text(add, "text", "x");
    db_bind_text(add, "html", text); /* as large as the real one */
    db_bind_text(add, "message_id", message_id);
    db_bind_int(add, "item_id", id);
    db_bind_int(add, "event_id", id);
    db_bind_int(add, "created_at", 1);
    db_bind_int(add, "due_at", 1);
    db_bind_int(add, "expires_at", 1);
    db_bind_int(add, "gathered", 0);
    db_exec(tx, add);
}

/* A second commit of the same key would be answered by this row. */
static void add_key(struct db_tx *tx, int64_t id)
{
    char key[32];
    char result[300] = "";
    snprintf(key, sizeof key, "key-%lld", (long long)id);
    struct sqlite3_stmt *add = db_statement(tx, SQL_call_key_add);
    db_bind_int(add, "user_id", 1);
    db_bind_text(add, "key", key);
    db_bind_text(add, "method", "scan_request_create");
    db_bind_int(add, "at", 1);
    db_bind_blob(add, "result", result, sizeof result);
    db_exec(tx, add);
}

static void one_transaction(struct db_tx *tx, int64_t id)
{
    execute(tx, "BEGIN IMMEDIATE");
    fetch(tx, SQL_settings_get, 0);
    fetch(tx, SQL_mail_get, id);
    fetch(tx, SQL_client_get, 1);
    fetch(tx, SQL_request_newest_of_item, id);
    add_request(tx, id);
    add_event(tx, id);
    struct sqlite3_stmt *touch = db_statement(tx, SQL_mail_touch);
    db_bind_int(touch, "id", id);
    db_exec(tx, touch);
    add_message(tx, id);
    add_key(tx, id);
    if (db_failed(tx))
        bench_fail("plain loop", sqlite3_errmsg(tx->handle));
    execute(tx, "COMMIT");
}

static double measure_plain(const char *directory)
{
    char folder[96];
    char why[256];
    struct db *db;
    snprintf(folder, sizeof folder, "%s/plain", directory);
    if (db_open(folder, &db, why, sizeof why) != DB_OPENED)
        bench_fail(folder, why);
    struct db_tx *tx = &db->write_tx;
    fill_plain(tx);
    uint64_t start = uv_hrtime();
    for (int i = 1; i <= PLAIN; i++)
        one_transaction(tx, i);
    double seconds = (double)(uv_hrtime() - start) / 1e9;
    db_close(db, NULL, NULL);
    return PLAIN / seconds;
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct bench_office office;
    bench_office_start(&office, argv[0]);
    bench_office_letters(&office, letters, ALONE + TOGETHER);
    double plain = measure_plain(office.directory);
    double alone = measure(&office, 1, 0, ALONE);
    double together = measure(&office, CLIENTS, ALONE, TOGETHER);
    bench_office_stop(&office);
    printf("%-52s %8.0f /s\n", "plain SQLite loop, one commit each", plain);
    printf("%-52s %8.0f /s   %5.2f x the plain loop\n", "scan requests, 1 client", alone,
           alone / plain);
    printf("%-52s %8.0f /s   %5.2f x the plain loop\n", "scan requests, 64 clients", together,
           together / plain);
    return 0;
}
