/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A mail as a stream of bytes (RFC 5322, 2045, 2046): made once from a letter of the outbox, read
 * piece by piece by whoever carries it, the SMTP transfer and the Maildir alike
 * (docs/adr/0010-mime-writer.md).
 *
 * Every body goes out quoted-printable or base64 with CR LF only, so no line begins with a dot, no
 * bare LF exists and no line is longer than servers must take: SMTP smuggling has nothing to work
 * with. Attachments are encoded while they are read; the whole file is never in memory. The bytes
 * are the same at every try of the same letter.
 */
#ifndef SKRYTKA_NOTIFY_MIME_H
#define SKRYTKA_NOTIFY_MIME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mime;
struct outbox_letter;

enum mime_fault {
    MIME_OPENED,
    MIME_UNSAFE,  /* a header or address holds what mail cannot carry: never will */
    MIME_NO_FILE, /* an attachment cannot be read now or has another size */
};

/*
 * Makes the mail of a letter, which must outlive it. Attachments are looked for in the scan store
 * under `directory`. On failure *ret_why (static text) says what was wrong. Any thread, one at a
 * time.
 */
enum mime_fault mime_open(const struct outbox_letter *letter, const char *directory,
                          struct mime **ret_mime, const char **ret_why);

/* Envelope addresses, in the form that goes into SMTP commands. Live as long as the mime. */
const char *mime_sender(const struct mime *mime);
const char *mime_recipient(const struct mime *mime);

/* Bytes of the whole mail, exactly. */
int64_t mime_size(const struct mime *mime);

/* The next bytes, at most `size`; 0 at the end; -1 when an attachment could not be read. */
ssize_t mime_read(struct mime *mime, char *to, size_t size);

/* NULL is allowed. */
void mime_close(struct mime *mime);

#endif
