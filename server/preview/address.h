/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where on a page the addressee stands: what shows through the window of an envelope. Pure; any
 * thread.
 */
#ifndef SKRYTKA_PREVIEW_ADDRESS_H
#define SKRYTKA_PREVIEW_ADDRESS_H

#include "server/preview/gray.h"

/*
 * The block of a few lines that lies most like an address: on an upright page right or left of the
 * middle below the head of the letter, on a broad one (an envelope) in its lower right part. With
 * none like that, what there is in the upper part of the page; on an empty page all of it.
 */
struct gray_box address_find(const struct gray *page, const struct gray_paper *paper);

#endif
