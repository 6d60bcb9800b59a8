/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/scan_type.h"

#include <ctype.h>
#include <magic.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/log.h"

static const struct {
    const char *media;
    const char *extension;
    const char *others;
} types[SCAN_TYPE_MAX] = {
#define T(id, media, extension, others) [SCAN_##id] = { media, extension, others },
    SCAN_TYPES(T)
#undef T
};

/* First bytes of the kinds but PDF: ISO 10918-1, PNG 5.2, TIFF 6.0 section 2. */
static const struct {
    enum scan_type type;
    size_t length;
    const char *bytes;
} signatures[] = {
    { SCAN_JPEG, 3, "\xFF\xD8\xFF" },
    { SCAN_PNG, 8, "\x89PNG\r\n\x1A\n" },
    { SCAN_TIFF, 4, "II*\0" },
    { SCAN_TIFF, 4, "MM\0*" },
};

static bool begins(const char *bytes, size_t length, const char *with, size_t with_length)
{
    return length >= with_length && memcmp(bytes, with, with_length) == 0;
}

/* By the first bytes; moves to where the file really begins. */
static enum scan_type by_signature(const char **bytes, size_t *length)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (begins(*bytes, *length, signatures[i].bytes, signatures[i].length)) {
            return signatures[i].type;
        }
    }
    size_t skipped = begins(*bytes, *length, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (skipped < *length && strchr(" \t\r\n\f", (*bytes)[skipped]) &&
           (*bytes)[skipped] != '\0') {
        skipped++;
    }
    if (!begins(*bytes + skipped, *length - skipped, "%PDF-", 5)) {
        return SCAN_UNKNOWN;
    }
    *bytes += skipped;
    *length -= skipped;
    return SCAN_PDF;
}

/*
 * A handle belongs to one thread, and loading it takes 2 ms: nothing beside the fsync that every
 * file costs as well.
 */
static bool magic_agrees(enum scan_type type, const char *bytes, size_t length)
{
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
    if (!magic || magic_load(magic, NULL) != 0) {
        log_error("scans", "libmagic cannot load its table: %s",
                  magic ? magic_error(magic) : "no memory");
        if (magic) {
            magic_close(magic);
        }
        return false;
    }
    const char *found = magic_buffer(magic, bytes, length);
    bool agrees = found && strcmp(found, types[type].media) == 0;
    magic_close(magic);
    return agrees;
}

enum scan_type scan_type_find(const void *bytes, size_t length)
{
    const char *start = bytes;
    enum scan_type type = by_signature(&start, &length);
    return type != SCAN_UNKNOWN && magic_agrees(type, start, length) ? type : SCAN_UNKNOWN;
}

const char *scan_type_media(enum scan_type type)
{
    return types[type].media;
}

enum scan_type scan_type_of_media(const char *media)
{
    for (int type = SCAN_UNKNOWN + 1; type < SCAN_TYPE_MAX; type++) {
        if (strcmp(types[type].media, media) == 0) {
            return (enum scan_type)type;
        }
    }
    return SCAN_UNKNOWN;
}

const char *scan_type_extension(enum scan_type type)
{
    return types[type].extension;
}

const char *scan_type_of_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t length = dot ? strlen(dot + 1) : 0;
    bool letter = false;
    if (length < 1 || length > 5 || dot == name) {
        return NULL;
    }
    for (const char *c = dot + 1; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x80 || !isalnum((unsigned char)*c)) {
            return NULL;
        }
        letter |= isalpha((unsigned char)*c) != 0;
    }
    return letter ? dot + 1 : NULL;
}

bool scan_type_fits(enum scan_type type, const char *extension)
{
    size_t length = strlen(extension);
    if (strcasecmp(extension, types[type].extension) == 0) {
        return true;
    }
    for (const char *at = types[type].others; *at != '\0'; at += strspn(at, " ")) {
        size_t other = strcspn(at, " ");
        if (other == length && strncasecmp(at, extension, length) == 0) {
            return true;
        }
        at += other;
    }
    return false;
}
