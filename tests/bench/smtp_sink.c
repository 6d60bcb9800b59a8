/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/bench/smtp_sink.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol/base/log.h"
#include "protocol/base/memory.h"

int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

struct talk {
    FILE *stream;
    int pipe;
};

static void answer(FILE *stream, const char *text)
{
    fprintf(stream, "%s\r\n", text);
    fflush(stream);
}

static bool take_mail(const struct talk *talk)
{
    struct smtp_sink_mail mail = { 0 };
    char line[2000];
    answer(talk->stream, "354 go on");
    while (fgets(line, sizeof line, talk->stream)) {
        if (strcmp(line, ".\r\n") == 0) {
            mail.at = nanoseconds();
            ENSURE(write(talk->pipe, &mail, sizeof mail) == sizeof mail);
            answer(talk->stream, "250 taken");
            return true;
        }
        mail.bytes += (int64_t)strlen(line);
    }
    return false;
}

static void *converse(void *owner)
{
    struct talk *talk = owner;
    char line[2000];
    answer(talk->stream, "220 sink");
    while (fgets(line, sizeof line, talk->stream)) {
        if (strncasecmp(line, "QUIT", 4) == 0) {
            answer(talk->stream, "221 bye");
            break;
        }
        if (strncasecmp(line, "DATA", 4) != 0)
            answer(talk->stream, "250 ok");
        else if (!take_mail(talk))
            break;
    }
    fclose(talk->stream);
    free(talk);
    return NULL;
}

static _Noreturn void serve(int listener, int pipe)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        ENSURE(client >= 0);
        struct talk *talk = memory_zeroed(sizeof *talk);
        talk->stream = fdopen(client, "r+");
        talk->pipe = pipe;
        pthread_t thread;
        ENSURE(pthread_create(&thread, NULL, converse, talk) == 0);
        pthread_detach(thread);
    }
}

struct smtp_sink smtp_sink_start(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    int pipes[2];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ENSURE(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    ENSURE(listen(listener, 64) == 0);
    ENSURE(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    ENSURE(pipe(pipes) == 0);
    pid_t process = fork();
    ENSURE(process >= 0);
    if (process == 0)
        serve(listener, pipes[1]);
    close(listener);
    close(pipes[1]);
    return (struct smtp_sink){ ntohs(address.sin_port), pipes[0], process };
}

void smtp_sink_stop(struct smtp_sink *sink)
{
    kill(sink->process, SIGKILL);
    waitpid(sink->process, NULL, 0);
    close(sink->accepted);
}

struct smtp_sink_mail smtp_sink_next(const struct smtp_sink *sink)
{
    struct smtp_sink_mail mail;
    ENSURE(read(sink->accepted, &mail, sizeof mail) == sizeof mail);
    return mail;
}
