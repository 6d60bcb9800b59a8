/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/commands/data_check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/check.h"
#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "protocol/base/memory.h"
#include "protocol/base/text.h"

enum { WHY = 512 };

/* A file that some row names. */
struct needed {
    char sha256[DIGEST_TEXT];
    int64_t size;
};

struct walk {
    const char *directory;
    bool read_all;
    enum lang lang;
    struct data_check *result;
    struct needed *needed; /* in order of their hashes */
    size_t capacity;
};

static void fault(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fault(struct walk *walk, const char *format, ...)
{
    char text[PATH_MAX + 200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct arena *arena = arena_new();
    fprintf(stderr, "%s\n", text_clean(arena, text, false));
    arena_free(arena);
    walk->result->faults++;
}

static void database_fault(void *owner, const char *text)
{
    struct walk *walk = owner;
    fault(walk, tr(walk->lang, N_("the database is damaged: %s")), text);
}

static void need_file(void *owner, const char *sha256, int64_t size)
{
    struct walk *walk = owner;
    if (!digest_valid(sha256)) {
        fault(walk, tr(walk->lang, N_("the row of a scan names no file: %s")), sha256);
        return;
    }
    if (walk->result->scans == walk->capacity) {
        walk->capacity = walk->capacity == 0 ? 1024 : walk->capacity * 2;
        walk->needed =
            memory_resize(walk->needed, memory_product(walk->capacity, sizeof *walk->needed));
    }
    struct needed *needed = &walk->needed[walk->result->scans++];
    memcpy(needed->sha256, sha256, DIGEST_TEXT);
    needed->size = size;
}

static int compare(const void *left, const void *right)
{
    return strcmp(((const struct needed *)left)->sha256, ((const struct needed *)right)->sha256);
}

static void check_scan(struct walk *walk, const struct needed *needed)
{
    char path[PATH_MAX];
    char found[DIGEST_TEXT];
    struct stat info;
    if (!scan_files_path(walk->directory, needed->sha256, path, sizeof path)) {
        return;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0) {
        fault(walk, tr(walk->lang, N_("%s: a scan is missing: %s")), path, strerror(errno));
        walk->result->missing++;
    } else if (info.st_size != needed->size) {
        fault(walk, tr(walk->lang, N_("%s: a scan is damaged: it has another size")), path);
    } else if (walk->read_all && !digest_file(file, found)) {
        fault(walk, tr(walk->lang, N_("%s: a scan cannot be read: %s")), path, strerror(errno));
    } else if (walk->read_all && strcmp(found, needed->sha256) != 0) {
        fault(walk, tr(walk->lang, N_("%s: a scan is damaged: its content has another SHA-256")),
              path);
    }
    if (file >= 0) {
        close(file);
    }
}

static bool count_unused(void *owner, const char *sha256, const char *path)
{
    struct walk *walk = owner;
    struct needed key = { 0 };
    (void)path;
    memcpy(key.sha256, sha256, DIGEST_TEXT);
    if (walk->result->scans == 0 ||
        !bsearch(&key, walk->needed, walk->result->scans, sizeof key, compare)) {
        walk->result->unused++;
    }
    return true;
}

bool data_check_run(const char *directory, bool read_all, enum lang lang, struct data_check *ret)
{
    char path[PATH_MAX];
    char why[WHY] = "";
    *ret = (struct data_check){ 0 };
    struct walk walk = {
        .directory = directory, .read_all = read_all, .lang = lang, .result = ret
    };
    const struct db_check check = { database_fault, need_file, &walk };
    snprintf(path, sizeof path, "%s/skrytka.db", directory);
    if (!db_check(path, &check, why, sizeof why)) {
        fault(&walk, "%s", why);
    }
    if (ret->scans > 0) {
        qsort(walk.needed, ret->scans, sizeof *walk.needed, compare);
    }
    for (size_t i = 0; i < ret->scans; i++) {
        check_scan(&walk, &walk.needed[i]);
    }
    scan_files_each(directory, count_unused, &walk);
    free(walk.needed);
    return ret->faults == 0;
}
