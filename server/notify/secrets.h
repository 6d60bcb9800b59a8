/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Servers repeat what they were told: a 404 page the URL, a 535 the sign-in. Their words go into
 * the log, the database and onto screens, so what was said to them in confidence is taken out.
 */
#ifndef SKRYTKA_NOTIFY_SECRETS_H
#define SKRYTKA_NOTIFY_SECRETS_H

struct arena;
struct config;

/*
 * `text` with "***" in place of each configured password and token: as it is, percent-encoded, in
 * base64, and as the initial response of AUTH PLAIN (RFC 4616). Upper and lower case count as the
 * same. The text must be whole: of a secret that was cut, the rest stays. In `arena`. Any thread.
 */
char *secrets_hide(struct arena *arena, const struct config *config, const char *text);

#endif
