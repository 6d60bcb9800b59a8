/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The picture: the top line, where one is, the alert in its own place in the top right corner, the
 * screen, what the selected row is about, the status line and the key bar. What is not needed goes
 * first as the window gets smaller; below LEAST_ROWS x LEAST_COLS only the need for more is said.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/text.h"
#include "tui/app_model.h"
#include "tui/cells.h"
#include "tui/options.h"
#include "tui/ui/bars.h"
#include "tui/ui/term.h"
#include "tui/ui/words.h"

enum {
    LEAST_ROWS = 8,
    LEAST_COLS = 40,
    WIDE_COLS = 110, /* from here on the right column stands beside the list */
    SIDE_COLS = 37,  /* its width with the gap before it */
    STRIP_COLS = 78, /* from here on the alert has room beside the head */
    ALERT_COLS = 40,
    ALERT_ROWS = 3, /* those of title and head: the list below never moves */
    SIDE_ALERT_ROWS = 7,
    HEAD_ROWS = 2,
    DETAIL_ROWS = 2,
    DETAIL_FROM = 18, /* rows */
};

/* Where everything stands this time. */
struct places {
    struct area top, title, head, body, alert, no_alert, detail, status, keys;
};

static bool in_form(const struct app *app)
{
    const struct screen *top = app_top(app);
    return top != NULL && top->ops->context == IN_FORM;
}

static bool wants_alert(const struct app *app)
{
    return app_top(app) != NULL && app->alert.count > 0 && !app->alert.folded;
}

static void place_lines(struct places *places, struct area *left)
{
    places->top = (struct area){ left->row, left->col, 1, left->cols };
    places->title = (struct area){ left->row + 1, left->col, 1, left->cols };
    left->row += 2;
    left->rows -= 2;
    places->keys = (struct area){ left->row + left->rows - 1, left->col, 1, left->cols };
    places->status = places->keys;
    places->status.row--;
    left->rows -= 2;
}

/*
 * The right column: the alert above, the selected row's details below. The alert's rows are kept
 * for it, so that nothing moves when one comes.
 */
static void place_side(struct app *app, struct places *places, struct area *left)
{
    struct area side = { 1, left->cols - SIDE_COLS + 1, left->row + left->rows - 1, SIDE_COLS - 1 };
    left->cols -= SIDE_COLS;
    places->title.cols = left->cols;
    int rows = SIDE_ALERT_ROWS < side.rows / 2 ? SIDE_ALERT_ROWS : side.rows / 2;
    struct area kept = { side.row, side.col, rows, side.cols };
    *(wants_alert(app) ? &places->alert : &places->no_alert) = kept;
    side.row += rows;
    side.rows -= rows;
    places->detail = side;
}

static void place(struct app *app, struct places *places)
{
    struct area left = draw_screen();
    const struct screen *top = app_top(app);
    bool has_detail = top != NULL && top->ops->detail != NULL;
    *places = (struct places){ 0 };
    place_lines(places, &left);
    bool strip = false;
    /* A form keeps the column free even without an alert: it must not move when one comes. */
    if (left.cols >= WIDE_COLS && (has_detail || in_form(app))) {
        place_side(app, places, &left);
    } else {
        if (has_detail && left.rows >= DETAIL_FROM) {
            places->detail = (struct area){ left.row + left.rows - DETAIL_ROWS, left.col,
                                            DETAIL_ROWS, left.cols };
            left.rows -= DETAIL_ROWS + 1;
        }
        strip = left.cols >= STRIP_COLS && left.rows > ALERT_ROWS + HEAD_ROWS && !in_form(app) &&
                wants_alert(app);
    }
    int head_rows = left.rows > 6 ? HEAD_ROWS : left.rows > 3 ? 1 : 0;
    places->head = (struct area){ left.row, left.col, head_rows, left.cols };
    if (strip) {
        places->alert = (struct area){ 1, left.cols - ALERT_COLS, ALERT_ROWS, ALERT_COLS };
        places->head.cols = places->title.cols = left.cols - ALERT_COLS - 1;
    }
    places->body =
        (struct area){ left.row + head_rows, left.col, left.rows - head_rows, left.cols };
}

static void draw_top(struct app *app, struct area line, bool badge)
{
    char local[17], right[LIMIT_LINE_BYTES + 32];
    clock_show(clock_now(), local);
    snprintf(right, sizeof(right), "%s  %s", app->user, local + 11);
    int right_cols = 32 < line.cols / 2 ? 32 : line.cols / 2;
    draw_format(line.row, line.col, line.cols - right_cols, STYLE_TITLE, "Skrytka  %s",
                app->office);
    draw_cell(line.row, line.col + line.cols - right_cols, right_cols, STYLE_NORMAL, true, right);
    if (badge) {
        struct area place = line;
        place.cols -= right_cols > 20 ? 20 : right_cols;
        bars_badge(place, (long)app->alert.count, CLICK_ALERT, 0);
    }
}

static const char *title_of(struct screen *screen)
{
    const char *own = screen->ops->titled == NULL ? NULL : screen->ops->titled(screen);
    return own != NULL ? own : _(screen->ops->title);
}

/*
 * A new request while a form has the screen: one line for a while at the right end of the title's
 * row, which is free, below the badge. Where both do not fit, client and sender are cut.
 */
static void draw_alert_line(struct app *app, struct area title)
{
    enum { LEAST = 24, GAP = 2 };
    char bullet[8], sender[LIMIT_LINE_BYTES + 8];
    const struct alert *alert = &app->alert;
    int room = title.cols - (int)text_columns(title_of(app_top(app))) - GAP;
    if (room < LEAST) {
        return;
    }
    snprintf(bullet, sizeof(bullet), "%s ", theme_glyph(GLYPH_BULLET));
    snprintf(sender, sizeof(sender), " %s %s", theme_glyph(GLYPH_DOT), alert->line_sender);
    int bullet_cols = (int)text_columns(bullet);
    int client_cols = (int)text_columns(alert->line_client);
    int sender_cols = (int)text_columns(sender);
    int words = room - bullet_cols;
    if (client_cols + sender_cols > words) {
        client_cols = client_cols < words / 2           ? client_cols
                      : sender_cols < words - words / 2 ? words - sender_cols
                                                        : words / 2;
        sender_cols = words - client_cols;
    }
    int cols = bullet_cols + client_cols + sender_cols;
    int row = title.row, col = title.col + title.cols - cols;
    draw_text(row, col, bullet_cols, STYLE_ALERT, bullet);
    draw_text(row, col + bullet_cols, client_cols, STYLE_TITLE, alert->line_client);
    draw_text(row, col + bullet_cols + client_cols, sender_cols, STYLE_NORMAL, sender);
    draw_click((struct area){ row, col, 1, cols }, CLICK_ALERT, 0);
}

static void draw_alert(struct app *app, struct area area)
{
    struct alert_entry entries[ALERT_ENTRIES];
    char heads[ALERT_ENTRIES][LISTVIEW_CELL * 2], count[64];
    const struct alert *alert = &app->alert;
    for (int i = 0; i < alert->shown; i++) {
        const struct rec_scan_request *request = alert->requests[i];
        char when[LISTVIEW_CELL];
        cell_moment(when, request->requested_at);
        snprintf(heads[i], sizeof(heads[i]), "%s %s %s", when, request->client_code,
                 request->client_name);
        entries[i] = (struct alert_entry){ heads[i], request->counterparty };
    }
    unsigned long waiting = (unsigned long)alert->count;
    snprintf(count, sizeof(count), tr_n(words_lang(), "%lu new", "%lu new", waiting), waiting);
    struct alert_view view = {
        .title = _("Scan requests"),
        .count_text = count,
        .entries = entries,
        .count = alert->shown,
    };
    bars_alert(area, &view, CLICK_ALERT, 0);
}

static void line_words(struct app *app, char *out, size_t size)
{
    uint64_t now = uv_now(&app->loop);
    size_t waiting = client_waiting(app->client);
    switch (app->line) {
    case CLIENT_CONNECTING: snprintf(out, size, "%s", _("Connecting...")); break;
    case CLIENT_ONLINE: snprintf(out, size, "%s", _("Connected")); break;
    case CLIENT_OFFLINE:
        snprintf(
            out, size, "%s %llu s", _("No connection, next try in"),
            (unsigned long long)(app->retry_at > now ? (app->retry_at - now + 999) / 1000 : 0));
        break;
    case CLIENT_STOPPED: snprintf(out, size, "%s", _("Not signed in")); break;
    }
    if (app->line != CLIENT_ONLINE && waiting > 0) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, ", %s: %zu", _("waiting"), waiting);
    }
}

static void draw_status(struct app *app, struct area line)
{
    struct screen *top = app_top(app);
    char words[200], more[200] = "";
    if (app->message[0] != '\0') {
        draw_text(line.row, line.col, line.cols, app->message_style, app->message);
        return;
    }
    line_words(app, words, sizeof(words));
    int used = draw_text(line.row, line.col, line.cols,
                         app->line == CLIENT_ONLINE ? STYLE_DIM : STYLE_ERROR, words);
    if (top != NULL && top->ops->status != NULL) {
        top->ops->status(top, more, sizeof(more));
        draw_format(line.row, line.col + used, line.cols - used, STYLE_DIM, " %s %s",
                    theme_glyph(GLYPH_DOT), more);
    }
}

/* A list or a question over the screen takes all keys: none of the screen's works then. */
static bool draw_keys_over(struct app *app, struct area line)
{
    bool asks = dialog_is_open(app->dialog);
    if (asks || palette_is_open(app->palette)) {
        draw_text(line.row, line.col, line.cols, STYLE_NORMAL,
                  asks ? dialog_keys(app->dialog) : palette_keys());
        return true;
    }
    return false;
}

/* The key bar shows only what works now, in the order of the action table. */
static void draw_keys(struct app *app, struct area line)
{
    if (draw_keys_over(app, line)) {
        return;
    }
    struct bar_key keys[ACTION_MAX];
    char names[ACTION_MAX][16];
    const struct screen *top = app_top(app);
    enum context context = top == NULL ? IN_LIST : top->ops->context;
    int count = 0;
    for (int i = 0; i < ACTION_MAX; i++) {
        enum ui_action action = (enum ui_action)i;
        const char *why = action_is_typed(app, action) ? not_here : app_refuses(app, action);
        bool absent = action == ACTION_SERVE && why != NULL && why != not_here;
        if (action_hint(action)[0] == '\0' || !action_in(action, context) ||
            (why != NULL && !absent) || action == (app->depth > 1 ? ACTION_QUIT : ACTION_BACK)) {
            continue;
        }
        snprintf(names[count], sizeof(names[count]), "%s", action_key_name(action));
        keys[count] = (struct bar_key){ names[count], action_hint(action), i, absent };
        count++;
    }
    bars_keys(line, keys, count, CLICK_ACTION);
}

/*
 * Who holds Down sends a row's details at each key, most of the bytes on the line, and cannot read
 * them. So they stay as they were until no key came for a moment, and are then the selected row's.
 */
static void draw_detail(struct app *app, struct area area, bool beside)
{
    struct screen *top = app_top(app);
    struct area whole = area;
    if (!beside) {
        draw_rule(area.row - 1, area.col, area.cols);
    }
    if (app->moving && app->detail_of == top && draw_kept(area)) {
        return;
    }
    if (beside) {
        area = draw_box(area, STYLE_DIM, (const char *const[4]){ NULL });
        area.col++;
        area.cols -= 2;
    }
    top->ops->detail(top, area);
    app->detail_of = top;
    draw_keep(whole);
}

static void draw_too_small(struct area screen)
{
    char words[200];
    snprintf(words, sizeof(words), "%s %dx%d. %s: %dx%d", _("Needed:"), LEAST_COLS, LEAST_ROWS,
             _("Window too small"), screen.cols, screen.rows);
    draw_paragraph(screen, STYLE_ERROR, words);
}

static void draw_main(struct app *app)
{
    struct places places;
    struct screen *top = app_top(app);
    place(app, &places);
    if (top != NULL) {
        top->ops->draw(top, places.head, places.body);
        draw_text(places.title.row, places.title.col, places.title.cols, STYLE_TITLE,
                  title_of(top));
        if (top->ops->detail != NULL && places.detail.rows > 0) {
            draw_detail(app, places.detail, places.detail.col > 0);
        }
    }
    draw_top(app, places.top, places.alert.rows == 0);
    if (places.no_alert.rows > 0 && app->alert.count == 0) {
        draw_text(places.no_alert.row, places.no_alert.col + 1, places.no_alert.cols - 1, STYLE_DIM,
                  _("There are no new scan requests."));
    }
    if (places.alert.rows > 0) {
        draw_alert(app, places.alert);
    } else if (in_form(app) && app->alert.count > 0 && app->alert.line_client[0] != '\0') {
        draw_alert_line(app, places.title);
    }
    draw_status(app, places.status);
    draw_keys(app, places.keys);
}

void app_paint(struct app *app)
{
    draw_begin();
    struct area screen = draw_screen();
    if (screen.rows < LEAST_ROWS || screen.cols < LEAST_COLS) {
        draw_too_small(screen);
        draw_end();
        return;
    }
    draw_main(app);
    if (palette_is_open(app->palette)) {
        palette_draw(app->palette, CLICK_PALETTE);
    }
    if (dialog_is_open(app->dialog)) {
        dialog_draw(app->dialog);
    }
    draw_end();
}
