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
    if (begins(line, length, "EHLO") || begins(line, length, "HELO")) {
        talk->takes_utf8 = false; /* of a connection before, or of this one before TLS */
    } else if (begins(line, length, "MAIL ")) {
        talk->mail_said = true;
    } else if (begins(line, length, "RCPT ")) {
        talk->rcpt_said = true;
    } else if (begins(line, length, "QUIT")) {
        talk->quit_said = true;
    }
}

/* Bytes of an enhanced status code at the beginning ("5.1.1 "); 0: there is none. */
static size_t enhanced_code(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && (isdigit((unsigned char)text[digits]) || text[digits] == '.')) {
        digits++;
    }
    bool follows = digits < length && text[digits] == ' ';
    return follows && digits >= strlen("5.1.1") ? digits + 1 : 0;
}

/* Adds the text of a further line; the code stands in the reply, the enhanced one often as well. */
static void add_text(struct smtp_talk *talk, const char *text, size_t length)
{
    size_t used = strlen(talk->reply);
    size_t code = enhanced_code(text, length);
    if (code > 0 && used > 4 && strncmp(talk->reply + 4, text, code) == 0) {
        text += code;
        length -= code;
    }
    size_t room = SMTP_REPLY - 1 - used;
    length = length < room ? length : room;
    memcpy(talk->reply + used, text, length);
    talk->reply[used + length] = '\0';
}

static int reply_code(const char *line, size_t length)
{
    if (length < 3 || !isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) ||
        !isdigit((unsigned char)line[2])) {
        return 0;
    }
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

void smtp_talk_heard(struct smtp_talk *talk, const char *line, size_t length)
{
    if (talk->quit_said) {
        return; /* "221 bye" says nothing of the message */
    }
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n')) {
        length--;
    }
    int code = reply_code(line, length);
    if (code == 0) {
        return;
    }
    if (code == 250 && !talk->mail_said && length > 4 && begins(line + 4, length - 4, "SMTPUTF8")) {
        talk->takes_utf8 = true;
    }
    talk->mail_answered = talk->mail_said;
    talk->data_answered |= code == 354;
    if (!talk->more_comes || code != talk->code) {
        talk->reply[0] = '\0';
        add_text(talk, line, 3);
    }
    talk->code = code;
    talk->more_comes = length > 3 && line[3] == '-';
    if (length > 4) {
        add_text(talk, " ", 1);
        add_text(talk, line + 4, length - 4);
    }
}

bool smtp_talk_was_stale(const struct smtp_talk *talk)
{
    bool closing = talk->code == 421 && !talk->rcpt_said;
    return !talk->mail_answered || closing;
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80) {
        text++;
    }
    return *text == '\0';
}

bool smtp_talk_cannot_name(const struct smtp_talk *talk, const char *recipient)
{
    return talk->mail_said && !talk->takes_utf8 && !is_ascii(recipient);
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
