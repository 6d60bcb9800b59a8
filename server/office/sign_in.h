/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Clients who sign in by e-mail: an address is asked for, a link goes to it, and whoever opens the
 * link in the browser that asked (or types the mail's code there) is signed in. Nobody learns here
 * whether an address is known. Database thread, inside a job.
 */
#ifndef SKRYTKA_OFFICE_SIGN_IN_H
#define SKRYTKA_OFFICE_SIGN_IN_H

#include "server/office/op.h"
#include "server/office/secret.h"

/* The path of the link is SIGN_IN_PATH followed by its token. */
#define SIGN_IN_PATH "/sign-in/"

enum {
    SIGN_IN_LIFE = 10 * 60,        /* seconds from asking to signing in */
    SESSION_LIFE = 30 * 24 * 3600, /* seconds without a visit */
};

/* The language of these clients, at least one; `asked_in` where they differ. */
enum lang clients_lang(const struct list *clients, enum lang asked_in);

/*
 * Somebody typed an address. When it belongs to a client, and neither it nor the peer asked too
 * often within the hour (5 and 20 times), a mail with link and code goes there; otherwise nothing
 * happens, and the answer is the same. The mail is in clients_lang(). *ret_browser is for the
 * browser that asked to keep: `browser`, what it kept from an earlier asking (may be NULL), while
 * one is open, so that the mails of both work. ERR_bad_request naming "email": no address at all.
 */
bool sign_in_begin(struct op *op, const char *email, enum lang asked_in, const char *peer,
                   const char *browser, char ret_browser[SECRET_TEXT]);

enum sign_in_outcome {
    SIGN_IN_DONE,
    SIGN_IN_OVER,          /* used, expired, never issued, or too many wrong codes */
    SIGN_IN_OTHER_BROWSER, /* the link is good, but was asked for in another browser */
    SIGN_IN_WRONG_CODE,
};

/* What sign_in_by_link() would come to; reads only. `browser` may be NULL, like below. */
bool sign_in_look(struct op *op, const char *token, const char *browser, enum sign_in_outcome *ret);

/*
 * Signs in, once. SIGN_IN_DONE: *ret_session is the new session's secret, for the browser's cookie.
 * False only when the database fails.
 */
bool sign_in_by_link(struct op *op, const char *token, const char *browser,
                     enum sign_in_outcome *ret, char ret_session[SECRET_TEXT]);
bool sign_in_by_code(struct op *op, const char *code, const char *browser,
                     enum sign_in_outcome *ret, char ret_session[SECRET_TEXT]);

/* Who is signed in. */
struct session {
    const char *email;
    struct list clients; /* of rec_client: id, code, name and language of those with this address */
    struct rec_client client; /* whose post is shown; id 0: still to be chosen among several */
    bool stale; /* not seen for a day: session_touch() when there is a chance to write */
};

/*
 * The session of a cookie (may be NULL). ERR_unauthenticated: none, too old, or the address no
 * longer belongs to a client.
 */
bool session_load(struct op *op, const char *secret, struct session *ret);

bool session_touch(struct op *op, const char *secret);

/* From now on this client's post is shown; ERR_not_found when the address is not one of its. */
bool session_choose(struct op *op, const char *secret, int64_t client_id);

/* Ends this session, or all of its address. Without a session nothing happens. */
bool session_end(struct op *op, const char *secret, bool everywhere);

#endif
