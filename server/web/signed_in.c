/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/signed_in.h"

#include <inttypes.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "server/office/words.h"

#define COOKIE        "skrytka"
#define WANTED_COOKIE "skrytka-wanted"

/* What the page wants done once the session is known. */
struct visit {
    page_work *work;
    page_then *then;
    bool writes;
};

const char *signed_in_cookie(struct page *page)
{
    return page_cookie(page, COOKIE);
}

void signed_in_set_cookie(struct page *page, const char *secret)
{
    page_set_cookie(page, COOKIE, secret ? secret : "", secret ? SESSION_LIFE : 0);
}

/* A link of an e-mail led to a letter, and whoever followed it must sign in first. */
static void remember_wanted(struct page *page)
{
    int64_t letter = page_number(http_query(page->request, "q"));
    if (letter && strcmp(page->request->path, "/mail") == 0) {
        page_set_cookie(page, WANTED_COOKIE, arena_format(page->arena, "%" PRId64, letter),
                        SIGN_IN_LIFE);
    }
}

void signed_in_go_on(struct page *page)
{
    int64_t letter = page_number(page_cookie(page, WANTED_COOKIE));
    if (letter) {
        page_set_cookie(page, WANTED_COOKIE, "", 0);
        page_see_other(page, arena_format(page->arena, "/mail?q=%" PRId64, letter));
    } else {
        page_see_other(page, "/mail");
    }
}

const char *signed_in_subject(struct page *page)
{
    const char *cookie = signed_in_cookie(page);
    return arena_format(page->arena, "session %s", cookie ? cookie : "");
}

static bool work(struct page *page, struct op *op)
{
    const struct visit *visit = page->visit;
    const char *cookie = signed_in_cookie(page);
    if (!session_load(op, cookie, &page->session)) {
        return false;
    }
    if (visit->writes && page->session.stale && !session_touch(op, cookie)) {
        return false;
    }
    return page->session.client.id == 0 || !visit->work || visit->work(page, op);
}

static void then(struct page *page, bool ok)
{
    struct visit *visit = page->visit;
    if (!ok && page->job.op.err.code == ERR_unauthenticated) {
        remember_wanted(page);
        page_see_other(page, "/");
        return;
    }
    if (ok && page->session.stale && visit->writes) {
        signed_in_set_cookie(page, signed_in_cookie(page)); /* the browser counts anew too */
    }
    if (page->session.client.id == 0 && ok) {
        page_see_other(page, "/choose");
        return;
    }
    if (ok && page->session.stale && !visit->writes) {
        /* Seen again after a day: the same once more where that can be written down. */
        signed_in_write(page, visit->work, visit->then);
        return;
    }
    if (page->session.client.id != 0) {
        page->lang = word_lang(page->session.client.language);
    }
    visit->then(page, ok);
}

static void prepare(struct page *page, page_work *work_of_page, page_then *then_of_page,
                    bool writes)
{
    struct visit *visit = arena_one(page->arena, struct visit);
    *visit = (struct visit){ .work = work_of_page, .then = then_of_page, .writes = writes };
    page->visit = visit;
}

void signed_in_read(struct page *page, page_work *work_of_page, page_then *then_of_page)
{
    prepare(page, work_of_page, then_of_page, false);
    page_read(page, work, then);
}

void signed_in_write(struct page *page, page_work *work_of_page, page_then *then_of_page)
{
    prepare(page, work_of_page, then_of_page, true);
    page_write(page, work, then);
}

struct template_data *signed_in_data(struct page *page, const char *tab)
{
    struct template_data *data = page_data(page);
    template_set(data, "client", page->session.client.name);
    template_set_flag(data, "several", page->session.clients.count > 1);
    template_set_flag(data, "on_mail", strcmp(tab, "mail") == 0);
    template_set_flag(data, "on_summary", strcmp(tab, "summary") == 0);
    template_set(data, "nonce", page_nonce(page, signed_in_subject(page)));
    return data;
}
