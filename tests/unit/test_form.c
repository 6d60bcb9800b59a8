/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "protocol/base/i18n.h"
#include "tests/unit/keyboard.h"
#include "tests/unit/picture.h"
#include "tui/ui/bars.h"
#include "tui/ui/daytext.h"
#include "tui/ui/form.h"
#include "tui/ui/term.h"

enum { CLIENT, SENDER, KIND, DATE, COST, NOTE, TELL, FILES, FIELDS };

static const struct input_choice kinds[] = {
    { "letter", "letter" }, { "parcel", "parcel" }, { "other", "other" }, { NULL, NULL }
};

static const struct form_field fields[FIELDS] = {
    [CLIENT] = { .name = "client_id",
                 .label = "Client",
                 .kind = INPUT_PICK,
                 .limit = 100,
                 .flags = INPUT_REQUIRED },
    [SENDER] = { .name = "counterparty",
                 .label = "Sender",
                 .kind = INPUT_PICK,
                 .limit = 100,
                 .flags = INPUT_REQUIRED | INPUT_FREE },
    [KIND] = { .name = "kind", .label = "Kind", .kind = INPUT_CHOICE, .choices = kinds },
    [DATE] = { .name = "date", .label = "Date", .kind = INPUT_DAY, .width = 12 },
    [COST] = { .name = "cost", .label = "Cost", .kind = INPUT_MONEY, .width = 12 },
    [NOTE] = { .name = "note", .label = "Note", .kind = INPUT_NOTE, .limit = 60 },
    [TELL] = { .name = "notify", .label = "Tell", .kind = INPUT_TOGGLE },
    [FILES] = { .name = "uploads", .label = "Files", .kind = INPUT_FILES, .limit = 100 },
};

static unsigned asked_round;
static char asked_text[100];

/* Keeps the question; the test answers when it likes. */
static void slow_source(void *owner, int field, const char *text, unsigned round)
{
    asked_round = round;
    snprintf(asked_text, sizeof(asked_text), "%s", text);
}

static const struct form_hit hits[] = {
    { .id = 17, .value = "Żółw", .label = "017 Żółw" },
    { .id = 18, .value = "Łoś", .label = "018 Łoś" },
    { .id = 19, .value = "Ryś", .label = "019 Ryś" },
    { .id = 20, .value = "Żbik", .label = "020 Żbik" },
    { .id = 21, .value = "Kuna", .label = "021 Kuna" },
};

static void quick_source(void *owner, int field, const char *text, unsigned round)
{
    form_offer(owner == NULL ? NULL : *(struct form **)owner, field, round, hits, 5);
}

static struct form *make(form_source_fn source, void *owner)
{
    struct form *form = form_new(fields, FIELDS, source, owner, false);
    form_clear(form);
    return form;
}

static void type(struct form *form, const char *text)
{
    KEYBOARD_EACH(text, key, form_key(form, &key));
}

static enum form_result press(struct form *form, enum ui_key_id id)
{
    struct ui_key key = key_special(id);
    return form_key(form, &key);
}

static void test_a_pick_waits_for_its_answer(void **state)
{
    struct form *form = make(slow_source, NULL);
    type(form, "z");
    assert_string_equal(asked_text, "z");
    assert_true(form_waiting(form));
    unsigned old = asked_round;
    type(form, "o");
    form_offer(form, CLIENT, old, hits, 5);
    assert_true(form_waiting(form)); /* an answer to the first question is not the second's */
    form_offer(form, CLIENT, asked_round, hits, 5);
    assert_false(form_waiting(form));
    press(form, UI_KEY_DOWN);
    press(form, UI_KEY_ENTER);
    assert_int_equal(form_pick(form, CLIENT), 18);
    assert_string_equal(form_text(form, CLIENT), "Łoś");
    assert_int_equal(form_focus(form), SENDER);
    assert_true(form_field_changed(form, CLIENT));
    assert_false(form_field_changed(form, SENDER));
    form_free(form);
}

static void test_an_exact_hit_moves_on_by_itself(void **state)
{
    struct form *form = make(slow_source, NULL);
    struct form_hit exact = hits[0];
    exact.exact = true;
    type(form, "017");
    form_offer(form, CLIENT, asked_round, &exact, 1);
    assert_int_equal(form_focus(form), SENDER);
    assert_int_equal(form_pick(form, CLIENT), 17);
    form_free(form);
}

static void after_an_exact_hit(enum ui_key_id key)
{
    struct form *form = make(slow_source, NULL);
    struct form_hit exact = hits[0];
    exact.exact = true;
    type(form, "017");
    form_offer(form, CLIENT, asked_round, &exact, 1);
    press(form, key);
    assert_int_equal(form_focus(form), SENDER);
    press(form, key);
    assert_int_equal(form_focus(form), KIND);
    form_free(form);
}

static void test_a_step_after_an_exact_hit_skips_nothing(void **state)
{
    after_an_exact_hit(UI_KEY_ENTER);
    after_an_exact_hit(UI_KEY_TAB);
}

static void test_changing_the_text_unpicks(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    form_set_pick(form, CLIENT, 17, "Żółw");
    press(form, UI_KEY_BACKSPACE);
    assert_int_equal(form_pick(form, CLIENT), 0);
    assert_false(form_check(form));
    assert_int_equal(form_focus(form), CLIENT);
    form_free(form);
}

static void test_free_text_is_kept_by_tab(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    form_set_focus(form, SENDER);
    type(form, "Nowy");
    press(form, UI_KEY_TAB);
    assert_string_equal(form_text(form, SENDER), "Nowy");
    assert_int_equal(form_focus(form), KIND);
    form_free(form);
}

static void test_choices_and_toggles(void **state)
{
    struct form *form = make(slow_source, NULL);
    form_set_focus(form, KIND);
    type(form, "p");
    assert_string_equal(form_choice(form, KIND), "parcel");
    press(form, UI_KEY_RIGHT);
    press(form, UI_KEY_RIGHT);
    assert_string_equal(form_choice(form, KIND), "letter");
    form_set_focus(form, TELL);
    type(form, " ");
    assert_true(form_toggle(form, TELL));
    form_free(form);
}

static void test_check_names_each_fault(void **state)
{
    struct form *form = make(slow_source, NULL);
    form_set_pick(form, CLIENT, 1, "x");
    form_set_text(form, SENDER, "y");
    form_set_text(form, DATE, "31.02");
    form_set_text(form, COST, "5,555");
    assert_false(form_check(form));
    assert_int_equal(form_focus(form), DATE);
    form_set_text(form, DATE, "2026-11-12");
    form_set_text(form, COST, "12,50");
    assert_true(form_check(form));
    int64_t cost = 0;
    char day[CLOCK_DAY];
    assert_true(form_money(form, COST, &cost));
    assert_int_equal(cost, 1250);
    assert_true(form_day(form, DATE, day));
    assert_string_equal(day, "2026-11-12");
    form_free(form);
}

static void test_equals_repeats_the_record_before(void **state)
{
    struct form *form = make(slow_source, NULL);
    form_set_pick(form, CLIENT, 17, "Żółw");
    form_set_text(form, SENDER, "ZUS");
    form_keep(form);
    form_clear(form);
    form_set_focus(form, SENDER);
    type(form, "=");
    assert_string_equal(form_text(form, SENDER), "ZUS");
    assert_int_equal(form_focus(form), KIND);
    form_set_focus(form, CLIENT);
    type(form, "=");
    assert_int_equal(form_pick(form, CLIENT), 17);
    form_set_focus(form, NOTE);
    type(form, "=");
    assert_string_equal(form_text(form, NOTE), "=");
    form_free(form);
}

static void test_typing_replaces_a_day_or_an_amount(void **state)
{
    struct form *form = make(slow_source, NULL);
    form_set_day(form, DATE, "2026-11-28");
    form_set_text(form, COST, "3,00");
    form_set_focus(form, DATE);
    type(form, "27.11");
    assert_string_equal(form_text(form, DATE), "27.11");
    press(form, UI_KEY_TAB);
    type(form, "12,5");
    assert_string_equal(form_text(form, COST), "12,5");
    form_set_focus(form, COST);
    press(form, UI_KEY_END); /* keeps it */
    type(form, "0");
    assert_string_equal(form_text(form, COST), "12,50");
    form_set_focus(form, COST);
    press(form, UI_KEY_BACKSPACE);
    type(form, "5");
    assert_string_equal(form_text(form, COST), "12,55");
    form_set_text(form, NOTE, "first ");
    form_set_focus(form, NOTE);
    type(form, "second");
    assert_string_equal(form_text(form, NOTE), "first second");
    form_free(form);
}

/* In a text of its own it is a letter like others. */
static void test_equals_without_a_record_before(void **state)
{
    struct form *form = make(slow_source, NULL);
    struct ui_key equals = key_letter('=');
    for (int field = CLIENT; field <= COST; field++) {
        form_set_focus(form, field);
        assert_int_equal(form_key(form, &equals), FORM_NO_RECORD);
    }
    assert_false(form_changed(form));
    form_set_focus(form, NOTE);
    assert_int_equal(form_key(form, &equals), FORM_USED);
    form_free(form);
}

static void check_sender(struct form *form, const char *typed, bool first, bool again)
{
    form_clear(form);
    form_set_pick(form, CLIENT, 17, "x");
    form_set_focus(form, SENDER);
    type(form, typed);
    assert_int_equal(form_check(form), first);
    assert_int_equal(form_focus(form), SENDER);
    assert_int_equal(form_check(form), again);
    assert_string_equal(form_text(form, SENDER), typed);
}

static void test_part_of_an_offered_name_is_no_name_at_first(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    check_sender(form, "Żó", false, true);
    check_sender(form, "żółw", true, true); /* one of those offered */
    form_free(form);
    form = make(slow_source, NULL); /* nothing is offered */
    form_set_pick(form, CLIENT, 17, "x");
    form_set_focus(form, SENDER);
    type(form, "Nowy");
    form_offer(form, SENDER, asked_round, hits, 0);
    assert_true(form_check(form));
    form_free(form);
}

static void test_a_pasted_line_end_is_next_field(void **state)
{
    struct form *form = make(slow_source, NULL);
    form_set_focus(form, DATE);
    struct ui_key line_end = key_letter('\n');
    line_end.pasted = true;
    assert_int_equal(form_key(form, &line_end), FORM_USED);
    assert_int_equal(form_focus(form), COST);
    form_set_focus(form, NOTE);
    form_key(form, &line_end);
    assert_string_equal(form_text(form, NOTE), "\n");
    form_free(form);
}

static void test_files(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    form_set_focus(form, FILES);
    press(form, UI_KEY_F4);
    press(form, UI_KEY_ENTER);
    press(form, UI_KEY_F4);
    press(form, UI_KEY_DOWN);
    press(form, UI_KEY_ENTER);
    assert_int_equal(form_file_count(form, FILES), 2);
    assert_string_equal(form_file(form, FILES, 1), "Łoś");
    press(form, UI_KEY_BACKSPACE);
    assert_int_equal(form_file_count(form, FILES), 1);
    form_free(form);
}

static void test_days_as_typed(void **state)
{
    static const struct {
        const char *typed, *day;
    } table[] = {
        { "dziś", "2026-11-23" },      { "wczoraj", "2026-11-22" },
        { "w", "2026-11-22" },         { "jutro", "2026-11-24" },
        { "yesterday", "2026-11-22" }, { "12", "2026-11-12" },
        { "12.11", "2026-11-12" },     { "12.11.", "2026-11-12" },
        { "1.2.2025", "2025-02-01" },  { "2026-11-12", "2026-11-12" },
        { " 3/4/26 ", "2026-04-03" },  { "29.02.2028", "2028-02-29" },
    };
    static const char *const wrong[] = {
        "", "x", "31.02", "0.1", "12.11.2026.1", "12..11", "-1", "99999999999999999999.1"
    };
    char day[CLOCK_DAY];
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_true(daytext_parse(table[i].typed, "2026-11-23", day));
        assert_string_equal(day, table[i].day);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(daytext_parse(wrong[i], "2026-11-23", day));
    }
}

static void test_ranges_of_days(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *from, *to;
    } table[] = {
        { "1.11 15.11", "2026-11-01", "2026-11-15" },
        { "15.11 - 1.11", "2026-11-01", "2026-11-15" },
        { " wczoraj  dzis ", "2026-11-22", "2026-11-23" },
        { "11.2026", "2026-11-01", "2026-11-30" },
        { "2/2024", "2024-02-01", "2024-02-29" },
        { "12.2025", "2025-12-01", "2025-12-31" },
        { "12.11", "2026-11-12", "2026-11-12" },
    };
    static const char *const wrong[] = { "",       " ",      "13.2026", "1.11 2.11 3.11",
                                         "1.11 x", "- 1.11", "31.11" };
    char from[CLOCK_DAY] = "", to[CLOCK_DAY] = "";
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        assert_true(daytext_range(table[i].typed, "2026-11-23", from, to));
        assert_string_equal(from, table[i].from);
        assert_string_equal(to, table[i].to);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(daytext_range(wrong[i], "2026-11-23", from, to));
    }
    assert_string_equal(from, "2026-11-12");
}

static void paint(struct form *form, int rows, int cols)
{
    term_resize_to(rows, cols);
    draw_begin();
    form_draw(form, (struct area){ 1, 0, rows - 2, cols }, 1);
    draw_end();
}

/* A text longer than its field shows its end while it is typed, and its beginning afterwards. */
static void test_a_left_field_shows_its_beginning(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    term_open_nowhere(24, 80);
    form_set_focus(form, SENDER);
    type(form, "Zakład Ubezpieczeń Społecznych, Oddział w Gdańsku, Chmielna");
    paint(form, 24, 50);
    assert_int_equal(picture_find("[Zakład"), -1);
    assert_true(picture_find("Chmielna ]") > 0);
    form_set_focus(form, KIND);
    paint(form, 24, 50);
    assert_true(picture_find("[Zakład Ubezpieczeń") > 0);
    term_close();
    form_free(form);
}

/* The list shows at least four hits and leaves the field it belongs to in sight. */
static void test_the_list_never_hides_its_field(void **state)
{
    struct form *form = NULL;
    form = make(quick_source, &form);
    term_open_nowhere(24, 80);
    for (int rows = 10; rows <= 24; rows++) {
        form_set_focus(form, FILES);
        press(form, UI_KEY_F4);
        paint(form, rows, 60);
        assert_true(picture_find("Files") > 0);
        assert_true(picture_find("020 Żbik") > 0);
        assert_true(picture_find("017 Żółw") != picture_find("Files"));
    }
    term_close();
    form_free(form);
}

/*
 * Typing, resizing and alerts in any order: the text is what was typed, and what was drawn of it
 * is always part of it.
 */
static void test_resize_and_alerts_leave_the_text_alone(void **state)
{
    static const char *const words[] = { "Żółw ", "Łódź ", "Sp. ", "z o.o. ", "ąęć ", "x" };
    static const struct alert_entry entry = { "10:41 017 Żółw", "Urząd Skarbowy" };
    struct alert_view alert = { "Prośby o skan", "3 nowe", &entry, 1 };
    struct form *form = make(slow_source, NULL);
    char expected[100] = "";
    srand(1208);
    term_open_nowhere(24, 80);
    form_set_focus(form, NOTE);
    for (int i = 0; i < 1500; i++) {
        const char *word = words[rand() % 6];
        if (rand() % 2 == 0 && strlen(expected) + strlen(word) <= 60) {
            type(form, word);
            size_t length = strlen(expected);
            snprintf(expected + length, sizeof(expected) - length, "%s", word);
        }
        if (rand() % 97 == 0) {
            form_set_text(form, NOTE, "");
            expected[0] = '\0';
        }
        int rows = 5 + rand() % 56, cols = 20 + rand() % 181;
        paint(form, rows, cols);
        if (rand() % 2 == 0) {
            bars_alert((struct area){ 0, cols - 36, 6, 36 }, &alert, 2, 0);
            draw_end();
        }
        assert_string_equal(form_text(form, NOTE), expected);
    }
    paint(form, 24, 100);
    expected[strlen(expected) > 0 ? strlen(expected) - 1 : 0] = '\0';
    assert_true(picture_find("Note") > 0);
    term_close();
    form_free(form);
}

int main(void)
{
    i18n_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pick_waits_for_its_answer),
        cmocka_unit_test(test_an_exact_hit_moves_on_by_itself),
        cmocka_unit_test(test_a_step_after_an_exact_hit_skips_nothing),
        cmocka_unit_test(test_changing_the_text_unpicks),
        cmocka_unit_test(test_free_text_is_kept_by_tab),
        cmocka_unit_test(test_choices_and_toggles),
        cmocka_unit_test(test_check_names_each_fault),
        cmocka_unit_test(test_equals_repeats_the_record_before),
        cmocka_unit_test(test_typing_replaces_a_day_or_an_amount),
        cmocka_unit_test(test_equals_without_a_record_before),
        cmocka_unit_test(test_part_of_an_offered_name_is_no_name_at_first),
        cmocka_unit_test(test_a_pasted_line_end_is_next_field),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_days_as_typed),
        cmocka_unit_test(test_ranges_of_days),
        cmocka_unit_test(test_a_left_field_shows_its_beginning),
        cmocka_unit_test(test_the_list_never_hides_its_field),
        cmocka_unit_test(test_resize_and_alerts_leave_the_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
