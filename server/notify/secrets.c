/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/secrets.h"

#include <curl/curl.h>
#include <sodium.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "server/config.h"

static char *without(struct arena *arena, const char *text, const char *secret)
{
    struct buf out = BUF_INIT;
    const char *found;
    while (*secret && (found = strcasestr(text, secret))) {
        buf_add(&out, text, (size_t)(found - text));
        buf_text(&out, "***");
        text = found + strlen(secret);
    }
    buf_text(&out, text);
    return buf_take(&out, arena);
}

/* Without the "=" at its end. */
static char *base64(struct arena *arena, const char *bytes, size_t length)
{
    const int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    size_t size = sodium_base64_encoded_len(length, variant);
    return sodium_bin2base64(arena_alloc(arena, size), size, (const unsigned char *)bytes, length,
                             variant);
}

static char *percent_encoded(struct arena *arena, const char *secret)
{
    char *escaped = curl_easy_escape(NULL, secret, 0);
    ENSURE(escaped);
    char *copy = arena_text(arena, escaped);
    curl_free(escaped);
    return copy;
}

static char *auth_plain(struct arena *arena, const char *user, const char *secret)
{
    struct buf said = BUF_INIT;
    buf_char(&said, '\0');
    buf_text(&said, user);
    buf_char(&said, '\0');
    buf_text(&said, secret);
    char *encoded = base64(arena, said.data, said.length);
    buf_release(&said);
    return encoded;
}

char *secrets_hide(struct arena *arena, const struct config *config, const char *text)
{
    const struct {
        const char *user;
        const char *secret;
    } known[] = {
        { config->mail_user, config->mail_password_file.value },
        { config->sms_user, config->sms_password_file.value },
        { "", config->sms_token_file.value },
    };
    char *hidden = arena_text(arena, text);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *secret = known[i].secret;
        if (!secret) {
            continue;
        }
        hidden = without(arena, hidden, auth_plain(arena, known[i].user, secret));
        hidden = without(arena, hidden, base64(arena, secret, strlen(secret)));
        hidden = without(arena, hidden, percent_encoded(arena, secret));
        hidden = without(arena, hidden, secret);
    }
    return hidden;
}
