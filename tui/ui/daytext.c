/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/daytext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"

static bool by_word(const char *word, const char *today, char ret_day[CLOCK_DAY])
{
    static const struct {
        const char *word;
        size_t least; /* letters needed to tell it from the others */
        int days;
    } words[] = {
        { "dzis", 1, 0 },  { "dzisiaj", 1, 0 },    { "wczoraj", 1, -1 }, { "jutro", 1, 1 },
        { "today", 3, 0 }, { "yesterday", 1, -1 }, { "tomorrow", 3, 1 },
    };
    size_t length = strlen(word);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (length >= words[i].least && strncmp(words[i].word, word, length) == 0) {
            clock_day_add(today, words[i].days, ret_day);
            return true;
        }
    }
    return false;
}

/* Up to three whole numbers divided by one sign each, nothing else. Answers how many. */
static int read_numbers(const char *text, long numbers[3])
{
    int count = 0;
    for (const char *at = text; count < 3; at++) {
        if (*at < '0' || *at > '9') {
            return 0;
        }
        char *end;
        numbers[count++] = strtol(at, &end, 10);
        at = end;
        if (*at == '\0') {
            return count;
        }
        if (strchr(".-/", *at) == NULL) {
            return 0;
        }
        if (at[1] == '\0') {
            return count; /* "12." and "12.11." as many write */
        }
    }
    return 0;
}

static bool by_numbers(const char *text, const char *today, char ret_day[CLOCK_DAY])
{
    long number[3] = { 0 };
    long year = strtol(today, NULL, 10), month = strtol(today + 5, NULL, 10), day;
    switch (read_numbers(text, number)) {
    case 1: day = number[0]; break;
    case 2:
        day = number[0];
        month = number[1];
        break;
    case 3:
        month = number[1];
        year = number[0] > 31 ? number[0] : number[2];
        day = number[0] > 31 ? number[2] : number[0];
        year += year < 100 ? 2000 : 0;
        break;
    default: return false;
    }
    char text_day[64];
    snprintf(text_day, sizeof(text_day), "%04ld-%02ld-%02ld", year, month, day);
    if (!clock_day_valid(text_day)) {
        return false;
    }
    memcpy(ret_day, text_day, CLOCK_DAY);
    return true;
}

bool daytext_parse(const char *text, const char *today, char ret_day[CLOCK_DAY])
{
    struct arena *arena = arena_new();
    bool known = by_numbers(text_trim(arena, text), today, ret_day) ||
                 by_word(text_fold(arena, text), today, ret_day);
    arena_free(arena);
    return known;
}

/* "11.2026": its first and its last day. */
static bool by_month(const char *text, char ret_from[CLOCK_DAY], char ret_to[CLOCK_DAY])
{
    long number[3] = { 0 };
    char first[64], next[64];
    if (read_numbers(text, number) != 2 || number[1] < 1000 || number[0] < 1 || number[0] > 12) {
        return false;
    }
    snprintf(first, sizeof(first), "%04ld-%02ld-01", number[1], number[0]);
    snprintf(next, sizeof(next), "%04ld-%02ld-01", number[1] + number[0] / 12, number[0] % 12 + 1);
    if (!clock_day_valid(first) || !clock_day_valid(next)) {
        return false;
    }
    memcpy(ret_from, first, CLOCK_DAY);
    clock_day_add(next, -1, ret_to);
    return true;
}

static bool by_two_days(char *text, const char *today, char ret_from[CLOCK_DAY],
                        char ret_to[CLOCK_DAY])
{
    char from[CLOCK_DAY], to[CLOCK_DAY], *rest;
    const char *first = strtok_r(text, " ", &rest), *second = strtok_r(NULL, " ", &rest);
    if (second != NULL && strcmp(second, "-") == 0) {
        second = strtok_r(NULL, " ", &rest);
    }
    if (second == NULL || strtok_r(NULL, " ", &rest) != NULL ||
        !daytext_parse(first, today, from) || !daytext_parse(second, today, to)) {
        return false;
    }
    bool turned = strcmp(from, to) > 0;
    memcpy(ret_from, turned ? to : from, CLOCK_DAY);
    memcpy(ret_to, turned ? from : to, CLOCK_DAY);
    return true;
}

bool daytext_range(const char *text, const char *today, char ret_from[CLOCK_DAY],
                   char ret_to[CLOCK_DAY])
{
    struct arena *arena = arena_new();
    char *trimmed = text_trim(arena, text);
    bool known = by_month(trimmed, ret_from, ret_to);
    if (!known && daytext_parse(trimmed, today, ret_from)) {
        memcpy(ret_to, ret_from, CLOCK_DAY);
        known = true;
    }
    known = known || by_two_days(trimmed, today, ret_from, ret_to);
    arena_free(arena);
    return known;
}
