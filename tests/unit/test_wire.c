/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The codec, for every record that the schema has, and every kind of bad field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <msgpack.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/wire.h"
#include "tests/unit/random_record.h"

static void test_every_record_there_and_back(void **state)
{
    uint32_t seed = 1;
    for (size_t i = 0; all_records[i] != NULL; i++) {
        const struct record *record = all_records[i];
        for (unsigned round = 0; round < 200; round++) {
            struct arena *arena = arena_new();
            struct buf bytes = BUF_INIT;
            struct err err = { .code = ERR_NONE };
            void *before = arena_alloc(arena, record->size);
            void *after = arena_alloc(arena, record->size);
            random_record(record, arena, &seed, before);
            wire_pack(record, before, &bytes);
            if (!wire_unpack_bytes(record, bytes.data, bytes.length, arena, after, &err)) {
                fail_msg("%s: %s %s", record->name, err.field, err.detail);
            }
            if (!same_record(record, before, after)) {
                fail_msg("%s came back different", record->name);
            }
            buf_release(&bytes);
            arena_free(arena);
        }
    }
}

/* A map built by hand, to be unpacked as a record. */
struct map {
    msgpack_sbuffer bytes;
    msgpack_packer packer;
};

static void begin(struct map *map, size_t entries)
{
    msgpack_sbuffer_init(&map->bytes);
    msgpack_packer_init(&map->packer, &map->bytes, msgpack_sbuffer_write);
    msgpack_pack_map(&map->packer, entries);
}

static void put_text(struct map *map, const char *text)
{
    msgpack_pack_str_with_body(&map->packer, text, strlen(text));
}

enum form { STRICT, ANSWER };

static bool unpack(struct map *map, enum form form, const struct record *record,
                   struct arena *arena, void *ret, struct err *err)
{
    msgpack_unpacked unpacked;
    size_t offset = 0;
    msgpack_unpacked_init(&unpacked);
    assert_int_equal(msgpack_unpack_next(&unpacked, map->bytes.data, map->bytes.size, &offset),
                     MSGPACK_UNPACK_SUCCESS);
    bool good = form == ANSWER ? wire_unpack_answer(record, &unpacked.data, arena, ret, err)
                               : wire_unpack(record, &unpacked.data, arena, ret, err);
    msgpack_unpacked_destroy(&unpacked);
    msgpack_sbuffer_destroy(&map->bytes);
    return good;
}

/* Unpacks and expects a refusal that names the field. */
static void expect_refusal(struct map *map, const struct record *record, const char *field,
                           const char *detail)
{
    struct arena *arena = arena_new();
    struct err err = { .code = ERR_NONE };
    void *out = arena_alloc(arena, record->size);
    assert_false(unpack(map, STRICT, record, arena, out, &err));
    assert_int_equal(err.code, ERR_bad_request);
    assert_string_equal(err.field, field);
    assert_non_null(strstr(err.detail, detail));
    arena_free(arena);
}

/* Each field of each record refuses a value of a type that no field of its kind takes. */
static void test_wrong_types_everywhere(void **state)
{
    for (size_t i = 0; all_records[i] != NULL; i++) {
        for (size_t j = 0; j < all_records[i]->count; j++) {
            const struct field *field = &all_records[i]->fields[j];
            struct map map;
            begin(&map, 1);
            put_text(&map, field->name);
            msgpack_pack_double(&map.packer, 1.5);
            expect_refusal(&map, all_records[i], field->name, "must be");
        }
    }
}

/* Nothing given: the first needed field is named. */
static void test_missing_fields_everywhere(void **state)
{
    for (size_t i = 0; all_records[i] != NULL; i++) {
        const struct field *needed = NULL;
        for (size_t j = 0; j < all_records[i]->count && needed == NULL; j++) {
            if (all_records[i]->fields[j].need != NEED_MAY) {
                needed = &all_records[i]->fields[j];
            }
        }
        if (needed != NULL) {
            struct map map;
            begin(&map, 1);
            put_text(&map, needed->name);
            msgpack_pack_nil(&map.packer); /* counts as not given */
            expect_refusal(&map, all_records[i], needed->name, "is missing");
        }
    }
}

static void refuse_number(const struct record *record, const char *field, int64_t number,
                          const char *detail)
{
    struct map map;
    begin(&map, 1);
    put_text(&map, field);
    msgpack_pack_int64(&map.packer, number);
    expect_refusal(&map, record, field, detail);
}

static void refuse_text(const struct record *record, const char *field, const char *text,
                        size_t length, const char *detail)
{
    struct map map;
    begin(&map, 1);
    put_text(&map, field);
    msgpack_pack_str_with_body(&map.packer, text, length);
    expect_refusal(&map, record, field, detail);
}

static void test_numbers_out_of_range(void **state)
{
    struct map map;
    refuse_number(&record_by_id, "id", 0, "above 0");
    refuse_number(&record_by_id, "id", -1, "above 0");
    refuse_number(&record_event_list, "after", -1, "negative");
    refuse_number(&record_charge_save, "amount", 1000000001, "ten million");
    refuse_number(&record_charge_save, "amount", -1000000001, "ten million");
    begin(&map, 1);
    put_text(&map, "id");
    msgpack_pack_uint64(&map.packer, (uint64_t)INT64_MAX + 1);
    expect_refusal(&map, &record_by_id, "id", "must be an integer");
}

static void test_bad_texts(void **state)
{
    char long_text[LIMIT_NOTE_BYTES + 1];
    memset(long_text, 'a', sizeof long_text);
    refuse_text(&record_mail_save, "counterparty", "a\x1b[2J", 5, "control");
    refuse_text(&record_mail_save, "counterparty", "a\nb", 3, "control");
    refuse_text(&record_mail_save, "counterparty", "a\0b", 3, "control");
    refuse_text(&record_mail_save, "counterparty", "\x7f", 1, "control");
    refuse_text(&record_mail_save, "counterparty", "\xc2\x9b", 2, "control"); /* C1 CSI */
    refuse_text(&record_mail_save, "counterparty", "\xff", 1, "UTF-8");
    refuse_text(&record_mail_save, "counterparty", "\xc5", 1, "UTF-8");
    refuse_text(&record_mail_save, "counterparty", "\xed\xa0\x80", 3, "UTF-8"); /* surrogate */
    refuse_text(&record_mail_save, "counterparty", long_text, LIMIT_LINE_BYTES + 1, "too long");
    refuse_text(&record_mail_save, "note", long_text, sizeof long_text, "too long");
    refuse_text(&record_mail_save, "note", "a\rb", 3, "control");
    refuse_text(&record_mail_save, "date", "2026-02-30", 10, "YYYY-MM-DD");
    refuse_text(&record_mail_save, "date", "23.11.2026", 10, "YYYY-MM-DD");
    refuse_text(&record_mail_save, "kind", "Letter", 6, "one of letter, registered");
    refuse_text(&record_mail_save, "kind", "", 0, "must be one of");
}

static void test_bad_lists(void **state)
{
    struct map map;
    begin(&map, 1);
    put_text(&map, "ids");
    msgpack_pack_array(&map.packer, 2);
    msgpack_pack_int64(&map.packer, 1);
    msgpack_pack_int64(&map.packer, 0);
    expect_refusal(&map, &record_mail_collect, "ids", "above 0");
    begin(&map, 1);
    put_text(&map, "ids");
    msgpack_pack_array(&map.packer, LIMIT_LIST_LENGTH + 1);
    for (int i = 0; i <= LIMIT_LIST_LENGTH; i++) {
        msgpack_pack_int64(&map.packer, 1);
    }
    expect_refusal(&map, &record_mail_collect, "ids", "too many");
    begin(&map, 1);
    put_text(&map, "emails");
    msgpack_pack_array(&map.packer, 1);
    put_text(&map, "a@b.pl\r\nBcc: c@d.pl");
    expect_refusal(&map, &record_client_save, "emails", "control");
}

static void test_bytes_too_long(void **state)
{
    static const char zeros[LIMIT_CHUNK_BYTES + 1];
    struct map map;
    begin(&map, 1);
    put_text(&map, "data");
    msgpack_pack_bin_with_body(&map.packer, zeros, sizeof zeros);
    expect_refusal(&map, &record_scan_data, "data", "too long");
}

/* In a record within a record both are named. */
static void test_nested_field_is_named(void **state)
{
    struct map map;
    begin(&map, 1);
    put_text(&map, "charges");
    msgpack_pack_array(&map.packer, 1);
    msgpack_pack_map(&map.packer, 1);
    put_text(&map, "amount");
    put_text(&map, "5");
    expect_refusal(&map, &record_mail_item, "charges.amount", "integer");
}

static void test_not_a_map(void **state)
{
    struct map map;
    msgpack_sbuffer_init(&map.bytes);
    msgpack_packer_init(&map.packer, &map.bytes, msgpack_sbuffer_write);
    msgpack_pack_array(&map.packer, 0);
    expect_refusal(&map, &record_by_id, "", "map");
}

static void test_what_is_ignored(void **state)
{
    struct arena *arena = arena_new();
    struct rec_by_id by_id;
    struct map map;
    struct err err;
    begin(&map, 5);
    put_text(&map, "unknown");
    msgpack_pack_array(&map.packer, 0);
    msgpack_pack_int(&map.packer, 7); /* a key that is no name */
    msgpack_pack_int(&map.packer, 7);
    put_text(&map, "id");
    msgpack_pack_int(&map.packer, 1);
    put_text(&map, "id");
    msgpack_pack_int(&map.packer, 2);
    put_text(&map, "id");
    msgpack_pack_nil(&map.packer);
    assert_true(unpack(&map, STRICT, &record_by_id, arena, &by_id, &err));
    assert_int_equal(by_id.id, 2);
    arena_free(arena);
}

/* With an id nothing else is needed; without, what a new thing needs. */
static void test_new_or_changed(void **state)
{
    struct arena *arena = arena_new();
    struct rec_package_save save;
    struct map map;
    struct err err;
    begin(&map, 1);
    put_text(&map, "id");
    msgpack_pack_int(&map.packer, 3);
    assert_true(unpack(&map, STRICT, &record_package_save, arena, &save, &err));
    assert_true(save.has_id && save.id == 3 && save.name == NULL && !save.has_default_scan_cost);
    begin(&map, 1);
    put_text(&map, "default_scan_cost");
    msgpack_pack_int(&map.packer, 0);
    assert_false(unpack(&map, STRICT, &record_package_save, arena, &save, &err));
    assert_string_equal(err.field, "name");
    arena_free(arena);
}

/* Old data and a newer server: shown all the same. */
static void test_answers_are_taken_as_they_come(void **state)
{
    struct arena *arena = arena_new();
    struct rec_sender sender;
    struct rec_scan_request_list list;
    struct map map;
    struct err err;
    begin(&map, 2);
    put_text(&map, "name");
    put_text(&map, "a\x1b[2J\xff");
    put_text(&map, "uses");
    msgpack_pack_int(&map.packer, 1);
    assert_true(unpack(&map, ANSWER, &record_sender, arena, &sender, &err));
    assert_string_equal(sender.name, "a\xef\xbf\xbd[2J\xef\xbf\xbd"); /* clean */
    begin(&map, 1);
    put_text(&map, "status");
    put_text(&map, "brand_new");
    assert_false(unpack(&map, ANSWER, &record_scan_request_list, arena, &list, &err));
    assert_string_equal(err.field, "status");
    arena_free(arena);
}

static void test_unknown_words_of_a_list_are_passed_over(void **state)
{
    uint32_t seed = 7;
    struct arena *arena = arena_new();
    struct buf bytes = BUF_INIT;
    struct rec_scan_request request;
    struct rec_scan_request back;
    struct err err;
    int can[] = { action_scan_request_fulfil, action_scan_request_cancel };
    random_record(&record_scan_request, arena, &seed, &request);
    request.can = (struct list){ .at = can, .count = 2, .given = true };
    wire_pack(&record_scan_request, &request, &bytes);
    char *word = memmem(bytes.data, bytes.length, "scan_request_fulfil", 19);
    assert_non_null(word);
    word[0] = 'S';
    msgpack_unpacked unpacked;
    size_t offset = 0;
    msgpack_unpacked_init(&unpacked);
    msgpack_unpack_next(&unpacked, bytes.data, bytes.length, &offset);
    assert_false(wire_unpack(&record_scan_request, &unpacked.data, arena, &back, &err));
    assert_string_equal(err.field, "can");
    assert_true(wire_unpack_answer(&record_scan_request, &unpacked.data, arena, &back, &err));
    assert_int_equal(back.can.count, 1);
    assert_int_equal(((int *)back.can.at)[0], action_scan_request_cancel);
    msgpack_unpacked_destroy(&unpacked);
    buf_release(&bytes);
    arena_free(arena);
}

static void test_bytes_that_are_not_one_value(void **state)
{
    struct arena *arena = arena_new();
    struct rec_nothing nothing;
    struct err err;
    assert_true(wire_unpack_bytes(&record_nothing, "\x80", 1, arena, &nothing, &err));
    assert_false(wire_unpack_bytes(&record_nothing, "\x80\x80", 2, arena, &nothing, &err));
    assert_false(wire_unpack_bytes(&record_nothing, "\x81", 1, arena, &nothing, &err));
    assert_false(wire_unpack_bytes(&record_nothing, "", 0, arena, &nothing, &err));
    assert_false(
        wire_unpack_bytes(&record_nothing, "\xdd\xff\xff\xff\xff", 5, arena, &nothing, &err));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_record_there_and_back),
        cmocka_unit_test(test_wrong_types_everywhere),
        cmocka_unit_test(test_missing_fields_everywhere),
        cmocka_unit_test(test_numbers_out_of_range),
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_bad_lists),
        cmocka_unit_test(test_bytes_too_long),
        cmocka_unit_test(test_nested_field_is_named),
        cmocka_unit_test(test_not_a_map),
        cmocka_unit_test(test_what_is_ignored),
        cmocka_unit_test(test_new_or_changed),
        cmocka_unit_test(test_answers_are_taken_as_they_come),
        cmocka_unit_test(test_unknown_words_of_a_list_are_passed_over),
        cmocka_unit_test(test_bytes_that_are_not_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
