/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/summary_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"
#include "tui/cells.h"
#include "tui/csv.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

int64_t summary_to_invoice(const struct rec_settlement_client *client)
{
    int64_t sum = client->total;
    for (size_t i = 0; i < client->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        sum -= charge->invoice_number != NULL ? charge->amount : 0;
    }
    return sum;
}

int64_t summary_all_to_invoice(const struct rec_settlement_summary_result *result)
{
    int64_t sum = 0;
    for (size_t i = 0; i < result->clients.count; i++) {
        sum += summary_to_invoice((const struct rec_settlement_client *)result->clients.at + i);
    }
    return sum;
}

static void csv_charges(FILE *file, const struct rec_settlement_client *client)
{
    for (size_t i = 0; i < client->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        char amount[MONEY_TEXT];
        csv_row(file, (const char *const[]){ client->client_code, client->client_name, charge->day,
                                             wording_direction(charge->direction),
                                             charge->counterparty, charge->information,
                                             money_text(charge->amount, true, amount),
                                             text_or_empty(charge->invoice_number), NULL });
    }
}

bool summary_write_csv(const char *path, const struct summary_days *days,
                       const struct rec_settlement_summary_result *result)
{
    (void)days;
    FILE *file = csv_open(path);
    if (file == NULL) {
        return false;
    }
    csv_row(file, (const char *const[]){ _("No."), _("Client"), _("Date"), _("Direction"),
                                         _("Sender or addressee"), _("Additional information"),
                                         _("Additional cost"), _("Invoice"), NULL });
    for (size_t i = 0; i < result->clients.count; i++) {
        csv_charges(file, (const struct rec_settlement_client *)result->clients.at + i);
    }
    return csv_close(file);
}

enum { PAGE_COLS = 78, AMOUNT_COLS = 14, DAY_COLS = 11, WAY_COLS = 14, WHO_COLS = 39 };

/* Text in exactly so many columns, cut or filled with blanks; cleaned, as on the screen. */
static void cell(FILE *file, const char *text, int cols, bool right)
{
    struct arena *arena = arena_new();
    const char *line = text_fit(arena, text, (size_t)cols);
    int blanks = cols - (int)text_columns(line);
    fprintf(file, "%*s%s%*s", right ? blanks : 0, "", line, right ? 0 : blanks, "");
    arena_free(arena);
}

static void rule(FILE *file)
{
    for (int i = 0; i < PAGE_COLS; i++) {
        fputc('-', file);
    }
    fputc('\n', file);
}

static void sum_line(FILE *file, const char *words, int64_t sum)
{
    cell(file, words, PAGE_COLS - AMOUNT_COLS, false);
    cell(file, money_words(sum), AMOUNT_COLS, true);
    fputc('\n', file);
}

/* All of a text, over as many lines as it takes, behind the column of the days. */
static void paragraph(FILE *file, const char *text)
{
    struct arena *arena = arena_new();
    int room = PAGE_COLS - DAY_COLS, used = 0;
    char *rest;
    for (char *word = strtok_r(text_clean(arena, text, false), " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        int cols = (int)text_columns(word);
        if (used == 0 || used + 1 + cols > room) {
            fprintf(file, "%s%*s%s", used == 0 ? "" : "\n", DAY_COLS, "", word);
            used = cols;
        } else {
            fprintf(file, " %s", word);
            used += 1 + cols;
        }
    }
    if (used > 0) {
        fputc('\n', file);
    }
    arena_free(arena);
}

static void text_charge(FILE *file, const struct rec_charge *charge)
{
    char day[CLOCK_DAY], invoice[LIMIT_LINE_BYTES * 2];
    bool fits = text_columns(charge->counterparty) < WHO_COLS;
    cell(file, clock_day_show(charge->day, day), DAY_COLS, false);
    cell(file, wording_direction(charge->direction), WAY_COLS, false);
    cell(file, fits ? charge->counterparty : "", WHO_COLS, false);
    cell(file, money_words(charge->amount), AMOUNT_COLS, true);
    fputc('\n', file);
    paragraph(file, fits ? "" : charge->counterparty);
    paragraph(file, charge->information);
    if (charge->invoice_number != NULL) {
        snprintf(invoice, sizeof(invoice), "%s %s", _("invoice"), charge->invoice_number);
        paragraph(file, invoice);
    }
}

static void text_client(FILE *file, const struct rec_settlement_client *client)
{
    char head[LIMIT_LINE_BYTES * 2];
    snprintf(head, sizeof(head), "%s  %s", client->client_code, client->client_name);
    cell(file, head, PAGE_COLS, false);
    fputc('\n', file);
    for (size_t i = 0; i < client->charges.count; i++) {
        text_charge(file, (const struct rec_charge *)client->charges.at + i);
    }
    sum_line(file, _("To invoice"), summary_to_invoice(client));
    sum_line(file, _("Total"), client->total);
    rule(file);
}

bool summary_write_text(const char *path, const struct summary_days *days,
                        const struct rec_settlement_summary_result *result)
{
    char from[CLOCK_DAY], to[CLOCK_DAY];
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        return false;
    }
    fprintf(file, "%s: %s - %s\n", _("Summary of additional costs"),
            clock_day_show(days->from, from), clock_day_show(days->to, to));
    rule(file);
    for (size_t i = 0; i < result->clients.count; i++) {
        text_client(file, (const struct rec_settlement_client *)result->clients.at + i);
    }
    sum_line(file, _("To invoice"), summary_all_to_invoice(result));
    sum_line(file, _("Total of all clients"), result->total);
    return csv_close(file);
}
