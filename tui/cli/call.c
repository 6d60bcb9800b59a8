/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* skrytka call METHOD [JSON] */
#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "tui/cli/cli.h"
#include "tui/json.h"

/* More than a message may have is refused by the daemon anyway; this only ends the reading. */
enum { INPUT_BYTES = 2 * LIMIT_FRAME_BYTES };

struct call_command {
    struct cli cli; /* first: the client's owner */
    enum method method;
    void *params;
    const char *key;
};

static void on_answer(struct call_command *call, const void *result, const struct err *err)
{
    if (err != NULL) {
        cli_fail(&call->cli, err);
    } else {
        cli_print(&call->cli, methods[call->method].result, result);
        cli_end(&call->cli);
    }
}

/* No method is known here by its type, so there is no typed function to hand over to. */
static void hand_over(void (*done)(void), void *owner, const void *result, const struct err *err)
{
    ((void (*)(struct call_command *, const void *, const struct err *))done)(owner, result, err);
}

/* The client says hello by itself, before every other call. */
static void on_hello(struct cli *cli, const struct rec_hello_result *result)
{
    cli_print(cli, &record_hello_result, result);
    cli_end(cli);
}

static int run_hello(struct call_command *call, const struct options *options)
{
    const struct rec_hello *params = call->params;
    struct options with_params = *options;
    if (params->login != NULL) {
        with_params.login = params->login;
        with_params.password = params->password;
    }
    cli_start(&call->cli, &with_params, NULL);
    call->cli.on_online = on_hello;
    return cli_run(&call->cli);
}

static int run(struct call_command *call, const struct options *options)
{
    cli_start(&call->cli, options, NULL);
    client_call(call->cli.client, call->method, call->params, call->key,
                (struct client_reply){ hand_over, (void (*)(void))on_answer, call });
    return cli_run(&call->cli);
}

static const char *read_input(struct arena *arena)
{
    struct buf input = BUF_INIT;
    char block[4096];
    size_t length;
    while (input.length < INPUT_BYTES && (length = fread(block, 1, sizeof block, stdin)) > 0) {
        buf_add(&input, block, length);
    }
    return buf_take(&input, arena);
}

static bool read_call(const struct options *options, struct arena *arena, struct call_command *call,
                      struct err *err)
{
    const char *name = options->arguments[0];
    const char *json = options->arguments[1] != NULL ? options->arguments[1] : "{}";
    call->method = method_find(name, strlen(name));
    if (call->method == METHOD_MAX) {
        return err_set(err, ERR_bad_request, "method", "there is no method of this name");
    }
    call->params = arena_alloc(arena, methods[call->method].params->size);
    return json_read_params(call->method, strcmp(json, "-") == 0 ? read_input(arena) : json, arena,
                            call->params, &call->key, err);
}

int cli_call(const struct options *options)
{
    struct call_command call = { .method = METHOD_MAX };
    struct arena *arena = arena_new();
    struct err err;
    int status;
    if (read_call(options, arena, &call, &err)) {
        status = call.method == METHOD_hello ? run_hello(&call, options) : run(&call, options);
    } else {
        status = cli_complain(&err);
    }
    arena_free(arena);
    return status;
}
