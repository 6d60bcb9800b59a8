/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the terminal writes: a word for everything the protocol can say, and CSV files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/i18n.h"
#include "tests/unit/catalogue.h"
#include "tui/csv.h"
#include "tui/lines.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

#define ASSERT_ALL_WORDED(enumeration)                                                             \
    for (int i = 0; i < enumeration##_MAX; i++) {                                                  \
        assert_true(strlen(wording_##enumeration((enum enumeration)i)) > 1);                       \
    }

static void test_every_word_of_the_protocol_has_words(void **state)
{
    words_set_lang(LANG_EN);
    ASSERT_ALL_WORDED(direction)
    ASSERT_ALL_WORDED(mail_kind)
    ASSERT_ALL_WORDED(mail_status)
    ASSERT_ALL_WORDED(request_status)
    ASSERT_ALL_WORDED(request_source)
    ASSERT_ALL_WORDED(permission)
    ASSERT_ALL_WORDED(role)
    ASSERT_ALL_WORDED(medium)
    ASSERT_ALL_WORDED(outbox_state)
    ASSERT_ALL_WORDED(event_kind)
}

static void test_every_error_and_refusal_has_words(void **state)
{
    struct err err;
    words_set_lang(LANG_EN);
    for (int code = 1; code < ERR_MAX; code++) {
        err_set(&err, (enum err_code)code, "", "%s", "");
        assert_string_not_equal(wording_error(&err), "It did not work.");
    }
    for (int i = 0; i < refusal_MAX; i++) {
        err_set(&err, ERR_refused, "", "%s", words_refusal.at[i]);
        assert_non_null(wording_error(&err));
        assert_null(strstr(wording_error(&err), words_refusal.at[i]));
    }
    err_set(&err, ERR_refused, "", "%s", "a_rule_of_tomorrow");
    assert_non_null(strstr(wording_error(&err), "a_rule_of_tomorrow"));
}

/* Our own server's words are translated, those of another server are not touched. */
static void test_what_came_of_a_message(void **state)
{
    words_set_lang(LANG_PL);
    assert_string_equal(wording_answer("written to ./data/mail/new/1"),
                        "zapisano w ./data/mail/new/1");
    assert_string_equal(wording_answer("250 written to queue"), "250 written to queue");
    words_set_lang(LANG_EN);
    assert_string_equal(wording_answer("written to a/b"), "written to a/b");
}

static void test_choices_are_words_of_the_protocol(void **state)
{
    for (int i = 0; choices_mail_kind[i].value != NULL; i++) {
        const char *value = choices_mail_kind[i].value;
        assert_int_equal(words_find(&words_mail_kind, value, strlen(value)), i);
    }
    for (int i = 0; choices_permission[i].value != NULL; i++) {
        const char *value = choices_permission[i].value;
        assert_int_equal(words_find(&words_permission, value, strlen(value)), i);
    }
}

static void test_a_csv_cell_is_no_formula(void **state)
{
    char path[] = "/tmp/skrytka-csv.XXXXXX", text[400] = "";
    close(mkstemp(path));
    FILE *file = csv_open(path);
    assert_non_null(file);
    csv_row(file,
            (const char *const[]){ "017", "=1+1", "-5,00", "-x", "a\"b;c", "@", "Łódź", "", NULL });
    assert_true(csv_close(file));
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    unlink(path);
    assert_string_equal(text, "\xef\xbb\xbf\"017\";\"'=1+1\";\"-5,00\";\"'-x\";\"a\"\"b;c\";"
                              "\"'@\";\"Łódź\";\"\"\r\n");
    assert_null(csv_open("/nowhere/at/all"));
}

static void test_lists_as_lines(void **state)
{
    struct arena *arena = arena_new();
    struct list list = lines_split(arena, " a@x.pl,; b@y.pl \n,c");
    assert_true(list.given);
    assert_int_equal(list.count, 3);
    assert_string_equal(lines_join(arena, &list), "a@x.pl, b@y.pl, c");
    list = lines_split(arena, "");
    assert_true(list.given);
    assert_int_equal(list.count, 0);
    assert_string_equal(lines_join(arena, &list), "");
    arena_free(arena);
}

int main(void)
{
    catalogue_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word_of_the_protocol_has_words),
        cmocka_unit_test(test_every_error_and_refusal_has_words),
        cmocka_unit_test(test_what_came_of_a_message),
        cmocka_unit_test(test_choices_are_words_of_the_protocol),
        cmocka_unit_test(test_a_csv_cell_is_no_formula),
        cmocka_unit_test(test_lists_as_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
