/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What narrows a list beside its tabs and its search: a kind, a state, some days, one client,
 * one person.
 * F4 offers it all in one list that typing narrows ("pol" finds the kind polecony and the client
 * Polmos); what is set stands beside the search until F12 takes it away.
 */
#ifndef SKRYTKA_TUI_FILTER_H
#define SKRYTKA_TUI_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/base/clock.h"
#include "protocol/record.h"

struct app;

/* What a list may be narrowed by, all of it fields of its list method. */
struct filter_spec {
    const char *word;                 /* a field that is an enumeration; NULL: none */
    const char *word_label;           /* English: what it is called */
    const char *(*wording)(int word); /* a value of it, translated */
    const char *state;                /* another such field; NULL: none */
    const char *state_label;          /* English */
    const char *(*state_wording)(int state);
    uint64_t states;    /* 1 << value: those of it that are offered */
    bool days;          /* `from` and `to` */
    bool clients;       /* `client_id` */
    const char *person; /* a field of the method and of its rows: who; NULL: none */
};

enum { FILTER_WORDS = 160, FILTER_FOUND = 8 };

struct filter {
    struct app *app;
    const struct filter_spec *spec;
    enum method method;
    void (*changed)(void *owner);
    void *owner;
    bool of_one_client; /* the list is one client's already: others are not offered */
    bool has_word, has_state;
    int word, state;
    char from[CLOCK_DAY], to[CLOCK_DAY]; /* "": any day */
    int64_t client_id;                   /* 0: any client */
    char client[FILTER_WORDS];
    char person[LIMIT_LINE_BYTES + 1]; /* "": anybody */
    /* What F4 offers now. */
    char offered_person[LIMIT_LINE_BYTES + 1];
    struct {
        int64_t id;
        char words[FILTER_WORDS];
    } found[FILTER_FOUND];
    int found_count;
    struct filter_question {
        struct filter *filter;
    } question; /* owns what is asked, so that forgetting that does not close the list */
};

/* `changed` is told when the person chose something. filter_close() forgets what is under way. */
void filter_open(struct filter *filter, struct app *app, const struct filter_spec *spec,
                 enum method method, void (*changed)(void *owner), void *owner);
void filter_close(struct filter *filter);

bool filter_is_set(const struct filter *filter);
void filter_clear(struct filter *filter);

/* Puts what is set into params of the method, whose texts then live as long as the filter. */
void filter_apply(const struct filter *filter, void *params);

/* "polecony, 20.11-26.11", or "". Answers `out`. */
const char *filter_words(const struct filter *filter, char out[FILTER_WORDS * 2]);

/* Opens the list to choose from. `row` is the selected record, NULL when there is none. */
void filter_choose(struct filter *filter, const void *row);

#endif
