/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One request to an SMS gateway over HTTP: no redirects, an answer of at most 64 KiB, certificates
 * checked, limits of time. What gateways have in common; their forms and answers are their own.
 */
#ifndef SKRYTKA_NOTIFY_SMS_HTTP_H
#define SKRYTKA_NOTIFY_SMS_HTTP_H

#include "server/notify/sms_answer.h"

struct buf;

struct sms_request {
    const char *url;
    const char *form;  /* x-www-form-urlencoded, to be POSTed; NULL: GET */
    const char *token; /* for "Authorization: Bearer"; NULL: none */
    sms_judge *judge;
};

/* Starts a try; the texts of `request` are copied. Ends with sending->done. */
void sms_http_send(const struct transport_place *place, struct sending *sending,
                   const struct sms_request *request);

/* transport_ops.cancel */
void sms_http_cancel(void *transport, struct sending *sending);

/* Appends "name=value" in URL encoding, with "&" before it where `out` is not empty. */
void sms_http_field(struct buf *out, const char *name, const char *value);

#endif
