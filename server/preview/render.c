/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/preview/render.h"

#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/preview/pnm.h"

/* Limits, as the arguments have them. */
#define CPU_SECONDS "8"
#define MEMORY      "536870912" /* bytes of address space */
#define FILE_BYTES  "4194304"   /* of a file that it writes: it needs none, but fonts' caches */
#define OPEN_FILES  "64"
#define TEXT_OF(x)  #x
#define TEXT(x)     TEXT_OF(x)

enum {
    PIECE = 65536,
    ARGS = 24,
    LIMITER_FAILED = 126, /* prlimit(1), as env(1): the program cannot be run */
    LIMITER_NOT_FOUND = 127,
};

static const char *const tools[SCAN_TYPE_MAX] = {
    [SCAN_PDF] = "pdftoppm",
    [SCAN_JPEG] = "jpegtopnm",
    [SCAN_PNG] = "pngtopam",
    [SCAN_TIFF] = "tifftopnm",
};

/*
 *   the child writes ──> whole picture, or nonsense ──> decided: kill, close
 *        └── its output ends and it exits ────────────> decided by how it ended
 *        └── time is over, or cancelled ──────────────> decided
 *
 * Callbacks store what happened and call tick(). `done` comes when the last handle is closed.
 */
struct render {
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t timer;
    unsigned open; /* handles */
    enum scan_type type;
    int number;
    bool decided;
    enum render_end end; /* once decided */
    bool output_ended, exited;
    int64_t status;
    int signal;
    struct pnm *pnm;
    enum pnm_state state;
    render_done done;
    void *owner;
    char piece[PIECE];
};

const char *render_tool(enum scan_type type)
{
    return tools[type];
}

static void on_closed(uv_handle_t *handle)
{
    struct render *render = handle->data;
    render->open--;
    if (render->open > 0) {
        return;
    }
    struct gray *page = render->end == RENDER_DONE ? pnm_take(render->pnm) : NULL;
    pnm_free(render->pnm);
    render->done(render->owner, render->end, page);
    free(render);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

/* The first word counts. The child is waited for, so that none is left behind. */
static void decide(struct render *render, enum render_end end)
{
    if (!render->decided) {
        render->decided = true;
        render->end = end;
    }
    close_handle((uv_handle_t *)&render->timer);
    close_handle((uv_handle_t *)&render->output);
    if (render->exited) {
        close_handle((uv_handle_t *)&render->process);
    } else {
        uv_process_kill(&render->process, SIGKILL);
    }
}

/* The child and its output ended without a whole picture. */
static enum render_end judge(const struct render *render)
{
    if (render->signal == SIGXCPU || render->signal == SIGKILL) {
        return RENDER_TOO_LONG;
    }
    if (render->status == LIMITER_FAILED || render->status == LIMITER_NOT_FOUND) {
        return RENDER_NO_TOOL;
    }
    /* pdftoppm fails for a page that is not there, tifftopnm just has no more pictures. */
    return render->number > 1 && render->signal == 0 ? RENDER_NO_PAGE : RENDER_UNUSABLE;
}

static void tick(struct render *render)
{
    if (render->decided) {
        decide(render, render->end);
    } else if (render->state == PNM_DONE) {
        decide(render, RENDER_DONE);
    } else if (render->state == PNM_BAD) {
        decide(render, RENDER_UNUSABLE);
    } else if (render->output_ended && render->exited) {
        decide(render, judge(render));
    }
}

void render_cancel(struct render *render)
{
    decide(render, RENDER_CANCELLED);
}

static void on_timeout(uv_timer_t *timer)
{
    struct render *render = timer->data;
    log_warn("preview", "%s took too long and was ended", render_tool(render->type));
    decide(render, RENDER_TOO_LONG);
}

static void on_exit_of_child(uv_process_t *process, int64_t status, int signal)
{
    struct render *render = process->data;
    render->exited = true;
    render->status = status;
    render->signal = signal;
    if (!render->decided && (status != 0 || signal != 0)) {
        log_info("preview", "%s ended with status %d, signal %d", render_tool(render->type),
                 (int)status, signal);
    }
    tick(render);
}

static void give_room(uv_handle_t *handle, size_t size, uv_buf_t *ret)
{
    struct render *render = handle->data;
    (void)size;
    *ret = uv_buf_init(render->piece, sizeof render->piece);
}

static void on_output(uv_stream_t *stream, ssize_t length, const uv_buf_t *piece)
{
    struct render *render = stream->data;
    if (length > 0) {
        render->state = pnm_feed(render->pnm, piece->base, (size_t)length);
    } else if (length < 0) {
        render->output_ended = true;
    }
    tick(render);
}

/* prlimit(1) sets the limits and becomes the program. */
static void make_args(const char *args[ARGS], enum scan_type type, const char *path,
                      const char *page)
{
    static const char *const limits[] = {
        "prlimit",
        "--cpu=" CPU_SECONDS,
        "--as=" MEMORY,
        "--fsize=" FILE_BYTES,
        "--nofile=" OPEN_FILES,
        "--core=0",
    };
    const char *const pdf[] = {
        "-q", "-gray", "-cropbox", "-f", page, "-l", page, "-scale-to", TEXT(GRAY_LONG),
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        args[count++] = limits[i];
    }
    args[count++] = tools[type];
    for (size_t i = 0; type == SCAN_PDF && i < sizeof pdf / sizeof *pdf; i++) {
        args[count++] = pdf[i];
    }
    args[count++] = path;
    args[count] = NULL;
}

static int spawn(struct render *render, const char *path)
{
    const char *search = getenv("PATH");
    const char *args[ARGS];
    char place[PATH_MAX], page[16], path_entry[PATH_MAX];
    snprintf(place, sizeof place, "%s%s", path[0] == '-' ? "./" : "", path);
    snprintf(page, sizeof page, "%d", render->number);
    snprintf(path_entry, sizeof path_entry, "PATH=%s", search != NULL ? search : "/usr/bin:/bin");
    /* Without a home no library writes a cache there. */
    char home[] = "HOME=/nonexistent", locale[] = "LC_ALL=C.UTF-8";
    char *environment[] = { path_entry, home, locale, NULL };
    uv_stdio_container_t files[3] = {
        { .flags = UV_IGNORE },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
          .data.stream = (uv_stream_t *)&render->output },
        { .flags = UV_IGNORE },
    };
    make_args(args, render->type, place, page);
    uv_process_options_t options = {
        .exit_cb = on_exit_of_child,
        .file = args[0],
        .args = (char **)(uintptr_t)args,
        .env = environment,
        .stdio = files,
        .stdio_count = 3,
    };
    return uv_spawn(render->timer.loop, &render->process, &options);
}

struct render *render_start(uv_loop_t *loop, const char *path, enum scan_type type, int number,
                            unsigned milliseconds, render_done done, void *owner)
{
    struct render *render = memory_zeroed(sizeof *render);
    bool counts_pictures = type == SCAN_TIFF; /* the others have one, and pdftoppm finds the page */
    render->type = type;
    render->number = number;
    render->done = done;
    render->owner = owner;
    render->pnm = pnm_new(counts_pictures ? (unsigned)number - 1 : 0);
    render->process.data = render->output.data = render->timer.data = render;
    ENSURE(uv_timer_init(loop, &render->timer) == 0);
    ENSURE(uv_pipe_init(loop, &render->output, 0) == 0);
    render->open = 3;
    int error = spawn(render, path);
    if (error != 0) {
        log_warn("preview", "prlimit %s cannot be started: %s", tools[type], uv_strerror(error));
        render->exited = true;
        decide(render, error == UV_ENOENT ? RENDER_NO_TOOL : RENDER_UNUSABLE);
        return render;
    }
    ENSURE(uv_timer_start(&render->timer, on_timeout, milliseconds, 0) == 0);
    ENSURE(uv_read_start((uv_stream_t *)&render->output, give_room, on_output) == 0);
    if (number > 1 && (type == SCAN_JPEG || type == SCAN_PNG)) {
        decide(render, RENDER_NO_PAGE);
    }
    return render;
}
