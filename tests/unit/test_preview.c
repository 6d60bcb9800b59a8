/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From the bytes that a drawing tool writes to the dots that a terminal shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/preview/address.h"
#include "server/preview/dots.h"
#include "server/preview/pnm.h"
#include "tests/unit/pages.h"

/* Where things stand on a letter, in millimetres. */
static const struct page_lines sender = { 25, 15, 50, 3 };
static const struct page_lines date = { 140, 15, 44, 1 };
static const struct page_lines right = { 110, 50, 60, 3 };
static const struct page_lines left = { 22, 50, 70, 5 };
static const struct page_lines matter = { 25, 102, 80, 1 };
static const struct page_lines body = { 25, 120, 160, 20 };

/* ---- Netpbm ---- */

/* Feeds in pieces of `step` bytes; the picture, or NULL with the state that it ended in. */
static struct gray *feed(const char *bytes, size_t length, size_t step, unsigned skip,
                         enum pnm_state *ret)
{
    struct pnm *pnm = pnm_new(skip);
    *ret = PNM_MORE;
    for (size_t at = 0; at < length && *ret == PNM_MORE; at += step) {
        *ret = pnm_feed(pnm, bytes + at, length - at < step ? length - at : step);
    }
    struct gray *gray = *ret == PNM_DONE ? pnm_take(pnm) : NULL;
    pnm_free(pnm);
    return gray;
}

#define FEED(text, step, skip, ret) feed((text), sizeof(text) - 1, (step), (skip), (ret))

static void test_kinds(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } pictures[] = {
#define P(text) { text, sizeof(text) - 1 }
        P("P4\n# by hand\n2 2\n\x40\x80"),
        P("P5\n2 2\n255\n\xFF\0\0\xFF"),
        P("P5 2 2 1 \1\0\0\1"),
        P("P5\n2 2\n65535\n\xFF\xFF\0\0\0\0\xFF\xFF"),
        P("P6\n2 2\n255\n\xFF\xFF\xFF\0\0\0\0\0\0\xFF\xFF\xFF"),
#undef P
    };
    static const unsigned char wanted[] = { 255, 0, 0, 255 };
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        for (size_t step = 1; step <= pictures[i].length; step++) {
            enum pnm_state end;
            struct gray *gray = feed(pictures[i].bytes, pictures[i].length, step, 0, &end);
            assert_int_equal(end, PNM_DONE);
            assert_int_equal(gray->width, 2);
            assert_int_equal(gray->height, 2);
            assert_memory_equal(gray->pixels, wanted, sizeof wanted);
            free(gray);
        }
    }
}

static void test_second_picture(void **state)
{
    enum pnm_state end;
    struct gray *gray = FEED("P5 1 1 255 aP4 1 1 \x80P5 2 1 255 xy", 3, 2, &end);
    assert_int_equal(end, PNM_DONE);
    assert_int_equal(gray->width, 2);
    assert_memory_equal(gray->pixels, "xy", 2);
    free(gray);
    assert_null(FEED("P5 1 1 255 a", 5, 1, &end));
    assert_int_equal(end, PNM_MORE);
}

static void test_nonsense(void **state)
{
    static const char *const bad[] = {
        "%PDF-1.4",        "P3 1 1 255 0 0 0",    "P7\nWIDTH 1",
        "P5 0 5 255 ",     "P5 5 0 255 ",         "P5 99999999999999999999 1 255 ",
        "P5 65501 1 255 ", "P5 1 1 0 ",           "P5 1 1 65536 ",
        "P5 -1 1 255 ",    "P6 60000 60000 255 ", "P5 1 x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum pnm_state end;
        assert_null(feed(bad[i], strlen(bad[i]), 100, 0, &end));
        assert_int_equal(end, PNM_BAD);
    }
    char comment[2000];
    memset(comment, 'c', sizeof comment);
    memcpy(comment, "P5 #", 4);
    enum pnm_state end;
    assert_null(feed(comment, sizeof comment, 7, 0, &end));
    assert_int_equal(end, PNM_BAD);
}

/* 4000 x 3001 pixels, black above and white below, come out at most GRAY_LONG long. */
static void test_large_becomes_small(void **state)
{
    struct buf picture = BUF_INIT;
    enum pnm_state end;
    buf_text(&picture, "P5 4000 3001 255 ");
    for (int row = 0; row < 3001; row++) {
        static char line[4000];
        memset(line, row < 1500 ? 0 : 0xFF, sizeof line);
        buf_add(&picture, line, sizeof line);
    }
    struct gray *gray = feed(picture.data, picture.length, 65536, 0, &end);
    assert_int_equal(end, PNM_DONE);
    assert_int_equal(gray->width, 1334);
    assert_int_equal(gray->height, 1001);
    assert_int_equal(gray->pixels[0], 0);
    assert_int_equal(gray->pixels[499 * gray->width + 1333], 0);
    assert_int_equal(gray->pixels[500 * gray->width], 255);
    assert_int_equal(gray->pixels[1000 * gray->width + 1333], 255);
    free(gray);
    buf_release(&picture);
}

/* ---- where the address is ---- */

/* The box in millimetres lies within two of the block's own. */
static void assert_finds(const struct gray *page, const struct page_lines *block)
{
    struct gray_paper paper = gray_paper_find(page);
    struct gray_box box = address_find(page, &paper);
    assert_in_range(box.left / 4 + 2, block->left, block->left + 4);
    assert_in_range(box.top / 4 + 2, block->top, block->top + 4);
    assert_in_range(box.width / 4 + 2, block->width - 2, block->width + 4);
    assert_in_range(box.height / 4 + 2, block->lines * 5 - 3, block->lines * 5 + 4);
    gray_paper_release(&paper);
}

static void test_address(void **state)
{
    const struct page_lines *const places[] = { &right, &left };
    for (size_t i = 0; i < 2; i++) {
        const struct page_lines letter[] = { sender, date, *places[i], matter, body };
        struct gray *page = page_drawn(255, 0, letter, 5);
        assert_finds(page, places[i]);
        free(page);
        page = page_drawn(190, 120, letter, 5); /* pale ink on grey paper */
        assert_finds(page, places[i]);
        free(page);
    }
}

/* The shadow of the scanner's lid is no ink. */
static void test_shadow(void **state)
{
    const struct page_lines letter[] = { sender, date, right, matter, body };
    struct gray *page = page_drawn(255, 60, letter, 5);
    for (int y = 0; y < page->height; y++) {
        for (int x = 0; x < page->width; x++) {
            unsigned char *pixel = &page->pixels[y * page->width + x];
            *pixel = (unsigned char)(*pixel * (page->width - x / 3) / page->width);
        }
    }
    assert_finds(page, &right);
    free(page);
}

static void test_no_address(void **state)
{
    struct gray *page = page_drawn(255, 0, NULL, 0);
    struct gray_paper paper = gray_paper_find(page);
    struct gray_box box = address_find(page, &paper);
    assert_int_equal(box.left, 0);
    assert_int_equal(box.width, page->width);
    gray_paper_release(&paper);
    free(page);

    page = page_drawn(255, 0, &(struct page_lines){ 25, 40, 160, 10 }, 1); /* text all over */
    paper = gray_paper_find(page);
    box = address_find(page, &paper);
    assert_in_range(box.top, 30 * 4, 42 * 4);
    assert_in_range(box.width, 155 * 4, 170 * 4);
    gray_paper_release(&paper);
    free(page);
}

static void test_every_shape(void **state)
{
    static const int sides[] = { 1, 2, 7, 8, 9, 50, 127, 1800 };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        for (size_t j = 0; j < sizeof sides / sizeof *sides; j++) {
            struct gray *page = gray_new(sides[i], sides[j]);
            for (int k = 0; k < page->width * page->height; k += 3) {
                page->pixels[k] = 0;
            }
            for (int part = 0; part < preview_part_MAX; part++) {
                struct arena *arena = arena_new();
                struct rec_scan_preview_result result;
                struct dots_wanted wanted = { (enum preview_part)part, 152, 48 };
                dots_cut(page, &wanted, arena, &result);
                assert_in_range(result.width, 1, 152);
                assert_in_range(result.height, 1, 48);
                assert_int_equal(result.dots.length, (result.width + 7) / 8 * result.height);
                arena_free(arena);
            }
            free(page);
        }
    }
}

/* ---- dots ---- */

static void test_packing(void **state)
{
    struct gray *page = gray_new(10, 2);
    struct arena *arena = arena_new();
    struct rec_scan_preview_result result;
    page->pixels[0] = page->pixels[9] = page->pixels[11] = 0;
    dots_cut(page, &(struct dots_wanted){ preview_part_page, 100, 100 }, arena, &result);
    assert_int_equal(result.width, 10); /* no larger than the page's own pixels */
    assert_int_equal(result.height, 2);
    assert_memory_equal(result.dots.data, "\x80\x40\x40\x00", 4);
    arena_free(arena);
    free(page);
}

static int count_ink(const struct rec_scan_preview_result *result)
{
    int ink = 0;
    for (size_t i = 0; i < result->dots.length; i++) {
        ink += __builtin_popcount(((const unsigned char *)result->dots.data)[i]);
    }
    return ink;
}

/* A thin stroke shows whether its ink is black or pale, and paper alone never does. */
static void test_contrast(void **state)
{
    static const unsigned char shades[][2] = { { 255, 0 }, { 200, 130 }, { 255, 180 } };
    for (size_t i = 0; i < 3; i++) {
        struct gray *page = page_drawn(shades[i][0], shades[i][1], &right, 1);
        struct arena *arena = arena_new();
        struct rec_scan_preview_result result;
        dots_cut(page, &(struct dots_wanted){ preview_part_address, 152, 48 }, arena, &result);
        assert_in_range(result.width, 140, 152);
        assert_in_range(count_ink(&result), result.width * result.height / 8,
                        result.width * result.height / 2);
        arena_free(arena);
        free(page);
    }
    struct gray *page = page_drawn(120, 0, NULL, 0);
    struct arena *arena = arena_new();
    struct rec_scan_preview_result result;
    dots_cut(page, &(struct dots_wanted){ preview_part_address, 152, 48 }, arena, &result);
    assert_int_equal(count_ink(&result), 0);
    arena_free(arena);
    free(page);
}

/* Of a page the result says where the address begins. */
static void test_page(void **state)
{
    const struct page_lines letter[] = { sender, date, right, matter, body };
    struct gray *page = page_drawn(255, 0, letter, 5);
    struct arena *arena = arena_new();
    struct rec_scan_preview_result result;
    dots_cut(page, &(struct dots_wanted){ preview_part_page, 420, 2000 }, arena, &result);
    assert_int_equal(result.width, 420);
    assert_int_equal(result.height, 594);
    assert_in_range(result.left, 2 * 106, 2 * 112);
    assert_in_range(result.top, 2 * 46, 2 * 52);
    arena_free(arena);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),      cmocka_unit_test(test_second_picture),
        cmocka_unit_test(test_nonsense),   cmocka_unit_test(test_large_becomes_small),
        cmocka_unit_test(test_address),    cmocka_unit_test(test_shadow),
        cmocka_unit_test(test_no_address), cmocka_unit_test(test_every_shape),
        cmocka_unit_test(test_packing),    cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
