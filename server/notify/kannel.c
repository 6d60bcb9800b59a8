/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * SMS by a Kannel of one's own (kannel.org, user's guide, "Using HTTP interface to smsbox"). What
 * it accepted it keeps until the operator takes it. The password travels in the URL, as Kannel
 * wants it, so a Kannel on another machine belongs behind https.
 */
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/domain/sms_text.h"
#include "server/notify/sms_http.h"

#define USUAL_PATH "/cgi-bin/sendsms"

struct kannel {
    const struct transport_place *place;
};

static void *kannel_open(const struct transport_place *place)
{
    struct kannel *self = memory_zeroed(sizeof *self);
    self->place = place;
    return self;
}

static void add_query(struct buf *query, const struct outbox_letter *letter,
                      const struct config *config)
{
    struct arena *arena = arena_new();
    const char *text = sms_prepare(arena, letter->text, !config->sms_polish_letters, SMS_MAX_PARTS);
    sms_http_field(query, "username", config->sms_user);
    sms_http_field(query, "password", config->sms_password_file.value);
    sms_http_field(query, "to", letter->recipient);
    if (*config->sms_sender) {
        sms_http_field(query, "from", config->sms_sender);
    }
    sms_http_field(query, "text", text);
    sms_http_field(query, "charset", "UTF-8");
    sms_http_field(query, "coding", sms_measure(text).alphabet == SMS_GSM7 ? "0" : "2");
    arena_free(arena);
}

static bool has_path(const char *url)
{
    const char *host = strstr(url, "://");
    return host && strchr(host + 3, '/');
}

static void kannel_send(void *transport, struct sending *sending)
{
    const struct kannel *self = transport;
    const struct config *config = self->place->config;
    if (!sms_number_ok(sending->letter->recipient)) {
        sending_ended(sending, DELIVERY_REFUSED, SMS_BAD_NUMBER);
        sending->done(sending);
        return;
    }
    struct buf query = BUF_INIT;
    struct buf url = BUF_INIT;
    add_query(&query, sending->letter, config);
    buf_format(&url, "%s%s?%s", config->sms_url, has_path(config->sms_url) ? "" : USUAL_PATH,
               buf_str(&query));
    struct sms_request request = { .url = buf_str(&url), .judge = kannel_judge };
    sms_http_send(self->place, sending, &request);
    buf_release(&query);
    buf_release(&url);
}

const struct transport_ops transport_kannel = {
    .name = "kannel",
    .channel = medium_sms,
    .open = kannel_open,
    .send = kannel_send,
    .cancel = sms_http_cancel,
    .close = transport_free,
};
