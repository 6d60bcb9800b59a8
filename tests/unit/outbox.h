/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sender's side of a test's office: takes what is due, records how tries ended. */
#ifndef SKRYTKA_TESTS_OUTBOX_H
#define SKRYTKA_TESTS_OUTBOX_H

#include "server/office/outbox.h"
#include "tests/unit/office.h"

struct taking {
    enum medium channel;
    size_t limit;
    struct list letters; /* of struct outbox_letter */
    int64_t next_due;
};

struct taking take(struct test_office *office, enum medium channel, size_t limit);
const struct outbox_letter *letter_at(const struct taking *taking, size_t i);

struct outcome {
    int64_t id;
    enum delivery delivery;
};

/*
 * For test_office_run(): outbox_record() of a struct outcome, outbox_recover(), outbox_give_back()
 * of an id.
 */
bool run_record(struct op *op, void *data);
bool run_recover(struct op *op, void *data);
bool run_give_back(struct op *op, void *data);

/* Records an outcome, with the answer "250 2.0.0 Ok". */
void record(struct test_office *office, int64_t id, enum delivery delivery);

/* A message as outbox_list tells it; the test fails when there is none. */
struct rec_outbox_message message(struct test_office *office, int64_t id);

#endif
