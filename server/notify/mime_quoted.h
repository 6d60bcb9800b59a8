/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Text as quoted-printable (RFC 2045 6.7): pure. */
#ifndef SKRYTKA_NOTIFY_MIME_QUOTED_H
#define SKRYTKA_NOTIFY_MIME_QUOTED_H

struct buf;

/*
 * Appends `text` in lines of at most 76 columns that end with CR LF, the last too. LF and CR LF in
 * the text are line ends; any other control character is encoded, and so are a dot and "From " at
 * the beginning of a line, which mail servers and mailbox files give a meaning of their own.
 */
void mime_quoted(struct buf *out, const char *text);

#endif
