/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The one question that may stand in the middle of the screen: a message, a yes-or-no, or a line
 * to type. While it is open it gets every key. There is at most one per program; its owner is told
 * the answer once, or never when dialog_close() comes first.
 */
#ifndef SKRYTKA_UI_DIALOG_H
#define SKRYTKA_UI_DIALOG_H

#include <stdbool.h>

struct ui_key;
struct dialog;

enum dialog_kind { DIALOG_MESSAGE, DIALOG_YES_NO, DIALOG_LINE, DIALOG_SECRET };

/*
 * `yes` is false when the person went back. `text` is what was typed (DIALOG_LINE, DIALOG_SECRET),
 * else "". Called after the dialog has gone, so that it may open another.
 */
typedef void (*dialog_fn)(void *owner, bool yes, const char *text);

struct dialog *dialog_new(void);
void dialog_free(struct dialog *dialog);

/* Texts are translated already and copied; `answer` may be NULL. Replaces a dialog still open. */
void dialog_open(struct dialog *dialog, enum dialog_kind kind, const char *title, const char *text,
                 dialog_fn answer, void *owner);
void dialog_close(struct dialog *dialog);

/* `owner` goes away: closes a question of his. */
void dialog_forget(struct dialog *dialog, const void *owner);
bool dialog_is_open(const struct dialog *dialog);

void dialog_key(struct dialog *dialog, const struct ui_key *key);
void dialog_draw(struct dialog *dialog);

/* Its keys in words, translated: all that work while it is open. */
const char *dialog_keys(const struct dialog *dialog);

#endif
