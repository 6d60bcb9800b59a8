/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * `skrytkad user add`: makes a staff user by the same use case as the terminal's user_save, either
 * on the database itself or, when a daemon has it, by that daemon over its Unix socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "db/db.h"
#include "protocol/base/arena.h"
#include "protocol/base/text.h"
#include "protocol/client.h"
#include "server/commands/commands.h"
#include "server/config.h"
#include "server/office/jobs.h"
#include "server/office/office.h"

enum {
    EXIT_USAGE = 2,
    PASSWORD_LIMIT = 1000,
    TRIES = 8, /* a daemon that has the lock may still be starting */
    WHY = 512,
};

struct request {
    enum lang lang;
    struct rec_user_save user;
    const char *password_file;
    char password[PASSWORD_LIMIT + 2];
};

static bool usage(enum lang lang)
{
    fprintf(stderr, "%s\n",
            tr(lang, N_("usage: skrytkad user add LOGIN --role administrator|clerk "
                        "[--name N] [--os-user U] [--password-file F|-]")));
    return false;
}

static bool read_options(struct request *request, int argc, char **argv)
{
    static const struct option known[] = {
        { "role", required_argument, NULL, 'r' },
        { "name", required_argument, NULL, 'n' },
        { "os-user", required_argument, NULL, 'o' },
        { "password-file", required_argument, NULL, 'p' },
        { NULL, 0, NULL, 0 },
    };
    const char *role = NULL;
    int option;
    optind = 0; /* main() read the options before the command with the same function */
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'r': role = optarg; break;
        case 'n': request->user.name = optarg; break;
        case 'o': request->user.os_user = optarg; break;
        case 'p': request->password_file = optarg; break;
        default: return usage(request->lang);
        }
    }
    if (argc - optind != 2 || strcmp(argv[optind], "add") != 0 || !role) {
        return usage(request->lang);
    }
    int found = words_find(&words_role, role, strlen(role));
    if (found < 0) {
        return usage(request->lang);
    }
    request->user.login = argv[optind + 1];
    request->user.role = (enum role)found;
    request->user.has_role = true;
    return true;
}

/* The first line of the file named by --password-file, or of standard input. */
static bool read_password(struct request *request)
{
    if (!request->password_file) {
        return true;
    }
    bool standard = strcmp(request->password_file, "-") == 0;
    FILE *file = standard ? stdin : fopen(request->password_file, "re");
    bool read = file && fgets(request->password, sizeof request->password, file);
    if (!read) {
        fprintf(stderr, tr(request->lang, N_("skrytkad: cannot read the password from %s\n")),
                request->password_file);
    }
    if (file && !standard) {
        fclose(file);
    }
    request->password[strcspn(request->password, "\r\n")] = '\0';
    request->user.password = request->password;
    return read;
}

/* What a terminal's user would type is checked as what a terminal sends. */
static bool texts_are_clean(const struct request *request)
{
    const char *const texts[] = { request->user.login, request->user.name, request->user.os_user,
                                  request->user.password };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i] &&
            text_check(texts[i], strlen(texts[i]), TEXT_LINE, LIMIT_LINE_BYTES) != TEXT_OK) {
            fprintf(stderr, "%s\n",
                    tr(request->lang, N_("skrytkad: a text is too long, not UTF-8 or has control "
                                         "characters")));
            return false;
        }
    }
    return true;
}

/* What usually is wrong, by the field that the use case names. */
static const char *usual_fault(const struct err *err)
{
    if (err->code == ERR_conflict && strcmp(err->field, "login") == 0) {
        return N_("another user has this login or this OS user");
    }
    if (err->code == ERR_bad_request && strcmp(err->field, "login") == 0) {
        return N_("this login cannot be used");
    }
    if (err->code == ERR_bad_request && strcmp(err->field, "password") == 0) {
        return N_("the password must have at least 8 characters");
    }
    return NULL;
}

static bool tell(const struct request *request, const struct err *err)
{
    if (!err || err->code == ERR_NONE) {
        printf(tr(request->lang, N_("User %s may sign in.\n")), request->user.login);
        if (!request->user.password && !request->user.os_user) {
            puts(tr(request->lang, N_("There is neither a password nor an OS user yet: an "
                                      "administrator must set one first.")));
        }
        return true;
    }
    const char *usual = usual_fault(err);
    if (usual) {
        fprintf(stderr, "skrytkad: %s: %s\n", request->user.login, tr(request->lang, usual));
        return false;
    }
    struct arena *arena = arena_new();
    fprintf(stderr, "skrytkad: %s%s%s: %s\n", err_name(err->code), *err->field ? " " : "",
            err->field, text_clean(arena, err->detail, false));
    arena_free(arena);
    return false;
}

struct add_job {
    struct db_job db;
    struct op op;
    const struct rec_user_save *in;
};

static bool add_user(struct db_job *db, struct db_tx *tx)
{
    struct add_job *job = (struct add_job *)db;
    struct rec_user out;
    return op_begin(&job->op, tx) && office_user_save(&job->op, job->in, &out);
}

static bool add_directly(const struct request *request, struct db *db)
{
    struct add_job job = { .db.run = add_user, .in = &request->user };
    job.op.arena = arena_new();
    job.op.actor = actor_system();
    enum db_outcome outcome = db_run_now(db, &job.db);
    if (outcome != DB_DONE && job.op.err.code == ERR_NONE) {
        err_set(&job.op.err, ERR_unavailable, "",
                outcome == DB_DISK_FULL ? "disk_full" : "database_error");
    }
    bool added = tell(request, outcome == DB_DONE ? NULL : &job.op.err);
    arena_free(job.op.arena);
    return added;
}

/* The daemon that has the database does it for us. */
struct handing {
    const struct request *request;
    struct client *client;
    int tries;
    bool over;
    bool added;
};

static void user_saved(void *owner, const struct rec_user *user, const struct err *err)
{
    struct handing *handing = owner;
    (void)user;
    handing->over = true;
    handing->added = tell(handing->request, err);
    client_close(handing->client, NULL);
}

static void on_state(void *owner, const struct client_status *status)
{
    struct handing *handing = owner;
    bool hopeless = status->state == CLIENT_STOPPED ||
                    (status->state == CLIENT_OFFLINE && ++handing->tries == TRIES);
    if (hopeless && !handing->over) {
        handing->over = true;
        tell(handing->request, &status->err);
        client_close(handing->client, NULL);
    }
}

static bool add_by_daemon(const struct request *request, const char *socket)
{
    struct handing handing = { .request = request };
    struct client_setup setup = {
        .address.kind = ADDRESS_UNIX, .login = LOCAL_LOGIN, .owner = &handing, .on_state = on_state
    };
    uv_loop_t loop;
    size_t length = strlen(socket);
    if (length >= sizeof setup.address.path || uv_loop_init(&loop) != 0) {
        return false;
    }
    memcpy(setup.address.path, socket, length + 1);
    handing.client = client_new(&loop, &setup);
    call_user_save(handing.client, &request->user, user_saved, &handing);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return handing.added;
}

/*
 * Root becomes the user who owns the data, or the database and its journals would be root's and
 * the daemon could not open them.
 */
static bool become_owner(enum lang lang, const char *directory)
{
    struct stat info;
    if (geteuid() != 0 || stat(directory, &info) != 0 || info.st_uid == 0) {
        return true;
    }
    if (setgroups(0, NULL) == 0 && setgid(info.st_gid) == 0 && setuid(info.st_uid) == 0) {
        return true;
    }
    fprintf(stderr, tr(lang, N_("skrytkad: cannot become the owner of %s: %s\n")), directory,
            strerror(errno));
    return false;
}

int command_user(const struct config *config, enum lang lang, int argc, char **argv)
{
    char why[WHY] = "";
    struct db *db;
    struct request request = { .lang = lang };
    if (!read_options(&request, argc, argv)) {
        return EXIT_USAGE;
    }
    if (!read_password(&request) || !texts_are_clean(&request) || sodium_init() < 0 ||
        !become_owner(lang, config->storage_directory)) {
        return EXIT_FAILURE;
    }
    bool added = false;
    switch (db_open(config->storage_directory, &db, why, sizeof why)) {
    case DB_OPENED:
        added = add_directly(&request, db);
        db_close(db, NULL, NULL);
        break;
    case DB_LOCKED: added = add_by_daemon(&request, config->staff_socket); break;
    default: fprintf(stderr, "skrytkad: %s\n", why); break;
    }
    explicit_bzero(request.password, sizeof request.password);
    return added ? EXIT_SUCCESS : EXIT_FAILURE;
}
