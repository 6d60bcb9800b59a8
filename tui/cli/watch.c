/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* skrytka watch [--after ID] */
#include "tui/cli/cli.h"

static void on_event(void *owner, const struct rec_event *event)
{
    cli_print(owner, &record_event, event);
}

int cli_watch(const struct options *options)
{
    struct cli cli;
    cli_start(&cli, options, on_event);
    cli.for_ever = true;
    return cli_run(&cli);
}
