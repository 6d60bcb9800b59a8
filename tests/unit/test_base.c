/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Arena and buf. Overruns and leaks are ASan's to find; sharing of chunks happens only without it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
    static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 1000, 1024, 4032, 4096, 65536, 1000000 };
    struct arena *arena = arena_new();
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            unsigned char *object = arena_alloc(arena, sizes[i]);
            assert_int_equal((uintptr_t)object % alignof(max_align_t), 0);
            for (size_t n = 0; n < sizes[i]; n++)
                assert_int_equal(object[n], 0);
            memset(object, 0xff, sizes[i]);
        }
    }
    arena_free(arena);
    arena_free(NULL);
}

/* Objects of every size stay as they were written while others are made around them. */
static void arena_objects_do_not_overlap(void **state)
{
    enum { OBJECTS = 3000 };
    struct arena *arena = arena_new();
    unsigned char *objects[OBJECTS];
    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = arena_alloc(arena, i);
        memset(objects[i], (int)(i % 251), i);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        for (size_t n = 0; n < i; n++)
            assert_int_equal(objects[i][n], i % 251);
    }
    arena_free(arena);
}

static void arena_copies(void **state)
{
    struct arena *arena = arena_new();
    char text[] = "żółw";
    char *copy = arena_text(arena, text);
    assert_null(arena_text(arena, NULL));
    text[0] = 'x';
    assert_string_equal(copy, "żółw");
    assert_string_equal(arena_text(arena, ""), "");
    assert_string_equal(arena_text_n(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_text_n(arena, NULL, 0), "");
    assert_memory_equal(arena_bytes(arena, "a\0b", 3), "a\0b", 3);
    assert_non_null(arena_bytes(arena, NULL, 0));

    struct pair {
        int64_t a;
        char b;
    } *pair = arena_one(arena, struct pair);
    assert_int_equal(pair->a, 0);
    struct pair *pairs = arena_array(arena, 7, sizeof(*pairs));
    pairs[6].b = 'x';
    assert_non_null(arena_array(arena, 0, sizeof(*pairs)));
    assert_non_null(arena_array(arena, SIZE_MAX, 0));
    arena_free(arena);
}

static void arena_formats(void **state)
{
    struct arena *arena = arena_new();
    assert_string_equal(arena_format(arena, "%s", ""), "");
    assert_string_equal(arena_format(arena, "%d %s %%", -5, "zł"), "-5 zł %");
    char *wide = arena_format(arena, "%*d", 100000, 7);
    assert_int_equal(strlen(wide), 100000);
    assert_string_equal(wide + 99998, " 7");
    arena_free(arena);
}

/* Runs `act` in a child and returns the signal that ended it, 0 when none did. */
static int signal_of(void (*act)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void ask_too_many(void)
{
    arena_array(arena_new(), SIZE_MAX / 2, 3);
}

static void ask_wrapping_size(void)
{
    arena_alloc(arena_new(), SIZE_MAX - 4);
}

static void ask_wrapping_text(void)
{
    arena_text_n(arena_new(), "", SIZE_MAX);
}

static void add_wrapping_size(void)
{
    struct buf buf = BUF_INIT;
    buf_text(&buf, "x");
    buf_add(&buf, "", SIZE_MAX - 1);
}

static void multiply_beyond(void)
{
    memory_product(SIZE_MAX, 2);
}

static void sizes_beyond_memory_end_the_program(void **state)
{
    assert_int_equal(signal_of(ask_too_many), SIGABRT);
    assert_int_equal(signal_of(ask_wrapping_size), SIGABRT);
    assert_int_equal(signal_of(ask_wrapping_text), SIGABRT);
    assert_int_equal(signal_of(add_wrapping_size), SIGABRT);
    assert_int_equal(signal_of(multiply_beyond), SIGABRT);
    assert_int_equal(memory_product(SIZE_MAX, 1), SIZE_MAX);
}

static void buf_grows(void **state)
{
    struct buf buf = BUF_INIT;
    assert_string_equal(buf_str(&buf), "");
    for (int i = 0; i < 10000; i++) {
        buf_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.length, i + 1);
        assert_int_equal(buf.data[buf.length], '\0');
    }
    for (int i = 0; i < 10000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    buf_release(&buf);
    assert_string_equal(buf_str(&buf), "");
    buf_text(&buf, "again");
    assert_string_equal(buf_str(&buf), "again");
    buf_release(&buf);
}

/* Every length around the sizes that memory is taken in. */
static void buf_fills_its_memory_exactly(void **state)
{
    static char block[300];
    memset(block, 'x', sizeof(block));
    for (size_t length = 0; length < sizeof(block); length++) {
        struct buf buf = BUF_INIT;
        buf_add(&buf, block, length);
        assert_int_equal(strlen(buf_str(&buf)), length);
        buf_format(&buf, "%s", "0123456789");
        assert_string_equal(buf_str(&buf) + length, "0123456789");
        buf_release(&buf);
    }
}

static void buf_adds(void **state)
{
    struct buf buf = BUF_INIT;
    buf_add(&buf, NULL, 0);
    assert_int_equal(buf.length, 0);
    assert_int_equal(buf.data[0], '\0');
    buf_text(&buf, "");
    buf_format(&buf, "%s", "");
    assert_string_equal(buf_str(&buf), "");
    buf_add(&buf, "a\0b", 3);
    buf_format(&buf, "%03d", 7);
    assert_int_equal(buf.length, 6);
    assert_memory_equal(buf.data, "a\0b007", 7);
    buf_release(&buf);
}

static void buf_drops_and_clears(void **state)
{
    struct buf buf = BUF_INIT;
    buf_drop(&buf, 5);
    buf_clear(&buf);
    assert_string_equal(buf_str(&buf), "");
    buf_text(&buf, "abcdef");
    buf_drop(&buf, 0);
    assert_string_equal(buf_str(&buf), "abcdef");
    buf_drop(&buf, 2);
    assert_string_equal(buf_str(&buf), "cdef");
    assert_int_equal(buf.length, 4);
    buf_drop(&buf, 3);
    assert_string_equal(buf_str(&buf), "f");
    buf_drop(&buf, SIZE_MAX);
    assert_string_equal(buf_str(&buf), "");
    assert_int_equal(buf.length, 0);

    buf_text(&buf, "abc");
    const char *memory = buf.data;
    buf_clear(&buf);
    assert_string_equal(buf_str(&buf), "");
    buf_text(&buf, "d");
    assert_ptr_equal(buf.data, memory);
    buf_release(&buf);
    buf_release(&buf);
    assert_null(buf.data);
}

static void buf_is_taken_into_an_arena(void **state)
{
    struct arena *arena = arena_new();
    struct buf buf = BUF_INIT;
    assert_string_equal(buf_take(&buf, arena), "");
    buf_add(&buf, "a\0b", 3);
    char *taken = buf_take(&buf, arena);
    assert_memory_equal(taken, "a\0b", 4);
    assert_null(buf.data);
    assert_int_equal(buf.length, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_objects_do_not_overlap),
        cmocka_unit_test(arena_copies),
        cmocka_unit_test(arena_formats),
        cmocka_unit_test(sizes_beyond_memory_end_the_program),
        cmocka_unit_test(buf_grows),
        cmocka_unit_test(buf_fills_its_memory_exactly),
        cmocka_unit_test(buf_adds),
        cmocka_unit_test(buf_drops_and_clears),
        cmocka_unit_test(buf_is_taken_into_an_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
