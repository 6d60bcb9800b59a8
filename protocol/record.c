/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/record.h"

#include <string.h>

#include "protocol/base/log.h"

/* clang-format off */
#define W(name, word) #word,
#define X(name) static const char *const texts_##name[] = { ENUM_##name(W, name) }; \
    const struct words words_##name = { #name, texts_##name, name##_MAX };
ENUMS(X)
#undef X
#undef W
/* clang-format on */

const struct words *const all_words[] = {
#define X(name) &words_##name,
    ENUMS(X)
#undef X
        NULL,
};

/* Where has_<name> lies: only optional integers, flags and words have it. */
#define HAS_MUST(R, name)       0
#define HAS_MAY(R, name)        offsetof(struct rec_##R, has_##name)
#define HAS_NEW(R, name)        offsetof(struct rec_##R, has_##name)
#define HAS_INT(need, R, name)  HAS_##need(R, name)
#define HAS_FLAG                HAS_INT
#define HAS_WORD                HAS_INT
#define HAS_NONE(need, R, name) 0
#define HAS_TEXT                HAS_NONE
#define HAS_BYTES               HAS_NONE
#define HAS_RECORD              HAS_NONE
#define HAS_RECORDS             HAS_NONE
#define HAS_TEXTS               HAS_NONE
#define HAS_INTS                HAS_NONE
#define HAS_WORDS               HAS_NONE
#define HAS_PICK(storage)       HAS_##storage
#define HAS_PICK_OF(storage)    HAS_PICK(storage)

/* `of` names an enumeration or a record, or is empty. */
#define OF_INT(of)          .words = NULL
#define OF_FLAG             OF_INT
#define OF_TEXT             OF_INT
#define OF_BYTES            OF_INT
#define OF_TEXTS            OF_INT
#define OF_INTS             OF_INT
#define OF_WORD(of)         .words = &words_##of
#define OF_WORDS            OF_WORD
#define OF_RECORD(of)       .record = &record_##of
#define OF_RECORDS          OF_RECORD
#define OF_PICK(storage)    OF_##storage
#define OF_PICK_OF(storage) OF_PICK(storage)

#define STORED(storage)    STORED_##storage
#define STORED_OF(storage) STORED(storage)

#define FIELD(R, kind_, need_, name_, of, doc_)                                                    \
    { .name = #name_,                                                                              \
      .kind = FIELD_##kind_,                                                                       \
      .storage = STORED_OF(STORAGE_##kind_),                                                       \
      .need = NEED_##need_,                                                                        \
      .offset = offsetof(struct rec_##R, name_),                                                   \
      .has_offset = HAS_PICK_OF(STORAGE_##kind_)(need_, R, name_),                                 \
      OF_PICK_OF(STORAGE_##kind_)(of),                                                             \
      .doc = doc_ },

/* The last row only keeps the table of a record without fields from being empty. */
#define X(name_)                                                                                   \
    static const struct field fields_##name_[] = { RECORD_##name_(FIELD, name_){ .name = NULL } }; \
    const struct record record_##name_ = { .name = #name_,                                         \
                                           .size = sizeof(struct rec_##name_),                     \
                                           .count =                                                \
                                               sizeof fields_##name_ / sizeof *fields_##name_ - 1, \
                                           .fields = fields_##name_ };
RECORDS(X)
#undef X

const struct record *const all_records[] = {
#define X(name) &record_##name,
    RECORDS(X)
#undef X
        NULL,
};

const struct method_info methods[METHOD_MAX] = {
#define M(name_, params_, result_, role_, how_, doc_)                                              \
    [METHOD_##name_] = { .name = #name_,                                                           \
                         .params = &record_##params_,                                              \
                         .result = &record_##result_,                                              \
                         .role = ROLE_##role_,                                                     \
                         .how = HOW_##how_,                                                        \
                         .doc = doc_ },
    METHODS(M)
#undef M
};

static bool same_text(const char *text, const char *bytes, size_t length)
{
    return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

int words_find(const struct words *words, const char *word, size_t length)
{
    for (int i = 0; i < words->count; i++) {
        if (same_text(words->at[i], word, length)) {
            return i;
        }
    }
    return -1;
}

const struct field *record_field(const struct record *record, const char *name, size_t length)
{
    for (size_t i = 0; i < record->count; i++) {
        if (same_text(record->fields[i].name, name, length)) {
            return &record->fields[i];
        }
    }
    return NULL;
}

enum method method_find(const char *name, size_t length)
{
    for (int i = 0; i < METHOD_MAX; i++) {
        if (same_text(methods[i].name, name, length)) {
            return (enum method)i;
        }
    }
    return METHOD_MAX;
}

bool field_given(const struct field *field, const void *record)
{
    const void *at = field_at(field, record);
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG:
    case STORED_WORD:
        return field->has_offset == 0 || *(const bool *)((const char *)record + field->has_offset);
    case STORED_TEXT: return *(const char *const *)at != NULL;
    case STORED_BYTES: return ((const struct bytes *)at)->data != NULL;
    case STORED_RECORD: return *(void *const *)at != NULL;
    case STORED_RECORDS:
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: return ((const struct list *)at)->given || field->need == NEED_MUST;
    }
    BUG("unknown storage");
}

void field_set_given(const struct field *field, void *record)
{
    if (field->has_offset != 0) {
        *(bool *)((char *)record + field->has_offset) = true;
    } else if (field->storage >= STORED_RECORDS) {
        ((struct list *)field_at(field, record))->given = true;
    }
}

int64_t field_number(const struct field *field, const void *record)
{
    const void *at = field_at(field, record);
    int word;
    switch (field->storage) {
    case STORED_INT: return *(const int64_t *)at;
    case STORED_FLAG: return *(const bool *)at;
    case STORED_WORD: memcpy(&word, at, sizeof word); return word;
    default: BUG("not a number");
    }
}

void field_set_number(const struct field *field, void *record, int64_t number)
{
    void *at = field_at(field, record);
    int word = (int)number;
    switch (field->storage) {
    case STORED_INT: *(int64_t *)at = number; break;
    case STORED_FLAG: *(bool *)at = number != 0; break;
    case STORED_WORD: memcpy(at, &word, sizeof word); break;
    default: BUG("not a number");
    }
    field_set_given(field, record);
}

static size_t storage_size(const struct field *field)
{
    switch (field->storage) {
    case STORED_INT: return sizeof(int64_t);
    case STORED_FLAG: return sizeof(bool);
    case STORED_WORD: return sizeof(int);
    case STORED_TEXT: return sizeof(const char *);
    case STORED_BYTES: return sizeof(struct bytes);
    case STORED_RECORD: return sizeof(void *);
    case STORED_RECORDS:
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: return sizeof(struct list);
    }
    BUG("unknown storage");
}

void record_merge(const struct record *from_record, const void *from,
                  const struct record *to_record, void *to)
{
    for (size_t i = 0; i < from_record->count; i++) {
        const struct field *source = &from_record->fields[i];
        const struct field *target = record_field(to_record, source->name, strlen(source->name));
        if (target != NULL && field_given(source, from)) {
            ENSURE(target->storage == source->storage);
            memcpy(field_at(target, to), field_at(source, from), storage_size(target));
            field_set_given(target, to);
        }
    }
}
