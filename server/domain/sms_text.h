/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * How much room a text takes as SMS (3GPP TS 23.038, 23.040): pure. One part holds 160 septets of
 * the GSM alphabet or 70 units of UCS-2; of several parts each holds 153 or 67.
 */
#ifndef SKRYTKA_DOMAIN_SMS_TEXT_H
#define SKRYTKA_DOMAIN_SMS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Longer texts are shortened; gateways take 6 to 10. */
enum { SMS_MAX_PARTS = 6 };

#define SMS_BAD_NUMBER "the number is not in international form (+48...)"

enum sms_alphabet { SMS_GSM7, SMS_UCS2 };

struct sms_size {
    enum sms_alphabet alphabet;
    size_t units; /* septets or 16-bit units */
    size_t parts; /* that an operator bills; 0 for an empty text */
};

/* Counts. A character of two units is never cut between parts. */
struct sms_size sms_measure(const char *text);

/*
 * The text as it is sent: letters replaced by their ASCII look-alikes where `fold` says so, control
 * characters but LF dropped, and no longer than `max_parts`: what is beyond gives way to "...".
 */
char *sms_prepare(struct arena *arena, const char *text, bool fold, size_t max_parts);

/* Is this a number in E.164: "+", then 8 to 15 digits of which the first is not 0? */
bool sms_number_ok(const char *number);

#endif
