/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Identifiers that people type. The addresses matter most: what passes here reaches an SMTP
 * command line, and libcurl would pass a line end on to the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/domain/identifiers.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define X60          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void addresses(void **state)
{
    static const char *const good[] = {
        "biuro@alfa.pl",
        "Jan.Kowalski+poczta@sub.alfa.com.pl",
        "a@b.c",
        "o'brien@alfa.ie",
        "#!$%&*/=?^_`{|}~-@alfa.pl",
        "office@localhost",
        "1@2.3",
        "biuro@łódź-meble.pl",
        "żółw@alfa.pl",
        "biuro@xn--d-uga-y9a.pl",
        X60 "xxxx@alfa.pl",
        "a@" X60 "xxx.pl",
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        if (email_wrong(good[i]))
            fail_msg("\"%s\" %s", good[i], email_wrong(good[i]));
    }
}

static void addresses_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "@",
        "alfa.pl",
        "@alfa.pl",
        "biuro@",
        "biuro@alfa",
        "biuro@alfa.",
        "biuro@.pl",
        "biuro@alfa..pl",
        "biuro@-alfa.pl",
        "biuro@alfa-.pl",
        "biuro@alfa_x.pl",
        ".biuro@alfa.pl",
        "biuro.@alfa.pl",
        "bi..uro@alfa.pl",
        "biuro@alfa@beta.pl",
        "\"biuro\"@alfa.pl",
        "\"bi uro\"@alfa.pl",
        "biuro @alfa.pl",
        " biuro@alfa.pl",
        "biuro@alfa.pl ",
        "biuro@alfa.pl\r\nRCPT TO:<evil@x.test>",
        "biuro@alfa.pl\r",
        "biuro@alfa.pl\n",
        "bi\nuro@alfa.pl",
        "bi\turo@alfa.pl",
        "bi\x1b[2Juro@alfa.pl",
        "bi\x7furo@alfa.pl",
        "bi\xc2\x85uro@alfa.pl",     /* U+0085, a line end in C1 */
        "bi\xc2\xa0uro@alfa.pl",     /* no-break space */
        "bi\xe2\x80\xa8uro@alfa.pl", /* line separator */
        "bi\xe3\x80\x80uro@alfa.pl", /* ideographic space */
        "bi\xe2\x80\xaeuro@alfa.pl", /* turns the direction round */
        "bi\xe2\x80\x8buro@alfa.pl", /* zero width */
        "bi\xffuro@alfa.pl",
        "Biuro <biuro@alfa.pl>",
        "<biuro@alfa.pl>",
        "biuro@alfa.pl,inny@alfa.pl",
        "biuro@alfa.pl;inny@alfa.pl",
        "biuro@[127.0.0.1]",
        "bi(u)ro@alfa.pl",
        "bi\\uro@alfa.pl",
        X60 "xxxxx@alfa.pl",
        "a@" X60 "xxxx.pl",
        "a@" X60 "." X60 "." X60 "." X60 "." X60 ".pl",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (!email_wrong(bad[i]))
            fail_msg("number %zu, \"%s\", was taken", i, bad[i]);
    }
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        const char *want; /* NULL: refused */
    } table[] = {
        { "601234567", "+48601234567" },
        { "601 234 567", "+48601234567" },
        { "+48 601-234-567", "+48601234567" },
        { "0048 601 234 567", "+48601234567" },
        { "48601234567", "+48601234567" },
        { "(22) 123.45.67", "+48221234567" },
        { "+49 30 901820", "+4930901820" },
        { "+123456789012345", "+123456789012345" },
        { "00123456789012345", "+123456789012345" },
        { "", NULL },
        { "+", NULL },
        { "00", NULL },
        { "12345", NULL },
        { "012345678", NULL },
        { "+4860123456", NULL },
        { "+486012345678", NULL },
        { "+0601234567", NULL },
        { "+1234567890123456", NULL },
        { "001234567890123456", NULL },
        { "123456789012345678901234567890", NULL },
        { "++48601234567", NULL },
        { "601+234567", NULL },
        { "601 234 567 w. 8", NULL },
        { "601234567\n", NULL },
        { "٦٠١٢٣٤٥٦٧", NULL },
        { "+48601234567,+48601234568", NULL },
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[PHONE_TEXT] = "before";
        bool taken = phone_normalise(table[i].text, out);
        if (taken != (table[i].want != NULL))
            fail_msg("\"%s\" %s", table[i].text, taken ? out : "was refused");
        assert_string_equal(out, taken ? table[i].want : "before");
    }
}

static void tax_ids(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } table[] = {
        { "1234563218", "1234563218" },
        { "123-456-32-18", "1234563218" },
        { "123 456 32 18", "1234563218" },
        { "PL1234563218", "1234563218" },
        { "PL 123-456-32-18", "1234563218" },
        { "5252248481", "5252248481" },
        { "0000000000", NULL }, /* its check digit fits */
        { "0123456789", NULL },
        { "1234563219", NULL },
        { "1234563281", NULL },
        { "123456321", NULL },
        { "12345632180", NULL },
        { "", NULL },
        { "PL", NULL },
        { "DE1234563218", NULL },
        { "123456321a", NULL },
        { "1234563218\n", NULL },
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        char out[NIP_TEXT] = "before";
        bool taken = nip_normalise(table[i].text, out);
        if (taken != (table[i].want != NULL))
            fail_msg("\"%s\" was %s", table[i].text, taken ? "taken" : "refused");
        assert_string_equal(out, taken ? table[i].want : "before");
    }
}

/* Any single wrong digit is found, and no number's remainder of 10 passes. */
static void every_wrong_digit(void **state)
{
    char out[NIP_TEXT];
    char typed[NIP_TEXT] = "1234563218";
    for (size_t at = 0; at < 10; at++) {
        char right = typed[at];
        int taken = 0;
        for (char digit = '0'; digit <= '9'; digit++) {
            typed[at] = digit;
            taken += nip_normalise(typed, out);
        }
        typed[at] = right;
        assert_int_equal(taken, 1);
    }
}

static void logins(void **state)
{
    static const char *const good[] = { "a", "jan", "Jan.Kowalski", "0-9_x",
                                        "abcdefghijklmnopqrstuvwxyz012345" };
    static const char *const bad[] = { "",
                                       ".jan",
                                       "-jan",
                                       "_jan",
                                       "jan k",
                                       "jan@x",
                                       "żółw",
                                       "jan\n",
                                       "@local",
                                       "jan/..",
                                       "j\x1bn",
                                       "j\"n",
                                       "abcdefghijklmnopqrstuvwxyz0123456" };
    for (size_t i = 0; i < COUNT(good); i++) {
        if (login_wrong(good[i]))
            fail_msg("\"%s\" %s", good[i], login_wrong(good[i]));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (!login_wrong(bad[i]))
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses), cmocka_unit_test(addresses_refused), cmocka_unit_test(numbers),
        cmocka_unit_test(tax_ids),   cmocka_unit_test(every_wrong_digit), cmocka_unit_test(logins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
