/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The tab POCZTA: the client's incoming post, with the plus wherever the rule allows it. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"
#include "server/office/panel.h"
#include "server/office/requests.h"
#include "server/office/words.h"
#include "server/web/form.h"
#include "server/web/signed_in.h"

struct mail_page {
    struct rec_mail_list_result result;
    struct rec_mail_item pressed; /* the letter of the last press, if the address names one */
    bool stale;                   /* instead of a form that was not ours, or too old */
};

/* Which part of the post: said by the address, or by the form that was pressed there. */
static const char *place(struct page *page, const char *name)
{
    const char *value = http_query(page->request, name);
    return value ? value : page_field(page, name);
}

/* Without the word that pages and e-mails write before a number. */
static const char *search_words(const char *text)
{
    static const char *const words[] = { "nr", "no" };
    text += strspn(text, " ");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);
        const char *after = text + length;
        if (strncasecmp(text, words[i], length) == 0) {
            after += strspn(after, ". ");
            return isdigit((unsigned char)*after) ? after : text;
        }
    }
    return text;
}

static bool find_pressed(struct page *page, struct op *op)
{
    struct mail_page *mail = page->state;
    const char *sent = http_query(page->request, "sent");
    int64_t id = page_number(sent ? sent : http_query(page->request, "withdrawn"));
    mail->pressed = (struct rec_mail_item){ 0 };
    if (id == 0 || panel_letter(op, &page->session.client, id, &mail->pressed)) {
        return true;
    }
    mail->pressed = (struct rec_mail_item){ 0 };
    return op->err.code == ERR_not_found; /* somebody else's: nothing is said about it */
}

static bool read_mail(struct page *page, struct op *op)
{
    struct mail_page *mail = page->state;
    const char *search = place(page, "q");
    int64_t after = page_number(place(page, "after"));
    struct rec_mail_list in = { .text = search ? search_words(search) : NULL,
                                .after = after,
                                .has_after = after > 0 };
    mail->result = (struct rec_mail_list_result){ 0 };
    if (!find_pressed(page, op)) {
        return false;
    }
    if (search && text_check(search, strlen(search), TEXT_LINE, LIMIT_LINE_BYTES) != TEXT_OK) {
        return true; /* no letter has words that no field of it can hold: nothing is found */
    }
    return panel_mail(op, &page->session.client, &in, &mail->result);
}

static bool may(const struct rec_mail_item *item, enum action action)
{
    const enum action *can = item->can.at;
    for (size_t i = 0; i < item->can.count; i++) {
        if (can[i] == action) {
            return true;
        }
    }
    return false;
}

static const char *number(struct page *page, int64_t value)
{
    return arena_format(page->arena, "%" PRId64, value);
}

static void set_request(struct page *page, struct template_data *row,
                        const struct rec_scan_request *request)
{
    template_set(row, "request", request ? word_request_status(request->status, page->lang) : NULL);
    template_set(row, "request_time",
                 request ? word_time(page->arena, request->has_closed_at ? request->closed_at
                                                                         : request->requested_at)
                         : NULL);
    template_set(row, "request_reason", request ? word_cancel_reason(request, page->lang) : NULL);
}

/* What the office wrote to the scan: with the request, or with the cost when nobody had asked. */
static const char *information_of(const struct rec_mail_item *item)
{
    const struct rec_charge *charges = item->charges.at;
    const char *information = item->request ? item->request->information : NULL;
    for (size_t i = 0; !information && i < item->charges.count; i++) {
        information = charges[i].information;
    }
    return information;
}

static void set_scans(struct page *page, struct template_data *row,
                      const struct rec_mail_item *item)
{
    const struct rec_scan *scans = item->scans.at;
    template_set_list(row, "scans");
    for (size_t i = 0; i < item->scans.count; i++) {
        struct template_data *scan = template_add_item(row, "scans");
        template_set(scan, "scan_id", number(page, scans[i].id));
        template_set(scan, "scan_name", scans[i].name);
    }
}

/* What the last press of a button came to. */
enum news { NEWS_NONE, NEWS_SENT, NEWS_WITHDRAWN };

/* By the address, as long as the letter says so too. */
static enum news news_of(struct page *page)
{
    const struct mail_page *mail = page->state;
    const struct rec_scan_request *request = mail->pressed.request;
    if (request && request->status == request_status_new &&
        request->source != request_source_staff && http_query(page->request, "sent")) {
        return NEWS_SENT;
    }
    bool withdrawn =
        request && request_taken_back(request) && http_query(page->request, "withdrawn");
    return withdrawn ? NEWS_WITHDRAWN : NEWS_NONE;
}

/* `pressed`: the sender, where the letter itself does not stand below. */
static void set_news(struct template_data *data, enum news news, const char *pressed)
{
    template_set_flag(data, "sent", news == NEWS_SENT);
    template_set_flag(data, "withdrawn", news == NEWS_WITHDRAWN);
    template_set(data, "pressed", pressed);
}

/* Why it did nothing; NULL: it did, or nothing was pressed. */
static const char *refusal_of(struct page *page, enum news news)
{
    const struct mail_page *mail = page->state;
    const struct rec_scan_request *request = mail->pressed.request;
    bool asked_before = request && request->status == request_status_new && news == NEWS_NONE &&
                        http_query(page->request, "sent");
    return asked_before ? word_refusal(refusal_already_open, page->lang) : page_refusal(page);
}

static void add_item(struct page *page, struct template_data *data,
                     const struct rec_mail_item *item, enum news news)
{
    struct template_data *row = template_add_item(data, "items");
    template_set(row, "id", number(page, item->id));
    template_set(row, "sender", item->counterparty);
    template_set(row, "kind", word_mail_kind(item->kind, page->lang));
    template_set(row, "date", word_day(page->arena, item->date));
    template_set(row, "reference", item->reference);
    template_set(row, "status", word_mail_status(item->status, page->lang));
    template_set_flag(row, "waiting", item->status == mail_status_awaiting_collection);
    template_set(row, "cost", item->cost ? word_price(page->arena, item->cost, page->lang) : NULL);
    template_set_flag(row, "may_request", may(item, action_scan_request_create));
    template_set_flag(row, "may_withdraw", panel_may_withdraw(item));
    template_set_lines(row, "information", information_of(item));
    set_news(row, news, NULL);
    set_request(page, row, item->request);
    set_scans(page, row, item);
}

/* The highest id of what the page shows: one that comes later has a higher one. 0: none. */
static int64_t newest_request(const struct list *items)
{
    const struct rec_mail_item *item = items->at;
    int64_t newest = 0;
    for (size_t i = 0; i < items->count; i++) {
        if (item[i].request && item[i].request->id > newest) {
            newest = item[i].request->id;
        }
    }
    return newest;
}

static void show(struct page *page, bool ok)
{
    if (!ok) {
        page_failed(page);
        return;
    }
    const struct mail_page *mail = page->state;
    const struct rec_mail_list_result *result = &mail->result;
    const struct rec_mail_item *items = result->items.at;
    const char *search = place(page, "q");
    const char *after = place(page, "after");
    const char *note = word_scan_note(&page->job.op.settings, page->lang);
    struct template_data *data = signed_in_data(page, "mail");
    enum news news = news_of(page);
    bool any_request = false;
    bool told = false; /* where the letter stands */
    template_set_list(data, "items");
    for (size_t i = 0; i < result->items.count; i++) {
        bool pressed = items[i].id == mail->pressed.id;
        add_item(page, data, &items[i], pressed ? news : NEWS_NONE);
        told |= pressed;
        any_request |= may(&items[i], action_scan_request_create);
    }
    template_set(data, "seen", number(page, newest_request(&result->items)));
    template_set(data, "search", search);
    template_set_flag(data, "part", (search && *search) || after);
    template_set(data, "from", page_number(after) ? number(page, page_number(after)) : NULL);
    template_set(data, "search_encoded", search ? form_encode(page->arena, search) : NULL);
    template_set(data, "next", result->has_next ? number(page, result->next) : NULL);
    template_set_lines(data, "note", note);
    template_set(data, "price",
                 word_price(page->arena, page->session.client.default_scan_cost, page->lang));
    set_news(data, told ? NEWS_NONE : news, mail->pressed.counterparty);
    template_set(data, "refused", refusal_of(page, news));
    template_set_flag(data, "show_cost", any_request && news != NEWS_SENT);
    template_set_flag(data, "stale", mail->stale);
    page_show(page, mail->stale ? 403 : 200, "page_mail.html", data);
}

static void show_mail(struct page *page, bool stale)
{
    struct mail_page *mail = arena_one(page->arena, struct mail_page);
    mail->stale = stale;
    page->state = mail;
    signed_in_read(page, read_mail, show);
}

void page_mail(struct page *page)
{
    show_mail(page, false);
}

void page_to_mail(struct page *page)
{
    page_see_other(page, "/mail");
}

/* Back to the same part of the post, where it is said what happened: at the letter. */
static void back(struct page *page, const char *news, const char *value)
{
    struct arena *arena = page->arena;
    int64_t after = page_number(page_field(page, "after"));
    const char *search = page_field(page, "q");
    const char *part = after ? arena_format(arena, "&after=%" PRId64, after) : "";
    if (search && *search) {
        part = arena_format(arena, "%s&q=%s", part, form_encode(arena, search));
    }
    page_see_other(page, arena_format(arena, "/mail?%s=%s%s#news", news, value, part));
}

static void done(struct page *page, bool ok, const char *news)
{
    const struct err *err = &page->job.op.err;
    bool same = !ok && err->code == ERR_refused && strcmp(news, "sent") == 0 &&
                strcmp(err->detail, words_refusal.at[refusal_already_open]) == 0;
    if (ok || same) {
        /* A second press is no error: what the first came to is said once more. */
        back(page, news, number(page, page_number(page_field(page, "item"))));
    } else if (err->code == ERR_refused) {
        back(page, "refused", err->detail);
    } else {
        page_failed(page);
    }
}

/*
 * The letter of the button that was pressed. A press that comes late, or twice, must not touch what
 * has changed meanwhile: *ret_late says that a request has come since its page was shown.
 */
static bool pressed_letter(struct page *page, struct op *op, int64_t *ret_item, bool *ret_late)
{
    struct rec_mail_item item;
    *ret_item = page_number(page_field(page, "item"));
    if (!panel_letter(op, &page->session.client, *ret_item, &item)) {
        return false;
    }
    *ret_late = item.request && item.request->id > page_number(page_field(page, "seen"));
    return true;
}

static bool request(struct page *page, struct op *op)
{
    int64_t item;
    bool late;
    return pressed_letter(page, op, &item, &late) &&
           (late || panel_request(op, &page->session.client, item));
}

static void requested(struct page *page, bool ok)
{
    done(page, ok, "sent");
}

void page_mail_request(struct page *page)
{
    if (page_is_ours(page, signed_in_subject(page))) {
        signed_in_write(page, request, requested);
    } else {
        show_mail(page, true);
    }
}

static bool withdraw(struct page *page, struct op *op)
{
    int64_t item;
    bool late;
    return pressed_letter(page, op, &item, &late) &&
           (late || panel_withdraw(op, &page->session.client, item));
}

static void withdrawn(struct page *page, bool ok)
{
    done(page, ok, "withdrawn");
}

void page_mail_withdraw(struct page *page)
{
    if (page_is_ours(page, signed_in_subject(page))) {
        signed_in_write(page, withdraw, withdrawn);
    } else {
        show_mail(page, true);
    }
}
