/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Identifiers people type: e-mail addresses, telephone numbers, NIP, logins. Each check answers
 * NULL or, in English for the error's detail, what is wrong; the terminal translates it. Pure; any
 * thread.
 */
#ifndef SKRYTKA_DOMAIN_IDENTIFIERS_H
#define SKRYTKA_DOMAIN_IDENTIFIERS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * An address that can stand in an SMTP command: local part of RFC 5321's atoms and dots (non-ASCII
 * as RFC 6531 allows), no quoting, no control or white-space character, at most 254 bytes.
 */
const char *email_wrong(const char *address);

enum { PHONE_TEXT = 17 };

/*
 * A number as people write it ("601 234 567", "+48 601-234-567", "0048...") as E.164
 * ("+48601234567"); nine digits alone are Polish. False when it is none.
 */
bool phone_normalise(const char *text, char out[PHONE_TEXT]);

enum { NIP_TEXT = 11 };

/*
 * A NIP, with or without dashes, spaces or a leading PL or pl, as ten digits. Weights 6 5 7 2 3 4 5
 * 6 7, sum modulo 11 is the last digit; the first digit is not 0 (pattern of the e-invoice's
 * schema).
 */
bool nip_normalise(const char *text, char out[NIP_TEXT]);

/* 1 to 32 of a-z A-Z 0-9 . _ -, beginning with a letter or digit. */
const char *login_wrong(const char *login);

#endif
