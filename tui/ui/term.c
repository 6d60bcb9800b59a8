/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/ui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "tui/ui/canvas.h"
#include "tui/ui/words.h"

/* Last: it defines macros that are named like ordinary words. */
#include <term.h>

#define PASTE_ON   "\033[?2004h"
#define PASTE_OFF  "\033[?2004l"
#define MOUSE_ON   "\033[?1000h\033[?1006h"
#define MOUSE_OFF  "\033[?1006l\033[?1000l"
#define TITLE_PUSH "\033[22;2t"
#define TITLE_POP  "\033[23;2t"

static struct {
    SCREEN *screen; /* NULL: not open */
    FILE *in, *out;
    WINDOW *canvas;
    struct keys *keys;
    struct termios before;
    bool without[TERM_FEATURE_MAX];
    bool has_osc, has_title, has_mouse, alive, nowhere;
    bool sync; /* under test */
    struct buf title;
    time_t bell_at;
} term;

/* Switch off what start_modes() switched on. */
static char modes_off[64];

/* All that a dying program still sends: plain bytes, for the handler of fatal signals. */
static char restore_bytes[256];

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
static struct sigaction fatal_before[sizeof(fatal_signals) / sizeof(fatal_signals[0])];

/* Only async-signal-safe calls (signal-safety(7)); then the signal takes its usual course. */
static void on_fatal(int signal)
{
    size_t length = strlen(restore_bytes);
    if (write(fileno(term.out), restore_bytes, length) == (ssize_t)length) {
        tcsetattr(fileno(term.out), TCSANOW, &term.before);
    }
    for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++) {
        if (fatal_signals[i] == signal) {
            sigaction(signal, &fatal_before[i], NULL);
        }
    }
    raise(signal);
}

static void catch_fatal(bool on)
{
    struct sigaction action = { .sa_handler = on_fatal };
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++) {
        if (on) {
            sigaction(fatal_signals[i], &action, &fatal_before[i]);
        } else {
            sigaction(fatal_signals[i], &fatal_before[i], NULL);
        }
    }
}

static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text == NULL || text == (const char *)-1 ? "" : text;
}

static void send_text(const char *text)
{
    if (!term.nowhere) {
        fputs(text, term.out);
        fflush(term.out);
    }
}

static void learn_keys(void)
{
#define UI_KEY(id, shown, ctrl, digit, name)                                                       \
    if ((name) != NULL) {                                                                          \
        keys_learn(term.keys, capability(name), UI_KEY_##id);                                      \
    }
#include "tui/ui/keys.def.h"
#undef UI_KEY
}

static void make_canvas(void)
{
    if (term.canvas != NULL) {
        delwin(term.canvas);
    }
    term.canvas = newwin(0, 0, 0, 0);
    ENSURE(term.canvas != NULL);
}

static void close_files(void)
{
    if (term.in != NULL) {
        fclose(term.in);
    }
    if (term.out != NULL) {
        fclose(term.out);
    }
    term.in = term.out = NULL;
}

static enum term_fault start_screen(void)
{
    const char *name = getenv("TERM");
    const char *fallback = "xterm-256color";
    term.screen = newterm(name == NULL || name[0] == '\0' ? fallback : name, term.out, term.in);
    if (term.screen == NULL) {
        term.screen = newterm(fallback, term.out, term.in);
    }
    if (term.screen == NULL) {
        return TERM_FAILED;
    }
    if (capability("cup")[0] == '\0') {
        endwin();
        delscreen(term.screen);
        term.screen = NULL;
        return TERM_UNFIT;
    }
    raw();
    noecho();
    nonl();
    typeahead(-1); /* a picture is drawn whole even when more keys wait */
    term.keys = keys_new();
    term.alive = true;
    make_canvas();
    return TERM_OK;
}

static void keep(struct buf *bytes, char *out, size_t size)
{
    ENSURE(bytes->length < size);
    memcpy(out, buf_str(bytes), bytes->length + 1);
}

/* What this terminal is asked for, and the bytes that take it all back. */
static void start_modes(const struct term_options *options)
{
    memcpy(term.without, options->without, sizeof(term.without));
    term.has_osc = tigetflag("XT") > 0 || capability("tsl")[0] != '\0';
    term.has_title = term.has_osc && !term.without[TERM_FEATURE_title];
    term.has_mouse = !term.without[TERM_FEATURE_mouse] && capability("kmous")[0] != '\0';
    struct buf bytes = BUF_INIT;
    buf_text(&bytes, term.has_mouse ? MOUSE_OFF : "");
    buf_text(&bytes, PASTE_OFF);
    buf_text(&bytes, term.has_title ? TITLE_POP : "");
    keep(&bytes, modes_off, sizeof(modes_off));
    buf_text(&bytes, capability("sgr0"));
    buf_text(&bytes, capability("cnorm"));
    buf_text(&bytes, capability("rmcup"));
    keep(&bytes, restore_bytes, sizeof(restore_bytes));
    buf_clear(&bytes);
    buf_text(&bytes, capability("rmkx")); /* the numeric block sends digits */
    buf_text(&bytes, PASTE_ON);
    buf_text(&bytes, term.has_title ? TITLE_PUSH : "");
    buf_text(&bytes, term.has_mouse ? MOUSE_ON : "");
    send_text(buf_str(&bytes));
    buf_release(&bytes);
}

enum term_fault term_open(const struct term_options *options)
{
    int in = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int out = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    term.in = in < 0 ? NULL : fdopen(in, "r");
    term.out = out < 0 ? NULL : fdopen(out, "w");
    if (term.in == NULL || term.out == NULL || tcgetattr(fileno(term.out), &term.before) != 0) {
        close_files();
        return TERM_NO_TTY;
    }
    enum term_fault fault = start_screen();
    if (fault != TERM_OK) {
        close_files();
        return fault;
    }
    learn_keys();
    term.sync = getenv("SKRYTKA_TEST_SYNC") != NULL;
    theme_init(options->mono, options->ascii);
    start_modes(options);
    catch_fatal(true);
    return TERM_OK;
}

const char *term_fault_text(enum term_fault fault)
{
    switch (fault) {
    case TERM_OK: return "";
    case TERM_NO_TTY: return _("there is no terminal to draw on");
    case TERM_UNFIT: return _("this terminal cannot place the cursor (see TERM)");
    case TERM_FAILED: return _("this kind of terminal is not known here (see TERM)");
    }
    return "";
}

void term_open_nowhere(int rows, int cols)
{
    term.in = fopen("/dev/null", "r");
    term.out = fopen("/dev/null", "w");
    ENSURE(term.in != NULL && term.out != NULL);
    setenv("TERM", "xterm-256color", 1);
    term.nowhere = true;
    ENSURE(start_screen() == TERM_OK);
    theme_init(true, false);
    term_resize_to(rows, cols);
}

void term_close(void)
{
    if (term.screen == NULL) {
        return;
    }
    if (!term.nowhere) {
        catch_fatal(false);
    }
    send_text(modes_off);
    endwin();
    delwin(term.canvas);
    delscreen(term.screen);
    keys_free(term.keys);
    buf_release(&term.title);
    close_files();
    memset(&term, 0, sizeof(term));
}

WINDOW *term_canvas(void)
{
    return term.canvas;
}

int term_input_fd(void)
{
    return fileno(term.in);
}

static void read_bytes(void)
{
    unsigned char bytes[512];
    for (;;) {
        size_t room = keys_room(term.keys);
        if (room == 0) {
            return;
        }
        ssize_t count = read(fileno(term.in), bytes, room < sizeof(bytes) ? room : sizeof(bytes));
        if (count > 0) {
            keys_feed(term.keys, bytes, (size_t)count);
        } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            term.alive = false;
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

bool term_key(bool flush, struct ui_key *ret_key)
{
    if (keys_next(term.keys, false, ret_key)) {
        return true;
    }
    read_bytes();
    return keys_next(term.keys, flush, ret_key);
}

bool term_escape_pending(void)
{
    return keys_pending(term.keys);
}

void term_forget_escape(void)
{
    keys_forget_escape(term.keys);
}

bool term_alive(void)
{
    return term.alive;
}

unsigned term_undecodable(void)
{
    return keys_undecodable(term.keys);
}

void term_resize(void)
{
    struct winsize size;
    if (ioctl(fileno(term.out), TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        term_resize_to(size.ws_row, size.ws_col);
    }
}

void term_resize_to(int rows, int cols)
{
    resizeterm(rows, cols);
    make_canvas();
    clearok(term.canvas, TRUE);
}

void term_paint(void)
{
    wnoutrefresh(term.canvas);
    doupdate();
    fflush(term.out);
}

void term_repaint(void)
{
    clearok(term.canvas, TRUE);
}

void term_sync(void)
{
    struct pollfd waiting = { .fd = fileno(term.in), .events = POLLIN };
    if (!term.sync || keys_pending(term.keys) || poll(&waiting, 1, 0) > 0) {
        return;
    }
    int rows, cols;
    getmaxyx(term.canvas, rows, cols);
    fprintf(term.out, "\033]7777;%llu;%dx%d\a", (unsigned long long)keys_consumed(term.keys), rows,
            cols);
    fflush(term.out);
}

static void send_command(const char *before, const char *text, const char *after)
{
    struct arena *arena = arena_new();
    struct buf bytes = BUF_INIT;
    buf_text(&bytes, before);
    buf_text(&bytes, text_clean(arena, text, false));
    buf_text(&bytes, after);
    send_text(buf_str(&bytes));
    buf_release(&bytes);
    arena_free(arena);
}

void term_title(const char *text)
{
    if (!term.has_title || strcmp(text, buf_str(&term.title)) == 0) {
        return;
    }
    buf_clear(&term.title);
    buf_text(&term.title, text);
    send_command("\033]2;", text, "\a");
}

void term_notice(const char *text)
{
    const char *name = getenv("TERM");
    if (!term.has_osc || term.without[TERM_FEATURE_notice]) {
        return; /* an old terminal would show the bytes */
    }
    bool urxvt = name != NULL && (strncmp(name, "rxvt", 4) == 0 || strncmp(name, "foot", 4) == 0);
    send_command(urxvt ? "\033]777;notify;Skrytka;" : "\033]9;", text, "\a");
}

void term_bell(void)
{
    struct timespec now;
    if (term.without[TERM_FEATURE_bell]) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (term.bell_at == 0 || now.tv_sec - term.bell_at >= TERM_BELL_SECONDS) {
        term.bell_at = now.tv_sec == 0 ? 1 : now.tv_sec;
        send_text("\a");
    }
}
