/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/unit/scratch.h"

enum { FILES = 2, SECTOR = 512 };

/* The files that matter; -shm is made anew from the log whenever the database is opened. */
static const char *const names[FILES] = { "skrytka.db", "skrytka.db-wal" };

enum what { WRITTEN, TRUNCATED, SYNCED, PROMISED };

struct entry {
    enum what what;
    int file;
    size_t offset; /* of a truncation: the new size; of a promise: its number */
    size_t size;
    char *bytes;
};

struct image {
    char *bytes;
    size_t size;
};

static struct {
    bool recording;
    struct image before[FILES];
    struct entry *entries;
    size_t count;
    size_t room;
} disk;

struct watched {
    sqlite3_file base;
    int file; /* below FILES, or FILES: none of ours */
    sqlite3_file *real;
};

static void note(struct entry entry, const void *bytes)
{
    if (!disk.recording || entry.file == FILES)
        return;
    if (disk.count == disk.room) {
        disk.room = disk.room ? disk.room * 2 : 1024;
        disk.entries = realloc(disk.entries, disk.room * sizeof *disk.entries);
    }
    if (bytes) {
        entry.bytes = malloc(entry.size);
        memcpy(entry.bytes, bytes, entry.size);
    }
    disk.entries[disk.count++] = entry;
}

#define REAL(file) (((struct watched *)(file))->real)

static int file_close(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}

static int file_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    return REAL(file)->pMethods->xRead(REAL(file), to, size, offset);
}

static int file_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    int code = REAL(file)->pMethods->xWrite(REAL(file), from, size, offset);
    note((struct entry){ WRITTEN, ((struct watched *)file)->file, (size_t)offset, (size_t)size,
                         NULL },
         from);
    return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = REAL(file)->pMethods->xTruncate(REAL(file), size);
    note((struct entry){ TRUNCATED, ((struct watched *)file)->file, (size_t)size, 0, NULL }, NULL);
    return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
    int code = REAL(file)->pMethods->xSync(REAL(file), flags);
    note((struct entry){ SYNCED, ((struct watched *)file)->file, 0, 0, NULL }, NULL);
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), ret_size);
}

static int file_lock(sqlite3_file *file, int lock)
{
    return REAL(file)->pMethods->xLock(REAL(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), lock);
}

static int file_check_lock(sqlite3_file *file, int *ret_locked)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), ret_locked);
}

static int file_control(sqlite3_file *file, int what, void *arg)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), what, arg);
}

static int file_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

/* A disk of the plainest kind: no write is atomic, none stays in order. */
static int file_character(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods file_methods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    file_lock,
    file_unlock,
    file_check_lock,
    file_control,
    file_sector,
    file_character,
    file_shm_map,
    file_shm_lock,
    file_shm_barrier,
    file_shm_unmap,
    NULL,
    NULL,
};

static int index_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    for (int i = 0; slash && i < FILES; i++) {
        if (strcmp(slash + 1, names[i]) == 0)
            return i;
    }
    return FILES;
}

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    struct watched *watched = (struct watched *)file;
    watched->file = index_of(path);
    watched->real = (sqlite3_file *)(watched + 1);
    int code = real->xOpen(real, path, watched->real, flags, ret_flags);
    watched->base.pMethods = watched->real->pMethods ? &file_methods : NULL;
    return code;
}

void disk_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real;
    vfs.pNext = NULL;
    vfs.zName = "forgetful";
    vfs.pAppData = real;
    vfs.szOsFile = (int)sizeof(struct watched) + real->szOsFile;
    vfs.xOpen = disk_open;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

static void forget(void)
{
    for (size_t i = 0; i < disk.count; i++)
        free(disk.entries[i].bytes);
    free(disk.entries);
    for (int i = 0; i < FILES; i++)
        free(disk.before[i].bytes);
    memset(&disk, 0, sizeof disk);
}

void disk_record(const char *directory)
{
    forget();
    for (int i = 0; i < FILES; i++) {
        char *path = scratch_path(directory, names[i]);
        disk.before[i].bytes = scratch_read(path, &disk.before[i].size);
        free(path);
    }
    disk.recording = true;
}

void disk_stop(void)
{
    disk.recording = false;
}

void disk_promise(int number)
{
    note((struct entry){ PROMISED, 0, (size_t)number, 0, NULL }, NULL);
}

size_t disk_moments(void)
{
    return disk.count;
}

static void resize(struct image *image, size_t size)
{
    if (size > image->size) {
        image->bytes = realloc(image->bytes, size);
        memset(image->bytes + image->size, 0, size - image->size);
    }
    image->size = size;
}

/* A write of which some sectors came through. */
static void apply_torn(struct image *image, const struct entry *entry, unsigned *seed)
{
    for (size_t at = 0; at < entry->size; at += SECTOR) {
        size_t size = entry->size - at < SECTOR ? entry->size - at : SECTOR;
        if (rand_r(seed) % 2)
            memcpy(image->bytes + entry->offset + at, entry->bytes + at, size);
    }
}

static void apply(struct image *image, const struct entry *entry, bool safe, unsigned *seed)
{
    int fate = safe ? 0 : rand_r(seed) % 5; /* 0, 1: it came through; 2, 3: lost; 4: torn */
    if (fate == 2 || fate == 3)
        return;
    if (entry->what == TRUNCATED) {
        resize(image, entry->offset);
        return;
    }
    if (entry->offset + entry->size > image->size)
        resize(image, entry->offset + entry->size);
    if (fate == 4)
        apply_torn(image, entry, seed);
    else
        memcpy(image->bytes + entry->offset, entry->bytes, entry->size);
}

static void build(int file, size_t moment, unsigned *seed, const char *path)
{
    struct image image = { malloc(disk.before[file].size + 1), disk.before[file].size };
    memcpy(image.bytes, disk.before[file].bytes, image.size);
    size_t safe = 0;
    for (size_t i = 0; i < moment; i++) {
        if (disk.entries[i].what == SYNCED && disk.entries[i].file == file)
            safe = i;
    }
    for (size_t i = 0; i < moment; i++) {
        const struct entry *entry = &disk.entries[i];
        if (entry->file == file && (entry->what == WRITTEN || entry->what == TRUNCATED))
            apply(&image, entry, i < safe, seed);
    }
    scratch_write(path, image.bytes, image.size);
    free(image.bytes);
}

int disk_crash(size_t moment, unsigned *seed, const char *to_directory)
{
    int promised = 0;
    for (int i = 0; i < FILES; i++) {
        char *path = scratch_path(to_directory, names[i]);
        build(i, moment, seed, path);
        free(path);
    }
    for (size_t i = 0; i < moment; i++) {
        if (disk.entries[i].what == PROMISED)
            promised = (int)disk.entries[i].offset;
    }
    return promised;
}
