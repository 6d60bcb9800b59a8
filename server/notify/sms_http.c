/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/sms_http.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/base/kill_point.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/curl_loop.h"

enum { ANSWER_LIMIT = 65536, CONNECT_SECONDS = 30 };

struct sms_try {
    struct curl_transfer transfer;
    struct sending *sending;
    sms_judge *judge;
    struct buf body;
    bool too_long;
};

void sms_http_field(struct buf *out, const char *name, const char *value)
{
    char *escaped = curl_easy_escape(NULL, value, 0);
    ENSURE(escaped);
    buf_format(out, "%s%s=%s", out->length > 0 ? "&" : "", name, escaped);
    curl_free(escaped);
}

static void try_free(struct sms_try *try)
{
    curl_loop_release(&try->transfer);
    buf_release(&try->body);
    free(try);
}

/* CURLOPT_WRITEFUNCTION */
static size_t take_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct sms_try *try = owner;
    size_t length = size * count;
    if (length > ANSWER_LIMIT - try->body.length) {
        try->too_long = true;
        return 0;
    }
    buf_add(&try->body, bytes, length);
    return length;
}

static void judge_failure(struct sms_try *try, CURLcode result)
{
    const char *why = *try->transfer.why ? try->transfer.why : curl_easy_strerror(result);
    long said = 0; /* bytes of our request that went out */
    curl_easy_getinfo(try->transfer.easy, CURLINFO_REQUEST_SIZE, &said);
    if (try->too_long) {
        sending_ended(try->sending, DELIVERY_LATER, "the answer is longer than %d bytes",
                      ANSWER_LIMIT);
    } else if (said == 0) {
        sending_ended(try->sending, DELIVERY_UNREACHABLE, "%s", why);
    } else {
        sending_ended(try->sending, DELIVERY_LATER, "perhaps sent, the answer never came: %s", why);
    }
}

static void try_done(struct curl_transfer *transfer, CURLcode result)
{
    struct sms_try *try = (struct sms_try *)transfer;
    struct sending *sending = try->sending;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    KILL_POINT(sms_answered);
    if (result == CURLE_OK) {
        try->judge(sending, status, buf_str(&try->body), try->body.length);
    } else {
        judge_failure(try, result);
    }
    try_free(try);
    sending->done(sending);
}

void sms_http_send(const struct transport_place *place, struct sending *sending,
                   const struct sms_request *request)
{
    const struct config *config = place->config;
    struct sms_try *try = memory_zeroed(sizeof *try);
    try->sending = sending;
    try->judge = request->judge;
    try->transfer.done = try_done;
    sending->carrier = try;
    curl_loop_prepare(place->curl, &try->transfer);

    CURL *easy = try->transfer.easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "skrytkad");
    if (request->form) {
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->form);
    }
    if (request->token) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, request->token);
    }
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (*config->sms_ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->sms_ca_file);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)config->sms_answer_seconds);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, try);
    curl_loop_start(&try->transfer);
    KILL_POINT(sms_started);
}

void sms_http_cancel(void *transport, struct sending *sending)
{
    (void)transport;
    try_free(sending->carrier);
    sending->broken_off = true;
    sending->done(sending);
}
