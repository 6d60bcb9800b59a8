/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/file_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

struct file_work {
    uv_work_t work;
    void *transport;
    struct sending *sending;
    void (*write)(void *transport, struct sending *sending);
};

static void on_worker(uv_work_t *work)
{
    struct file_work *self = work->data;
    self->write(self->transport, self->sending);
}

static void on_loop(uv_work_t *work, int status)
{
    struct file_work *self = work->data;
    struct sending *sending = self->sending;
    ENSURE(status == 0); /* nobody calls uv_cancel() */
    free(self);
    sending->done(sending);
}

void file_work_start(uv_loop_t *loop, void *transport, struct sending *sending,
                     void (*write)(void *transport, struct sending *sending))
{
    struct file_work *self = memory_zeroed(sizeof *self);
    self->work.data = self;
    self->transport = transport;
    self->sending = sending;
    self->write = write;
    ENSURE(uv_queue_work(loop, &self->work, on_worker, on_loop) == 0);
}

void file_work_failed(struct sending *sending, const char *path)
{
    sending_ended(sending, DELIVERY_LATER, "%s: %s", path, strerror(errno));
}
