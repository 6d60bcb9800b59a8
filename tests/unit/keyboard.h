/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keys for tests of models that need no terminal. */
#ifndef SKRYTKA_TESTS_KEYBOARD_H
#define SKRYTKA_TESTS_KEYBOARD_H

#include <string.h>

#include "protocol/base/text.h"
#include "tui/ui/keys.h"

static inline struct ui_key key_special(enum ui_key_id id)
{
    return (struct ui_key){ .kind = UI_SPECIAL, .id = id };
}

static inline struct ui_key key_letter(uint32_t code)
{
    return (struct ui_key){ .kind = UI_TEXT, .code = code };
}

/* Calls `statement` with `key` for each code point of `text`. */
#define KEYBOARD_EACH(text, key, statement)                                                        \
    do {                                                                                           \
        const char *each_at = (text), *each_end = each_at + strlen(each_at);                       \
        while (each_at < each_end) {                                                               \
            struct ui_key key = key_letter(text_next(&each_at, each_end));                         \
            statement;                                                                             \
        }                                                                                          \
    } while (0)

#endif
