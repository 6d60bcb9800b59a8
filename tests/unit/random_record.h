/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Random records of the schema, and whether two records are the same: for property tests. */
#ifndef SKRYTKA_TESTS_RANDOM_RECORD_H
#define SKRYTKA_TESTS_RANDOM_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/base/arena.h"
#include "protocol/record.h"

/* A sequence that repeats itself from a seed above 0 (xorshift). */
uint32_t random_next(uint32_t *seed);

/* A record whose every field is good; fields that may be missing sometimes are. */
void random_record(const struct record *record, struct arena *arena, uint32_t *seed, void *ret);

/* Field by field, by value. */
bool same_record(const struct record *record, const void *a, const void *b);

#endif
