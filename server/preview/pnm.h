/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reads a picture in one of the Netpbm formats (P4 bits, P5 grey, P6 colour) as it streams in,
 * making it grey and small on the way: memory is bounded however large the picture says it is.
 * What comes is never trusted. Any thread.
 */
#ifndef SKRYTKA_PREVIEW_PNM_H
#define SKRYTKA_PREVIEW_PNM_H

#include <stddef.h>

#include "server/preview/gray.h"

struct pnm;

enum pnm_state {
    PNM_MORE, /* feed on */
    PNM_DONE, /* pnm_take() has the picture; what follows is not wanted */
    PNM_BAD,  /* no such picture, or larger than PNM_BYTES */
};

enum {
    PNM_SIDE = 65500,       /* pixels */
    PNM_BYTES = 0x20000000, /* of one picture: A4 in colour at 1200 dots an inch is 418 MB */
};

/* Passes over `skip` pictures first. Never NULL. */
struct pnm *pnm_new(unsigned skip);
void pnm_free(struct pnm *pnm);

enum pnm_state pnm_feed(struct pnm *pnm, const void *bytes, size_t length);

/* After PNM_DONE, once: the picture, the caller's to free(). */
struct gray *pnm_take(struct pnm *pnm);

#endif
