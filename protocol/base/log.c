/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The log on standard error. A record is one write() of at most PIPE_BUF bytes, which a pipe keeps
 * whole, so the lines of several threads and processes never mix.
 */
#include "protocol/base/log.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/text.h"

/* The journal's priorities: sd-daemon(3). */
static const struct {
    const char *word;
    const char *priority;
} levels[] = {
    [LOG_ERROR] = { "error ", "<3>" },
    [LOG_WARN] = { "warn ", "<4>" },
    [LOG_INFO] = { "info ", "<6>" },
    [LOG_DEBUG] = { "debug ", "<7>" },
};

static atomic_int max_level = LOG_INFO;

static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool to_journal;

/*
 * JOURNAL_STREAM holds the device and inode of the journal's end of standard error
 * (systemd.exec(5)). They are compared because programs started from a desktop inherit the variable
 * although their standard error is a terminal.
 */
static void journal_find(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat info;
    char *end = NULL;
    if (!stream || fstat(STDERR_FILENO, &info) != 0) {
        return;
    }
    unsigned long long device = strtoull(stream, &end, 10);
    to_journal = *end == ':' && device == info.st_dev && strtoull(end + 1, NULL, 10) == info.st_ino;
}

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&max_level, (int)level, memory_order_relaxed);
}

/* Cuts to what one write keeps whole, not through a character. */
static size_t line_cut(const char *line, size_t length)
{
    if (length < PIPE_BUF) {
        return length;
    }
    length = PIPE_BUF - 1;
    while (length > 0 && ((unsigned char)line[length] & 0xc0) == 0x80) {
        length--;
    }
    return length;
}

static void write_line(enum log_level level, const char *area, const char *text)
{
    pthread_once(&journal_once, journal_find);
    const char *start = to_journal ? levels[level].priority : levels[level].word;
    struct arena *arena = arena_new();
    char *line = arena_format(arena, "%s%s: %s\n", start, area, text_clean(arena, text, false));
    size_t length = line_cut(line, strlen(line) - 1);
    line[length] = '\n';
    if (write(STDERR_FILENO, line, length + 1) < 0) {
        /* There is no other place to complain to. */
    }
    arena_free(arena);
}

void log_line(enum log_level level, const char *area, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed)) {
        return;
    }
    int error = errno; /* kept, so that logging may stand before the errno it is about is used */
    va_list args;
    va_start(args, format);
    char *text = NULL;
    if (vasprintf(&text, format, args) >= 0) {
        write_line(level, area, text);
    }
    free(text);
    va_end(args);
    errno = error;
}

void bug(const char *file, int line, const char *what)
{
    log_line(LOG_ERROR, "bug", "%s:%d: %s", file, line, what);
    abort();
}
