/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/transport.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "server/notify/secrets.h"

static const struct transport_ops *const transports[] = {
#define TRANSPORT(id) &transport_##id,
#include "server/notify/transports.def.h"
#undef TRANSPORT
};

const struct transport_ops *transport_find(enum medium channel, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof transports / sizeof *transports; i++) {
        const struct transport_ops *ops = transports[i];
        if (ops->channel == channel && strlen(ops->name) == length &&
            strncasecmp(ops->name, name, length) == 0) {
            return ops;
        }
    }
    return NULL;
}

void transport_free(void *transport, void (*closed)(void *owner), void *owner)
{
    free(transport);
    closed(owner);
}

void sending_ended(struct sending *sending, enum delivery outcome, const char *format, ...)
{
    char *raw = NULL;
    va_list arguments;
    va_start(arguments, format);
    ENSURE(vasprintf(&raw, format, arguments) >= 0);
    va_end(arguments);

    struct arena *arena = arena_new();
    const char *words = sending->config ? secrets_hide(arena, sending->config, raw) : raw;
    const char *clean = text_clean(arena, text_trim(arena, words), false);
    size_t length = strlen(clean);
    if (length >= TRANSPORT_ANSWER) {
        length = TRANSPORT_ANSWER - 1;
        while (((unsigned char)clean[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    memcpy(sending->answer, clean, length);
    sending->answer[length] = '\0';
    sending->outcome = outcome;
    arena_free(arena);
    free(raw);
}
