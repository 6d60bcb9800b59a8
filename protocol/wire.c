/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/wire.h"

#include <msgpack.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"
#include "protocol/frame.h"

/* Where in a nested value we are, for the name in an error. */
struct place {
    const struct place *outer;
    const char *name;
};

/* One unpacking: where memory comes from, where a refusal goes, who sent it. */
struct unpacker {
    struct arena *arena;
    struct err *err;
    bool answer; /* from the server: see wire_unpack_answer() */
};

static bool refuse(const struct place *place, const struct unpacker *unpacker, const char *detail)
{
    struct err *err = unpacker->err;
    if (place == NULL || place->outer == NULL) {
        return err_set(err, ERR_bad_request, place != NULL ? place->name : "", "%s", detail);
    }
    char path[sizeof err->field];
    snprintf(path, sizeof path, "%s.%s", place->outer->name, place->name);
    return err_set(err, ERR_bad_request, path, "%s", detail);
}

static bool read_int(const msgpack_object *value, int64_t *ret)
{
    if (value->type == MSGPACK_OBJECT_NEGATIVE_INTEGER) {
        *ret = value->via.i64;
        return true;
    }
    if (value->type == MSGPACK_OBJECT_POSITIVE_INTEGER && value->via.u64 <= INT64_MAX) {
        *ret = (int64_t)value->via.u64;
        return true;
    }
    return false;
}

static bool unpack_int(enum field_kind kind, const msgpack_object *value, int64_t *ret,
                       const struct place *place, const struct unpacker *unpacker)
{
    int64_t number;
    if (!read_int(value, &number)) {
        return refuse(place, unpacker, "must be an integer");
    }
    if (kind == FIELD_id && number <= 0) {
        return refuse(place, unpacker, "must be an integer above 0");
    }
    if (kind == FIELD_id_or_zero && number < 0) {
        return refuse(place, unpacker, "must not be negative");
    }
    if (kind == FIELD_money && (number > MONEY_LIMIT || number < -MONEY_LIMIT)) {
        return refuse(place, unpacker, "is an amount beyond ten million złotych");
    }
    *ret = number;
    return true;
}

/* What stands in the database must be shown, whatever it is: it is cleaned, not refused. */
static const char *text_of_answer(const msgpack_object *value, struct arena *arena)
{
    const char *text = arena_text_n(arena, value->via.str.ptr, value->via.str.size);
    if (text_check(text, strlen(text), TEXT_NOTE, SIZE_MAX) != TEXT_OK) {
        return text_clean(arena, text, true);
    }
    return text;
}

static bool unpack_text(enum field_kind kind, const msgpack_object *value, const char **ret,
                        const struct place *place, const struct unpacker *unpacker)
{
    if (value->type != MSGPACK_OBJECT_STR) {
        return refuse(place, unpacker, "must be a text");
    }
    if (unpacker->answer && kind != FIELD_day) {
        *ret = text_of_answer(value, unpacker->arena);
        return true;
    }
    bool note = kind == FIELD_note;
    switch (text_check(value->via.str.ptr, value->via.str.size, note ? TEXT_NOTE : TEXT_LINE,
                       note ? LIMIT_NOTE_BYTES : LIMIT_LINE_BYTES)) {
    case TEXT_OK: break;
    case TEXT_NOT_UTF8: return refuse(place, unpacker, "is not UTF-8");
    case TEXT_CONTROL: return refuse(place, unpacker, "has a control character");
    case TEXT_TOO_LONG: return refuse(place, unpacker, "is too long");
    }
    const char *text = arena_text_n(unpacker->arena, value->via.str.ptr, value->via.str.size);
    if (kind == FIELD_day && !clock_day_valid(text)) {
        return refuse(place, unpacker, "must be a day, YYYY-MM-DD");
    }
    *ret = text;
    return true;
}

static bool unpack_word(const struct words *words, const msgpack_object *value, int64_t *ret,
                        const struct place *place, const struct unpacker *unpacker)
{
    int word = -1;
    if (value->type == MSGPACK_OBJECT_STR) {
        word = words_find(words, value->via.str.ptr, value->via.str.size);
    }
    if (word < 0) {
        char detail[sizeof unpacker->err->detail] = "must be one of";
        for (int i = 0; i < words->count; i++) {
            size_t used = strlen(detail);
            snprintf(detail + used, sizeof detail - used, "%s %s", i > 0 ? "," : "", words->at[i]);
        }
        return refuse(place, unpacker, detail);
    }
    *ret = word;
    return true;
}

static bool unpack_record(const struct record *record, const msgpack_object *map, void *out,
                          const struct place *place, const struct unpacker *unpacker);

static bool unpack_element(const struct field *field, const msgpack_object *value,
                           struct list *list, size_t i, const struct place *place,
                           const struct unpacker *unpacker)
{
    int64_t number;
    switch (field->storage) {
    case STORED_RECORDS:
        return unpack_record(field->record, value, (char *)list->at + i * field->record->size,
                             place, unpacker);
    case STORED_TEXTS:
        return unpack_text(FIELD_line, value, (const char **)list->at + i, place, unpacker);
    case STORED_INTS: return unpack_int(FIELD_id, value, (int64_t *)list->at + i, place, unpacker);
    case STORED_WORDS:
        if (!unpack_word(field->words, value, &number, place, unpacker)) {
            return false;
        }
        ((int *)list->at)[i] = (int)number;
        return true;
    default: BUG("not a list");
    }
}

static size_t element_size(const struct field *field)
{
    switch (field->storage) {
    case STORED_RECORDS: return field->record->size;
    case STORED_TEXTS: return sizeof(const char *);
    case STORED_INTS: return sizeof(int64_t);
    case STORED_WORDS: return sizeof(int);
    default: BUG("not a list");
    }
}

static bool unpack_list(const struct field *field, const msgpack_object *value, struct list *ret,
                        const struct place *place, const struct unpacker *unpacker)
{
    if (value->type != MSGPACK_OBJECT_ARRAY) {
        return refuse(place, unpacker, "must be a list");
    }
    /* Lists of records come only from the server, and its frames are limited. */
    if (field->storage != STORED_RECORDS && value->via.array.size > LIMIT_LIST_LENGTH) {
        return refuse(place, unpacker, "is a list of too many elements");
    }
    struct list list = { .given = true };
    list.at = arena_array(unpacker->arena, value->via.array.size, element_size(field));
    for (size_t i = 0; i < value->via.array.size; i++) {
        const msgpack_object *element = &value->via.array.ptr[i];
        if (unpack_element(field, element, &list, list.count, place, unpacker)) {
            list.count++;
        } else if (!unpacker->answer || field->storage != STORED_WORDS) {
            return false;
        } /* else a newer server's word is passed over */
    }
    *ret = list;
    return true;
}

static bool unpack_number(const struct field *field, const msgpack_object *value, int64_t *ret,
                          const struct place *place, const struct unpacker *unpacker)
{
    if (field->storage == STORED_FLAG) {
        if (value->type != MSGPACK_OBJECT_BOOLEAN) {
            return refuse(place, unpacker, "must be true or false");
        }
        *ret = value->via.boolean;
        return true;
    }
    return field->storage == STORED_WORD ? unpack_word(field->words, value, ret, place, unpacker)
                                         : unpack_int(field->kind, value, ret, place, unpacker);
}

static bool unpack_field(const struct field *field, const msgpack_object *value, void *out,
                         const struct place *outer, const struct unpacker *unpacker)
{
    struct place place = { .outer = outer, .name = field->name };
    void *at = field_at(field, out);
    int64_t number;
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG:
    case STORED_WORD:
        if (!unpack_number(field, value, &number, &place, unpacker)) {
            return false;
        }
        field_set_number(field, out, number);
        return true;
    case STORED_TEXT: return unpack_text(field->kind, value, at, &place, unpacker);
    case STORED_BYTES:
        if (value->type != MSGPACK_OBJECT_BIN) {
            return refuse(&place, unpacker, "must be binary");
        }
        if (value->via.bin.size > LIMIT_CHUNK_BYTES) {
            return refuse(&place, unpacker, "is too long");
        }
        *(struct bytes *)at = (struct bytes){
            .data = arena_bytes(unpacker->arena, value->via.bin.ptr, value->via.bin.size),
            .length = value->via.bin.size,
        };
        return true;
    case STORED_RECORD:
        *(void **)at = arena_alloc(unpacker->arena, field->record->size);
        return unpack_record(field->record, value, *(void **)at, &place, unpacker);
    case STORED_RECORDS:
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: return unpack_list(field, value, at, &place, unpacker);
    }
    BUG("unknown storage");
}

/* With an `id` a thing is changed, without one it is made and its NEW fields are needed. */
static bool all_there(const struct record *record, const unsigned char *seen,
                      const struct place *place, const struct unpacker *unpacker)
{
    bool has_id = false;
    for (size_t i = 0; i < record->count; i++) {
        has_id = has_id || (seen[i] && strcmp(record->fields[i].name, "id") == 0);
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        bool needed = field->need == NEED_MUST || (field->need == NEED_NEW && !has_id);
        if (needed && !seen[i]) {
            struct place missing = { .outer = place, .name = field->name };
            return refuse(&missing, unpacker, "is missing");
        }
    }
    return true;
}

enum { FIELDS_MAX = 64 };

static bool unpack_record(const struct record *record, const msgpack_object *map, void *out,
                          const struct place *place, const struct unpacker *unpacker)
{
    if (map->type != MSGPACK_OBJECT_MAP) {
        return refuse(place, unpacker, "must be a map of named fields");
    }
    unsigned char seen[FIELDS_MAX] = { 0 };
    ENSURE(record->count <= FIELDS_MAX);
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *entry = &map->via.map.ptr[i];
        if (entry->key.type != MSGPACK_OBJECT_STR || entry->val.type == MSGPACK_OBJECT_NIL) {
            continue;
        }
        const struct field *field =
            record_field(record, entry->key.via.str.ptr, entry->key.via.str.size);
        if (field == NULL) {
            continue;
        }
        if (!unpack_field(field, &entry->val, out, place, unpacker)) {
            return false;
        }
        seen[field - record->fields] = 1;
    }
    return all_there(record, seen, place, unpacker);
}

bool wire_unpack(const struct record *record, const struct msgpack_object *map, struct arena *arena,
                 void *ret_record, struct err *err)
{
    struct unpacker unpacker = { .arena = arena, .err = err };
    memset(ret_record, 0, record->size);
    return unpack_record(record, map, ret_record, NULL, &unpacker);
}

bool wire_unpack_answer(const struct record *record, const struct msgpack_object *map,
                        struct arena *arena, void *ret_record, struct err *err)
{
    struct unpacker unpacker = { .arena = arena, .err = err, .answer = true };
    memset(ret_record, 0, record->size);
    return unpack_record(record, map, ret_record, NULL, &unpacker);
}

bool wire_unpack_bytes(const struct record *record, const void *bytes, size_t length,
                       struct arena *arena, void *ret_record, struct err *err)
{
    size_t whole;
    if (frame_walk(bytes, length, &frame_limits_answer, &whole) != FRAME_COMPLETE ||
        whole != length) {
        return err_set(err, ERR_bad_request, "", "not one MessagePack value");
    }
    msgpack_zone zone;
    if (!msgpack_zone_init(&zone, MSGPACK_ZONE_CHUNK_SIZE)) {
        return err_set(err, ERR_unavailable, "", "no memory");
    }
    msgpack_object map;
    bool done = msgpack_unpack(bytes, length, NULL, &zone, &map) == MSGPACK_UNPACK_SUCCESS
                    ? wire_unpack(record, &map, arena, ret_record, err)
                    : err_set(err, ERR_bad_request, "", "not one MessagePack value");
    msgpack_zone_destroy(&zone);
    return done;
}

static int write_to_buf(void *out, const char *bytes, size_t length)
{
    buf_add(out, bytes, length);
    return 0;
}

static void pack_text(msgpack_packer *packer, const char *text)
{
    msgpack_pack_str_with_body(packer, text, strlen(text));
}

static void pack_record(const struct record *record, const void *value, msgpack_packer *packer);

static void pack_list(const struct field *field, const struct list *list, msgpack_packer *packer)
{
    msgpack_pack_array(packer, list->count);
    for (size_t i = 0; i < list->count; i++) {
        switch (field->storage) {
        case STORED_RECORDS:
            pack_record(field->record, (const char *)list->at + i * field->record->size, packer);
            break;
        case STORED_TEXTS: pack_text(packer, ((const char *const *)list->at)[i]); break;
        case STORED_INTS: msgpack_pack_int64(packer, ((const int64_t *)list->at)[i]); break;
        case STORED_WORDS: pack_text(packer, field->words->at[((const int *)list->at)[i]]); break;
        default: BUG("not a list");
        }
    }
}

static void pack_field(const struct field *field, const void *value, msgpack_packer *packer)
{
    const void *at = field_at(field, value);
    const struct bytes *bytes = at;
    switch (field->storage) {
    case STORED_INT: msgpack_pack_int64(packer, field_number(field, value)); break;
    case STORED_FLAG:
        if (field_number(field, value) != 0) {
            msgpack_pack_true(packer);
        } else {
            msgpack_pack_false(packer);
        }
        break;
    case STORED_WORD: pack_text(packer, field->words->at[field_number(field, value)]); break;
    case STORED_TEXT: pack_text(packer, *(const char *const *)at); break;
    case STORED_BYTES: msgpack_pack_bin_with_body(packer, bytes->data, bytes->length); break;
    case STORED_RECORD: pack_record(field->record, *(const void *const *)at, packer); break;
    case STORED_RECORDS:
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: pack_list(field, at, packer); break;
    }
}

static void pack_fields(const struct record *record, const void *value, msgpack_packer *packer)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        pack_text(packer, field->name);
        if (field_given(field, value)) {
            pack_field(field, value, packer);
        } else {
            msgpack_pack_nil(packer);
        }
    }
}

static void pack_record(const struct record *record, const void *value, msgpack_packer *packer)
{
    msgpack_pack_map(packer, record->count);
    pack_fields(record, value, packer);
}

void wire_pack_with_key(const struct record *record, const void *value, const char *key,
                        struct buf *out)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, write_to_buf);
    if (key != NULL) {
        msgpack_pack_map(&packer, record->count + 1);
        pack_text(&packer, "key");
        pack_text(&packer, key);
        pack_fields(record, value, &packer);
    } else {
        pack_record(record, value, &packer);
    }
}

void wire_pack(const struct record *record, const void *value, struct buf *out)
{
    wire_pack_with_key(record, value, NULL, out);
}
