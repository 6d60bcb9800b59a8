/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who asks: proxies of the office are believed, nobody else is. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "server/web/peer.h"

static const char *const nobody[] = { NULL };
static const char *const proxies[] = { "127.0.0.1", "::1", "10.0.0.7", NULL };

/* As a socket knows a peer. */
static struct sockaddr_storage peer_at(const char *text)
{
    struct sockaddr_storage peer = { .ss_family = AF_INET };
    if (inet_pton(AF_INET, text, &((struct sockaddr_in *)&peer)->sin_addr) != 1) {
        peer.ss_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&peer)->sin6_addr), 1);
    }
    return peer;
}

static void expect(const char *peer, const char *forwarded, const char *const *trusted,
                   const char *expected)
{
    struct arena *arena = arena_new();
    struct sockaddr_storage address = peer_at(peer);
    assert_string_equal(peer_address((struct sockaddr *)&address, forwarded, trusted, arena),
                        expected);
    arena_free(arena);
}

static void expect_network(const char *address, const char *expected)
{
    struct arena *arena = arena_new();
    assert_string_equal(peer_network(address, arena), expected);
    arena_free(arena);
}

static bool same_network(const char *one, const char *other)
{
    struct sockaddr_storage a = peer_at(one);
    struct sockaddr_storage b = peer_at(other);
    return peer_same_network((struct sockaddr *)&a, (struct sockaddr *)&b);
}

static bool is_loopback(const char *text)
{
    struct sockaddr_storage peer = peer_at(text);
    return peer_is_loopback((struct sockaddr *)&peer);
}

static void without_proxies_nobody_is_believed(void **state)
{
    (void)state;
    expect("127.0.0.1", "203.0.113.7", nobody, "127.0.0.1");
    expect("198.51.100.1", "203.0.113.7", proxies, "198.51.100.1");
    expect("198.51.100.1", NULL, proxies, "198.51.100.1");
}

static void a_proxy_says_who_asks(void **state)
{
    (void)state;
    expect("127.0.0.1", NULL, proxies, "127.0.0.1");
    expect("127.0.0.1", "203.0.113.7", proxies, "203.0.113.7");
    expect("::1", "2001:DB8:0::1", proxies, "2001:db8::1");
    expect("::ffff:10.0.0.7", "203.0.113.7", proxies, "203.0.113.7");
    expect("127.0.0.1", "203.0.113.7, ::ffff:10.0.0.7", proxies, "203.0.113.7");
}

/* What the proxies did not write themselves is only a claim. */
static void claims_left_of_it_are_not_heard(void **state)
{
    (void)state;
    expect("127.0.0.1", "1.1.1.1, 203.0.113.7", proxies, "203.0.113.7");
    expect("127.0.0.1", "1.1.1.1,\t203.0.113.7 , 10.0.0.7", proxies, "203.0.113.7");
    expect("127.0.0.1", "10.0.0.7, 127.0.0.1", proxies, "10.0.0.7");
}

static void what_is_no_address_leaves_the_proxy(void **state)
{
    (void)state;
    expect("127.0.0.1", "", proxies, "127.0.0.1");
    expect("127.0.0.1", ", ,", proxies, "127.0.0.1");
    expect("127.0.0.1", "unknown", proxies, "127.0.0.1");
    expect("127.0.0.1", "203.0.113.7, <b>", proxies, "127.0.0.1");
    expect("127.0.0.1", "203.0.113.7:4711", proxies, "127.0.0.1");
}

/* A line of IPv6 has 2^64 addresses, and is counted once. */
static void limits_count_networks(void **state)
{
    (void)state;
    expect_network("203.0.113.7", "203.0.113.7");
    expect_network("2001:db8:1:2:3::4", "2001:db8:1:2::/64");
    expect_network("2001:db8::1", "2001:db8::/64");
    expect_network("unknown", "unknown");
    assert_true(same_network("2001:db8:1:2::1", "2001:db8:1:2:ffff::1"));
    assert_false(same_network("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert_true(same_network("203.0.113.7", "::ffff:203.0.113.7"));
    assert_false(same_network("203.0.113.7", "203.0.113.8"));
    assert_false(same_network("::ffff:203.0.113.7", "::ffff:203.0.113.8"));
}

static void this_machine_in_all_its_words(void **state)
{
    (void)state;
    assert_true(is_loopback("127.0.0.1"));
    assert_true(is_loopback("127.9.9.9"));
    assert_true(is_loopback("::1"));
    assert_true(is_loopback("::ffff:127.0.0.1"));
    assert_false(is_loopback("::ffff:10.0.0.1"));
    assert_false(is_loopback("128.0.0.1"));
    assert_false(is_loopback("::2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_proxies_nobody_is_believed),
        cmocka_unit_test(a_proxy_says_who_asks),
        cmocka_unit_test(claims_left_of_it_are_not_heard),
        cmocka_unit_test(what_is_no_address_leaves_the_proxy),
        cmocka_unit_test(limits_count_networks),
        cmocka_unit_test(this_machine_in_all_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
