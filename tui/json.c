/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/json.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"

/* ---- reading ---- */

static bool refuse(const struct field *field, struct err *err, const char *detail)
{
    return err_set(err, ERR_bad_request, field->name, "%s", detail);
}

static bool read_word(const struct field *field, const json_t *value, int *ret, struct err *err)
{
    const char *text = json_string_value(value);
    int word = text != NULL ? words_find(field->words, text, strlen(text)) : -1;
    if (word < 0) {
        return refuse(field, err, "is not one of the words allowed there");
    }
    *ret = word;
    return true;
}

static bool read_number(const struct field *field, const json_t *value, int64_t *ret,
                        struct err *err)
{
    int word;
    switch (field->storage) {
    case STORED_FLAG:
        if (!json_is_boolean(value)) {
            return refuse(field, err, "must be true or false");
        }
        *ret = json_is_true(value);
        return true;
    case STORED_WORD:
        if (!read_word(field, value, &word, err)) {
            return false;
        }
        *ret = word;
        return true;
    default:
        if (!json_is_integer(value)) {
            return refuse(field, err, "must be an integer");
        }
        *ret = json_integer_value(value);
        return true;
    }
}

static bool read_text(const struct field *field, const json_t *value, struct arena *arena,
                      const char **ret, struct err *err)
{
    if (!json_is_string(value)) {
        return refuse(field, err, "must be a text");
    }
    *ret = arena_text(arena, json_string_value(value));
    return true;
}

static bool read_bytes(const struct field *field, const json_t *value, struct arena *arena,
                       struct bytes *ret, struct err *err)
{
    size_t length = 0;
    size_t size = json_string_length(value); /* 0 when it is no string */
    unsigned char *data = arena_alloc(arena, size + 1);
    if (!json_is_string(value) ||
        sodium_base642bin(data, size + 1, json_string_value(value), size, "\r\n", &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return refuse(field, err, "must be bytes in base64");
    }
    *ret = (struct bytes){ .data = data, .length = length };
    return true;
}

static bool read_list(const struct field *field, const json_t *value, struct arena *arena,
                      struct list *ret, struct err *err)
{
    if (!json_is_array(value)) {
        return refuse(field, err, "must be a list");
    }
    struct list list = { .count = json_array_size(value), .given = true };
    list.at = arena_array(arena, list.count, sizeof(int64_t)); /* the widest of them */
    for (size_t i = 0; i < list.count; i++) {
        const json_t *element = json_array_get(value, i);
        bool good = false;
        switch (field->storage) {
        case STORED_TEXTS:
            good = read_text(field, element, arena, (const char **)list.at + i, err);
            break;
        case STORED_WORDS: good = read_word(field, element, (int *)list.at + i, err); break;
        case STORED_INTS: good = read_number(field, element, (int64_t *)list.at + i, err); break;
        default: BUG("params have no lists of records");
        }
        if (!good) {
            return false;
        }
    }
    *ret = list;
    return true;
}

static bool read_field(const struct field *field, const json_t *value, struct arena *arena,
                       void *params, struct err *err)
{
    void *at = field_at(field, params);
    int64_t number;
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG:
    case STORED_WORD:
        if (!read_number(field, value, &number, err)) {
            return false;
        }
        field_set_number(field, params, number);
        return true;
    case STORED_TEXT: return read_text(field, value, arena, at, err);
    case STORED_BYTES: return read_bytes(field, value, arena, at, err);
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: return read_list(field, value, arena, at, err);
    case STORED_RECORD:
    case STORED_RECORDS: break;
    }
    BUG("params have no records in them");
}

static bool read_object(enum method method, json_t *object, struct arena *arena, void *params,
                        const char **ret_key, struct err *err)
{
    const struct record *record = methods[method].params;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const struct field *field = record_field(record, name, strlen(name));
        if (json_is_null(value)) {
            continue;
        }
        if (field != NULL) {
            if (!read_field(field, value, arena, params, err)) {
                return false;
            }
        } else if (methods[method].how == HOW_WRITE && strcmp(name, "key") == 0 &&
                   json_is_string(value)) {
            *ret_key = arena_text(arena, json_string_value(value));
        } else {
            return err_set(err, ERR_bad_request, name, "%s has no such field",
                           methods[method].name);
        }
    }
    /* The struct of a number or word cannot tell that it is missing: the daemon would take a 0. */
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        const json_t *given = json_object_get(object, field->name);
        if (field->need == NEED_MUST && (given == NULL || json_is_null(given))) {
            return refuse(field, err, "is missing");
        }
    }
    return true;
}

bool json_read_params(enum method method, const char *json, struct arena *arena, void *ret_params,
                      const char **ret_key, struct err *err)
{
    json_error_t error;
    json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &error);
    memset(ret_params, 0, methods[method].params->size);
    *ret_key = NULL;
    if (!json_is_object(object)) {
        json_decref(object);
        return err_set(err, ERR_bad_request, "", "not a JSON object: %s",
                       object == NULL ? error.text : "another value");
    }
    bool good = read_object(method, object, arena, ret_params, ret_key, err);
    json_decref(object);
    return good;
}

/* ---- writing ---- */

static json_t *from_record(const struct record *record, const void *value);

static json_t *from_bytes(const struct bytes *bytes)
{
    size_t size = sodium_base64_encoded_len(bytes->length, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(size);
    ENSURE(text != NULL);
    sodium_bin2base64(text, size, bytes->data, bytes->length, sodium_base64_VARIANT_ORIGINAL);
    json_t *json = json_string(text);
    free(text);
    return json;
}

static json_t *from_list(const struct field *field, const struct list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_t *element = NULL;
        switch (field->storage) {
        case STORED_RECORDS:
            element = from_record(field->record, (const char *)list->at + i * field->record->size);
            break;
        case STORED_TEXTS: element = json_string(((const char *const *)list->at)[i]); break;
        case STORED_INTS: element = json_integer(((const int64_t *)list->at)[i]); break;
        case STORED_WORDS:
            element = json_string(field->words->at[((const int *)list->at)[i]]);
            break;
        default: BUG("not a list");
        }
        json_array_append_new(array, element);
    }
    return array;
}

static json_t *from_field(const struct field *field, const void *record)
{
    const void *at = field_at(field, record);
    if (!field_given(field, record)) {
        return json_null();
    }
    switch (field->storage) {
    case STORED_INT: return json_integer(field_number(field, record));
    case STORED_FLAG: return json_boolean(field_number(field, record) != 0);
    case STORED_WORD: return json_string(field->words->at[field_number(field, record)]);
    case STORED_TEXT: return json_string(*(const char *const *)at);
    case STORED_BYTES: return from_bytes(at);
    case STORED_RECORD: return from_record(field->record, *(const void *const *)at);
    case STORED_RECORDS:
    case STORED_TEXTS:
    case STORED_INTS:
    case STORED_WORDS: return from_list(field, at);
    }
    BUG("unknown storage");
}

static json_t *from_record(const struct record *record, const void *value)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        json_object_set_new(object, field->name, from_field(field, value));
    }
    return object;
}

/* One UTF-16 unit of an escape, RFC 8259 section 7. */
static void escape(struct buf *out, uint32_t unit)
{
    buf_format(out, "\\u%04x", (unsigned)unit);
}

/*
 * The dump as a line; consumes it. Characters without width stand only inside strings, where JSON
 * lets any character be escaped, so the value stays the same.
 */
static const char *line_of(json_t *json, struct arena *arena)
{
    char *dump = json_dumps(json, JSON_COMPACT);
    ENSURE(dump != NULL);
    struct buf out = BUF_INIT;
    const char *at = dump;
    const char *end = dump + strlen(dump);
    while (at < end) {
        const char *from = at;
        uint32_t code = text_next(&at, end);
        if (text_columns_of(code) > 0) {
            buf_add(&out, from, (size_t)(at - from));
        } else if (code < 0x10000) {
            escape(&out, code);
        } else {
            escape(&out, 0xd800 + ((code - 0x10000) >> 10));
            escape(&out, 0xdc00 + ((code - 0x10000) & 0x3ff));
        }
    }
    free(dump);
    json_decref(json);
    return buf_take(&out, arena);
}

const char *json_from_record(const struct record *record, const void *value, struct arena *arena)
{
    return line_of(from_record(record, value), arena);
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

const char *json_from_err(const struct err *err, struct arena *arena)
{
    json_t *object = json_object();
    json_object_set_new(object, "code", json_string(err_name(err->code)));
    json_object_set_new(object, "field", text_or_null(err->field));
    json_object_set_new(object, "detail", text_or_null(err->detail));
    return line_of(object, arena);
}
