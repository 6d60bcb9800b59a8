/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Whole mails: their shape on the wire. That independent programs read them back is shown by
 * tests/scenario/test_messages.py with Python's e-mail package.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "server/notify/mime.h"
#include "server/office/outbox.h"

#define HASH "ab00000000000000000000000000000000000000000000000000000000000000"

static struct arena *arena;
static char directory[] = "/tmp/skrytka-mime-XXXXXX";

static int begin(void **state)
{
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    arena_free(arena);
    return 0;
}

static int make_directory(void **state)
{
    return mkdtemp(directory) ? 0 : -1;
}

static int drop_directory(void **state)
{
    char path[200];
    snprintf(path, sizeof path, "%s/scans/ab/" HASH, directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/scans/ab", directory);
    rmdir(path);
    snprintf(path, sizeof path, "%s/scans", directory);
    rmdir(path);
    return rmdir(directory);
}

/* A file of the scan store with bytes that tell their places. */
static void put_scan(size_t size)
{
    char path[200];
    snprintf(path, sizeof path, "%s/scans", directory);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/scans/ab", directory);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/scans/ab/" HASH, directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        fputc((int)(i * 7 + i / 251) & 0xff, file);
    assert_int_equal(fclose(file), 0);
}

static struct outbox_letter plain_letter(void)
{
    return (struct outbox_letter){
        .id = 1,
        .channel = medium_mail,
        .recipient = "biuro@alfa.example",
        .sender = "poczta@office.example",
        .sender_name = "Biuro Nowak",
        .subject = "Nowy list",
        .text = "Dzie\xc5\x84 dobry,\n.\nmamy list.\n",
        .message_id = "<1@office.example>",
        .created_at = 951827696,
    };
}

static const char *read_all(const struct outbox_letter *letter, size_t step)
{
    struct mime *mime;
    const char *why = "";
    enum mime_fault fault = mime_open(letter, directory, &mime, &why);
    if (fault != MIME_OPENED)
        fail_msg("%s", why);
    struct buf all = BUF_INIT;
    char piece[70000];
    ssize_t got;
    while ((got = mime_read(mime, piece, step)) > 0)
        buf_add(&all, piece, (size_t)got);
    assert_int_equal(got, 0);
    assert_int_equal(all.length, mime_size(mime));
    mime_close(mime);
    return buf_take(&all, arena);
}

static void a_mail_of_text_alone(void **state)
{
    struct outbox_letter letter = plain_letter();
    assert_string_equal(read_all(&letter, 1000), "From: \"Biuro Nowak\"\r\n"
                                                 " <poczta@office.example>\r\n"
                                                 "To: biuro@alfa.example\r\n"
                                                 "Subject: Nowy list\r\n"
                                                 "Date: Tue, 29 Feb 2000 12:34:56 +0000\r\n"
                                                 "Message-ID: <1@office.example>\r\n"
                                                 "Content-Language: pl\r\n"
                                                 "Auto-Submitted: auto-generated\r\n"
                                                 "X-Auto-Response-Suppress: All\r\n"
                                                 "MIME-Version: 1.0\r\n"
                                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                                 "Content-Transfer-Encoding: quoted-printable\r\n"
                                                 "\r\n"
                                                 "Dzie=C5=84 dobry,\r\n"
                                                 "=2E\r\n"
                                                 "mamy list.\r\n");
}

static void later_mails_of_a_letter_refer_to_the_first(void **state)
{
    struct outbox_letter letter = plain_letter();
    letter.references = letter.message_id;
    assert_null(strstr(read_all(&letter, 1000), "References"));
    letter.references = "<0@office.example>";
    const char *mail = read_all(&letter, 1000);
    assert_non_null(strstr(mail, "\r\nIn-Reply-To: <0@office.example>\r\n"));
    assert_non_null(strstr(mail, "\r\nReferences: <0@office.example>\r\n"));
}

static struct outbox_letter full_letter(const struct outbox_attachment *attachments, size_t count)
{
    struct outbox_letter letter = plain_letter();
    letter.html = "<p>Dzie\xc5\x84 dobry</p>";
    letter.attachments = attachments;
    letter.attachment_count = count;
    return letter;
}

/* The decoded body of the first attachment. */
static struct bytes attachment_of(const char *mail)
{
    const char *body = strstr(strstr(mail, "Content-Disposition: attachment"), "\r\n\r\n") + 4;
    const char *after = strstr(body, "\r\n--=_skrytka_mixed");
    unsigned char *decoded = arena_alloc(arena, (size_t)(after - body) + 1);
    size_t length;
    assert_int_equal(sodium_base642bin(decoded, (size_t)(after - body) + 1, body,
                                       (size_t)(after - body), "\r\n", &length, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    return (struct bytes){ decoded, length };
}

static void attachments_of_any_size_come_through(void **state)
{
    static const size_t sizes[] = {
        0, 1, 2, 3, 56, 57, 58, 57 * 256 - 1, 57 * 256, 57 * 256 + 1, 100000
    };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        put_scan(sizes[s]);
        struct outbox_attachment scans[2] = {
            { "skan.pdf", "application/pdf", HASH, (int64_t)sizes[s] },
            { "skan 2.pdf", "application/pdf", HASH, (int64_t)sizes[s] },
        };
        struct outbox_letter letter = full_letter(scans, 2);
        const char *mail = read_all(&letter, 70000);
        struct bytes decoded = attachment_of(mail);
        assert_int_equal(decoded.length, sizes[s]);
        for (size_t i = 0; i < sizes[s]; i++)
            assert_int_equal(((const unsigned char *)decoded.data)[i], (i * 7 + i / 251) & 0xff);
        assert_string_equal(mail, read_all(&letter, 1));
        assert_string_equal(mail, read_all(&letter, 4099));
    }
}

static void every_line_is_safe_on_the_wire(void **state)
{
    put_scan(5000);
    struct outbox_attachment scan = { "skan.pdf", "application/pdf", HASH, 5000 };
    struct outbox_letter letter = full_letter(&scan, 1);
    letter.text = ".\n..\nFrom x\n\r\n\r.\r\n\x01\x7f lone \r";
    letter.html = arena_format(arena, "%s.%0990d", ".", 0);
    for (const char *line = read_all(&letter, 70000); *line; line = strchr(line, '\n') + 1) {
        size_t length = strcspn(line, "\r\n");
        assert_true(length <= 78);
        assert_int_equal(strncmp(line + length, "\r\n", 2), 0);
        assert_true(*line != '.');
        for (size_t i = 0; i < length; i++)
            assert_true(line[i] >= ' ' && line[i] <= '~');
    }
}

static enum mime_fault fault_of(const struct outbox_letter *letter)
{
    struct mime *mime;
    const char *why = NULL;
    enum mime_fault fault = mime_open(letter, directory, &mime, &why);
    if (fault == MIME_OPENED)
        mime_close(mime);
    else
        assert_non_null(why);
    return fault;
}

static void what_mail_cannot_carry_is_not_built(void **state)
{
    static const char hostile[] = "a@b.example\r\nBcc: evil@x.test";
    put_scan(10);
    struct outbox_attachment scan = { "skan.pdf", "application/pdf", HASH, 10 };
    const struct outbox_letter good = full_letter(&scan, 1);
    assert_int_equal(fault_of(&good), MIME_OPENED);

    struct outbox_letter letter = good;
    letter.recipient = hostile;
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    letter = good;
    letter.sender = hostile;
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    letter = good;
    letter.sender_name = hostile;
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    letter = good;
    letter.subject = hostile;
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    letter = good;
    letter.message_id = "<1@x>\r\nBcc: evil@x.test";
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    letter = good;
    letter.references = "<1@x>\r\nBcc: evil@x.test";
    assert_int_equal(fault_of(&letter), MIME_UNSAFE);
    scan.name = hostile;
    assert_int_equal(fault_of(&good), MIME_UNSAFE);
    scan.name = "x";
    scan.type = "application/pdf\r\nBcc: evil@x.test";
    assert_int_equal(fault_of(&good), MIME_UNSAFE);
}

static void a_file_that_is_not_as_recorded_is_not_sent(void **state)
{
    put_scan(10);
    struct outbox_attachment scan = { "skan.pdf", "application/pdf", HASH, 11 };
    struct outbox_letter letter = full_letter(&scan, 1);
    assert_int_equal(fault_of(&letter), MIME_NO_FILE);
    scan.sha256 = "cd00000000000000000000000000000000000000000000000000000000000000";
    assert_int_equal(fault_of(&letter), MIME_NO_FILE);
    scan.sha256 = "../../../etc/passwd";
    assert_int_equal(fault_of(&letter), MIME_NO_FILE);
}

static void a_file_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    put_scan(100000);
    struct outbox_attachment scan = { "skan.pdf", "application/pdf", HASH, 100000 };
    struct outbox_letter letter = full_letter(&scan, 1);
    struct mime *mime;
    const char *why;
    assert_int_equal(mime_open(&letter, directory, &mime, &why), MIME_OPENED);
    char piece[1000];
    assert_int_equal(mime_read(mime, piece, sizeof piece), sizeof piece);
    put_scan(50000);
    ssize_t got;
    while ((got = mime_read(mime, piece, sizeof piece)) > 0)
        ;
    assert_int_equal(got, -1);
    mime_close(mime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mail_of_text_alone, begin, end),
        cmocka_unit_test_setup_teardown(later_mails_of_a_letter_refer_to_the_first, begin, end),
        cmocka_unit_test_setup_teardown(attachments_of_any_size_come_through, begin, end),
        cmocka_unit_test_setup_teardown(every_line_is_safe_on_the_wire, begin, end),
        cmocka_unit_test_setup_teardown(what_mail_cannot_carry_is_not_built, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_as_recorded_is_not_sent, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_shrinks_while_it_is_read_is_an_error, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
