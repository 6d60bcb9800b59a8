/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/tui/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol/base/buf.h"
#include "protocol/base/memory.h"

enum { TRIES = 4000, TRY_MS = 5 };

struct office {
    char folder[PATH_MAX / 4], daemon[PATH_MAX], program[PATH_MAX];
    char config[PATH_MAX / 2], connect[PATH_MAX / 2], scans[PATH_MAX / 2];
    char scan[PATH_MAX];
    int scan_count;
    pid_t pid;
    char state[PATH_MAX / 2]; /* XDG_STATE_HOME, so that no draft gets into the real one */
    struct buf answer;
};

/* Runs a program to its end; its standard output goes to `out` (NULL: to ours). The exit status. */
static int run(const char *const argv[], struct buf *out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (out != NULL) {
            dup2(ends[1], STDOUT_FILENO);
        }
        close(ends[0]);
        close(ends[1]);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    char bytes[4096];
    for (ssize_t count; (count = read(ends[0], bytes, sizeof(bytes))) > 0;) {
        buf_add(out, bytes, (size_t)count);
    }
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void try_again_soon(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000L }, NULL);
}

static const char *office_log(struct office *office)
{
    static char log[PATH_MAX];
    snprintf(log, sizeof(log), "%s/log", office->folder);
    return log;
}

void office_start_daemon(struct office *office)
{
    const char *const ready[] = {
        office->program, "--connect", office->connect, "call", "package_list", "{}", NULL
    };
    const char *socket = office->connect + strlen("unix:");
    office->pid = fork();
    if (office->pid == 0) {
        if (freopen(office_log(office), "a", stderr) != NULL) {
            execl(office->daemon, office->daemon, "--config", office->config, (char *)NULL);
        }
        _exit(127);
    }
    int tries = 0;
    while (access(socket, F_OK) != 0 && tries++ < TRIES) {
        assert_int_equal(waitpid(office->pid, NULL, WNOHANG), 0);
        try_again_soon();
    }
    buf_clear(&office->answer);
    assert_int_equal(run(ready, &office->answer), 0);
}

void office_stop_daemon(struct office *office)
{
    int status = 0;
    kill(office->pid, SIGTERM);
    waitpid(office->pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        const char *const show[] = { "/usr/bin/tail", "-n", "60", office_log(office), NULL };
        run(show, NULL);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    office->pid = 0;
}

const char *office_call(struct office *office, const char *method, const char *json)
{
    const char *const argv[] = {
        office->program, "--connect", office->connect, "call", method, json, NULL
    };
    buf_clear(&office->answer);
    assert_int_equal(run(argv, &office->answer), 0);
    return buf_str(&office->answer);
}

void office_attach(struct office *office, const char *item, const char *file)
{
    const char *const argv[] = {
        office->program, "--connect", office->connect, "attach", item, file, NULL
    };
    buf_clear(&office->answer);
    assert_int_equal(run(argv, &office->answer), 0);
}

static void add_user(struct office *office)
{
    char password[PATH_MAX];
    snprintf(password, sizeof(password), "%s/password", office->folder);
    write_file(password, "tajne-haslo-7\n");
    const char *const argv[] = { office->daemon,
                                 "--config",
                                 office->config,
                                 "user",
                                 "add",
                                 "anna",
                                 "--role",
                                 "administrator",
                                 "--os-user",
                                 getpwuid(geteuid())->pw_name,
                                 "--password-file",
                                 password,
                                 NULL };
    buf_clear(&office->answer);
    assert_int_equal(run(argv, &office->answer), 0);
}

static void fill(struct office *office)
{
    office_call(office, "settings_save", "{\"allow_scan_requests\":true}");
    office_call(office, "package_save", "{\"name\":\"Standard\",\"default_scan_cost\":500}");
    office_call(office, "client_save",
                "{\"name\":\"Łódź Meble\",\"emails\":[\"biuro@lodz.example\"],"
                "\"package_id\":1,\"code\":\"017\"}");
    office_call(office, "client_save",
                "{\"name\":\"Żółw Sp. z o.o.\",\"emails\":[\"jan@zolw.example\"],"
                "\"package_id\":1,\"code\":\"112\"}");
}

struct office *office_start(const char *test_program)
{
    struct office *office = memory_zeroed(sizeof(*office));
    char path[PATH_MAX], text[PATH_MAX * 2];
    const char *build = getenv("SKRYTKA_BUILD");
    if (build == NULL) { /* <build>/tests/tui/test_x */
        assert_non_null(realpath(test_program, path));
        build = dirname(dirname(dirname(path)));
    }
    snprintf(office->daemon, sizeof(office->daemon), "%s/skrytkad", build);
    snprintf(office->program, sizeof(office->program), "%s/skrytka", build);
    snprintf(office->folder, sizeof(office->folder), "/tmp/skrytka-test.XXXXXX");
    assert_non_null(mkdtemp(office->folder));
    snprintf(office->config, sizeof(office->config), "%s/config", office->folder);
    snprintf(office->connect, sizeof(office->connect), "unix:%s/data/skrytka.sock", office->folder);
    snprintf(office->state, sizeof(office->state), "XDG_STATE_HOME=%s/state", office->folder);
    snprintf(office->scans, sizeof(office->scans), "%s/scans", office->folder);
    snprintf(text, sizeof(text),
             "[storage]\ndirectory=%s/data\n[staff]\nlisten=127.0.0.1:0\n[web]\n"
             "listen=127.0.0.1:0\n",
             office->folder);
    write_file(office->config, text);
    mkdir(office->scans, 0700);
    snprintf(text, sizeof(text), "%s/skan-0412.pdf", office->scans);
    write_file(text, "%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n");
    add_user(office);
    office_start_daemon(office);
    fill(office);
    return office;
}

void office_stop(struct office *office)
{
    const char *const remove[] = { "/bin/rm", "-rf", office->folder, NULL };
    if (office->pid != 0) {
        office_stop_daemon(office);
    }
    run(remove, NULL);
    buf_release(&office->answer);
    free(office);
}

const char *office_add_scan(struct office *office, const char *name, const char *content)
{
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };
    snprintf(office->scan, sizeof(office->scan), "%s/%s", office->scans, name);
    write_file(office->scan, content);
    times[1].tv_sec = time(NULL) + ++office->scan_count; /* files of one moment have no order */
    assert_int_equal(utimensat(AT_FDCWD, office->scan, times, 0), 0);
    return office->scan;
}

const char *office_state(const struct office *office)
{
    return office->state;
}

void office_wait_for_state(struct office *office, const char *file, const char *text)
{
    char path[PATH_MAX], bytes[4096];
    const char *folder = strchr(office->state, '=') + 1;
    snprintf(path, sizeof(path), "%s/%s", folder, file);
    for (int tries = 0; tries < TRIES; tries++) {
        FILE *stream = fopen(path, "r");
        size_t length = stream == NULL ? 0 : fread(bytes, 1, sizeof(bytes) - 1, stream);
        bytes[length] = '\0';
        if (stream != NULL) {
            fclose(stream);
        }
        if (strstr(bytes, text) != NULL) {
            return;
        }
        try_again_soon();
    }
    fail_msg("%s never had %s", path, text);
}

/* `flag`: one more option, or NULL. */
static struct terminal *launch(struct office *office, const char *language, const char *flag,
                               const char *more, int rows, int cols)
{
    const char *const argv[] = { office->program, "--connect", office->connect,
                                 "--language",    language,    "--scans",
                                 office->scans,   flag,        NULL };
    const char *const environment[] = { office->state, more, NULL };
    return terminal_launch(argv, environment, rows, cols);
}

struct terminal *office_launch_with(struct office *office, const char *variable)
{
    return launch(office, "pl", NULL, variable, 24, 80);
}

struct terminal *office_terminal_with(struct office *office, const char *variable)
{
    struct terminal *terminal = office_launch_with(office, variable);
    terminal_wait(terminal, "Szukaj:");
    return terminal;
}

struct terminal *office_terminal_ascii(struct office *office)
{
    struct terminal *terminal = launch(office, "pl", "--ascii", NULL, 24, 80);
    terminal_wait(terminal, "Szukaj:");
    return terminal;
}

struct terminal *office_terminal_in(struct office *office, const char *language, int rows, int cols)
{
    struct terminal *terminal = launch(office, language, NULL, NULL, rows, cols);
    terminal_wait(terminal, strcmp(language, "pl") == 0 ? "Szukaj:" : "Search:");
    return terminal;
}

struct terminal *office_terminal(struct office *office, int rows, int cols)
{
    return office_terminal_in(office, "pl", rows, cols);
}
