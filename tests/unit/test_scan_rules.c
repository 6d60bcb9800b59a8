/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The rules of scan requests over every combination of facts, beside an oracle that was written
 * from the words of the office and not from the code: it asks each refusal by itself whether it
 * holds, and the first in the order of the enumeration must be the answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/domain/scan_rules.h"

/* Does this refusal hold, whatever the others say? */
static bool holds(enum refusal why, const struct scan_facts *facts)
{
    switch ((int)why) {
    case refusal_office_off: return !facts->office_allows;
    case refusal_client_ended: return !facts->client_active;
    case refusal_client_denied: return facts->client == permission_deny;
    case refusal_package_denied:
        return facts->client == permission_inherit && facts->package == permission_deny;
    case refusal_not_incoming: return facts->direction == direction_outgoing;
    case refusal_not_waiting: return facts->status != mail_status_awaiting_collection;
    case refusal_has_scan: return facts->has_scan;
    case refusal_already_open: return facts->has_open_request;
    default: return false;
    }
}

/* The first refusal below `end` that holds; refusal_MAX: none, so it is allowed. */
static enum refusal expected(const struct scan_facts *facts, enum refusal end)
{
    for (int why = 0; why < (int)end; why++) {
        if (holds((enum refusal)why, facts))
            return (enum refusal)why;
    }
    return refusal_MAX;
}

enum { COMBINATIONS = 2 * 2 * 3 * 3 * 2 * mail_status_MAX * 2 * 2 };

static unsigned digit(unsigned *number, unsigned base)
{
    unsigned value = *number % base;
    *number /= base;
    return value;
}

static struct scan_facts combination(unsigned number)
{
    struct scan_facts facts;
    facts.office_allows = digit(&number, 2);
    facts.client_active = digit(&number, 2);
    facts.client = (enum permission)digit(&number, permission_MAX);
    facts.package = (enum permission)digit(&number, permission_MAX);
    facts.direction = (enum direction)digit(&number, direction_MAX);
    facts.status = (enum mail_status)digit(&number, mail_status_MAX);
    facts.has_scan = digit(&number, 2);
    facts.has_open_request = digit(&number, 2);
    return facts;
}

static void the_rule_over_all_facts(void **state)
{
    unsigned allowed = 0;
    for (unsigned i = 0; i < COMBINATIONS; i++) {
        struct scan_facts facts = combination(i);
        enum refusal want = expected(&facts, refusal_MAX);
        enum refusal why = refusal_MAX;
        bool may = scan_may_request(&facts, &why);
        if (may != (want == refusal_MAX) || (!may && why != want))
            fail_msg("combination %u: refusal %d instead of %d", i, why, want);
        allowed += may;
    }
    /* Office on, contract running; client allows (3 packages) or inherits (2 packages that do not
     * deny). */
    assert_int_equal(allowed, 5);
}

static void the_permission_over_all_facts(void **state)
{
    for (unsigned i = 0; i < COMBINATIONS; i++) {
        struct scan_facts facts = combination(i);
        enum refusal want = expected(&facts, refusal_not_incoming);
        enum refusal why = refusal_MAX;
        assert_int_equal(scan_permitted(&facts, &why), want == refusal_MAX);
        assert_int_equal(why, want);
    }
}

/* With everything against it the first rule is named; mended one by one, the next. */
static void refusals_in_their_order(void **state)
{
    static const enum refusal order[] = { refusal_office_off,    refusal_client_ended,
                                          refusal_client_denied, refusal_not_incoming,
                                          refusal_not_waiting,   refusal_has_scan,
                                          refusal_already_open };
    struct scan_facts facts = {
        .client = permission_deny,
        .package = permission_deny,
        .direction = direction_outgoing,
        .status = mail_status_sent,
        .has_scan = true,
        .has_open_request = true,
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        enum refusal why = refusal_MAX;
        assert_false(scan_may_request(&facts, &why));
        assert_int_equal(why, order[i]);
        switch (i) {
        case 0: facts.office_allows = true; break;
        case 1: facts.client_active = true; break;
        case 2: facts.client = permission_allow; break;
        case 3: facts.direction = direction_incoming; break;
        case 4: facts.status = mail_status_awaiting_collection; break;
        case 5: facts.has_scan = false; break;
        default: facts.has_open_request = false; break;
        }
    }
    enum refusal why = refusal_MAX;
    assert_true(scan_may_request(&facts, &why));
    assert_int_equal(why, refusal_MAX);
}

static void moves_of_a_request(void **state)
{
    for (int from = 0; from < request_status_MAX; from++) {
        for (int action = 0; action < action_MAX; action++) {
            enum request_status to = request_status_MAX;
            bool moved = scan_request_move((enum request_status)from, (enum action)action, &to);
            bool fulfil = from == request_status_new && action == action_scan_request_fulfil;
            bool cancel = from == request_status_new && action == action_scan_request_cancel;
            assert_int_equal(moved, fulfil || cancel);
            assert_int_equal(to, fulfil   ? request_status_fulfilled
                                 : cancel ? request_status_cancelled
                                          : request_status_MAX);
        }
    }
}

static void actions_of_a_request(void **state)
{
    enum action actions[action_MAX];
    assert_int_equal(scan_request_actions(request_status_fulfilled, actions), 0);
    assert_int_equal(scan_request_actions(request_status_cancelled, actions), 0);
    assert_int_equal(scan_request_actions(request_status_new, actions), 2);
    assert_int_equal(actions[0], action_scan_request_fulfil);
    assert_int_equal(actions[1], action_scan_request_cancel);
}

static bool among(enum action action, const enum action *actions, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += actions[i] == action;
    assert_in_range(found, 0, 1);
    return found == 1;
}

static void actions_of_an_item(void **state)
{
    for (unsigned i = 0; i < COMBINATIONS; i++) {
        struct scan_facts facts = combination(i);
        enum action actions[action_MAX];
        size_t count = mail_item_actions(&facts, actions);
        bool waits = facts.status == mail_status_awaiting_collection;
        assert_in_range(count, 3, action_MAX);
        assert_true(among(action_mail_save, actions, count));
        assert_true(among(action_charge_save, actions, count));
        assert_true(among(action_scan_attach, actions, count));
        assert_int_equal(among(action_mail_collect, actions, count), waits);
        assert_int_equal(among(action_scan_request_create, actions, count),
                         expected(&facts, refusal_MAX) == refusal_MAX);
        assert_false(among(action_scan_request_fulfil, actions, count));
        assert_false(among(action_scan_request_cancel, actions, count));
    }
}

static void status_and_direction(void **state)
{
    static const struct {
        enum mail_status status;
        enum direction direction;
        bool closed;
    } table[] = {
        { mail_status_awaiting_collection, direction_incoming, false },
        { mail_status_collected, direction_incoming, true },
        { mail_status_forwarded, direction_incoming, true },
        { mail_status_destroyed, direction_incoming, true },
        { mail_status_to_send, direction_outgoing, false },
        { mail_status_sent, direction_outgoing, true },
    };
    assert_int_equal(sizeof table / sizeof *table, mail_status_MAX);
    for (size_t i = 0; i < mail_status_MAX; i++) {
        for (int direction = 0; direction < direction_MAX; direction++)
            assert_int_equal(mail_status_fits((enum direction)direction, table[i].status),
                             direction == (int)table[i].direction);
        assert_int_equal(mail_status_closed(table[i].status), table[i].closed);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_over_all_facts), cmocka_unit_test(the_permission_over_all_facts),
        cmocka_unit_test(refusals_in_their_order), cmocka_unit_test(moves_of_a_request),
        cmocka_unit_test(actions_of_a_request),    cmocka_unit_test(actions_of_an_item),
        cmocka_unit_test(status_and_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
