/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The only place that asks what time it is. Instants are UTC seconds; days are "YYYY-MM-DD" in the
 * office's time zone (IANA name). Timers run on the loop's monotonic clock, never on this one.
 */
#ifndef SKRYTKA_BASE_CLOCK_H
#define SKRYTKA_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { CLOCK_DAY = 11 };  /* "YYYY-MM-DD" with its NUL */
enum { CLOCK_ZONE = 64 }; /* longest zone name with its NUL */

/*
 * UTC seconds. Any thread. When the environment names a file in SKRYTKA_TEST_CLOCK, the number of
 * seconds written in it is added, read anew at each call: tests let a day pass at once.
 */
int64_t clock_now(void);

/*
 * Sets the zone that days are counted in, Europe/Warsaw until then. False, and nothing changed,
 * when the name is not a zone this machine knows. May be called again at any time, from any
 * thread.
 */
bool clock_set_zone(const char *iana_name);

/* Is this a zone that clock_set_zone() would take? Reads a file. Any thread. */
bool clock_zone_known(const char *iana_name);

/* An instant as the office's wall clock, kept within the years 1 to 9999. Any thread. */
void clock_local(int64_t at, struct tm *ret_local);

/* The office's day of an instant. Returns `out`. */
char *clock_day(int64_t at, char out[CLOCK_DAY]);

/* Is `text` a real day in the form "YYYY-MM-DD", 1990-01-01 to 2199-12-31? */
bool clock_day_valid(const char *text);

/* The instant at which a day begins in the office's zone. `day` must be valid. Any thread. */
int64_t clock_day_begin(const char *day);

/*
 * The instant at which the wall clock shows `minutes` after midnight, 0 to 1439, on that day. Of a
 * time that a change of the clock skips or repeats, one nearby. `day` must be valid. Any thread.
 */
int64_t clock_day_at(const char *day, int minutes);

/*
 * The day `days` later (earlier when negative), kept within the years above. `day` must be valid.
 * Returns `out`, which may be `day` itself.
 */
char *clock_day_add(const char *day, int days, char out[CLOCK_DAY]);

/* "2026-11-23" -> "23.11.2026". `day` must be valid; out holds CLOCK_DAY bytes. */
char *clock_day_show(const char *day, char out[CLOCK_DAY]);

/* An instant as "23.11.2026 10:41" in the office's zone; out holds 17 bytes. */
char *clock_show(int64_t at, char out[17]);

#endif
