/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Words of the screen. One terminal serves one person, so here the language may be a single
 * setting; the server, which speaks to many at once, passes it along instead.
 */
#ifndef SKRYTKA_UI_WORDS_H
#define SKRYTKA_UI_WORDS_H

#include "protocol/base/i18n.h"

/* The language of the person at the terminal; Polish until it is set. Loop thread only. */
void words_set_lang(enum lang lang);
enum lang words_lang(void);

#define _(english) tr(words_lang(), (english))

/* The text of a table row: "" stays "" (gettext would answer with the catalogue's header). */
const char *words_of(const char *english);

#endif
