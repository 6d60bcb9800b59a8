/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/preview/pnm.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

enum { HEADER_BYTES = 512 };

enum field { WIDTH, HEIGHT, MAXVAL, FIELDS };

struct pnm {
    unsigned skip;
    enum pnm_state state;
    bool in_body;
    /* The header, letter by letter. */
    size_t header_length;
    bool comment;
    bool digits; /* inside a number */
    char kind;   /* '4', '5', '6'; 0: not read yet */
    int field;
    uint32_t values[FIELDS];
    /* The body. */
    int factor; /* so many pixels each way become one */
    size_t row_bytes, row_have;
    unsigned char *row;
    uint32_t *sums; /* of the pixels that become one, for one row of the result */
    int rows_left;  /* of the picture */
    int rows_summed;
    struct gray *gray; /* NULL while skipping */
    int gray_row;
};

struct pnm *pnm_new(unsigned skip)
{
    struct pnm *pnm = memory_zeroed(sizeof *pnm);
    pnm->skip = skip;
    pnm->values[MAXVAL] = 1; /* of P4, whose header has none */
    return pnm;
}

void pnm_free(struct pnm *pnm)
{
    free(pnm->row);
    free(pnm->sums);
    free(pnm->gray);
    free(pnm);
}

struct gray *pnm_take(struct pnm *pnm)
{
    struct gray *gray = pnm->gray;
    ENSURE(pnm->state == PNM_DONE && gray != NULL);
    pnm->gray = NULL;
    return gray;
}

static size_t row_size(const struct pnm *pnm)
{
    size_t width = pnm->values[WIDTH];
    size_t sample = pnm->values[MAXVAL] > 255 ? 2 : 1;
    switch (pnm->kind) {
    case '4': return (width + 7) / 8;
    case '5': return width * sample;
    default: return width * sample * 3;
    }
}

static void begin_body(struct pnm *pnm)
{
    uint32_t width = pnm->values[WIDTH], height = pnm->values[HEIGHT];
    uint32_t longer = width > height ? width : height;
    bool sane = width >= 1 && height >= 1 && longer <= PNM_SIDE && pnm->values[MAXVAL] >= 1 &&
                pnm->values[MAXVAL] <= UINT16_MAX;
    pnm->row_bytes = sane ? row_size(pnm) : 0;
    if (!sane || pnm->row_bytes > PNM_BYTES / height) {
        pnm->state = PNM_BAD;
        return;
    }
    pnm->factor = (int)((longer + GRAY_LONG - 1) / GRAY_LONG);
    pnm->row = memory_resize(pnm->row, pnm->row_bytes);
    pnm->row_have = 0;
    pnm->rows_left = (int)height;
    pnm->in_body = true;
    if (pnm->skip == 0) {
        int cols = ((int)width + pnm->factor - 1) / pnm->factor;
        pnm->gray = gray_new(cols, ((int)height + pnm->factor - 1) / pnm->factor);
        pnm->sums = memory_zeroed((size_t)cols * sizeof *pnm->sums);
        pnm->gray_row = pnm->rows_summed = 0;
    }
}

/* A number has ended: is it the header's last? P4 has no MAXVAL. */
static void end_number(struct pnm *pnm)
{
    pnm->digits = false;
    pnm->field++;
    if (pnm->field == (pnm->kind == '4' ? MAXVAL : FIELDS)) {
        begin_body(pnm);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void feed_header(struct pnm *pnm, char c)
{
    pnm->header_length++;
    if (pnm->header_length > HEADER_BYTES) {
        pnm->state = PNM_BAD;
    } else if (pnm->header_length == 1) {
        pnm->state = c == 'P' ? PNM_MORE : PNM_BAD;
    } else if (pnm->header_length == 2) {
        pnm->kind = c;
        pnm->state = c >= '4' && c <= '6' ? PNM_MORE : PNM_BAD;
    } else if (pnm->comment) {
        pnm->comment = c != '\n';
    } else if (c >= '0' && c <= '9') {
        uint32_t *value = &pnm->values[pnm->field];
        *value = (pnm->digits ? *value * 10 : 0) + (uint32_t)(c - '0');
        pnm->digits = true;
        pnm->state = *value > UINT16_MAX ? PNM_BAD : PNM_MORE;
    } else if (c == '#' && !pnm->digits) {
        pnm->comment = true;
    } else if (!is_blank(c)) {
        pnm->state = PNM_BAD;
    } else if (pnm->digits) {
        end_number(pnm);
    }
}

static uint32_t sample(const struct pnm *pnm, size_t at)
{
    uint32_t most = pnm->values[MAXVAL];
    uint32_t value =
        most > 255 ? ((uint32_t)pnm->row[2 * at] << 8) + pnm->row[2 * at + 1] : pnm->row[at];
    if (most == 255) {
        return value;
    }
    return (value < most ? value : most) * 255 / most;
}

/* Brightness of a pixel of the present row, 0 to 255; colours weigh as ITU-R BT.601 has them. */
static uint32_t brightness(const struct pnm *pnm, size_t x)
{
    switch (pnm->kind) {
    case '4': return pnm->row[x / 8] & (0x80U >> (x % 8)) ? 0 : 255;
    case '5': return sample(pnm, x);
    default:
        return (sample(pnm, 3 * x) * 77 + sample(pnm, 3 * x + 1) * 150 +
                sample(pnm, 3 * x + 2) * 29) >>
               8;
    }
}

static void emit_row(struct pnm *pnm)
{
    struct gray *gray = pnm->gray;
    unsigned char *out = gray->pixels + pnm->gray_row * gray->width;
    int width = (int)pnm->values[WIDTH];
    for (int x = 0; x < gray->width; x++) {
        int left = width - x * pnm->factor;
        int cols = left < pnm->factor ? left : pnm->factor;
        ENSURE(cols > 0 && pnm->rows_summed > 0);
        out[x] = (unsigned char)(pnm->sums[x] / (uint32_t)(cols * pnm->rows_summed));
        pnm->sums[x] = 0;
    }
    pnm->gray_row++;
    pnm->rows_summed = 0;
}

static void take_row(struct pnm *pnm)
{
    pnm->rows_left--;
    pnm->row_have = 0;
    if (pnm->gray == NULL) {
        return;
    }
    size_t x = 0, width = pnm->values[WIDTH];
    for (int out = 0; out < pnm->gray->width; out++) {
        for (int i = 0; i < pnm->factor && x < width; i++) {
            pnm->sums[out] += brightness(pnm, x++);
        }
    }
    pnm->rows_summed++;
    if (pnm->rows_summed == pnm->factor || pnm->rows_left == 0) {
        emit_row(pnm);
    }
}

/* The one wanted, or one to pass over. */
static void end_picture(struct pnm *pnm)
{
    if (pnm->gray != NULL) {
        pnm->state = PNM_DONE;
        return;
    }
    pnm->skip--;
    pnm->in_body = false;
    pnm->header_length = 0;
    pnm->field = WIDTH;
    pnm->values[MAXVAL] = 1;
}

enum pnm_state pnm_feed(struct pnm *pnm, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    while (length > 0 && pnm->state == PNM_MORE) {
        if (!pnm->in_body) {
            feed_header(pnm, (char)*at++);
            length--;
            continue;
        }
        size_t wanted = pnm->row_bytes - pnm->row_have;
        size_t taken = length < wanted ? length : wanted;
        memcpy(pnm->row + pnm->row_have, at, taken);
        pnm->row_have += taken;
        at += taken;
        length -= taken;
        if (pnm->row_have == pnm->row_bytes) {
            take_row(pnm);
        }
        if (pnm->rows_left == 0) {
            end_picture(pnm);
        }
    }
    return pnm->state;
}
