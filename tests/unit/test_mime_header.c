/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Addresses and header lines of mails: what goes in, what comes out, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "server/notify/mail_address.h"
#include "server/notify/mime_header.h"
#include "server/notify/mime_quoted.h"

static struct arena *arena;
static struct buf out;

static int begin(void **state)
{
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    buf_release(&out);
    arena_free(arena);
    return 0;
}

static const char *repeated(const char *text, size_t times)
{
    struct buf buf = BUF_INIT;
    while (times-- > 0)
        buf_text(&buf, text);
    return buf_take(&buf, arena);
}

static void usual_addresses_are_taken(void **state)
{
    static const char *const good[] = { "a@b", "biuro@alfa.pl", "jan.k+poczta@mail.example.com",
                                        "o'neil@x-y.pl", "\xc5\x82ukasz@example.com" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(mail_address(arena, good[i]), good[i]);
}

static void a_domain_becomes_ascii(void **state)
{
    assert_string_equal(mail_address(arena, "biuro@\xc5\x81\xc3\xb3"
                                            "d\xc5\xba.pl"),
                        "biuro@xn--d-uga0v4h.pl");
}

static void what_could_be_a_command_is_no_address(void **state)
{
    static const char *const bad[] = { "",
                                       "@",
                                       "a@",
                                       "@b",
                                       "a",
                                       "a@b\r\nRCPT TO:<evil@x.test>",
                                       "a\r\n@b",
                                       "a@b>",
                                       "<a@b>",
                                       "a b@c",
                                       "a@b c",
                                       "a,b@c",
                                       "a@b,c@d",
                                       "\"a\"@b",
                                       "a\\@b",
                                       "a(x)@b",
                                       "a@[127.0.0.1]",
                                       ".a@b",
                                       "a..b@c",
                                       "a.@b",
                                       "a@b..c",
                                       "a@.b",
                                       "a@b.",
                                       "a\x01@b",
                                       "a\x7f@b",
                                       "a\xc2\x85@b",
                                       "a\xff@b",
                                       "a:b@c",
                                       "a;b@c" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mail_address(arena, bad[i]))
            fail_msg("taken: %s", bad[i]);
    assert_null(mail_address(arena, NULL));
    const char *long_local = arena_format(arena, "%s@b", repeated("a", 65));
    assert_null(mail_address(arena, long_local));
    assert_non_null(mail_address(arena, long_local + 1));
    assert_null(mail_address(arena, arena_format(arena, "a@%s", repeated("b", 64))));
    assert_null(mail_address(arena, arena_format(arena, "a@%s", repeated("b.", 130))));
}

static void short_ascii_text_stays_readable(void **state)
{
    assert_true(mime_header_text(&out, "Subject", "New mail"));
    assert_string_equal(buf_str(&out), "Subject: New mail\r\n");
}

static void other_text_becomes_encoded_words(void **state)
{
    assert_true(mime_header_text(&out, "Subject",
                                 "Pro\xc5\x9b"
                                 "ba"));
    assert_string_equal(buf_str(&out), "Subject: =?UTF-8?B?UHJvxZtiYQ==?=\r\n");
    buf_clear(&out);
    /* What would be read as an encoded word must be one. */
    assert_true(mime_header_text(&out, "Subject", "=?UTF-8?B?eA==?="));
    assert_string_equal(buf_str(&out), "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n");
}

static void long_text_is_folded_between_characters(void **state)
{
    const char *text = repeated("\xc5\xbc\xe2\x82\xac\xf0\x9f\x93\xac", 40);
    assert_true(mime_header_text(&out, "Subject", text));
    struct buf joined = BUF_INIT;
    for (const char *line = buf_str(&out); *line; line = strstr(line, "\r\n") + 2) {
        size_t length = (size_t)(strstr(line, "\r\n") - line);
        assert_true(length <= 76);
        const char *word = strstr(line, "=?UTF-8?B?");
        assert_true(word == line + 1 || line == buf_str(&out));
        assert_true(line + length - word <= 75);
        /* Characters of 2, 3 and 4 bytes: a word that cuts none begins with a first byte. */
        char first[8] = { 0 };
        memcpy(first, word + 10, 4);
        assert_true(first[0] == 'x' || first[0] == '4' || first[0] == '8');
        buf_add(&joined, word + 10, length - (size_t)(word - line) - 12);
    }
    assert_true(joined.length > 480);
    buf_release(&joined);
}

static void control_characters_are_refused(void **state)
{
    static const char *const bad[] = { "a\r\nBcc: x@y", "a\nb",  "a\rb",      "a\tb",
                                       "a\x1b[2J",      "a\x7f", "a\xc2\x9b", "a\xff" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(mime_header_text(&out, "Subject", bad[i]));
        assert_false(mime_header_address(&out, "From", bad[i], "a@b"));
        assert_false(mime_header_address(&out, "From", "x", bad[i]));
        assert_false(mime_header_id(&out, "Message-ID", arena_format(arena, "<%s@b>", bad[i])));
        assert_false(mime_header_attachment(&out, arena, "application/pdf", bad[i]));
    }
    assert_int_equal(out.length, 0);
}

static void names_of_senders_are_quoted(void **state)
{
    assert_true(mime_header_address(&out, "From", "Biuro \"X\" \\ Sp. z o.o.", "a@b"));
    assert_string_equal(buf_str(&out), "From: \"Biuro \\\"X\\\" \\\\ Sp. z o.o.\"\r\n <a@b>\r\n");
    buf_clear(&out);
    assert_true(mime_header_address(&out, "From",
                                    "\xc5\x81\xc3\xb3"
                                    "d\xc5\xba",
                                    "a@b"));
    assert_string_equal(buf_str(&out), "From: =?UTF-8?B?xYHDs2TFug==?=\r\n <a@b>\r\n");
    buf_clear(&out);
    assert_true(mime_header_address(&out, "To", NULL, "a@b"));
    assert_true(mime_header_address(&out, "To", "", "a@b"));
    assert_string_equal(buf_str(&out), "To: a@b\r\nTo: a@b\r\n");
}

static void identifiers_are_one_token(void **state)
{
    assert_true(mime_header_id(&out, "Message-ID", "<1.abc@skrytka>"));
    assert_string_equal(buf_str(&out), "Message-ID: <1.abc@skrytka>\r\n");
    static const char *const bad[] = { "", "<", "<>", "a@b", "<a@b", "a@b>", "<a b@c>", "<a@b>>" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mime_header_id(&out, "Message-ID", bad[i]));
}

static void dates_are_in_utc(void **state)
{
    mime_header_date(&out, 951827696);
    assert_string_equal(buf_str(&out), "Date: Tue, 29 Feb 2000 12:34:56 +0000\r\n");
}

static void file_names_come_in_full(void **state)
{
    assert_true(mime_header_attachment(&out, arena, "image/png", "scan.png"));
    assert_string_equal(buf_str(&out), "Content-Type: image/png;\r\n name=\"scan.png\"\r\n"
                                       "Content-Disposition: attachment;\r\n"
                                       " filename=\"scan.png\"\r\n");
    buf_clear(&out);
    const char *name = "za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \"1\"/2.pdf";
    assert_true(mime_header_attachment(&out, arena, "application/pdf", name));
    assert_string_equal(buf_str(&out), "Content-Type: application/pdf;\r\n"
                                       " name=\"zazolc _1__2.pdf\"\r\n"
                                       "Content-Disposition: attachment;\r\n"
                                       " filename*=UTF-8''za%C5%BC%C3%B3%C5%82%C4%87%20%221%22"
                                       "%2F2.pdf\r\n");
}

static void types_of_files_are_types(void **state)
{
    static const char *const bad[] = { "",      "/",        "a/",   "/b",         "a",
                                       "a/b/c", "a/b; x=y", "a /b", "a/b\r\nX: y" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mime_header_attachment(&out, arena, bad[i], "scan.pdf"));
    assert_int_equal(out.length, 0);
}

static const char *quoted(const char *text)
{
    buf_clear(&out);
    mime_quoted(&out, text);
    return buf_str(&out);
}

static void text_becomes_quoted_printable(void **state)
{
    assert_string_equal(quoted(""), "");
    assert_string_equal(quoted("a=b"), "a=3Db\r\n");
    assert_string_equal(quoted("\xc5\xbc\n"), "=C5=BC\r\n");
    assert_string_equal(quoted("one\ntwo\r\nthree"), "one\r\ntwo\r\nthree\r\n");
    assert_string_equal(quoted("blank \ntab\t"), "blank=20\r\ntab=09\r\n");
    assert_string_equal(quoted("bare\rreturn\x1b"), "bare=0Dreturn=1B\r\n");
}

static void a_line_never_begins_with_a_dot(void **state)
{
    assert_string_equal(quoted("a\n.\nb"), "a\r\n=2E\r\nb\r\n");
    assert_string_equal(quoted(".\n..\n"), "=2E\r\n=2E.\r\n");
    assert_string_equal(quoted("From me\nFrom"), "=46rom me\r\nFrom\r\n");
    for (size_t length = 70; length < 80; length++) {
        const char *text = arena_format(arena, "%s.%s", repeated("x", length), repeated(".", 100));
        assert_null(strstr(quoted(text), "\n."));
    }
}

static void quoted_lines_are_short(void **state)
{
    const char *texts[] = { repeated("x", 1000), repeated("\xc5\xbc", 500), repeated("a= ", 300),
                            repeated(" ", 400) };
    for (size_t i = 0; i < 4; i++) {
        for (const char *line = quoted(texts[i]); *line; line = strstr(line, "\r\n") + 2)
            assert_true(strstr(line, "\r\n") - line <= 76);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(usual_addresses_are_taken, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_becomes_ascii, begin, end),
        cmocka_unit_test_setup_teardown(what_could_be_a_command_is_no_address, begin, end),
        cmocka_unit_test_setup_teardown(short_ascii_text_stays_readable, begin, end),
        cmocka_unit_test_setup_teardown(other_text_becomes_encoded_words, begin, end),
        cmocka_unit_test_setup_teardown(long_text_is_folded_between_characters, begin, end),
        cmocka_unit_test_setup_teardown(control_characters_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(names_of_senders_are_quoted, begin, end),
        cmocka_unit_test_setup_teardown(identifiers_are_one_token, begin, end),
        cmocka_unit_test_setup_teardown(dates_are_in_utc, begin, end),
        cmocka_unit_test_setup_teardown(file_names_come_in_full, begin, end),
        cmocka_unit_test_setup_teardown(types_of_files_are_types, begin, end),
        cmocka_unit_test_setup_teardown(text_becomes_quoted_printable, begin, end),
        cmocka_unit_test_setup_teardown(a_line_never_begins_with_a_dot, begin, end),
        cmocka_unit_test_setup_teardown(quoted_lines_are_short, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
