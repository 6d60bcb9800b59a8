/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/page.h"

static void show(struct page *page, bool ok)
{
    if (ok)
        page_show(page, 200, "page_home.html", page_data(page));
    else
        page_failed(page);
}

void page_home(struct page *page)
{
    page_read(page, NULL, show);
}
