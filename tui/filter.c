/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/filter.h"

#include <stdio.h>
#include <string.h>

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/ui/daytext.h"
#include "tui/ui/palette.h"
#include "tui/ui/words.h"

/* What a row of the list stands for; words, kinds of days and clients are counted on from theirs.
 */
enum { CHOOSE_ALL, CHOOSE_PERSON, CHOOSE_OTHER_DAYS, CHOOSE_DAYS = 10, CHOOSE_WORD = 100 };
enum { CHOOSE_STATE = 500, CHOOSE_CLIENT = 1000 };

enum day_span { TODAY, YESTERDAY, LAST_WEEK, THIS_MONTH, LAST_MONTH, DAY_SPANS };

static const char *const span_words[DAY_SPANS] = {
    [TODAY] = N_("today"),           [YESTERDAY] = N_("yesterday"),
    [LAST_WEEK] = N_("last 7 days"), [THIS_MONTH] = N_("this month"),
    [LAST_MONTH] = N_("last month"),
};

void filter_open(struct filter *filter, struct app *app, const struct filter_spec *spec,
                 enum method method, void (*changed)(void *owner), void *owner)
{
    filter->app = app;
    filter->spec = spec;
    filter->method = method;
    filter->changed = changed;
    filter->owner = owner;
    filter->question.filter = filter;
}

void filter_close(struct filter *filter)
{
    app_forget(filter->app, filter);
    app_forget(filter->app, &filter->question);
}

bool filter_is_set(const struct filter *filter)
{
    return filter->has_word || filter->has_state || filter->from[0] != '\0' ||
           filter->client_id != 0 || filter->person[0] != '\0';
}

void filter_clear(struct filter *filter)
{
    filter->has_word = filter->has_state = false;
    filter->from[0] = filter->to[0] = filter->person[0] = '\0';
    filter->client_id = 0;
}

static const struct field *params_field(const struct filter *filter, const char *name)
{
    return record_field(methods[filter->method].params, name, strlen(name));
}

static void set_number(const struct filter *filter, void *params, const char *name, int64_t value)
{
    const struct field *field = params_field(filter, name);
    field_set_number(field, params, value);
    field_set_given(field, params);
}

static void set_text(const struct filter *filter, void *params, const char *name, const char *text)
{
    *(const char **)field_at(params_field(filter, name), params) = text;
}

void filter_apply(const struct filter *filter, void *params)
{
    if (filter->has_word) {
        set_number(filter, params, filter->spec->word, filter->word);
    }
    if (filter->has_state) {
        set_number(filter, params, filter->spec->state, filter->state);
    }
    if (filter->from[0] != '\0') {
        set_text(filter, params, "from", filter->from);
        set_text(filter, params, "to", filter->to);
    }
    if (filter->client_id != 0) {
        set_number(filter, params, "client_id", filter->client_id);
    }
    if (filter->person[0] != '\0') {
        set_text(filter, params, filter->spec->person, filter->person);
    }
}

const char *filter_words(const struct filter *filter, char out[FILTER_WORDS * 2])
{
    char days[LISTVIEW_CELL * 2] = "", to[LISTVIEW_CELL];
    if (filter->from[0] != '\0') {
        cell_near_day(days, filter->from);
        if (strcmp(filter->from, filter->to) != 0) {
            cell_near_day(to, filter->to);
            snprintf(days + strlen(days), sizeof(days) - strlen(days), "-%s", to);
        }
    }
    const char *parts[] = {
        filter->has_word ? filter->spec->wording(filter->word) : "",
        filter->has_state ? filter->spec->state_wording(filter->state) : "",
        days,
        filter->client_id != 0 ? filter->client : "",
        filter->person,
    };
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i][0] != '\0' && used < FILTER_WORDS * 2) {
            used += (size_t)snprintf(out + used, FILTER_WORDS * 2 - used, "%s%s",
                                     used > 0 ? ", " : "", parts[i]);
        }
    }
    return out;
}

static void set_span(struct filter *filter, enum day_span span)
{
    char today[CLOCK_DAY], first[CLOCK_DAY];
    clock_day(clock_now(), today);
    snprintf(first, sizeof(first), "%.8s01", today);
    memcpy(filter->from, today, CLOCK_DAY);
    memcpy(filter->to, today, CLOCK_DAY);
    switch (span) {
    case YESTERDAY:
        clock_day_add(today, -1, filter->from);
        clock_day_add(today, -1, filter->to);
        break;
    case LAST_WEEK: clock_day_add(today, -6, filter->from); break;
    case THIS_MONTH: memcpy(filter->from, first, CLOCK_DAY); break;
    case LAST_MONTH:
        clock_day_add(first, -1, filter->to);
        snprintf(filter->from, CLOCK_DAY, "%.8s01", filter->to);
        break;
    default: break;
    }
}

static void on_days(void *owner, bool yes, const char *text)
{
    struct filter *filter = owner;
    char today[CLOCK_DAY];
    if (!yes) {
        return;
    }
    if (daytext_range(text, clock_day(clock_now(), today), filter->from, filter->to)) {
        filter->changed(filter->owner);
    } else {
        app_say(filter->app, STYLE_ERROR, "%s: %s", _("These are no days"), text);
    }
}

static void ask_days(struct filter *filter)
{
    app_ask(filter->app, DIALOG_LINE, _("Days"),
            _("From and to, like 1.11 15.11; one day; or a month like 11.2026"), on_days, filter);
}

static void set_client(struct filter *filter, int64_t id)
{
    for (int i = 0; i < filter->found_count; i++) {
        if (filter->found[i].id == id) {
            filter->client_id = id;
            memcpy(filter->client, filter->found[i].words, sizeof(filter->client));
        }
    }
}

static void on_choice(void *owner, int64_t value)
{
    struct filter *filter = owner;
    app_forget(filter->app, &filter->question);
    if (value == CHOOSE_OTHER_DAYS) {
        ask_days(filter);
        return;
    }
    if (value == CHOOSE_ALL) {
        filter_clear(filter);
    } else if (value == CHOOSE_PERSON) {
        memcpy(filter->person, filter->offered_person, sizeof(filter->person));
    } else if (value >= CHOOSE_CLIENT) {
        set_client(filter, value - CHOOSE_CLIENT);
    } else if (value >= CHOOSE_STATE) {
        filter->has_state = true;
        filter->state = (int)value - CHOOSE_STATE;
    } else if (value >= CHOOSE_WORD) {
        filter->has_word = true;
        filter->word = (int)value - CHOOSE_WORD;
    } else {
        set_span(filter, (enum day_span)(value - CHOOSE_DAYS));
    }
    filter->changed(filter->owner);
}

struct rows {
    struct palette_row at[PALETTE_ROWS_MAX];
    int count;
    const char *typed;
};

/* A row, if what is typed lets it pass. */
static void add(struct rows *rows, const char *label, const char *note, int64_t value)
{
    struct palette_row row = { "", label, note, value };
    if (rows->count < PALETTE_ROWS_MAX && palette_row_passes(&row, rows->typed)) {
        rows->at[rows->count++] = row;
    }
}

static void add_words(const struct filter *filter, struct rows *rows)
{
    const struct field *field = params_field(filter, filter->spec->word);
    for (int i = 0; i < field->words->count; i++) {
        add(rows, filter->spec->wording(i), _(filter->spec->word_label), CHOOSE_WORD + i);
    }
}

static void add_states(const struct filter *filter, struct rows *rows)
{
    const struct field *field = params_field(filter, filter->spec->state);
    for (int i = 0; i < field->words->count; i++) {
        if ((filter->spec->states >> i & 1) != 0) {
            add(rows, filter->spec->state_wording(i), _(filter->spec->state_label),
                CHOOSE_STATE + i);
        }
    }
}

static void show_rows(struct filter *filter)
{
    struct rows rows = { .typed = app_choice_text(filter->app) };
    const struct filter_spec *spec = filter->spec;
    if (filter_is_set(filter)) {
        add(&rows, _("no filter"), _("all rows"), CHOOSE_ALL);
    }
    for (int i = 0; i < filter->found_count && rows.typed[0] != '\0'; i++) {
        rows.at[rows.count++] = (struct palette_row){ "", filter->found[i].words, _("Client"),
                                                      CHOOSE_CLIENT + filter->found[i].id };
    }
    if (spec->word != NULL) {
        add_words(filter, &rows);
    }
    if (spec->state != NULL) {
        add_states(filter, &rows);
    }
    for (int i = 0; i < DAY_SPANS && spec->days; i++) {
        add(&rows, _(span_words[i]), _("Days"), CHOOSE_DAYS + i);
    }
    if (spec->days) {
        add(&rows, _("other days..."), _("Days"), CHOOSE_OTHER_DAYS);
    }
    if (filter->offered_person[0] != '\0') {
        add(&rows, filter->offered_person, _("Who"), CHOOSE_PERSON);
    }
    for (int i = 0; i < filter->found_count && rows.typed[0] == '\0'; i++) {
        add(&rows, filter->found[i].words, _("Client"), CHOOSE_CLIENT + filter->found[i].id);
    }
    app_choice_rows(filter->app, rows.at, rows.count);
}

static void offer_client(struct filter *filter, int64_t id, const char *code, const char *name)
{
    if (filter->found_count < FILTER_FOUND && id != 0) {
        filter->found[filter->found_count].id = id;
        snprintf(filter->found[filter->found_count].words, FILTER_WORDS, "%s %s",
                 text_or_empty(code), text_or_empty(name));
        filter->found_count++;
    }
}

static void on_clients(void *owner, const struct rec_client_search_result *result,
                       const struct err *err)
{
    struct filter *filter = ((struct filter_question *)owner)->filter;
    filter->found_count = 0;
    for (size_t i = 0; err == NULL && i < result->clients.count; i++) {
        const struct rec_client *client = (const struct rec_client *)result->clients.at + i;
        offer_client(filter, client->id, client->code, client->name);
    }
    show_rows(filter);
}

static bool offers_clients(const struct filter *filter)
{
    return filter->spec->clients && !filter->of_one_client;
}

static void ask_clients(void *owner, const char *text)
{
    struct filter *filter = owner;
    struct rec_client_search params = { .text = text, .limit = FILTER_FOUND, .has_limit = true };
    if (text[0] == '\0' || !offers_clients(filter)) {
        show_rows(filter);
        return;
    }
    app_forget(filter->app, &filter->question); /* only the newest answer counts */
    call_client_search(app_client(filter->app), &params, on_clients, &filter->question);
}

/* A text of the selected record, "" where it has none of that name. */
static const char *row_text(const struct filter *filter, const void *row, const char *name)
{
    const struct record *record = methods[filter->method].result->fields[0].record;
    const struct field *field = name == NULL ? NULL : record_field(record, name, strlen(name));
    return row == NULL || field == NULL ? "" : text_or_empty(*(char *const *)field_at(field, row));
}

void filter_choose(struct filter *filter, const void *row)
{
    const struct record *record = methods[filter->method].result->fields[0].record;
    const struct field *client = record_field(record, "client_id", strlen("client_id"));
    snprintf(filter->offered_person, sizeof(filter->offered_person), "%s",
             row_text(filter, row, filter->spec->person));
    filter->found_count = 0;
    if (offers_clients(filter) && row != NULL && client != NULL) {
        offer_client(filter, field_number(client, row), row_text(filter, row, "client_code"),
                     row_text(filter, row, "client_name"));
    }
    app_choose(filter->app, _("Filter"), on_choice, ask_clients, filter);
    show_rows(filter);
}
