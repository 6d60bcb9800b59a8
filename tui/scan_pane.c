/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/scan_pane.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/editing.h"
#include "tui/ui/dots.h"
#include "tui/ui/words.h"

enum {
    FORM_ROWS = 7,  /* what the letter is about and a field or two stay in sight */
    DOT_ROWS = 14,  /* of the picture at most; three lines of an address fill ten */
    LEAST_ROWS = 5, /* less is no picture */
};

/* Rows for rule and picture together; 0: the window is too small for both. */
static int room(struct area head, struct area body)
{
    int rows = body.row + body.rows - head.row - FORM_ROWS;
    return rows < LEAST_ROWS ? 0 : rows > DOT_ROWS + 1 ? DOT_ROWS + 1 : rows;
}

static void ask(struct scan_pane *pane, int cols, int rows)
{
    struct rec_scan_preview wanted = {
        .upload = pane->upload,
        .has_upload = true,
        .width =
            cols * dots_per_col() < LIMIT_PREVIEW_DOTS ? cols * dots_per_col() : LIMIT_PREVIEW_DOTS,
        .height = rows * dots_per_row(),
    };
    pane->asked_cols = cols;
    pane->asked_rows = rows;
    preview_ask(&pane->preview, &wanted);
}

static void send_file(struct scan_pane *pane);

/* The server drops a file after an hour: once it is sent again. */
static void on_change(void *owner)
{
    struct scan_pane *pane = owner;
    if (pane->preview.err.code != ERR_NONE && !pane->tried) {
        pane->uploads->reused = true;
        pane->tried = true;
        if (uploads_expired(pane->uploads, &pane->preview.err)) {
            send_file(pane);
        }
    }
}

static void on_sent(void *owner, const struct err *err)
{
    struct scan_pane *pane = owner;
    if (err != NULL) {
        pane->open = false;
        uploads_failed(pane->uploads, pane->editing, err);
        return;
    }
    pane->upload = pane->uploads->ids[pane->index];
    pane->asked_cols = 0; /* the next drawing knows the room and asks */
    app_say(pane->preview.app, STYLE_HINT, "%s", _("F3 again: the whole page. F12: away."));
}

/* The name of the file that is shown; NULL: it was taken out of the form. */
static const char *file_name(const struct scan_pane *pane)
{
    const struct form *form = pane->editing->form;
    if (pane->index >= form_file_count(form, pane->field)) {
        return NULL;
    }
    const char *path = form_file(form, pane->field, pane->index);
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void send_file(struct scan_pane *pane)
{
    snprintf(pane->name, sizeof(pane->name), "%s", file_name(pane));
    preview_release(&pane->preview);
    pane->upload = 0;
    uploads_start_one(pane->uploads, pane->preview.app, pane->editing->form, pane->field,
                      pane->index, on_sent, pane);
    app_dirty(pane->preview.app);
}

void scan_pane_close(struct scan_pane *pane)
{
    if (pane->open && pane->upload == 0) {
        uploads_cancel(pane->uploads);
    }
    preview_release(&pane->preview);
    pane->open = false;
    if (pane->preview.app != NULL) {
        app_dirty(pane->preview.app);
    }
}

/* F3: the first file, the next one, and after the last the whole page. */
static void show_next(struct scan_pane *pane)
{
    int count = form_file_count(pane->editing->form, pane->field);
    if (pane->open && pane->index + 1 >= count) {
        if (pane->upload != 0) {
            app_push(pane->preview.app, &screen_sent_scan, pane->upload);
        }
        return;
    }
    pane->index = pane->open ? pane->index + 1 : 0;
    pane->open = true;
    pane->tried = false;
    send_file(pane);
}

const char *scan_pane_refuses(struct scan_pane *pane, struct screen *screen, int field,
                              enum ui_action action)
{
    if (action == ACTION_SCAN) {
        return form_file_count(editing_of(screen)->form, field) > 0
                   ? NULL
                   : _("Choose a file first: there is none yet.");
    }
    return action == ACTION_BACK && pane->open ? NULL : editing_refuses(screen, action);
}

void scan_pane_act(struct scan_pane *pane, struct screen *screen, struct uploads *uploads,
                   int field, enum ui_action action)
{
    if (action == ACTION_SCAN) {
        pane->editing = editing_of(screen);
        pane->uploads = uploads;
        pane->field = field;
        pane->preview.app = screen->app;
        pane->preview.on_change = on_change;
        pane->preview.owner = pane;
        show_next(pane);
    } else if (action == ACTION_BACK && editing_refuses(screen, action) != NULL) {
        scan_pane_close(pane);
    } else {
        editing_act(screen, action);
    }
}

void scan_pane_saving(struct scan_pane *pane)
{
    if (pane->open && pane->upload == 0) {
        scan_pane_close(pane);
    }
}

static void draw_pane(struct scan_pane *pane, struct area area)
{
    char title[400], number[32] = "";
    int count = form_file_count(pane->editing->form, pane->field);
    if (count > 1) {
        snprintf(number, sizeof(number), " %d/%d", pane->index + 1, count);
    }
    snprintf(title, sizeof(title), " %s: %s%s ", _("Address on the scan"), pane->name, number);
    draw_rule(area.row, area.col, area.cols);
    draw_text(area.row, area.col + 2, area.cols - 4, STYLE_TITLE, title);
    struct area inside = { area.row + 1, area.col, area.rows - 1, area.cols };
    if (pane->upload == 0) {
        draw_text(inside.row, inside.col, inside.cols, STYLE_DIM, _("The scan is being sent..."));
        return;
    }
    preview_draw(&pane->preview, inside, 0, 0);
}

/* Rows that the picture fills; before it is there, all that are free for it. */
static int picture_rows(const struct scan_pane *pane, int most)
{
    const struct rec_scan_preview_result *result = pane->preview.result;
    if (result == NULL) {
        return most;
    }
    int rows = ((int)result->height + dots_per_row() - 1) / dots_per_row();
    return rows < most ? rows : most;
}

void scan_pane_draw(struct scan_pane *pane, struct screen *screen, struct area head,
                    struct area body)
{
    const char *name = pane->open ? file_name(pane) : NULL;
    if (pane->open && (name == NULL || strcmp(name, pane->name) != 0)) {
        scan_pane_close(pane);
    }
    int rows = pane->open ? room(head, body) : 0;
    if (rows == 0) {
        editing_screen_draw(screen, head, body);
        return;
    }
    if (pane->upload != 0 && (pane->asked_cols != body.cols || pane->asked_rows != rows - 1)) {
        ask(pane, body.cols, rows - 1);
    }
    rows = picture_rows(pane, rows - 1) + 1;
    struct area below = { body.row + body.rows - rows, body.col, rows, body.cols };
    body.rows -= rows;
    editing_screen_draw(screen, head, body);
    draw_pane(pane, below);
}
