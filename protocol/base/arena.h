/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Arena: memory that lives and dies with one piece of work.
 *
 * A request, a database job or a screen owns one arena; everything decoded or built for it is
 * taken from there and released in one call, so no path has to free piece by piece. An arena
 * belongs to one thread at a time; handing it over (loop -> writer thread -> loop) is the
 * owner's business. Sizes that a peer chose must be limited before they reach an arena:
 * running out of memory ends the program.
 */
#ifndef SKRYTKA_BASE_ARENA_H
#define SKRYTKA_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* Makes an empty arena. Never NULL. Released by arena_free(). */
struct arena *arena_new(void);

/* Releases the arena and all that came from it. NULL is allowed. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* A zeroed array of `count` things of `size` bytes; the product is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies. arena_text() of NULL is NULL. */
char *arena_text(struct arena *arena, const char *text);
char *arena_text_n(struct arena *arena, const char *bytes, size_t length);
void *arena_bytes(struct arena *arena, const void *bytes, size_t length);

/* printf into the arena. Never NULL. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One zeroed object of a type. */
#define arena_one(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
