/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pure parts of the pages: what a form sent, and the proof that it was ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "server/web/form.h"
#include "server/web/nonce.h"

static int fresh(void **state)
{
    *state = arena_new();
    return 0;
}

static int release(void **state)
{
    arena_free(*state);
    return 0;
}

static const char *value(void **state, const char *body)
{
    return form_value(*state, body, strlen(body), "email");
}

static void fields_of_a_form(void **state)
{
    assert_string_equal(value(state, "email=a%40b.pl"), "a@b.pl");
    assert_string_equal(value(state, "nonce=1&email=+Jan+%C5%81ubin%20&x="), "Jan Łubin");
    assert_string_equal(value(state, "email=first&email=second"), "first");
    assert_string_equal(value(state, "email="), "");
    assert_string_equal(value(state, "email=100%&x"), "100%");
    assert_string_equal(value(state, "email=%4"), "%4");
    assert_string_equal(value(state, "email=%zz"), "%zz");
    assert_string_equal(value(state, "email=%41"), "A");
    assert_null(value(state, ""));
    assert_null(value(state, "&&=&"));
    assert_null(value(state, "email"));
    assert_null(value(state, "xemail=1&emailx=1"));
}

static void text_for_a_query(void **state)
{
    assert_string_equal(form_encode(*state, "a b&c=ż\"/'-._9"), "a%20b%26c%3D%C5%BC%22%2F%27-._9");
    const char *all = "\x01 %41+&=\xff\xc5";
    const char *encoded = form_encode(*state, all);
    assert_string_equal(form_decode(*state, encoded, strlen(encoded), NULL), all);
}

static void fields_that_are_no_text(void **state)
{
    assert_null(value(state, "email=a%00b"));
    assert_null(value(state, "email=a%0D%0ABcc%3A+x"));
    assert_null(value(state, "email=%C5"));
    assert_null(value(state, "email=%1b%5b2J"));
    char longer[400] = "email=";
    memset(longer + 6, 'a', 390);
    assert_null(value(state, longer));
}

static void a_nonce_is_for_one_thing_and_one_day(void **state)
{
    const unsigned char secret[32] = "secret";
    const unsigned char other[32] = "other";
    int64_t now = 1800000000;
    const char *nonce = nonce_make(*state, secret, "scan A", now);
    assert_true(nonce_check(secret, "scan A", nonce, now));
    assert_true(nonce_check(secret, "scan A", nonce, now + NONCE_SECONDS - 1));
    assert_false(nonce_check(secret, "scan A", nonce, now + NONCE_SECONDS));
    assert_false(nonce_check(secret, "scan A", nonce, now - 1));
    assert_false(nonce_check(secret, "scan B", nonce, now));
    assert_false(nonce_check(other, "scan A", nonce, now));
}

static void a_nonce_cannot_be_made_up(void **state)
{
    const unsigned char secret[32] = "secret";
    int64_t now = 1800000000;
    assert_false(nonce_check(secret, "scan", NULL, now));
    assert_false(nonce_check(secret, "scan", "", now));
    assert_false(nonce_check(secret, "scan", "-", now));
    assert_false(nonce_check(secret, "scan", "zażółć", now));
    char *nonce = arena_text(*state, nonce_make(*state, secret, "scan", now));
    for (char *at = nonce; *at; at++) {
        char kept = *at;
        *at = kept == '1' ? '2' : '1';
        assert_false(nonce_check(secret, "scan", nonce, now));
        *at = kept;
    }
    assert_true(nonce_check(secret, "scan", nonce, now));
    nonce[strlen(nonce) - 1] = '\0';
    assert_false(nonce_check(secret, "scan", nonce, now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields_of_a_form, fresh, release),
        cmocka_unit_test_setup_teardown(text_for_a_query, fresh, release),
        cmocka_unit_test_setup_teardown(fields_that_are_no_text, fresh, release),
        cmocka_unit_test_setup_teardown(a_nonce_is_for_one_thing_and_one_day, fresh, release),
        cmocka_unit_test_setup_teardown(a_nonce_cannot_be_made_up, fresh, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
