/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/i18n.h"
#include "tests/unit/keyboard.h"
#include "tests/unit/picture.h"
#include "tui/ui/listview.h"
#include "tui/ui/term.h"

static const struct listview_column columns[] = {
    { .title = "When", .min = 11, .priority = 2 },
    { .title = "No.", .min = 4 },
    { .title = "Client", .min = 12, .flex = 2 },
    { .title = "Sender", .min = 12, .flex = 3, .priority = 1, .max = 40 },
    { .title = "Cost", .min = 8, .right = true, .priority = 3 },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static long asked_lowest, asked_highest;

static bool row(void *owner, long index, struct listview_row *cells)
{
    asked_lowest = index < asked_lowest ? index : asked_lowest;
    asked_highest = index > asked_highest ? index : asked_highest;
    if (index == 3) {
        return false;
    }
    snprintf(cells->cell[1], LISTVIEW_CELL, "%ld", index);
    snprintf(cells->cell[2], LISTVIEW_CELL, "Żółw\033[2J %ld", index);
    snprintf(cells->cell[4], LISTVIEW_CELL, "5,00");
    cells->lit = index == 1;
    cells->marked = index == 2;
    return true;
}

static int sum(const int widths[])
{
    int all = -1;
    for (int i = 0; i < COLUMNS; i++) {
        all += widths[i] > 0 ? widths[i] + 1 : 0;
    }
    return all;
}

static void test_columns_share_the_room(void **state)
{
    int widths[LISTVIEW_COLUMNS_MAX];
    assert_int_equal(listview_layout(columns, COLUMNS, 118, widths), 5);
    assert_int_equal(widths[0], 11);
    assert_int_equal(widths[3], 40);
    assert_int_equal(sum(widths), 118);
    assert_int_equal(listview_layout(columns, COLUMNS, 50, widths), 4);
    assert_int_equal(widths[4], 0);
    assert_int_equal(sum(widths), 50);
    assert_int_equal(listview_layout(columns, COLUMNS, 20, widths), 2);
    assert_int_equal(widths[2], 15);
    for (int width = 0; width < 300; width++) {
        listview_layout(columns, COLUMNS, width, widths);
        assert_true(sum(widths) <= width || width < 17);
    }
}

/* As browse leaves out what a tab says already: its room goes to the names. */
static void test_a_column_without_width_is_left_out(void **state)
{
    struct listview_column some[COLUMNS];
    int widths[LISTVIEW_COLUMNS_MAX];
    memcpy(some, columns, sizeof(some));
    some[3].min = 0;
    assert_int_equal(listview_layout(some, COLUMNS, 118, widths), 4);
    assert_int_equal(widths[3], 0);
    assert_int_equal(sum(widths), 118);
}

static void press(struct listview *list, enum ui_key_id id)
{
    struct ui_key key = key_special(id);
    assert_true(listview_key(list, &key));
}

static void test_moving(void **state)
{
    struct listview list = { .height = 10 };
    press(&list, UI_KEY_DOWN);
    assert_int_equal(list.selected, 0);
    listview_set_count(&list, 1000000);
    press(&list, UI_KEY_UP);
    assert_int_equal(list.selected, 0);
    press(&list, UI_KEY_END);
    assert_int_equal(list.selected, 999999);
    assert_int_equal(list.top, 999990);
    press(&list, UI_KEY_PAGE_UP);
    assert_int_equal(list.selected, 999990);
    listview_set_count(&list, 5);
    assert_int_equal(list.selected, 4);
    assert_int_equal(list.top, 0);
    listview_set_count(&list, 0);
    assert_int_equal(list.selected, 0);
}

static void draw(struct listview *list, int rows, int cols)
{
    draw_begin();
    listview_draw(list, (struct area){ 0, 0, rows, cols }, columns, COLUMNS, row, NULL, 7);
}

static void test_drawing(void **state)
{
    struct listview list = { .count = 1000000 };
    term_open_nowhere(12, 80);
    asked_lowest = 1000000;
    asked_highest = 0;
    draw(&list, 12, 80);
    assert_int_equal(asked_lowest, 0);
    assert_int_equal(asked_highest, 9);
    assert_non_null(strstr(picture_row(0), "Client"));
    assert_non_null(strstr(picture_row(2), ">"));
    assert_true(picture_reversed(2, 0));
    assert_false(picture_reversed(3, 0));
    assert_non_null(strstr(picture_row(3), "●"));
    assert_non_null(strstr(picture_row(4), " +"));
    assert_null(strchr(picture_row(3), '\033'));
    assert_non_null(strstr(picture_row(5), "·"));
    int what;
    long value;
    assert_true(draw_hit(4, 30, &what, &value));
    assert_int_equal(what, 7);
    assert_int_equal(value, 2);
    assert_false(draw_hit(0, 30, &what, &value));
    for (int rows = 0; rows < 12; rows++) {
        for (int cols = 0; cols < 80; cols++) {
            draw(&list, rows, cols);
            draw_end();
        }
    }
    term_close();
}

int main(void)
{
    i18n_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_share_the_room),
        cmocka_unit_test(test_a_column_without_width_is_left_out),
        cmocka_unit_test(test_moving),
        cmocka_unit_test(test_drawing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
