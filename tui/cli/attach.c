/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* skrytka attach ITEM_ID FILE...: the files one after another, then scan_attach. */
#include "tui/cli/cli.h"
#include "tui/upload.h"

struct attach_command {
    struct cli cli; /* first: the client's owner */
    char **files;
    struct upload *upload;
    int64_t ids[LIMIT_LIST_LENGTH];
    size_t count;
};

static void next(struct attach_command *attach);

static void on_attached(void *owner, const struct rec_mail_item *result, const struct err *err)
{
    struct attach_command *attach = owner;
    if (err != NULL) {
        cli_fail(&attach->cli, err);
    } else {
        cli_print(&attach->cli, &record_mail_item, result);
        cli_end(&attach->cli);
    }
}

static void on_uploaded(void *owner, int64_t id, const struct err *err)
{
    struct attach_command *attach = owner;
    attach->upload = NULL;
    if (err != NULL) {
        cli_fail(&attach->cli, err);
        return;
    }
    attach->ids[attach->count++] = id;
    next(attach);
}

static void next(struct attach_command *attach)
{
    const char *file = attach->files[attach->count];
    if (file != NULL) {
        attach->upload = upload_start(&(struct upload_setup){
            .loop = &attach->cli.loop,
            .client = attach->cli.client,
            .path = file,
            .owner = attach,
            .on_done = on_uploaded,
        });
        return;
    }
    struct rec_scan_attach params = {
        .item_id = attach->cli.options->item,
        .uploads = { .at = attach->ids, .count = attach->count, .given = true },
    };
    call_scan_attach(attach->cli.client, &params, on_attached, attach);
}

static void on_end(struct cli *cli)
{
    struct attach_command *attach = (struct attach_command *)cli;
    if (attach->upload != NULL) {
        upload_cancel(attach->upload);
    }
}

int cli_attach(const struct options *options)
{
    struct attach_command attach = { .files = options->arguments + 1 };
    size_t count = 0;
    while (attach.files[count] != NULL) {
        count++;
    }
    if (count > LIMIT_SCANS_PER_ITEM) {
        struct err err;
        err_set(&err, ERR_too_large, "uploads", "at most %d files", LIMIT_SCANS_PER_ITEM);
        return cli_complain(&err);
    }
    cli_start(&attach.cli, options, NULL);
    attach.cli.on_end = on_end;
    next(&attach);
    return cli_run(&attach.cli);
}
