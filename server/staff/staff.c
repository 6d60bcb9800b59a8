/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/staff/staff.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "protocol/tls.h"
#include "server/staff/listener.h"
#include "server/staff/session.h"

enum { BACKLOG = 128 };

struct staff *staff_new(const struct staff_setup *setup)
{
    struct staff *staff = memory_zeroed(sizeof *staff);
    staff->setup = *setup;
    staff->last_event = setup->last_event;
    staff->signin = signin_new(setup->loop);
    uv_timer_init(setup->loop, &staff->hello_timer);
    staff->hello_timer.data = staff;
    return staff;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    if (status < 0) {
        log_warn("staff", "a connection could not be taken: %s", uv_strerror(status));
        return;
    }
    session_accept(listener->staff, stream, listener->tls);
}

static void listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    struct staff *staff = listener->staff;
    struct listener **at = &staff->listeners;
    while (*at != listener) {
        at = &(*at)->next;
    }
    *at = listener->next;
    if (listener->tls != NULL) {
        tls_context_free(listener->tls);
    }
    if (listener->path != NULL) {
        unlink(listener->path);
        free(listener->path);
    }
    free(listener);
    staff_closed_part(staff);
}

/* Listens on a bound handle; takes over `listener` either way. */
static bool listen_on(struct listener *listener, int error, const char *where, char *ret_why,
                      size_t why_size)
{
    struct staff *staff = listener->staff;
    listener->uv.handle.data = listener;
    listener->next = staff->listeners;
    staff->listeners = listener;
    if (error == 0) {
        error = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    }
    if (error != 0) {
        snprintf(ret_why, why_size, "cannot listen on %s: %s", where, uv_strerror(error));
        uv_close(&listener->uv.handle, listener_closed);
    }
    return error == 0;
}

/* Removes the socket of a daemon that died. False: something else stands there, and stays. */
static bool remove_socket(const char *path)
{
    struct stat old;
    if (lstat(path, &old) != 0) {
        return true;
    }
    return S_ISSOCK(old.st_mode) && unlink(path) == 0;
}

bool staff_listen_unix(struct staff *staff, const char *path, char *ret_why, size_t why_size)
{
    char unready[sizeof((struct sockaddr_un *)NULL)->sun_path + 1];
    struct listener *listener = memory_zeroed(sizeof *listener);
    listener->staff = staff;
    ENSURE(uv_pipe_init(staff->setup.loop, &listener->uv.pipe, 0) == 0);
    /* Under another name until it listens: whoever sees the socket can connect to it. */
    snprintf(unready, sizeof unready, "%s~", path);
    bool is_free = remove_socket(path) && remove_socket(unready);
    int error = is_free ? uv_pipe_bind(&listener->uv.pipe, unready) : UV_EADDRINUSE;
    if (error == 0) {
        listener->path = strdup(path);
        /* Who connects is asked for a password or known by its OS user: the folder's rights, not
         * the socket's, say who may try. */
        chmod(unready, 0666);
    }
    if (!listen_on(listener, error, path, ret_why, why_size)) {
        return false;
    }
    if (rename(unready, path) != 0) {
        snprintf(ret_why, why_size, "cannot listen on %s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

static const char *address_name(const struct sockaddr *address, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
        uv_ip6_name(six, host, sizeof host);
        snprintf(out, size, "[%s]:%u", host, (unsigned)ntohs(six->sin6_port));
    } else {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        uv_ip4_name(four, host, sizeof host);
        snprintf(out, size, "%s:%u", host, (unsigned)ntohs(four->sin_port));
    }
    return out;
}

bool staff_listen_tcp(struct staff *staff, const struct sockaddr *address,
                      const char *tls_certificate, const char *tls_key, char *ret_why,
                      size_t why_size)
{
    char where[INET6_ADDRSTRLEN + 16];
    struct tls_context *tls = NULL;
    if (tls_certificate[0] != '\0') {
        struct err err;
        tls = tls_server(tls_certificate, tls_key, &err);
        if (tls == NULL) {
            snprintf(ret_why, why_size, "%s: %s", err.field, err.detail);
            return false;
        }
    }
    struct listener *listener = memory_zeroed(sizeof *listener);
    listener->staff = staff;
    listener->tls = tls;
    listener->tls_certificate = tls_certificate;
    listener->tls_key = tls_key;
    ENSURE(uv_tcp_init(staff->setup.loop, &listener->uv.tcp) == 0);
    int error = uv_tcp_bind(&listener->uv.tcp, address, 0);
    return listen_on(listener, error, address_name(address, where, sizeof where), ret_why,
                     why_size);
}

void staff_reload(struct staff *staff)
{
    for (struct listener *listener = staff->listeners; listener != NULL;
         listener = listener->next) {
        struct err err;
        if (listener->tls == NULL) {
            continue;
        }
        struct tls_context *tls = tls_server(listener->tls_certificate, listener->tls_key, &err);
        if (tls == NULL) {
            log_error("staff", "the old certificate stays in use: %s", err.detail);
            continue;
        }
        tls_context_free(listener->tls);
        listener->tls = tls;
        log_info("staff", "the certificate was read anew");
    }
}

size_t staff_sessions(const struct staff *staff)
{
    return staff->count;
}

void staff_closed_part(struct staff *staff)
{
    if (!staff->closing || staff->sessions != NULL || staff->listeners != NULL ||
        !staff->hello_timer_closed) {
        return;
    }
    void (*closed)(void *) = staff->closed;
    void *owner = staff->closed_owner;
    signin_free(staff->signin);
    free(staff);
    closed(owner);
}

static void hello_timer_closed(uv_handle_t *handle)
{
    struct staff *staff = handle->data;
    staff->hello_timer_closed = true;
    staff_closed_part(staff);
}

void staff_close(struct staff *staff, void (*closed)(void *owner), void *owner)
{
    staff->closing = true;
    staff->closed = closed;
    staff->closed_owner = owner;
    signin_hurry(staff->signin);
    for (struct listener *listener = staff->listeners; listener != NULL;
         listener = listener->next) {
        if (!uv_is_closing(&listener->uv.handle)) {
            uv_close(&listener->uv.handle, listener_closed);
        }
    }
    struct session *next;
    for (struct session *session = staff->sessions; session != NULL; session = next) {
        next = session->next;
        session_close(session);
    }
    uv_close((uv_handle_t *)&staff->hello_timer, hello_timer_closed);
}
