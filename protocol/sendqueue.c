/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/sendqueue.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/base/memory.h"

/* What a new part can hold at least, so that the next small messages find room in it. */
enum { PART_BYTES = 4096 };

static struct shared_bytes *new_part(size_t capacity)
{
    struct shared_bytes *part = memory_resize(NULL, sizeof *part + capacity);
    *part = (struct shared_bytes){ .references = 1, .capacity = capacity };
    return part;
}

static void append(struct shared_bytes *part, const void *bytes, size_t length)
{
    if (length > 0) {
        memcpy(part->data + part->length, bytes, length);
        part->length += length;
    }
}

struct shared_bytes *shared_bytes_new(const void *bytes, size_t length)
{
    /* No room to spare: a queue never appends to what others may hold. */
    struct shared_bytes *shared = new_part(length);
    append(shared, bytes, length);
    return shared;
}

void shared_bytes_release(struct shared_bytes *shared)
{
    if (--shared->references == 0) {
        free(shared);
    }
}

static void push(struct sendqueue *queue, struct shared_bytes *part)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity > 0 ? 2 * queue->capacity : 4;
        queue->parts =
            memory_resize(queue->parts, memory_product(queue->capacity, sizeof *queue->parts));
    }
    queue->parts[queue->count++] = part;
}

void sendqueue_add(struct sendqueue *queue, const void *bytes, size_t length)
{
    struct shared_bytes *tail = queue->count > 0 ? queue->parts[queue->count - 1] : NULL;
    if (tail == NULL || tail->capacity - tail->length < length) {
        tail = new_part(length > PART_BYTES ? length : PART_BYTES);
        push(queue, tail);
    }
    append(tail, bytes, length);
    queue->bytes += length;
}

void sendqueue_share(struct sendqueue *queue, struct shared_bytes *shared)
{
    shared->references++;
    push(queue, shared);
    queue->bytes += shared->length;
}

void sendqueue_clear(struct sendqueue *queue)
{
    for (size_t i = 0; i < queue->count; i++) {
        shared_bytes_release(queue->parts[i]);
    }
    queue->count = 0;
    queue->bytes = 0;
}

void sendqueue_release(struct sendqueue *queue)
{
    sendqueue_clear(queue);
    free(queue->parts);
    *queue = (struct sendqueue){ 0 };
}
