/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "server/office/words.h"
#include "server/web/form.h"
#include "server/web/nonce.h"

static bool run_work(struct office_job *job)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    return !page->work || page->work(page, &job->op);
}

static void work_done(struct office_job *job, bool ok)
{
    struct page *page = (struct page *)(void *)((char *)job - offsetof(struct page, job));
    if (job->op.settings.office_name) {
        page->office_name = job->op.settings.office_name;
    }
    page->then(page, ok);
}

static void prepare(struct page *page, page_work *work, page_then *then)
{
    page->work = work;
    page->then = then;
    page->job = (struct office_job){ .run = run_work, .done = work_done };
    page->job.op.arena = page->arena;
    page->job.op.actor = actor_system();
}

void page_read(struct page *page, page_work *work, page_then *then)
{
    prepare(page, work, then);
    office_start_read(page->site->office, &page->job);
}

void page_write(struct page *page, page_work *work, page_then *then)
{
    prepare(page, work, then);
    office_start_write(page->site->office, &page->job);
}

struct template_data *page_data(struct page *page)
{
    struct template_data *data = template_data_new(page->arena, NULL);
    template_set(data, "lang", i18n_code(page->lang));
    template_set(data, "office", page->office_name);
    template_set(data, "root", page->site->root);
    template_set(data, "style", page->site->style_url);
    template_set_flag(data, "wide", page->session.client.id != 0);
    return data;
}

/*
 * The headers of every page, beside those of every answer (web.c). Nothing is loaded from elsewhere
 * and no script runs, no other site may frame a page, nothing private is kept.
 */
static const struct http_field private_fields[] = {
    { "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; "
                                 "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
    { "Cache-Control", "no-store" },
    { "X-Robots-Tag", "noindex, nofollow" },
};
enum { PRIVATE = sizeof(private_fields) / sizeof(private_fields[0]) };

void page_add_field(struct page *page, const char *name, const char *value)
{
    ENSURE(page->field_count < PAGE_FIELDS);
    page->fields[page->field_count++] = (struct http_field){ name, value };
}

/* A name that browsers bind to this host and to TLS (RFC 6265bis, 4.1.3). */
static const char *cookie_name(struct page *page, const char *name)
{
    return page->site->https ? arena_format(page->arena, "__Host-%s", name) : name;
}

const char *page_cookie(struct page *page, const char *name)
{
    return http_cookie(page->request, cookie_name(page, name));
}

void page_set_cookie(struct page *page, const char *name, const char *value, int seconds)
{
    page_add_field(page, "Set-Cookie",
                   arena_format(page->arena, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
                                cookie_name(page, name), value, seconds,
                                page->site->https ? "; Secure" : ""));
}

static void answer(struct page *page, unsigned status, const char *type, const char *text)
{
    struct http_field fields[1 + PRIVATE + PAGE_FIELDS + 1] = { { "Content-Type", type } };
    memcpy(fields + 1, private_fields, sizeof(private_fields));
    memcpy(fields + 1 + PRIVATE, page->fields, sizeof(page->fields));
    struct http_answer http = {
        .status = status, .fields = fields, .body = text, .length = strlen(text)
    };
    http_answer(page->request, &http);
}

void page_show(struct page *page, unsigned status, const char *file,
               const struct template_data *data)
{
    answer(page, status, "text/html; charset=utf-8", template_must_render(file, data, page->lang));
}

void page_text(struct page *page, unsigned status, const char *text)
{
    answer(page, status, "text/plain; charset=utf-8", text);
}

/* The name twice: as ASCII for old programs, and in full (RFC 6266, appendix D; RFC 8187). */
static const char *disposition(struct arena *arena, const char *name)
{
    struct buf out = BUF_INIT;
    buf_text(&out, "attachment; filename=\"");
    for (const char *at = text_ascii(arena, name); *at; at++) {
        buf_char(&out, isalnum((unsigned char)*at) || strchr(".-_ ()", *at) ? *at : '_');
    }
    buf_format(&out, "\"; filename*=UTF-8''%s", form_encode(arena, name));
    return buf_take(&out, arena);
}

void page_file(struct page *page, int file, int64_t size, const char *type, const char *name)
{
    const struct http_field fields[] = {
        { "Content-Type", type },
        { "Content-Disposition", disposition(page->arena, text_clean(page->arena, name, false)) },
        { "Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'" },
        { "Cache-Control", "no-store" },
        { 0 },
    };
    struct http_answer answer = {
        .status = 200, .fields = fields, .file = file, .has_file = true, .length = (size_t)size
    };
    http_answer(page->request, &answer);
}

void page_see_other(struct page *page, const char *path)
{
    page_add_field(page, "Location", arena_format(page->arena, "%s%s", page->site->root, path));
    answer(page, 303, "text/plain; charset=utf-8", "");
}

/* What people are told, and what they can do now. */
static const struct error_text {
    unsigned status;
    const char *title;
    const char *text;
} error_texts[] = {
    { 403, N_("Please try again"),
      N_("The form did not come from one of our pages. Open the page anew and send it again.") },
    { 404, N_("This page does not exist"),
      N_("The address is not complete, or what it led to is no longer here.") },
    { 405, N_("This page cannot do that"), N_("Open the page anew and try again.") },
    { 503, N_("We cannot answer just now"),
      N_("Please try again in a few minutes. Nothing was changed.") },
    { 0, N_("Something went wrong"), N_("Please try again, or contact the office.") },
};

static void show_error(struct page *page, unsigned status)
{
    const struct error_text *text = error_texts;
    while (text->status && text->status != status) {
        text++;
    }
    struct template_data *data = page_data(page);
    template_set(data, "title", tr(page->lang, text->title));
    template_set(data, "text", tr(page->lang, text->text));
    page_show(page, status, "page_error.html", data);
}

static void show_error_of_state(struct page *page, bool ok)
{
    (void)ok; /* only the office's name was asked for */
    show_error(page, *(unsigned *)page->state);
}

void page_error(struct page *page, unsigned status)
{
    unsigned *state = arena_one(page->arena, unsigned);
    *state = status;
    page->state = state;
    page_read(page, NULL, show_error_of_state);
}

int64_t page_number(const char *text)
{
    bool digits = text && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 19;
    return digits ? strtoll(text, NULL, 10) : 0;
}

void page_failed(struct page *page)
{
    show_error(page, err_http(page->job.op.err.code));
}

const char *page_field(struct page *page, const char *name)
{
    return form_value(page->arena, page->request->body, page->request->body_length, name);
}

const char *page_nonce(struct page *page, const char *subject)
{
    return nonce_make(page->arena, page->site->office->env.secret, subject, clock_now());
}

const char *page_refusal(struct page *page)
{
    const char *word = http_query(page->request, "refused");
    int refusal = word ? words_find(&words_refusal, word, strlen(word)) : -1;
    return refusal < 0 ? NULL : word_refusal((enum refusal)refusal, page->lang);
}

static bool is_origin_ours(struct page *page, const char *origin)
{
    if (strcasecmp(origin, page->site->origin) == 0) {
        return true;
    }
    /* Reached under another name than base_url: the browser says the same one twice. */
    const char *host = http_header(page->request, "Host");
    const char *after_scheme = strstr(origin, "://");
    return host && after_scheme && strcasecmp(after_scheme + 3, host) == 0;
}

bool page_is_ours(struct page *page, const char *subject)
{
    const char *site = http_header(page->request, "Sec-Fetch-Site");
    const char *origin = http_header(page->request, "Origin");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) {
        return false;
    }
    if (origin && strcmp(origin, "null") != 0 && !is_origin_ours(page, origin)) {
        return false;
    }
    return nonce_check(page->site->office->env.secret, subject, page_field(page, "nonce"),
                       clock_now());
}
