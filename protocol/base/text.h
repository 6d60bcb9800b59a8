/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Text that came from people: what is refused at the door, and how it is made harmless on the way
 * to a screen, a log or a title. All text in Skrytka is UTF-8 (RFC 3629).
 */
#ifndef SKRYTKA_BASE_TEXT_H
#define SKRYTKA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

enum text_fault {
    TEXT_OK = 0,
    TEXT_NOT_UTF8, /* overlong, surrogate, above U+10FFFF or cut short */
    TEXT_CONTROL,  /* C0 (but LF in TEXT_NOTE), DEL or C1 */
    TEXT_TOO_LONG,
};

enum text_form {
    TEXT_LINE, /* one line: no control character at all */
    TEXT_NOTE, /* several lines: LF allowed */
};

/* What is wrong with `length` bytes meant for a field of at most `limit` bytes. */
enum text_fault text_check(const char *bytes, size_t length, enum text_form form, size_t limit);

/*
 * Decodes the code point at *at (below `end`) and moves *at behind it. On a malformed sequence
 * answers U+FFFD and moves one byte, so the caller always gets to the end.
 */
uint32_t text_next(const char **at, const char *end);

/* Appends one code point as UTF-8. */
void text_put(struct buf *out, uint32_t code);

/*
 * Columns that a code point takes on a terminal: 0 (marks, control and invisible characters), 1 or
 * 2. Never negative, needs no locale. For drawing a text as it is cleaned ask text_columns().
 */
int text_columns_of(uint32_t code);

/* Columns that a string takes once cleaned. */
size_t text_columns(const char *text);

/*
 * The one cleaner. These become one visible replacement (U+FFFD) each: control bytes, C1
 * characters, bidirectional controls (U+202A-202E, U+2066-2069, U+200E-200F, U+061C), zero-width
 * and invisible characters, line and paragraph separators, code points that Unicode has not
 * assigned, malformed bytes, every combining mark after the second on one character and those that
 * follow a blank or stand first. LF becomes a space unless `keep_lines`. A blank of another width
 * than one column (U+3000, U+2003...) becomes a space.
 *
 * The result has no character that moves a cursor other than by its width, is never empty for a
 * non-empty input and never looks empty: of a text of blanks only, the first is replaced too.
 * Cleaning twice changes nothing more.
 */
char *text_clean(struct arena *arena, const char *text, bool keep_lines);

/* text_clean(), then cut to at most `columns`; a cut is marked with a final "…". */
char *text_fit(struct arena *arena, const char *text, size_t columns);

/*
 * The search form: lower case, Latin letters without their marks (ł, đ, ø, ß, æ, œ, þ too), Greek
 * and Cyrillic ones likewise in their own script, other letters and digits as they are, every run
 * of other characters one space, no space at either end: "Łódź-Meble  S.A." is "lodz meble s a".
 * What is indexed and what is asked for both go through here. Folding twice changes nothing more.
 */
char *text_fold(struct arena *arena, const char *text);

/*
 * Composes letter + combining marks into the single letter where Unicode has one (Latin, Greek and
 * Cyrillic; normalization form C of UAX 15), so that "o" + U+0301 typed or pasted equals "ó".
 * Anything else, malformed bytes too, stays as it is.
 */
char *text_compose(struct arena *arena, const char *text);

/*
 * Polish and other Latin letters, composed or not, replaced by their ASCII look-alikes, the rest
 * left alone: for SMS in the GSM alphabet ("Prośba" -> "Prosba").
 */
char *text_ascii(struct arena *arena, const char *text);

/* Cuts blanks (ASCII space, tab, U+00A0) from both ends. */
char *text_trim(struct arena *arena, const char *text);

#endif
