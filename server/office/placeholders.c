/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/placeholders.h"

#include <stdbool.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"

const char *const placeholder_names[PLACEHOLDER_MAX] = {
#define P(name) #name,
    PLACEHOLDERS(P)
#undef P
};

/* One "{name}" in a text: name and length without the braces. */
struct braced {
    const char *name;
    size_t length;
};

/* The next "{...}" on one line from `text` on. */
static bool find_braced(const char *text, struct braced *ret)
{
    const char *open = strchr(text, '{');
    if (open == NULL) {
        return false;
    }
    size_t length = strcspn(open + 1, "{}\n");
    if (open[1 + length] != '}') {
        return find_braced(open + 1, ret);
    }
    *ret = (struct braced){ .name = open + 1, .length = length };
    return true;
}

static enum placeholder which(const struct braced *braced)
{
    for (int i = 0; i < PLACEHOLDER_MAX; i++) {
        if (strlen(placeholder_names[i]) == braced->length &&
            memcmp(placeholder_names[i], braced->name, braced->length) == 0) {
            return (enum placeholder)i;
        }
    }
    return PLACEHOLDER_MAX;
}

const char *placeholders_unknown(struct arena *arena, const char *text)
{
    struct braced braced;
    while (find_braced(text, &braced)) {
        if (which(&braced) == PLACEHOLDER_MAX) {
            return arena_text_n(arena, braced.name, braced.length);
        }
        text = braced.name + braced.length + 1;
    }
    return NULL;
}

const char *placeholders_fill(struct arena *arena, const char *text,
                              const char *const values[PLACEHOLDER_MAX])
{
    struct buf filled = BUF_INIT;
    struct braced braced;
    while (find_braced(text, &braced)) {
        const char *end = braced.name + braced.length + 1;
        enum placeholder placeholder = which(&braced);
        if (placeholder == PLACEHOLDER_MAX) {
            buf_add(&filled, text, (size_t)(end - text));
        } else {
            buf_add(&filled, text, (size_t)(braced.name - 1 - text));
            buf_text(&filled, values[placeholder] != NULL ? values[placeholder] : "");
        }
        text = end;
    }
    buf_text(&filled, text);
    return buf_take(&filled, arena);
}
