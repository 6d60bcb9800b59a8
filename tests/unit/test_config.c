/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The configuration: defaults, file, environment, and what is said about mistakes. */
#include <fcntl.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "server/config.h"

/* One test's folder and what was read in it. */
struct fixture {
    char folder[64];
    char file[128];
    struct arena *arena;
    struct config config;
    struct buf errors;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/skrytka-config-XXXXXX");
    assert_non_null(f);
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->file, sizeof f->file, "%s/test.conf", f->folder);
    f->arena = arena_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = { "test.conf", "secret", "a.crt", "a.key", "b.key" };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
        unlink(path);
    }
    int result = rmdir(f->folder);
    buf_release(&f->errors);
    arena_free(f->arena);
    free(f);
    return result;
}

static const char *in_folder(struct fixture *f, const char *name)
{
    return arena_format(f->arena, "%s/%s", f->folder, name);
}

static void write_file(const char *path, const void *text, size_t length, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(file >= 0);
    assert_int_equal(fchmod(file, mode), 0);
    assert_int_equal(write(file, text, length), length);
    close(file);
}

static bool read_text(struct fixture *f, const char *text)
{
    write_file(f->file, text, strlen(text), 0600);
    buf_clear(&f->errors);
    return config_read(f->file, LANG_EN, f->arena, &f->config, &f->errors);
}

/* Reads a text that must be refused with exactly these lines; %s stands for the file's name. */
static void refuses(struct fixture *f, const char *text, const char *expected)
{
    struct buf wanted = BUF_INIT;
    const char *at;
    while ((at = strstr(expected, "%s"))) {
        buf_add(&wanted, expected, (size_t)(at - expected));
        buf_text(&wanted, f->file);
        expected = at + 2;
    }
    buf_text(&wanted, expected);
    assert_false(read_text(f, text));
    assert_string_equal(buf_str(&f->errors), buf_str(&wanted));
    buf_release(&wanted);
}

static void accepts(struct fixture *f, const char *text)
{
    bool read = read_text(f, text);
    assert_string_equal(buf_str(&f->errors), "");
    assert_true(read);
}

static void a_missing_file_means_defaults(void **state)
{
    struct fixture *f = *state;
    const char *const paths[] = { NULL, in_folder(f, "nothing.conf") };
    for (size_t i = 0; i < 2; i++) {
        assert_true(config_read(paths[i], LANG_EN, f->arena, &f->config, &f->errors));
        assert_string_equal(f->config.storage_directory, "./data");
        assert_int_equal(f->config.storage_max_scan_bytes, 52428800);
        assert_string_equal(f->config.staff_socket, "./data/skrytka.sock");
        assert_string_equal(f->config.staff_listen.text, "127.0.0.1:7460");
        assert_string_equal(f->config.web_listen.text, "127.0.0.1:7480");
        assert_string_equal(f->config.web_base_url, "http://127.0.0.1:7480");
        assert_string_equal(f->config.mail_url, "maildir:./data/mail");
        assert_string_equal(f->config.mail_from, "skrytka@localhost");
        assert_int_equal(f->config.mail_attachment_bytes, 15000000);
        assert_int_equal(f->config.mail_parallel, 4);
        assert_int_equal(f->config.mail_hold_seconds, 10);
        assert_int_equal(f->config.sms_provider, SMS_file);
        assert_string_equal(f->config.sms_url, "file:./data/sms.log");
        assert_false(f->config.staff_allow_plaintext);
    }
}

static void the_file_is_read(void **state)
{
    struct fixture *f = *state;
    accepts(f, "\xEF\xBB\xBF# comment\r\n[storage]\r\ndirectory = /srv/post\r\n\r\n"
               "[mail]\nurl=smtp://127.0.0.1:2525\nfrom = biuro@example.com ; ours\n"
               "hold_seconds = 0\n[staff]\nlisten=\n[sms]\nprovider=off\n");
    assert_string_equal(f->config.storage_directory, "/srv/post");
    assert_string_equal(f->config.staff_socket, "/srv/post/skrytka.sock");
    assert_string_equal(f->config.mail_from, "biuro@example.com");
    assert_int_equal(f->config.mail_hold_seconds, 0);
    assert_int_equal(f->config.mail_starttls, STARTTLS_optional);
    assert_int_equal(f->config.staff_listen.length, 0);
    assert_int_equal(f->config.sms_provider, SMS_off);

    assert_null(f->config.web_trusted_proxies[0]);
    accepts(f, "[web]\ntrusted_proxies = 127.0.0.1,2001:DB8:0::1\n");
    assert_string_equal(f->config.web_trusted_proxies[0], "127.0.0.1");
    assert_string_equal(f->config.web_trusted_proxies[1], "2001:db8::1");
    assert_null(f->config.web_trusted_proxies[2]);
    refuses(f, "[web]\ntrusted_proxies = 127.0.0.1, proxy.example\n",
            "%s:2: [web] trusted_proxies: \"proxy.example\" is not an IP address\n");

    accepts(f, "[mail]\nurl=smtp://mail.example.com:587\nfrom=biuro@example.com\n");
    assert_int_equal(f->config.mail_starttls, STARTTLS_required);
    accepts(f, "[mail]\nurl=smtp://127.0.0.1:587\nstarttls=required\n");
    assert_int_equal(f->config.mail_starttls, STARTTLS_required);
}

static void the_environment_wins(void **state)
{
    struct fixture *f = *state;
    setenv("SKRYTKA_MAIL_PARALLEL", "7", 1);
    setenv("SKRYTKA_STORAGE_DIRECTORY", "/from/env", 1);
    accepts(f, "[mail]\nparallel = 3\n");
    assert_int_equal(f->config.mail_parallel, 7);
    assert_string_equal(f->config.mail_url, "maildir:/from/env/mail");

    setenv("SKRYTKA_MAIL_PARALLEL", "many", 1);
    refuses(f, "", "SKRYTKA_MAIL_PARALLEL: [mail] parallel: must be a whole number from 1 to 64\n");
    unsetenv("SKRYTKA_MAIL_PARALLEL");
    unsetenv("SKRYTKA_STORAGE_DIRECTORY");

    setenv("SKRYTKA_SMS_SENDR", "x", 1);
    setenv("SKRYTKA_PASSWORD", "of the terminal", 1);
    refuses(f, "",
            "SKRYTKA_SMS_SENDR: there is no such key in [sms]; known are: provider, url, "
            "token_file, user, password_file, sender, polish_letters, ca_file, answer_seconds\n");
    unsetenv("SKRYTKA_SMS_SENDR");
    unsetenv("SKRYTKA_PASSWORD");
}

static void every_mistake_is_told_with_its_line(void **state)
{
    struct fixture *f = *state;
    refuses(f,
            "early = 1\n[mial]\nurl = x\n[mail]\nparallel = 65\nparallell = 3\nparallel = 4\n"
            "  hold_seconds = 4\n[web]\nallow_plaintext = true\n[storage]\nnonsense\n",
            "%s:1: early stands before the first [section]\n"
            "%s:3: there is no section [mial]; known are: storage, staff, web, mail, sms\n"
            "%s:6: there is no key parallell in [mail]; known are: url, from, user, "
            "password_file, starttls, ca_file, answer_seconds, attachment_bytes, parallel, "
            "hold_seconds\n"
            "%s:7: [mail] parallel was set in line 5 already; remove one of the two\n"
            "%s:8: begins with a blank; move it to the margin\n"
            "%s:12: is neither [section] nor key = value\n"
            "%s:10: [web] allow_plaintext: must be one of: yes | no\n"
            "%s:5: [mail] parallel: must be a whole number from 1 to 64\n");
}

static void hostile_bytes_are_refused(void **state)
{
    struct fixture *f = *state;
    refuses(f, "[mail]\nuser = a\x1b[2Jb\n",
            "%s:2: [mail] user: must be UTF-8 text without control characters, at most 4000 "
            "bytes\n%s:2: [mail] user: user and password_file need one another\n");
    refuses(f, "[x\x1b]\na=1\n",
            "%s:2: there is no section [x\uFFFD]; known are: storage, staff, web, mail, sms\n");

    struct buf text = BUF_INIT;
    buf_text(&text, "[storage]\n#");
    for (int i = 0; i < 300; i++)
        buf_char(&text, 'a');
    buf_text(&text, "\ndirectory=/");
    for (int i = 0; i < 300; i++)
        buf_char(&text, 'b');
    buf_text(&text, "\nmax_scan_bytes=0\n");
    refuses(f, buf_str(&text),
            "%s:3: is longer than 198 bytes; set it in the environment\n"
            "%s:4: [storage] max_scan_bytes: must be a whole number from 1 to 4294967296\n");
    buf_release(&text);

    static const char with_nul[] = "[mail]\nparallel=3\0x\n";
    write_file(f->file, with_nul, sizeof with_nul - 1, 0600);
    buf_clear(&f->errors);
    assert_false(config_read(f->file, LANG_EN, f->arena, &f->config, &f->errors));
    assert_string_equal(buf_str(&f->errors),
                        arena_format(f->arena, "%s:2: has a NUL byte; remove it\n", f->file));
}

static void addresses(void **state)
{
    struct fixture *f = *state;
    accepts(f, "[staff]\nlisten=[::1]:0\n[web]\nlisten=localhost:80\n");
    assert_int_equal(f->config.staff_listen.at.ss_family, AF_INET6);
    assert_true(config_is_loopback(&f->config.staff_listen));
    assert_true(config_is_loopback(&f->config.web_listen));

    static const char *const bad[] = { "7460",
                                       "127.0.0.1",
                                       "127.0.0.1:",
                                       ":7460",
                                       "::1:7460",
                                       "127.0.0.1:65536",
                                       "[::1]7460",
                                       "[127.0.0.1]:1",
                                       "example.com:7460",
                                       "127.0.0.1:+1",
                                       "127.0.0.1:99999999999999999999" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(read_text(f, arena_format(f->arena, "[staff]\nlisten=%s\n", bad[i])));
        assert_non_null(strstr(buf_str(&f->errors), "is not an address and a port"));
    }
}

static void plaintext_beyond_loopback_must_be_meant(void **state)
{
    struct fixture *f = *state;
    assert_false(read_text(f, "[staff]\nlisten=0.0.0.0:7460\n"));
    assert_non_null(strstr(buf_str(&f->errors), ":2: [staff] listen: other machines can reach"));
    assert_false(read_text(f, "[web]\nlisten=192.0.2.1:80\nbase_url=http://post.example.com\n"));
    assert_non_null(strstr(buf_str(&f->errors), ":2: [web] listen: other machines can reach"));
    accepts(f, "[staff]\nlisten=0.0.0.0:7460\nallow_plaintext=yes\n"
               "[web]\nlisten=[::]:80\nallow_plaintext=yes\nbase_url=http://post.example.com/\n");
    assert_string_equal(f->config.web_base_url, "http://post.example.com");
    assert_false(config_is_loopback(&f->config.web_listen));
    accepts(f, "[staff]\nlisten=0.0.0.0:7460\ntls_certificate=a\ntls_key=b\n");
    refuses(f, "[staff]\ntls_key=b\n",
            "%s:2: [staff] tls_key: tls_certificate and tls_key need one another\n");
}

static void urls(void **state)
{
    struct fixture *f = *state;
    static const char *const bad[] = {
        "[web]\nbase_url=https://\n",
        "[web]\nbase_url=https://a b\n",
        "[web]\nbase_url=https://me:pw@example.com\n",
        "[web]\nbase_url=https://example.com/?a=b\n",
        "[web]\nbase_url=ftp://example.com\n",
        "[web]\nbase_url=https://example.com:123456\n",
        "[web]\nbase_url=\"https://example.com\"\n",
        "[web]\nlisten=\n",
        "[mail]\nurl=smtp://\n",
        "[mail]\nurl=smtp://127.0.0.1:25/path\n",
        "[mail]\nurl=smtp://user:pw@127.0.0.1\n",
        "[mail]\nurl=maildir:\n",
        "[mail]\nurl=sendmail:x\n",
        "[mail]\nurl=smtp://127.0.0.1.example.com\n",
        "[mail]\nfrom=nobody\n",
        "[mail]\nfrom=a@b@c\n",
        "[mail]\nfrom=a b@c\n",
        "[mail]\nuser=me\n",
        "[sms]\nprovider=smsapi\n",
        "[sms]\nprovider=kannel\n",
        "[sms]\nurl=https://example.com\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_text(f, bad[i]))
            fail_msg("accepted: %s", bad[i]);
        /* What is said about it goes into logs. */
        if (strstr(bad[i], "[mail]"))
            assert_null(strstr(buf_str(&f->errors), "pw"));
    }
    accepts(f, "[web]\nbase_url=https://post.example.com:8443/desk/\n");
    assert_string_equal(f->config.web_base_url, "https://post.example.com:8443/desk");
    accepts(f, "[mail]\nurl=smtps://[::1]:465\n");
    assert_string_equal(f->config.mail_from, "skrytka@localhost");
}

static void secrets_are_read_and_guarded(void **state)
{
    struct fixture *f = *state;
    const char *secret = in_folder(f, "secret");
    const char *text = arena_format(f->arena, "[mail]\nuser=me\npassword_file=%s\n", secret);
    write_file(secret, "hunter 2 \nsecond line", 21, 0600);
    accepts(f, text);
    assert_string_equal(f->config.mail_password_file.value, "hunter 2 ");
    assert_null(f->config.sms_password_file.value);

    const char *host = "url=smtp://mail.example.com\nfrom=a@example.com\n";
    accepts(f, arena_format(f->arena, "%s%s", text, host));
    refuses(f, arena_format(f->arena, "%s%sstarttls=optional\n", text, host),
            "%s:6: [mail] starttls: must be required: the password would travel readable\n");

    assert_int_equal(chmod(secret, 0640), 0);
    refuses(f, text,
            arena_format(f->arena,
                         "%%s:3: [mail] password_file: others may read %s; run: chmod 600 %s\n",
                         secret, secret));
    assert_null(f->config.mail_password_file.value);
    write_file(secret, "", 0, 0600);
    assert_false(read_text(f, text));
    write_file(secret, "a\x01", 2, 0600);
    assert_false(read_text(f, text));
    unlink(secret);
    assert_false(read_text(f, text));
    assert_non_null(strstr(buf_str(&f->errors), "secret cannot be read: No such file"));
}

/* A self-signed certificate and its key, and a second key. */
static void make_certificate(struct fixture *f)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t pem;
    gnutls_x509_crt_init(&certificate);
    for (int i = 0; i < 2; i++) {
        gnutls_x509_privkey_t key;
        gnutls_x509_privkey_init(&key);
        assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 0, 0), 0);
        if (i == 0) {
            gnutls_x509_crt_set_version(certificate, 3);
            gnutls_x509_crt_set_serial(certificate, "\1", 1);
            gnutls_x509_crt_set_dn(certificate, "CN=test", NULL);
            gnutls_x509_crt_set_activation_time(certificate, 0);
            gnutls_x509_crt_set_expiration_time(certificate, 4102444800);
            gnutls_x509_crt_set_key(certificate, key);
            assert_int_equal(
                gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA512, 0), 0);
            gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
            write_file(in_folder(f, "a.crt"), pem.data, pem.size, 0644);
            gnutls_free(pem.data);
        }
        gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
        write_file(in_folder(f, i == 0 ? "a.key" : "b.key"), pem.data, pem.size, 0600);
        gnutls_free(pem.data);
        gnutls_x509_privkey_deinit(key);
    }
    gnutls_x509_crt_deinit(certificate);
}

static bool checks_with_key(struct fixture *f, const char *key)
{
    accepts(f, arena_format(f->arena,
                            "[storage]\ndirectory=%s/data\n[web]\ntls_certificate=%s/a.crt\n"
                            "tls_key=%s/%s\n",
                            f->folder, f->folder, f->folder, key));
    assert_string_equal(f->config.web_base_url, "https://127.0.0.1:7480");
    return config_check(&f->config, LANG_EN, &f->errors);
}

static void certificates_are_checked(void **state)
{
    struct fixture *f = *state;
    make_certificate(f);
    bool fits = checks_with_key(f, "a.key");
    assert_string_equal(buf_str(&f->errors), "");
    assert_true(fits);
    assert_false(checks_with_key(f, "b.key"));
    assert_non_null(strstr(buf_str(&f->errors), "b.key cannot be used together"));
    assert_false(checks_with_key(f, "c.key"));
    assert_non_null(strstr(buf_str(&f->errors), "c.key cannot be read: No such file"));
    assert_int_equal(chmod(in_folder(f, "a.key"), 0644), 0);
    assert_false(checks_with_key(f, "a.key"));
    assert_non_null(strstr(buf_str(&f->errors), "chmod 600"));
}

static void folders_are_checked_and_nothing_made(void **state)
{
    struct fixture *f = *state;
    accepts(f, arena_format(f->arena, "[storage]\ndirectory=%s/data\n", f->folder));
    assert_true(config_check(&f->config, LANG_EN, &f->errors));
    assert_int_equal(access(in_folder(f, "data"), F_OK), -1);

    accepts(f, arena_format(f->arena, "[storage]\ndirectory=%s/data/below\n", f->folder));
    assert_false(config_check(&f->config, LANG_EN, &f->errors));
    accepts(f, arena_format(f->arena, "[storage]\ndirectory=%s\n", f->file));
    assert_false(config_check(&f->config, LANG_EN, &f->errors));
    assert_non_null(strstr(buf_str(&f->errors), "[storage] directory: "));
    assert_non_null(strstr(buf_str(&f->errors), "is not a folder"));

    char deep[150];
    memset(deep, 'd', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    accepts(f, arena_format(f->arena, "[staff]\nsocket=/tmp/%s\n", deep));
    assert_false(config_check(&f->config, LANG_EN, &f->errors));
    assert_non_null(strstr(buf_str(&f->errors), "107 bytes"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_file_means_defaults),
        TEST(the_file_is_read),
        TEST(the_environment_wins),
        TEST(every_mistake_is_told_with_its_line),
        TEST(hostile_bytes_are_refused),
        TEST(addresses),
        TEST(plaintext_beyond_loopback_must_be_meant),
        TEST(urls),
        TEST(secrets_are_read_and_guarded),
        TEST(certificates_are_checked),
        TEST(folders_are_checked_and_nothing_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
