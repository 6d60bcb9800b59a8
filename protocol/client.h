/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The asynchronous caller of the daemon, for the terminal, the commands and tests. It keeps one
 * connection, makes it again when it is lost, signs in, and repeats what was not answered: changes
 * carry a `key`, so that a change that was done but whose answer was lost is not done twice. It
 * follows the events without a gap.
 *
 * Everything on the loop's thread. Callbacks come from the loop, never from inside a function
 * here; inside a callback every function may be called, client_close() too.
 */
#ifndef SKRYTKA_PROTOCOL_CLIENT_H
#define SKRYTKA_PROTOCOL_CLIENT_H

#include <uv.h>

#include "protocol/address.h"
#include "protocol/err.h"
#include "protocol/record.h"

struct arena;
struct client;

enum {
    /* Waits between tries: doubled from the first up to the longest. */
    CLIENT_RETRY_MS = 250,
    CLIENT_RETRY_LOST_MS =
        1000, /* longest while there is no connection: back soon after the server */
    CLIENT_RETRY_BUSY_MS = 8000, /* longest while the server says that it is unavailable */
};

enum client_state {
    CLIENT_CONNECTING,
    CLIENT_ONLINE,
    CLIENT_OFFLINE, /* tries again in retry_ms */
    CLIENT_STOPPED, /* the server does not let us in: waits for client_sign_in() */
};

struct client_status {
    enum client_state state;
    unsigned retry_ms;                    /* OFFLINE */
    struct err err;                       /* OFFLINE, STOPPED: why */
    const struct rec_hello_result *hello; /* ONLINE: what hello said; lives until the next state */
    bool events_anew; /* ONLINE: the server knows fewer events than we saw (it was restored from a
                         backup): all that was read before is worthless */
};

struct client_setup {
    struct address address;
    const char *ca_file; /* for tls: addresses; NULL: this system's authorities */
    const char *login;   /* NULL: the OS user signs in by the Unix socket */
    const char *password;
    enum language language;
    bool has_language;
    bool follow_events; /* on_event is called for each event, once, in order */
    int64_t after;      /* with has_after: also the events after this one, else from now on */
    bool has_after;
    void *owner;
    void (*on_state)(void *owner, const struct client_status *status);
    void (*on_event)(void *owner, const struct rec_event *event); /* gone after the return */
};

/* Begins to connect. Copies the setup. Never NULL. */
struct client *client_new(uv_loop_t *loop, const struct client_setup *setup);

/* Other credentials (NULL: as in the setup), and a try at once. Calls that wait stay. */
void client_sign_in(struct client *client, const char *login, const char *password);

/* Ends it: calls that wait are dropped without a callback. `closed` (may be NULL) comes last. */
void client_close(struct client *client, void (*closed)(void *owner));

/*
 * How an answer is handed over: `hand` calls `done` by its true type. `result` is the method's
 * result record, NULL when `err` says why not; both are gone after the return unless
 * client_take_arena() was called.
 */
struct client_reply {
    void (*hand)(void (*done)(void), void *owner, const void *result, const struct err *err);
    void (*done)(void);
    void *owner;
};

/*
 * Calls a method. `params` is its params record, used up on return. `key` is the key of a change;
 * NULL makes one. Waits while there is no connection, however long. `hello` and
 * `events_subscribe` are the client's own and not for here.
 */
void client_call(struct client *client, enum method method, const void *params, const char *key,
                 struct client_reply reply);

/* From now on no answer comes to this owner. Changes of his are still brought to the server. */
void client_cancel_owner(struct client *client, const void *owner);

/* How many calls wait for an answer. */
size_t client_waiting(const struct client *client);

/* Inside a reply: the arena that the result lies in, now the caller's to free. */
struct arena *client_take_arena(struct client *client);

/*
 * For each method: call_mail_get(client, &params, done, owner), where done is a
 * void (*)(void *owner, const struct rec_mail_item *result, const struct err *err).
 */
#define M(name, params_, result_, role, how, doc)                                                  \
    typedef void (*done_##name)(void *owner, const struct rec_##result_ *result,                   \
                                const struct err *err);                                            \
    static inline void client_hand_##name(void (*done)(void), void *owner, const void *result,     \
                                          const struct err *err)                                   \
    {                                                                                              \
        ((done_##name)done)(owner, result, err);                                                   \
    }                                                                                              \
    static inline void call_##name(struct client *client, const struct rec_##params_ *params,      \
                                   done_##name done, void *owner)                                  \
    {                                                                                              \
        struct client_reply reply = { client_hand_##name, (void (*)(void))done, owner };           \
        client_call(client, METHOD_##name, params, NULL, reply);                                   \
    }
METHODS(M)
#undef M

#endif
