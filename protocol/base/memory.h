/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * malloc that does not fail: running out of memory ends the program with a message. A mail desk
 * that cannot get a few kilobytes cannot finish its work either, and error paths that no test ever
 * walks are worse than a restart. Sizes that a peer chose must be limited before they come here.
 * Any thread. Released by free().
 */
#ifndef SKRYTKA_BASE_MEMORY_H
#define SKRYTKA_BASE_MEMORY_H

#include <stddef.h>

/* The struct of this type whose member `pointer` points to. */
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* `size` zeroed bytes. Never NULL, not even for 0. */
void *memory_zeroed(size_t size) __attribute__((malloc, returns_nonnull));

/* realloc(): `old` may be NULL; bytes beyond its old size are not set. `size` is not 0. */
void *memory_resize(void *old, size_t size) __attribute__((returns_nonnull));

/* The product; ends the program when it does not fit in size_t. */
size_t memory_product(size_t count, size_t size);

#endif
