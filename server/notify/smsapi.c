/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * SMS by SMSAPI (smsapi.pl/docs, sms.do). The message's identifier goes with it as idx, and
 * check_idx makes the provider refuse a repeat: sent once even when the first answer was lost.
 */

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/domain/sms_text.h"
#include "server/notify/sms_http.h"

struct smsapi {
    const struct transport_place *place;
};

static void *smsapi_open(const struct transport_place *place)
{
    struct smsapi *self = memory_zeroed(sizeof *self);
    self->place = place;
    return self;
}

static void add_form(struct buf *form, const struct outbox_letter *letter,
                     const struct config *config)
{
    struct arena *arena = arena_new();
    bool fold = !config->sms_polish_letters;
    sms_http_field(form, "to", letter->recipient + 1); /* without its "+" */
    sms_http_field(form, "message", sms_prepare(arena, letter->text, fold, SMS_MAX_PARTS));
    if (*config->sms_sender) {
        sms_http_field(form, "from", config->sms_sender);
    }
    sms_http_field(form, "encoding", "utf-8");
    sms_http_field(form, "format", "json");
    sms_http_field(form, "idx", letter->message_id);
    sms_http_field(form, "check_idx", "1");
    sms_http_field(form, "max_parts", arena_format(arena, "%d", SMS_MAX_PARTS));
    if (fold) {
        sms_http_field(form, "normalize", "1");
    }
    arena_free(arena);
}

static void smsapi_send(void *transport, struct sending *sending)
{
    const struct smsapi *self = transport;
    const struct config *config = self->place->config;
    if (!sms_number_ok(sending->letter->recipient)) {
        sending_ended(sending, DELIVERY_REFUSED, SMS_BAD_NUMBER);
        sending->done(sending);
        return;
    }
    struct buf form = BUF_INIT;
    add_form(&form, sending->letter, config);
    struct sms_request request = {
        .url = config->sms_url,
        .form = buf_str(&form),
        .token = config->sms_token_file.value,
        .judge = smsapi_judge,
    };
    sms_http_send(self->place, sending, &request);
    buf_release(&form);
}

const struct transport_ops transport_smsapi = {
    .name = "smsapi",
    .channel = medium_sms,
    .open = smsapi_open,
    .send = smsapi_send,
    .cancel = sms_http_cancel,
    .close = transport_free,
};
