/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Addresses as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/address.h"

static void test_forms(void **state)
{
    static const struct {
        const char *text;
        enum address_kind kind;
        const char *host;
        uint16_t port;
    } good[] = {
        { "tcp:127.0.0.1:7460", ADDRESS_TCP, "127.0.0.1", 7460 },
        { "tls:office.example.com:1", ADDRESS_TLS, "office.example.com", 1 },
        { "tcp:[::1]:65535", ADDRESS_TCP, "::1", 65535 },
        { "tls:[fe80::1%eth0]:0", ADDRESS_TLS, "fe80::1%eth0", 0 },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct address address;
        char text[ADDRESS_TEXT];
        assert_true(address_parse(good[i].text, &address));
        assert_int_equal(address.kind, good[i].kind);
        assert_string_equal(address.host, good[i].host);
        assert_int_equal(address.port, good[i].port);
        assert_string_equal(address_text(&address, text), good[i].text);
    }
}

static void test_unix(void **state)
{
    struct address address;
    char text[ADDRESS_TEXT];
    assert_true(address_parse("unix:./data/a:b.sock", &address));
    assert_int_equal(address.kind, ADDRESS_UNIX);
    assert_string_equal(address.path, "./data/a:b.sock");
    assert_string_equal(address_text(&address, text), "unix:./data/a:b.sock");
    /* The path and its NUL must fit into sun_path. */
    memset(text, 'a', sizeof text);
    memcpy(text, "unix:", 5);
    text[5 + 107] = '\0';
    assert_true(address_parse(text, &address));
    text[5 + 107] = 'a';
    text[5 + 108] = '\0';
    assert_false(address_parse(text, &address));
}

static void test_bad_forms(void **state)
{
    static const char *const bad[] = {
        "",          "unix:",        "127.0.0.1:7460", "tcp:",       "tcp:host",
        "tcp:host:", "tcp::7460",    "tcp:host:65536", "tcp:host:x", "tcp:host:-1",
        "tcp:h:+1",  "tcp:[::1]",    "tcp:[::1]7460",  "tcp:[::1:7", "tcp:::1:7460",
        "tcp:[]:1",  "udp:host:1",   "tcp:host: 1",    "TCP:host:1", "tcp:[::1]x:1",
        "tcp:h:1:2", "tcp:host:0x1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct address address = { .port = 5 };
        if (address_parse(bad[i], &address)) {
            fail_msg("\"%s\" was taken", bad[i]);
        }
        assert_int_equal(address.port, 5);
    }
    char name[ADDRESS_HOST + 10];
    struct address address;
    memset(name, 'a', sizeof name);
    memcpy(name + ADDRESS_HOST - 1, ":1", 3);
    assert_true(address_parse_host_port(name, &address));
    memcpy(name + ADDRESS_HOST - 1, "a:1", 4);
    assert_false(address_parse_host_port(name, &address));
}

static void test_local(void **state)
{
    static const struct {
        const char *text;
        bool local;
    } cases[] = {
        { "unix:/run/x", true },    { "tcp:127.0.0.1:1", true },  { "tcp:127.9.9.9:1", true },
        { "tcp:[::1]:1", true },    { "tcp:localhost:1", true },  { "tcp:LocalHost:1", true },
        { "tcp:0.0.0.0:1", false }, { "tcp:[::]:1", false },      { "tcp:10.0.0.1:1", false },
        { "tcp:host:1", false },    { "tcp:128.0.0.1:1", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address address;
        assert_true(address_parse(cases[i].text, &address));
        assert_int_equal(address_is_local(&address), cases[i].local);
    }
}

static void test_numeric_hosts_need_no_look_up(void **state)
{
    struct address address;
    struct sockaddr_storage at;
    socklen_t length;
    assert_true(address_parse("tcp:127.0.0.1:1", &address));
    assert_true(address_socket(&address, &at, &length));
    assert_int_equal(at.ss_family, AF_INET);
    assert_true(address_parse("tls:[::1]:1", &address));
    assert_true(address_socket(&address, &at, &length));
    assert_int_equal(at.ss_family, AF_INET6);
    assert_true(address_parse("unix:x", &address));
    assert_true(address_socket(&address, &at, &length));
    assert_int_equal(at.ss_family, AF_UNIX);
    assert_true(address_parse("tcp:localhost:1", &address));
    assert_false(address_socket(&address, &at, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_unix),
        cmocka_unit_test(test_bad_forms),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_numeric_hosts_need_no_look_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
