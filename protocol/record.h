/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What schema.h defines, as C: one enum per enumeration, one struct per record, and one table per
 * record that tells generic code (codec, database rows, documentation) where each field lies.
 *
 * In a struct: a word is its enum; an integer or flag that may be missing has a bool has_<name>
 * beside it; a text that is missing is NULL; a list that is missing has `given` false. All memory
 * behind pointers belongs to the arena that the record was built in.
 */
#ifndef SKRYTKA_PROTOCOL_RECORD_H
#define SKRYTKA_PROTOCOL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/schema.h"

/* enum direction { direction_incoming, direction_outgoing, direction_MAX }; and so on. */
#define SCHEMA_WORD(name, word) name##_##word,
#define SCHEMA_ENUM(name)       enum name { ENUM_##name(SCHEMA_WORD, name) name##_MAX };
ENUMS(SCHEMA_ENUM)

enum limit {
#define L(name, value, doc) LIMIT_##name = (value),
    LIMITS(L)
#undef L
};

struct bytes {
    const void *data;
    size_t length;
};

/*
 * A list of `count` things. What `at` points to follows the field's kind: const char * (lines),
 * int64_t (ids), int (words), struct rec_<of> (recs).
 */
struct list {
    void *at;
    size_t count;
    bool given;
};

/* The kinds: K(kind, its name in the documentation); and how each is kept in a struct. */
#define FIELD_KINDS(K)                                                                             \
    K(id, "integer")                                                                               \
    K(id_or_zero, "integer")                                                                       \
    K(num, "integer")                                                                              \
    K(money, "grosze")                                                                             \
    K(money_sum, "grosze")                                                                         \
    K(time, "UTC seconds")                                                                         \
    K(flag, "boolean")                                                                             \
    K(word, "word")                                                                                \
    K(day, "day")                                                                                  \
    K(line, "text")                                                                                \
    K(note, "text, several lines")                                                                 \
    K(secret, "secret text")                                                                       \
    K(bin, "bytes")                                                                                \
    K(rec, "record")                                                                               \
    K(recs, "list of records")                                                                     \
    K(lines, "list of texts")                                                                      \
    K(ids, "list of integers")                                                                     \
    K(words, "list of words")

#define STORAGE_id         INT
#define STORAGE_id_or_zero INT
#define STORAGE_num        INT
#define STORAGE_money      INT
#define STORAGE_money_sum  INT
#define STORAGE_time       INT
#define STORAGE_flag       FLAG
#define STORAGE_word       WORD
#define STORAGE_day        TEXT
#define STORAGE_line       TEXT
#define STORAGE_note       TEXT
#define STORAGE_secret     TEXT
#define STORAGE_bin        BYTES
#define STORAGE_rec        RECORD
#define STORAGE_recs       RECORDS
#define STORAGE_lines      TEXTS
#define STORAGE_ids        INTS
#define STORAGE_words      WORDS

enum field_storage {
    STORED_INT,
    STORED_FLAG,
    STORED_WORD,
    STORED_TEXT,
    STORED_BYTES,
    STORED_RECORD,
    STORED_RECORDS,
    STORED_TEXTS,
    STORED_INTS,
    STORED_WORDS,
};

enum field_kind {
#define K(kind, doc) FIELD_##kind,
    FIELD_KINDS(K)
#undef K
};

/* A field's member(s). A scalar that may be missing has its has_<name>; SCHEMA_OPTIONAL says so. */
#define SCHEMA_HAS_MUST(name)
#define SCHEMA_HAS_MAY(name) bool has_##name;
#define SCHEMA_HAS_NEW(name) bool has_##name;
#define SCHEMA_INT(need, name, of)                                                                 \
    int64_t name;                                                                                  \
    SCHEMA_HAS_##need(name)
#define SCHEMA_FLAG(need, name, of)                                                                \
    bool name;                                                                                     \
    SCHEMA_HAS_##need(name)
#define SCHEMA_WORD_(need, name, of)                                                               \
    enum of name;                                                                                  \
    SCHEMA_HAS_##need(name)
#define SCHEMA_TEXT(need, name, of)                 const char *name;
#define SCHEMA_BYTES(need, name, of)                struct bytes name;
#define SCHEMA_RECORD(need, name, of)               struct rec_##of *name;
#define SCHEMA_LIST(need, name, of)                 struct list name;
#define SCHEMA_OF_INT                               SCHEMA_INT
#define SCHEMA_OF_FLAG                              SCHEMA_FLAG
#define SCHEMA_OF_WORD                              SCHEMA_WORD_
#define SCHEMA_OF_TEXT                              SCHEMA_TEXT
#define SCHEMA_OF_BYTES                             SCHEMA_BYTES
#define SCHEMA_OF_RECORD                            SCHEMA_RECORD
#define SCHEMA_OF_RECORDS                           SCHEMA_LIST
#define SCHEMA_OF_TEXTS                             SCHEMA_LIST
#define SCHEMA_OF_INTS                              SCHEMA_LIST
#define SCHEMA_OF_WORDS                             SCHEMA_LIST
#define SCHEMA_PICK(storage)                        SCHEMA_OF_##storage
#define SCHEMA_PICK_OF(storage)                     SCHEMA_PICK(storage)
#define SCHEMA_MEMBER(R, kind, need, name, of, doc) SCHEMA_PICK_OF(STORAGE_##kind)(need, name, of)
#define SCHEMA_STRUCT(record)                                                                      \
    struct rec_##record {                                                                          \
        RECORD_##record(SCHEMA_MEMBER, record) char rec_end;                                       \
    };
RECORDS(SCHEMA_STRUCT)

enum field_need { NEED_MUST, NEED_MAY, NEED_NEW };

/* The words of one enumeration; the position is the enum's value. */
struct words {
    const char *name;
    const char *const *at;
    int count;
};

struct field {
    const char *name;
    enum field_kind kind;
    enum field_storage storage;
    enum field_need need;
    size_t offset;
    size_t has_offset; /* of the bool has_<name>; 0 when the struct has none */
    const struct words *words;
    const struct record *record;
    const char *doc;
};

struct record {
    const char *name;
    size_t size;
    size_t count;
    const struct field *fields;
};

#define X(name) extern const struct words words_##name;
ENUMS(X)
#undef X
#define X(name) extern const struct record record_##name;
RECORDS(X)
#undef X

/* All enumerations and records, for the documentation and tests; the last is NULL. */
extern const struct words *const all_words[];
extern const struct record *const all_records[];

/* Position of a word, or -1. */
int words_find(const struct words *words, const char *word, size_t length);

/* The field of a name, or NULL. */
const struct field *record_field(const struct record *record, const char *name, size_t length);

/* Access to one field of a struct by its table row. */
static inline void *field_at(const struct field *field, const void *record)
{
    return (char *)(uintptr_t)record + field->offset;
}

/* Is the field there? */
bool field_given(const struct field *field, const void *record);

/* Says that it is (does nothing for kinds whose value shows it). */
void field_set_given(const struct field *field, void *record);

/* Integers, flags and words as one number. */
int64_t field_number(const struct field *field, const void *record);
void field_set_number(const struct field *field, void *record, int64_t number);

/*
 * Copies every field of `from` that is given into the field of the same name of `to`; how a save
 * lays the given fields over the present ones. A name in both must be of the same storage.
 */
void record_merge(const struct record *from_record, const void *from,
                  const struct record *to_record, void *to);

/* clang-format off */
enum method {
#define M(name, params, result, role, how, doc) METHOD_##name,
    METHODS(M)
#undef M
        METHOD_MAX
};
/* clang-format on */

enum method_role { ROLE_ANYONE, ROLE_CLERK, ROLE_ADMINISTRATOR };
enum method_how { HOW_READ, HOW_WRITE, HOW_HERE };

struct method_info {
    const char *name;
    const struct record *params;
    const struct record *result;
    enum method_role role;
    enum method_how how;
    const char *doc;
};

extern const struct method_info methods[METHOD_MAX];

/* The method of a name, or METHOD_MAX. */
enum method method_find(const char *name, size_t length);

#endif
