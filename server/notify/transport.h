/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A transport carries messages of one channel to one server: one file each, ending in one struct
 * transport_ops, and one row in transports.def.h. Loop thread.
 */
#ifndef SKRYTKA_NOTIFY_TRANSPORT_H
#define SKRYTKA_NOTIFY_TRANSPORT_H

#include <uv.h>

#include "server/office/outbox.h"

struct config;
struct curl_loop;

enum { TRANSPORT_ANSWER = 256 };

/* One try of one message. Whoever sends embeds it and fills the first three. */
struct sending {
    const struct outbox_letter *letter;
    const struct config *config; /* whose secrets no answer may show; NULL: there are none */
    /* Once, on the loop, perhaps inside send() or cancel(). */
    void (*done)(struct sending *sending);
    enum delivery outcome;
    char answer[TRANSPORT_ANSWER]; /* the server's own words, or what went wrong */
    bool broken_off;               /* by cancel(): nothing is known about its outcome */
    void *carrier;                 /* the transport's, while it is under way */
};

/* What a transport may lean on; outlives it. */
struct transport_place {
    uv_loop_t *loop;
    struct curl_loop *curl;
    const struct config *config;
};

struct transport_ops {
    const char *name; /* scheme of [mail] url, or [sms] provider */
    enum medium channel;
    /* Connects nowhere yet. Never NULL. */
    void *(*open)(const struct transport_place *place);
    void (*send)(void *transport, struct sending *sending);
    /* A try that is under way is to end within seconds; NULL: it takes moments anyway. */
    void (*cancel)(void *transport, struct sending *sending);
    /* Nothing is under way any more. `closed` is called once it is gone, perhaps inside. */
    void (*close)(void *transport, void (*closed)(void *owner), void *owner);
};

#define TRANSPORT(id) extern const struct transport_ops transport_##id;
#include "server/notify/transports.def.h"
#undef TRANSPORT

/* The transport of a name ("smtp", "file"); NULL when there is none. */
const struct transport_ops *transport_find(enum medium channel, const char *name, size_t length);

/* transport_ops.close of a transport that is one piece of memory. */
void transport_free(void *transport, void (*closed)(void *owner), void *owner);

/*
 * Fills outcome and answer. The words lose what is secret (secrets.h), so give them whole; they are
 * made harmless for a screen and cut to size.
 */
void sending_ended(struct sending *sending, enum delivery outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
