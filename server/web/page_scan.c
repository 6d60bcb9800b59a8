/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A scan, to the client whose letter it is of. */
#include <unistd.h>

#include "protocol/base/arena.h"
#include "server/office/panel.h"
#include "server/web/signed_in.h"

struct download {
    struct rec_scan scan;
    int file; /* -1: not open */
};

static void close_file(struct download *download)
{
    if (download->file >= 0) {
        close(download->file);
    }
    download->file = -1;
}

/* On a database thread also because opening a file may wait for the disk. */
static bool open_scan(struct page *page, struct op *op)
{
    struct download *download = page->state;
    close_file(download); /* of an earlier run */
    return panel_scan_open(op, &page->session.client, page_number(page->rest), &download->scan,
                           &download->file);
}

static void hand_over(struct page *page, bool ok)
{
    struct download *download = page->state;
    const struct rec_scan *scan = &download->scan;
    if (ok) {
        page_file(page, download->file, scan->size, scan->type, scan->name);
        return;
    }
    close_file(download); /* open already when the transaction failed at its end */
    page_failed(page);
}

void page_scan(struct page *page)
{
    struct download *download = arena_one(page->arena, struct download);
    download->file = -1;
    page->state = download;
    signed_in_read(page, open_scan, hand_over);
}
