/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/channel.h"

#include <stdlib.h>
#include <unistd.h>

#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "protocol/dial.h"
#include "protocol/peer.h"
#include "protocol/tls.h"

/*
 *   DIALING ──> HANDSHAKE ──> OPEN ──> FINISHING ──> ENDED ──> CLOSED
 *
 * Some steps may be left out; every state but the last two goes to ENDED on failure (on_end), and
 * every state to CLOSED by channel_close(). HANDSHAKE lasts until the next turn without TLS.
 */
enum channel_state {
    CHANNEL_DIALING,
    CHANNEL_HANDSHAKE,
    CHANNEL_OPEN,
    CHANNEL_FINISHING,
    CHANNEL_ENDED,
    CHANNEL_CLOSED,
};

enum {
    READ_BYTES = 65536,
    PLAIN_BYTES = 16384, /* of a TLS record, RFC 8446 5.1 */
    KEEP_BYTES = 65536,  /* an emptied input buffer larger than this is released */
};

struct channel {
    struct channel_setup setup;
    bool accepted;
    enum channel_state state;
    const char *failure; /* to be told by on_end on the next turn */
    void (*closed)(void *owner);
    unsigned handles; /* open or closing */

    struct address address; /* being dialed */
    struct dial *dial;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } at;
    bool has_stream;
    uv_timer_t deadline;
    /*
     * Runs once per turn of the loop when there is something to do. An idle handle and not a
     * prepare or check handle: it keeps the loop from sleeping before it has run.
     */
    uv_idle_t turn;

    struct tls_session *tls;
    bool reading;
    bool paused;
    bool deaf; /* after a bad frame: what comes is thrown away */
    struct buf in;
    struct frame_cursor cursor;

    struct sendqueue queue;   /* not given to the system yet */
    struct sendqueue writing; /* the one write on its way */
    bool busy_writing;
    uv_write_t write;
    uv_buf_t *write_parts;
    size_t write_parts_max;
    bool said_goodbye;
    uv_shutdown_t shutdown;

    struct peer peer;
};

/* libuv fills this and hands it over before it asks for another. */
static _Thread_local char read_block[READ_BYTES];

static void go_on(struct channel *channel);

static bool is_live(const struct channel *channel)
{
    return channel->state <= CHANNEL_FINISHING;
}

static void on_turn(uv_idle_t *turn)
{
    uv_idle_stop(turn);
    go_on(turn->data);
}

static void wake(struct channel *channel)
{
    if (is_live(channel)) {
        uv_idle_start(&channel->turn, on_turn);
    }
}

static void stop_reading(struct channel *channel)
{
    if (channel->reading) {
        channel->reading = false;
        uv_read_stop(&channel->at.stream);
    }
}

static void stop_dialing(struct channel *channel)
{
    if (channel->dial != NULL) {
        dial_cancel(channel->dial);
        channel->dial = NULL;
    }
}

/* Tells the owner, at most once. Only from the loop, never from inside a call of the owner. */
static void end(struct channel *channel, const char *why)
{
    if (!is_live(channel)) {
        return;
    }
    channel->state = CHANNEL_ENDED;
    stop_reading(channel);
    stop_dialing(channel);
    uv_timer_stop(&channel->deadline);
    uv_idle_stop(&channel->turn);
    channel->setup.ops->on_end(channel->setup.owner, why);
}

/* end(), on the next turn. */
static void fail(struct channel *channel, const char *why)
{
    if (channel->failure == NULL) {
        channel->failure = why;
    }
    wake(channel);
}

static void on_deadline(uv_timer_t *timer)
{
    struct channel *channel = timer->data;
    end(channel, channel->state == CHANNEL_FINISHING ? "finished" : "timed out");
}

/* ---- input ---- */

/* Hands over the whole values at the beginning of `bytes`; answers how many bytes are done with. */
static size_t hand_frames(struct channel *channel, const char *bytes, size_t length)
{
    const struct channel_ops *ops = channel->setup.ops;
    size_t at = 0;
    while (at < length && channel->state == CHANNEL_OPEN && !channel->paused && !channel->deaf) {
        size_t whole;
        enum frame_state state =
            frame_walk_on(&channel->cursor, bytes + at, length - at, channel->setup.limits, &whole);
        if (state == FRAME_MORE) {
            return at;
        }
        channel->cursor = (struct frame_cursor){ 0 };
        if (state == FRAME_COMPLETE) {
            ops->on_frame(channel->setup.owner, bytes + at, whole);
            at += whole;
        } else {
            channel->deaf = true;
            ops->on_bad_frame(channel->setup.owner, state, bytes + at, length - at);
        }
    }
    return channel->paused && !channel->deaf ? at : length;
}

static void take_plain(struct channel *channel, const char *bytes, size_t length)
{
    if (channel->in.length == 0) {
        size_t done = hand_frames(channel, bytes, length);
        buf_add(&channel->in, bytes + done, length - done);
        return;
    }
    buf_add(&channel->in, bytes, length);
    buf_drop(&channel->in, hand_frames(channel, channel->in.data, channel->in.length));
    if (channel->in.length == 0 && channel->in.capacity > KEEP_BYTES) {
        buf_release(&channel->in);
    }
}

static void set_open(struct channel *channel)
{
    uv_timer_stop(&channel->deadline);
    channel->state = CHANNEL_OPEN;
    channel->setup.ops->on_open(channel->setup.owner);
}

/* Decrypts and hands over what TLS has. */
static void take_encrypted(struct channel *channel)
{
    enum tls_state state = TLS_DONE;
    if (channel->state == CHANNEL_HANDSHAKE) {
        state = tls_handshake(channel->tls);
        if (state == TLS_DONE) {
            set_open(channel);
        }
    }
    while (state == TLS_DONE && channel->state == CHANNEL_OPEN && !channel->paused) {
        char plain[PLAIN_BYTES];
        size_t length;
        state = tls_read(channel->tls, plain, sizeof plain, &length);
        if (state == TLS_DONE) {
            take_plain(channel, plain, length);
        }
    }
    if (state == TLS_CLOSED) {
        end(channel, "the peer closed the connection");
    } else if (state == TLS_FAILED && is_live(channel)) {
        /* The alert tells the peer what was wrong; whether it arrives does not matter. */
        struct buf *alert = tls_output(channel->tls);
        uv_buf_t part = uv_buf_init(alert->data, (unsigned)alert->length);
        if (alert->length > 0 && !channel->busy_writing) {
            uv_try_write(&channel->at.stream, &part, 1);
        }
        end(channel, tls_why(channel->tls));
    }
}

static void give_block(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    (void)handle;
    (void)suggested;
    *ret = uv_buf_init(read_block, sizeof read_block);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *block)
{
    struct channel *channel = stream->data;
    if (length < 0) {
        end(channel,
            length == UV_EOF ? "the peer closed the connection" : uv_strerror((int)length));
    } else if (channel->state != CHANNEL_FINISHING && channel->tls != NULL) {
        tls_feed(channel->tls, block->base, (size_t)length);
        take_encrypted(channel);
        wake(channel); /* to send what the handshake wants to say */
    } else if (channel->state != CHANNEL_FINISHING) {
        take_plain(channel, block->base, (size_t)length);
    }
}

/*
 * Reads, or not, as the state wants it. Only the side that answers stops for a peer that does not
 * take its answers: if both sides did, each could wait for the other for ever.
 */
static void update_reading(struct channel *channel)
{
    bool lagging = channel->accepted && channel_unsent(channel) > CHANNEL_BUSY_BYTES;
    bool wanted = channel->state != CHANNEL_OPEN || (!channel->paused && !lagging);
    if (!wanted) {
        stop_reading(channel);
    } else if (!channel->reading) {
        int error = uv_read_start(&channel->at.stream, give_block, on_read);
        channel->reading = error == 0;
        if (error != 0) {
            fail(channel, uv_strerror(error));
        }
    }
}

/* ---- output ---- */

static void on_written(uv_write_t *write, int status)
{
    struct channel *channel = write->data;
    channel->busy_writing = false;
    sendqueue_clear(&channel->writing);
    if (status != 0 && status != UV_ECANCELED) {
        end(channel, uv_strerror(status));
    } else {
        wake(channel);
    }
}

/* With TLS what is queued goes out as one encrypted part. */
static bool encrypt(struct channel *channel)
{
    struct buf *output = tls_output(channel->tls);
    if (channel->state != CHANNEL_HANDSHAKE) {
        for (size_t i = 0; i < channel->queue.count; i++) {
            const struct shared_bytes *part = channel->queue.parts[i];
            if (!tls_write(channel->tls, part->data, part->length)) {
                fail(channel, tls_why(channel->tls));
                return false;
            }
        }
        sendqueue_clear(&channel->queue);
    }
    if (output->length > 0) {
        sendqueue_add(&channel->writing, output->data, output->length);
        buf_release(output);
    }
    return true;
}

/* Gives everything queued to the system in one write, unless the last one is still on its way. */
static void flush(struct channel *channel)
{
    struct sendqueue *writing = &channel->writing;
    if (channel->busy_writing) {
        return;
    }
    if (channel->tls == NULL) {
        struct sendqueue empty = *writing;
        *writing = channel->queue;
        channel->queue = empty;
    } else if (!encrypt(channel)) {
        return;
    }
    if (writing->bytes == 0) {
        return;
    }
    if (writing->count > channel->write_parts_max) {
        channel->write_parts_max = writing->count;
        channel->write_parts =
            memory_resize(channel->write_parts, memory_product(writing->count, sizeof(uv_buf_t)));
    }
    for (size_t i = 0; i < writing->count; i++) {
        channel->write_parts[i] =
            uv_buf_init(writing->parts[i]->data, (unsigned)writing->parts[i]->length);
    }
    channel->write.data = channel;
    int error = uv_write(&channel->write, &channel->at.stream, channel->write_parts,
                         (unsigned)writing->count, on_written);
    channel->busy_writing = error == 0;
    if (error != 0) {
        fail(channel, uv_strerror(error));
    }
}

static void on_shut(uv_shutdown_t *request, int status)
{
    if (status != 0 && status != UV_ECANCELED) {
        end(request->data, uv_strerror(status));
    }
}

/* Everything is sent: no more comes from us. Then the peer's end of file is waited for. */
static void say_goodbye(struct channel *channel)
{
    channel->said_goodbye = true;
    if (channel->tls != NULL) {
        tls_bye(channel->tls);
        flush(channel);
    }
    channel->shutdown.data = channel;
    int error = uv_shutdown(&channel->shutdown, &channel->at.stream, on_shut);
    if (error != 0) {
        fail(channel, uv_strerror(error));
    }
}

/* One turn: everything that callbacks left to do. */
static void go_on(struct channel *channel)
{
    if (channel->failure != NULL) {
        end(channel, channel->failure);
        return;
    }
    if (channel->state == CHANNEL_DIALING) {
        return;
    }
    if (channel->state == CHANNEL_HANDSHAKE && channel->tls == NULL) {
        set_open(channel);
    }
    if (channel->tls != NULL && channel->state != CHANNEL_FINISHING) {
        take_encrypted(channel);
    }
    if (channel->state == CHANNEL_OPEN && !channel->paused && channel->in.length > 0) {
        take_plain(channel, NULL, 0);
    }
    if (!is_live(channel)) {
        return;
    }
    flush(channel);
    if (channel->state == CHANNEL_FINISHING && !channel->busy_writing && !channel->said_goodbye) {
        say_goodbye(channel);
    }
    update_reading(channel);
}

/* ---- beginning and end ---- */

static struct channel *new_channel(uv_loop_t *loop, const struct channel_setup *setup)
{
    struct channel *channel = memory_zeroed(sizeof *channel);
    channel->setup = *setup;
    channel->turn.data = channel;
    channel->deadline.data = channel;
    uv_idle_init(loop, &channel->turn);
    uv_timer_init(loop, &channel->deadline);
    channel->handles = 2;
    uv_timer_start(&channel->deadline, on_deadline, CHANNEL_CONNECT_MS, 0);
    return channel;
}

static int init_stream(struct channel *channel, uv_loop_t *loop, bool local)
{
    int error =
        local ? uv_pipe_init(loop, &channel->at.pipe, 0) : uv_tcp_init(loop, &channel->at.tcp);
    if (error == 0) {
        channel->at.handle.data = channel;
        channel->has_stream = true;
        channel->handles++;
    }
    return error;
}

/* The stream is connected: on_open follows on the next turn, or after the handshake. */
static void set_connected(struct channel *channel, const char *host)
{
    if (channel->at.handle.type == UV_TCP) {
        uv_tcp_nodelay(&channel->at.tcp, 1);
        peer_watch(&channel->at.tcp);
    }
    channel->peer = peer_of(&channel->at.handle);
    channel->state = CHANNEL_HANDSHAKE;
    if (channel->setup.tls != NULL) {
        channel->tls = tls_session_new(channel->setup.tls, host);
    }
    wake(channel);
}

int channel_accept(uv_stream_t *listener, const struct channel_setup *setup, struct channel **ret)
{
    struct channel *channel = new_channel(listener->loop, setup);
    int error = init_stream(channel, listener->loop, listener->type == UV_NAMED_PIPE);
    if (error == 0) {
        error = uv_accept(listener, &channel->at.stream);
    }
    if (error != 0) {
        channel_close(channel, NULL);
        return error;
    }
    channel->accepted = true;
    set_connected(channel, NULL);
    *ret = channel;
    return 0;
}

static void on_dialed(void *owner, int fd)
{
    struct channel *channel = owner;
    channel->dial = NULL;
    if (fd < 0) {
        end(channel, uv_strerror(fd));
        return;
    }
    bool local = channel->address.kind == ADDRESS_UNIX;
    int error = init_stream(channel, channel->turn.loop, local);
    if (error == 0) {
        error = local ? uv_pipe_open(&channel->at.pipe, fd) : uv_tcp_open(&channel->at.tcp, fd);
    }
    if (error != 0) {
        close(fd);
        end(channel, uv_strerror(error));
        return;
    }
    set_connected(channel, channel->address.host);
}

struct channel *channel_connect(uv_loop_t *loop, const struct address *address,
                                const struct channel_setup *setup)
{
    struct channel *channel = new_channel(loop, setup);
    channel->address = *address;
    channel->dial = dial_start(loop, address, on_dialed, channel);
    return channel;
}

/* True when the channel still takes messages and the peer reads them. */
static bool may_queue(struct channel *channel, size_t most)
{
    if (channel->state > CHANNEL_OPEN || channel->failure != NULL) {
        return false;
    }
    if (channel_unsent(channel) > most) {
        fail(channel, "the peer does not read");
        return false;
    }
    wake(channel);
    return true;
}

void channel_send(struct channel *channel, const void *bytes, size_t length)
{
    if (may_queue(channel, CHANNEL_UNSENT_BYTES)) {
        sendqueue_add(&channel->queue, bytes, length);
    }
}

void channel_send_shared(struct channel *channel, struct shared_bytes *message)
{
    if (may_queue(channel, CHANNEL_LAG_BYTES)) {
        sendqueue_share(&channel->queue, message);
    }
}

size_t channel_unsent(const struct channel *channel)
{
    return channel->queue.bytes + channel->writing.bytes;
}

void channel_pause(struct channel *channel)
{
    channel->paused = true;
    stop_reading(channel); /* at once: libuv may have more for us in this same turn */
}

void channel_resume(struct channel *channel)
{
    channel->paused = false;
    wake(channel);
}

void channel_finish(struct channel *channel)
{
    if (channel->state == CHANNEL_OPEN) {
        channel->state = CHANNEL_FINISHING;
        uv_timer_start(&channel->deadline, on_deadline, CHANNEL_FINISH_MS, 0);
        wake(channel);
    } else if (is_live(channel)) {
        fail(channel, "finished");
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct channel *channel = handle->data;
    if (--channel->handles > 0) {
        return;
    }
    sendqueue_release(&channel->queue);
    sendqueue_release(&channel->writing);
    buf_release(&channel->in);
    free(channel->write_parts);
    if (channel->tls != NULL) {
        tls_session_free(channel->tls);
    }
    if (channel->closed != NULL) {
        channel->closed(channel->setup.owner);
    }
    free(channel);
}

void channel_close(struct channel *channel, void (*closed)(void *owner))
{
    ENSURE(channel->state != CHANNEL_CLOSED);
    channel->state = CHANNEL_CLOSED;
    channel->closed = closed;
    stop_dialing(channel);
    if (channel->has_stream) {
        uv_close(&channel->at.handle, on_handle_closed);
    }
    uv_close((uv_handle_t *)&channel->turn, on_handle_closed);
    uv_close((uv_handle_t *)&channel->deadline, on_handle_closed);
}

bool channel_peer_uid(const struct channel *channel, uid_t *ret_uid)
{
    if (channel->peer.has_uid) {
        *ret_uid = channel->peer.uid;
    }
    return channel->peer.has_uid;
}

const char *channel_peer(const struct channel *channel)
{
    return channel->peer.name;
}
