/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Letters without their marks (searching, SMS) and letters put together with them (typing).
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "protocol/base/text_tables.h"

/* The longest run of marks that is put in canonical order; real letters carry two. */
enum { CLUSTER_MARKS = 8 };

static int by_look_code(const void *key, const void *row)
{
    return (int)*(const uint32_t *)key - (int)((const struct text_look *)row)->code;
}

static int by_pair_code(const void *key, const void *row)
{
    return (int)*(const uint32_t *)key - (int)((const struct text_pair *)row)->code;
}

/* ASCII look-alike of a Latin letter beyond ASCII, NULL when it has none. */
static const char *look_of(uint32_t code)
{
    const struct text_look *look =
        bsearch(&code, text_looks, text_looks_count, sizeof(*text_looks), by_look_code);
    return look ? look->ascii : NULL;
}

static uint32_t folded_of(uint32_t code)
{
    const struct text_pair *pair =
        bsearch(&code, text_folds, text_folds_count, sizeof(*text_folds), by_pair_code);
    return pair ? pair->folded : code;
}

/* Canonical combining class of a mark; 0 for what is no mark, also for U+034F that divides them. */
static unsigned place_of(uint32_t code)
{
    if (code < TEXT_MARK_FIRST || code > TEXT_MARK_LAST) {
        return 0;
    }
    return text_mark_places[code - TEXT_MARK_FIRST];
}

static bool is_mark(uint32_t code)
{
    return place_of(code) > 0;
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char *text_fold(struct arena *arena, const char *text)
{
    struct buf out = BUF_INIT;
    bool gap = false; /* a separator waits for the next word */
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        uint32_t code = text_next(&at, end);
        unsigned kind = text_kind_of(code);
        if (kind == KIND_MARK) {
            continue;
        }
        if (!(kind & KIND_WORD)) {
            gap = true;
            continue;
        }
        if (gap && out.length > 0) {
            buf_char(&out, ' ');
        }
        gap = false;
        const char *look = look_of(code);
        if (look) {
            for (; *look; look++) {
                buf_char(&out, ascii_lower(*look));
            }
        } else if (code < 0x80) {
            buf_char(&out, ascii_lower((char)code));
        } else {
            text_put(&out, folded_of(code));
        }
    }
    return buf_take(&out, arena);
}

char *text_ascii(struct arena *arena, const char *text)
{
    struct buf out = BUF_INIT;
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        const char *start = at;
        uint32_t code = text_next(&at, end);
        const char *look = look_of(code);
        bool after_letter = out.length > 0 && (unsigned char)out.data[out.length - 1] < 0x80;
        if (look) {
            buf_text(&out, look);
        } else if (!is_mark(code) || !after_letter) {
            buf_add(&out, start, (size_t)(at - start));
        }
    }
    return buf_take(&out, arena);
}

/* Letter and mark as one letter, 0 when Unicode has none. */
static uint32_t join(uint32_t letter, uint32_t mark)
{
    size_t low = 0;
    size_t high = text_joins_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct text_join *row = &text_joins[middle];
        if (row->letter == letter && row->mark == mark) {
            return row->composed;
        }
        if (row->letter < letter || (row->letter == letter && row->mark < mark)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

/* The row that makes this letter, NULL when it is whole. The table is sorted the other way, but
 * only a letter that already has a mark and gets another one asks. */
static const struct text_join *split(uint32_t code)
{
    for (size_t i = 0; i < text_joins_count; i++) {
        if (text_joins[i].composed == code) {
            return &text_joins[i];
        }
    }
    return NULL;
}

/* A letter with the marks that follow it. */
struct cluster {
    uint32_t letter;
    uint32_t marks[CLUSTER_MARKS];
    size_t count;
};

/* Puts a mark behind those of its own or a lower combining class (canonical ordering). */
static void cluster_add(struct cluster *cluster, uint32_t mark)
{
    size_t at = cluster->count++;
    for (; at > 0 && place_of(cluster->marks[at - 1]) > place_of(mark); at--) {
        cluster->marks[at] = cluster->marks[at - 1];
    }
    cluster->marks[at] = mark;
}

/*
 * Composes and writes: the canonical composition of Unicode Standard Annex 15. A mark that found
 * no partner blocks the later ones of its class, because the order of those two can be seen.
 */
static void cluster_write(const struct cluster *cluster, struct buf *out)
{
    uint32_t letter = cluster->letter;
    uint32_t left[CLUSTER_MARKS];
    size_t left_count = 0;
    for (size_t i = 0; i < cluster->count; i++) {
        uint32_t mark = cluster->marks[i];
        bool blocked = left_count > 0 && place_of(left[left_count - 1]) >= place_of(mark);
        uint32_t joined = blocked ? 0 : join(letter, mark);
        if (joined) {
            letter = joined;
        } else {
            left[left_count++] = mark;
        }
    }
    text_put(out, letter);
    for (size_t i = 0; i < left_count; i++) {
        text_put(out, left[i]);
    }
}

/* Takes the letter apart into its first letter and marks, innermost mark first. */
static void cluster_split(struct cluster *cluster)
{
    const struct text_join *row = split(cluster->letter);
    if (!row) {
        return;
    }
    cluster->letter = row->letter;
    cluster_split(cluster);
    cluster_add(cluster, row->mark);
}

char *text_compose(struct arena *arena, const char *text)
{
    struct buf out = BUF_INIT;
    struct cluster cluster = { 0 };
    bool open = false; /* the cluster holds a letter not yet written */
    for (const char *at = text, *end = text + strlen(text); at < end;) {
        const char *start = at;
        uint32_t code = text_next(&at, end);
        if (open && is_mark(code) && cluster.count < CLUSTER_MARKS) {
            if (cluster.count == 0) {
                cluster_split(&cluster);
            }
            cluster_add(&cluster, code);
            continue;
        }
        if (open) {
            cluster_write(&cluster, &out);
        }
        open = text_kind_of(code) & KIND_WORD;
        if (open) {
            cluster = (struct cluster){ .letter = code };
        } else {
            buf_add(&out, start, (size_t)(at - start));
        }
    }
    if (open) {
        cluster_write(&cluster, &out);
    }
    return buf_take(&out, arena);
}
