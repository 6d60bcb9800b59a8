/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The one place that decides what happens when memory runs out.
 */
#include "protocol/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Not through the log: its line needs memory too. */
static _Noreturn void out_of_memory(void)
{
    static const char message[] = "error memory: out of memory\n";
    if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0) {
        /* Nobody is left to tell; the abort below says enough. */
    }
    abort();
}

void *memory_zeroed(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

void *memory_resize(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (!memory) {
        out_of_memory();
    }
    return memory;
}

size_t memory_product(size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product)) {
        out_of_memory();
    }
    return product;
}
