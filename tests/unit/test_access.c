/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Every method under every role and without sign-in. Which methods are for administrators only is
 * written down here once more: a role that slips in the schema is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/domain/access.h"

/* A clerk sees mail, requests, clients and the summary; no settings, users, packages, outbox. */
static const enum method administrators_only[] = {
    METHOD_settings_get, METHOD_settings_save,   METHOD_package_save, METHOD_outbox_list,
    METHOD_outbox_retry, METHOD_outbox_hold,     METHOD_outbox_drop,  METHOD_user_list,
    METHOD_user_save,    METHOD_message_preview, METHOD_message_test,
};

static bool for_administrators(enum method method)
{
    for (size_t i = 0; i < sizeof administrators_only / sizeof *administrators_only; i++) {
        if (administrators_only[i] == method)
            return true;
    }
    return false;
}

static void check(bool signed_in, enum role role, enum method method, enum err_code want)
{
    struct err err = { 0 };
    bool allowed = access_allows(signed_in, role, method, &err);
    if (allowed != (want == ERR_NONE) || err.code != want)
        fail_msg("%s, %s, %s: \"%s\" instead of \"%s\"", methods[method].name, words_role.at[role],
                 signed_in ? "signed in" : "not signed in", err_name(err.code), err_name(want));
}

static void every_method_under_every_role(void **state)
{
    for (int i = 0; i < METHOD_MAX; i++) {
        enum method method = (enum method)i;
        enum err_code before = method == METHOD_hello ? ERR_NONE : ERR_unauthenticated;
        check(false, role_administrator, method, before);
        check(false, role_clerk, method, before);
        check(true, role_administrator, method, ERR_NONE);
        check(true, role_clerk, method, for_administrators(method) ? ERR_forbidden : ERR_NONE);
    }
}

static void permission_of_a_client(void **state)
{
    struct rec_client_save plain = { .name = "Alfa" };
    struct rec_client_save permission = { .has_allow_scan_requests = true };
    struct err err = { 0 };
    assert_true(access_client_save(role_clerk, &plain, &err));
    assert_true(access_client_save(role_administrator, &plain, &err));
    assert_true(access_client_save(role_administrator, &permission, &err));
    assert_int_equal(err.code, ERR_NONE);
    assert_false(access_client_save(role_clerk, &permission, &err));
    assert_int_equal(err.code, ERR_forbidden);
    assert_string_equal(err.field, "allow_scan_requests");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_under_every_role),
        cmocka_unit_test(permission_of_a_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
