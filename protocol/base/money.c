/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Money as people type and read it. The reader is strict about anything that could mean two
 * amounts ("1,234", "1.5.0", "12 34"): a wrong cost on an invoice is worse than a question.
 */
#include "protocol/base/money.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NO_BREAK_SPACE        "\xc2\xa0"     /* U+00A0 */
#define NARROW_NO_BREAK_SPACE "\xe2\x80\xaf" /* U+202F */
#define MINUS_SIGN            "\xe2\x88\x92" /* U+2212 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Moves *at behind `word`, compared without regard to ASCII case, when it stands there. */
static bool skip_word(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncasecmp(*at, word, length) != 0) {
        return false;
    }
    *at += length;
    return true;
}

static void skip_blanks(const char **at)
{
    while (skip_word(at, " ") || skip_word(at, "\t") || skip_word(at, NO_BREAK_SPACE) ||
           skip_word(at, NARROW_NO_BREAK_SPACE)) {
    }
}

static bool skip_sign(const char **at)
{
    return skip_word(at, "-") || skip_word(at, MINUS_SIGN);
}

static bool skip_currency(const char **at)
{
    return skip_word(at, "PLN") || skip_word(at, "z\xc5\x82") || skip_word(at, "z\xc5\x81") ||
           skip_word(at, "zl");
}

/* How many digits stand at `at`. */
static size_t digit_run(const char *at)
{
    size_t run = 0;
    while (is_digit(at[run])) {
        run++;
    }
    return run;
}

/* The divider of thousands at `at`: a character with exactly three digits behind it. */
static size_t divider_at(const char *at)
{
    static const char *const dividers[] = { " ", NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE, ",", "." };
    for (size_t i = 0; i < sizeof(dividers) / sizeof(dividers[0]); i++) {
        size_t length = strlen(dividers[i]);
        if (strncmp(at, dividers[i], length) == 0) {
            return digit_run(at + length) == 3 ? length : 0;
        }
    }
    return 0;
}

/* Adds `count` digits to *amount; false above the limit. */
static bool take_digits(const char **at, size_t count, int64_t *amount)
{
    for (; count > 0; count--, (*at)++) {
        *amount = *amount * 10 + (**at - '0');
        if (*amount > MONEY_LIMIT) {
            return false;
        }
    }
    return true;
}

/*
 * Thousands: groups of three digits, the same divider before each. *ret_point is the divider if
 * that is a comma or a point, else NUL.
 */
static bool take_groups(const char **at, int64_t *amount, char *ret_point)
{
    size_t first_run = digit_run(*at);
    if (first_run == 0 || !take_digits(at, first_run, amount)) {
        return false;
    }
    const char *divider = *at;
    size_t size = first_run <= 3 ? divider_at(divider) : 0;
    while (size > 0 && strncmp(*at, divider, size) == 0 && digit_run(*at + size) == 3) {
        *at += size;
        if (!take_digits(at, 3, amount)) {
            return false;
        }
    }
    *ret_point = '\0';
    if (size > 0 && (*divider == ',' || *divider == '.')) {
        *ret_point = *divider;
    }
    return true;
}

/*
 * "1 234 567,89". A comma or point that divides thousands is never the decimal one, and without
 * decimals it divides nothing: "1,234" may be a thousand or a slip of the finger in 1.23.
 */
static bool take_number(const char **at, int64_t *ret_grosze)
{
    int64_t amount = 0;
    char divider;
    if (!take_groups(at, &amount, &divider)) {
        return false;
    }
    bool has_decimals = (**at == ',' || **at == '.') && **at != divider;
    if (divider && !has_decimals) {
        return false;
    }
    size_t decimals = 0;
    if (has_decimals) {
        (*at)++;
        decimals = digit_run(*at);
        if (decimals < 1 || decimals > 2) {
            return false;
        }
    }
    if (!take_digits(at, decimals, &amount)) {
        return false;
    }
    for (; decimals < 2; decimals++) {
        amount *= 10; /* from at most MONEY_LIMIT: far from overflow */
    }
    if (amount > MONEY_LIMIT) {
        return false;
    }
    *ret_grosze = amount;
    return true;
}

bool money_parse(const char *text, bool negative_allowed, int64_t *ret_grosze)
{
    const char *at = text;
    skip_blanks(&at);
    bool negative = skip_sign(&at);
    bool currency = skip_currency(&at);
    if (currency) {
        skip_blanks(&at);
        negative = negative || skip_sign(&at);
    }
    int64_t grosze = 0;
    if ((negative && !negative_allowed) || !take_number(&at, &grosze)) {
        return false;
    }
    skip_blanks(&at);
    if (!currency) {
        skip_currency(&at);
    }
    skip_blanks(&at);
    if (*at != '\0') {
        return false;
    }
    *ret_grosze = negative ? -grosze : grosze;
    return true;
}

/*
 * Puts `before`, the amount and `after` together, from the last digit to the first. The longest,
 * INT64_MIN with its currency, takes 37 bytes.
 */
static char *write_amount(int64_t grosze, bool polish, const char *before, const char *after,
                          char out[MONEY_TEXT])
{
    const char *divider = polish ? NO_BREAK_SPACE : ",";
    size_t divider_length = strlen(divider);
    char digits[MONEY_TEXT];
    char *at = digits + sizeof(digits) - 1;
    *at = '\0';
    /* Unsigned: -INT64_MIN does not fit. */
    uint64_t rest = grosze < 0 ? 0 - (uint64_t)grosze : (uint64_t)grosze;
    for (int place = 0; place < 3 || rest > 0; place++) {
        if (place == 2) {
            *--at = polish ? ',' : '.';
        } else if (place > 2 && (place - 2) % 3 == 0) {
            at -= divider_length;
            memcpy(at, divider, divider_length);
        }
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    }
    const char *sign = grosze < 0 ? "-" : "";
    snprintf(out, MONEY_TEXT, "%s%s%s%s", before, sign, at, after);
    return out;
}

char *money_text(int64_t grosze, bool polish, char out[MONEY_TEXT])
{
    return write_amount(grosze, polish, "", "", out);
}

char *money_text_currency(int64_t grosze, bool polish, char out[MONEY_TEXT])
{
    return write_amount(grosze, polish, polish ? "" : "PLN ", polish ? " z\xc5\x82" : "", out);
}

bool money_add(int64_t *sum, int64_t grosze)
{
    int64_t result;
    if (__builtin_add_overflow(*sum, grosze, &result)) {
        return false;
    }
    *sum = result;
    return true;
}
