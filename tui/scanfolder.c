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

/* Keeps the files sorted, newest first; the oldest falls off the end. */
static size_t insert(struct scanfile *files, size_t count, size_t room, const struct scanfile *file)
{
    size_t at = count;
    while (at > 0 && files[at - 1].changed < file->changed) {
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

size_t scanfolder_list(const char *folder, const char *text, struct scanfile *ret_files,
                       size_t room)
{
    char path[PATH_MAX];
    const char *part;
    split(folder, text, path, &part);
    DIR *directory = opendir(path);
    size_t count = 0;
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        struct scanfile file;
        struct stat status;
        int length = snprintf(file.path, sizeof(file.path), "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof(file.path) || !is_scan(entry->d_name) ||
            strcasestr(entry->d_name, part) == NULL || stat(file.path, &status) != 0 ||
            !S_ISREG(status.st_mode)) {
            continue;
        }
        snprintf(file.name, sizeof(file.name), "%s", entry->d_name);
        file.changed = status.st_mtime;
        file.size = status.st_size;
        count = insert(ret_files, count, room, &file);
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return count;
}
