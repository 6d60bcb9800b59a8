/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The page behind the button of an e-mail: one letter, one thing to do. It shows no more than the
 * e-mail said. Programs that look for harm in e-mails open such links, often more than once and
 * before any person does; so GET changes nothing at all, and only the form's button asks for the
 * scan. A form says which request was the newest on its page, and its nonce proves that: one that
 * comes late, or twice, does nothing to what has changed meanwhile.
 */
#include <inttypes.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "server/office/links.h"
#include "server/office/panel.h"
#include "server/office/requests.h"
#include "server/office/words.h"
#include "server/web/form.h"
#include "server/web/page.h"

/* Of routes.def.h: taking the request back. */
#define WITHDRAW_PATH "/withdraw/"

struct letter {
    const char *token;
    struct link_view view;
    int64_t seen; /* the newest request on the page that the form came from; 0: there was none */
    bool made;    /* by this very request */
    bool stale;   /* the form was not ours, or too old */
};

static const char *subject_of(struct page *page, int64_t newest_request)
{
    const struct letter *letter = page->state;
    return arena_format(page->arena, "scan %s %" PRId64, letter->token, newest_request);
}

static int64_t newest_request(const struct letter *letter)
{
    const struct rec_scan_request *request = letter->view.item.request;
    return request ? request->id : 0;
}

static struct letter *new_letter(struct page *page)
{
    struct letter *letter = arena_one(page->arena, struct letter);
    /*
     * Some mail gateways rewrite links and encode them twice over. No character of a token needs
     * that, so what is still encoded after the server's own decoding is decoded once more.
     */
    const char *token = form_decode(page->arena, page->rest, strlen(page->rest), NULL);
    /* Who copies a link out of a text takes the full stop or bracket behind it along. */
    letter->token = arena_text_n(page->arena, token, strspn(token, SECRET_LETTERS));
    page->state = letter;
    return letter;
}

static bool look(struct page *page, struct op *op)
{
    struct letter *letter = page->state;
    return office_link_view(op, letter->token, &letter->view);
}

static bool ask(struct page *page, struct op *op)
{
    struct letter *letter = page->state;
    letter->made = false;
    return look(page, op) && (newest_request(letter) != letter->seen ||
                              office_link_request(op, letter->token, &letter->view, &letter->made));
}

/* What has become of the newest request; each name is true for one state only. */
static void set_request(struct page *page, struct template_data *data,
                        const struct rec_scan_request *request)
{
    bool is_new = request && request->status == request_status_new;
    bool sent_now = is_new && http_query(page->request, "sent");
    template_set_flag(data, "sent_now", sent_now);
    template_set_flag(data, "sent_before", is_new && !sent_now);
    template_set_flag(data, "is_open", is_new);
    template_set_flag(data, "fulfilled", request && request->status == request_status_fulfilled);
    bool taken_back = request && request_taken_back(request);
    bool cancelled = request && request->status == request_status_cancelled;
    template_set_flag(data, "taken_back", taken_back);
    template_set_flag(data, "cancelled", cancelled && !taken_back);
    template_set_lines(data, "reason", request ? word_cancel_reason(request, page->lang) : NULL);
    int64_t time = !request ? 0 : is_new ? request->requested_at : request->closed_at;
    template_set(data, "time", word_time(page->arena, time));
}

static void show(struct page *page)
{
    const struct letter *letter = page->state;
    const struct link_view *view = &letter->view;
    const struct rec_mail_item *item = &view->item;
    struct arena *arena = page->arena;
    page->lang = view->lang;
    struct template_data *data = page_data(page);
    template_set(data, "client", view->client.name);
    template_set(data, "sender", item->counterparty);
    template_set(data, "kind", word_mail_kind(item->kind, page->lang));
    template_set(data, "date", word_day(arena, item->date));
    template_set(data, "reference", item->reference);
    template_set(data, "number", arena_format(arena, "%lld", (long long)item->id));
    template_set(data, "status", word_mail_status(item->status, page->lang));
    template_set_lines(data, "place", page->job.op.settings.collection_place);
    set_request(page, data, item->request);

    template_set(data, "action", arena_format(arena, LINK_PATH "%s", letter->token));
    template_set(data, "withdraw_action", arena_format(arena, WITHDRAW_PATH "%s", letter->token));
    template_set_flag(data, "has_scan", item->scans.count > 0);
    template_set_flag(data, "may_withdraw", panel_may_withdraw(item));
    template_set(data, "refused", panel_may_withdraw(item) ? NULL : page_refusal(page));
    template_set_flag(data, "stale", letter->stale);
    template_set_flag(data, "may_request", view->may_request);
    /* What the status of a request says already is not said twice. */
    bool told = item->request && item->request->status != request_status_cancelled;
    template_set(data, "refusal",
                 view->may_request || told ? NULL : word_refusal(view->refusal, page->lang));
    template_set_lines(data, "note", view->note);
    template_set_flag(data, "has_note", *view->note);
    template_set(data, "price", word_price(arena, view->cost, page->lang));
    int64_t newest = newest_request(letter);
    template_set(data, "seen", arena_format(arena, "%" PRId64, newest));
    template_set(data, "nonce", page_nonce(page, subject_of(page, newest)));
    page_show(page, letter->stale ? 403 : 200, "page_letter.html", data);
}

static void looked(struct page *page, bool ok)
{
    if (ok) {
        show(page);
    } else if (page->job.op.err.code == ERR_not_found) {
        page_show(page, 404, "page_no_letter.html", page_data(page));
    } else {
        page_failed(page);
    }
}

void page_letter(struct page *page)
{
    new_letter(page);
    page_read(page, look, looked);
}

void page_to_letter(struct page *page)
{
    page_see_other(page, arena_format(page->arena, LINK_PATH "%s",
                                      form_encode(page->arena, new_letter(page)->token)));
}

/* The letter's own page says what has become of it, and why not if it was refused. */
static void back_to_letter(struct page *page, const char *query)
{
    const struct letter *letter = page->state;
    page_see_other(page, arena_format(page->arena, LINK_PATH "%s%s", letter->token, query));
}

static void asked(struct page *page, bool ok)
{
    const struct letter *letter = page->state;
    if (ok || page->job.op.err.code == ERR_refused) {
        back_to_letter(page, ok && letter->made ? "?sent" : "");
    } else {
        looked(page, false);
    }
}

/* A form of the page: does `work` if it is ours, else shows the page anew. */
static void press(struct page *page, page_work *work, page_then *then)
{
    struct letter *letter = new_letter(page);
    letter->seen = page_number(page_field(page, "seen"));
    if (page_is_ours(page, subject_of(page, letter->seen))) {
        page_write(page, work, then);
    } else {
        letter->stale = true;
        page_read(page, look, looked);
    }
}

void page_letter_ask(struct page *page)
{
    press(page, ask, asked);
}

static bool withdraw(struct page *page, struct op *op)
{
    struct letter *letter = page->state;
    return look(page, op) && (newest_request(letter) != letter->seen ||
                              panel_withdraw(op, &letter->view.client, letter->view.item.id));
}

static void withdrawn(struct page *page, bool ok)
{
    const struct err *err = &page->job.op.err;
    if (ok) {
        back_to_letter(page, "");
    } else if (err->code == ERR_refused) {
        back_to_letter(page, arena_format(page->arena, "?refused=%s", err->detail));
    } else {
        looked(page, false);
    }
}

void page_letter_withdraw(struct page *page)
{
    press(page, withdraw, withdrawn);
}
