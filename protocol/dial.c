/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/dial.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/memory.h"

enum { ADDRESSES_MAX = 8 };

/*
 * The look-up and the poll handle finish in callbacks that cannot be prevented, so the dial stays
 * until `lookup_busy` and `poll_open` are both false; `done` is NULL once the owner was told or
 * does not care any more.
 */
struct dial {
    uv_loop_t *loop;
    dial_done done;
    void *owner;
    uv_getaddrinfo_t lookup;
    bool lookup_busy;
    uv_timer_t soon; /* tells of an immediate outcome, never inside dial_start() */
    uv_poll_t poll;
    bool poll_open;
    unsigned handles; /* not closed yet */
    int fd;
    int error; /* of the last address tried */
    struct sockaddr_storage addresses[ADDRESSES_MAX];
    socklen_t lengths[ADDRESSES_MAX];
    size_t count;
    size_t next;
};

static void try_next(struct dial *dial);

static void free_when_idle(struct dial *dial)
{
    if (dial->handles == 0 && !dial->lookup_busy) {
        free(dial);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct dial *dial = handle->data;
    dial->handles--;
    free_when_idle(dial);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct dial *dial = handle->data;
    dial->handles--;
    dial->poll_open = false;
    if (dial->done != NULL) {
        try_next(dial);
    } else {
        free_when_idle(dial);
    }
}

static void close_poll(struct dial *dial)
{
    if (dial->poll_open && !uv_is_closing((uv_handle_t *)&dial->poll)) {
        uv_close((uv_handle_t *)&dial->poll, on_poll_closed);
    }
}

static void finish(struct dial *dial, int fd)
{
    dial_done done = dial->done;
    dial->done = NULL;
    close_poll(dial);
    uv_close((uv_handle_t *)&dial->soon, on_handle_closed);
    done(dial->owner, fd);
}

static void drop_socket(struct dial *dial)
{
    if (dial->fd >= 0) {
        close(dial->fd);
        dial->fd = -1;
    }
}

static void on_writable(uv_poll_t *poll, int status, int events)
{
    struct dial *dial = poll->data;
    (void)events;
    int error = 0;
    socklen_t length = sizeof error;
    uv_poll_stop(poll);
    /* For any failed connect libuv says UV_EBADF; the socket knows better. */
    if (getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
        error = errno;
    }
    if (status == 0 && error == 0) {
        int fd = dial->fd;
        dial->fd = -1;
        finish(dial, fd);
        return;
    }
    dial->error = error != 0 ? uv_translate_sys_error(error) : status;
    close_poll(dial); /* its callback tries the next address */
    drop_socket(dial);
}

/* True when the connection is on its way. */
static bool begin_connect(struct dial *dial, const struct sockaddr_storage *to, socklen_t length)
{
    dial->fd = socket(to->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (dial->fd < 0 ||
        (connect(dial->fd, (const struct sockaddr *)to, length) != 0 && errno != EINPROGRESS)) {
        dial->error = uv_translate_sys_error(errno);
        return false;
    }
    int error = uv_poll_init(dial->loop, &dial->poll, dial->fd);
    if (error != 0) {
        dial->error = error;
        return false;
    }
    dial->poll.data = dial;
    dial->poll_open = true;
    dial->handles++;
    uv_poll_start(&dial->poll, UV_WRITABLE, on_writable);
    return true;
}

static void try_next(struct dial *dial)
{
    while (dial->next < dial->count) {
        size_t i = dial->next++;
        if (begin_connect(dial, &dial->addresses[i], dial->lengths[i])) {
            return;
        }
        drop_socket(dial);
    }
    finish(dial, dial->error);
}

static void on_soon(uv_timer_t *timer)
{
    try_next(timer->data);
}

static void on_looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct dial *dial = request->data;
    dial->lookup_busy = false;
    if (dial->done == NULL) {
        uv_freeaddrinfo(found);
        free_when_idle(dial);
        return;
    }
    dial->error = status != 0 ? status : UV_EAI_NODATA;
    for (struct addrinfo *at = found; at != NULL && dial->count < ADDRESSES_MAX; at = at->ai_next) {
        memcpy(&dial->addresses[dial->count], at->ai_addr, at->ai_addrlen);
        dial->lengths[dial->count++] = at->ai_addrlen;
    }
    uv_freeaddrinfo(found);
    try_next(dial);
}

static int look_up(struct dial *dial, const struct address *address)
{
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    dial->lookup.data = dial;
    return uv_getaddrinfo(dial->loop, &dial->lookup, on_looked_up, address->host, port, &hints);
}

struct dial *dial_start(uv_loop_t *loop, const struct address *address, dial_done done, void *owner)
{
    struct dial *dial = memory_zeroed(sizeof *dial);
    dial->loop = loop;
    dial->done = done;
    dial->owner = owner;
    dial->fd = -1;
    dial->handles = 1;
    dial->soon.data = dial;
    uv_timer_init(loop, &dial->soon);
    if (address_socket(address, &dial->addresses[0], &dial->lengths[0])) {
        dial->count = 1;
    } else {
        dial->error = look_up(dial, address);
        dial->lookup_busy = dial->error == 0;
    }
    if (!dial->lookup_busy) {
        uv_timer_start(&dial->soon, on_soon, 0, 0);
    }
    return dial;
}

void dial_cancel(struct dial *dial)
{
    dial->done = NULL;
    if (dial->lookup_busy) {
        uv_cancel((uv_req_t *)&dial->lookup); /* its callback comes in any case */
    }
    close_poll(dial);
    drop_socket(dial);
    uv_close((uv_handle_t *)&dial->soon, on_handle_closed);
}
