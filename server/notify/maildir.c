/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mail into a Maildir (cr.yp.to/proto/maildir.html): the default, so that a fresh installation and
 * the tests show what would be sent. The name of a mail's file comes from its Message-ID, so a
 * repeat after a crash replaces the first copy while it is unread.
 */
#include <errno.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/i18n.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/file_work.h"
#include "server/notify/mime.h"
#include "server/notify/spool.h"
#include "server/notify/transport.h"

struct maildir {
    const struct transport_place *place;
    const char *path;
};

static void *maildir_open(const struct transport_place *place)
{
    struct maildir *maildir = memory_zeroed(sizeof *maildir);
    maildir->place = place;
    maildir->path = place->config->mail_url + strlen("maildir:");
    return maildir;
}

/* A mail file has lines that end with LF alone; a CR of the stream is always part of a line end. */
static bool fill(void *owner, int file)
{
    char bytes[32768];
    ssize_t got;
    while ((got = mime_read(owner, bytes, sizeof bytes)) > 0) {
        size_t kept = 0;
        for (ssize_t i = 0; i < got; i++) {
            if (bytes[i] != '\r') {
                bytes[kept++] = bytes[i];
            }
        }
        if (!spool_put(file, bytes, kept)) {
            return false;
        }
    }
    if (got < 0) {
        errno = EIO;
    }
    return got == 0;
}

static bool make_folders(struct arena *arena, const char *path)
{
    static const char *const folders[] = { "tmp", "new", "cur" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (!spool_folder(arena_format(arena, "%s/%s", path, folders[i]))) {
            return false;
        }
    }
    return true;
}

static void write_mail(void *transport, struct sending *sending)
{
    const struct maildir *maildir = transport;
    const struct outbox_letter *letter = sending->letter;
    struct mime *mime;
    const char *why;
    enum mime_fault fault =
        mime_open(letter, maildir->place->config->storage_directory, &mime, &why);
    if (fault != MIME_OPENED) {
        sending_ended(sending, fault == MIME_UNSAFE ? DELIVERY_REFUSED : DELIVERY_LATER, "%s", why);
        return;
    }
    struct arena *arena = arena_new();
    const char *name = spool_name(arena, letter->created_at, letter->message_id);
    const char *path = arena_format(arena, "%s/new/%s", maildir->path, name);
    if (make_folders(arena, maildir->path) &&
        spool_file(arena_format(arena, "%s/tmp/%s", maildir->path, name), path, fill, mime)) {
        sending_ended(sending, DELIVERY_DONE, N_("written to %s"), path);
    } else {
        file_work_failed(sending, path);
    }
    mime_close(mime);
    arena_free(arena);
}

static void maildir_send(void *transport, struct sending *sending)
{
    struct maildir *maildir = transport;
    file_work_start(maildir->place->loop, maildir, sending, write_mail);
}

const struct transport_ops transport_maildir = {
    .name = "maildir",
    .channel = medium_mail,
    .open = maildir_open,
    .send = maildir_send,
    .close = transport_free,
};
