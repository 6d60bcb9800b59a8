/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Header lines of a mail: pure functions from text to bytes that any mail program reads back. What
 * a header cannot carry safely (a control character, text that is not UTF-8) is refused here even
 * though every door refuses it already. Lines end with CR LF and hold at most 76 columns where the
 * text can be folded.
 */
#ifndef SKRYTKA_NOTIFY_MIME_HEADER_H
#define SKRYTKA_NOTIFY_MIME_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct buf;

/*
 * Each appends one whole header line and answers true, or answers false and leaves `out` as it was.
 */

/* Free text (RFC 5322 3.6.5); as encoded words of UTF-8 (RFC 2047) unless it is short ASCII. */
bool mime_header_text(struct buf *out, const char *name, const char *text);

/* One address with an optional display name (NULL or ""). `address` came from mail_address(). */
bool mime_header_address(struct buf *out, const char *name, const char *display,
                         const char *address);

/* A message identifier in angle brackets (RFC 5322 3.6.4). */
bool mime_header_id(struct buf *out, const char *name, const char *id);

/* "Date: " of an instant, in UTC (RFC 5322 3.3). */
void mime_header_date(struct buf *out, int64_t at);

/*
 * "Content-Type" and "Content-Disposition: attachment" of a file. A name that needs it stands in
 * full as filename* (RFC 2231), for old programs as ASCII look-alike in the type's name.
 */
bool mime_header_attachment(struct buf *out, struct arena *arena, const char *type,
                            const char *file_name);

#endif
