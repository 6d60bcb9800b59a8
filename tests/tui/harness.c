/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/tui/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "protocol/base/text.h"

#define GOLDEN_FOLDER "tests/tui/golden"

enum { LIMIT_SECONDS = 20 };

static const char mark_begin[] = "\033]7777;";

struct terminal {
    pid_t pid; /* 0: has ended */
    double launched_at;
    int fd;
    bool hung_up, stalled;
    int rows, cols;
    VTerm *vterm;
    VTermScreen *screen;
    struct buf pending; /* may be the beginning of a mark */
    struct buf all;     /* every byte that was shown */
    size_t counted;     /* of them, handed out by terminal_bytes() */
    unsigned long long sent, done;
    int mark_rows, mark_cols;
    bool marked;
    bool settled; /* nothing was shown after the last mark */
    unsigned bells;
    struct buf title, row;
};

const char *const terminal_function_keys[12] = {
    "\033OP",   "\033OQ",   "\033OR",   "\033OS",   "\033[15~", "\033[17~",
    "\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[23~", "\033[24~",
};

static int on_bell(void *user)
{
    ((struct terminal *)user)->bells++;
    return 1;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct terminal *terminal = user;
    if (property == VTERM_PROP_TITLE) {
        buf_clear(&terminal->title);
        buf_text(&terminal->title, value->string);
    }
    return 1;
}

static const VTermScreenCallbacks callbacks = { .bell = on_bell, .settermprop = on_property };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run_child(const char *const argv[], const char *const environment[])
{
    setenv("TERM", "xterm-256color", 1);
    setenv("SKRYTKA_TEST_SYNC", "1", 1);
    setenv("LANG", "C", 1);
    unsetenv("LC_ALL");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    for (int i = 0; environment != NULL && environment[i] != NULL; i++) {
        putenv((char *)(uintptr_t)environment[i]);
    }
    execv(argv[0], (char *const *)(uintptr_t)argv);
    perror(argv[0]);
    _exit(127);
}

struct terminal *terminal_launch(const char *const argv[], const char *const environment[],
                                 int rows, int cols)
{
    struct terminal *terminal = memory_zeroed(sizeof(*terminal));
    struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
    terminal->rows = rows;
    terminal->cols = cols;
    terminal->launched_at = now();
    terminal->vterm = vterm_new(rows, cols);
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
    terminal->pid = forkpty(&terminal->fd, NULL, NULL, &size);
    assert_true(terminal->pid >= 0);
    if (terminal->pid == 0) {
        run_child(argv, environment);
    }
    return terminal;
}

static void show(struct terminal *terminal, size_t length)
{
    vterm_input_write(terminal->vterm, terminal->pending.data, length);
    buf_add(&terminal->all, terminal->pending.data, length);
    buf_drop(&terminal->pending, length);
    terminal->settled = terminal->settled && length == 0;
}

/* Bytes up to the next mark (or what may become one) go to the screen, the mark is taken out. */
static void digest(struct terminal *terminal)
{
    struct buf *pending = &terminal->pending;
    while (pending->length > 0) {
        size_t at = 0, size = sizeof(mark_begin) - 1;
        while (at < pending->length) {
            size_t left = pending->length - at;
            if (memcmp(pending->data + at, mark_begin, left < size ? left : size) == 0) {
                break;
            }
            at++;
        }
        show(terminal, at);
        const char *bell =
            pending->length > 0 ? memchr(pending->data, '\a', pending->length) : NULL;
        if (bell == NULL) {
            return;
        }
        sscanf(pending->data + size, "%llu;%dx%d", &terminal->done, &terminal->mark_rows,
               &terminal->mark_cols);
        terminal->marked = terminal->settled = true;
        buf_drop(pending, (size_t)(bell - pending->data) + 1);
    }
}

/* Takes what comes within `seconds`; false when nothing came. */
static bool take(struct terminal *terminal, double seconds)
{
    struct pollfd waiting = { .fd = terminal->fd, .events = POLLIN };
    char bytes[65536];
    if (terminal->hung_up || poll(&waiting, 1, (int)(seconds * 1000)) <= 0) {
        return false;
    }
    ssize_t count = read(terminal->fd, bytes, sizeof(bytes));
    if (count <= 0) {
        terminal->hung_up = true;
        return false;
    }
    buf_add(&terminal->pending, bytes, (size_t)count);
    digest(terminal);
    return true;
}

static bool all_dealt_with(struct terminal *terminal, const char *text)
{
    (void)text;
    return terminal->marked && terminal->done >= terminal->sent &&
           terminal->mark_rows == terminal->rows && terminal->mark_cols == terminal->cols;
}

static bool has_text(struct terminal *terminal, const char *text)
{
    return terminal->settled && terminal_find(terminal, text) >= 0;
}

static bool has_no_text(struct terminal *terminal, const char *text)
{
    return terminal->settled && terminal_find(terminal, text) < 0;
}

typedef bool (*condition_fn)(struct terminal *terminal, const char *text);

static void wait_until(struct terminal *terminal, condition_fn holds, const char *text,
                       const char *what)
{
    double limit = now() + LIMIT_SECONDS;
    while (!holds(terminal, text)) {
        double left = limit - now();
        if (left <= 0 || (!take(terminal, left) && terminal->hung_up)) {
            terminal_dump(terminal);
            fail_msg("%s: %s%s", terminal->hung_up ? "the program has ended" : "it did not come",
                     what, text);
        }
    }
}

struct terminal *terminal_start(const char *const argv[], const char *const environment[], int rows,
                                int cols)
{
    struct terminal *terminal = terminal_launch(argv, environment, rows, cols);
    wait_until(terminal, all_dealt_with, "", "its first picture");
    return terminal;
}

int terminal_finish(struct terminal *terminal)
{
    double limit = now() + LIMIT_SECONDS;
    while (!terminal->hung_up && now() < limit) {
        take(terminal, limit - now());
    }
    if (!terminal->hung_up) {
        terminal_dump(terminal);
        fail_msg("the program does not end");
    }
    int status = 0;
    waitpid(terminal->pid, &status, 0);
    terminal->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void terminal_close(struct terminal *terminal)
{
    close(terminal->fd);
    if (terminal->pid > 0) {
        kill(terminal->pid, SIGHUP);
        waitpid(terminal->pid, NULL, 0);
    }
    vterm_free(terminal->vterm);
    buf_release(&terminal->pending);
    buf_release(&terminal->all);
    buf_release(&terminal->title);
    buf_release(&terminal->row);
    free(terminal);
}

void terminal_send(struct terminal *terminal, const char *bytes)
{
    size_t length = strlen(bytes);
    terminal->sent += length;
    while (length > 0) {
        struct pollfd ready = { .fd = terminal->fd, .events = POLLIN | POLLOUT };
        assert_true(poll(&ready, 1, LIMIT_SECONDS * 1000) > 0);
        if ((ready.revents & POLLIN) != 0 && !terminal->stalled) {
            take(terminal, 0);
        }
        if ((ready.revents & POLLOUT) != 0) {
            ssize_t count = write(terminal->fd, bytes, length < 512 ? length : 512);
            assert_true(count > 0);
            bytes += count;
            length -= (size_t)count;
        }
    }
}

void terminal_type(struct terminal *terminal, const char *bytes)
{
    terminal_send(terminal, bytes);
    wait_until(terminal, all_dealt_with, "", "the picture after the keys typed");
}

void terminal_resize(struct terminal *terminal, int rows, int cols)
{
    struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
    terminal->rows = rows;
    terminal->cols = cols;
    vterm_set_size(terminal->vterm, rows, cols);
    assert_int_equal(ioctl(terminal->fd, TIOCSWINSZ, &size), 0);
    wait_until(terminal, all_dealt_with, "", "the picture in the new size");
}

const char *terminal_row(struct terminal *terminal, int row)
{
    buf_clear(&terminal->row);
    for (int col = 0; col < terminal->cols; col++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(terminal->screen, (VTermPos){ .row = row, .col = col }, &cell);
        if (cell.chars[0] == 0) {
            buf_char(&terminal->row, ' ');
        }
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
            text_put(&terminal->row, cell.chars[i]);
        }
        col += cell.width == 2 ? 1 : 0;
    }
    while (terminal->row.length > 0 && terminal->row.data[terminal->row.length - 1] == ' ') {
        terminal->row.data[--terminal->row.length] = '\0';
    }
    return buf_str(&terminal->row);
}

int terminal_find(struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++) {
        if (strstr(terminal_row(terminal, row), text) != NULL) {
            return row;
        }
    }
    return -1;
}

int terminal_wait(struct terminal *terminal, const char *text)
{
    wait_until(terminal, has_text, text, "the text ");
    return terminal_find(terminal, text);
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    wait_until(terminal, has_no_text, text, "the end of ");
}

static bool has_text_unmarked(struct terminal *terminal, const char *text)
{
    return terminal_find(terminal, text) >= 0;
}

int terminal_wait_unmarked(struct terminal *terminal, const char *text)
{
    wait_until(terminal, has_text_unmarked, text, "the text ");
    return terminal_find(terminal, text);
}

void terminal_drain(struct terminal *terminal, double quiet_seconds)
{
    while (take(terminal, quiet_seconds)) {
    }
}

void terminal_stop_reading(struct terminal *terminal)
{
    terminal->stalled = true;
}

pid_t terminal_pid(const struct terminal *terminal)
{
    return terminal->pid;
}

double terminal_age(const struct terminal *terminal)
{
    return now() - terminal->launched_at;
}

void terminal_cursor(struct terminal *terminal, int *ret_row, int *ret_col)
{
    VTermPos position;
    vterm_state_get_cursorpos(vterm_obtain_state(terminal->vterm), &position);
    *ret_row = position.row;
    *ret_col = position.col;
}

bool terminal_reversed(struct terminal *terminal, int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(terminal->screen, (VTermPos){ .row = row, .col = col }, &cell);
    return cell.attrs.reverse != 0;
}

size_t terminal_bytes(struct terminal *terminal)
{
    while (take(terminal, 0)) {
    }
    size_t count = terminal->all.length - terminal->counted;
    terminal->counted = terminal->all.length;
    return count;
}

unsigned terminal_bells(struct terminal *terminal)
{
    return terminal->bells;
}

const char *terminal_title(struct terminal *terminal)
{
    return buf_str(&terminal->title);
}

bool terminal_sent(struct terminal *terminal, const char *bytes)
{
    return terminal->all.length > 0 &&
           memmem(terminal->all.data, terminal->all.length, bytes, strlen(bytes)) != NULL;
}

void terminal_dump(struct terminal *terminal)
{
    for (int row = 0; row < terminal->rows; row++) {
        fprintf(stderr, "%3d|%s\n", row, terminal_row(terminal, row));
    }
}

/* Does the text begin like the shape, in which 0 is any digit and . is a point or a colon? */
static bool is_shaped(const char *text, const char *shape)
{
    for (; *shape != '\0'; shape++, text++) {
        bool digit = *text >= '0' && *text <= '9';
        if (*shape == '0' ? !digit : *text != '.' && *text != ':') {
            return false;
        }
    }
    return true;
}

/* Days and times change from run to run: the digits of "23.11", "10:41", "23.11.2026" become 0. */
static const char *masked_row(struct terminal *terminal, int row)
{
    char *text = (char *)(uintptr_t)terminal_row(terminal, row);
    for (char *at = text; *at != '\0'; at++) {
        size_t length = is_shaped(at, "00.00.0000") ? 10 : is_shaped(at, "00.00") ? 5 : 0;
        for (size_t i = 0; i < length; i++) {
            at[i] = at[i] >= '0' && at[i] <= '9' ? '0' : at[i];
        }
    }
    return text;
}

static void write_golden(struct terminal *terminal, const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int row = 0; row < terminal->rows; row++) {
        fprintf(file, "%s\n", masked_row(terminal, row));
    }
    fclose(file);
}

void terminal_golden(struct terminal *terminal, const char *name)
{
    char path[256], expected[4096];
    snprintf(path, sizeof(path), GOLDEN_FOLDER "/%s.txt", name);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        write_golden(terminal, path);
        return;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is missing; UPDATE_GOLDEN=1 makes it", path);
    }
    for (int row = 0; row < terminal->rows; row++) {
        if (fgets(expected, sizeof(expected), file) == NULL) {
            expected[0] = '\0';
        }
        expected[strcspn(expected, "\n")] = '\0';
        if (strcmp(expected, masked_row(terminal, row)) != 0) {
            fclose(file);
            terminal_dump(terminal);
            fail_msg("%s, row %d:\n expected |%s\n     came |%s", name, row, expected,
                     masked_row(terminal, row));
        }
    }
    fclose(file);
}
