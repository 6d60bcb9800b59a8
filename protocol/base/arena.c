/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Arena memory: a list of chunks that only ever grows, handed out front to back. Most requests fit
 * in the first chunk, so a request costs two malloc() calls whatever it builds.
 */
#include "protocol/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#endif

enum {
    CHUNK_FIRST = 4096 - 64, /* leaves room for malloc's header and ours in whole pages */
    CHUNK_LAST = 65536 - 64,
#ifdef UNDER_ASAN
    SHARE_LIMIT = 0, /* each object alone in its malloc block, so that ASan sees every overrun */
#else
    SHARE_LIMIT = CHUNK_FIRST / 4, /* larger objects get a chunk of their own */
#endif
};

struct chunk {
    struct chunk *next;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks;
    unsigned char *free; /* unused part of the shared chunk */
    size_t free_size;
    size_t next_size; /* of the next shared chunk */
};

struct arena *arena_new(void)
{
    struct arena *arena = memory_zeroed(sizeof(*arena));
    arena->next_size = CHUNK_FIRST;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) {
        return;
    }
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

static unsigned char *chunk_add(struct arena *arena, size_t size)
{
    size_t whole;
    if (__builtin_add_overflow(sizeof(struct chunk), size, &whole)) {
        BUG("an arena object larger than the address space");
    }
    struct chunk *chunk = memory_zeroed(whole);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size == 0) {
        size = 1; /* never NULL, and no two objects at one address */
    }
    if (size > SHARE_LIMIT) {
        return chunk_add(arena, size);
    }

    const size_t align = alignof(max_align_t);
    size_t rounded = (size + align - 1) / align * align;
    if (rounded > arena->free_size) {
        arena->free = chunk_add(arena, arena->next_size);
        arena->free_size = arena->next_size;
        if (arena->next_size < CHUNK_LAST) {
            arena->next_size *= 2;
        }
    }
    void *object = arena->free;
    arena->free += rounded;
    arena->free_size -= rounded;
    return object;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, memory_product(count, size));
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_text_n(arena, text, strlen(text)) : NULL;
}

char *arena_text_n(struct arena *arena, const char *bytes, size_t length)
{
    ENSURE(length < SIZE_MAX);
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

void *arena_bytes(struct arena *arena, const void *bytes, size_t length)
{
    void *copy = arena_alloc(arena, length);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ENSURE(length >= 0);

    size_t size = (size_t)length + 1;
    char *text = arena_alloc(arena, size);
    ENSURE(vsnprintf(text, size, format, again) == length);
    va_end(again);
    return text;
}
