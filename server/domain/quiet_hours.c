/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/domain/quiet_hours.h"

#include <string.h>

#include "protocol/base/clock.h"

enum { DAY_MINUTES = 24 * 60 };

/* Minutes since midnight, or -1. */
static int minutes_of(const char *text)
{
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5 || text[0] == ':' ||
        text[1] == ':' || text[3] == ':' || text[4] == ':') {
        return -1;
    }
    int hours = (text[0] - '0') * 10 + (text[1] - '0');
    int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

bool quiet_time_valid(const char *text)
{
    return text[0] == '\0' || minutes_of(text) >= 0;
}

int64_t quiet_until(int64_t at, const char *from, const char *to)
{
    int begin = minutes_of(from);
    int end = minutes_of(to);
    if (begin < 0 || end < 0 || begin == end) {
        return at;
    }
    struct tm local;
    clock_local(at, &local);
    int now = local.tm_hour * 60 + local.tm_min;
    int into = (now - begin + DAY_MINUTES) % DAY_MINUTES; /* minutes since the quiet began */
    int length = (end - begin + DAY_MINUTES) % DAY_MINUTES;
    if (into >= length) {
        return at;
    }
    /* By the wall clock, as people mean it: a night may be an hour longer or shorter. */
    char day[CLOCK_DAY];
    clock_day(at, day);
    int64_t until = clock_day_at(now < end ? day : clock_day_add(day, 1, day), end);
    /* In an hour that the clock repeats it may name the first, which is over. */
    return until > at ? until : at - local.tm_sec + (int64_t)(length - into) * 60;
}
