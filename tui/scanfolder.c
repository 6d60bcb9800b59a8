/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/scanfolder.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool is_scan(const char *name)
{
    static const char *const endings[] = { ".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff" };
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcasecmp(ending, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_older(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec != other->tv_sec ? one->tv_sec < other->tv_sec
                                        : one->tv_nsec < other->tv_nsec;
}

bool scanfolder_same(const struct scanfile *one, const struct scanfile *other)
{
    return strcmp(one->name, other->name) == 0 && one->size == other->size &&
           one->changed.tv_sec == other->changed.tv_sec &&
           one->changed.tv_nsec == other->changed.tv_nsec;
}

/* Keeps the files sorted, newest first; the oldest falls off the end. */
static size_t insert(struct scanfile *files, size_t count, size_t room, const struct scanfile *file)
{
    size_t at = count;
    while (at > 0 && is_older(&files[at - 1].changed, &file->changed)) {
        at--;
    }
    if (at == room) {
        return count;
    }
    size_t moved = (count < room ? count : room - 1) - at;
    memmove(&files[at + 1], &files[at], moved * sizeof(*files));
    files[at] = *file;
    return count < room ? count + 1 : room;
}

static void split(const char *folder, const char *text, char out_folder[PATH_MAX],
                  const char **ret_part)
{
    const char *slash = strrchr(text, '/');
    const char *home = getenv("HOME");
    if (slash == NULL) {
        snprintf(out_folder, PATH_MAX, "%s", folder);
        *ret_part = text;
        return;
    }
    bool at_home = strncmp(text, "~/", 2) == 0 && home != NULL;
    const char *rest = at_home ? text + 1 : text;
    snprintf(out_folder, PATH_MAX, "%s%.*s", at_home ? home : "", (int)(slash - rest) + 1, rest);
    *ret_part = slash + 1;
}

bool scanfolder_look(const char *path, struct scanfile *ret_file)
{
    struct stat status;
    const char *slash = strrchr(path, '/');
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        return false;
    }
    snprintf(ret_file->path, sizeof(ret_file->path), "%s", path);
    snprintf(ret_file->name, sizeof(ret_file->name), "%s", slash == NULL ? path : slash + 1);
    ret_file->changed = status.st_mtim;
    ret_file->size = status.st_size;
    return true;
}

size_t scanfolder_list(const char *folder, const char *text, struct scanfile *ret_files,
                       size_t room)
{
    char path[PATH_MAX], whole[PATH_MAX];
    const char *part;
    split(folder, text, path, &part);
    DIR *directory = opendir(path);
    size_t count = 0;
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        struct scanfile file;
        int length = snprintf(whole, sizeof(whole), "%s/%s", path, entry->d_name);
        if (length >= 0 && (size_t)length < sizeof(path) && is_scan(entry->d_name) &&
            strcasestr(entry->d_name, part) != NULL && scanfolder_look(whole, &file)) {
            count = insert(ret_files, count, room, &file);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return count;
}
