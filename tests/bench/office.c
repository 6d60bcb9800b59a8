/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/bench/office.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <pwd.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t daemon_pid;

void bench_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof place;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0 || bind(probe, (struct sockaddr *)&place, length) != 0 ||
        getsockname(probe, (struct sockaddr *)&place, &length) != 0)
        bench_fail("port", "none is free");
    close(probe);
    return ntohs(place.sin_port);
}

static pid_t run_daemon(const struct bench_office *office, const char *const *arguments)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char listen[32];
    char log[96];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", office->web_port);
    snprintf(log, sizeof log, "%s/log", office->directory);
    setenv("SKRYTKA_STORAGE_DIRECTORY", office->directory, 1);
    setenv("SKRYTKA_STAFF_LISTEN", "", 1);
    setenv("SKRYTKA_WEB_LISTEN", listen, 1);
    setenv("SKRYTKA_MAIL_HOLD_SECONDS", "3600", 1); /* delivery is not what is measured */
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execv(office->daemon, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static void serve(const struct bench_office *office)
{
    daemon_pid = run_daemon(office, (const char *const[]){ office->daemon, NULL });
}

static void end_daemon(void)
{
    kill(daemon_pid, SIGTERM);
    waitpid(daemon_pid, NULL, 0);
}

static void ignore_state(void *owner, const struct client_status *status)
{
    bool *online = owner;
    if (status->state == CLIENT_STOPPED)
        bench_fail("sign-in", status->err.detail);
    *online = *online || status->state == CLIENT_ONLINE;
}

/* What the client's callbacks need; lives as long as the benchmark. */
struct connection {
    bool online; /* first: on_state's owner */
    void (*on_event)(void *owner, const struct rec_event *event);
    void *owner;
};

static void pass_event(void *owner, const struct rec_event *event)
{
    struct connection *connection = owner;
    connection->on_event(connection->owner, event);
}

struct client *bench_office_connect(struct bench_office *office,
                                    void (*on_event)(void *owner, const struct rec_event *event),
                                    void *owner)
{
    struct connection *connection = calloc(1, sizeof *connection);
    connection->on_event = on_event;
    connection->owner = owner;
    struct client_setup setup = {
        .address = office->socket,
        .follow_events = on_event != NULL,
        .owner = connection,
        .on_state = ignore_state,
        .on_event = on_event ? pass_event : NULL,
    };
    struct client *client = client_new(&office->loop, &setup);
    while (!connection->online)
        uv_run(&office->loop, UV_RUN_ONCE);
    return client;
}

static void check(const char *what, const struct err *err)
{
    if (err)
        bench_fail(what, err->detail);
}

static void settings_saved(void *owner, const struct rec_settings *result, const struct err *err)
{
    (void)result;
    check("settings_save", err);
    ((struct bench_office *)owner)->waiting--;
}

static void package_saved(void *owner, const struct rec_package *result, const struct err *err)
{
    check("package_save", err);
    struct bench_office *office = owner;
    office->client_id = result->id; /* of the package until the client is made */
    office->waiting--;
}

static void client_saved(void *owner, const struct rec_client *result, const struct err *err)
{
    check("client_save", err);
    struct bench_office *office = owner;
    office->client_id = result->id;
    office->waiting--;
}

static void wait_for_all(struct bench_office *office)
{
    while (office->waiting > 0)
        uv_run(&office->loop, UV_RUN_ONCE);
}

static void furnish(struct bench_office *office)
{
    static const char *emails[] = { "biuro@alfa.example" };
    struct rec_settings_save settings = { .allow_scan_requests = true,
                                          .has_allow_scan_requests = true };
    struct rec_package_save package = { .name = "Standard",
                                        .default_scan_cost = 500,
                                        .has_default_scan_cost = true };
    office->waiting = 2;
    call_settings_save(office->client, &settings, settings_saved, office);
    call_package_save(office->client, &package, package_saved, office);
    wait_for_all(office);
    struct rec_client_save client = { .name = "Łódź Meble Sp. z o.o.",
                                      .emails = { emails, 1, true },
                                      .package_id = office->client_id,
                                      .has_package_id = true };
    office->waiting = 1;
    call_client_save(office->client, &client, client_saved, office);
    wait_for_all(office);
}

void bench_office_start(struct bench_office *office, const char *program)
{
    char self[512];
    signal(SIGPIPE, SIG_IGN); /* a client whose daemon is started anew sees it as an error */
    memset(office, 0, sizeof *office);
    snprintf(self, sizeof self, "%s", program);
    snprintf(office->daemon, sizeof office->daemon, "%s/../../skrytkad", dirname(self));
    snprintf(office->directory, sizeof office->directory, "/var/tmp/skrytka-bench-XXXXXX");
    if (!mkdtemp(office->directory))
        bench_fail(office->directory, "cannot be made");
    office->web_port = free_port();
    const struct passwd *me = getpwuid(getuid());
    const char *os_user = me ? me->pw_name : "root";
    const char *const add[] = { office->daemon,  "user",      "add",   "jan", "--role",
                                "administrator", "--os-user", os_user, NULL };
    int status;
    if (waitpid(run_daemon(office, add), &status, 0) < 0 || status != 0)
        bench_fail(office->daemon, "cannot make a user");
    serve(office);
    office->socket.kind = ADDRESS_UNIX;
    snprintf(office->socket.path, sizeof office->socket.path, "%s/skrytka.sock", office->directory);
    uv_loop_init(&office->loop);
    office->client = bench_office_connect(office, NULL, NULL);
    furnish(office);
}

void bench_office_stop(struct bench_office *office)
{
    end_daemon();
    nftw(office->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void bench_office_terminal(const struct bench_office *office, char *ret_program,
                           size_t program_size, char *ret_connect, size_t connect_size)
{
    int daemon_letter = 1; /* skrytkad, skrytka */
    int length = (int)strlen(office->daemon) - daemon_letter;
    snprintf(ret_program, program_size, "%.*s", length, office->daemon);
    snprintf(ret_connect, connect_size, "unix:%s", office->socket.path);
}

void bench_office_sql(struct bench_office *office, const char *sql)
{
    char path[96];
    char *why = NULL;
    sqlite3 *handle;
    end_daemon();
    snprintf(path, sizeof path, "%s/skrytka.db", office->directory);
    if (sqlite3_open(path, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, sql, NULL, NULL, &why) != SQLITE_OK)
        bench_fail(path, why ? why : sqlite3_errmsg(handle));
    sqlite3_close(handle);
    serve(office);
}

/* Where the id of a letter goes. */
struct slot {
    struct bench_office *office;
    int64_t *id;
};

static void registered(void *owner, const struct rec_mail_item *result, const struct err *err)
{
    struct slot *slot = owner;
    check("mail_register", err);
    *slot->id = result->id;
    slot->office->waiting--;
    free(slot);
}

void bench_office_letters(struct bench_office *office, int64_t *ids, int count)
{
    enum { IN_FLIGHT = 64 };
    for (int i = 0; i < count; i++) {
        struct slot *slot = malloc(sizeof *slot);
        *slot = (struct slot){ office, &ids[i] };
        struct rec_mail_register in = { .direction = direction_incoming,
                                        .client_id = office->client_id,
                                        .counterparty = "Sąd Rejonowy w Łodzi" };
        office->waiting++;
        call_mail_register(office->client, &in, registered, slot);
        while (office->waiting >= IN_FLIGHT)
            uv_run(&office->loop, UV_RUN_ONCE);
    }
    wait_for_all(office);
}

static int by_size(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

double bench_print(const char *label, uint64_t *nanoseconds, int count)
{
    qsort(nanoseconds, (size_t)count, sizeof *nanoseconds, by_size);
    double middle = (double)nanoseconds[count / 2] / 1000;
    double slow = (double)nanoseconds[count * 99 / 100] / 1000;
    printf("%-52s p50 %8.0f us   p99 %8.0f us\n", label, middle, slow);
    return middle;
}
