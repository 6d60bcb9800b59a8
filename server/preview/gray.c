/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/preview/gray.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum {
    TILES = 16,         /* across the shorter side: larger than any letter, smaller than a shadow */
    PAPER_PERCENT = 80, /* of a tile's pixels are at most this bright when it holds text */
    DARK_TILE = 96,     /* darker than this a tile is no paper but a photograph or a bar */
};

struct gray *gray_new(int width, int height)
{
    ENSURE(width >= 1 && height >= 1 && width <= GRAY_LONG && height <= GRAY_LONG);
    size_t size = memory_product((size_t)width, (size_t)height);
    struct gray *gray = memory_zeroed(sizeof *gray + size);
    gray->width = width;
    gray->height = height;
    memset(gray->pixels, 255, size);
    return gray;
}

/* The brightness that PAPER_PERCENT of a tile's pixels do not pass. */
static unsigned char tile_level(const struct gray *page, int left, int top, int tile)
{
    unsigned counts[256] = { 0 }, seen = 0, below = 0;
    int right = left + tile < page->width ? left + tile : page->width;
    int bottom = top + tile < page->height ? top + tile : page->height;
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            counts[page->pixels[y * page->width + x]]++;
            seen++;
        }
    }
    for (int level = 0; level < 255; level++) {
        below += counts[level];
        if (below * 100 > seen * PAPER_PERCENT) {
            return level < DARK_TILE ? 255 : (unsigned char)level;
        }
    }
    return 255;
}

struct gray_paper gray_paper_find(const struct gray *page)
{
    int shorter = page->width < page->height ? page->width : page->height;
    int tile = shorter / TILES > 8 ? shorter / TILES : 8;
    struct gray_paper paper = { .tile = tile, .cols = (page->width + tile - 1) / tile };
    int rows = (page->height + tile - 1) / tile;
    paper.levels = memory_zeroed(memory_product((size_t)paper.cols, (size_t)rows));
    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < paper.cols; col++) {
            paper.levels[row * paper.cols + col] = tile_level(page, col * tile, row * tile, tile);
        }
    }
    return paper;
}

void gray_paper_release(struct gray_paper *paper)
{
    free(paper->levels);
    paper->levels = NULL;
}
