/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An office on a database of its own, for tests of the use cases: settings that allow scans, two
 * packages, three clients, a clerk who is an administrator. Each call is one committed job.
 */
#ifndef SKRYTKA_TESTS_OFFICE_H
#define SKRYTKA_TESTS_OFFICE_H

#include "db/db.h"
#include "server/office/claims.h"
#include "server/office/office.h"

struct test_office {
    char *directory;
    struct db *db;
    struct claims claims;
    struct office_env env;
    struct arena *arena; /* of all results; lives as long as the office */
    struct actor actor;
    int64_t passed;   /* seconds added to the clock */
    int64_t standard; /* package: inherits, 5,00 zł */
    int64_t silent;   /* package: denies */
    int64_t alfa;     /* on `standard`, two addresses, in Polish */
    int64_t beta;     /* on `silent`, one address, in English */
    int64_t gamma;    /* on `standard`, no address */
    int64_t uploads;
    /* Of the newest call. */
    enum db_outcome outcome;
    struct err err;
    struct list events;
};

/* cmocka's setup and teardown: *state is a struct test_office. */
int test_office_open(void **state);
int test_office_close(void **state);

/* do_<method>(): runs office_<method>() as one job. False: office->err says why. */
#define DO_HERE(name, params, result)
#define DO_READ(name, params, result)                                                              \
    bool do_##name(struct test_office *office, const struct rec_##params *in,                      \
                   struct rec_##result *out);
#define DO_WRITE                                DO_READ
#define M(name, params, result, role, how, doc) DO_##how(name, params, result)
METHODS(M)
#undef M

/* Runs anything as one job. */
bool test_office_run(struct test_office *office, bool (*act)(struct op *op, void *data),
                     void *data);

/* The newest call must have ended so. */
void succeeded(const struct test_office *office, bool result);
void refused_for(const struct test_office *office, bool result, enum refusal why);
void failed_with(const struct test_office *office, bool result, enum err_code code,
                 const char *field);

/* Lets time pass. */
void pass(struct test_office *office, int64_t seconds);

/* An incoming letter of a client with awaiting status; fails the test if it cannot be. */
struct rec_mail_item letter_for(struct test_office *office, int64_t client_id,
                                const char *counterparty);

/* A finished upload of the clerk, as the list of one that calls take. */
struct list one_upload(struct test_office *office);

/* A request of the staff for a letter. */
struct rec_scan_request request_for(struct test_office *office, int64_t item_id);

struct rec_mail_item item_now(struct test_office *office, int64_t id);
bool can_do(const struct list *can, enum action action);

/* Id of the newest call's event of this kind; fails the test if there is none. */
int64_t event_of(const struct test_office *office, enum event_kind kind);

/* Any SQL; the other two: first column of its only row. */
void ask_run(struct test_office *office, const char *sql);
int64_t ask_int(struct test_office *office, const char *sql);
const char *ask_text(struct test_office *office, const char *sql);

/* The token of the newest link that a message to a client bears. */
const char *newest_token(struct test_office *office);

#endif
