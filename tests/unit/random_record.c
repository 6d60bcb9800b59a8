/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/random_record.h"

#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"

uint32_t random_next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static int64_t random_number(enum field_kind kind, uint32_t *seed)
{
    static const int64_t edges[] = { 1, 127, 128, 255, 256, 65535, 65536, 4294967296, INT64_MAX };
    uint32_t random = random_next(seed);
    int64_t number = random % 2 == 0 ? edges[random / 2 % 9] : (int64_t)random_next(seed) + 1;
    switch (kind) {
    case FIELD_id: return number;
    case FIELD_id_or_zero: return random % 8 == 0 ? 0 : number;
    case FIELD_money: return random % 4 == 0 ? -MONEY_LIMIT : number % (MONEY_LIMIT + 1);
    default: return random % 4 == 0 ? -number : number;
    }
}

static const char *random_text(enum field_kind kind, struct arena *arena, uint32_t *seed)
{
    /* Of one, two, three and four bytes; the last only in notes. */
    static const uint32_t letters[] = { 'a', 'Z', ' ', '7', 0x142, 0x17b, 0x20ac, 0x1f4ec, '\n' };
    if (kind == FIELD_day) {
        char day[CLOCK_DAY] = "2000-02-28";
        return arena_text(arena, clock_day_add(day, (int)(random_next(seed) % 30000), day));
    }
    struct buf text = BUF_INIT;
    size_t length = random_next(seed) % (kind == FIELD_note ? 200 : 60);
    for (size_t i = 0; i < length; i++) {
        text_put(&text, letters[random_next(seed) % (kind == FIELD_note ? 9 : 8)]);
    }
    return buf_take(&text, arena);
}

static void random_list(const struct field *field, struct arena *arena, uint32_t *seed,
                        struct list *ret)
{
    size_t count = random_next(seed) % 4;
    size_t size = field->storage == STORED_RECORDS ? field->record->size : sizeof(int64_t);
    *ret = (struct list){ .at = arena_array(arena, count, size), .count = count, .given = true };
    for (size_t i = 0; i < count; i++) {
        switch (field->storage) {
        case STORED_RECORDS:
            random_record(field->record, arena, seed, (char *)ret->at + i * size);
            break;
        case STORED_TEXTS:
            ((const char **)ret->at)[i] = random_text(FIELD_line, arena, seed);
            break;
        case STORED_INTS: ((int64_t *)ret->at)[i] = random_number(FIELD_id, seed); break;
        case STORED_WORDS:
            ((int *)ret->at)[i] = (int)(random_next(seed) % (uint32_t)field->words->count);
            break;
        default: BUG("not a list");
        }
    }
}

static void random_field(const struct field *field, struct arena *arena, uint32_t *seed,
                         void *record)
{
    void *at = field_at(field, record);
    switch (field->storage) {
    case STORED_INT: field_set_number(field, record, random_number(field->kind, seed)); break;
    case STORED_FLAG: field_set_number(field, record, random_next(seed) % 2); break;
    case STORED_WORD:
        field_set_number(field, record, random_next(seed) % (uint32_t)field->words->count);
        break;
    case STORED_TEXT: *(const char **)at = random_text(field->kind, arena, seed); break;
    case STORED_BYTES: {
        size_t length = random_next(seed) % 300;
        *(struct bytes *)at =
            (struct bytes){ .data = arena_alloc(arena, length), .length = length };
        break;
    }
    case STORED_RECORD:
        *(void **)at = arena_alloc(arena, field->record->size);
        random_record(field->record, arena, seed, *(void **)at);
        break;
    default: random_list(field, arena, seed, at); break;
    }
}

void random_record(const struct record *record, struct arena *arena, uint32_t *seed, void *ret)
{
    memset(ret, 0, record->size);
    bool whole =
        random_next(seed) % 2 == 0; /* else a thing with an id, some fields of which change */
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        bool is_id = strcmp(field->name, "id") == 0;
        if (field->need == NEED_MUST || (field->need == NEED_NEW && whole) || (is_id && !whole) ||
            random_next(seed) % 2 == 0) {
            random_field(field, arena, seed, ret);
        }
    }
}

static bool same_list(const struct field *field, const struct list *a, const struct list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        bool same = false;
        switch (field->storage) {
        case STORED_RECORDS:
            same = same_record(field->record, (char *)a->at + i * field->record->size,
                               (char *)b->at + i * field->record->size);
            break;
        case STORED_TEXTS: same = strcmp(((char **)a->at)[i], ((char **)b->at)[i]) == 0; break;
        case STORED_INTS: same = ((int64_t *)a->at)[i] == ((int64_t *)b->at)[i]; break;
        case STORED_WORDS: same = ((int *)a->at)[i] == ((int *)b->at)[i]; break;
        default: BUG("not a list");
        }
        if (!same) {
            return false;
        }
    }
    return true;
}

static bool same_field(const struct field *field, const void *a, const void *b)
{
    const void *at_a = field_at(field, a);
    const void *at_b = field_at(field, b);
    const struct bytes *bytes_a = at_a;
    const struct bytes *bytes_b = at_b;
    if (field_given(field, a) != field_given(field, b)) {
        return false;
    }
    if (!field_given(field, a)) {
        return true;
    }
    switch (field->storage) {
    case STORED_INT:
    case STORED_FLAG:
    case STORED_WORD: return field_number(field, a) == field_number(field, b);
    case STORED_TEXT: return strcmp(*(char *const *)at_a, *(char *const *)at_b) == 0;
    case STORED_BYTES:
        return bytes_a->length == bytes_b->length &&
               memcmp(bytes_a->data, bytes_b->data, bytes_a->length) == 0;
    case STORED_RECORD:
        return same_record(field->record, *(void *const *)at_a, *(void *const *)at_b);
    default: return same_list(field, at_a, at_b);
    }
}

bool same_record(const struct record *record, const void *a, const void *b)
{
    for (size_t i = 0; i < record->count; i++) {
        if (!same_field(&record->fields[i], a, b)) {
            return false;
        }
    }
    return true;
}
