/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/scan_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/disk.h"
#include "db/scan_internal.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum { LEFTOVER_SECONDS = 3600 };

char *scan_files_name(const char *directory, const char *name)
{
    struct buf path = BUF_INIT;
    buf_format(&path, "%s/scans%s%s", directory, *name != '\0' ? "/" : "", name);
    return path.data;
}

bool scan_disk_error(struct err *err, const char *what)
{
    int reason = errno;
    log_error("scans", "%s: %s", what, strerror(reason));
    if (reason == ENOSPC || reason == EDQUOT) {
        return err_set(err, ERR_unavailable, "", "disk_full");
    }
    return err_set(err, ERR_unavailable, "", "the scan store does not work; the log says why");
}

bool scan_files_open(const char *directory, uv_loop_t *loop, struct scan_files **ret, char *ret_why,
                     size_t why_size)
{
    char *store = scan_files_name(directory, "");
    char *incoming = scan_files_name(directory, "incoming");
    bool made = disk_make_folder(store) && disk_make_folder(incoming) && disk_sync_folder(store) &&
                disk_sync_folder(directory);
    if (!made) {
        snprintf(ret_why, why_size, "cannot make the folder %s: %s", incoming, strerror(errno));
    }
    free(incoming);
    free(store);
    if (!made) {
        return false;
    }
    struct scan_files *files = memory_zeroed(sizeof *files);
    files->loop = loop;
    files->directory = memory_zeroed(strlen(directory) + 1);
    memcpy(files->directory, directory, strlen(directory));
    *ret = files;
    return true;
}

static void close_when_idle(struct scan_files *files)
{
    if (!files->closing || files->working > 0) {
        return;
    }
    void (*closed)(void *owner) = files->closed;
    void *owner = files->closed_owner;
    free(files->directory);
    free(files);
    closed(owner);
}

void scan_files_begin(struct scan_files *files)
{
    files->working++;
}

void scan_files_end(struct scan_files *files)
{
    files->working--;
    close_when_idle(files);
}

bool scan_files_path(const char *directory, const char *sha256, char *out, size_t size)
{
    if (!digest_valid(sha256)) {
        return false;
    }
    int length = snprintf(out, size, "%s/scans/%.2s/%s", directory, sha256, sha256);
    return length > 0 && (size_t)length < size;
}

/* One scan_files_read() on its way. */
struct read_work {
    uv_work_t work;
    struct scan_files *files;
    char path[PATH_MAX];
    int64_t offset;
    size_t length;
    scan_read_done done;
    void *owner;
    struct err err;
    char bytes[];
};

static void read_piece(uv_work_t *work)
{
    struct read_work *read = (struct read_work *)work;
    if (read->err.code != ERR_NONE) {
        return;
    }
    int file = open(read->path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        scan_disk_error(&read->err, read->path);
        return;
    }
    size_t total = 0;
    ssize_t length = 1;
    while (total < read->length && length != 0) {
        length = pread(file, read->bytes + total, read->length - total,
                       (off_t)(read->offset + (int64_t)total));
        if (length < 0 && errno != EINTR) {
            scan_disk_error(&read->err, read->path);
            break;
        }
        total += length > 0 ? (size_t)length : 0;
    }
    read->length = total;
    close(file);
}

static void read_finished(uv_work_t *work, int status)
{
    struct read_work *read = (struct read_work *)work;
    struct scan_files *files = read->files;
    (void)status; /* nobody cancels it */
    const struct err *err = read->err.code == ERR_NONE ? NULL : &read->err;
    read->done(read->owner, err, err ? NULL : read->bytes, err ? 0 : read->length);
    free(read);
    scan_files_end(files);
}

void scan_files_read(struct scan_files *files, const char *sha256, int64_t offset, size_t length,
                     scan_read_done done, void *owner)
{
    ENSURE(length <= LIMIT_CHUNK_BYTES);
    struct read_work *read = memory_zeroed(sizeof *read + length);
    read->files = files;
    read->offset = offset;
    read->length = length;
    read->done = done;
    read->owner = owner;
    if (!scan_files_path(files->directory, sha256, read->path, sizeof read->path)) {
        err_set(&read->err, ERR_unavailable, "", "the scan's row is damaged");
    }
    scan_files_begin(files);
    ENSURE(uv_queue_work(files->loop, &read->work, read_piece, read_finished) == 0);
}

/* Calls `each` for the entries of one folder of the store; a missing folder has none. */
static bool each_name(const char *directory, const char *folder,
                      bool (*each)(void *owner, const char *name, const char *path), void *owner)
{
    char *path = scan_files_name(directory, folder);
    DIR *dir = opendir(path);
    bool more = true;
    struct dirent *entry;
    while (dir && more && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        struct buf file = BUF_INIT;
        buf_format(&file, "%s/%s", path, entry->d_name);
        more = each(owner, entry->d_name, buf_str(&file));
        buf_release(&file);
    }
    if (dir) {
        closedir(dir);
    }
    free(path);
    return more;
}

struct walk {
    const char *folder;
    bool (*each)(void *owner, const char *sha256, const char *path);
    void *owner;
};

static bool pass_on(void *owner, const char *name, const char *path)
{
    const struct walk *walk = owner;
    return !digest_valid(name) || strncmp(name, walk->folder, 2) != 0 ||
           walk->each(walk->owner, name, path);
}

bool scan_files_each(const char *directory,
                     bool (*each)(void *owner, const char *sha256, const char *path), void *owner)
{
    for (int i = 0; i < 256; i++) {
        char folder[3];
        snprintf(folder, sizeof folder, "%02x", (unsigned)i);
        struct walk walk = { .folder = folder, .each = each, .owner = owner };
        if (!each_name(directory, folder, pass_on, &walk)) {
            return false;
        }
    }
    return true;
}

struct sweep {
    const struct list *used;
    int64_t before;
    size_t removed;
};

static bool sweep_file(void *owner, const char *name, const char *path)
{
    struct sweep *sweep = owner;
    struct stat info;
    (void)name;
    if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_mtime < sweep->before &&
        unlink(path) == 0) {
        sweep->removed++;
    }
    return true;
}

static int compare_names(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static bool sweep_unused(void *owner, const char *sha256, const char *path)
{
    struct sweep *sweep = owner;
    const struct list *used = sweep->used;
    bool found =
        used->count > 0 && bsearch(sha256, used->at, used->count, sizeof(char *), compare_names);
    return found || sweep_file(sweep, sha256, path);
}

size_t scan_files_sweep(const char *directory, const struct list *used)
{
    struct sweep sweep = { .used = used, .before = clock_now() - LEFTOVER_SECONDS };
    each_name(directory, "incoming", sweep_file, &sweep);
    scan_files_each(directory, sweep_unused, &sweep);
    return sweep.removed;
}
