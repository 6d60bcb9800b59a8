/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What comes from browsers, and templates as an office could write them, for any bytes at all.
 */
#include <stdint.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "protocol/record.h"
#include "server/office/template.h"
#include "server/web/form.h"
#include "server/web/nonce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_form(struct arena *arena, const char *body, size_t size)
{
    const char *value = form_value(arena, body, size, "email");
    if (value)
        ENSURE(text_check(value, strlen(value), TEXT_LINE, LIMIT_LINE_BYTES) == TEXT_OK);
    size_t length;
    form_decode(arena, body, size, &length);
    ENSURE(length <= size);
    const char *encoded = form_encode(arena, body);
    ENSURE(strspn(encoded, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%-._") ==
           strlen(encoded));
    ENSURE(strcmp(form_decode(arena, encoded, strlen(encoded), NULL), body) == 0);
}

/* A rendered text is the same the second time; a refused one says why. */
static void check_template(struct arena *arena, const char *text)
{
    struct template_data *data = template_data_new(arena, NULL);
    template_set(data, "a", "<&>\"'\n\x1b\xff");
    template_set_flag(data, "b", true);
    template_set_list(data, "none");
    for (int i = 0; i < 2; i++)
        template_set(template_add_item(data, "l"), "c", text);
    for (int place = TEMPLATE_PLAIN; place <= TEMPLATE_HTML; place++) {
        const char *why = NULL;
        const char *first =
            template_render_text(text, (enum template_place)place, "fuzz", data, LANG_EN, &why);
        ENSURE((first == NULL) == (why != NULL));
        const char *again =
            template_render_text(text, (enum template_place)place, "fuzz", data, LANG_EN, &why);
        ENSURE(first ? again && strcmp(first, again) == 0 : again == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char secret[32] = "any";
    if (size > 1000)
        return 0;
    struct arena *arena = arena_new();
    const char *text = arena_text_n(arena, (const char *)data, size);
    check_form(arena, text, size);
    check_template(arena, text);
    ENSURE(!nonce_check(secret, "subject", text, 1800000000));
    arena_free(arena);
    return 0;
}
