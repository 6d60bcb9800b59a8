/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Proof that a form was sent from a page of ours: made by the GET that shows the form, wanted by
 * the POST. A keyed hash over what the form is about and when it was shown, so nothing is stored,
 * and only who could read the page has it. Pure; any thread.
 */
#ifndef SKRYTKA_WEB_NONCE_H
#define SKRYTKA_WEB_NONCE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

/* A page that lay open longer is shown again first. */
enum { NONCE_SECONDS = 24 * 60 * 60 };

/* `subject` says what may be done with it, and for whom; the same to make and to check. */
const char *nonce_make(struct arena *arena, const unsigned char secret[32], const char *subject,
                       int64_t now);

/* `nonce` may be NULL, or anything. */
bool nonce_check(const unsigned char secret[32], const char *subject, const char *nonce,
                 int64_t now);

#endif
