/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The transports that write files (maildir, sms_file): each try runs on a worker thread, for a disk
 * that is slow must not hold up the loop. Loop thread.
 */
#ifndef SKRYTKA_NOTIFY_FILE_WORK_H
#define SKRYTKA_NOTIFY_FILE_WORK_H

#include "server/notify/transport.h"

/*
 * Runs `write` on a worker thread, then sending->done on the loop. `write` reads the letter and
 * ends with sending_ended(); it may use `transport` as far as nothing changes it.
 */
void file_work_start(uv_loop_t *loop, void *transport, struct sending *sending,
                     void (*write)(void *transport, struct sending *sending));

/* Ends a try whose file could not be written: later, with errno's reason. */
void file_work_failed(struct sending *sending, const char *path);

#endif
