/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The scan store on a real disk and a real loop. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/scan_files.h"
#include "protocol/base/buf.h"

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n"
                          "<< /Root 1 0 R >>\n%%EOF\n";
static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\6\0\0\0\x1F\x15\xC4\x89";
static const char jpeg[] = "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xDB";
static const char tiff[] = "II*\0\x08\0\0\0\0\0\0\0";

struct fixture {
    char folder[64];
    uv_loop_t loop;
    struct scan_files *files;
};

/* What a callback said. */
struct answer {
    unsigned calls;
    struct err err;
    struct scan_file file;
    struct buf bytes;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char why[200] = "";
    assert_non_null(f);
    snprintf(f->folder, sizeof f->folder, "/tmp/skrytka-scans-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_int_equal(uv_loop_init(&f->loop), 0);
    assert_true(scan_files_open(f->folder, &f->loop, &f->files, why, sizeof why));
    assert_string_equal(why, "");
    *state = f;
    return 0;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void note_closed(void *owner)
{
    *(bool *)owner = true;
}

static void close_files(struct fixture *f)
{
    bool closed = false;
    if (f->files)
        scan_files_close(f->files, note_closed, &closed);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(closed || !f->files);
    f->files = NULL;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    close_files(f);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    int result = nftw(f->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return result;
}

static void on_done(void *owner, const struct err *err)
{
    struct answer *answer = owner;
    answer->calls++;
    answer->err = err ? *err : (struct err){ 0 };
}

static void on_finished(void *owner, const struct err *err, const struct scan_file *file)
{
    struct answer *answer = owner;
    on_done(owner, err);
    assert_true(!err == !!file);
    if (file)
        answer->file = *file;
}

static void on_read(void *owner, const struct err *err, const void *bytes, size_t length)
{
    struct answer *answer = owner;
    on_done(owner, err);
    buf_add(&answer->bytes, bytes, length);
}

static void hash(const void *bytes, size_t length, char ret[DIGEST_TEXT])
{
    struct digest *digest = digest_new();
    digest_add(digest, bytes, length);
    digest_end(digest, ret);
}

/* Sends a whole file in pieces, all of them before the first is answered. */
static struct answer send_as(struct fixture *f, const void *bytes, size_t length, size_t piece,
                             const char *sha256)
{
    struct answer pieces = { 0 };
    struct answer end = { 0 };
    unsigned sent = 0;
    struct scan_upload *upload = scan_upload_begin(f->files, (int64_t)length);
    for (size_t at = 0; at < length; at += piece, sent++) {
        size_t rest = length - at < piece ? length - at : piece;
        scan_upload_data(upload, (int64_t)at, (const char *)bytes + at, rest, on_done, &pieces);
    }
    scan_upload_end(upload, sha256, on_finished, &end);
    assert_int_equal(pieces.calls + end.calls, 0);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(pieces.calls, sent);
    assert_int_equal(pieces.err.code, ERR_NONE);
    assert_int_equal(end.calls, 1);
    return end;
}

static struct answer send_all(struct fixture *f, const void *bytes, size_t length)
{
    char sha256[DIGEST_TEXT];
    hash(bytes, length, sha256);
    return send_as(f, bytes, length, 7, sha256);
}

static unsigned entries(struct fixture *f, const char *folder)
{
    char path[PATH_MAX];
    unsigned count = 0;
    struct dirent *entry;
    snprintf(path, sizeof path, "%s/scans/%s", f->folder, folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static bool count_file(void *owner, const char *sha256, const char *path)
{
    assert_true(digest_valid(sha256));
    assert_int_equal(access(path, R_OK), 0);
    ++*(unsigned *)owner;
    return true;
}

static unsigned stored(struct fixture *f)
{
    unsigned count = 0;
    assert_true(scan_files_each(f->folder, count_file, &count));
    return count;
}

static void refused(struct fixture *f, struct answer answer, enum err_code code, const char *field)
{
    assert_int_equal(answer.err.code, code);
    assert_string_equal(answer.err.field, field);
    assert_int_equal(entries(f, "incoming"), 0);
    assert_int_equal(stored(f), 0);
}

static void a_file_is_stored_under_its_hash(void **state)
{
    struct fixture *f = *state;
    char path[PATH_MAX];
    char found[DIGEST_TEXT];
    struct stat info;
    struct answer end = send_all(f, pdf, sizeof pdf - 1);
    assert_int_equal(end.err.code, ERR_NONE);
    assert_int_equal(end.file.type, SCAN_PDF);
    assert_int_equal(end.file.size, sizeof pdf - 1);
    assert_true(scan_files_path(f->folder, end.file.sha256, path, sizeof path));
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    assert_true(digest_file(file, found));
    assert_string_equal(found, end.file.sha256);
    assert_int_equal(fstat(file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    close(file);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(entries(f, "incoming"), 0);
}

static void the_known_kinds_are_told_apart(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(send_all(f, png, sizeof png - 1).file.type, SCAN_PNG);
    assert_int_equal(send_all(f, jpeg, sizeof jpeg - 1).file.type, SCAN_JPEG);
    assert_int_equal(send_all(f, tiff, sizeof tiff - 1).file.type, SCAN_TIFF);
    assert_int_equal(send_all(f, pdf, sizeof pdf - 1).file.type, SCAN_PDF);
    char blanks[sizeof pdf + 5] = "\xEF\xBB\xBF\r\n";
    memcpy(blanks + 5, pdf, sizeof pdf);
    assert_int_equal(send_all(f, blanks, sizeof blanks - 1).file.type, SCAN_PDF);
    assert_int_equal(stored(f), 5);
}

static void other_files_are_refused(void **state)
{
    static const char *const others[] = {
        "hello",
        "<html><script>alert(1)</script>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "MZ\x90",
        "PK\3\4",
        "GIF89a",
        "#!/bin/sh\n%PDF-1.4\n",
        "<html>\n%PDF-1.4\n1 0 obj\n",
        "%PD",
        "\xFF\xD8",
        "\x89PNG",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        refused(f, send_all(f, others[i], strlen(others[i])), ERR_bad_request, "upload");
}

static void names_say_a_kind(void **state)
{
    assert_string_equal(scan_type_of_name("list.pdf"), "pdf");
    assert_string_equal(scan_type_of_name("a.b.TIFF"), "TIFF");
    assert_null(scan_type_of_name("list"));
    assert_null(scan_type_of_name("Faktura 11.2026"));
    assert_null(scan_type_of_name("pan Nowak.drugi list"));
    assert_null(scan_type_of_name(".pdf"));
    assert_null(scan_type_of_name("list."));
    assert_true(scan_type_fits(SCAN_PDF, "PDF"));
    assert_true(scan_type_fits(SCAN_JPEG, "jpeg"));
    assert_true(scan_type_fits(SCAN_JPEG, "Jpe"));
    assert_true(scan_type_fits(SCAN_TIFF, "tif"));
    assert_false(scan_type_fits(SCAN_PDF, "png"));
    assert_false(scan_type_fits(SCAN_JPEG, "jpeg jpe"));
    assert_false(scan_type_fits(SCAN_PDF, "exe"));
}

static void a_wrong_hash_is_refused(void **state)
{
    struct fixture *f = *state;
    char sha256[DIGEST_TEXT];
    hash(pdf, sizeof pdf - 1, sha256);
    sha256[0] = sha256[0] == 'a' ? 'b' : 'a';
    refused(f, send_as(f, pdf, sizeof pdf - 1, 20, sha256), ERR_bad_request, "sha256");
    static const char *const bad[] = { "", "abc", "../../../../etc/passwd" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(f, send_as(f, pdf, sizeof pdf - 1, 20, bad[i]), ERR_bad_request, "sha256");
}

static void a_truncated_file_is_refused(void **state)
{
    struct fixture *f = *state;
    struct answer piece = { 0 };
    struct answer end = { 0 };
    char sha256[DIGEST_TEXT];
    hash(pdf, 20, sha256);
    struct scan_upload *upload = scan_upload_begin(f->files, sizeof pdf - 1);
    scan_upload_data(upload, 0, pdf, 20, on_done, &piece);
    scan_upload_end(upload, sha256, on_finished, &end);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(piece.err.code, ERR_NONE);
    refused(f, end, ERR_bad_request, "upload");
}

static void pieces_must_follow_one_another(void **state)
{
    struct fixture *f = *state;
    static const struct {
        int64_t offset;
        size_t length;
    } wrong[] = { { 1, 5 }, { 0, sizeof pdf }, { -1, 1 }, { INT64_MAX, 1 }, { 5, sizeof pdf - 5 } };
    struct scan_upload *upload = scan_upload_begin(f->files, sizeof pdf - 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct answer piece = { 0 };
        scan_upload_data(upload, wrong[i].offset, pdf, wrong[i].length, on_done, &piece);
        uv_run(&f->loop, UV_RUN_DEFAULT);
        assert_int_equal(piece.err.code, ERR_bad_request);
        assert_string_equal(piece.err.field, "offset");
    }
    /* What was refused did no harm. */
    struct answer piece = { 0 };
    struct answer end = { 0 };
    char sha256[DIGEST_TEXT];
    hash(pdf, sizeof pdf - 1, sha256);
    scan_upload_data(upload, 0, pdf, sizeof pdf - 1, on_done, &piece);
    scan_upload_end(upload, sha256, on_finished, &end);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(end.err.code, ERR_NONE);
}

static void the_same_content_is_one_file(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(send_all(f, pdf, sizeof pdf - 1).err.code, ERR_NONE);
    assert_int_equal(send_all(f, pdf, sizeof pdf - 1).err.code, ERR_NONE);
    assert_int_equal(stored(f), 1);
    assert_int_equal(entries(f, "incoming"), 0);
}

static void several_come_at_once(void **state)
{
    enum { COUNT = 8, SIZE = 300000, PIECE = 65536 };
    struct fixture *f = *state;
    struct answer end[COUNT] = { 0 };
    struct answer pieces = { 0 };
    char *bytes[COUNT];
    char sha256[DIGEST_TEXT];
    struct scan_upload *uploads[COUNT];
    for (int i = 0; i < COUNT; i++) {
        bytes[i] = calloc(1, SIZE);
        assert_non_null(bytes[i]);
        memcpy(bytes[i], pdf, sizeof pdf - 1);
        bytes[i][SIZE - 1] = (char)i;
        uploads[i] = scan_upload_begin(f->files, SIZE);
    }
    for (int at = 0; at < SIZE; at += PIECE) {
        for (int i = 0; i < COUNT; i++)
            scan_upload_data(uploads[i], at, bytes[i] + at,
                             (size_t)(SIZE - at < PIECE ? SIZE - at : PIECE), on_done, &pieces);
    }
    for (int i = 0; i < COUNT; i++) {
        hash(bytes[i], SIZE, sha256);
        scan_upload_end(uploads[i], sha256, on_finished, &end[i]);
    }
    uv_run(&f->loop, UV_RUN_DEFAULT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(end[i].err.code, ERR_NONE);
        free(bytes[i]);
    }
    assert_int_equal(stored(f), COUNT);
}

static void a_dropped_upload_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct answer pieces = { 0 };
    struct scan_upload *upload = scan_upload_begin(f->files, sizeof pdf - 1);
    scan_upload_data(upload, 0, pdf, 20, on_done, &pieces);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(entries(f, "incoming"), 1);
    scan_upload_data(upload, 20, pdf + 20, 10, on_done, &pieces);
    scan_upload_data(upload, 30, pdf + 30, 10, on_done, &pieces);
    scan_upload_abort(upload);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(pieces.calls, 3);
    assert_int_equal(pieces.err.code, ERR_unavailable);
    assert_int_equal(entries(f, "incoming"), 0);

    struct answer late = { 0 };
    upload = scan_upload_begin(f->files, 100);
    scan_upload_data(upload, 0, pdf, 20, on_done, &late);
    close_files(f);
    assert_int_equal(late.calls, 1);
    assert_int_equal(entries(f, "incoming"), 0);
}

/* RLIMIT_FSIZE stands for a disk that cannot take more: writing fails half-way. */
static void a_failed_write_can_be_repeated(void **state)
{
    struct fixture *f = *state;
    struct answer piece = { 0 };
    struct answer end = { 0 };
    struct rlimit before;
    char sha256[DIGEST_TEXT];
    hash(pdf, sizeof pdf - 1, sha256);
    struct scan_upload *upload = scan_upload_begin(f->files, sizeof pdf - 1);

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit tight = { .rlim_cur = 30, .rlim_max = before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    scan_upload_data(upload, 0, pdf, sizeof pdf - 1, on_done, &piece);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(piece.err.code, ERR_unavailable);

    scan_upload_data(upload, 0, pdf, sizeof pdf - 1, on_done, &piece);
    scan_upload_end(upload, sha256, on_finished, &end);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(end.err.code, ERR_NONE);
}

static void pieces_are_read(void **state)
{
    struct fixture *f = *state;
    struct answer end = send_all(f, pdf, sizeof pdf - 1);
    static const struct {
        int64_t offset;
        size_t length;
        size_t expected;
    } reads[] = { { 0, sizeof pdf - 1, sizeof pdf - 1 },
                  { 5, 3, 3 },
                  { sizeof pdf - 3, 100, 2 },
                  { sizeof pdf - 1, 100, 0 },
                  { INT64_MAX / 2, 1, 0 } };
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct answer read = { 0 };
        scan_files_read(f->files, end.file.sha256, reads[i].offset, reads[i].length, on_read,
                        &read);
        uv_run(&f->loop, UV_RUN_DEFAULT);
        assert_int_equal(read.err.code, ERR_NONE);
        assert_int_equal(read.bytes.length, reads[i].expected);
        if (reads[i].expected > 0)
            assert_memory_equal(read.bytes.data, pdf + reads[i].offset, reads[i].expected);
        buf_release(&read.bytes);
    }
    struct answer missing = { 0 };
    char sha256[DIGEST_TEXT];
    hash("x", 1, sha256);
    scan_files_read(f->files, sha256, 0, 1, on_read, &missing);
    scan_files_read(f->files, "../../x", 0, 1, on_read, &missing);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(missing.calls, 2);
    assert_int_equal(missing.err.code, ERR_unavailable);
    buf_release(&missing.bytes);
}

static void make_old(const char *path)
{
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };
    clock_gettime(CLOCK_REALTIME, &times[1]);
    times[1].tv_sec -= 3700;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void the_sweep_takes_only_what_is_old_and_unused(void **state)
{
    struct fixture *f = *state;
    struct answer used = send_all(f, pdf, sizeof pdf - 1);
    struct answer unused = send_all(f, png, sizeof png - 1);
    struct answer fresh = send_all(f, jpeg, sizeof jpeg - 1);
    char path[PATH_MAX];
    char leftover[PATH_MAX];
    snprintf(leftover, sizeof leftover, "%s/scans/incoming/abcdef", f->folder);
    close(open(leftover, O_CREAT | O_WRONLY, 0600));
    const char *names[] = { used.file.sha256 };
    struct list list = { .at = names, .count = 1, .given = true };

    assert_int_equal(scan_files_sweep(f->folder, &list), 0);
    make_old(leftover);
    assert_true(scan_files_path(f->folder, used.file.sha256, path, sizeof path));
    make_old(path);
    assert_true(scan_files_path(f->folder, unused.file.sha256, path, sizeof path));
    make_old(path);
    assert_int_equal(scan_files_sweep(f->folder, &list), 2);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(leftover, F_OK), -1);
    assert_true(scan_files_path(f->folder, fresh.file.sha256, path, sizeof path));
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(stored(f), 2);
}

static void only_hashes_become_paths(void **state)
{
    char path[PATH_MAX];
    char sha256[DIGEST_TEXT + 1] = { 0 };
    memset(sha256, 'a', DIGEST_TEXT - 1);
    assert_true(scan_files_path("/d", sha256, path, sizeof path));
    assert_false(scan_files_path("/d", sha256, path, 20));
    sha256[64] = 'a';
    assert_false(scan_files_path("/d", sha256, path, sizeof path));
    sha256[64] = '\0';
    sha256[10] = 'A';
    assert_false(scan_files_path("/d", sha256, path, sizeof path));
    sha256[10] = '/';
    assert_false(scan_files_path("/d", sha256, path, sizeof path));
    assert_false(scan_files_path("/d", "", path, sizeof path));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_stored_under_its_hash),
        TEST(the_known_kinds_are_told_apart),
        TEST(other_files_are_refused),
        cmocka_unit_test(names_say_a_kind),
        TEST(a_wrong_hash_is_refused),
        TEST(a_truncated_file_is_refused),
        TEST(pieces_must_follow_one_another),
        TEST(the_same_content_is_one_file),
        TEST(several_come_at_once),
        TEST(a_dropped_upload_leaves_nothing),
        TEST(a_failed_write_can_be_repeated),
        TEST(pieces_are_read),
        TEST(the_sweep_takes_only_what_is_old_and_unused),
        cmocka_unit_test(only_hashes_become_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
