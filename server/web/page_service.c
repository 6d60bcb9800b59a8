/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is no page for clients: the style sheet, and what other programs ask. */
#include <inttypes.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/embedded.h"
#include "server/office/office.h"
#include "server/web/page.h"
#include "server/web/peer.h"

void page_style(struct page *page)
{
    /* Its address changes with its content, so it may be kept for ever. */
    static const struct http_field fields[] = {
        { "Content-Type", "text/css; charset=utf-8" },
        { "Cache-Control", "public, max-age=31536000, immutable" },
        { 0 },
    };
    const struct embedded_file *file = page->site->style;
    struct http_answer answer = {
        .status = 200, .fields = fields, .body = file->text, .length = file->length
    };
    http_answer(page->request, &answer);
}

static void health(struct page *page, bool ok)
{
    page_text(page, ok ? 200 : 503, ok ? "ok\n" : "the database does not answer\n");
}

void page_health(struct page *page)
{
    page_read(page, NULL, health);
}

static bool read_outbox(struct page *page, struct op *op)
{
    const struct rec_outbox_list in = { .limit = 1, .has_limit = true };
    return office_outbox_list(op, &in, page->state);
}

static void metrics(struct page *page, bool ok)
{
    if (!ok) {
        page_text(page, 503, "");
        return;
    }
    const struct rec_outbox_list_result *outbox = page->state;
    struct http_counters http = http_counters(page->site->http);
    int64_t oldest = outbox->has_oldest_waiting ? clock_now() - outbox->oldest_waiting : 0;
    page_text(page, 200,
              arena_format(page->arena,
                           "# TYPE skrytka_outbox_waiting gauge\n"
                           "skrytka_outbox_waiting %" PRId64 "\n"
                           "# TYPE skrytka_outbox_oldest_seconds gauge\n"
                           "skrytka_outbox_oldest_seconds %" PRId64 "\n"
                           "# TYPE skrytka_http_connections gauge\n"
                           "skrytka_http_connections %" PRIu64 "\n"
                           "# TYPE skrytka_http_accepted_total counter\n"
                           "skrytka_http_accepted_total %" PRIu64 "\n"
                           "# TYPE skrytka_http_overdue_total counter\n"
                           "skrytka_http_overdue_total %" PRIu64 "\n"
                           "# TYPE skrytka_http_answers_total counter\n"
                           "skrytka_http_answers_total{class=\"2xx\"} %" PRIu64 "\n"
                           "skrytka_http_answers_total{class=\"3xx\"} %" PRIu64 "\n"
                           "skrytka_http_answers_total{class=\"4xx\"} %" PRIu64 "\n"
                           "skrytka_http_answers_total{class=\"5xx\"} %" PRIu64 "\n",
                           outbox->waiting, oldest, http.connections, http.accepted, http.overdue,
                           http.answers[2], http.answers[3], http.answers[4], http.answers[5]));
}

/* From this machine itself, and not through a proxy on it. */
static bool is_local(const struct http_request *request)
{
    bool proxied = http_header(request, "X-Forwarded-For") || http_header(request, "Forwarded");
    return !proxied && peer_is_loopback(http_peer(request));
}

void page_metrics(struct page *page)
{
    if (!is_local(page->request)) {
        page_error(page, 404);
        return;
    }
    page->state = arena_one(page->arena, struct rec_outbox_list_result);
    page_read(page, read_outbox, metrics);
}
