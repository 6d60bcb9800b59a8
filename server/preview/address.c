/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The page becomes a grid of cells of about 2 mm (on A4), each with ink or without. Cells with ink
 * that lie as near to one another as words and lines of one paragraph make a block; blocks of the
 * size and place of an address get points.
 */
#include "server/preview/address.h"

#include <stdbool.h>
#include <stdlib.h>

#include "protocol/base/memory.h"

enum {
    GRID_UPRIGHT = 105, /* cells across an upright page: 2 mm on A4 */
    GRID_BROAD = 125,   /* across a broad one: 1.8 mm on the usual envelope */
    INK_LEAST = 48,     /* darker than the paper by so much is ink */
    INK_PERCENT = 3,    /* of a cell's pixels at least */
    NEAR_COLS = 4,      /* words of one line: at most 6 mm apart */
    NEAR_ROWS = 3,      /* lines of one paragraph: at most 4 mm */
    EDGE = 2,           /* cells at the edges of the page: shadows of the scanner */
};

struct grid {
    int cell; /* pixels */
    int cols, rows;
    bool *ink;
    bool broad;
};

/* First and last cell, both inside. */
struct block {
    int left, top, right, bottom;
};

static bool cell_has_ink(const struct gray *page, const struct gray_paper *paper, int left, int top,
                         int cell)
{
    int found = 0;
    for (int y = top; y < top + cell; y++) {
        for (int x = left; x < left + cell; x++) {
            found += gray_ink(page, paper, x, y) >= INK_LEAST;
        }
    }
    return found * 100 >= INK_PERCENT * cell * cell && found > 0;
}

static struct grid make_grid(const struct gray *page, const struct gray_paper *paper)
{
    struct grid grid = { .broad = page->width > page->height };
    int across = grid.broad ? GRID_BROAD : GRID_UPRIGHT;
    grid.cell = page->width / across > 1 ? page->width / across : 1;
    grid.cols = page->width / grid.cell;
    grid.rows = page->height / grid.cell;
    grid.ink = memory_zeroed(memory_product((size_t)grid.cols, (size_t)grid.rows) + 1);
    for (int row = EDGE; row < grid.rows - EDGE; row++) {
        for (int col = EDGE; col < grid.cols - EDGE; col++) {
            grid.ink[row * grid.cols + col] =
                cell_has_ink(page, paper, col * grid.cell, row * grid.cell, grid.cell);
        }
    }
    return grid;
}

static void widen(struct block *block, int col, int row)
{
    block->left = col < block->left ? col : block->left;
    block->right = col > block->right ? col : block->right;
    block->top = row < block->top ? row : block->top;
    block->bottom = row > block->bottom ? row : block->bottom;
}

/* Moves the neighbours of a cell that have ink from the grid onto the stack. */
static int push_near(struct grid *grid, int cell, int *stack, int depth)
{
    int col = cell % grid->cols, row = cell / grid->cols;
    for (int y = row - NEAR_ROWS; y <= row + NEAR_ROWS; y++) {
        for (int x = col - NEAR_COLS; x <= col + NEAR_COLS; x++) {
            int near = y * grid->cols + x;
            if (y >= 0 && y < grid->rows && x >= 0 && x < grid->cols && grid->ink[near]) {
                grid->ink[near] = false;
                stack[depth++] = near;
            }
        }
    }
    return depth;
}

/* Takes the block that a cell belongs to out of the grid. */
static struct block take_block(struct grid *grid, int cell, int *stack)
{
    struct block block = { grid->cols, grid->rows, 0, 0 };
    int depth = 1;
    stack[0] = cell;
    grid->ink[cell] = false;
    while (depth > 0) {
        int next = stack[--depth];
        widen(&block, next % grid->cols, next / grid->cols);
        depth = push_near(grid, next, stack, depth);
    }
    return block;
}

static struct gray_box box_of(const struct grid *grid, const struct block *block)
{
    return (struct gray_box){
        .left = block->left * grid->cell,
        .top = block->top * grid->cell,
        .width = (block->right - block->left + 1) * grid->cell,
        .height = (block->bottom - block->top + 1) * grid->cell,
    };
}

static bool row_has_ink(const struct gray *page, const struct gray_paper *paper,
                        const struct gray_box *box, int y)
{
    int found = 0;
    for (int x = box->left; x < box->left + box->width && found < 2; x++) {
        found += gray_ink(page, paper, x, y) >= INK_LEAST;
    }
    return found >= 2;
}

/* Lines of text: strips with ink between strips without. */
static int count_lines(const struct gray *page, const struct gray_paper *paper,
                       const struct gray_box *box, int cell)
{
    int lines = 0, thickness = 0;
    for (int y = box->top; y < box->top + box->height; y++) {
        if (row_has_ink(page, paper, box, y)) {
            thickness++;
            lines += thickness == cell / 2 + 1; /* thinner is a rule or an accent */
        } else {
            thickness = 0;
        }
    }
    return lines;
}

static int distance(int a, int b)
{
    return a < b ? b - a : a - b;
}

/* How much a block looks and lies like an address; 0: not at all. All in thousandths of the page.
 */
static int score(const struct gray *page, const struct gray_paper *paper, const struct grid *grid,
                 const struct block *block)
{
    struct gray_box box = box_of(grid, block);
    int lines = count_lines(page, paper, &box, grid->cell);
    int width = box.width * 1000 / page->width, height = box.height * 1000 / page->height;
    int col = (box.left + box.width / 2) * 1000 / page->width;
    int row = (box.top + box.height / 2) * 1000 / page->height;
    int wanted_row = grid->broad ? 600 : 215, wanted_col = grid->broad ? 620 : 700;
    int most_height = grid->broad ? 550 : 210;
    if (lines < 2 || width < 90 || width > 620 || height > most_height ||
        (!grid->broad && row > 450)) {
        return 0;
    }
    int points = 1000 + (lines >= 3 && lines <= 6 ? 250 : lines <= 8 ? 100 : 0);
    points -= 3 * distance(row, wanted_row);
    if (!grid->broad && col < 500) {
        wanted_col = 300; /* DIN 5008: the window is on the left */
        points -= 60;     /* where the sender may stand as well */
    }
    points -= distance(col, wanted_col);
    return points > 1 ? points : 1;
}

static bool col_has_ink(const struct gray *page, const struct gray_paper *paper,
                        const struct gray_box *box, int x)
{
    for (int y = box->top; y < box->top + box->height; y++) {
        if (gray_ink(page, paper, x, y) >= INK_LEAST) {
            return true;
        }
    }
    return false;
}

/* Takes the white around the ink away: every dot of a terminal counts. */
static struct gray_box trim(const struct gray *page, const struct gray_paper *paper,
                            struct gray_box box)
{
    while (box.height > 1 && !row_has_ink(page, paper, &box, box.top)) {
        box.top++;
        box.height--;
    }
    while (box.height > 1 && !row_has_ink(page, paper, &box, box.top + box.height - 1)) {
        box.height--;
    }
    while (box.width > 1 && !col_has_ink(page, paper, &box, box.left)) {
        box.left++;
        box.width--;
    }
    while (box.width > 1 && !col_has_ink(page, paper, &box, box.left + box.width - 1)) {
        box.width--;
    }
    return box;
}

/* A cell more on each side, where thin ends of letters were too little ink for a cell. */
static struct gray_box widened(const struct gray *page, struct gray_box box, int cell)
{
    int right = box.left + box.width + cell, bottom = box.top + box.height + cell;
    box.left = box.left > cell ? box.left - cell : 0;
    box.top = box.top > cell ? box.top - cell : 0;
    box.width = (right < page->width ? right : page->width) - box.left;
    box.height = (bottom < page->height ? bottom : page->height) - box.top;
    return box;
}

struct gray_box address_find(const struct gray *page, const struct gray_paper *paper)
{
    struct grid grid = make_grid(page, paper);
    int cells = grid.cols * grid.rows, best = 0;
    int *stack = memory_zeroed(memory_product((size_t)cells + 1, sizeof *stack));
    struct block found = { 0, 0, grid.cols - 1, grid.rows - 1 };
    struct block upper = { grid.cols, grid.rows, 0, 0 };
    for (int cell = 0; cell < cells; cell++) {
        if (!grid.ink[cell]) {
            continue;
        }
        struct block block = take_block(&grid, cell, stack);
        int points = score(page, paper, &grid, &block);
        if (points > best) {
            best = points;
            found = block;
        }
        if (block.top < grid.rows * 2 / 5) {
            widen(&upper, block.left, block.top);
            widen(&upper, block.right, block.bottom);
        }
    }
    if (best == 0 && upper.right >= upper.left) {
        found = upper;
    }
    free(stack);
    free(grid.ink);
    struct gray_box box = widened(page, box_of(&grid, &found), grid.cell);
    return best > 0 ? trim(page, paper, box) : box;
}
