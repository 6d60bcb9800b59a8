/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What an SMTP conversation came to: pure. libcurl's own result does not tell a temporary refusal
 * from a permanent one (451 and 550 give the same), so the server's replies decide (RFC
 * 5321 4.2.1).
 */
#ifndef SKRYTKA_NOTIFY_SMTP_ANSWER_H
#define SKRYTKA_NOTIFY_SMTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/office/outbox.h"

/* More than is shown, so that no secret in it is cut before it is hidden. */
enum { SMTP_REPLY = 1000 };

/* What was heard and said, gathered while it goes on. */
struct smtp_talk {
    bool takes_utf8;    /* EHLO named SMTPUTF8; holds for the connection, mail after mail */
    bool mail_said;     /* MAIL FROM went out: the message's own conversation began */
    bool mail_answered; /* and something came back */
    bool rcpt_said;     /* what comes is about the recipient, or about the mail */
    bool quit_said;
    bool data_answered;     /* 354: the server asked for the mail */
    bool more_comes;        /* the line heard last was not its reply's last one */
    int code;               /* of the last reply but one to QUIT; 0: none */
    char reply[SMTP_REPLY]; /* its lines, as one: "550 5.1.1 no such user, see https://..." */
};

/* A command that curl sends, and a line of a reply; without their CR LF or with it. */
void smtp_talk_said(struct smtp_talk *talk, const char *line, size_t length);
void smtp_talk_heard(struct smtp_talk *talk, const char *line, size_t length);

/*
 * On a connection that had served another mail: did the server not want it any more? It may close
 * it at any time, or say 421 to MAIL after as many mails as it likes. That is neither this mail's
 * fault nor a sign that the server is away; on a new connection the mail may well go.
 */
bool smtp_talk_was_stale(const struct smtp_talk *talk);

/*
 * Once MAIL is said, so after whatever EHLO and TLS had to come: is this an address that the server
 * must not be given (RFC 6531 3.2)? libcurl would name it all the same.
 */
bool smtp_talk_cannot_name(const struct smtp_talk *talk, const char *recipient);

/* How the try ended. `ok`: curl says that the mail was taken. */
enum delivery smtp_outcome(const struct smtp_talk *talk, bool ok);

#endif
