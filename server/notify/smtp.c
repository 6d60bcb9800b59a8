/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail to an SMTP server (RFC 5321), by libcurl on threads of its own: smtp:// with or without
 * STARTTLS, smtps:// with TLS from the start. One recipient a mail, so that every answer is about
 * one person.
 */
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/base/kill_point.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/crew.h"
#include "server/notify/mime.h"
#include "server/notify/smtp_answer.h"
#include "server/notify/transport.h"

/* Seconds for connection, greeting, TLS and sign-in together; for a whole mail. */
enum { GREETING_SECONDS = 30, MAIL_SECONDS = 3600 };

/* A connection is kept only while another mail may come soon. */
enum { IDLE_MS = 10000 };

/*
 * Who took a whole mail is about to say so. Broken off there it would come once more after the next
 * start, so the answer is waited for a little, well within systemd's patience.
 */
#define LAST_ANSWER_NS (5 * UINT64_C(1000000000))

struct smtp {
    const struct transport_place *place;
    struct crew *crew;
};

/* What a thread keeps: a handle with its connection, which serves one mail after the other. */
struct line {
    CURL *easy;
    curl_socket_t socket; /* opened last; CURL_SOCKET_BAD: it was closed */
    bool takes_utf8;      /* what the server of that connection offered */
    bool served;          /* a mail was taken by it: its connection may be there still */
};

struct smtp_try {
    struct crew_task task;
    struct sending *sending;
    const struct config *config;
    atomic_uint_least64_t cancelled_at; /* uv_hrtime(); 0: it was not */
    /* Of the thread. */
    struct line *line;
    struct mime *mime;
    struct smtp_talk talk;
    bool unread; /* an attachment could not be read */
    char why[CURL_ERROR_SIZE];
};

static void line_open(struct line *line)
{
    line->easy = curl_easy_init();
    ENSURE(line->easy);
    line->socket = CURL_SOCKET_BAD;
    line->served = false;
    line->takes_utf8 = false;
}

static void *line_make(void)
{
    struct line *line = memory_zeroed(sizeof *line);
    line_open(line);
    return line;
}

static void stop(const struct line *line, int how)
{
    if (line->socket != CURL_SOCKET_BAD) {
        shutdown(line->socket, how);
    }
}

/*
 * curl waits, blocking, for the answer to the QUIT with which it leaves a server. Nobody needs that
 * answer: with the socket shut for reading it has come at once.
 */
static void stop_reading(const struct line *line)
{
    stop(line, SHUT_RD);
}

static void line_close(struct line *line)
{
    stop_reading(line);
    curl_easy_cleanup(line->easy);
}

static void line_drop(void *state)
{
    struct line *line = state;
    line_close(line);
    free(line);
}

/*
 * A try that failed may have left the connection in the midst of something, and curl keeps it when
 * it was the answer to the mail that did not come in time: the next mail would be given that one.
 */
static void line_renew(struct line *line)
{
    line_close(line);
    line_open(line);
}

/* CURLOPT_OPENSOCKETFUNCTION, CURLOPT_CLOSESOCKETFUNCTION */
static curl_socket_t open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct line *line = owner;
    (void)purpose;
    line->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return line->socket;
}

static int close_socket(void *owner, curl_socket_t socket)
{
    struct line *line = owner;
    if (line->socket == socket) {
        line->socket = CURL_SOCKET_BAD;
    }
    return close(socket);
}

static bool is_broken_off(struct smtp_try *try)
{
    uint64_t at = atomic_load(&try->cancelled_at);
    return at != 0 && (!try->talk.data_answered || uv_hrtime() - at >= LAST_ANSWER_NS);
}

/* CURLOPT_XFERINFOFUNCTION: called at least once a second, also while curl waits for an answer. */
static int may_go_on(void *owner, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct smtp_try *try = owner;
    (void)a, (void)b, (void)c, (void)d;
    if (try->talk.data_answered) {
        KILL_POINT(smtp_body_said); /* its last dot perhaps as well */
    }
    return is_broken_off(try);
}

/* CURLOPT_READFUNCTION */
static size_t next_bytes(char *to, size_t size, size_t count, void *owner)
{
    struct smtp_try *try = owner;
    ssize_t got = mime_read(try->mime, to, size * count);
    KILL_POINT(smtp_body_read);
    if (got >= 0) {
        return (size_t)got;
    }
    try->unread = true;
    return CURL_READFUNC_ABORT;
}

static bool cannot_name(const struct smtp_try *try)
{
    return smtp_talk_cannot_name(&try->talk, mime_recipient(try->mime));
}

/* CURLOPT_DEBUGFUNCTION: the only place where curl shows both sides of the conversation. */
static int listen_in(CURL *easy, curl_infotype what, char *line, size_t length, void *owner)
{
    struct smtp_try *try = owner;
    (void)easy;
    if (what == CURLINFO_HEADER_IN) {
        smtp_talk_heard(&try->talk, line, length);
        if (try->talk.code == 354) {
            KILL_POINT(smtp_data_answered);
        }
    } else if (what == CURLINFO_HEADER_OUT) {
        smtp_talk_said(&try->talk, line, length);
        if (try->talk.mail_said) {
            KILL_POINT(smtp_command_said);
        }
        if (try->talk.quit_said) {
            stop_reading(try->line);
        } else if (cannot_name(try)) {
            stop(try->line, SHUT_RDWR); /* nothing else keeps curl from saying RCPT for certain */
        }
    }
    return 0;
}

static void describe(struct smtp_try *try, enum delivery outcome, CURLcode result)
{
    const struct smtp_talk *talk = &try->talk;
    const char *why = *try->why ? try->why : curl_easy_strerror(result);
    if (result == CURLE_OK || talk->code >= 400) {
        sending_ended(try->sending, outcome, "%s", talk->reply);
    } else if (try->unread) {
        sending_ended(try->sending, outcome, "an attachment could not be read");
    } else if (talk->data_answered) {
        sending_ended(try->sending, outcome, "perhaps delivered, the answer never came: %s", why);
    } else {
        sending_ended(try->sending, outcome, "%s", why);
    }
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
    if (*config->mail_ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, config->mail_ca_file);
    }
    if (config->mail_password_file.value) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, config->mail_user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, config->mail_password_file.value);
    }
}

static void set_limits(struct smtp_try *try)
{
    CURL *easy = try->line->easy;
    long answer_seconds = (long)try->config->mail_answer_seconds;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)GREETING_SECONDS);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, answer_seconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, answer_seconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)MAIL_SECONDS);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, may_go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, try);
}

static void set_options(struct smtp_try *try, const struct curl_slist *recipient)
{
    CURL *easy = try->line->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_URL, try->config->mail_url);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, try->why);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, try->line);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, try->line);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, try);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mime_sender(try->mime));
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipient);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, next_bytes);
    curl_easy_setopt(easy, CURLOPT_READDATA, try);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mime_size(try->mime));
}

/* One conversation; *ret_stale: it is worth another one, over a new connection. */
static CURLcode converse(struct smtp_try *try, const struct curl_slist *recipient, bool *ret_stale)
{
    CURL *easy = try->line->easy;
    try->talk = (struct smtp_talk){ .takes_utf8 = try->line->takes_utf8 };
    curl_easy_reset(easy); /* options of the mail before; its connection stays */
    set_options(try, recipient);
    set_limits(try);
    set_security(easy, try->config);
    CURLcode result = curl_easy_perform(easy);
    KILL_POINT(smtp_ended);
    long connections = 0;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
    bool reused = try->line->served && connections == 0;
    *ret_stale = reused && smtp_talk_was_stale(&try->talk) && !cannot_name(try) &&
                 result != CURLE_OK && result != CURLE_ABORTED_BY_CALLBACK;
    if (result == CURLE_OK) {
        try->line->served = true;
        try->line->takes_utf8 = try->talk.takes_utf8;
    } else {
        line_renew(try->line);
    }
    return result;
}

static void deliver(struct smtp_try *try)
{
    struct curl_slist *recipient = curl_slist_append(NULL, mime_recipient(try->mime));
    bool stale;
    CURLcode result = converse(try, recipient, &stale);
    if (stale) {
        *try->why = '\0';
        result = converse(try, recipient, &stale);
    }
    bool ok = result == CURLE_OK;
    if (cannot_name(try)) {
        sending_ended(try->sending, DELIVERY_REFUSED,
                      "the server takes no such address: it does not offer SMTPUTF8");
    } else {
        describe(try, smtp_outcome(&try->talk, ok), result);
    }
    try->sending->broken_off = result == CURLE_ABORTED_BY_CALLBACK && is_broken_off(try);
    curl_slist_free_all(recipient);
}

static void run(struct crew_task *task, void *state)
{
    struct smtp_try *try = (struct smtp_try *)task;
    struct sending *sending = try->sending;
    const char *why;
    enum mime_fault fault =
        mime_open(sending->letter, try->config->storage_directory, &try->mime, &why);
    if (fault != MIME_OPENED) {
        sending_ended(sending, fault == MIME_UNSAFE ? DELIVERY_REFUSED : DELIVERY_LATER, "%s", why);
        return;
    }
    try->line = state;
    deliver(try);
    mime_close(try->mime);
}

static void done(struct crew_task *task)
{
    struct sending *sending = ((struct smtp_try *)task)->sending;
    free(task);
    sending->done(sending);
}

static void *smtp_open(const struct transport_place *place)
{
    struct smtp *smtp = memory_zeroed(sizeof *smtp);
    struct crew_state state = { line_make, line_drop, IDLE_MS };
    smtp->place = place;
    smtp->crew = crew_new(place->loop, (size_t)place->config->mail_parallel, state);
    return smtp;
}

static void smtp_send(void *transport, struct sending *sending)
{
    struct smtp *smtp = transport;
    struct smtp_try *try = memory_zeroed(sizeof *try);
    try->task.run = run;
    try->task.done = done;
    try->sending = sending;
    try->config = smtp->place->config;
    sending->carrier = try;
    crew_add(smtp->crew, &try->task);
}

static void smtp_cancel(void *transport, struct sending *sending)
{
    struct smtp_try *try = sending->carrier;
    (void)transport;
    atomic_store(&try->cancelled_at, uv_hrtime());
}

static void smtp_close(void *transport, void (*closed)(void *owner), void *owner)
{
    struct smtp *smtp = transport;
    crew_close(smtp->crew, closed, owner);
    free(smtp);
}

const struct transport_ops transport_smtp = {
    .name = "smtp",
    .channel = medium_mail,
    .open = smtp_open,
    .send = smtp_send,
    .cancel = smtp_cancel,
    .close = smtp_close,
};

const struct transport_ops transport_smtps = {
    .name = "smtps",
    .channel = medium_mail,
    .open = smtp_open,
    .send = smtp_send,
    .cancel = smtp_cancel,
    .close = smtp_close,
};
