/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/tx.h"

#include <stdio.h>
#include <string.h>

#include "db/internal.h"
#include "protocol/base/arena.h"
#include "protocol/base/log.h"

bool db_failed(const struct db_tx *tx)
{
    return tx->fault != SQLITE_OK;
}

struct sqlite3_stmt *db_statement(struct db_tx *tx, enum statement which)
{
    sqlite3_stmt *statement = tx->statements[which];
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return statement;
}

static int parameter(sqlite3_stmt *statement, const char *name)
{
    char colon[64];
    snprintf(colon, sizeof colon, ":%s", name);
    return sqlite3_bind_parameter_index(statement, colon);
}

static int known_parameter(sqlite3_stmt *statement, const char *name)
{
    int index = parameter(statement, name);
    if (index == 0) {
        log_error("db", "no parameter :%s in %s", name, sqlite3_sql(statement));
        BUG("no such parameter");
    }
    return index;
}

void db_bind_int(struct sqlite3_stmt *statement, const char *name, int64_t value)
{
    sqlite3_bind_int64(statement, known_parameter(statement, name), value);
}

void db_bind_text(struct sqlite3_stmt *statement, const char *name, const char *text)
{
    sqlite3_bind_text(statement, known_parameter(statement, name), text, -1, SQLITE_TRANSIENT);
}

void db_bind_blob(struct sqlite3_stmt *statement, const char *name, const void *data, size_t size)
{
    sqlite3_bind_blob64(statement, known_parameter(statement, name), data, size, SQLITE_TRANSIENT);
}

static void bind_field(sqlite3_stmt *statement, int index, const struct field *field,
                       const void *value)
{
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG: sqlite3_bind_int64(statement, index, field_number(field, value)); break;
    case STORED_WORD:
        sqlite3_bind_text(statement, index, field->words->at[field_number(field, value)], -1,
                          SQLITE_STATIC);
        break;
    case STORED_TEXT:
        sqlite3_bind_text(statement, index, *(const char *const *)field_at(field, value), -1,
                          SQLITE_TRANSIENT);
        break;
    default: BUG("a list or record as a parameter");
    }
}

void db_bind_record(struct sqlite3_stmt *statement, const struct record *record, const void *value)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        int index = parameter(statement, field->name);
        if (index > 0 && field_given(field, value)) {
            bind_field(statement, index, field, value);
        }
    }
}

bool db_next(struct db_tx *tx, struct sqlite3_stmt *statement)
{
    if (tx->fault != SQLITE_OK) {
        return false;
    }
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        return true;
    }
    connection_check(tx, code);
    sqlite3_reset(statement);
    return false;
}

void db_end(struct sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
}

bool db_exec(struct db_tx *tx, struct sqlite3_stmt *statement)
{
    if (tx->fault != SQLITE_OK) {
        return false;
    }
    bool done = connection_check(tx, sqlite3_step(statement));
    sqlite3_reset(statement);
    return done && sqlite3_changes64(tx->handle) > 0;
}

bool db_exec_unique(struct db_tx *tx, struct sqlite3_stmt *statement, bool *ret_clash)
{
    *ret_clash = false;
    if (tx->fault != SQLITE_OK) {
        return false;
    }
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
        *ret_clash = true;
        return false;
    }
    return connection_check(tx, code) && sqlite3_changes64(tx->handle) > 0;
}

int64_t db_last_id(struct db_tx *tx)
{
    return sqlite3_last_insert_rowid(tx->handle);
}

int64_t db_int(struct sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

bool db_is_null(struct sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

const char *db_text(struct sqlite3_stmt *statement, int column, struct arena *arena)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (text == NULL) {
        return NULL;
    }
    return arena_text_n(arena, text, (size_t)sqlite3_column_bytes(statement, column));
}

struct bytes db_blob(struct sqlite3_stmt *statement, int column, struct arena *arena)
{
    const void *data = sqlite3_column_blob(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    return (struct bytes){ .data = arena_bytes(arena, data, length), .length = length };
}

static void read_column(sqlite3_stmt *statement, int column, const struct field *field, void *value,
                        struct arena *arena)
{
    const char *word;
    int found;
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG: field_set_number(field, value, db_int(statement, column)); break;
    case STORED_TEXT:
        *(const char **)field_at(field, value) = db_text(statement, column, arena);
        break;
    case STORED_WORD:
        word = (const char *)sqlite3_column_text(statement, column);
        found = words_find(field->words, word, strlen(word));
        if (found < 0) {
            log_error("db", "unknown word \"%s\" in column %s", word, field->name);
            BUG("a CHECK of the database and an enumeration differ");
        }
        field_set_number(field, value, found);
        break;
    default: BUG("a list or record as a column");
    }
}

void db_row(struct sqlite3_stmt *statement, const struct record *record, void *ret_value,
            struct arena *arena)
{
    memset(ret_value, 0, record->size);
    int columns = sqlite3_column_count(statement);
    for (int i = 0; i < columns; i++) {
        const char *name = sqlite3_column_name(statement, i);
        const struct field *field = record_field(record, name, strlen(name));
        if (field == NULL) {
            log_error("db", "column %s has no field in record %s", name, record->name);
            BUG("a column without a field");
        }
        if (!db_is_null(statement, i)) {
            read_column(statement, i, field, ret_value, arena);
        }
    }
}

bool db_one(struct db_tx *tx, struct sqlite3_stmt *statement, const struct record *record,
            void *ret_value, struct arena *arena)
{
    memset(ret_value, 0, record->size);
    if (!db_next(tx, statement)) {
        return false;
    }
    db_row(statement, record, ret_value, arena);
    db_end(statement);
    return true;
}

int64_t db_one_int(struct db_tx *tx, struct sqlite3_stmt *statement, int64_t otherwise)
{
    if (!db_next(tx, statement)) {
        return otherwise;
    }
    int64_t value = db_is_null(statement, 0) ? otherwise : db_int(statement, 0);
    db_end(statement);
    return value;
}

/* A list that grows while its rows come: how many will come is not known before. */
struct growing {
    struct list list;
    size_t room;
    size_t element;
};

static void *grow(struct growing *growing, struct arena *arena)
{
    if (growing->list.count == growing->room) {
        size_t room = growing->room == 0 ? 16 : growing->room * 2;
        void *larger = arena_array(arena, room, growing->element);
        if (growing->list.count > 0) {
            memcpy(larger, growing->list.at, growing->list.count * growing->element);
        }
        growing->list.at = larger;
        growing->room = room;
    }
    growing->list.given = true;
    return (char *)growing->list.at + growing->list.count++ * growing->element;
}

struct list db_all(struct db_tx *tx, struct sqlite3_stmt *statement, const struct record *record,
                   size_t limit, struct arena *arena)
{
    struct growing rows = { .element = record->size };
    while ((limit == 0 || rows.list.count < limit) && db_next(tx, statement)) {
        db_row(statement, record, grow(&rows, arena), arena);
    }
    db_end(statement);
    return rows.list;
}

struct list db_texts(struct db_tx *tx, struct sqlite3_stmt *statement, struct arena *arena)
{
    struct growing rows = { .element = sizeof(const char *) };
    while (db_next(tx, statement)) {
        *(const char **)grow(&rows, arena) = db_text(statement, 0, arena);
    }
    return rows.list;
}

struct list db_ints(struct db_tx *tx, struct sqlite3_stmt *statement, struct arena *arena)
{
    struct growing rows = { .element = sizeof(int64_t) };
    while (db_next(tx, statement)) {
        *(int64_t *)grow(&rows, arena) = db_int(statement, 0);
    }
    return rows.list;
}
