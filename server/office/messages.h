/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The messages that leave the office: one function for each kind, made of the templates
 * mail_*.{txt,html} and sms_*.txt. Those to a client are in the client's language, those to the
 * office in the office's. They read op->arena, op->settings and op->env and nothing of the
 * database, so they may be called anywhere in a use case. All results are in op->arena.
 */
#ifndef SKRYTKA_OFFICE_MESSAGES_H
#define SKRYTKA_OFFICE_MESSAGES_H

#include "server/office/op.h"

struct message {
    enum lang lang;      /* what it is written in */
    const char *subject; /* one line, UTF-8, unencoded; the text again for an SMS */
    const char *text;    /* UTF-8, lines end in LF */
    const char *html;    /* NULL for an SMS and for mail to the office */
};

/*
 * To the client: a letter came and was not scanned. With `link` (office_link_make()) it has the
 * price of client->default_scan_cost, the office's note and the button; NULL: none of them.
 */
void message_letter_registered(const struct op *op, const struct rec_mail_item *item,
                               const struct rec_client *client, const char *link,
                               struct message *ret);

/*
 * A scan on its way to the client: what the office says about it and what it costs. `link` leads
 * to the page to fetch the scan from when it is too large to go with the mail; else NULL.
 */
struct message_scan {
    const char *information; /* may be NULL */
    int64_t cost;            /* grosze */
    const char *link;
    bool asked; /* the client asked for it */
};

/* To the client: a letter came and was scanned at once. */
void message_letter_scanned(const struct op *op, const struct rec_mail_item *item,
                            const struct rec_client *client, const struct message_scan *scan,
                            struct message *ret);

/* To the client: the scan of a letter told of before. */
void message_scan_ready(const struct op *op, const struct rec_mail_item *item,
                        const struct rec_client *client, const struct message_scan *scan,
                        struct message *ret);

/* To the client: the request has come in. */
void message_request_received(const struct op *op, const struct rec_mail_item *item,
                              const struct rec_client *client, struct message *ret);

/*
 * To the client: the request was cancelled; `reason` may be NULL. With `link` there is a button to
 * ask again.
 */
void message_request_cancelled(const struct op *op, const struct rec_mail_item *item,
                               const struct rec_client *client, const char *reason,
                               const char *link, struct message *ret);

/* To an address that somebody wants to sign in with: the link, and the code for another device. */
void message_sign_in(const struct op *op, enum lang lang, const char *link, const char *code,
                     struct message *ret);

/* To a client: that there are pages, and how to sign in there. */
void message_invitation(const struct op *op, const struct rec_client *client, const char *link,
                        struct message *ret);

/*
 * To the office: a client asks for a scan by item->request, which may be NULL where it is not known
 * whether a program asked. No link in it. Text only. With `count` above 1 it is the
 * newest of so many that go in one mail, each with its text.
 */
void message_office_request(const struct op *op, const struct rec_mail_item *item,
                            const struct rec_client *client, int64_t count, struct message *ret);

/* The same as an SMS: ASCII, at most 160 characters, so always a single part. */
void message_office_sms(const struct op *op, const struct rec_mail_item *item,
                        const struct rec_client *client, int64_t count, struct message *ret);

#endif
