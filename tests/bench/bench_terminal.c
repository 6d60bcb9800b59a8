/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the terminal costs whoever sits before it: the time until it shows something, its memory,
 * the bytes on the line, the processor while nobody reads. The real program in a pty, on an office
 * with a million letters; beside it tig, htop and mc in the same run. A picture counts when it
 * stands on the screen of libvterm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/office.h"
#include "tests/tui/harness.h"

enum { STARTS = 20, KEYS = 40, PAGES = 300, ALERTS = 20, STALL_SECONDS = 5, STALL_ALERTS = 100 };
enum { ROWS = 24, COLS = 80, COMMITS = 2000 };

#define KEY_PAGE_DOWN "\033[6~"

static const double quiet = 0.05; /* seconds without a byte: a program without marks has drawn */

static struct bench_office office;

/* A program, how it is started, and what it shows when it is ready. */
struct program {
    const char *name;
    const char *const *argv;
    const char *first, *ready;
    bool requests_come; /* to its office */
    double ready_ms[STARTS], first_ms[STARTS];
    long resident_kb;
    double key_bytes;
    double stalled_ms;
};

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double middle(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

static long resident_kb(pid_t pid)
{
    char path[64], line[200];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %ld kB", &kb);
    if (file)
        fclose(file);
    return kb;
}

/* Milliseconds of processor that its one thread had, from the scheduler itself. */
static double processor_ms(pid_t pid)
{
    char path[64];
    unsigned long long nanoseconds = 0;
    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%llu", &nanoseconds) != 1)
        bench_fail(path, "cannot be read");
    fclose(file);
    return (double)nanoseconds / 1e6;
}

static double now_ms(void)
{
    return (double)uv_hrtime() / 1e6;
}

/* ---- the office ---- */

/* A million letters of 200 clients, as if they had come over years. */
static const char million[] =
    "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN;"
    "WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
    " INSERT INTO client (id, code, name, package_id, language)"
    " SELECT i + 1000, printf('%03d', i + 100), 'Firma ' || i, 1, 'pl' FROM n;"
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
    " INSERT INTO mail_item (direction, client_id, counterparty, kind, date, status,"
    "                        registered_at, registered_by)"
    " SELECT 'incoming', 1002 + i % 199, 'Urząd nr ' || (i % 5000), 'letter',"
    "        date('2026-01-01', '-' || ((1000000 - i) / 500) || ' days'),"
    "        'awaiting_collection', 1767225600 - (1000000 - i) * 170, 'jan' FROM n;"
    "INSERT INTO mail_search (rowid, public)"
    " SELECT id, 'urzad nr ' || (id % 5000) FROM mail_item;"
    "COMMIT; PRAGMA wal_checkpoint (TRUNCATE);";

static void asked(void *owner, const struct rec_scan_request *result, const struct err *err)
{
    (void)owner;
    (void)result;
    if (err)
        bench_fail("scan_request_create", err->detail);
    office.waiting--;
}

/* Asks for the scan of a letter, and waits for the answer alone. */
static void ask_for_scan(int64_t letter)
{
    office.waiting++;
    call_scan_request_create(office.client, &(struct rec_scan_request_create){ .item_id = letter },
                             asked, NULL);
    while (office.waiting > 0)
        uv_run(&office.loop, UV_RUN_ONCE);
}

/* ---- programs side by side ---- */

static struct terminal *launch(const struct program *program)
{
    static char home[100];
    snprintf(home, sizeof home, "HOME=%s/home", office.directory);
    const char *const environment[] = {
        home, "LANG=C.UTF-8", "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "GIT_CONFIG_NOSYSTEM=1", NULL
    };
    return terminal_launch(program->argv, environment, ROWS, COLS);
}

static void measure_start(struct program *program, int i)
{
    struct terminal *terminal = launch(program);
    terminal_wait_unmarked(terminal, program->first);
    program->first_ms[i] = terminal_age(terminal) * 1000;
    terminal_wait_unmarked(terminal, program->ready);
    program->ready_ms[i] = terminal_age(terminal) * 1000;
    terminal_drain(terminal, quiet);
    program->resident_kb = resident_kb(terminal_pid(terminal));
    terminal_close(terminal);
}

static void measure_cursor(struct program *program)
{
    struct terminal *terminal = launch(program);
    terminal_wait_unmarked(terminal, program->ready);
    terminal_drain(terminal, quiet);
    terminal_bytes(terminal);
    for (int i = 0; i < KEYS; i++) {
        terminal_send(terminal, KEYS_DOWN);
        terminal_drain(terminal, quiet);
    }
    program->key_bytes = (double)terminal_bytes(terminal) / KEYS;
    terminal_close(terminal);
}

/* Nobody reads: repaints are asked for until it cannot go on, and is at rest. */
static void fill_its_line(struct terminal *terminal)
{
    static const char repaint[] = "\014\014\014\014\014\014\014\014\014\014";
    double before, after = processor_ms(terminal_pid(terminal));
    terminal_stop_reading(terminal);
    do {
        before = after;
        terminal_send(terminal, repaint);
        nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000000L }, NULL);
        after = processor_ms(terminal_pid(terminal));
    } while (after > before);
}

/* What it takes of the processor then, while (at ours) requests come. */
static void measure_stall(struct program *program)
{
    struct terminal *terminal = launch(program);
    terminal_wait_unmarked(terminal, program->ready);
    terminal_drain(terminal, quiet);
    fill_its_line(terminal);
    double before = processor_ms(terminal_pid(terminal));
    double end = now_ms() + STALL_SECONDS * 1000;
    for (int i = 0; i < STALL_ALERTS; i++) {
        if (program->requests_come)
            ask_for_scan(2000 + i);
        double left = end - now_ms();
        long share = left <= 0 ? 0 : (long)(left * 1000000 / (STALL_ALERTS - i));
        nanosleep(&(struct timespec){ .tv_nsec = share }, NULL);
    }
    program->stalled_ms = processor_ms(terminal_pid(terminal)) - before;
    terminal_close(terminal);
}

/* Runs git to its end with this file as its input. */
static void run_git(const char *const *arguments, const char *input)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen(input, "r", stdin))
            execv("/usr/bin/git", (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) < 0 || status != 0)
        bench_fail("git", "makes no repository");
}

/* A repository for tig to show. */
static void make_repository(char *path, size_t size)
{
    char commits[200];
    snprintf(path, size, "%s/repository", office.directory);
    snprintf(commits, sizeof commits, "%s/commits", office.directory);
    FILE *import = fopen(commits, "w");
    for (int i = 1; import && i <= COMMITS; i++) {
        char message[40];
        snprintf(message, sizeof message, "change number %d", i);
        fprintf(import,
                "commit refs/heads/master\ncommitter Jan <jan@example.pl> %d +0000\ndata %zu\n%s\n",
                1700000000 + i * 60, strlen(message), message);
    }
    if (!import || fclose(import) != 0)
        bench_fail(commits, "cannot be written");
    run_git((const char *const[]){ "git", "init", "-q", "-b", "master", path, NULL }, "/dev/null");
    run_git((const char *const[]){ "git", "-C", path, "fast-import", "--quiet", NULL }, commits);
}

static void print_programs(struct program *programs, int count)
{
    printf("%-10s %12s %12s %10s %16s %18s\n", "", "first, ms", "ready, ms", "RSS, kB",
           "bytes per Down", "CPU ms, 5 s stall");
    for (int i = 0; i < count; i++)
        printf("%-10s %12.1f %12.1f %10ld %16.0f %18.1f\n", programs[i].name,
               middle(programs[i].first_ms, STARTS), middle(programs[i].ready_ms, STARTS),
               programs[i].resident_kb, programs[i].key_bytes, programs[i].stalled_ms);
}

/* ---- ours alone ---- */

static void print_bytes(const char *label, double *bytes, int count, int limit)
{
    double half = middle(bytes, count);
    printf("%-52s p50 %8.0f      most %6.0f      limit %d\n", label, half, bytes[count - 1], limit);
}

/* A letter typed into a field of a form that asks the server for nothing. */
static void measure_typing(struct terminal *terminal)
{
    double bytes[KEYS];
    terminal_type(terminal, KEYS_F(6));
    for (int i = 0; i < 3; i++)
        terminal_type(terminal, KEYS_TAB);
    terminal_drain(terminal, quiet);
    terminal_bytes(terminal);
    for (int i = 0; i < KEYS; i++) {
        terminal_type(terminal, i % 5 == 4 ? "ł" : "a");
        bytes[i] = (double)terminal_bytes(terminal);
    }
    print_bytes("bytes per letter typed", bytes, KEYS, 20);
    terminal_type(terminal, KEYS_F(12));
    terminal_type(terminal, KEYS_ENTER); /* yes, throw it away */
    terminal_wait(terminal, "Szukaj:");
}

static void measure_alerts(struct terminal *terminal)
{
    double bytes[ALERTS];
    char text[40];
    terminal_drain(terminal, quiet);
    terminal_bytes(terminal);
    for (int i = 0; i < ALERTS; i++) {
        ask_for_scan(1000 + i);
        snprintf(text, sizeof text, "Urząd nr %d", 1000 + i);
        terminal_wait(terminal, text);
        terminal_drain(terminal, quiet);
        bytes[i] = (double)terminal_bytes(terminal);
    }
    printf("%-52s     %8.0f                      limit 250\n", "bytes of the first alert",
           bytes[0]);
    print_bytes("bytes of the alerts after it", bytes + 1, ALERTS - 1, 250);
}

static void measure_pages(struct terminal *terminal)
{
    static uint64_t passed[PAGES];
    for (int i = 0; i < PAGES; i++) {
        uint64_t start = uv_hrtime();
        terminal_type(terminal, KEY_PAGE_DOWN);
        passed[i] = uv_hrtime() - start;
    }
    bench_print("PgDn through a million letters", passed, PAGES);
    printf("now at: %s\n", terminal_row(terminal, ROWS - 2));
    printf("%-52s     %8ld kB\n", "RSS after it", resident_kb(terminal_pid(terminal)));
}

/* Not over the full minute, when the clock is drawn. */
static void measure_idle(struct terminal *terminal)
{
    while (time(NULL) % 60 >= 60 - STALL_SECONDS - 1)
        terminal_drain(terminal, 1);
    terminal_drain(terminal, quiet);
    terminal_bytes(terminal);
    double before = processor_ms(terminal_pid(terminal));
    double end = now_ms() + STALL_SECONDS * 1000;
    while (now_ms() < end)
        terminal_drain(terminal, (end - now_ms()) / 1000);
    printf("%-52s     %8zu                      limit 0\n", "bytes in 5 s of nothing",
           terminal_bytes(terminal));
    printf("%-52s     %8.1f ms\n", "processor in 5 s of nothing",
           processor_ms(terminal_pid(terminal)) - before);
}

static void measure_ours(const struct program *ours)
{
    struct terminal *terminal = launch(ours);
    terminal_wait(terminal, ours->ready);
    measure_idle(terminal);
    measure_typing(terminal);
    measure_alerts(terminal);
    measure_pages(terminal);
    terminal_close(terminal);
}

int main(int argc, char **argv)
{
    (void)argc;
    char skrytka[700], connect[128], repository[100];
    bench_office_start(&office, argv[0]);
    bench_office_sql(&office, million);
    make_repository(repository, sizeof repository);
    bench_office_terminal(&office, skrytka, sizeof skrytka, connect, sizeof connect);
    const char *const run_skrytka[] = { skrytka, "--connect", connect, "--language", "pl", NULL };
    const char *const run_tig[] = { "/usr/bin/tig", "-C", repository, NULL };
    const char *const run_htop[] = { "/usr/bin/htop", "-d", "1", NULL };
    const char *const run_mc[] = { "/usr/bin/mc", "-u", repository, NULL };
    static struct program programs[] = {
        { .name = "skrytka", .first = "F10", .ready = "Urząd nr 0", .requests_come = true },
        { .name = "tig", .first = "change number", .ready = "change number 1990" },
        { .name = "htop", .first = "PID", .ready = "F10" },
        { .name = "mc", .first = "Left", .ready = "10Quit" },
    };
    enum { COUNT = sizeof programs / sizeof *programs };
    const char *const *const runs[COUNT] = { run_skrytka, run_tig, run_htop, run_mc };
    for (int p = 0; p < COUNT; p++)
        programs[p].argv = runs[p];
    for (int i = 0; i < STARTS; i++)
        for (int p = 0; p < COUNT; p++)
            measure_start(&programs[p], i);
    for (int p = 0; p < COUNT; p++)
        measure_cursor(&programs[p]);
    measure_ours(&programs[0]);
    programs[0].ready = "Koszt: "; /* with new requests it starts on their screen */
    for (int p = 0; p < COUNT; p++)
        measure_stall(&programs[p]);
    print_programs(programs, COUNT);
    bench_office_stop(&office);
    return 0;
}
