/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a drawing tool that a scan took over may write: the picture, and what is cut out of it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocol/base/log.h"
#include "server/preview/dots.h"
#include "server/preview/pnm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cut(const struct gray *page)
{
    for (int part = 0; part < preview_part_MAX; part++) {
        struct arena *arena = arena_new();
        struct rec_scan_preview_result result;
        struct dots_wanted wanted = { (enum preview_part)part, 152, 48 };
        dots_cut(page, &wanted, arena, &result);
        ENSURE(result.width >= 1 && result.width <= 152);
        ENSURE(result.height >= 1 && result.height <= 48);
        arena_free(arena);
    }
}

/* The first byte says in how large pieces the rest comes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    size_t step = data[0] + 1U;
    struct pnm *pnm = pnm_new(data[0] % 2);
    enum pnm_state state = PNM_MORE;
    for (size_t at = 1; at < size && state == PNM_MORE; at += step) {
        state = pnm_feed(pnm, data + at, size - at < step ? size - at : step);
    }
    if (state == PNM_DONE) {
        struct gray *page = pnm_take(pnm);
        cut(page);
        free(page);
    }
    pnm_free(pnm);
    return 0;
}
