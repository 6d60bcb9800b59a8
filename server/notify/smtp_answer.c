/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/smtp_answer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *line, size_t length, const char *word)
{
    return length >= strlen(word) && strncasecmp(line, word, strlen(word)) == 0;
}

void smtp_talk_said(struct smtp_talk *talk, const char *line, size_t length)
{
    if (begins(line, length, "MAIL ")) {
        talk->mail_said = true;
    } else if (begins(line, length, "RCPT ")) {
        talk->rcpt_said = true;
    } else if (begins(line, length, "QUIT")) {
        talk->quit_said = true;
    }
}

void smtp_talk_heard(struct smtp_talk *talk, const char *line, size_t length)
{
    if (talk->quit_said) {
        return; /* "221 bye" says nothing of the message */
    }
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n')) {
        length--;
    }
    if (length < 3 || !isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) ||
        !isdigit((unsigned char)line[2])) {
        return;
    }
    talk->mail_answered = talk->mail_said;
    talk->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (talk->code == 354) {
        talk->data_answered = true;
    }
    if (length >= SMTP_REPLY) {
        length = SMTP_REPLY - 1;
    }
    memcpy(talk->reply, line, length);
    talk->reply[length] = '\0';
}

bool smtp_talk_was_stale(const struct smtp_talk *talk)
{
    bool closing = talk->code == 421 && !talk->rcpt_said;
    return !talk->mail_answered || closing;
}

enum delivery smtp_outcome(const struct smtp_talk *talk, bool ok)
{
    if (ok) {
        return DELIVERY_DONE;
    }
    if (!talk->mail_said) {
        return DELIVERY_UNREACHABLE; /* no connection, no greeting, no TLS, no sign-in */
    }
    if (talk->mail_answered && talk->code == 530) {
        /* Wants a sign-in or TLS (RFC 4954 6): from everybody, or for this recipient only. */
        return talk->rcpt_said ? DELIVERY_LATER : DELIVERY_UNREACHABLE;
    }
    if (talk->mail_answered && talk->code >= 500 && talk->code <= 599) {
        return DELIVERY_REFUSED;
    }
    return DELIVERY_LATER;
}
