/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/unit/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool run_take(struct op *op, void *data)
{
    struct taking *taking = data;
    return outbox_take_due(op, taking->channel, NULL, taking->limit, &taking->letters,
                           &taking->next_due);
}

struct taking take(struct test_office *office, enum medium channel, size_t limit)
{
    struct taking taking = { .channel = channel, .limit = limit };
    succeeded(office, test_office_run(office, run_take, &taking));
    return taking;
}

const struct outbox_letter *letter_at(const struct taking *taking, size_t i)
{
    assert_true(i < taking->letters.count);
    return (const struct outbox_letter *)taking->letters.at + i;
}

bool run_record(struct op *op, void *data)
{
    const struct outcome *outcome = data;
    return outbox_record(op, outcome->id, outcome->delivery, "250 2.0.0 Ok");
}

void record(struct test_office *office, int64_t id, enum delivery delivery)
{
    struct outcome outcome = { id, delivery };
    succeeded(office, test_office_run(office, run_record, &outcome));
}

bool run_recover(struct op *op, void *data)
{
    (void)data;
    return outbox_recover(op);
}

bool run_give_back(struct op *op, void *data)
{
    return outbox_give_back(op, *(const int64_t *)data);
}

struct rec_outbox_message message(struct test_office *office, int64_t id)
{
    struct rec_outbox_list in = {
        .after = id + 1, .has_after = true, .limit = 1, .has_limit = true
    };
    struct rec_outbox_list_result out;
    succeeded(office, do_outbox_list(office, &in, &out));
    assert_int_equal(out.messages.count, 1);
    struct rec_outbox_message found = *(struct rec_outbox_message *)out.messages.at;
    assert_int_equal(found.id, id);
    return found;
}
