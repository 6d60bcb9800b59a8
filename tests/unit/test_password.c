/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "server/office/password.h"

static void only_the_right_password_fits(void **state)
{
    char hash[PASSWORD_HASH];
    assert_true(password_hash("zażółć gęślą", hash));
    assert_true(strlen(hash) < sizeof hash);
    assert_memory_equal(hash, "$argon2id$", 10);
    assert_null(strstr(hash, "zażółć"));
    assert_true(password_fits("zażółć gęślą", hash));
    assert_false(password_fits("zażółć gęśla", hash));
    assert_false(password_fits("zażółć gęślą ", hash));
    assert_false(password_fits("", hash));
}

static void the_same_password_hashes_differently(void **state)
{
    char first[PASSWORD_HASH];
    char second[PASSWORD_HASH];
    assert_true(password_hash("tajne haslo", first));
    assert_true(password_hash("tajne haslo", second));
    assert_string_not_equal(first, second);
}

static void what_is_no_hash_fits_nothing(void **state)
{
    assert_false(password_fits("", ""));
    assert_false(password_fits("tajne", "tajne"));
    assert_false(password_fits("tajne", "$argon2id$v=19$m=65536,t=2,p=1$short"));
}

static double seconds(const char *hash)
{
    struct timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_false(password_fits("a guess", hash));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Work, not wall-clock time, is compared: other programs on the machine do not count. */
static void an_unknown_user_takes_as_long(void **state)
{
    char hash[PASSWORD_HASH];
    assert_true(password_hash("tajne haslo", hash));
    assert_true(seconds(NULL) > seconds(hash) / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_right_password_fits),
        cmocka_unit_test(the_same_password_hashes_differently),
        cmocka_unit_test(what_is_no_hash_fits_nothing),
        cmocka_unit_test(an_unknown_user_takes_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
