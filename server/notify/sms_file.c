/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * SMS into a file, a line of JSON each: the default, so that a fresh installation and the tests
 * show what would be sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/i18n.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/domain/sms_text.h"
#include "server/notify/file_work.h"
#include "server/notify/spool.h"
#include "server/notify/transport.h"

struct sms_file {
    const struct transport_place *place;
    const char *path;
};

static void *sms_file_open(const struct transport_place *place)
{
    struct sms_file *self = memory_zeroed(sizeof *self);
    self->place = place;
    self->path = place->config->sms_url + strlen("file:");
    return self;
}

static void add_line(struct buf *line, const struct outbox_letter *letter,
                     const struct config *config)
{
    struct arena *arena = arena_new();
    const char *text = sms_prepare(arena, letter->text, !config->sms_polish_letters, SMS_MAX_PARTS);
    json_t *sms = json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "at", (json_int_t)clock_now(), "to",
                            letter->recipient, "from", config->sms_sender, "id", letter->message_id,
                            "parts", (json_int_t)sms_measure(text).parts, "text", text);
    char *json = sms ? json_dumps(sms, JSON_COMPACT) : NULL;
    ENSURE(json);
    buf_format(line, "%s\n", json);
    free(json);
    json_decref(sms);
    arena_free(arena);
}

/* One write() at the end of the file, so that lines of two messages never mix. */
static bool append(const char *path, const struct buf *line)
{
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        return false;
    }
    bool written = spool_put(file, line->data, line->length) && fsync(file) == 0;
    int why = errno;
    close(file);
    errno = why;
    return written;
}

static void write_sms(void *transport, struct sending *sending)
{
    const struct sms_file *self = transport;
    if (!sms_number_ok(sending->letter->recipient)) {
        sending_ended(sending, DELIVERY_REFUSED, SMS_BAD_NUMBER);
        return;
    }
    struct buf line = BUF_INIT;
    add_line(&line, sending->letter, self->place->config);
    if (append(self->path, &line)) {
        sending_ended(sending, DELIVERY_DONE, N_("written to %s"), self->path);
    } else {
        file_work_failed(sending, self->path);
    }
    buf_release(&line);
}

static void sms_file_send(void *transport, struct sending *sending)
{
    struct sms_file *self = transport;
    file_work_start(self->place->loop, self, sending, write_sms);
}

const struct transport_ops transport_sms_file = {
    .name = "file",
    .channel = medium_sms,
    .open = sms_file_open,
    .send = sms_file_send,
    .close = transport_free,
};
