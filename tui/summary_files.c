/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/summary_files.h"

#include <errno.h>
#include <stdio.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "protocol/base/text.h"
#include "tui/cells.h"
#include "tui/csv.h"
#include "tui/ui/words.h"
#include "tui/wording.h"

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
                                         _("Sender"), _("Additional information"),
                                         _("Additional cost"), _("invoice"), NULL });
    for (size_t i = 0; i < result->clients.count; i++) {
        csv_charges(file, (const struct rec_settlement_client *)result->clients.at + i);
    }
    return csv_close(file);
}

enum { PAGE_COLS = 78, AMOUNT_COLS = 14, DAY_COLS = 11, WHO_COLS = 26, WHAT_COLS = 27 };

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

static void text_client(FILE *file, const struct rec_settlement_client *client)
{
    char day[CLOCK_DAY], head[LIMIT_LINE_BYTES * 2];
    snprintf(head, sizeof(head), "%s  %s", client->client_code, client->client_name);
    cell(file, head, PAGE_COLS, false);
    fputc('\n', file);
    for (size_t i = 0; i < client->charges.count; i++) {
        const struct rec_charge *charge = (const struct rec_charge *)client->charges.at + i;
        cell(file, clock_day_show(charge->day, day), DAY_COLS, false);
        cell(file, charge->counterparty, WHO_COLS - 1, false);
        fputc(' ', file);
        cell(file, charge->information, WHAT_COLS, false);
        cell(file, money_words(charge->amount), AMOUNT_COLS, true);
        fputc('\n', file);
        if (charge->invoice_number != NULL) {
            fprintf(file, "%*s", DAY_COLS, "");
            snprintf(head, sizeof(head), "%s %s", _("invoice"), charge->invoice_number);
            cell(file, head, PAGE_COLS - DAY_COLS, false);
            fputc('\n', file);
        }
    }
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
    sum_line(file, _("Total of all clients"), result->total);
    return csv_close(file);
}
