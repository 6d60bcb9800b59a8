/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/cli/cli.h"

#include <stdio.h>

#include "protocol/base/arena.h"
#include "tui/json.h"

void cli_end(struct cli *cli)
{
    if (cli->ended) {
        return;
    }
    cli->ended = true;
    if (cli->on_end != NULL) {
        cli->on_end(cli);
    }
    client_close(cli->client, NULL);
    uv_close((uv_handle_t *)&cli->patience, NULL);
}

int cli_complain(const struct err *err)
{
    struct arena *arena = arena_new();
    fprintf(stderr, "%s\n", json_from_err(err, arena));
    arena_free(arena);
    return 1;
}

void cli_fail(struct cli *cli, const struct err *err)
{
    if (!cli->ended) {
        cli->status = cli_complain(err);
        cli_end(cli);
    }
}

void cli_print(struct cli *cli, const struct record *record, const void *value)
{
    struct arena *arena = arena_new();
    printf("%s\n", json_from_record(record, value, arena));
    arena_free(arena);
    if (fflush(stdout) != 0) {
        cli->status = 1;
        cli_end(cli);
    }
}

static void on_patience(uv_timer_t *timer)
{
    struct err err;
    err_set(&err, ERR_unavailable, "", "the connection was lost");
    cli_fail(timer->data, &err);
}

static void on_offline(struct cli *cli, const struct err *why)
{
    if (cli->for_ever) {
        if (!cli->told_offline) {
            cli_complain(why);
        }
        cli->told_offline = true;
    } else if (!cli->was_online) {
        cli_fail(cli, why);
    } else if (!uv_is_active((uv_handle_t *)&cli->patience)) {
        uv_timer_start(&cli->patience, on_patience, CLI_PATIENCE_MS, 0);
    }
}

static void on_state(void *owner, const struct client_status *status)
{
    struct cli *cli = owner;
    switch (status->state) {
    case CLIENT_CONNECTING: break;
    case CLIENT_ONLINE:
        cli->was_online = true;
        cli->told_offline = false;
        uv_timer_stop(&cli->patience);
        if (cli->on_online != NULL) {
            cli->on_online(cli, status->hello);
        }
        break;
    case CLIENT_OFFLINE: on_offline(cli, &status->err); break;
    case CLIENT_STOPPED: cli_fail(cli, &status->err); break;
    }
}

void cli_start(struct cli *cli, const struct options *options,
               void (*on_event)(void *owner, const struct rec_event *event))
{
    struct client_setup setup = {
        .address = options->address,
        .ca_file = options->ca_file,
        .login = options->login,
        .password = options->password,
        .language = options->lang == LANG_PL ? language_pl : language_en,
        .has_language = true,
        .follow_events = on_event != NULL,
        .after = options->after,
        .has_after = options->has_after,
        .owner = cli,
        .on_state = on_state,
        .on_event = on_event,
    };
    *cli = (struct cli){ .options = options };
    uv_loop_init(&cli->loop);
    uv_timer_init(&cli->loop, &cli->patience);
    cli->patience.data = cli;
    cli->client = client_new(&cli->loop, &setup);
}

int cli_run(struct cli *cli)
{
    uv_run(&cli->loop, UV_RUN_DEFAULT);
    uv_loop_close(&cli->loop);
    return cli->status;
}
