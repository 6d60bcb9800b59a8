/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages drawn by the real tools, from files that are good and files that mean harm. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/preview/preview.h"
#include "server/preview/render.h"
#include "tests/unit/pages.h"
#include "tests/unit/scratch.h"

struct fixture {
    char *folder;
    char path[PATH_MAX];
    uv_loop_t loop;
};

struct answer {
    unsigned calls;
    enum render_end end;
    struct gray *page;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = scratch_make();
    snprintf(f->path, sizeof f->path, "%s/scan", f->folder);
    assert_int_equal(uv_loop_init(&f->loop), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    scratch_remove(f->folder);
    free(f);
    return 0;
}

static void on_done(void *owner, enum render_end end, struct gray *page)
{
    struct answer *answer = owner;
    answer->calls++;
    answer->end = end;
    answer->page = page;
}

static struct answer draw(struct fixture *f, const void *bytes, size_t length, enum scan_type type,
                          int number)
{
    struct answer answer = { 0 };
    scratch_write(f->path, bytes, length);
    render_start(&f->loop, f->path, type, number, RENDER_MS, on_done, &answer);
    assert_int_equal(answer.calls, 0);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(answer.calls, 1);
    assert_int_equal(answer.page != NULL, answer.end == RENDER_DONE);
    return answer;
}

static struct answer draw_pdf(struct fixture *f, const char *box, const char *content,
                              const char *more, int number)
{
    struct buf pdf = pdf_of(box, content, more);
    struct answer answer = draw(f, pdf.data, pdf.length, SCAN_PDF, number);
    buf_release(&pdf);
    return answer;
}

#define A4 "0 0 595 842"

/* A black square a quarter of the page wide, in the middle of its upper left quarter. */
static void test_pdf(void **state)
{
    struct answer answer = draw_pdf(*state, A4, "74 526 149 210 re f", "", 1);
    assert_int_equal(answer.end, RENDER_DONE);
    const struct gray *page = answer.page;
    assert_int_equal(page->height, GRAY_LONG);
    assert_in_range(page->width, GRAY_LONG * 595 / 842 - 1, GRAY_LONG * 595 / 842 + 1);
    assert_int_equal(page->pixels[page->height / 4 * page->width + page->width / 4], 0);
    assert_int_equal(page->pixels[page->height / 4 * page->width + page->width * 3 / 4], 255);
    assert_int_equal(page->pixels[page->height * 3 / 4 * page->width + page->width / 4], 255);
    free(answer.page);
}

static void test_no_such_page(void **state)
{
    static const char pnm[] = "P5 1 1 255 a";
    assert_int_equal(draw_pdf(*state, A4, "", "", 2).end, RENDER_NO_PAGE);
    assert_int_equal(draw(*state, pnm, sizeof pnm, SCAN_JPEG, 2).end, RENDER_NO_PAGE);
    assert_int_equal(draw(*state, pnm, sizeof pnm, SCAN_PNG, 2).end, RENDER_NO_PAGE);
}

static void test_damaged(void **state)
{
    static const char text[] = "This is no picture and no page.";
    for (enum scan_type type = SCAN_PDF; type < SCAN_TYPE_MAX; type++) {
        assert_int_equal(draw(*state, text, sizeof text, type, 1).end, RENDER_UNUSABLE);
        assert_int_equal(draw(*state, text, 0, type, 1).end, RENDER_UNUSABLE);
    }
    struct buf pdf = pdf_of(A4, "74 526 149 210 re f", "");
    struct answer answer = draw(*state, pdf.data, pdf.length / 4, SCAN_PDF, 1);
    assert_int_equal(answer.end, RENDER_UNUSABLE);
    buf_release(&pdf);
}

/* Pages of a mile, of a hair and of nothing are as large in memory as any other. */
static void test_hostile_sizes(void **state)
{
    static const char *const boxes[] = { "0 0 200000 200000", "0 0 14400 1",   "0 0 1 14400",
                                         "0 0 0 0",           "0 0 1e30 1e30", "-5 -5 -5 -5" };
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        struct answer answer = draw_pdf(*state, boxes[i], "0 0 50 50 re f", "", 1);
        if (answer.end == RENDER_DONE) {
            assert_in_range(answer.page->width, 1, GRAY_LONG);
            assert_in_range(answer.page->height, 1, GRAY_LONG);
        } else {
            assert_int_equal(answer.end, RENDER_UNUSABLE);
        }
        free(answer.page);
    }
}

/* Content that would be drawn for minutes: 200,000 shapes that fill the page. */
static struct buf endless(void)
{
    struct buf content = BUF_INIT;
    for (int i = 0; i < 200000; i++) {
        buf_format(&content, "%d 0 m 595 %d l 0 842 l %d 400 l f* ", i % 595, i % 842, i % 300);
    }
    struct buf pdf = pdf_of(A4, content.data, "");
    buf_release(&content);
    return pdf;
}

static void test_time_limit(void **state)
{
    struct fixture *f = *state;
    struct answer answer = { 0 };
    struct buf pdf = endless();
    scratch_write(f->path, pdf.data, pdf.length);
    uint64_t before = uv_hrtime();
    render_start(&f->loop, f->path, SCAN_PDF, 1, 200, on_done, &answer);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(answer.calls, 1);
    assert_int_equal(answer.end, RENDER_TOO_LONG);
    assert_in_range((uv_hrtime() - before) / 1000000, 0, RENDER_MS / 2);
    buf_release(&pdf);
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    struct answer answer = { 0 };
    struct buf pdf = endless();
    scratch_write(f->path, pdf.data, pdf.length);
    struct render *render =
        render_start(&f->loop, f->path, SCAN_PDF, 1, RENDER_MS, on_done, &answer);
    render_cancel(render);
    render_cancel(render);
    assert_int_equal(answer.calls, 0);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(answer.calls, 1);
    assert_int_equal(answer.end, RENDER_CANCELLED);
    buf_release(&pdf);
}

/* Neither the tools nor prlimit; then prlimit alone. */
static void test_missing_tool(void **state)
{
    struct fixture *f = *state;
    char *kept = strdup(getenv("PATH"));
    char link[PATH_MAX + 16];
    assert_non_null(kept);
    setenv("PATH", f->folder, 1);
    enum render_end none = draw_pdf(f, A4, "", "", 1).end;
    snprintf(link, sizeof link, "%s/prlimit", f->folder);
    int linked = symlink("/usr/bin/prlimit", link);
    enum render_end limiter_only = draw_pdf(f, A4, "", "", 1).end;
    setenv("PATH", kept, 1);
    free(kept);
    assert_int_equal(linked, 0);
    assert_int_equal(none, RENDER_NO_TOOL);
    assert_int_equal(limiter_only, RENDER_NO_TOOL);
}

/* ---- the line of previews ---- */

struct result {
    unsigned calls;
    struct err err;
    int64_t width;
    unsigned *order; /* counts who was answered */
    unsigned place;
};

static void on_preview(void *owner, const struct err *err,
                       const struct rec_scan_preview_result *dots)
{
    struct result *result = owner;
    result->calls++;
    result->err = err != NULL ? *err : (struct err){ .code = ERR_NONE };
    result->width = err != NULL ? 0 : dots->width;
    result->place = ++*result->order;
}

static void on_closed(void *owner)
{
    ++*(unsigned *)owner;
}

static struct preview_ask ask_for(const struct fixture *f, struct arena *arena, const char *sha256)
{
    return (struct preview_ask){ .path = f->path,
                                 .sha256 = sha256,
                                 .type = SCAN_PDF,
                                 .number = 1,
                                 .wanted = { preview_part_page, 100, 100 },
                                 .arena = arena };
}

enum { MANY = PREVIEWS_AT_ONCE + PREVIEWS_WAITING };

/* As many as have room are answered; the next is refused and nothing is lost. */
static void test_line(void **state)
{
    struct fixture *f = *state;
    struct previews *previews = previews_open(&f->loop);
    struct arena *arenas[MANY + 1];
    struct result results[MANY + 1] = { 0 };
    unsigned order = 0, closed = 0;
    struct err err;
    struct buf pdf = pdf_of(A4, "74 526 149 210 re f", "");
    scratch_write(f->path, pdf.data, pdf.length);
    for (int i = 0; i <= MANY; i++) {
        char sha256[DIGEST_TEXT];
        snprintf(sha256, sizeof sha256, "%064x", (unsigned)i / 8);
        arenas[i] = arena_new();
        results[i].order = &order;
        struct preview_ask ask = ask_for(f, arenas[i], sha256);
        struct preview *preview = preview_start(previews, &ask, on_preview, &results[i], &err);
        assert_int_equal(preview != NULL, i < MANY);
    }
    assert_int_equal(err.code, ERR_unavailable);
    assert_string_equal(err.detail, "busy");
    while (order < MANY) {
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    for (int i = 0; i <= MANY; i++) {
        assert_int_equal(results[i].calls, i < MANY ? 1 : 0);
        assert_int_equal(results[i].err.code, ERR_NONE);
        assert_int_equal(results[i].width, i < MANY ? 70 : 0);
        arena_free(arenas[i]);
    }
    previews_close(previews, on_closed, &closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(closed, 1);
    buf_release(&pdf);
}

/* A page that was drawn is kept: the file may even be gone. */
static void test_kept(void **state)
{
    struct fixture *f = *state;
    struct previews *previews = previews_open(&f->loop);
    struct arena *arena = arena_new();
    unsigned order = 0, closed = 0;
    struct result result = { .order = &order };
    struct err err;
    struct buf pdf = pdf_of(A4, "74 526 149 210 re f", "");
    struct preview_ask ask = ask_for(f, arena, "aa");
    scratch_write(f->path, pdf.data, pdf.length);
    assert_non_null(preview_start(previews, &ask, on_preview, &result, &err));
    while (order < 1) {
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    assert_int_equal(unlink(f->path), 0);
    ask.wanted.width = 50;
    assert_non_null(preview_start(previews, &ask, on_preview, &result, &err));
    while (order < 2) {
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    assert_int_equal(result.err.code, ERR_NONE);
    assert_int_equal(result.width, 50);
    ask.sha256 = "bb";
    assert_non_null(preview_start(previews, &ask, on_preview, &result, &err));
    while (order < 3) {
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    assert_int_equal(result.err.code, ERR_bad_request);
    assert_string_equal(result.err.detail, "unusable");
    previews_close(previews, on_closed, &closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(closed, 1);
    arena_free(arena);
    buf_release(&pdf);
}

/* Closing and cancelling answer everybody at once, however long the files would take. */
static void test_close_in_the_middle(void **state)
{
    struct fixture *f = *state;
    struct previews *previews = previews_open(&f->loop);
    struct arena *arena = arena_new();
    struct result results[6] = { 0 };
    struct preview *asked[6];
    unsigned order = 0, closed = 0;
    struct err err;
    struct buf pdf = endless();
    scratch_write(f->path, pdf.data, pdf.length);
    uint64_t before = uv_hrtime();
    for (int i = 0; i < 6; i++) {
        struct preview_ask ask = ask_for(f, arena, "aa");
        results[i].order = &order;
        asked[i] = preview_start(previews, &ask, on_preview, &results[i], &err);
    }
    uv_run(&f->loop, UV_RUN_NOWAIT);
    preview_cancel(asked[5]); /* waits in the line */
    preview_cancel(asked[0]); /* is being drawn */
    while (results[5].calls == 0 || results[0].calls == 0) {
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    assert_int_equal(results[1].calls, 0);
    previews_close(previews, on_closed, &closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(closed, 1);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(results[i].calls, 1);
        assert_int_equal(results[i].err.code, ERR_unavailable);
        assert_string_equal(results[i].err.detail, "cancelled");
    }
    assert_in_range((uv_hrtime() - before) / 1000000, 0, 8000);
    arena_free(arena);
    buf_release(&pdf);
}

struct last {
    struct previews *previews;
    unsigned closed;
};

static void close_all(void *owner, const struct err *err,
                      const struct rec_scan_preview_result *dots)
{
    struct last *last = owner;
    assert_null(err);
    assert_non_null(dots);
    previews_close(last->previews, on_closed, &last->closed);
}

/* Whoever waited last may be what the end waits for. */
static void test_close_in_the_last_answer(void **state)
{
    struct fixture *f = *state;
    struct last last = { .previews = previews_open(&f->loop) };
    struct arena *arena = arena_new();
    struct err err;
    struct buf pdf = pdf_of(A4, "74 526 149 210 re f", "");
    struct preview_ask ask = ask_for(f, arena, "aa");
    scratch_write(f->path, pdf.data, pdf.length);
    assert_non_null(preview_start(last.previews, &ask, close_all, &last, &err));
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(last.closed, 1);
    arena_free(arena);
    buf_release(&pdf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pdf),
        TEST(test_no_such_page),
        TEST(test_damaged),
        TEST(test_hostile_sizes),
        TEST(test_time_limit),
        TEST(test_cancel),
        TEST(test_missing_tool),
        TEST(test_line),
        TEST(test_kept),
        TEST(test_close_in_the_middle),
        TEST(test_close_in_the_last_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
