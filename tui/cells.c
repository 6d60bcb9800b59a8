/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/cells.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/clock.h"
#include "protocol/base/money.h"
#include "tui/ui/words.h"

const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

void cell_text(char out[LISTVIEW_CELL], const char *text)
{
    snprintf(out, LISTVIEW_CELL, "%s", text_or_empty(text));
}

void cell_time(char out[LISTVIEW_CELL], int64_t at)
{
    char full[17];
    clock_show(at, full); /* "08.12.2020 10:41" */
    snprintf(out, LISTVIEW_CELL, "%.5s %s", full, full + 11);
}

void cell_moment(char out[LISTVIEW_CELL], int64_t at)
{
    char day[CLOCK_DAY], today[CLOCK_DAY], full[17];
    bool is_today = strcmp(clock_day(at, day), clock_day(clock_now(), today)) == 0;
    clock_show(at, full);
    snprintf(out, LISTVIEW_CELL, "%.5s", is_today ? full + 11 : full);
}

void cell_age(char out[LISTVIEW_CELL], int64_t since)
{
    enum { HOUR = 3600, DAY = 24 * HOUR };
    int64_t age = clock_now() - since;
    if (age < HOUR) {
        cell_text(out, "< 1 h");
    } else if (age < DAY) {
        snprintf(out, LISTVIEW_CELL, "%lld h", (long long)(age / HOUR));
    } else {
        unsigned long days = (unsigned long)(age / DAY);
        snprintf(out, LISTVIEW_CELL, tr_n(words_lang(), "%lu day", "%lu days", days), days);
    }
}

void cell_day(char out[LISTVIEW_CELL], const char *day)
{
    char full[CLOCK_DAY];
    snprintf(out, LISTVIEW_CELL, "%.5s", clock_day_show(day, full));
}

void cell_near_day(char out[LISTVIEW_CELL], const char *day)
{
    char full[CLOCK_DAY], today[CLOCK_DAY];
    bool this_year = strncmp(day, clock_day(clock_now(), today), 4) == 0;
    snprintf(out, LISTVIEW_CELL, "%.*s", this_year ? 5 : 10, clock_day_show(day, full));
}

void cell_money(char out[LISTVIEW_CELL], int64_t grosze)
{
    char text[MONEY_TEXT];
    cell_text(out, grosze == 0 ? "-" : money_text(grosze, words_lang() == LANG_PL, text));
}

const char *money_words(int64_t grosze)
{
    static char text[MONEY_TEXT];
    return money_text_currency(grosze, words_lang() == LANG_PL, text);
}

bool can_do(const struct list *can, enum action action)
{
    for (size_t i = 0; i < can->count; i++) {
        if (((const int *)can->at)[i] == (int)action) {
            return true;
        }
    }
    return false;
}
