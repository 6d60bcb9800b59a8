/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/framing.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/web/http.h"

struct framing {
    int hosts;
    int lengths;   /* Content-Length */
    int encodings; /* Transfer-Encoding */
    bool blank;    /* in the name of a header */
    bool coded;    /* otherwise than chunked */
    const char *length;
};

static enum MHD_Result look_at_header(void *to, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    (void)kind;
    struct framing *framing = to;
    framing->blank |= strpbrk(name, " \t") != NULL;
    if (strcasecmp(name, "Host") == 0) {
        framing->hosts++;
    } else if (strcasecmp(name, "Content-Length") == 0) {
        framing->lengths++;
        framing->length = value;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        framing->encodings++;
        framing->coded |= strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

struct framing_refusal framing_check(struct MHD_Connection *handle, const char *version)
{
    /* RFC 9112, 3.2 and 5.1. MHD's strict mode asks for this too, but 0.9.75 answers it twice. */
    struct framing framing = { 0 };
    MHD_get_connection_values(handle, MHD_HEADER_KIND, look_at_header, &framing);
    bool old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    if (framing.hosts > 1 || (framing.hosts == 0 && !old) || framing.blank) {
        return (struct framing_refusal){ 400, "The head of the request is not valid.\n" };
    }
    /* Two lengths, or a length beside chunks, mean two requests to two readers (RFC 9112, 6.3). */
    if (framing.lengths > 1 || framing.encodings > 1 || (framing.lengths && framing.encodings)) {
        return (struct framing_refusal){ 400, "The length of the request is ambiguous.\n" };
    }
    /* RFC 9112, 6.1. MHD would wait for the end of the stream, and so for ever. */
    if (framing.coded) {
        return (struct framing_refusal){ 501, "Only the transfer coding chunked is known here.\n" };
    }
    if (framing.length && strtoull(framing.length, NULL, 10) > HTTP_BODY_BYTES) {
        return (struct framing_refusal){ 413, "The request is too long.\n" };
    }
    return (struct framing_refusal){ 0 };
}
