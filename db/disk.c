/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

bool disk_make_folder(const char *path)
{
    struct stat info;
    if (mkdir(path, 0700) == 0) {
        return true;
    }
    return errno == EEXIST && stat(path, &info) == 0 &&
           (S_ISDIR(info.st_mode) || (errno = ENOTDIR, false));
}

bool disk_sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return false;
    }
    bool synced = fsync(folder) == 0;
    int saved = errno;
    close(folder);
    errno = saved;
    return synced;
}

bool disk_write(int file, const void *bytes, size_t length, off_t offset)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = pwrite(file, at, length, offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        at += written;
        offset += written;
        length -= (size_t)written;
    }
    return true;
}

static bool copy_content(int from, int to)
{
    char piece[PIECE];
    off_t offset = 0;
    ssize_t length;
    while ((length = pread(from, piece, sizeof piece, offset)) > 0) {
        if (!disk_write(to, piece, (size_t)length, offset)) {
            return false;
        }
        offset += length;
    }
    return length == 0 && fsync(to) == 0;
}

bool disk_copy(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0) {
        return false;
    }
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool copied = target >= 0 && copy_content(source, target);
    int saved = errno;
    close(source);
    if (target >= 0) {
        close(target);
    }
    errno = saved;
    return copied;
}
