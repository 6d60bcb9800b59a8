/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Hours in which no telephone should ring. Pure but for the office's zone; any thread. */
#ifndef SKRYTKA_DOMAIN_QUIET_HOURS_H
#define SKRYTKA_DOMAIN_QUIET_HOURS_H

#include <stdbool.h>
#include <stdint.h>

/* "HH:MM" of a 24-hour clock, or "" for none. */
bool quiet_time_valid(const char *text);

/*
 * When a message that is due at `at` may leave: at once, or at the end of the quiet hours from
 * `from` to `to` (local times; they may go over midnight; none when one is "" or both are equal).
 */
int64_t quiet_until(int64_t at, const char *from, const char *to);

#endif
