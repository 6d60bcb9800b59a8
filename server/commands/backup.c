/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * `skrytkad backup DIR`: the database as it is at one moment, then the scans, then the manifest.
 * In this order every scan that the copied database names is in the copy, whatever a running
 * daemon does meanwhile: files of scans are added before their rows and never changed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "db/disk.h"
#include "db/scan_files.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "server/commands/commands.h"
#include "server/commands/data_check.h"
#include "server/commands/manifest.h"
#include "server/config.h"

enum { EXIT_USAGE = 2, WHY = 512 };

struct backup {
    const char *folder;
    enum lang lang;
    struct buf manifest;
    unsigned scans;
    size_t lacks;
};

static bool complain(const struct backup *backup, const char *path)
{
    fprintf(stderr, tr(backup->lang, N_("%s: cannot be written: %s\n")), path, strerror(errno));
    return false;
}

/* A new folder, or an empty one. */
static bool make_folder(const struct backup *backup)
{
    if (!disk_make_folder(backup->folder)) {
        return complain(backup, backup->folder);
    }
    DIR *folder = opendir(backup->folder);
    struct dirent *entry;
    bool empty = folder;
    while (folder && (entry = readdir(folder))) {
        empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    if (folder) {
        closedir(folder);
    }
    if (!empty) {
        fprintf(stderr, tr(backup->lang, N_("%s: is not empty; name a new folder\n")),
                backup->folder);
    }
    return empty;
}

/* Syncs a file of the backup and puts it on the list by what its bytes are now. */
static bool enter(struct backup *backup, const char *path, const char *name, const char *expected)
{
    char found[DIGEST_TEXT];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool read = file >= 0 && fsync(file) == 0 && digest_file(file, found);
    if (!read) {
        complain(backup, path);
    }
    if (file >= 0) {
        close(file);
    }
    if (!read) {
        return false;
    }
    if (expected && strcmp(found, expected) != 0) {
        fprintf(stderr, tr(backup->lang, N_("%s: is damaged: its content has another SHA-256\n")),
                path);
        return false;
    }
    manifest_add(&backup->manifest, found, name);
    return true;
}

static bool copy_database(struct backup *backup, const char *directory)
{
    char path[PATH_MAX];
    char why[WHY] = "";
    snprintf(path, sizeof path, "%s/" MANIFEST_DATABASE, backup->folder);
    if (!db_backup(directory, path, why, sizeof why)) {
        fprintf(stderr, "skrytkad: %s\n", why);
        return false;
    }
    return chmod(path, 0600) == 0 ? enter(backup, path, MANIFEST_DATABASE, NULL)
                                  : complain(backup, path);
}

/*
 * A scan never changes, so a second name for it is as good as a copy, where the backup lies on the
 * same disk. One that is damaged is told and left out; all others are worth keeping.
 */
static bool copy_scan(void *owner, const char *sha256, const char *path)
{
    struct backup *backup = owner;
    char name[DIGEST_TEXT + 16];
    char folder[PATH_MAX];
    char target[PATH_MAX];
    snprintf(name, sizeof name, MANIFEST_SCANS "/%.2s/%s", sha256, sha256);
    snprintf(folder, sizeof folder, "%s/" MANIFEST_SCANS "/%.2s", backup->folder, sha256);
    snprintf(target, sizeof target, "%s/%s", backup->folder, name);
    if (!disk_make_folder(folder) || (link(path, target) != 0 && !disk_copy(path, target))) {
        return complain(backup, target);
    }
    if (enter(backup, target, name, sha256)) {
        backup->scans++;
    } else if (unlink(target) != 0) {
        return complain(backup, target);
    }
    return disk_sync_folder(folder) || complain(backup, folder);
}

static bool copy_scans(struct backup *backup, const char *directory)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/" MANIFEST_SCANS, backup->folder);
    if (!disk_make_folder(folder)) {
        return complain(backup, folder);
    }
    return scan_files_each(directory, copy_scan, backup) &&
           (disk_sync_folder(folder) || complain(backup, folder));
}

/* The list of it all, with the number of scans that the database names and that are not in it. */
static bool finish(struct backup *backup)
{
    struct data_check check;
    data_check_run(backup->folder, false, backup->lang, &check);
    backup->lacks = check.missing;
    if (check.missing > 0) {
        manifest_lacks(&backup->manifest, check.missing);
    }
    return check.faults == check.missing &&
           (manifest_save(&backup->manifest, backup->folder) || complain(backup, backup->folder));
}

int command_backup(const struct config *config, enum lang lang, int argc, char **argv)
{
    const char *directory = config->storage_directory;
    char when[17];
    if (argc != 2) {
        fprintf(stderr, tr(lang, N_("usage: skrytkad %s DIR\n")), argv[0]);
        return EXIT_USAGE;
    }
    struct backup backup = { .folder = argv[1], .lang = lang };
    buf_format(&backup.manifest, "# Skrytka %s, %s\n", SKRYTKA_VERSION,
               clock_show(clock_now(), when));
    bool done = make_folder(&backup) && copy_database(&backup, directory) &&
                copy_scans(&backup, directory) && finish(&backup);
    buf_release(&backup.manifest);
    if (!done) {
        fprintf(stderr, "%s\n", tr(lang, N_("skrytkad: there is no usable backup")));
        return EXIT_FAILURE;
    }
    printf(tr(lang, N_("The database and %u scans are in %s.\n")), backup.scans, backup.folder);
    if (backup.lacks > 0) {
        fprintf(stderr,
                tr(lang, N_("skrytkad: the backup can be used, but lacks %zu scans named above\n")),
                backup.lacks);
    }
    return backup.lacks > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
