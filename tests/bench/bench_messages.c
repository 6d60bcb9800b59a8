/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Messages on their whole way: a use case commits a letter and its mail, the sender takes it, SMTP,
 * the outcome is committed. Beside it smtp-source of Postfix, which has mails of the same size in
 * memory and commits nothing, against the same server. And what a long queue weighs.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "server/config.h"
#include "server/notify/notify.h"
#include "server/office/jobs.h"
#include "server/office/office.h"
#include "tests/bench/office.h"
#include "tests/bench/smtp_sink.h"

enum { MAILS = 3000, SINGLE = 300, LONG_QUEUE = 100000, LETTERS_OF_JOB = 50 };

static uv_loop_t loop;
static struct office office;
static struct config config;
static char directory[] = "/tmp/skrytka-bench-XXXXXX";
static int64_t client_id;
static bool closed;

/* One use case, waited for. */

struct task {
    struct office_job job;
    int64_t committed; /* when the loop heard of it, nanoseconds */
    size_t letters;
    size_t addresses;
    int64_t waiting;
    bool done;
    bool ok;
};

static void task_done(struct office_job *job, bool ok)
{
    struct task *task = (struct task *)job;
    task->committed = nanoseconds();
    task->ok = ok;
    task->done = true;
}

static void perform(struct task *task, bool (*run)(struct office_job *job))
{
    task->job.op.arena = arena_new();
    task->job.op.actor = actor_system();
    task->job.run = run;
    task->job.done = task_done;
    task->done = false;
    office_start_write(&office, &task->job);
    while (!task->done)
        uv_run(&loop, UV_RUN_ONCE);
    ENSURE(task->ok);
    arena_free(task->job.op.arena);
}

/* A client with as many addresses as it may have makes as many mails of one letter. */
static bool add_client(struct office_job *job)
{
    static const char *addresses[LIMIT_LIST_LENGTH];
    size_t count = ((struct task *)job)->addresses;
    struct rec_package_save package = { .name = arena_format(job->op.arena, "For %zu", count) };
    struct rec_package made;
    if (!office_package_save(&job->op, &package, &made))
        return false;
    for (size_t i = 0; i < count; i++)
        addresses[i] = arena_format(job->op.arena, "biuro%zu@alfa.example", i);
    struct rec_client_save in = { .name = "Alfa",
                                  .emails = { .at = addresses, .count = count, .given = true },
                                  .package_id = made.id,
                                  .has_package_id = true };
    struct rec_client out;
    if (!office_client_save(&job->op, &in, &out))
        return false;
    client_id = out.id;
    return true;
}

static bool add_letters(struct office_job *job)
{
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = client_id,
                                    .counterparty = "Urząd Skarbowy Łódź-Śródmieście" };
    for (size_t i = 0; i < ((struct task *)job)->letters; i++) {
        struct rec_mail_item out;
        if (!office_mail_register(&job->op, &in, &out))
            return false;
    }
    return true;
}

static bool tell_office_of_requests(struct office_job *job)
{
    static const char *address = "biuro@office.example";
    struct rec_settings_save in = { .allow_scan_requests = true,
                                    .has_allow_scan_requests = true,
                                    .notify_email = true,
                                    .has_notify_email = true,
                                    .office_emails = {
                                        .at = &address, .count = 1, .given = true } };
    struct rec_settings out;
    return office_settings_save(&job->op, &in, &out);
}

/* A letter of which nobody is told, and the request for its scan, of which the office is. */
static bool ask_for_a_scan(struct office_job *job)
{
    struct rec_mail_register letter = { .direction = direction_incoming,
                                        .client_id = client_id,
                                        .counterparty = "Urząd Skarbowy Łódź-Śródmieście",
                                        .has_notify = true };
    struct rec_mail_item item;
    struct rec_scan_request request;
    return office_mail_register(&job->op, &letter, &item) &&
           office_scan_request_create(
               &job->op, &(struct rec_scan_request_create){ .item_id = item.id }, &request);
}

static bool count_waiting(struct office_job *job)
{
    struct rec_outbox_list in = { .limit = 1, .has_limit = true };
    struct rec_outbox_list_result out;
    if (!office_outbox_list(&job->op, &in, &out))
        return false;
    ((struct task *)job)->waiting = out.waiting;
    return true;
}

static void register_letters(size_t count)
{
    while (count > 0) {
        struct task task = { .letters = count < LETTERS_OF_JOB ? count : LETTERS_OF_JOB };
        perform(&task, add_letters);
        count -= task.letters;
    }
}

static void wake_sender(void *owner, const struct outbox_change *change)
{
    struct notify **notify = owner;
    if (*notify)
        notify_wake(*notify, change);
}

static struct notify *sender;

static void set_closed(void *owner)
{
    closed = true;
}

static void stop_sender(void)
{
    closed = false;
    notify_stop(sender, set_closed, NULL);
    sender = NULL;
    while (!closed)
        uv_run(&loop, UV_RUN_ONCE);
}

/* What the server took is counted on the loop, so that nothing but messages keeps it busy. */

struct counter {
    uv_poll_t poll;
    const struct smtp_sink *sink;
    int mails;
    struct smtp_sink_mail last;
};

static void count_mail(uv_poll_t *poll, int status, int events)
{
    struct counter *counter = poll->data;
    ENSURE(status == 0 && (events & UV_READABLE));
    counter->last = smtp_sink_next(counter->sink);
    counter->mails++;
}

static struct counter counter;

static void start_counting(const struct smtp_sink *sink)
{
    counter = (struct counter){ .sink = sink };
    counter.poll.data = &counter;
    uv_poll_init(&loop, &counter.poll, sink->accepted);
    uv_poll_start(&counter.poll, UV_READABLE, count_mail);
}

static void stop_counting(void)
{
    uv_close((uv_handle_t *)&counter.poll, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static double drain(size_t parallel, const struct smtp_sink *sink, int64_t *ret_bytes)
{
    struct task task = { .waiting = 1 };
    register_letters(MAILS);
    config.mail_parallel = (int64_t)parallel;
    start_counting(sink);
    int64_t begin = nanoseconds();
    sender = notify_start(&loop, &office, &config);
    while (counter.mails < MAILS)
        uv_run(&loop, UV_RUN_ONCE);
    while (task.waiting > 0)
        perform(&task, count_waiting);
    double seconds = (double)(nanoseconds() - begin) / 1e9;
    stop_sender();
    stop_counting();
    *ret_bytes = counter.last.bytes;
    return MAILS / seconds;
}

/* Postfix's own load generator; 0 when this machine has none. */
static double smtp_source(size_t parallel, const struct smtp_sink *sink, int64_t bytes)
{
    char mails[16], sessions[16], size[24], server[32];
    snprintf(mails, sizeof mails, "%d", MAILS);
    snprintf(sessions, sizeof sessions, "%zu", parallel);
    snprintf(size, sizeof size, "%" PRId64, bytes);
    snprintf(server, sizeof server, "127.0.0.1:%d", sink->port);
    char *const argv[] = { "smtp-source", "-d", "-m", mails,  "-s",
                           sessions,      "-l", size, server, NULL };
    int64_t begin = nanoseconds();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    double seconds = (double)(nanoseconds() - begin) / 1e9;
    if (status != 0)
        return 0;
    for (int i = 0; i < MAILS; i++)
        smtp_sink_next(sink);
    return MAILS / seconds;
}

/* From the commit of a request to the server's yes to the office's mail, one at a time. */
static void measure_delay(const struct smtp_sink *sink)
{
    static uint64_t delays[SINGLE];
    struct task silent = { .addresses = 0 };
    perform(&silent, add_client);
    perform(&silent, tell_office_of_requests);
    start_counting(sink);
    sender = notify_start(&loop, &office, &config);
    for (int i = 0; i < SINGLE; i++) {
        struct task task = { 0 };
        perform(&task, ask_for_a_scan);
        while (counter.mails <= i)
            uv_run(&loop, UV_RUN_ONCE);
        delays[i] = (uint64_t)(counter.last.at - task.committed);
    }
    stop_sender();
    stop_counting();
    bench_print("request committed -> mail to the office taken", delays, SINGLE);
    fflush(stdout);
}

/* What one commit cannot cost less than on this disk, in this minute. */
static void measure_disk(void)
{
    static uint64_t delays[SINGLE];
    static const char page[12288];
    char path[64];
    snprintf(path, sizeof path, "%s/bare", directory);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ENSURE(file >= 0);
    for (int i = 0; i < SINGLE; i++) {
        int64_t begin = nanoseconds();
        ENSURE(pwrite(file, page, sizeof page, 0) == sizeof page && fdatasync(file) == 0);
        delays[i] = (uint64_t)(nanoseconds() - begin);
    }
    close(file);
    bench_print("bare fdatasync()", delays, SINGLE);
}

static double resident_mib(void)
{
    char line[128];
    FILE *file = fopen("/proc/self/statm", "r");
    ENSURE(file && fgets(line, sizeof line, file));
    fclose(file);
    long pages = strtol(strchr(line, ' '), NULL, 10);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

/* The server is away; the sender has tried. */
static void measure_long_queue(void)
{
    struct task task = { .addresses = LIMIT_LIST_LENGTH };
    config.mail_url = "smtp://127.0.0.1:1";
    perform(&task, add_client);
    double empty = resident_mib();
    register_letters(LONG_QUEUE / LIMIT_LIST_LENGTH);
    double before = resident_mib();
    sender = notify_start(&loop, &office, &config);
    for (int i = 0; i < 200; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        uv_sleep(5);
    }
    perform(&task, count_waiting);
    printf("%" PRId64 " messages waiting: %.1f MiB resident; before the sender began %.1f MiB,"
           " before they came %.1f MiB\n",
           task.waiting, resident_mib(), before, empty);
    stop_sender();
}

static void open_office(const struct smtp_sink *sink)
{
    static char url[64];
    char why[200];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", sink->port);
    config = (struct config){ .storage_directory = directory,
                              .mail_url = url,
                              .mail_user = "",
                              .mail_ca_file = "",
                              .mail_starttls = STARTTLS_off,
                              .mail_answer_seconds = 60,
                              .sms_provider = SMS_off };
    office = (struct office){ .env = { .base_url = "http://127.0.0.1:7480",
                                       .mail_from = "poczta@office.example",
                                       .directory = directory },
                              .wake_sender = wake_sender,
                              .wake_owner = &sender };
    office.env.claims = &office.claims;
    claims_init(&office.claims);
    uv_loop_init(&loop);
    if (db_open(directory, &office.db, why, sizeof why) != DB_OPENED)
        BUG(why);
    db_start(office.db, &loop);
    struct task task = { .addresses = 1 };
    perform(&task, add_client);
}

static void remove_directory(void)
{
    char *const argv[] = { "rm", "-r", directory, NULL };
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(child, NULL, 0);
}

int main(void)
{
    ENSURE(mkdtemp(directory) && sodium_init() >= 0);
    i18n_init();
    log_set_level(LOG_ERROR);
    struct smtp_sink sink = smtp_sink_start();
    open_office(&sink);
    for (size_t parallel = 1; parallel <= 8; parallel *= 2) {
        int64_t bytes = 0;
        double ours = drain(parallel, &sink, &bytes);
        double theirs = smtp_source(parallel, &sink, bytes);
        printf("%zu connections, mails of %" PRId64 " bytes: %.0f/s", parallel, bytes, ours);
        if (theirs > 0)
            printf("; smtp-source %.0f/s, ratio %.2f", theirs, ours / theirs);
        printf("\n");
        fflush(stdout);
    }
    config.mail_parallel = 4;
    measure_disk();
    measure_delay(&sink);
    measure_long_queue();
    closed = false;
    db_close(office.db, set_closed, NULL);
    while (!closed)
        uv_run(&loop, UV_RUN_ONCE);
    smtp_sink_stop(&sink);
    remove_directory();
    return 0;
}
