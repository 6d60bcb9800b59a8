/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signing in by e-mail. The link that goes out does nothing by itself: programs open links in
 * e-mails too, so its page has a button, and that works only in the browser that asked.
 */

#include "protocol/base/arena.h"
#include "server/web/peer.h"
#include "server/web/signed_in.h"

/* Kept by the browser from asking for a link to signing in with it. */
#define BROWSER_COOKIE "skrytka-sign-in"
#define ASK_SUBJECT    "ask to sign in"

struct sign_in {
    const char *email;
    const char *peer;
    const char *token;
    const char *code;
    enum sign_in_outcome outcome;
    char browser[SECRET_TEXT];
    char session[SECRET_TEXT];
};

static const char *browser_cookie(struct page *page)
{
    return page_cookie(page, BROWSER_COOKIE);
}

static struct sign_in *new_sign_in(struct page *page)
{
    struct sign_in *in = arena_one(page->arena, struct sign_in);
    page->state = in;
    return in;
}

static void show_home(struct page *page, unsigned status, const char *error)
{
    const struct sign_in *in = page->state;
    struct template_data *data = page_data(page);
    template_set(data, "nonce", page_nonce(page, ASK_SUBJECT));
    template_set(data, "email", in->email);
    template_set(data, "error", error);
    page_show(page, status, "page_home.html", data);
}

static bool find_session(struct page *page, struct op *op)
{
    return session_load(op, signed_in_cookie(page), &page->session);
}

static void home(struct page *page, bool ok)
{
    if (ok) {
        page_see_other(page, "/mail");
    } else if (page->job.op.err.code == ERR_unauthenticated) {
        show_home(page, 200, NULL);
    } else {
        page_failed(page);
    }
}

void page_home(struct page *page)
{
    new_sign_in(page);
    page_read(page, find_session, home);
}

static bool begin(struct page *page, struct op *op)
{
    struct sign_in *in = page->state;
    return sign_in_begin(op, in->email, page->lang, in->peer, browser_cookie(page), in->browser);
}

static void begun(struct page *page, bool ok)
{
    const struct sign_in *in = page->state;
    if (ok) {
        page_set_cookie(page, BROWSER_COOKIE, in->browser, SIGN_IN_LIFE);
        page_see_other(page, "/sign-in");
    } else if (page->job.op.err.code == ERR_bad_request) {
        show_home(page, 422, tr(page->lang, N_("This is not an e-mail address.")));
    } else {
        page_failed(page);
    }
}

/* What is said when a form is refused for its age, or for where it was sent from. */
static const char *too_long(struct page *page)
{
    return tr(page->lang, N_("The page had been open for long. Please try again."));
}

static void home_again(struct page *page, bool ok)
{
    (void)ok; /* only the office's name was asked for */
    show_home(page, 403, too_long(page));
}

void page_home_ask(struct page *page)
{
    struct sign_in *in = new_sign_in(page);
    const char *email = page_field(page, "email");
    in->email = email ? email : "";
    const char *forwarded = http_header_lines(page->request, "X-Forwarded-For");
    in->peer = peer_network(
        peer_address(http_peer(page->request), forwarded, page->site->trusted_proxies, page->arena),
        page->arena);
    if (page_is_ours(page, ASK_SUBJECT)) {
        page_write(page, begin, begun);
    } else {
        page_read(page, NULL, home_again);
    }
}

/* What a nonce of the two forms below is for: this browser's asking. */
static const char *subject_of(struct page *page)
{
    const char *browser = browser_cookie(page);
    return arena_format(page->arena, "sign in %s", browser ? browser : "");
}

static void show_wait(struct page *page, unsigned status, const char *error)
{
    struct template_data *data = page_data(page);
    template_set(data, "nonce", page_nonce(page, subject_of(page)));
    template_set(data, "error", error);
    page_show(page, status, "page_sign_in_wait.html", data);
}

static void wait(struct page *page, bool ok)
{
    if (ok) {
        show_wait(page, 200, NULL);
    } else {
        page_failed(page);
    }
}

static void wait_again(struct page *page, bool ok)
{
    (void)ok; /* only the office's name was asked for */
    show_wait(page, 403, too_long(page));
}

void page_sign_in_wait(struct page *page)
{
    if (browser_cookie(page)) {
        page_read(page, NULL, wait);
    } else {
        page_see_other(page, "/");
    }
}

/* The page behind the link: what it comes to in this browser. */
static void show_link(struct page *page)
{
    const struct sign_in *in = page->state;
    struct template_data *data = page_data(page);
    bool ready = in->outcome == SIGN_IN_DONE;
    template_set_flag(data, "ready", ready);
    template_set_flag(data, "other_browser", in->outcome == SIGN_IN_OTHER_BROWSER);
    template_set_flag(data, "over", in->outcome == SIGN_IN_OVER);
    template_set(data, "action", arena_format(page->arena, SIGN_IN_PATH "%s", in->token));
    template_set(data, "nonce", page_nonce(page, subject_of(page)));
    page_show(page, in->outcome == SIGN_IN_OVER ? 404 : 200, "page_sign_in.html", data);
}

/* Signed in, or the page that says why not. */
static void finished(struct page *page, bool ok)
{
    const struct sign_in *in = page->state;
    if (!ok) {
        page_failed(page);
    } else if (in->outcome == SIGN_IN_DONE) {
        signed_in_set_cookie(page, in->session);
        page_set_cookie(page, BROWSER_COOKIE, "", 0);
        signed_in_go_on(page);
    } else if (in->outcome == SIGN_IN_WRONG_CODE) {
        show_wait(page, 422, tr(page->lang, N_("This is not the code of the message.")));
    } else {
        show_link(page);
    }
}

static bool use_code(struct page *page, struct op *op)
{
    struct sign_in *in = page->state;
    return sign_in_by_code(op, in->code, browser_cookie(page), &in->outcome, in->session);
}

void page_sign_in_code(struct page *page)
{
    struct sign_in *in = new_sign_in(page);
    const char *code = page_field(page, "code");
    in->code = code ? code : "";
    in->token = "";
    if (!browser_cookie(page)) {
        in->outcome = SIGN_IN_OVER; /* the browser forgets after SIGN_IN_LIFE */
        page_read(page, NULL, finished);
    } else if (page_is_ours(page, subject_of(page))) {
        page_write(page, use_code, finished);
    } else {
        page_read(page, NULL, wait_again);
    }
}

static bool look_at_link(struct page *page, struct op *op)
{
    struct sign_in *in = page->state;
    return sign_in_look(op, in->token, browser_cookie(page), &in->outcome);
}

static void looked(struct page *page, bool ok)
{
    if (ok) {
        show_link(page);
    } else {
        page_failed(page);
    }
}

void page_sign_in(struct page *page)
{
    new_sign_in(page)->token = page->rest;
    page_read(page, look_at_link, looked);
}

static bool use_link(struct page *page, struct op *op)
{
    struct sign_in *in = page->state;
    return sign_in_by_link(op, in->token, browser_cookie(page), &in->outcome, in->session);
}

void page_sign_in_confirm(struct page *page)
{
    new_sign_in(page)->token = page->rest;
    if (page_is_ours(page, subject_of(page))) {
        page_write(page, use_link, finished);
    } else {
        page_read(page, look_at_link, looked);
    }
}

static bool end_session(struct page *page, struct op *op)
{
    return session_end(op, signed_in_cookie(page), page_field(page, "everywhere") != NULL);
}

static void ended(struct page *page, bool ok)
{
    if (!ok) {
        page_failed(page);
        return;
    }
    signed_in_set_cookie(page, NULL);
    page_see_other(page, "/");
}

void page_sign_out(struct page *page)
{
    if (page_is_ours(page, signed_in_subject(page))) {
        page_write(page, end_session, ended);
    } else {
        page_see_other(page, "/mail");
    }
}
