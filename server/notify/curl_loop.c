/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/curl_loop.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

struct curl_loop {
    uv_loop_t *uv;
    CURLM *multi;
    uv_timer_t timer;
    size_t closing; /* handles of uv that are not closed yet */
    void (*closed)(void *owner);
    void *owner;
};

/* A socket that curl wants to hear of. */
struct watch {
    uv_poll_t poll;
    struct curl_loop *loop;
    curl_socket_t socket;
};

/* Hands on what ended. A `done` may start and release transfers. */
static void report(struct curl_loop *loop)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(loop->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        struct curl_transfer *transfer;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        ENSURE(curl_multi_remove_handle(loop->multi, easy) == CURLM_OK);
        transfer->running = false;
        transfer->done(transfer, result);
    }
}

static void act(struct curl_loop *loop, curl_socket_t socket, int events)
{
    int running;
    ENSURE(curl_multi_socket_action(loop->multi, socket, events, &running) == CURLM_OK);
    report(loop);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) {
        flags |= CURL_CSELECT_IN;
    }
    if (events & UV_WRITABLE) {
        flags |= CURL_CSELECT_OUT;
    }
    act(watch->loop, watch->socket, flags);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void handle_closed(struct curl_loop *loop)
{
    if (--loop->closing > 0 || !loop->closed) {
        return;
    }
    void (*closed)(void *) = loop->closed;
    void *owner = loop->owner;
    free(loop);
    closed(owner);
}

static void watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct curl_loop *loop = watch->loop;
    free(watch);
    handle_closed(loop);
}

static void timer_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

static struct watch *watch_new(struct curl_loop *loop, curl_socket_t socket)
{
    struct watch *watch = memory_zeroed(sizeof *watch);
    watch->loop = loop;
    watch->socket = socket;
    watch->poll.data = watch;
    ENSURE(uv_poll_init_socket(loop->uv, &watch->poll, socket) == 0);
    curl_multi_assign(loop->multi, socket, watch);
    return watch;
}

/* CURLMOPT_SOCKETFUNCTION */
static int want_socket(CURL *easy, curl_socket_t socket, int what, void *owner, void *assigned)
{
    struct curl_loop *loop = owner;
    struct watch *watch = assigned;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            curl_multi_assign(loop->multi, socket, NULL);
            uv_poll_stop(&watch->poll);
            loop->closing++;
            uv_close((uv_handle_t *)&watch->poll, watch_closed);
        }
        return 0;
    }
    if (!watch) {
        watch = watch_new(loop, socket);
    }
    int events = what == CURL_POLL_OUT ? UV_WRITABLE : UV_READABLE;
    if (what == CURL_POLL_INOUT) {
        events = UV_READABLE | UV_WRITABLE;
    }
    ENSURE(uv_poll_start(&watch->poll, events, on_socket) == 0);
    return 0;
}

/* CURLMOPT_TIMERFUNCTION: curl must not be called from here, so 0 ms is the next round too. */
static int want_timer(CURLM *multi, long milliseconds, void *owner)
{
    struct curl_loop *loop = owner;
    (void)multi;
    if (milliseconds < 0) {
        uv_timer_stop(&loop->timer);
    } else {
        uv_timer_start(&loop->timer, on_timer, (uint64_t)milliseconds, 0);
    }
    return 0;
}

struct curl_loop *curl_loop_new(uv_loop_t *uv)
{
    struct curl_loop *loop = memory_zeroed(sizeof *loop);
    ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    loop->uv = uv;
    loop->multi = curl_multi_init();
    ENSURE(loop->multi);
    ENSURE(uv_timer_init(uv, &loop->timer) == 0);
    loop->timer.data = loop;
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    return loop;
}

void curl_loop_prepare(struct curl_loop *loop, struct curl_transfer *transfer)
{
    CURL *easy = curl_easy_init();
    ENSURE(easy);
    transfer->easy = easy;
    transfer->loop = loop;
    transfer->running = false;
    transfer->why[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->why);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a name being looked up */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
}

void curl_loop_start(struct curl_transfer *transfer)
{
    transfer->running = true;
    ENSURE(curl_multi_add_handle(transfer->loop->multi, transfer->easy) == CURLM_OK);
}

void curl_loop_release(struct curl_transfer *transfer)
{
    if (transfer->running) {
        curl_multi_remove_handle(transfer->loop->multi, transfer->easy);
    }
    transfer->running = false;
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
}

void curl_loop_close(struct curl_loop *loop, void (*closed)(void *owner), void *owner)
{
    curl_multi_cleanup(loop->multi);
    curl_global_cleanup();
    loop->closed = closed;
    loop->owner = owner;
    loop->closing++;
    uv_close((uv_handle_t *)&loop->timer, timer_closed);
}
