/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From a client's click on the page to the alert at the office: the POST is written to the web port
 * of a real daemon, one clock stops when the event arrives on a staff connection, another when the
 * alert stands on the screen of a real terminal, seen by libvterm. Beside it what no
 * program can avoid: one fsync of a small append on the same disk plus one round trip on loopback,
 * measured before each click, because the disk's mood changes within a second.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/office.h"
#include "tests/tui/harness.h"

enum { CLICKS = 300, ANSWER = 65536 };

static struct bench_office office;
static int64_t letters[CLICKS];
static uint64_t clicks[CLICKS];
static uint64_t drawn[CLICKS];
static struct terminal *terminal;
static uint64_t bare[CLICKS];
static uint64_t fsyncs[CLICKS];
static int64_t awaited; /* the letter whose event stops the clock; 0 when it came */

static void on_event(void *owner, const struct rec_event *event)
{
    (void)owner;
    if (event->kind == event_kind_scan_request_created && event->item_id == awaited)
        awaited = 0;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in place = { .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int wire = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire < 0 || connect(wire, (struct sockaddr *)&place, sizeof place) != 0)
        bench_fail("connect", "refused");
    return wire;
}

static void write_all(int file, const char *bytes, size_t length)
{
    if (write(file, bytes, length) != (ssize_t)length)
        bench_fail("write", "cut short");
}

/* Reads until the other side closes; the answer is terminated. */
static void read_all(int wire, char *answer)
{
    size_t length = 0;
    ssize_t count;
    while (length < ANSWER - 1 && (count = read(wire, answer + length, ANSWER - 1 - length)) > 0)
        length += (size_t)count;
    answer[length] = '\0';
}

/* The link of the letter's e-mail, which waits in the outbox. */
static void find_token(int64_t letter, char *token, size_t size)
{
    char path[96];
    sqlite3 *handle;
    sqlite3_stmt *find;
    snprintf(path, sizeof path, "%s/skrytka.db", office.directory);
    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "SELECT text FROM outbox WHERE item_id = ?", -1, &find, NULL) !=
            SQLITE_OK)
        bench_fail(path, sqlite3_errmsg(handle));
    sqlite3_bind_int64(find, 1, letter);
    const char *link = sqlite3_step(find) == SQLITE_ROW
                           ? strstr((const char *)sqlite3_column_text(find, 0), "/s/")
                           : NULL;
    if (!link)
        bench_fail("outbox", "no link");
    snprintf(token, size, "%.43s", link + 3);
    sqlite3_finalize(find);
    sqlite3_close(handle);
}

/* Opens the page, as the client does first, and makes the request of its button. */
static void prepare_click(const char *token, char *request, size_t size)
{
    static char page[ANSWER];
    char get[256];
    char nonce[256];
    snprintf(get, sizeof get, "GET /s/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
             token);
    int wire = connect_to(office.web_port);
    write_all(wire, get, strlen(get));
    read_all(wire, page);
    close(wire);
    const char *field = strstr(page, "name=\"nonce\" value=\"");
    if (!field || sscanf(field, "name=\"nonce\" value=\"%255[^\"]", nonce) != 1)
        bench_fail("page", "no button");
    snprintf(request, size,
             "POST /s/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n"
             "nonce=%s",
             token, strlen("nonce=") + strlen(nonce), nonce);
}

static void click(int i)
{
    int64_t letter = letters[i];
    static char answer[ANSWER];
    char token[64];
    char request[1024];
    char alert[40];
    snprintf(alert, sizeof alert, "Prośby o skan: %d now", i + 1);
    find_token(letter, token, sizeof token);
    prepare_click(token, request, sizeof request);
    int wire = connect_to(office.web_port);
    awaited = letter;
    uint64_t start = uv_hrtime();
    write_all(wire, request, strlen(request));
    while (awaited != 0)
        uv_run(&office.loop, UV_RUN_ONCE);
    clicks[i] = uv_hrtime() - start;
    terminal_wait(terminal, alert);
    drawn[i] = uv_hrtime() - start;
    read_all(wire, answer);
    if (strncmp(answer, "HTTP/1.1 303", 12) != 0)
        bench_fail("answer", answer);
    close(wire);
}

static void open_terminal(void)
{
    char program[640], connect[128];
    bench_office_terminal(&office, program, sizeof program, connect, sizeof connect);
    const char *const run[] = { program, "--connect", connect, "--language", "pl", NULL };
    terminal = terminal_launch(run, NULL, 24, 80);
    terminal_wait(terminal, "Szukaj:");
}

static void echo(void *arg)
{
    char byte;
    int wire = *(int *)arg;
    while (read(wire, &byte, 1) == 1)
        write_all(wire, &byte, 1);
}

/* What is measured beside each click: a file on the same disk, a wire with an echo at its end. */
struct bare_parts {
    int file;
    int here;
    int there;
    uv_thread_t other;
};

static void open_bare(struct bare_parts *parts)
{
    char path[96];
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof place;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(door, (struct sockaddr *)&place, length) != 0 || listen(door, 1) != 0 ||
        getsockname(door, (struct sockaddr *)&place, &length) != 0)
        bench_fail("listen", "refused");
    parts->here = connect_to(ntohs(place.sin_port));
    parts->there = accept(door, NULL, NULL);
    close(door);
    uv_thread_create(&parts->other, echo, &parts->there);
    snprintf(path, sizeof path, "%s/bare", office.directory);
    parts->file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void close_bare(struct bare_parts *parts)
{
    shutdown(parts->here, SHUT_RDWR);
    uv_thread_join(&parts->other);
    close(parts->file);
    close(parts->here);
    close(parts->there);
}

/* One fsync of 4 KiB and then one byte there and back. */
static void measure_bare(const struct bare_parts *parts, int i)
{
    static char block[4096];
    char byte = 'x';
    uint64_t start = uv_hrtime();
    write_all(parts->file, block, sizeof block);
    if (fsync(parts->file) != 0)
        bench_fail("bare", "fsync");
    fsyncs[i] = uv_hrtime() - start;
    write_all(parts->here, &byte, 1);
    if (read(parts->here, &byte, 1) != 1)
        bench_fail("echo", "silent");
    bare[i] = uv_hrtime() - start;
}

int main(int argc, char **argv)
{
    (void)argc;
    struct bare_parts parts;
    bench_office_start(&office, argv[0]);
    bench_office_letters(&office, letters, CLICKS);
    bench_office_connect(&office, on_event, NULL);
    open_terminal();
    open_bare(&parts);
    for (int i = 0; i < CLICKS; i++) {
        measure_bare(&parts, i);
        click(i);
    }
    close_bare(&parts);
    terminal_close(terminal);
    bench_office_stop(&office);
    bench_print("one fsync of 4 KiB", fsyncs, CLICKS);
    double least = bench_print("one fsync and one round trip on loopback", bare, CLICKS);
    double whole = bench_print("click on the page to the event at the office", clicks, CLICKS);
    double seen = bench_print("click on the page to the alert on the screen", drawn, CLICKS);
    printf("%-52s %8.2f\n", "ratio of the medians, to the event", whole / least);
    printf("%-52s %8.2f\n", "ratio of the medians, to the screen", seen / least);
    return 0;
}
