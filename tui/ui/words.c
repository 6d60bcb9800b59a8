/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/words.h"

#include <stddef.h>

static enum lang current = LANG_PL;

void words_set_lang(enum lang lang)
{
    current = lang;
}

enum lang words_lang(void)
{
    return current;
}

const char *words_of(const char *english)
{
    return english == NULL || english[0] == '\0' ? "" : tr(current, english);
}
