/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Time of day. The C library knows zones only through the environment variable TZ, one for the
 * whole process, and an administrator may change the office's zone while every thread is working.
 *
 * So TZ is put into the environment once, as a buffer of ours (putenv() keeps the pointer), and a
 * new zone is written into that buffer in place: environ itself never moves again, which setenv()
 * could not promise to a getenv() elsewhere. Every change and every localtime_r() of this file
 * happens under one mutex; localtime_r() rereads TZ only when tzset() was called, so nobody counts
 * with half a name. No other file asks the C library for local time.
 */
#include "protocol/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/log.h"

#define ZONE_FOLDER  "/usr/share/zoneinfo/"
#define ZONE_DEFAULT "Europe/Warsaw"
/* ':' and the whole path, so that TZDIR and the C library's own syntax for TZ do not matter. */
#define ZONE_PREFIX "TZ=:" ZONE_FOLDER

enum {
    YEAR_FIRST = 1990,
    YEAR_LAST = 2199,
    SECONDS_PER_DAY = 86400,
};

/* Instants that have a year of four digits in every zone: 0001-01-02 to 9999-12-30. */
static const int64_t instant_first = -62135510400;
static const int64_t instant_last = 253402128000;

static pthread_mutex_t zone_mutex = PTHREAD_MUTEX_INITIALIZER;
static char zone_variable[sizeof(ZONE_PREFIX) + CLOCK_ZONE] = ZONE_PREFIX ZONE_DEFAULT;
static bool zone_in_use;

static pthread_once_t shift_once = PTHREAD_ONCE_INIT;
static char *shift_file; /* NULL outside tests */

static void shift_find(void)
{
    const char *file = getenv("SKRYTKA_TEST_CLOCK");
    if (file && *file) {
        shift_file = strdup(file);
    }
}

/* Seconds that a test moved the clock by; 0 when the file is missing or holds no number. */
static int64_t shift_read(void)
{
    char text[32] = "";
    int file = open(shift_file, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return 0;
    }
    ssize_t length = read(file, text, sizeof(text) - 1);
    close(file);
    if (length <= 0) {
        return 0;
    }
    errno = 0;
    int64_t shift = strtoll(text, NULL, 10);
    return errno == 0 && shift > -instant_last && shift < instant_last ? shift : 0;
}

int64_t clock_now(void)
{
    pthread_once(&shift_once, shift_find);
    int64_t now = (int64_t)time(NULL);
    return shift_file ? now + shift_read() : now;
}

bool clock_zone_known(const char *iana_name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-";
    size_t length = strlen(iana_name);
    if (length == 0 || length >= CLOCK_ZONE || iana_name[0] == '/') {
        return false;
    }
    /* No '.' is allowed, so no ".." leads out of the folder. */
    if (strspn(iana_name, allowed) != length) {
        return false;
    }
    /* These count leap seconds, which UTC seconds leave out: every time would be off by 27 s. */
    if (strncmp(iana_name, "right/", 6) == 0) {
        return false;
    }

    char path[sizeof(ZONE_FOLDER) + CLOCK_ZONE];
    snprintf(path, sizeof(path), "%s%s", ZONE_FOLDER, iana_name);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return false;
    }
    struct stat info;
    char magic[4];
    bool known = fstat(file, &info) == 0 && S_ISREG(info.st_mode) &&
                 read(file, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
                 memcmp(magic, "TZif", sizeof(magic)) == 0;
    close(file);
    return known;
}

/* Makes what stands in zone_variable count. Under zone_mutex. */
static void zone_apply(void)
{
    if (!zone_in_use) {
        ENSURE(putenv(zone_variable) == 0);
    }
    zone_in_use = true;
    tzset();
}

bool clock_set_zone(const char *iana_name)
{
    if (!clock_zone_known(iana_name)) {
        return false;
    }
    pthread_mutex_lock(&zone_mutex);
    snprintf(zone_variable, sizeof(zone_variable), "%s%s", ZONE_PREFIX, iana_name);
    zone_apply();
    pthread_mutex_unlock(&zone_mutex);
    return true;
}

void clock_local(int64_t at, struct tm *ret_local)
{
    if (at < instant_first) {
        at = instant_first;
    }
    if (at > instant_last) {
        at = instant_last;
    }
    time_t instant = (time_t)at;
    struct tm *local;
    pthread_mutex_lock(&zone_mutex);
    if (!zone_in_use) {
        zone_apply();
    }
    local = localtime_r(&instant, ret_local);
    pthread_mutex_unlock(&zone_mutex);
    ENSURE(local); /* fails only for years beyond int */
}

/* Writes `width` decimal digits and returns the place behind them. */
static char *put_digits(char *out, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static int get_digits(const char *text, int width)
{
    int value = 0;
    for (int i = 0; i < width; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static char *day_write(int year, int month, int day, char out[CLOCK_DAY])
{
    char *at = put_digits(out, year, 4);
    *at++ = '-';
    at = put_digits(at, month, 2);
    *at++ = '-';
    at = put_digits(at, day, 2);
    *at = '\0';
    return out;
}

char *clock_day(int64_t at, char out[CLOCK_DAY])
{
    struct tm local;
    clock_local(at, &local);
    return day_write(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, out);
}

static int month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

bool clock_day_valid(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    if (strlen(text) != sizeof(form) - 1) {
        return false;
    }
    for (size_t i = 0; form[i]; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) {
            return false;
        }
    }
    int year = get_digits(text, 4);
    int month = get_digits(text + 5, 2);
    int day = get_digits(text + 8, 2);
    return year >= YEAR_FIRST && year <= YEAR_LAST && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_length(year, month);
}

/* Midnight of a day, counted as if in UTC: calendar arithmetic needs no zone. */
static int64_t day_seconds(const char *day)
{
    struct tm date = {
        .tm_year = get_digits(day, 4) - 1900,
        .tm_mon = get_digits(day + 5, 2) - 1,
        .tm_mday = get_digits(day + 8, 2),
    };
    return (int64_t)timegm(&date);
}

int64_t clock_day_begin(const char *day)
{
    return clock_day_at(day, 0);
}

int64_t clock_day_at(const char *day, int minutes)
{
    struct tm local = {
        .tm_year = get_digits(day, 4) - 1900,
        .tm_mon = get_digits(day + 5, 2) - 1,
        .tm_mday = get_digits(day + 8, 2),
        .tm_hour = minutes / 60,
        .tm_min = minutes % 60,
        .tm_isdst = -1,
    };
    pthread_mutex_lock(&zone_mutex);
    if (!zone_in_use) {
        zone_apply();
    }
    int64_t at = mktime(&local);
    pthread_mutex_unlock(&zone_mutex);
    return at;
}

char *clock_day_add(const char *day, int days, char out[CLOCK_DAY])
{
    ENSURE(clock_day_valid(day));
    static const int64_t first = 631152000; /* 1990-01-01 */
    static const int64_t last = 7258032000; /* 2199-12-31 */
    int64_t seconds = day_seconds(day) + (int64_t)days * SECONDS_PER_DAY;
    time_t kept = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    struct tm date;
    ENSURE(gmtime_r(&kept, &date));
    return day_write(date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, out);
}

char *clock_day_show(const char *day, char out[CLOCK_DAY])
{
    ENSURE(clock_day_valid(day));
    char shown[CLOCK_DAY]; /* `day` and `out` may be the same */
    memcpy(shown, day + 8, 2);
    shown[2] = '.';
    memcpy(shown + 3, day + 5, 2);
    shown[5] = '.';
    memcpy(shown + 6, day, 4);
    shown[10] = '\0';
    return memcpy(out, shown, sizeof(shown));
}

char *clock_show(int64_t at, char out[17])
{
    struct tm local;
    clock_local(at, &local);
    char *end = put_digits(out, local.tm_mday, 2);
    *end++ = '.';
    end = put_digits(end, local.tm_mon + 1, 2);
    *end++ = '.';
    end = put_digits(end, local.tm_year + 1900, 4);
    *end++ = ' ';
    end = put_digits(end, local.tm_hour, 2);
    *end++ = ':';
    end = put_digits(end, local.tm_min, 2);
    *end = '\0';
    return out;
}
