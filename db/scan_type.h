/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What kind of file a scan is, by its content. Four kinds are taken; everything else is refused,
 * so that nothing a client opens from us is a program or a page. Any thread.
 */
#ifndef SKRYTKA_DB_SCAN_TYPE_H
#define SKRYTKA_DB_SCAN_TYPE_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds: T(id, media type, extension, others that mean the same). */
#define SCAN_TYPES(T)                                                                              \
    T(PDF, "application/pdf", "pdf", "")                                                           \
    T(JPEG, "image/jpeg", "jpg", "jpeg jpe")                                                       \
    T(PNG, "image/png", "png", "")                                                                 \
    T(TIFF, "image/tiff", "tif", "tiff")

enum scan_type {
    SCAN_UNKNOWN,
#define T(id, media, extension, others) SCAN_##id,
    SCAN_TYPES(T)
#undef T
        SCAN_TYPE_MAX
};

enum { SCAN_TYPE_BYTES = 4096 }; /* as much of the beginning as telling the kind takes */

/*
 * The kind that both the first bytes and libmagic say it is. A PDF may begin with a byte order
 * mark and blanks, as some scanners write them and readers accept; with any other bytes before
 * "%PDF-" it could be something else as well and is refused.
 */
enum scan_type scan_type_find(const void *bytes, size_t length);

/* "application/pdf" and "pdf"; SCAN_UNKNOWN has none. */
const char *scan_type_media(enum scan_type type);
const char *scan_type_extension(enum scan_type type);

/* The kind of a media type; SCAN_UNKNOWN: of none. */
enum scan_type scan_type_of_media(const char *media);

/*
 * What a file name says of the kind: the text behind its last dot when that is one to five ASCII
 * letters or digits and not only digits ("Faktura 11.2026" says nothing). NULL: nothing.
 */
const char *scan_type_of_name(const char *name);

/* Is that text, in any case, one for this kind? */
bool scan_type_fits(enum scan_type type, const char *extension);

#endif
