/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What mail servers and SMS gateways answer: whatever it is, it gets an outcome and words that a
 * screen can show, and nothing counts as sent without the server's plain yes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "server/notify/sms_answer.h"
#include "server/notify/smtp_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_answer(const struct sending *sending)
{
    ENSURE(memchr(sending->answer, '\0', sizeof sending->answer));
    ENSURE(text_check(sending->answer, strlen(sending->answer), TEXT_LINE,
                      sizeof sending->answer) == TEXT_OK);
}

static void check_gateways(struct arena *arena, const char *body, size_t length)
{
    static const long statuses[] = { 0, 200, 202, 302, 400, 403, 500, 503 };
    struct sending sending;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        const char *copy = arena_text_n(arena, body, length);
        sending = (struct sending){ 0 };
        smsapi_judge(&sending, statuses[i], copy, length);
        check_answer(&sending);
        if (sending.outcome == DELIVERY_DONE)
            ENSURE(strstr(sending.answer, "id ") || strstr(sending.answer, "error 53"));
        sending = (struct sending){ 0 };
        kannel_judge(&sending, statuses[i], copy, length);
        check_answer(&sending);
        ENSURE(sending.outcome != DELIVERY_DONE || statuses[i] == 202);
    }
}

static void check_smtp(const char *text, size_t length)
{
    struct smtp_talk talk = { 0 };
    struct sending sending = { 0 };
    smtp_talk_said(&talk, "MAIL FROM:<a@b>\r\n", 17);
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t line = end ? (size_t)(end - text) + 1 : length;
        smtp_talk_heard(&talk, text, line);
        text += line;
        length -= line;
    }
    ENSURE(smtp_outcome(&talk, false) != DELIVERY_DONE);
    sending_ended(&sending, smtp_outcome(&talk, false), "%s", talk.reply);
    check_answer(&sending);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_new();
    check_gateways(arena, (const char *)bytes, length);
    check_smtp((const char *)bytes, length);
    arena_free(arena);
    return 0;
}
