/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/sms_answer.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct code {
    int code;
    enum delivery outcome;
    const char *words;
} smsapi_codes[] = {
#define C(number, result, text) { number, DELIVERY_##result, text },
#include "server/notify/smsapi_codes.def.h"
#undef C
};

static void judge_code(struct sending *sending, int code, const char *message)
{
    for (size_t i = 0; i < sizeof smsapi_codes / sizeof *smsapi_codes; i++) {
        const struct code *row = &smsapi_codes[i];
        if (row->code != code) {
            continue;
        }
        sending_ended(sending, row->outcome, "error %d: %s%s%s", code, row->words,
                      *message ? "; " : "", message);
        return;
    }
    sending_ended(sending, DELIVERY_LATER, "error %d: %s", code,
                  *message ? message : "not in the provider's documentation");
}

/* An error's number, as a number or as its text; 0 when there is none. */
static int number_of(const json_t *value)
{
    json_int_t number = json_integer_value(value); /* 0 for what is no integer */
    if (json_is_string(value)) {
        number = strtol(json_string_value(value), NULL, 10);
    }
    return number > 0 && number <= INT_MAX ? (int)number : 0;
}

static const char *text_of(const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : "";
}

/* One message was sent, so one stands in the list. */
static bool judge_list(struct sending *sending, const json_t *list)
{
    const json_t *entry = json_array_get(list, 0);
    const json_t *id = json_object_get(entry, "id");
    const json_t *error = json_object_get(entry, "error");
    if (number_of(error) != 0) {
        judge_code(sending, number_of(error), "");
        return true;
    }
    if (json_array_size(list) != 1 || !json_is_string(id) || (error && !json_is_null(error))) {
        return false;
    }
    sending_ended(sending, DELIVERY_DONE, "id %s, %s", text_of(id),
                  text_of(json_object_get(entry, "status")));
    return true;
}

void smsapi_judge(struct sending *sending, long status, const char *body, size_t length)
{
    json_t *answer = json_loadb(body, length, 0, NULL);
    const json_t *error = json_object_get(answer, "error");
    if (number_of(error) != 0) {
        judge_code(sending, number_of(error), text_of(json_object_get(answer, "message")));
    } else if (status != 200 || !judge_list(sending, json_object_get(answer, "list"))) {
        sending_ended(sending, DELIVERY_LATER, "HTTP %ld, not understood: %s", status, body);
    }
    json_decref(answer);
}

/* A 4xx is about the request, but for those that are about the moment, the address or the user. */
static enum delivery kannel_refusal(long status)
{
    switch (status) {
    case 408: /* the request took too long */
    case 425: /* too early */
    case 429: /* too many requests */ return DELIVERY_LATER;
    case 401:
    case 403: /* user or password are wrong, for every message alike */
    case 404: /* so is the path of [sms] url */ return DELIVERY_UNREACHABLE;
    default: return DELIVERY_REFUSED;
    }
}

void kannel_judge(struct sending *sending, long status, const char *body, size_t length)
{
    bool accepted = length >= 2 && (body[0] == '0' || body[0] == '3') && body[1] == ':';
    enum delivery outcome = DELIVERY_LATER;
    if (status == 202 && accepted) {
        outcome = DELIVERY_DONE;
    } else if (status >= 400 && status < 500) {
        outcome = kannel_refusal(status);
    }
    sending_ended(sending, outcome, "HTTP %ld: %s", status, body);
}
