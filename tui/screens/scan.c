/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A whole page of a scan, large enough to be read, a part of it at a time. It begins where the
 * address stands. Two screens: the scans of a letter, and a file that was sent but not used yet.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "tui/app.h"
#include "tui/preview.h"
#include "tui/ui/dots.h"
#include "tui/ui/words.h"

enum {
    STEP_COLS = 8, /* cells that an arrow moves by */
    STEP_ROWS = 3,
    OVERLAP = 2, /* rows of the last screenful that stay in sight */
};

/* Dots across the page. At 480 print of 10 points can be read, at 960 that of 6. */
static const int scales[] = { 240, 480, 720, 960, 1440 };
enum { SCALES = sizeof(scales) / sizeof(scales[0]), SCALE_FIRST = 1 };

struct scan_screen {
    struct screen screen;
    int64_t upload; /* 0: the scans of a letter */
    struct arena *arena;
    const struct rec_mail_item *item; /* NULL until it came, and for an upload */
    size_t index;                     /* of its scans */
    int page, scale;
    int left, top;   /* the dot in the upper left corner */
    int rows, cols;  /* cells of the last drawing */
    bool to_address; /* when the picture comes: go there */
    bool to_end;     /* or to the end of the page */
    double middle;   /* or keep this part of its height, when only the scale changed */
    struct preview preview;
};

static const struct rec_scan *scan_of(const struct scan_screen *scan)
{
    return scan->item == NULL ? NULL : (const struct rec_scan *)scan->item->scans.at + scan->index;
}

static void ask(struct scan_screen *scan)
{
    const struct rec_scan *stored = scan_of(scan);
    struct rec_scan_preview wanted = {
        .id = stored == NULL ? 0 : stored->id,
        .has_id = stored != NULL,
        .upload = scan->upload,
        .has_upload = stored == NULL,
        .width = scales[scan->scale],
        .height = LIMIT_PREVIEW_DOTS,
        .part = preview_part_page,
        .has_part = true,
        .page = scan->page,
        .has_page = true,
    };
    preview_ask(&scan->preview, &wanted);
}

static int clamp(int value, int most)
{
    return value < 0 || most < 0 ? 0 : value > most ? most : value;
}

/* Keeps the window on the page, at whole cells. */
static void settle(struct scan_screen *scan)
{
    const struct rec_scan_preview_result *result = scan->preview.result;
    if (result == NULL) {
        return;
    }
    int per_col = dots_per_col(), per_row = dots_per_row();
    scan->left = clamp(scan->left, (int)result->width - scan->cols * per_col + per_col - 1);
    scan->top = clamp(scan->top, (int)result->height - scan->rows * per_row + per_row - 1);
    scan->left -= scan->left % per_col;
    scan->top -= scan->top % per_row;
}

static void on_change(void *owner)
{
    struct scan_screen *scan = owner;
    const struct rec_scan_preview_result *result = scan->preview.result;
    struct app *app = scan->screen.app;
    if (scan->preview.err.code == ERR_not_found && scan->page > 1) {
        scan->page--;
        scan->to_end = true;
        app_say(app, STYLE_HINT, "%s", _("That was the last page."));
        ask(scan);
        return;
    }
    if (result == NULL) {
        return;
    }
    if (scan->to_address) {
        scan->left = (int)result->left - STEP_COLS;
        scan->top = (int)result->top - dots_per_row();
    } else if (scan->to_end) {
        scan->top = (int)result->height;
    } else {
        scan->top = (int)(scan->middle * (double)result->height);
    }
    scan->to_address = scan->to_end = false;
    settle(scan);
}

static void on_item(void *owner, const struct rec_mail_item *item, const struct err *err)
{
    struct scan_screen *scan = owner;
    struct app *app = scan->screen.app;
    if (err != NULL || item->scans.count == 0) {
        app_close(app, &scan->screen);
        if (err != NULL) {
            app_say_error(app, err);
        } else {
            app_say(app, STYLE_ERROR, "%s", _("This letter has no scan."));
        }
        return;
    }
    scan->arena = client_take_arena(app_client(app));
    scan->item = item;
    ask(scan);
}

static void open_screen(struct screen *screen, int64_t argument)
{
    struct scan_screen *scan = (struct scan_screen *)screen;
    struct rec_by_id params = { .id = argument };
    scan->page = 1;
    scan->scale = SCALE_FIRST;
    scan->to_address = true;
    scan->preview.app = screen->app;
    scan->preview.owner = scan;
    scan->preview.on_change = on_change;
    if (screen->ops == &screen_sent_scan) {
        scan->upload = argument;
        ask(scan);
    } else {
        call_mail_get(app_client(screen->app), &params, on_item, scan);
    }
}

static void close_screen(struct screen *screen)
{
    struct scan_screen *scan = (struct scan_screen *)screen;
    app_forget(screen->app, scan);
    preview_release(&scan->preview);
    arena_free(scan->arena);
}

static void draw_head(const struct scan_screen *scan, struct area head)
{
    const struct rec_scan *stored = scan_of(scan);
    if (head.rows == 0) {
        return;
    }
    if (stored == NULL) {
        draw_format(head.row, head.col, head.cols, STYLE_NORMAL, "%s %d", _("page"), scan->page);
        return;
    }
    draw_format(head.row, head.col, head.cols, STYLE_NORMAL, "%s %s %s %s %zu/%zu %s %s %d",
                scan->item->client_code, scan->item->client_name, theme_glyph(GLYPH_DOT),
                stored->name, scan->index + 1, scan->item->scans.count, theme_glyph(GLYPH_DOT),
                _("page"), scan->page);
}

static void draw(struct screen *screen, struct area head, struct area body)
{
    struct scan_screen *scan = (struct scan_screen *)screen;
    struct area page = { head.row + (head.rows > 0), body.col, 0, body.cols };
    page.rows = body.row + body.rows - page.row;
    if (head.cols < body.cols) { /* the alert stands beside the head */
        page = body;
    }
    scan->rows = page.rows;
    scan->cols = page.cols;
    settle(scan);
    draw_head(scan, head);
    preview_draw(&scan->preview, page, scan->left, scan->top);
}

static void turn_page(struct scan_screen *scan, int by)
{
    if (scan->preview.waiting || scan->page + by < 1) {
        return;
    }
    scan->page += by;
    scan->to_end = by < 0;
    scan->middle = 0;
    ask(scan);
}

/* Up or down by rows; beyond the end by a screenful is the next page. */
static void move(struct scan_screen *scan, int rows, bool turns)
{
    int before = scan->top;
    scan->top += rows * dots_per_row();
    settle(scan);
    if (turns && scan->top == before) {
        turn_page(scan, rows < 0 ? -1 : 1);
    }
}

static void zoom(struct scan_screen *scan, int by)
{
    const struct rec_scan_preview_result *result = scan->preview.result;
    int scale = clamp(scan->scale + by, SCALES - 1);
    if (result == NULL || scan->preview.waiting || scale == scan->scale) {
        return;
    }
    scan->middle = (double)scan->top / (double)result->height;
    scan->left = scan->left * scales[scale] / scales[scan->scale];
    scan->scale = scale;
    ask(scan);
}

static bool special_key(struct scan_screen *scan, enum ui_key_id id)
{
    int screenful = scan->rows > OVERLAP ? scan->rows - OVERLAP : 1;
    switch (id) {
    case UI_KEY_UP: move(scan, -STEP_ROWS, false); break;
    case UI_KEY_DOWN: move(scan, STEP_ROWS, false); break;
    case UI_KEY_LEFT: scan->left -= STEP_COLS * dots_per_col(); break;
    case UI_KEY_RIGHT: scan->left += STEP_COLS * dots_per_col(); break;
    case UI_KEY_PAGE_UP: move(scan, -screenful, true); break;
    case UI_KEY_PAGE_DOWN: move(scan, screenful, true); break;
    case UI_KEY_HOME: scan->left = scan->top = 0; break;
    case UI_KEY_END: scan->top = LIMIT_PREVIEW_DOTS; break;
    default: return false;
    }
    settle(scan);
    app_dirty(scan->screen.app);
    return true;
}

static bool key(struct screen *screen, const struct ui_key *key)
{
    struct scan_screen *scan = (struct scan_screen *)screen;
    if (key->kind == UI_MOUSE && key->wheel != 0) {
        move(scan, key->wheel * STEP_ROWS, false);
        return true;
    }
    if (key->kind == UI_TEXT && !key->pasted && (key->code == '+' || key->code == '-')) {
        zoom(scan, key->code == '+' ? 1 : -1);
        return true;
    }
    return key->kind == UI_SPECIAL && special_key(scan, key->id);
}

/* Paging and scaling act on the picture that is on its way. */
static bool waiting(struct screen *screen, const struct ui_key *key)
{
    (void)key;
    const struct scan_screen *scan = (const struct scan_screen *)screen;
    return scan->preview.waiting || (scan->upload == 0 && scan->item == NULL);
}

static const char *refuses(struct screen *screen, enum ui_action action)
{
    const struct scan_screen *scan = (const struct scan_screen *)screen;
    bool several = scan->item != NULL && scan->item->scans.count > 1;
    switch (action) {
    case ACTION_SCAN: return NULL;
    case ACTION_NEXT_TAB:
    case ACTION_PREVIOUS_TAB: return several ? NULL : not_here;
    default: return not_here;
    }
}

static void act(struct screen *screen, enum ui_action action)
{
    struct scan_screen *scan = (struct scan_screen *)screen;
    if (action == ACTION_SCAN) { /* and back */
        app_close(screen->app, screen);
        return;
    }
    size_t count = scan->item->scans.count;
    scan->index = (scan->index + (action == ACTION_NEXT_TAB ? 1 : count - 1)) % count;
    scan->page = 1;
    scan->to_address = true;
    preview_release(&scan->preview);
    ask(scan);
}

static void status(struct screen *screen, char *out, size_t size)
{
    (void)screen;
    snprintf(out, size, "%s", _("arrows, PgDn: move; + -: larger, smaller; Tab: next scan"));
}

#define SCAN_SCREEN(name, words)                                                                   \
    const struct screen_ops screen_##name = {                                                      \
        .title = words,                                                                            \
        .size = sizeof(struct scan_screen),                                                        \
        .context = IN_LIST,                                                                        \
        .open = open_screen,                                                                       \
        .close = close_screen,                                                                     \
        .draw = draw,                                                                              \
        .key = key,                                                                                \
        .refuses = refuses,                                                                        \
        .act = act,                                                                                \
        .status = status,                                                                          \
        .waiting = waiting,                                                                        \
    };
SCAN_SCREEN(scan, N_("Mail > Letter > Scan"))
SCAN_SCREEN(sent_scan, N_("Mail > Scan to be sent"))
