/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The client's own Podsumowanie: what its post cost in a month. */
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "server/office/panel.h"
#include "server/office/words.h"
#include "server/web/signed_in.h"

enum { MONTH = 7 }; /* "YYYY-MM" */

struct summary {
    char first[CLOCK_DAY];
    char last[CLOCK_DAY];
    char before[CLOCK_DAY]; /* a day of the month before, and of the one after */
    char after[CLOCK_DAY];
    struct rec_settlement_client settlement;
};

/* The month of the address; this month when there is none. */
static void set_month(struct summary *summary, const char *month)
{
    char day[CLOCK_DAY];
    clock_day(clock_now(), day);
    if (month && strlen(month) == MONTH) {
        memcpy(day, month, MONTH);
    }
    memcpy(day + MONTH, "-01", 4);
    if (!clock_day_valid(day)) {
        clock_day(clock_now(), day);
    }
    memcpy(day + MONTH, "-01", 4);
    memcpy(summary->first, day, sizeof(day));
    clock_day_add(day, -1, summary->before);
    clock_day_add(day, 31, summary->after);
    memcpy(day, summary->after, MONTH);
    clock_day_add(day, -1, summary->last);
}

static bool read_charges(struct page *page, struct op *op)
{
    struct summary *summary = page->state;
    return panel_summary(op, &page->session.client, summary->first, summary->last,
                         &summary->settlement);
}

static const char *money(struct page *page, int64_t grosze)
{
    return money_text_currency(grosze, page->lang == LANG_PL, arena_alloc(page->arena, MONEY_TEXT));
}

static void show(struct page *page, bool ok)
{
    if (!ok) {
        page_failed(page);
        return;
    }
    const struct summary *summary = page->state;
    const struct list *charges = &summary->settlement.charges;
    const struct rec_charge *charge = charges->at;
    struct template_data *data = signed_in_data(page, "summary");
    char today[CLOCK_DAY];
    clock_day(clock_now(), today);
    template_set(data, "month", word_month(page->arena, summary->first, page->lang));
    template_set(data, "before", arena_text_n(page->arena, summary->before, MONTH));
    bool later = strncmp(summary->after, today, MONTH) <= 0; /* a month that has begun */
    template_set(data, "after", later ? arena_text_n(page->arena, summary->after, MONTH) : NULL);
    template_set(data, "total", money(page, summary->settlement.total));
    template_set_list(data, "charges");
    for (size_t i = 0; i < charges->count; i++) {
        struct template_data *row = template_add_item(data, "charges");
        template_set(row, "id", arena_format(page->arena, "%lld", (long long)charge[i].item_id));
        template_set(row, "day", word_day(page->arena, charge[i].day));
        template_set(row, "counterparty", charge[i].counterparty);
        template_set_lines(row, "information", charge[i].information);
        template_set(row, "invoice", charge[i].invoice_number);
        template_set(row, "amount", money(page, charge[i].amount));
    }
    template_set_flag(data, "any", charges->count > 0);
    page_show(page, 200, "page_summary.html", data);
}

void page_summary(struct page *page)
{
    struct summary *summary = arena_one(page->arena, struct summary);
    set_month(summary, http_query(page->request, "month"));
    page->state = summary;
    signed_in_read(page, read_charges, show);
}
