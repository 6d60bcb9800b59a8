/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Heads of requests that could be read in two ways, or that ask for what is not done here.
 * libmicrohttpd lets them pass. Loop thread.
 */
#ifndef SKRYTKA_WEB_FRAMING_H
#define SKRYTKA_WEB_FRAMING_H

struct MHD_Connection;

/* How a request is refused. */
struct framing_refusal {
    unsigned status;  /* of HTTP; 0: not at all */
    const char *text; /* one line, for programs */
};

/* Looks at a head that is complete; `version` as it stood in it. */
struct framing_refusal framing_check(struct MHD_Connection *handle, const char *version);

#endif
