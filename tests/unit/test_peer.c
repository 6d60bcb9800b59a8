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

static void expect(const char *peer, const char *forwarded, const char *const *trusted,
                   const char *expected)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct arena *arena = arena_new();
    const struct sockaddr *address = (const struct sockaddr *)&v4;
    if (inet_pton(AF_INET, peer, &v4.sin_addr) != 1) {
        assert_int_equal(inet_pton(AF_INET6, peer, &v6.sin6_addr), 1);
        address = (const struct sockaddr *)&v6;
    }
    assert_string_equal(peer_address(address, forwarded, trusted, arena), expected);
    arena_free(arena);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_proxies_nobody_is_believed),
        cmocka_unit_test(a_proxy_says_who_asks),
        cmocka_unit_test(claims_left_of_it_are_not_heard),
        cmocka_unit_test(what_is_no_address_leaves_the_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
