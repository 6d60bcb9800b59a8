/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail to an SMTP server (RFC 5321), by libcurl: smtp:// with or without STARTTLS, smtps:// with
 * TLS from the start. One recipient a mail, so that every answer is about one person.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/curl_loop.h"
#include "server/notify/mime.h"
#include "server/notify/smtp_answer.h"
#include "server/notify/transport.h"

/* Seconds for connection, greeting, TLS and sign-in together; for a whole mail. */
enum { GREETING_SECONDS = 30, MAIL_SECONDS = 3600 };

struct smtp {
    const struct transport_place *place;
};

struct smtp_try {
    struct curl_transfer transfer;
    struct sending *sending;
    struct mime *mime;
    struct curl_slist *recipient;
    struct smtp_talk talk;
    bool unread; /* an attachment could not be read */
};

static void *smtp_open(const struct transport_place *place)
{
    struct smtp *smtp = memory_zeroed(sizeof *smtp);
    smtp->place = place;
    return smtp;
}

static void try_free(struct smtp_try *try)
{
    curl_loop_release(&try->transfer);
    curl_slist_free_all(try->recipient);
    mime_close(try->mime);
    free(try);
}

/* CURLOPT_READFUNCTION */
static size_t next_bytes(char *to, size_t size, size_t count, void *owner)
{
    struct smtp_try *try = owner;
    ssize_t got = mime_read(try->mime, to, size * count);
    if (got >= 0)
        return (size_t)got;
    try->unread = true;
    return CURL_READFUNC_ABORT;
}

/* CURLOPT_DEBUGFUNCTION: the only place where curl shows both sides of the conversation. */
static int listen_in(CURL *easy, curl_infotype what, char *line, size_t length, void *owner)
{
    struct smtp_try *try = owner;
    (void)easy;
    if (what == CURLINFO_HEADER_IN) {
        smtp_talk_heard(&try->talk, line, length);
    } else if (what == CURLINFO_HEADER_OUT) {
        smtp_talk_said(&try->talk, line, length);
        if (try->talk.quit_said)
            curl_loop_stop_reading(&try->transfer);
    }
    return 0;
}

static void describe(struct smtp_try *try, enum delivery outcome, CURLcode result)
{
    const struct smtp_talk *talk = &try->talk;
    const char *why = *try->transfer.why ? try->transfer.why : curl_easy_strerror(result);
    if (result == CURLE_OK || talk->code >= 400)
        sending_ended(try->sending, outcome, "%s", talk->reply);
    else if (try->unread)
        sending_ended(try->sending, outcome, "an attachment could not be read");
    else if (talk->data_answered)
        sending_ended(try->sending, outcome, "perhaps delivered, the answer never came: %s", why);
    else
        sending_ended(try->sending, outcome, "%s", why);
}

static void try_done(struct curl_transfer *transfer, CURLcode result)
{
    struct smtp_try *try = (struct smtp_try *)transfer;
    struct sending *sending = try->sending;
    long connections = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connections);
    describe(try, smtp_outcome(&try->talk, result == CURLE_OK, connections == 0), result);
    try_free(try);
    sending->done(sending);
}

static void set_security(CURL *easy, const struct config *config)
{
    static const long levels[] = {
        [STARTTLS_required] = CURLUSESSL_ALL,
        [STARTTLS_optional] = CURLUSESSL_TRY,
        [STARTTLS_off] = CURLUSESSL_NONE,
    };
    /*
     * Where plain text would do as well, a certificate nobody vouches for still keeps out those
     * who only listen (RFC 7435). Everywhere else it is checked, curl's default.
     */
    bool smtps = strncasecmp(config->mail_url, "smtps:", strlen("smtps:")) == 0;
    if (!smtps && config->mail_starttls == STARTTLS_optional) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    curl_easy_setopt(easy, CURLOPT_USE_SSL, levels[config->mail_starttls]);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (*config->mail_ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->mail_ca_file);
    if (config->mail_password_file.value) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, config->mail_user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, config->mail_password_file.value);
    }
}

static void set_options(struct smtp_try *try, const struct config *config)
{
    CURL *easy = try->transfer.easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_URL, config->mail_url);
    set_security(easy, config);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)GREETING_SECONDS);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)config->mail_answer_seconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)config->mail_answer_seconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)MAIL_SECONDS);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, try);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mime_sender(try->mime));
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, try->recipient);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, next_bytes);
    curl_easy_setopt(easy, CURLOPT_READDATA, try);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mime_size(try->mime));
}

static void smtp_send(void *transport, struct sending *sending)
{
    struct smtp *smtp = transport;
    struct mime *mime;
    const char *why;
    enum mime_fault fault =
        mime_open(sending->letter, smtp->place->config->storage_directory, &mime, &why);
    if (fault != MIME_OPENED) {
        sending_ended(sending, fault == MIME_UNSAFE ? DELIVERY_REFUSED : DELIVERY_LATER, "%s", why);
        sending->done(sending);
        return;
    }
    struct smtp_try *try = memory_zeroed(sizeof *try);
    try->sending = sending;
    try->mime = mime;
    try->recipient = curl_slist_append(NULL, mime_recipient(mime));
    try->transfer.done = try_done;
    sending->carrier = try;
    curl_loop_prepare(smtp->place->curl, &try->transfer);
    set_options(try, smtp->place->config);
    curl_loop_start(&try->transfer);
}

static bool smtp_cancel(void *transport, struct sending *sending)
{
    (void)transport;
    try_free(sending->carrier);
    return true;
}

const struct transport_ops transport_smtp = {
    .name = "smtp",
    .channel = medium_mail,
    .open = smtp_open,
    .send = smtp_send,
    .cancel = smtp_cancel,
    .close = free,
};

const struct transport_ops transport_smtps = {
    .name = "smtps",
    .channel = medium_mail,
    .open = smtp_open,
    .send = smtp_send,
    .cancel = smtp_cancel,
    .close = free,
};
