/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages of a client who is signed in. Loop thread, but for a page_work. */
#ifndef SKRYTKA_WEB_SIGNED_IN_H
#define SKRYTKA_WEB_SIGNED_IN_H

#include "server/web/page.h"

/*
 * page_read() and page_write() for who is signed in: `work` finds page->session with its client
 * chosen, in the same transaction that checked it. Nobody signed in, or no client chosen yet:
 * `then` is not called, the browser is sent where that is mended.
 */
void signed_in_read(struct page *page, page_work *work, page_then *then);
void signed_in_write(struct page *page, page_work *work, page_then *then);

/* The session's secret of this browser, or NULL. */
const char *signed_in_cookie(struct page *page);

/* Tells the browser its new session, or with NULL to forget it. */
void signed_in_set_cookie(struct page *page, const char *secret);

/* Sends who has just signed in to the letter that was asked for before, or to all the post. */
void signed_in_go_on(struct page *page);

/* What a nonce of these pages is for: this session. */
const char *signed_in_subject(struct page *page);

/* page_data() and the names of the navigation. `tab` is "mail" or "summary". */
struct template_data *signed_in_data(struct page *page, const char *tab);

#endif
