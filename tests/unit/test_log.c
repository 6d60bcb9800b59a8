/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the log writes: one clean line each, whole, in the form the reader of standard error wants.
 * Each case runs in a child, because where standard error leads is looked at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"

/* What a child wrote to standard error, and how it ended. */
static char output[16 * 1024];
static int status;

enum journal { NO_JOURNAL, JOURNAL_OTHER, JOURNAL_HERE };

static void set_journal(enum journal journal)
{
    struct stat info;
    char stream[64];
    assert_int_equal(fstat(STDERR_FILENO, &info), 0);
    unsigned long long inode = info.st_ino + (journal == JOURNAL_OTHER);
    snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)info.st_dev, inode);
    if (journal == NO_JOURNAL)
        unsetenv("JOURNAL_STREAM");
    else
        setenv("JOURNAL_STREAM", stream, 1);
}

static void run(enum journal journal, void (*act)(void))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        signal(SIGABRT, SIG_DFL);
        set_journal(journal);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], output + length, sizeof(output) - 1 - length)) > 0)
        length += (size_t)got;
    output[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
}

static void one_of_each(void)
{
    log_error("db", "bad %s", "disk");
    log_warn("web", "slow");
    log_info("main", "%d clients", 3);
    log_debug("rpc", "hello");
}

static void lines_have_level_and_area(void **state)
{
    run(NO_JOURNAL, one_of_each);
    assert_string_equal(output, "error db: bad disk\nwarn web: slow\ninfo main: 3 clients\n");
    run(JOURNAL_OTHER, one_of_each); /* inherited from a desktop: not our standard error */
    assert_string_equal(output, "error db: bad disk\nwarn web: slow\ninfo main: 3 clients\n");
}

static void journal_gets_priorities(void **state)
{
    run(JOURNAL_HERE, one_of_each);
    assert_string_equal(output, "<3>db: bad disk\n<4>web: slow\n<6>main: 3 clients\n");
}

static void only_errors(void)
{
    log_set_level(LOG_ERROR);
    one_of_each();
}

static void everything(void)
{
    log_set_level(LOG_DEBUG);
    one_of_each();
}

static void level_is_a_limit(void **state)
{
    run(NO_JOURNAL, only_errors);
    assert_string_equal(output, "error db: bad disk\n");
    run(NO_JOURNAL, everything);
    assert_non_null(strstr(output, "\ndebug rpc: hello\n"));
}

static void hostile_text(void)
{
    log_info("web", "GET %s", "/a\nerror db: forged\r\x1b[2J\x9b\xe2\x80\xae");
    log_info("web", "%s", "");
}

static void text_cannot_forge_a_line(void **state)
{
    run(NO_JOURNAL, hostile_text);
    assert_string_equal(output, "info web: GET /a error db: forged\xef\xbf\xbd\xef\xbf\xbd[2J"
                                "\xef\xbf\xbd\xef\xbf\xbd\ninfo web: \n");
}

static void endless_lines(void)
{
    for (int shift = 0; shift < 2; shift++) { /* the cut falls into a character once at least */
        struct buf text = BUF_INIT;
        buf_text(&text, shift ? "a" : "");
        while (text.length < 5000)
            buf_text(&text, "ż");
        log_info("x", "%s", buf_str(&text));
        buf_release(&text);
    }
}

static void long_lines_stay_whole_writes(void **state)
{
    run(NO_JOURNAL, endless_lines);
    char *second = strchr(output, '\n') + 1;
    assert_in_range(second - output, PIPE_BUF - 1, PIPE_BUF);
    assert_in_range(strlen(second), PIPE_BUF - 1, PIPE_BUF);
    assert_int_equal(second[strlen(second) - 1], '\n');
    assert_int_equal(text_check(output, strlen(output), TEXT_NOTE, sizeof(output)), TEXT_OK);
}

static void write_nowhere(void)
{
    close(STDERR_FILENO);
    errno = ENOSPC;
    log_error("db", "cannot write");
    _exit(errno == ENOSPC ? 0 : 1);
}

static void errno_is_kept(void **state)
{
    run(NO_JOURNAL, write_nowhere);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(output, "");
}

static void broken_promise(void)
{
    ENSURE(1 + 1 == 2);
    log_set_level(LOG_ERROR);
    ENSURE(1 + 1 == 3);
}

static void bug_says_where_and_aborts(void **state)
{
    run(NO_JOURNAL, broken_promise);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(output, "error bug: tests/unit/test_log.c:"));
    assert_non_null(strstr(output, "1 + 1 == 3\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_level_and_area),
        cmocka_unit_test(journal_gets_priorities),
        cmocka_unit_test(level_is_a_limit),
        cmocka_unit_test(text_cannot_forge_a_line),
        cmocka_unit_test(long_lines_stay_whole_writes),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(bug_says_where_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
