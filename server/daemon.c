/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Start: database, then listeners, then whoever needs the loop. Stop, in the opposite order, as a
 * chain: each part calls the next when it is closed, so that nothing is used after it is gone:
 *
 *     pages -> staff -> previews -> sender -> uploads and scan files -> database -> loop empty
 */
#include "server/daemon.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/notify.h"
#include "server/office/jobs.h"
#include "server/office/outbox.h"
#include "server/office/uploads.h"
#include "server/preview/preview.h"
#include "server/staff/staff.h"
#include "server/staff/uploads.h"
#include "server/web/web.h"

enum { WHY = 512, LOOK_MS = 1000, WATCH_SECONDS = 60 };

struct server {
    const struct config *config;
    uv_loop_t loop;
    uv_signal_t terminate;
    uv_signal_t interrupt;
    uv_signal_t hangup;
    uv_timer_t watch;
    int64_t watched_at; /* when it was last looked for messages that wait too long */
    struct office office;
    struct scan_files *scan_files;
    struct uploads *uploads;
    struct previews *previews;
    struct web *web;
    struct staff *staff;
    struct notify *notify;
    struct web_config web_config;
    bool stopping;
};

/* What the daemon must know of the database before anything starts. */
struct first_look {
    struct office_job job;
    int64_t last_event;
    char time_zone[CLOCK_ZONE];
};

struct scan_sweep {
    struct db_job job;
    struct server *server;
};

static bool look(struct office_job *job)
{
    struct first_look *first = (struct first_look *)job;
    first->last_event = db_one_int(job->op.db, db_statement(job->op.db, SQL_event_last), 0);
    snprintf(first->time_zone, sizeof first->time_zone, "%s", job->op.settings.time_zone);
    return true;
}

static bool look_now(struct db_job *db, struct db_tx *tx)
{
    struct office_job *job = (struct office_job *)db;
    return op_begin(&job->op, tx) && look(job);
}

_Static_assert(offsetof(struct office_job, db) == 0, "look_now() goes from the one to the other");

static void use_zone(const char *name)
{
    if (!clock_set_zone(name)) {
        log_error("daemon", "this machine does not know the time zone %s; install tzdata", name);
    }
}

/* A look for messages that wait too long. */
struct outbox_look {
    struct office_job job;
    struct server *server;
    bool more;
};

static bool watch_outbox(struct office_job *job)
{
    return outbox_watch(&job->op, &((struct outbox_look *)job)->more);
}

static void look_at_outbox(struct server *server);

static void outbox_watched(struct office_job *job, bool ok)
{
    struct outbox_look *look = (struct outbox_look *)job;
    if (ok && look->more && !look->server->stopping) {
        look_at_outbox(look->server);
    }
    arena_free(job->op.arena);
    free(look);
}

static void look_at_outbox(struct server *server)
{
    struct outbox_look *look = memory_zeroed(sizeof *look);
    look->server = server;
    look->job.op.arena = arena_new();
    look->job.op.actor = actor_system();
    look->job.run = watch_outbox;
    look->job.done = outbox_watched;
    office_start_write(&server->office, &look->job);
}

/* A minute of the office's clock, which may be set: looked at each second. */
static void watch_clock(uv_timer_t *timer)
{
    struct server *server = timer->data;
    int64_t since = clock_now() - server->watched_at;
    if (since >= 0 && since < WATCH_SECONDS) {
        return;
    }
    server->watched_at = clock_now();
    look_at_outbox(server);
}

static void announce(void *owner, const struct rec_event *events, size_t count)
{
    struct server *server = owner;
    if (server->staff != NULL) {
        staff_announce(server->staff, events, count);
    }
}

static void wake_sender(void *owner, const struct outbox_change *change)
{
    struct server *server = owner;
    if (server->notify != NULL && !server->stopping) {
        notify_wake(server->notify, change);
    }
}

/* Closes what the loop still holds; the loop ends when nothing is left. */
static void close_handles(struct server *server)
{
    uv_close((uv_handle_t *)&server->watch, NULL);
    uv_close((uv_handle_t *)&server->terminate, NULL);
    uv_close((uv_handle_t *)&server->interrupt, NULL);
    uv_close((uv_handle_t *)&server->hangup, NULL);
}

static void database_closed(void *owner)
{
    close_handles(owner);
}

static void scan_files_closed(void *owner)
{
    struct server *server = owner;
    server->scan_files = NULL;
    db_close(server->office.db, database_closed, server);
}

static void uploads_closed(void *owner)
{
    struct server *server = owner;
    server->uploads = NULL;
    if (server->scan_files != NULL) {
        scan_files_close(server->scan_files, scan_files_closed, server);
    } else {
        scan_files_closed(server);
    }
}

static void notify_closed(void *owner)
{
    struct server *server = owner;
    server->notify = NULL;
    if (server->uploads != NULL) {
        uploads_close(server->uploads, uploads_closed, server);
    } else {
        uploads_closed(server);
    }
}

static void previews_closed(void *owner)
{
    struct server *server = owner;
    server->previews = NULL;
    if (server->notify != NULL) {
        notify_stop(server->notify, notify_closed, server);
    } else {
        notify_closed(server);
    }
}

static void staff_closed(void *owner)
{
    struct server *server = owner;
    server->staff = NULL;
    if (server->previews != NULL) {
        previews_close(server->previews, previews_closed, server);
    } else {
        previews_closed(server);
    }
}

static void web_closed(void *owner)
{
    struct server *server = owner;
    server->web = NULL;
    if (server->staff != NULL) {
        staff_close(server->staff, staff_closed, server);
    } else {
        staff_closed(server);
    }
}

static void stop(struct server *server)
{
    if (server->stopping) {
        return;
    }
    server->stopping = true;
    uv_timer_stop(&server->watch);
    if (server->web != NULL) {
        web_stop(server->web, web_closed, server);
    } else {
        web_closed(server);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    log_info("daemon", "ending after signal %d", number);
    stop(handle->data);
}

/* What may change without a restart: the certificates. */
static void on_hangup(uv_signal_t *handle, int number)
{
    (void)number;
    struct server *server = handle->data;
    if (server->stopping) {
        return;
    }
    if (server->staff != NULL) {
        staff_reload(server->staff);
    }
    if (server->web != NULL) {
        web_reload(server->web);
    }
}

static void open_handles(struct server *server)
{
    uv_timer_init(&server->loop, &server->watch);
    server->watch.data = server;
    signal(SIGPIPE, SIG_IGN);
    uv_signal_init(&server->loop, &server->terminate);
    uv_signal_init(&server->loop, &server->interrupt);
    server->terminate.data = server;
    uv_signal_init(&server->loop, &server->hangup);
    server->interrupt.data = server;
    server->hangup.data = server;
    uv_signal_start(&server->terminate, on_signal, SIGTERM);
    uv_signal_start(&server->interrupt, on_signal, SIGINT);
    uv_signal_start(&server->hangup, on_hangup, SIGHUP);
}

static void fill_environment(struct server *server)
{
    const struct config *config = server->config;
    struct office_env *env = &server->office.env;
    env->base_url = config->web_base_url;
    env->mail_from = config->mail_from;
    env->hold_seconds = config->mail_hold_seconds;
    env->attachment_bytes = config->mail_attachment_bytes;
    env->sms_on = config->sms_provider != SMS_off;
    env->sms_polish_letters = config->sms_polish_letters;
    env->directory = config->storage_directory;
    env->claims = &server->office.claims;
    randombytes_buf(env->secret, sizeof env->secret);
    server->office.announce = announce;
    server->office.announce_owner = server;
    server->office.wake_sender = wake_sender;
    server->office.wake_owner = server;
    claims_init(&server->office.claims);
}

static bool open_database(struct server *server, struct first_look *first, char *why)
{
    if (db_open(server->config->storage_directory, &server->office.db, why, WHY) != DB_OPENED) {
        return false;
    }
    *first = (struct first_look){ 0 };
    first->job.op.arena = arena_new();
    first->job.op.actor = actor_system();
    first->job.op.env = &server->office.env;
    first->job.db.run = look_now;
    enum db_outcome outcome = db_run_now(server->office.db, &first->job.db);
    arena_free(first->job.op.arena);
    if (outcome != DB_DONE) {
        snprintf(why, WHY, "the database cannot be read");
    }
    return outcome == DB_DONE;
}

/* What a crash left in the scan store goes: all files that no row names. */
static bool sweep_scans(struct db_job *job, struct db_tx *tx)
{
    struct server *server = ((struct scan_sweep *)job)->server;
    struct sqlite3_stmt *expire = db_statement(tx, SQL_upload_expire);
    db_bind_int(expire, "before", clock_now() - UPLOAD_LIFE);
    db_exec(tx, expire);
    struct arena *arena = arena_new();
    struct list used = db_texts(tx, db_statement(tx, SQL_scan_files_used), arena);
    if (!db_failed(tx)) {
        size_t removed = scan_files_sweep(server->config->storage_directory, &used);
        if (removed > 0) {
            log_info("daemon", "%zu files of scans that were never used are removed", removed);
        }
    }
    arena_free(arena);
    return !db_failed(tx);
}

static bool open_scans(struct server *server, char *why)
{
    const struct config *config = server->config;
    if (!scan_files_open(config->storage_directory, &server->loop, &server->scan_files, why, WHY)) {
        return false;
    }
    struct scan_sweep sweep = { .job.run = sweep_scans, .server = server };
    if (db_run_now(server->office.db, &sweep.job) != DB_DONE) {
        snprintf(why, WHY, "the database cannot be read");
        return false;
    }
    server->uploads = uploads_open(&server->loop, &server->office, server->scan_files,
                                   config->storage_max_scan_bytes);
    return true;
}

static bool open_staff(struct server *server, int64_t last_event, char *why)
{
    const struct config *config = server->config;
    server->previews = previews_open(&server->loop);
    struct staff_setup setup = {
        .loop = &server->loop,
        .office = &server->office,
        .scan_files = server->scan_files,
        .uploads = server->uploads,
        .previews = server->previews,
        .server_version = SKRYTKA_VERSION,
        .max_scan_bytes = config->storage_max_scan_bytes,
        .last_event = last_event,
    };
    server->staff = staff_new(&setup);
    if (config->staff_socket[0] != '\0' &&
        !staff_listen_unix(server->staff, config->staff_socket, why, WHY)) {
        return false;
    }
    return config->staff_listen.length == 0 ||
           staff_listen_tcp(server->staff, (const struct sockaddr *)&config->staff_listen.at,
                            config->staff_tls_certificate, config->staff_tls_key, why, WHY);
}

static bool open_web(struct server *server, char *why)
{
    const struct config *config = server->config;
    if (config->web_listen.length == 0) {
        return true;
    }
    server->web_config = (struct web_config){
        .address = (const struct sockaddr *)&config->web_listen.at,
        .address_length = config->web_listen.length,
        .base_url = config->web_base_url,
        .trusted_proxies = config->web_trusted_proxies,
        .tls_certificate = config->web_tls_certificate,
        .tls_key = config->web_tls_key,
    };
    return web_listen(&server->web_config, &server->web, why, WHY);
}

static bool start(struct server *server, char *why)
{
    struct first_look first;
    if (!open_database(server, &first, why)) {
        return false;
    }
    use_zone(first.time_zone);
    bool open = open_scans(server, why) && open_staff(server, first.last_event, why) &&
                open_web(server, why);
    db_start(server->office.db, &server->loop);
    if (!open) {
        return false;
    }
    server->watched_at = clock_now();
    uv_timer_start(&server->watch, watch_clock, LOOK_MS, LOOK_MS);
    server->notify = notify_start(&server->loop, &server->office, server->config);
    return server->web == NULL || web_start(server->web, &server->loop, &server->office, why, WHY);
}

int daemon_run(const struct config *config)
{
    char why[WHY] = "";
    struct server *server = memory_zeroed(sizeof *server);
    server->config = config;
    ENSURE(sodium_init() >= 0);
    ENSURE(uv_loop_init(&server->loop) == 0);
    open_handles(server);
    fill_environment(server);
    bool started = start(server, why);
    if (started) {
        log_info("daemon", "skrytkad %s is ready", SKRYTKA_VERSION);
    } else {
        log_error("daemon", "%s", why);
        if (server->office.db != NULL) {
            stop(server);
        } else {
            close_handles(server);
        }
    }
    uv_run(&server->loop, UV_RUN_DEFAULT);
    ENSURE(uv_loop_close(&server->loop) == 0);
    claims_release(&server->office.claims);
    free(server);
    return started ? EXIT_SUCCESS : EXIT_FAILURE;
}
