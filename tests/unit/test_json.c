/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Records as JSON, for every method that the schema has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"
#include "tests/unit/random_record.h"
#include "tui/json.h"

static void test_params_there_and_back(void **state)
{
    uint32_t seed = 99;
    for (int method = 0; method < METHOD_MAX; method++) {
        const struct record *record = methods[method].params;
        for (unsigned round = 0; round < 100; round++) {
            struct arena *arena = arena_new();
            struct err err;
            const char *key = "";
            void *before = arena_alloc(arena, record->size);
            void *after = arena_alloc(arena, record->size);
            random_record(record, arena, &seed, before);
            const char *json = json_from_record(record, before, arena);
            if (!json_read_params((enum method)method, json, arena, after, &key, &err)) {
                fail_msg("%s %s: %s %s", methods[method].name, json, err.field, err.detail);
            }
            assert_null(key);
            if (!same_record(record, before, after)) {
                fail_msg("%s came back different", json);
            }
            arena_free(arena);
        }
    }
}

/* What is printed is JSON, one line, nothing in it moves a cursor. */
static void test_results_are_harmless_lines(void **state)
{
    uint32_t seed = 5;
    for (size_t i = 0; all_records[i] != NULL; i++) {
        for (unsigned round = 0; round < 50; round++) {
            struct arena *arena = arena_new();
            void *value = arena_alloc(arena, all_records[i]->size);
            random_record(all_records[i], arena, &seed, value);
            const char *json = json_from_record(all_records[i], value, arena);
            assert_string_equal(text_clean(arena, json, false), json);
            json_t *parsed = json_loads(json, 0, NULL);
            assert_int_equal(json_object_size(parsed), all_records[i]->count);
            json_decref(parsed);
            arena_free(arena);
        }
    }
}

static void test_invisible_characters_are_escaped(void **state)
{
    struct arena *arena = arena_new();
    struct rec_sender sender = { .name = "\x1b\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x81\x81"
                                         "o\xcc\x81\xf0\x9f\x93\xac",
                                 .uses = -5 };
    assert_string_equal(json_from_record(&record_sender, &sender, arena),
                        "{\"name\":\"\\u001B\\u007f\\u009b\\u202e\\u200b\\udb40\\udc41"
                        "o\\u0301\xf0\x9f\x93\xac\",\"uses\":-5}");
    arena_free(arena);
}

static void test_what_is_missing_is_null(void **state)
{
    struct arena *arena = arena_new();
    struct rec_charge_save save = { .item_id = 0, .has_item_id = true };
    assert_string_equal(
        json_from_record(&record_charge_save, &save, arena),
        "{\"item_id\":0,\"amount\":null,\"information\":null,\"id\":null,\"version\":null}");
    arena_free(arena);
}

static void test_errors(void **state)
{
    struct arena *arena = arena_new();
    struct err err;
    err_set(&err, ERR_bad_request, "emails", "is not an address: \"%s\"", "a\nb");
    assert_string_equal(json_from_err(&err, arena),
                        "{\"code\":\"bad_request\",\"field\":\"emails\","
                        "\"detail\":\"is not an address: \\\"a\\nb\\\"\"}");
    err_set(&err, ERR_unavailable, NULL, "%s", "");
    assert_string_equal(json_from_err(&err, arena),
                        "{\"code\":\"unavailable\",\"field\":null,\"detail\":null}");
    arena_free(arena);
}

static void test_key(void **state)
{
    struct arena *arena = arena_new();
    struct rec_charge_remove params;
    const char *key;
    struct err err;
    assert_true(json_read_params(METHOD_charge_remove, "{\"id\": 3, \"key\": \"k\"}", arena,
                                 &params, &key, &err));
    assert_string_equal(key, "k");
    assert_false(json_read_params(METHOD_charge_remove, "{\"id\": 3, \"key\": 5}", arena, &params,
                                  &key, &err));
    assert_string_equal(err.field, "key");
    arena_free(arena);
}

static void test_doubled_fields(void **state)
{
    struct arena *arena = arena_new();
    struct rec_by_id params;
    const char *key;
    struct err err;
    assert_false(
        json_read_params(METHOD_mail_get, "{\"id\": 3, \"id\": 4}", arena, &params, &key, &err));
    assert_int_equal(err.code, ERR_bad_request);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_params_there_and_back),
        cmocka_unit_test(test_results_are_harmless_lines),
        cmocka_unit_test(test_invisible_characters_are_escaped),
        cmocka_unit_test(test_what_is_missing_is_null),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_doubled_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
