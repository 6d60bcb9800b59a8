/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A part of a page as black and white dots for a terminal. Pure; any thread. */
#ifndef SKRYTKA_PREVIEW_DOTS_H
#define SKRYTKA_PREVIEW_DOTS_H

#include "protocol/base/arena.h"
#include "protocol/record.h"
#include "server/preview/gray.h"

struct dots_wanted {
    enum preview_part part;
    int width; /* dots at most, 1 to LIMIT_PREVIEW_DOTS */
    int height;
};

/*
 * Cuts the part out, as large as it fits and never larger than the page's own pixels. The dots lie
 * in the arena: rows from the top, eight dots a byte, the leftmost in the highest bit, 1 is ink.
 */
void dots_cut(const struct gray *page, const struct dots_wanted *wanted, struct arena *arena,
              struct rec_scan_preview_result *ret);

#endif
