/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* skrytka: the terminal of the office, and its commands for scripts. */
#include <signal.h>

#include "protocol/base/i18n.h"
#include "tui/app.h"
#include "tui/cli/cli.h"
#include "tui/options.h"

int main(int argc, char **argv)
{
    struct options options;
    int status;
    /* A lost connection or reader is an error that is handled where the bytes are written. */
    signal(SIGPIPE, SIG_IGN);
    i18n_init();
    if (!options_read(argc, argv, &options, &status)) {
        return status;
    }
    switch (options.command) {
    case COMMAND_call: return cli_call(&options);
    case COMMAND_watch: return cli_watch(&options);
    case COMMAND_attach: return cli_attach(&options);
    case COMMAND_NONE: break;
    }
    return app_run(&options);
}
