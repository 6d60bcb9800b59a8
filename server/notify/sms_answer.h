/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the answers of SMS gateways mean: pure. They say yes and no in their own ways, often inside
 * an HTTP 200; whatever is not understood counts as temporary, never as sent.
 */
#ifndef SKRYTKA_NOTIFY_SMS_ANSWER_H
#define SKRYTKA_NOTIFY_SMS_ANSWER_H

#include <stddef.h>

#include "server/notify/transport.h"

/* Ends the try by the HTTP status and the body, `length` bytes that a NUL follows. */
typedef void sms_judge(struct sending *sending, long status, const char *body, size_t length);

sms_judge smsapi_judge; /* JSON of sms.do (smsapi.pl/docs) */
sms_judge kannel_judge; /* "0: Accepted for delivery" (Kannel user's guide, "Using HTTP") */

#endif
