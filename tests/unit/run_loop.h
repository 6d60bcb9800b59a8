/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A test's loop, run until something has happened. */
#ifndef SKRYTKA_TESTS_RUN_LOOP_H
#define SKRYTKA_TESTS_RUN_LOOP_H

#include <stdbool.h>
#include <uv.h>

/* Until *flag is true; the test fails after 20 seconds. */
void run_loop_until(uv_loop_t *loop, const bool *flag);

/* For a callback that takes its owner: the flag. */
void set_true(void *flag);

#endif
