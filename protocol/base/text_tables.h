/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What Unicode says about characters, as far as text.c and text_fold.c ask. The C library's own
 * tables depend on a locale and differ between machines; these are part of the program.
 * text_tables.py makes them. Private to protocol/base/text*.c.
 */
#ifndef SKRYTKA_BASE_TEXT_TABLES_H
#define SKRYTKA_BASE_TEXT_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum text_kind {
    KIND_HIDDEN,  /* control, format, line separator, variation selector: nothing to see */
    KIND_UNKNOWN, /* not assigned: nobody knows how wide a terminal draws it */
    KIND_MARK,    /* drawn onto the character before it */
    KIND_BLANK,   /* a space of any width */
    KIND_NARROW,  /* one column */
    KIND_WIDE,    /* two columns: East Asian Wide and Fullwidth, so also emoji */
    KIND_MASK = 7,
    KIND_WORD = 8, /* flag: a letter or digit of some script */
};

/* All code points as runs: first code point << 4 | kind, up to the next row. */
extern const uint32_t text_runs[];
extern const size_t text_runs_count;

/* The kind of a code point, perhaps with KIND_WORD. Any number is allowed. */
unsigned text_kind_of(uint32_t code);

/* Latin letter -> its ASCII look-alike in the same case. Sorted by code. */
struct text_look {
    uint16_t code;
    char ascii[4];
};
extern const struct text_look text_looks[];
extern const size_t text_looks_count;

/* Search form of the remaining letters and digits: Greek, Cyrillic, full-width. Sorted. */
struct text_pair {
    uint16_t code;
    uint16_t folded;
};
extern const struct text_pair text_folds[];
extern const size_t text_folds_count;

/* Canonical composition (NFC) of a letter and a mark. Sorted by letter, then mark. */
struct text_join {
    uint16_t letter;
    uint16_t mark;
    uint16_t composed;
};
extern const struct text_join text_joins[];
extern const size_t text_joins_count;

/* Canonical combining class of the combining diacritical marks. */
enum { TEXT_MARK_FIRST = 0x300, TEXT_MARK_LAST = 0x36f };
extern const uint8_t text_mark_places[];

#endif
