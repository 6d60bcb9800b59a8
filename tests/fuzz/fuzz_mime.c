/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mails from any texts: either the letter is refused, or the mail has just the headers that the
 * writer means, only lines that every server takes as they are, and the text comes back from it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "server/notify/mime.h"
#include "server/notify/mime_header.h"
#include "server/office/outbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char *const headers[] = { "From: ",
                                       "To: ",
                                       "Subject: ",
                                       "Date: ",
                                       "Message-ID: ",
                                       "In-Reply-To: ",
                                       "References: ",
                                       "Content-Language: ",
                                       "Auto-Submitted: ",
                                       "X-Auto-Response-Suppress: ",
                                       "MIME-Version: ",
                                       "Content-Type: ",
                                       "Content-Transfer-Encoding: " };

/*
 * Lines of the wire: CR LF only, short enough, none that begins with a dot. ASCII only, but for a
 * recipient's address, which may be one of RFC 6531.
 */
static void check_lines(const char *text)
{
    while (*text) {
        bool recipient = strncmp(text, "To: ", 4) == 0;
        size_t length = strcspn(text, "\r\n");
        ENSURE(length <= 998 && *text != '.');
        ENSURE(text[length] == '\r' && text[length + 1] == '\n');
        for (size_t i = 0; i < length; i++)
            ENSURE((text[i] >= ' ' && text[i] <= '~') || text[i] == '\t' ||
                   (recipient && (text[i] & 0x80)));
        text += length + 2;
    }
}

/* Our headers in our order, nothing between them; the answer is where the body begins. */
static const char *check_headers(const char *mail)
{
    size_t next = 0;
    while (strncmp(mail, "\r\n", 2) != 0) {
        if (*mail != ' ') {
            while (next < sizeof headers / sizeof *headers &&
                   strncmp(mail, headers[next], strlen(headers[next])) != 0)
                next++;
            ENSURE(next < sizeof headers / sizeof *headers);
            next++;
        }
        mail = strstr(mail, "\r\n") + 2;
    }
    return mail + 2;
}

/* Quoted-printable back to text, its line ends to LF. */
static char *decoded(struct arena *arena, const char *body)
{
    struct buf out = BUF_INIT;
    for (; *body; body++) {
        if (strncmp(body, "=\r\n", 3) == 0) {
            body += 2;
        } else if (*body == '=') {
            char hex[3] = { body[1], body[2], '\0' };
            buf_char(&out, (char)strtoul(hex, NULL, 16));
            body += 2;
        } else if (*body != '\r') {
            buf_char(&out, *body);
        }
    }
    return buf_take(&out, arena);
}

/* The text as it must come back: line ends as LF, the last line with one. */
static char *expected(struct arena *arena, const char *text)
{
    struct buf out = BUF_INIT;
    for (; *text; text++)
        if (text[0] != '\r' || text[1] != '\n')
            buf_char(&out, *text);
    if (out.length > 0 && out.data[out.length - 1] != '\n')
        buf_char(&out, '\n');
    return buf_take(&out, arena);
}

static void check_mail(struct arena *arena, const struct outbox_letter *letter)
{
    struct mime *mime;
    const char *why;
    if (mime_open(letter, "/nowhere", &mime, &why) != MIME_OPENED)
        return;
    char *mail = arena_alloc(arena, (size_t)mime_size(mime) + 1);
    ENSURE(mime_read(mime, mail, (size_t)mime_size(mime) + 1) == mime_size(mime));
    check_lines(mail);
    const char *body = check_headers(mail);
    if (!letter->html)
        ENSURE(strcmp(decoded(arena, body), expected(arena, letter->text)) == 0);
    ENSURE(!strpbrk(mime_recipient(mime), "\r\n<> "));
    mime_close(mime);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *texts[8] = { "" };
    struct arena *arena = arena_new();
    char *all = arena_text_n(arena, (const char *)bytes, length);
    for (size_t i = 0, at = 0; i < 8; i++) {
        texts[i] = all + at;
        at += strlen(all + at);
        at += at < length;
    }
    struct outbox_letter letter = { .channel = medium_mail,
                                    .recipient = texts[0],
                                    .sender = "poczta@office.example",
                                    .sender_name = texts[1],
                                    .subject = texts[2],
                                    .text = texts[3],
                                    .html = *texts[4] ? texts[4] : NULL,
                                    .message_id = "<1@office.example>",
                                    .references = *texts[5] ? texts[5] : NULL };
    check_mail(arena, &letter);
    letter.recipient = "biuro@alfa.example";
    check_mail(arena, &letter);

    struct buf head = BUF_INIT;
    if (mime_header_attachment(&head, arena, texts[6], texts[7])) {
        check_lines(buf_str(&head));
        ENSURE(strstr(buf_str(&head), "\r\nContent-Disposition: attachment;\r\n"));
    }
    buf_release(&head);
    arena_free(arena);
    return 0;
}
