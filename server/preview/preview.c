/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/preview/preview.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/preview/render.h"

/* A page that was drawn; in the cache, in previews that cut it, or both. */
struct page {
    unsigned users;
    char sha256[DIGEST_TEXT];
    int number;
    struct gray *gray;
};

/*
 *   WAITING ──> DRAWING ──> CUTTING ──> over
 *      │           └── it failed ────────> over
 *      ├── the page is kept ──> CUTTING
 *      └── cancelled ─────────────────────> over
 */
enum step { WAITING, DRAWING, CUTTING };

struct preview {
    uv_work_t work;
    struct previews *previews;
    struct preview *next;
    enum step step;
    bool cancelled;
    char path[PATH_MAX];
    char sha256[DIGEST_TEXT];
    enum scan_type type;
    int number;
    struct dots_wanted wanted;
    struct arena *arena;
    struct render *render; /* DRAWING */
    struct page *page;     /* CUTTING */
    struct rec_scan_preview_result result;
    preview_done done;
    void *owner;
};

struct previews {
    uv_loop_t *loop;
    uv_timer_t timer;      /* forgets the kept pages */
    uv_idle_t starter;     /* so that nothing is called back before a function returned */
    unsigned open;         /* handles */
    struct preview *first; /* in the order they came */
    unsigned count, drawing;
    struct page *kept[PREVIEW_PAGES_KEPT]; /* used last first */
    bool closing;
    void (*closed)(void *owner);
    void *closed_owner;
};

/* ---- kept pages ---- */

static void page_release(struct page *page)
{
    if (page != NULL && --page->users == 0) {
        free(page->gray);
        free(page);
    }
}

static void forget_pages(struct previews *previews)
{
    for (size_t i = 0; i < PREVIEW_PAGES_KEPT; i++) {
        page_release(previews->kept[i]);
        previews->kept[i] = NULL;
    }
}

static void on_kept_long(uv_timer_t *timer)
{
    forget_pages(timer->data);
}

/* Puts a page in the first place; what was in place `at`, where the row ends, goes. */
static void keep_first(struct previews *previews, struct page *page, size_t at)
{
    memmove(&previews->kept[1], &previews->kept[0], at * sizeof *previews->kept);
    previews->kept[0] = page;
    uv_timer_start(&previews->timer, on_kept_long, PREVIEW_KEPT_MS, 0);
}

static struct page *find_page(struct previews *previews, const struct preview *preview)
{
    for (size_t i = 0; i < PREVIEW_PAGES_KEPT && previews->kept[i] != NULL; i++) {
        struct page *page = previews->kept[i];
        if (page->number == preview->number && strcmp(page->sha256, preview->sha256) == 0) {
            keep_first(previews, page, i);
            return page;
        }
    }
    return NULL;
}

static struct page *keep_page(const struct preview *preview, struct gray *gray)
{
    struct previews *previews = preview->previews;
    struct page *page = memory_zeroed(sizeof *page);
    page->users = 1;
    page->number = preview->number;
    page->gray = gray;
    memcpy(page->sha256, preview->sha256, sizeof page->sha256);
    page_release(previews->kept[PREVIEW_PAGES_KEPT - 1]);
    keep_first(previews, page, PREVIEW_PAGES_KEPT - 1);
    return page;
}

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct previews *previews = handle->data;
    previews->open--;
    if (previews->open > 0) {
        return;
    }
    void (*closed)(void *owner) = previews->closed;
    void *owner = previews->closed_owner;
    free(previews);
    closed(owner);
}

static void close_when_idle(struct previews *previews)
{
    if (previews->closing && previews->first == NULL &&
        !uv_is_closing((uv_handle_t *)&previews->timer)) {
        forget_pages(previews);
        uv_close((uv_handle_t *)&previews->timer, on_closed);
        uv_close((uv_handle_t *)&previews->starter, on_closed);
    }
}

static void on_start(uv_idle_t *idle);

/* Takes it out of the line and answers. */
static void finish(struct preview *preview, const struct err *err)
{
    struct previews *previews = preview->previews;
    struct preview **at = &previews->first;
    while (*at != preview) {
        at = &(*at)->next;
    }
    *at = preview->next;
    previews->count--;
    page_release(preview->page);
    uv_idle_start(&previews->starter, on_start); /* there is room for the next */
    /* Whoever gets the last answer may close all; memory stays until the handles are closed. */
    preview->done(preview->owner, err, err == NULL ? &preview->result : NULL);
    free(preview);
    close_when_idle(previews);
}

static void finish_cancelled(struct preview *preview)
{
    struct err err;
    err_set(&err, ERR_unavailable, "", "cancelled");
    finish(preview, &err);
}

/* ---- the story ---- */

static void cut(uv_work_t *work)
{
    struct preview *preview = work->data;
    dots_cut(preview->page->gray, &preview->wanted, preview->arena, &preview->result);
}

static void on_cut(uv_work_t *work, int status)
{
    (void)status; /* nobody cancels it there */
    finish(work->data, NULL);
}

static void start_cutting(struct preview *preview, struct page *page)
{
    preview->step = CUTTING;
    preview->page = page;
    page->users++;
    preview->work.data = preview;
    ENSURE(uv_queue_work(preview->previews->loop, &preview->work, cut, on_cut) == 0);
}

static void fail(struct preview *preview, enum render_end end)
{
    struct err err;
    switch (end) {
    case RENDER_NO_PAGE: err_set(&err, ERR_not_found, "page", "there is no such page"); break;
    case RENDER_TOO_LONG: err_set(&err, ERR_bad_request, "", "too_long"); break;
    case RENDER_NO_TOOL:
        log_warn("preview", "%s is not installed: there are no previews of such files",
                 render_tool(preview->type));
        err_set(&err, ERR_unavailable, "", "no_tool");
        break;
    default: err_set(&err, ERR_bad_request, "", "unusable"); break;
    }
    finish(preview, &err);
}

static void on_drawn(void *owner, enum render_end end, struct gray *gray)
{
    struct preview *preview = owner;
    preview->previews->drawing--;
    struct page *page = gray != NULL ? keep_page(preview, gray) : NULL;
    if (preview->cancelled) {
        finish_cancelled(preview);
    } else if (page != NULL) {
        start_cutting(preview, page);
    } else {
        fail(preview, end);
    }
}

static void start_drawing(struct preview *preview)
{
    struct previews *previews = preview->previews;
    preview->step = DRAWING;
    previews->drawing++;
    preview->render = render_start(previews->loop, preview->path, preview->type, preview->number,
                                   RENDER_MS, on_drawn, preview);
}

/* Starts what can be started, in the order they came. */
static void on_start(uv_idle_t *idle)
{
    struct previews *previews = idle->data;
    struct preview *next;
    uv_idle_stop(idle);
    for (struct preview *preview = previews->first; preview != NULL; preview = next) {
        next = preview->next;
        if (preview->step != WAITING) {
            continue;
        }
        struct page *page = find_page(previews, preview);
        if (preview->cancelled) {
            finish_cancelled(preview);
        } else if (page != NULL) {
            start_cutting(preview, page);
        } else if (previews->drawing < PREVIEWS_AT_ONCE) {
            start_drawing(preview);
        }
    }
}

struct preview *preview_start(struct previews *previews, const struct preview_ask *ask,
                              preview_done done, void *owner, struct err *ret_err)
{
    if (previews->closing || previews->count >= PREVIEWS_AT_ONCE + PREVIEWS_WAITING) {
        err_set(ret_err, ERR_unavailable, "", "busy");
        return NULL;
    }
    struct preview *preview = memory_zeroed(sizeof *preview);
    struct preview **last = &previews->first;
    preview->previews = previews;
    preview->type = ask->type;
    preview->number = ask->number;
    preview->wanted = ask->wanted;
    preview->arena = ask->arena;
    preview->done = done;
    preview->owner = owner;
    snprintf(preview->path, sizeof preview->path, "%s", ask->path);
    snprintf(preview->sha256, sizeof preview->sha256, "%s", ask->sha256);
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = preview;
    previews->count++;
    uv_idle_start(&previews->starter, on_start);
    return preview;
}

void preview_cancel(struct preview *preview)
{
    preview->cancelled = true;
    if (preview->step == DRAWING) {
        render_cancel(preview->render);
    } else if (preview->step == WAITING) {
        uv_idle_start(&preview->previews->starter, on_start);
    }
}

struct previews *previews_open(uv_loop_t *loop)
{
    struct previews *previews = memory_zeroed(sizeof *previews);
    previews->loop = loop;
    previews->open = 2;
    previews->timer.data = previews->starter.data = previews;
    ENSURE(uv_timer_init(loop, &previews->timer) == 0);
    ENSURE(uv_idle_init(loop, &previews->starter) == 0);
    return previews;
}

void previews_close(struct previews *previews, void (*closed)(void *owner), void *owner)
{
    previews->closing = true;
    previews->closed = closed;
    previews->closed_owner = owner;
    for (struct preview *preview = previews->first; preview != NULL; preview = preview->next) {
        preview_cancel(preview);
    }
    close_when_idle(previews);
}
