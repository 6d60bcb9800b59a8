/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One address, several companies: whose post is wanted. */
#include <inttypes.h>

#include "protocol/base/arena.h"
#include "server/web/signed_in.h"

static bool find_session(struct page *page, struct op *op)
{
    return session_load(op, signed_in_cookie(page), &page->session);
}

static void show(struct page *page, bool ok)
{
    if (!ok && page->job.op.err.code == ERR_unauthenticated) {
        page_see_other(page, "/");
        return;
    }
    if (!ok) {
        page_failed(page);
        return;
    }
    const struct rec_client *client = page->session.clients.at;
    page->lang = clients_lang(&page->session.clients, page->lang);
    struct template_data *data = page_data(page);
    template_set(data, "nonce", page_nonce(page, signed_in_subject(page)));
    for (size_t i = 0; i < page->session.clients.count; i++) {
        struct template_data *row = template_add_item(data, "clients");
        template_set(row, "id", arena_format(page->arena, "%" PRId64, client[i].id));
        template_set(row, "name", client[i].name);
        template_set(row, "box", client[i].code);
    }
    page_show(page, 200, "page_choose.html", data);
}

void page_choose(struct page *page)
{
    page_read(page, find_session, show);
}

static bool choose(struct page *page, struct op *op)
{
    return session_choose(op, signed_in_cookie(page), page_number(page_field(page, "client")));
}

static void chosen(struct page *page, bool ok)
{
    page_see_other(page, ok ? "/mail" : "/choose");
}

void page_choose_one(struct page *page)
{
    if (page_is_ours(page, signed_in_subject(page))) {
        page_write(page, choose, chosen);
    } else {
        page_see_other(page, "/choose");
    }
}
