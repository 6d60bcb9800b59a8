/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The promises of protocol/base/text.h and money.h, kept for any bytes at all.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cleaned(struct arena *arena, const char *text, bool keep_lines)
{
    const char *clean = text_clean(arena, text, keep_lines);
    size_t length = strlen(clean);
    ENSURE(text_check(clean, length, keep_lines ? TEXT_NOTE : TEXT_LINE, length) == TEXT_OK);
    ENSURE((*clean == '\0') == (*text == '\0'));
    ENSURE(text_columns(clean) == text_columns(text));
    ENSURE(strcmp(text_clean(arena, clean, keep_lines), clean) == 0);
}

static void check_fitted(struct arena *arena, const char *text)
{
    for (size_t columns = 0; columns < 12; columns++) {
        const char *fitted = text_fit(arena, text, columns);
        ENSURE(text_columns(fitted) <= columns);
        ENSURE(*fitted != '\0' || *text == '\0' || columns == 0);
    }
}

static void check_folded(struct arena *arena, const char *text)
{
    const char *folded = text_fold(arena, text);
    const char *composed = text_compose(arena, text);
    ENSURE(strcmp(text_fold(arena, folded), folded) == 0);
    ENSURE(strcmp(text_fold(arena, composed), folded) == 0);
    ENSURE(strcmp(text_fold(arena, text_ascii(arena, text)), folded) == 0);
    ENSURE(strcmp(text_compose(arena, composed), composed) == 0);
    ENSURE(strcmp(text_trim(arena, text_trim(arena, text)), text_trim(arena, text)) == 0);
}

static void check_money(const char *text)
{
    int64_t grosze = 0;
    if (!money_parse(text, true, &grosze))
        return;
    ENSURE(grosze >= -MONEY_LIMIT && grosze <= MONEY_LIMIT);
    char shown[MONEY_TEXT];
    int64_t again = grosze + 1;
    ENSURE(money_parse(money_text_currency(grosze, true, shown), true, &again) && again == grosze);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    char *text = arena_text_n(arena, (const char *)data, size);
    if (text_check((const char *)data, size, TEXT_NOTE, size) == TEXT_OK)
        ENSURE(strlen(text) == size); /* no NUL was let in */
    check_cleaned(arena, text, false);
    check_cleaned(arena, text, true);
    check_fitted(arena, text);
    check_folded(arena, text);
    check_money(text);
    arena_free(arena);
    return 0;
}
