/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/pages.h"

#include <string.h>

enum { PER_MM = 4, A4_WIDTH = 210, A4_HEIGHT = 297, LINE_MM = 5, LETTER_MM = 2 };

static void blacken(struct gray *page, struct gray_box box, unsigned char ink)
{
    for (int y = box.top; y < box.top + box.height && y < page->height; y++) {
        for (int x = box.left; x < box.left + box.width && x < page->width; x++) {
            page->pixels[y * page->width + x] = ink;
        }
    }
}

/* A letter is its two upright strokes. */
static void draw_lines(struct gray *page, const struct page_lines *block, unsigned char ink)
{
    for (int line = 0; line < block->lines; line++) {
        for (int at = 0; at < block->width; at += LETTER_MM) {
            struct gray_box stroke = { (block->left + at) * PER_MM,
                                       (block->top + line * LINE_MM) * PER_MM, 2, 3 * PER_MM };
            blacken(page, stroke, ink);
        }
    }
}

struct gray *page_drawn(unsigned char paper, unsigned char ink, const struct page_lines *blocks,
                        size_t count)
{
    struct gray *page = gray_new(A4_WIDTH * PER_MM, A4_HEIGHT * PER_MM);
    memset(page->pixels, paper, (size_t)page->width * (size_t)page->height);
    for (size_t i = 0; i < count; i++) {
        draw_lines(page, &blocks[i], ink);
    }
    return page;
}

struct buf pdf_of(const char *box, const char *content, const char *more)
{
    struct buf pdf = BUF_INIT;
    size_t places[5], table;
    buf_text(&pdf, "%PDF-1.4\n");
    places[1] = pdf.length;
    buf_text(&pdf, "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    places[2] = pdf.length;
    buf_text(&pdf, "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
    places[3] = pdf.length;
    buf_format(&pdf,
               "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R %s>>\nendobj\n", box,
               more);
    places[4] = pdf.length;
    buf_format(&pdf, "4 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", strlen(content),
               content);
    table = pdf.length;
    buf_text(&pdf, "xref\n0 5\n0000000000 65535 f \n");
    for (int i = 1; i < 5; i++) {
        buf_format(&pdf, "%010zu 00000 n \n", places[i]);
    }
    buf_format(&pdf, "trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", table);
    return pdf;
}
