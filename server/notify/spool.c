/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/spool.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/arena.h"

enum { IDENTIFIER_LIMIT = 100 };

bool spool_folder(const char *path)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
            return false;
        }
        *slash = '/';
    }
    return mkdir(folder, 0700) == 0 || errno == EEXIST;
}

bool spool_put(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A renamed file survives a loss of power only when its folder was synced too. */
static bool sync_folder_of(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return false;
    }
    bool synced = fsync(folder) == 0;
    close(folder);
    return synced;
}

bool spool_file(const char *temporary, const char *path, bool (*fill)(void *owner, int file),
                void *owner)
{
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return false;
    }
    bool written = fill(owner, file) && fsync(file) == 0;
    int why = errno;
    if (close(file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written && rename(temporary, path) == 0) {
        return sync_folder_of(path);
    }
    if (written) {
        why = errno;
    }
    unlink(temporary);
    errno = why;
    return false;
}

char *spool_name(struct arena *arena, long long created_at, const char *identifier)
{
    char *name = arena_format(arena, "%lld.%.*s", created_at, IDENTIFIER_LIMIT,
                              identifier + (*identifier == '<'));
    for (char *c = name; *c; c++) {
        if (*c == '>' && !c[1]) {
            *c = '\0';
        } else if (!isalnum((unsigned char)*c) && !strchr("._-+=@", *c)) {
            *c = '_';
        }
    }
    return name;
}
