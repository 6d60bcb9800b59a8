/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/preview.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "tui/app.h"
#include "tui/ui/dots.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

static void on_preview(void *owner, const struct rec_scan_preview_result *result,
                       const struct err *err)
{
    struct preview *preview = owner;
    preview->waiting = false;
    preview->err = err != NULL ? *err : (struct err){ .code = ERR_NONE };
    arena_free(preview->arena);
    preview->arena = err != NULL ? NULL : client_take_arena(app_client(preview->app));
    preview->result = result;
    /* The bits are read by these sizes. */
    if (err == NULL &&
        (result->width < 1 || result->width > LIMIT_PREVIEW_DOTS || result->height < 1 ||
         result->height > LIMIT_PREVIEW_DOTS ||
         result->dots.length != (size_t)((result->width + 7) / 8 * result->height))) {
        err_set(&preview->err, ERR_unavailable, "", "unusable");
        preview->result = NULL;
    }
    if (preview->on_change != NULL) {
        preview->on_change(preview->owner);
    }
    app_dirty(preview->app);
}

void preview_ask(struct preview *preview, const struct rec_scan_preview *wanted)
{
    app_forget(preview->app, preview);
    preview->waiting = true;
    call_scan_preview(app_client(preview->app), wanted, on_preview, preview);
    app_dirty(preview->app);
}

void preview_release(struct preview *preview)
{
    if (preview->app != NULL) {
        app_forget(preview->app, preview);
    }
    arena_free(preview->arena);
    preview->arena = NULL;
    preview->result = NULL;
    preview->waiting = false;
    preview->err.code = ERR_NONE;
}

/* What the server says of a file that it cannot draw, by the detail of its error. */
static const char *why_not(const struct err *err)
{
    static const struct {
        const char *detail;
        const char *words;
    } reasons[] = {
        { "unusable", N_("The file cannot be drawn: it is damaged, locked or far too large.") },
        { "too_long", N_("The file takes too long to draw.") },
        { "no_tool", N_("The server has no program to draw it with: poppler-utils and netpbm are "
                        "missing there.") },
        { "busy", N_("The server draws too many scans just now; try again.") },
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strcmp(err->detail, reasons[i].detail) == 0) {
            return _(reasons[i].words);
        }
    }
    return wording_error(err);
}

void preview_draw(const struct preview *preview, struct area area, int left, int top)
{
    if (preview->result != NULL) {
        const struct rec_scan_preview_result *result = preview->result;
        struct dots dots = { result->dots.data, (int)result->width, (int)result->height };
        dots_draw(area, &dots, left, top);
    } else if (preview->waiting) {
        draw_text(area.row, area.col, area.cols, STYLE_DIM, _("The scan is being drawn..."));
    } else if (preview->err.code != ERR_NONE) {
        draw_paragraph(area, STYLE_ERROR, why_not(&preview->err));
    }
}
