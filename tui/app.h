/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the program offers its screens. All on the loop thread. */
#ifndef SKRYTKA_TUI_APP_H
#define SKRYTKA_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "protocol/client.h"
#include "tui/screen.h"
#include "tui/ui/dialog.h"
#include "tui/ui/palette.h"
#include "tui/ui/theme.h"

struct app;
struct options;

/* Runs the terminal until the person leaves. The program's exit status. */
int app_run(const struct options *options);

/* Something changed: the picture is made anew at the end of this turn of the loop. */
void app_dirty(struct app *app);

/* Opens a screen over the present one. */
void app_push(struct app *app, const struct screen_ops *ops, int64_t argument);

/* Closes a screen, wherever it lies: others may have been opened over it meanwhile. */
void app_close(struct app *app, struct screen *screen);

/* Shows a screen of the menu instead of all that are open. */
void app_show(struct app *app, enum screen_id id);

/* A message in the status line, until the next key; translated. */
void app_say(struct app *app, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void app_say_error(struct app *app, const struct err *err);

/* A question over everything (see dialog.h); the answer comes to `owner`, unless it closes before.
 */
void app_ask(struct app *app, enum dialog_kind kind, const char *title, const char *text,
             dialog_fn answer, void *owner);

/*
 * A list over the screen to choose one thing from (see palette.h, PALETTE_ASK): `ask` is told what
 * is typed and sets the rows, at once or when they came. Forgotten with its owner.
 */
void app_choose(struct app *app, const char *title, palette_fn choose, palette_ask_fn ask,
                void *owner);
void app_choice_rows(struct app *app, const struct palette_row *rows, int count);
const char *app_choice_text(const struct app *app);

/* The server: call_<method>(app_client(app), ...). */
struct client *app_client(struct app *app);

/* `owner` goes away: no answer comes to it any more, of the server or of a person. */
void app_forget(struct app *app, const void *owner);

/*
 * One act of this person made these events, all of that kind: Ctrl-Z takes them back together. The
 * events themselves may come before or after.
 */
void app_may_undo(struct app *app, enum event_kind kind, const int64_t *events, size_t count);

/* Who is signed in. */
bool app_is_administrator(const struct app *app);
const char *app_user(const struct app *app);
uv_loop_t *app_loop(struct app *app);

/* Does the program end without being asked to, so that what is typed must be kept? */
bool app_is_cut_off(const struct app *app);

/* Which office this is and who is signed in, as one line that is the same next time. */
void app_place(const struct app *app, char *out, size_t size);

/* The folder where the scanner puts its files. */
const char *app_scan_folder(const struct app *app);

/* Opens the record of a scan request to fulfil it: when `id` is 0 the oldest new one
 * that nobody deals with. */
void app_serve(struct app *app, int64_t id);

#endif
