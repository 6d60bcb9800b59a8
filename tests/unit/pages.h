/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages for the tests of previews: drawn by hand, and PDFs. */
#ifndef SKRYTKA_TESTS_PAGES_H
#define SKRYTKA_TESTS_PAGES_H

#include "protocol/base/buf.h"
#include "server/preview/gray.h"

/* Lines of grey "words" from (left, top), in millimetres of an upright A4 page. */
struct page_lines {
    int left, top, width, lines;
};

/* An A4 page of 4 pixels a millimetre: paper of that brightness, ink of that. */
struct gray *page_drawn(unsigned char paper, unsigned char ink, const struct page_lines *blocks,
                        size_t count);

/* One page with this MediaBox and content stream; `more` stands among the page's own entries. */
struct buf pdf_of(const char *box, const char *content, const char *more);

#endif
