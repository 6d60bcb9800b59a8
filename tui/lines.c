/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/lines.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"

const char *lines_join(struct arena *arena, const struct list *lines)
{
    const char *all = "";
    for (size_t i = 0; i < lines->count; i++) {
        all = arena_format(arena, "%s%s%s", all, i > 0 ? ", " : "",
                           ((const char *const *)lines->at)[i]);
    }
    return all;
}

struct list lines_split(struct arena *arena, const char *text)
{
    char *rest;
    const char **parts = arena_array(arena, strlen(text) / 2 + 1, sizeof(*parts));
    struct list list = { .at = parts, .given = true };
    for (char *part = strtok_r(arena_text(arena, text), ",;\n", &rest); part != NULL;
         part = strtok_r(NULL, ",;\n", &rest)) {
        const char *trimmed = text_trim(arena, part);
        if (trimmed[0] != '\0') {
            parts[list.count++] = trimmed;
        }
    }
    return list;
}
