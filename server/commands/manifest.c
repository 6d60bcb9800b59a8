/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/commands/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/disk.h"
#include "protocol/base/buf.h"

/* sha256sum(1) passes over lines that begin like this. */
#define LACKS "# lacks "

void manifest_lacks(struct buf *manifest, size_t count)
{
    buf_format(manifest, LACKS "%zu\n", count);
}

void manifest_add(struct buf *manifest, const char *sha256, const char *name)
{
    buf_format(manifest, "%s  %s\n", sha256, name);
}

bool manifest_save(const struct buf *manifest, const char *folder)
{
    char path[PATH_MAX];
    char hidden[PATH_MAX];
    snprintf(path, sizeof path, "%s/manifest", folder);
    snprintf(hidden, sizeof hidden, "%s/.manifest", folder);
    int file = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return false;
    }
    bool written = disk_write(file, manifest->data, manifest->length, 0) && fsync(file) == 0;
    close(file);
    return written && rename(hidden, path) == 0 && disk_sync_folder(folder);
}

/* "scans/ab/abcd..." with the file's own hash, or the database. */
static bool name_is_ours(const char *name, const char *sha256)
{
    char scan[sizeof MANIFEST_SCANS + DIGEST_TEXT + 4];
    snprintf(scan, sizeof scan, MANIFEST_SCANS "/%.2s/%s", sha256, sha256);
    return strcmp(name, MANIFEST_DATABASE) == 0 || strcmp(name, scan) == 0;
}

static bool check_file(const char *folder, const char *name, const char *sha256, enum lang lang)
{
    char path[PATH_MAX];
    char found[DIGEST_TEXT];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool read = file >= 0 && digest_file(file, found);
    if (!read) {
        fprintf(stderr, tr(lang, N_("%s: cannot be read: %s\n")), path, strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
    if (read && strcmp(found, sha256) != 0) {
        fprintf(stderr, tr(lang, N_("%s: is damaged: its content has another SHA-256\n")), path);
    }
    return read && strcmp(found, sha256) == 0;
}

/* Cuts "<hash>  <name>\n" in two. */
static bool split_line(char *line, char **ret_name)
{
    line[strcspn(line, "\n")] = '\0';
    if (strlen(line) < DIGEST_TEXT + 2 || strncmp(line + DIGEST_TEXT - 1, "  ", 2) != 0) {
        return false;
    }
    line[DIGEST_TEXT - 1] = '\0';
    *ret_name = line + DIGEST_TEXT + 1;
    return digest_valid(line) && name_is_ours(*ret_name, line);
}

bool manifest_check(const char *folder, enum lang lang,
                    bool (*each)(void *owner, const char *name, const char *sha256), void *owner,
                    size_t *ret_lacks)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/manifest", folder);
    FILE *file = fopen(path, "re");
    if (!file) {
        fprintf(stderr, tr(lang, N_("%s: cannot be read: %s\n")), path, strerror(errno));
        return false;
    }
    bool good = true;
    bool database = false;
    size_t lacks = 0;
    char *line = NULL;
    char *name;
    size_t capacity = 0;
    for (int number = 1; getline(&line, &capacity, file) > 0; number++) {
        if (strncmp(line, LACKS, strlen(LACKS)) == 0) {
            lacks = strtoul(line + strlen(LACKS), NULL, 10);
        }
        if (*line == '#') {
            continue;
        }
        if (!split_line(line, &name)) {
            fprintf(stderr, tr(lang, N_("%s:%d: is not the line of a backup\n")), path, number);
            good = false;
        } else {
            database |= strcmp(name, MANIFEST_DATABASE) == 0;
            good &= check_file(folder, name, line, lang) && each(owner, name, line);
        }
    }
    if (!database || ferror(file)) {
        fprintf(stderr, tr(lang, N_("%s: is not a whole list of a backup\n")), path);
        good = false;
    }
    free(line);
    fclose(file);
    *ret_lacks = lacks;
    return good;
}
