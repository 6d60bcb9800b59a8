/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files on their way to a small server in the same loop, to the end or given up. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/client.h"
#include "tests/unit/fake_server.h"
#include "tui/upload.h"

enum { FILE_BYTES = 5 * LIMIT_CHUNK_BYTES + 100 };

struct fixture {
    struct fake_server server;
    struct client *client;
    bool client_closed;
    char folder[40];
    char path[60];
    unsigned char *content;
    struct upload *upload;
    int64_t sent;
    unsigned progress;
    bool done;
    int64_t id;
    struct err err;
};

static void on_state(void *owner, const struct client_status *status)
{
}

static void on_client_closed(void *owner)
{
    ((struct fixture *)owner)->client_closed = true;
}

static void write_file(struct fixture *fixture, size_t length)
{
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(fixture->content, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fake_init(&fixture->server);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_upload.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/scan 1.pdf", fixture->folder);
    fixture->content = malloc(FILE_BYTES);
    for (size_t i = 0; i < FILE_BYTES; i++) {
        fixture->content[i] = (unsigned char)(i * 7 + i / 1000);
    }
    write_file(fixture, FILE_BYTES);
    struct client_setup with = { .address = fixture->server.address,
                                 .owner = fixture,
                                 .on_state = on_state };
    fixture->client = client_new(&fixture->server.loop, &with);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    client_close(fixture->client, on_client_closed);
    until(&fixture->server, fixture->client_closed);
    fake_release(&fixture->server);
    unlink(fixture->path);
    rmdir(fixture->folder);
    free(fixture->content);
    free(fixture);
    return 0;
}

static void on_progress(void *owner, int64_t sent, int64_t size)
{
    struct fixture *fixture = owner;
    assert_true(sent > fixture->sent && sent <= size);
    fixture->sent = sent;
    fixture->progress++;
}

static void on_done(void *owner, int64_t id, const struct err *err)
{
    struct fixture *fixture = owner;
    assert_false(fixture->done);
    fixture->done = true;
    fixture->id = id;
    if (err != NULL) {
        fixture->err = *err;
    }
}

static void start(struct fixture *fixture)
{
    fixture->upload = upload_start(&(struct upload_setup){
        .loop = &fixture->server.loop,
        .client = fixture->client,
        .path = fixture->path,
        .owner = fixture,
        .on_progress = on_progress,
        .on_done = on_done,
    });
}

static void expect_arrived(struct fixture *fixture, size_t length)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    until(&fixture->server, fixture->done);
    assert_int_equal(fixture->err.code, ERR_NONE);
    assert_int_equal(fixture->id, 9);
    assert_string_equal(fixture->server.file_name, "scan 1.pdf");
    assert_int_equal(fixture->server.file.length, length);
    assert_memory_equal(fixture->server.file.data, fixture->content, length);
    crypto_hash_sha256(hash, fixture->content, length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    assert_string_equal(fixture->server.file_hash, hex);
}

static void test_whole_file(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    expect_arrived(fixture, FILE_BYTES);
    assert_int_equal(fixture->progress, 6);
    assert_int_equal(fixture->sent, FILE_BYTES);
}

static void test_sizes_at_the_edge(void **state)
{
    struct fixture *fixture = *state;
    static const size_t sizes[] = { 1, LIMIT_CHUNK_BYTES - 1, LIMIT_CHUNK_BYTES,
                                    LIMIT_CHUNK_BYTES + 1 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        write_file(fixture, sizes[i]);
        fixture->done = false;
        fixture->sent = 0;
        start(fixture);
        expect_arrived(fixture, sizes[i]);
    }
}

static void test_no_such_file(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    start(fixture);
    until(&fixture->server, fixture->done);
    assert_int_equal(fixture->err.code, ERR_bad_request);
    assert_string_equal(fixture->err.field, "file");
}

/* It gets shorter after the first piece was read. */
static void test_file_that_changes(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    until(&fixture->server, fixture->sent > 0);
    assert_int_equal(truncate(fixture->path, 10), 0);
    until(&fixture->server, fixture->done);
    assert_int_equal(fixture->err.code, ERR_conflict);
}

/* Given up after so many turns of the loop, wherever that is in its story. */
static void test_cancel_at_any_time(void **state)
{
    struct fixture *fixture = *state;
    unsigned cancelled = 0;
    for (unsigned turns = 0; turns < 60; turns++) {
        fixture->done = false;
        fixture->sent = 0;
        fixture->server.count = 0;
        start(fixture);
        for (unsigned i = 0; i < turns && !fixture->done; i++) {
            uv_run(&fixture->server.loop, UV_RUN_NOWAIT);
        }
        if (!fixture->done) {
            cancelled++;
            upload_cancel(fixture->upload);
            /* Whatever is still on its way must not be told. */
            until(&fixture->server, client_waiting(fixture->client) == 0);
            assert_false(fixture->done);
        }
    }
    assert_true(cancelled > 0);
}

/* Pieces that were not answered come again on the next connection. */
static void test_line_drops_in_the_middle(void **state)
{
    struct fixture *fixture = *state;
    fixture->server.silent = true;
    start(fixture);
    until(&fixture->server, fixture->server.count == 1);
    fixture->server.silent = false;
    fake_drop(&fixture->server);
    expect_arrived(fixture, FILE_BYTES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_file),         TEST(test_sizes_at_the_edge),
        TEST(test_no_such_file),       TEST(test_file_that_changes),
        TEST(test_cancel_at_any_time), TEST(test_line_drops_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
