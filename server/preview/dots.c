/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/preview/dots.h"

#include <stdlib.h>

#include "protocol/base/memory.h"
#include "server/preview/address.h"

enum {
    INK_PERCENT = 38, /* of the darkest ink: a stroke that two dots share shows in one */
    DARKEST = 10,     /* thousandths of the pixels that may be darker than "the darkest" */
    STRETCH = 140,
    INK_FLOOR = 24, /* paler than this above the paper is dust and noise */
    PART = 256,     /* a pixel has so many parts each way where dots cut through it */
};

/* What is cut: a box of the page and how it is scaled. */
struct cut {
    const struct gray *page;
    const struct gray_paper *paper;
    struct gray_box box;
    int width, height; /* dots */
};

/* How dark the ink of the box is: all but the darkest few pixels. */
static int darkest_ink(const struct cut *cut)
{
    unsigned counts[256] = { 0 }, seen = 0;
    for (int y = cut->box.top; y < cut->box.top + cut->box.height; y++) {
        for (int x = cut->box.left; x < cut->box.left + cut->box.width; x++) {
            counts[gray_ink(cut->page, cut->paper, x, y)]++;
        }
    }
    unsigned most = (unsigned)cut->box.width * (unsigned)cut->box.height / 1000 * DARKEST;
    for (int ink = 255; ink > INK_FLOOR; ink--) {
        seen += counts[ink];
        if (seen > most) {
            return ink;
        }
    }
    return INK_FLOOR;
}

/* How much of pixel `at` the stretch from `from` to `to` (in parts) covers, in parts. */
static long long covered(int at, long long from, long long to)
{
    long long left = (long long)at * PART, right = left + PART;
    return (to < right ? to : right) - (from > left ? from : left);
}

/* The mean ink under a dot, each pixel weighing as much as the dot covers of it. */
static int dot_ink(const struct cut *cut, int col, int row)
{
    const struct gray_box *box = &cut->box;
    long long left = (long long)box->left * PART + (long long)col * box->width * PART / cut->width;
    long long right =
        (long long)box->left * PART + (long long)(col + 1) * box->width * PART / cut->width;
    long long top = (long long)box->top * PART + (long long)row * box->height * PART / cut->height;
    long long bottom =
        (long long)box->top * PART + (long long)(row + 1) * box->height * PART / cut->height;
    long long ink = 0;
    for (int y = (int)(top / PART); y <= (int)((bottom - 1) / PART); y++) {
        long long high = covered(y, top, bottom);
        for (int x = (int)(left / PART); x <= (int)((right - 1) / PART); x++) {
            ink += gray_ink(cut->page, cut->paper, x, y) * high * covered(x, left, right);
        }
    }
    return (int)(ink / ((right - left) * (bottom - top)));
}

static void fill(const struct cut *cut, unsigned char *bits, int stride)
{
    int least = darkest_ink(cut) * INK_PERCENT / 100;
    least = least > INK_FLOOR ? least : INK_FLOOR;
    for (int row = 0; row < cut->height; row++) {
        for (int col = 0; col < cut->width; col++) {
            if (dot_ink(cut, col, row) >= least) {
                unsigned char *byte = &bits[row * stride + col / 8];
                *byte = (unsigned char)(*byte | (0x80U >> (col % 8)));
            }
        }
    }
}

/*
 * The largest size with the box's shape that fits; an address may be up to STRETCH percent as
 * broad as it is, for letters are told apart by their upright strokes more than by the level ones.
 */
static void fit(struct cut *cut, const struct dots_wanted *wanted)
{
    const struct gray_box *box = &cut->box;
    int width = box->width < wanted->width ? box->width : wanted->width;
    int height = (int)((long long)box->height * width / box->width);
    if (height > wanted->height) {
        height = wanted->height;
        width = (int)((long long)box->width * height / box->height);
    }
    if (wanted->part == preview_part_address) {
        int most = wanted->width < box->width ? wanted->width : box->width;
        int broad = (int)((long long)width * STRETCH / 100);
        width = broad < most ? broad : most;
    }
    cut->width = width > 1 ? width : 1;
    cut->height = height > 1 ? height : 1;
}

void dots_cut(const struct gray *page, const struct dots_wanted *wanted, struct arena *arena,
              struct rec_scan_preview_result *ret)
{
    struct gray_paper paper = gray_paper_find(page);
    struct gray_box address = address_find(page, &paper);
    struct cut cut = { .page = page, .paper = &paper, .box = address };
    *ret = (struct rec_scan_preview_result){ 0 };
    if (wanted->part == preview_part_page) {
        cut.box = (struct gray_box){ 0, 0, page->width, page->height };
    }
    fit(&cut, wanted);
    if (wanted->part == preview_part_page) {
        ret->left = (int64_t)address.left * cut.width / page->width;
        ret->top = (int64_t)address.top * cut.height / page->height;
    }
    int stride = (cut.width + 7) / 8;
    size_t size = (size_t)stride * (size_t)cut.height;
    unsigned char *bits = arena_alloc(arena, size);
    fill(&cut, bits, stride);
    gray_paper_release(&paper);
    ret->width = cut.width;
    ret->height = cut.height;
    ret->dots = (struct bytes){ bits, size };
}
