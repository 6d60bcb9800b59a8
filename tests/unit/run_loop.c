/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/run_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LIMIT_MS = 20000 };

static void time_up(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("took too long");
}

void run_loop_until(uv_loop_t *loop, const bool *flag)
{
    uv_timer_t limit;
    uv_timer_init(loop, &limit);
    uv_timer_start(&limit, time_up, LIMIT_MS, 0);
    while (!*flag)
        uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&limit, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
}

void set_true(void *flag)
{
    *(bool *)flag = true;
}
