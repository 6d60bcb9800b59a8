/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What every page needs: to ask the office, to answer with a template, to tell a person what went
 * wrong. A page is a function that gets a struct page and sees to it that it is answered exactly
 * once, now or when the office has answered. Loop thread, but for a page_work.
 */
#ifndef SKRYTKA_WEB_PAGE_H
#define SKRYTKA_WEB_PAGE_H

#include "protocol/base/i18n.h"
#include "server/office/jobs.h"
#include "server/office/sign_in.h"
#include "server/office/template.h"
#include "server/web/http.h"

struct embedded_file;

/* What all pages share. */
struct site {
    struct office *office;
    struct http *http;
    const char *root;                   /* path of base_url: "" or "/poczta" */
    const char *origin;                 /* scheme and host of base_url, as browsers send it */
    const struct embedded_file *style;  /* the style sheet */
    const char *style_url;              /* changes with its content */
    const char *const *trusted_proxies; /* see peer.h */
    bool https;
};

struct page;

enum { PAGE_FIELDS = 4 };

/*
 * Asks the office. On a database thread, perhaps more than once: begins anew each time. Puts what
 * it finds into page->state. False: op->err says why.
 */
typedef bool page_work(struct page *page, struct op *op);

/* Goes on, on the loop. Not `ok`: page->job.op.err says why, and page_failed() tells the person. */
typedef void page_then(struct page *page, bool ok);

struct page {
    struct http_request *request;
    struct arena *arena; /* the request's */
    const struct site *site;
    const char *rest;        /* what stood for the star of the route; "" */
    enum lang lang;          /* the browser's choice until the page knows whose it is */
    const char *office_name; /* once the office was asked; before "" */
    void *state;             /* the page's own */
    struct session session;  /* once signed_in.h found one */
    void *visit;             /* signed_in.h's own */
    struct http_field fields[PAGE_FIELDS + 1]; /* of the answer, beside the usual ones */
    size_t field_count;
    struct office_job job;
    page_work *work;
    page_then *then;
};

/* Runs `work` in a reading or a writing transaction, as `actor`, then `then`. */
void page_read(struct page *page, page_work *work, page_then *then);
void page_write(struct page *page, page_work *work, page_then *then);

/* Adds a header to the answer to come; at most PAGE_FIELDS. */
void page_add_field(struct page *page, const char *name, const char *value);

/* What the browser keeps for us, or NULL. */
const char *page_cookie(struct page *page, const char *name);

/* Sets a cookie that no script sees and no other site sends; with `seconds` 0 it is forgotten. */
void page_set_cookie(struct page *page, const char *name, const char *value, int seconds);

/* The names that every template of a page may use. */
struct template_data *page_data(struct page *page);

/* Answers with a template in page->lang. */
void page_show(struct page *page, unsigned status, const char *file,
               const struct template_data *data);

/* Answers with plain text, for programs. */
void page_text(struct page *page, unsigned status, const char *text);

/*
 * Answers with a file to be saved, never shown in the page. Takes over the descriptor. `name` is
 * what it is saved as, any text (RFC 6266); `type` a media type of ours.
 */
void page_file(struct page *page, int file, int64_t size, const char *type, const char *name);

/* Answers "303 See Other": `path` begins with a slash and is below the site's root. */
void page_see_other(struct page *page, const char *path);

/* Answers with a friendly page for an HTTP status: 403, 404, 405, 503 ... */
void page_error(struct page *page, unsigned status);

/* The same for what page->job.op.err says. */
void page_failed(struct page *page);

/* The number in the path or a field; 0 when it is none. */
int64_t page_number(const char *text);

/* The value of a field of the form that was sent, or NULL. */
const char *page_field(struct page *page, const char *name);

/* Why the last press of a button did nothing, by "?refused=" of the address it led to; or NULL. */
const char *page_refusal(struct page *page);

/* A nonce for a form about `subject`. */
const char *page_nonce(struct page *page, const char *subject);

/*
 * Was this POST sent by a person from our own page? The nonce must be ours, and what the browser
 * says about where the form stood must not contradict: Sec-Fetch-Site (W3C Fetch Metadata) is
 * same-origin or none, Origin (RFC 6454) ours. A page under Referrer-Policy no-referrer sends
 * "Origin: null".
 */
bool page_is_ours(struct page *page, const char *subject);

/* All pages of routes.def.h. */
#define R(method, pattern, name) void name(struct page *page);
#include "server/web/routes.def.h"
#undef R

#endif
