/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page as shades of grey: what the drawing tools bring and the preview is cut from. Any thread.
 */
#ifndef SKRYTKA_PREVIEW_GRAY_H
#define SKRYTKA_PREVIEW_GRAY_H

#include <stdbool.h>

/* The longer side at most: 150 dots an inch on A4, at which small print still has its strokes. */
#define GRAY_LONG 1800

struct gray {
    int width; /* both at least 1 */
    int height;
    unsigned char pixels[]; /* rows from the top; 0 is black, 255 white */
};

/* White, or whatever the caller puts there. Never NULL; released by free(). */
struct gray *gray_new(int width, int height);

/* A part of a page, in its pixels. */
struct gray_box {
    int left, top, width, height;
};

/*
 * How bright the paper is in each part of a page, so that shade, grey paper and a poor light do
 * not count as ink: in tiles of `tile` pixels, the last ones perhaps smaller.
 */
struct gray_paper {
    int tile;
    int cols;
    unsigned char *levels;
};

/* Released by gray_paper_release(). */
struct gray_paper gray_paper_find(const struct gray *page);
void gray_paper_release(struct gray_paper *paper);

/* How much darker than the paper around it a pixel is, 0 to 255. */
static inline int gray_ink(const struct gray *page, const struct gray_paper *paper, int x, int y)
{
    int level = paper->levels[y / paper->tile * paper->cols + x / paper->tile];
    int ink = level - page->pixels[y * page->width + x];
    return ink > 0 ? ink : 0;
}

#endif
