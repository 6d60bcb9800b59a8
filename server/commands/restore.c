/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * `skrytkad restore DIR`: builds a new data directory beside the present one, checks it, and only
 * then changes their names. What was there is never deleted: it stays beside it under a name with
 * the time.
 */
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "db/db.h"
#include "db/disk.h"
#include "protocol/base/clock.h"
#include "server/commands/commands.h"
#include "server/commands/data_check.h"
#include "server/commands/manifest.h"
#include "server/config.h"

enum { EXIT_USAGE = 2, WHY = 512, DEPTH = 16 };

struct restore {
    enum lang lang;
    const char *backup;
    char directory[PATH_MAX]; /* of the data, without a final slash */
    char parent[PATH_MAX];
    char fresh[PATH_MAX]; /* what is being built */
    char old[PATH_MAX];   /* where the present data go; "" when there are none */
    bool chown;           /* to the present owner */
    uid_t uid;
    gid_t gid;
};

static bool complain(const struct restore *restore, const char *path)
{
    fprintf(stderr, tr(restore->lang, N_("%s: cannot be written: %s\n")), path, strerror(errno));
    return false;
}

static void make_names(struct restore *restore, const char *directory)
{
    char copy[PATH_MAX];
    char when[32];
    struct tm local;
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/') {
        length--;
    }
    snprintf(restore->directory, sizeof restore->directory, "%.*s", (int)length, directory);
    memcpy(copy, restore->directory, sizeof copy);
    snprintf(restore->parent, sizeof restore->parent, "%s", dirname(copy));
    clock_local(clock_now(), &local);
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", &local);
    snprintf(restore->old, sizeof restore->old, "%.4000s.before-restore-%s", restore->directory,
             when);
    snprintf(restore->fresh, sizeof restore->fresh, "%.4000s.restoring-XXXXXX", restore->directory);
}

/* Files that a backup lists come one by one, already compared with their hashes. */
static bool take_file(void *owner, const char *name, const char *sha256)
{
    struct restore *restore = owner;
    char from[PATH_MAX];
    char to[PATH_MAX];
    char folder[PATH_MAX];
    (void)sha256;
    snprintf(from, sizeof from, "%s/%s", restore->backup, name);
    int length = snprintf(to, sizeof to, "%s/%s", restore->fresh, name);
    if (length < 0 || (size_t)length >= sizeof to) {
        errno = ENAMETOOLONG;
        return complain(restore, restore->fresh);
    }
    memcpy(folder, to, sizeof folder);
    return (disk_make_folder(dirname(folder)) && disk_copy(from, to) && disk_sync_folder(folder)) ||
           complain(restore, to);
}

static bool build(struct restore *restore)
{
    char scans[PATH_MAX];
    if (!mkdtemp(restore->fresh)) {
        return complain(restore, restore->fresh);
    }
    snprintf(scans, sizeof scans, "%.4080s/" MANIFEST_SCANS, restore->fresh);
    if (!disk_make_folder(scans)) {
        return complain(restore, scans);
    }
    struct data_check check;
    size_t lacks;
    if (!manifest_check(restore->backup, restore->lang, take_file, restore, &lacks)) {
        return false;
    }
    if (!disk_sync_folder(scans)) {
        return complain(restore, scans);
    }
    /* Scans that were lost before the backup was made are no reason to lose the rest as well. */
    data_check_run(restore->fresh, true, restore->lang, &check);
    return check.faults == check.missing && check.missing <= lacks;
}

/* nftw() has no argument for its callback's owner. */
static uid_t owner_uid;
static gid_t owner_gid;

static int give_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return lchown(path, owner_uid, owner_gid);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

static bool give_to_owner(const struct restore *restore)
{
    owner_uid = restore->uid;
    owner_gid = restore->gid;
    return !restore->chown || nftw(restore->fresh, give_entry, DEPTH, FTW_PHYS) == 0 ||
           complain(restore, restore->fresh);
}

/* A crash between the two steps leaves both directories under names that say what they are. */
static bool exchange(const struct restore *restore)
{
    if (*restore->old != '\0' && rename(restore->directory, restore->old) != 0) {
        return complain(restore, restore->old);
    }
    if (rename(restore->fresh, restore->directory) != 0) {
        complain(restore, restore->directory);
        if (*restore->old != '\0' && rename(restore->old, restore->directory) != 0) {
            complain(restore, restore->directory);
        }
        return false;
    }
    return disk_sync_folder(restore->parent) || complain(restore, restore->parent);
}

static bool run(struct restore *restore)
{
    bool done = build(restore) && give_to_owner(restore) && exchange(restore);
    if (!done && access(restore->fresh, F_OK) == 0) {
        nftw(restore->fresh, remove_entry, DEPTH, FTW_DEPTH | FTW_PHYS);
    }
    return done;
}

int command_restore(const struct config *config, enum lang lang, int argc, char **argv)
{
    struct restore restore = { .lang = lang };
    struct stat info;
    char why[WHY] = "";
    int lock = -1;
    if (argc != 2) {
        fprintf(stderr, tr(lang, N_("usage: skrytkad %s DIR\n")), argv[0]);
        return EXIT_USAGE;
    }
    restore.backup = argv[1];
    make_names(&restore, config->storage_directory);
    if (stat(restore.directory, &info) != 0) {
        *restore.old = '\0';
    } else if (db_lock(restore.directory, &lock, why, sizeof why) != DB_OPENED) {
        fprintf(stderr, "skrytkad: %s\n", why);
        return EXIT_FAILURE;
    } else {
        restore.chown = geteuid() == 0;
        restore.uid = info.st_uid;
        restore.gid = info.st_gid;
    }
    bool done = run(&restore);
    if (lock >= 0) {
        close(lock);
    }
    if (!done) {
        fprintf(stderr, "%s\n", tr(lang, N_("skrytkad: nothing was restored or changed")));
        return EXIT_FAILURE;
    }
    printf(tr(lang, N_("The backup is in place in %s.\n")), restore.directory);
    if (*restore.old != '\0') {
        printf(tr(lang, N_("What was there is now in %s.\n")), restore.old);
    }
    return EXIT_SUCCESS;
}
