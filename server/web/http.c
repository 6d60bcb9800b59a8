/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libmicrohttpd in the libuv loop. Its epoll descriptor is watched by a uv_poll_t, and since it
 * uses epoll edge-triggered it must be asked after every run when it wants to run again
 * (MHD_get_timeout); a loop that forgets that hangs.
 *
 * Its own timeout is idle time only: a peer that sends a byte every few seconds lives for ever.
 * Each connection therefore has a deadline for what it is doing (a request's head, its body, taking
 * the answer), and one timer looks them through once a second while there are connections.
 */
#include "server/web/http.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/web/certificate.h"
#include "server/web/framing.h"
#include "server/web/peer.h"

enum {
    CONNECTIONS = 500,
    MEMORY_BYTES = 16384, /* of a connection: longer heads get 431, longer URLs 414 */
    IDLE_SECONDS = 30,
    HEAD_MS = 10000, /* from accepting (or the answer before) to the end of the head */
    BODY_MS = 10000,
    ANSWER_MS = 30000,        /* to take an answer, */
    ANSWER_BYTES_PER_MS = 16, /* and this much more for a long one */
    SWEEP_MS = 1000,
};

struct connection {
    struct connection *next;
    struct connection *previous;
    struct MHD_Connection *handle;
    uint64_t deadline; /* on the loop's clock; 0: it is our turn */
};

struct http {
    struct MHD_Daemon *daemon;
    struct http_config config;
    uv_loop_t *loop;
    uv_poll_t poll;
    uv_timer_t wake;  /* when MHD wants to run */
    uv_timer_t sweep; /* deadlines */
    struct connection *connections;
    struct http_counters counters;
    size_t suspended;
    bool place_freed; /* a connection went in this run of MHD */
    bool stopping;
    int handles;
    void (*closed)(void *owner);
    void *closed_owner;
};

/* A request on its way; the handler knows the part `request`. */
struct exchange {
    struct http_request request;
    struct http *http;
    struct MHD_Connection *connection;
    struct buf body;
    struct MHD_Response *response;
    unsigned status;
    size_t length;
    bool suspended;
};

static struct exchange *exchange_of(const struct http_request *request)
{
    return (struct exchange *)(uintptr_t)request;
}

static struct connection *connection_of(struct MHD_Connection *handle)
{
    return MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static const struct sockaddr *peer_of(struct MHD_Connection *handle)
{
    return MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static void set_deadline(struct http *http, struct MHD_Connection *handle, uint64_t ms)
{
    connection_of(handle)->deadline = uv_now(http->loop) + ms;
}

static void run(struct http *http);

static void on_wake(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    run(poll->data);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http *http = timer->data;
    uint64_t now = uv_now(http->loop);
    for (struct connection *at = http->connections; at; at = at->next) {
        if (!at->deadline || at->deadline > now) {
            continue;
        }
        at->deadline = 0;
        http->counters.overdue++;
        /* MHD sees the end of the stream and closes the connection itself. */
        int fd = MHD_get_connection_info(at->handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        shutdown(fd, SHUT_RDWR);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    if (--http->handles) {
        return;
    }
    void (*closed)(void *owner) = http->closed;
    void *owner = http->closed_owner;
    free(http);
    closed(owner);
}

static void finish(struct http *http)
{
    uv_poll_stop(&http->poll); /* before MHD closes the descriptor */
    MHD_stop_daemon(http->daemon);
    uv_close((uv_handle_t *)&http->poll, on_handle_closed);
    uv_close((uv_handle_t *)&http->wake, on_handle_closed);
    uv_close((uv_handle_t *)&http->sweep, on_handle_closed);
}

static void run(struct http *http)
{
    http->place_freed = false;
    MHD_run(http->daemon);
    if (http->stopping && http->suspended == 0) {
        finish(http);
        return;
    }
    MHD_UNSIGNED_LONG_LONG timeout;
    /*
     * At its limit of connections, or without a descriptor, MHD stops listening, and looks whether
     * to listen again only where a run begins; places become free where it ends.
     */
    if (http->place_freed) {
        uv_timer_start(&http->wake, on_wake, 0, 0);
    } else if (MHD_get_timeout(http->daemon, &timeout) == MHD_YES) {
        uv_timer_start(&http->wake, on_wake, timeout, 0);
    } else {
        uv_timer_stop(&http->wake);
    }
}

static void on_connection(void *owner, struct MHD_Connection *handle, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *http = owner;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct connection *connection = memory_zeroed(sizeof(*connection));
        connection->handle = handle;
        connection->deadline = uv_now(http->loop) + HEAD_MS;
        connection->next = http->connections;
        if (connection->next) {
            connection->next->previous = connection;
        } else {
            uv_timer_start(&http->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
        }
        http->connections = connection;
        http->counters.connections++;
        http->counters.accepted++;
        *context = connection;
        return;
    }
    struct connection *connection = *context;
    http->place_freed = true;
    if (connection->next) {
        connection->next->previous = connection->previous;
    }
    if (connection->previous) {
        connection->previous->next = connection->next;
    } else {
        http->connections = connection->next;
    }
    if (!http->connections) {
        uv_timer_stop(&http->sweep);
    }
    http->counters.connections--;
    free(connection);
}

static void on_completed(void *owner, struct MHD_Connection *handle, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct http *http = owner;
    struct exchange *exchange = *state;
    if (!exchange) {
        return;
    }
    if (exchange->response) {
        MHD_destroy_response(exchange->response);
    }
    buf_release(&exchange->body);
    arena_free(exchange->request.arena);
    free(exchange);
    *state = NULL;
    set_deadline(http, handle, HEAD_MS);
}

static enum MHD_Result queue(struct exchange *exchange)
{
    struct http *http = exchange->http;
    http->counters.answers[exchange->status / 100]++;
    set_deadline(http, exchange->connection, ANSWER_MS + exchange->length / ANSWER_BYTES_PER_MS);
    return MHD_queue_response(exchange->connection, exchange->status, exchange->response);
}

static void add_fields(struct MHD_Response *response, const struct http_field *field)
{
    for (; field && field->name; field++) {
        ENSURE(MHD_add_response_header(response, field->name, field->value) == MHD_YES);
    }
}

void http_answer(struct http_request *request, const struct http_answer *answer)
{
    struct exchange *exchange = exchange_of(request);
    ENSURE(!exchange->response && answer->status >= 200 && answer->status < 600);
    exchange->status = answer->status;
    exchange->length = answer->length;
    exchange->response =
        answer->has_file
            ? MHD_create_response_from_fd64(answer->length, answer->file)
            : MHD_create_response_from_buffer(answer->length, (void *)(uintptr_t)answer->body,
                                              MHD_RESPMEM_PERSISTENT);
    ENSURE(exchange->response);
    add_fields(exchange->response, exchange->http->config.fields);
    add_fields(exchange->response, answer->fields);
    if (exchange->suspended) {
        exchange->suspended = false;
        exchange->http->suspended--;
        MHD_resume_connection(exchange->connection);
        uv_timer_start(&exchange->http->wake, on_wake, 0, 0);
    }
}

/* Refuses a request before its body is read; the connection ends with the answer. */
static enum MHD_Result refuse(struct exchange *exchange, unsigned status, const char *text)
{
    static const struct http_field fields[] = { { "Content-Type", "text/plain; charset=utf-8" },
                                                { "Cache-Control", "no-store" },
                                                { "Allow", "GET, HEAD, POST" },
                                                { "Connection", "close" },
                                                { 0 } };
    struct http_answer answer = {
        .status = status, .fields = fields, .body = text, .length = strlen(text)
    };
    http_answer(&exchange->request, &answer);
    return queue(exchange);
}

static bool find_method(const char *name, enum http_method *ret_method)
{
    static const char *const names[] = { "GET", "HEAD", "POST" };
    for (int i = 0; i < 3; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_method = (enum http_method)i;
            return true;
        }
    }
    return false;
}

/* The head of a request is complete. */
static enum MHD_Result begin(struct http *http, struct MHD_Connection *handle, const char *path,
                             const char *method, const char *version, void **state)
{
    struct exchange *exchange = memory_zeroed(sizeof(*exchange));
    exchange->http = http;
    exchange->connection = handle;
    exchange->request.arena = arena_new();
    exchange->request.path = arena_text(exchange->request.arena, path);
    *state = exchange;
    set_deadline(http, handle, BODY_MS);

    struct framing_refusal wrong = framing_check(handle, version);
    if (wrong.status) {
        return refuse(exchange, wrong.status, wrong.text);
    }
    if (!find_method(method, &exchange->request.method)) {
        return refuse(exchange, 405, "Only GET, HEAD and POST are known here.\n");
    }
    return MHD_YES;
}

static enum MHD_Result on_request(void *owner, struct MHD_Connection *handle, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **state)
{
    struct http *http = owner;
    struct exchange *exchange = *state;
    if (!exchange) {
        return begin(http, handle, url, method, version, state);
    }
    if (*data_size) {
        /* MHD cannot answer here; a body without a length that grows too long just ends. */
        if (exchange->body.length + *data_size > HTTP_BODY_BYTES) {
            return MHD_NO;
        }
        buf_add(&exchange->body, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    }
    if (!exchange->response) {
        connection_of(handle)->deadline = 0;
        exchange->request.body = buf_str(&exchange->body);
        exchange->request.body_length = exchange->body.length;
        http->config.handle(&exchange->request, http->config.owner);
    }
    if (exchange->response) {
        return queue(exchange);
    }
    exchange->suspended = true;
    http->suspended++;
    MHD_suspend_connection(handle);
    return MHD_YES;
}

/* MHD's own limit counts single addresses, and a line of IPv6 has as many as it likes. */
static enum MHD_Result may_connect(void *owner, const struct sockaddr *peer, socklen_t length)
{
    (void)length;
    const struct http *http = owner;
    unsigned held = 0;
    for (const struct connection *at = http->connections; at; at = at->next) {
        held += peer_same_network(peer, peer_of(at->handle));
    }
    return !http->config.per_network || held < http->config.per_network ? MHD_YES : MHD_NO;
}

static void __attribute__((format(printf, 2, 0)))
on_log(void *owner, const char *format, va_list arguments)
{
    (void)owner;
    char text[300];
    vsnprintf(text, sizeof(text), format, arguments);
    log_debug("web", "%s", text);
}

/* TLS 1.2 and newer; RFC 9325. */
#define PRIORITIES "SECURE192:+SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static struct MHD_Daemon *start_daemon(struct http *http)
{
    const struct http_config *config = &http->config;
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, certificate_callback() },
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES },
        { MHD_OPTION_END, 0, NULL },
    };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    if (config->tls) {
        flags |= MHD_USE_TLS;
    }
    return MHD_start_daemon(
        flags, 0, may_connect, http, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, config->listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        http, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_ARRAY,
        config->tls ? tls : &tls[2], MHD_OPTION_END);
}

bool http_start(const struct http_config *config, uv_loop_t *loop, struct http **ret_http)
{
    struct http *http = memory_zeroed(sizeof(*http));
    http->config = *config;
    http->loop = loop;
    http->daemon = start_daemon(http);
    if (!http->daemon) {
        free(http);
        return false;
    }
    int fd = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    ENSURE(uv_poll_init(loop, &http->poll, fd) == 0);
    uv_timer_init(loop, &http->wake);
    uv_timer_init(loop, &http->sweep);
    http->poll.data = http->wake.data = http->sweep.data = http;
    http->handles = 3;
    uv_poll_start(&http->poll, UV_READABLE, on_poll);
    uv_timer_start(&http->wake, on_wake, 0, 0);
    *ret_http = http;
    return true;
}

void http_stop(struct http *http, void (*closed)(void *owner), void *owner)
{
    http->stopping = true;
    http->closed = closed;
    http->closed_owner = owner;
    int listener = MHD_quiesce_daemon(http->daemon);
    if (listener >= 0) {
        close(listener);
    }
    uv_timer_start(&http->wake, on_wake, 0, 0);
}

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(exchange_of(request)->connection, MHD_HEADER_KIND, name);
}

struct lines {
    struct arena *arena;
    const char *name;
    const char *joined;
};

static enum MHD_Result join_line(void *to, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    struct lines *lines = to;
    const char *before = lines->joined;
    if (strcasecmp(name, lines->name) == 0) {
        lines->joined = before ? arena_format(lines->arena, "%s, %s", before, value) : value;
    }
    return MHD_YES;
}

const char *http_header_lines(const struct http_request *request, const char *name)
{
    struct lines lines = { .arena = request->arena, .name = name };
    MHD_get_connection_values(exchange_of(request)->connection, MHD_HEADER_KIND, join_line, &lines);
    return lines.joined;
}

const char *http_cookie(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(exchange_of(request)->connection, MHD_COOKIE_KIND, name);
}

const char *http_query(const struct http_request *request, const char *name)
{
    const char *value = NULL;
    if (MHD_lookup_connection_value_n(exchange_of(request)->connection, MHD_GET_ARGUMENT_KIND, name,
                                      strlen(name), &value, NULL) == MHD_NO) {
        return NULL;
    }
    return value ? value : "";
}

const struct sockaddr *http_peer(const struct http_request *request)
{
    return peer_of(exchange_of(request)->connection);
}

struct http_counters http_counters(const struct http *http)
{
    return http->counters;
}
