/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters, clients, charges, settings and users: what is stored, found, refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "tests/unit/office.h"

static void registered(void **state)
{
    struct test_office *office = *state;
    char today[CLOCK_DAY];
    struct rec_mail_register in = {
        .direction = direction_incoming,
        .client_id = office->alfa,
        .counterparty = "  Urząd Skarbowy ",
        .kind = mail_kind_registered,
        .has_kind = true,
        .reference = "RR 123",
        .note = " ",
        .shelf = "B2",
    };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    assert_int_equal(item.version, 1);
    assert_string_equal(item.counterparty, "Urząd Skarbowy");
    assert_int_equal(item.kind, mail_kind_registered);
    assert_string_equal(item.date, clock_day(clock_now(), today));
    assert_string_equal(item.reference, "RR 123");
    assert_null(item.note);
    assert_string_equal(item.shelf, "B2");
    assert_string_equal(item.registered_by, "jan");
    assert_string_equal(item.client_name, "Łódź Meble Sp. z o.o.");
    in.direction = direction_outgoing;
    succeeded(office, do_mail_register(office, &in, &item));
    assert_int_equal(item.status, mail_status_to_send);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox"), 2); /* of the incoming one */
    in.notify = false;
    in.has_notify = true;
    in.direction = direction_incoming;
    succeeded(office, do_mail_register(office, &in, &item));
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox"), 2);
}

static void registering_refused(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = 999,
                                    .counterparty = "Bank" };
    int64_t unknown = 77;
    failed_with(office, do_mail_register(office, &in, NULL), ERR_not_found, "client_id");
    in.client_id = office->alfa;
    in.counterparty = " \t ";
    failed_with(office, do_mail_register(office, &in, NULL), ERR_bad_request, "counterparty");
    in.counterparty = "Bank";
    in.uploads = (struct list){ &unknown, 1, true };
    failed_with(office, do_mail_register(office, &in, NULL), ERR_not_found, "uploads");
    in.uploads = (struct list){ 0 };
    in.cost = -1;
    in.has_cost = true;
    failed_with(office, do_mail_register(office, &in, NULL), ERR_bad_request, "cost");
    assert_int_equal(ask_int(office, "SELECT count(*) FROM mail_item"), 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM sender"), 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox"), 0);
}

/* With scans at once: they go with the mail, and there is no button. */
static void registered_with_a_scan(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = office->alfa,
                                    .counterparty = "Bank",
                                    .uploads = one_upload(office),
                                    .information = "Pilne" };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    assert_int_equal(item.scans.count, 1);
    assert_int_equal(item.cost, 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM link"), 0);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox_attachment"), 2);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM outbox WHERE text LIKE '%Pilne%'"), 2);
}

static size_t found(struct test_office *office, const char *text)
{
    struct rec_mail_list in = { .text = text };
    struct rec_mail_list_result out;
    succeeded(office, do_mail_list(office, &in, &out));
    return out.items.count;
}

static void found_by_words(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_register in = { .direction = direction_incoming,
                                    .client_id = office->alfa,
                                    .counterparty = "Główny Urząd Miar",
                                    .reference = "RR123456789PL",
                                    .note = "pęknięta koperta",
                                    .shelf = "B2" };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    letter_for(office, office->beta, "Żółw i Spółka");
    static const char *const hits[] = { "glowny", "GŁÓWNY",   "urz mia", "mia urz",    "rr1234",
                                        "lodz",   "peknieta", "b2",      "meble glow", "G" };
    static const char *const misses[] = { "glowny zolw", "lowny", "\"",         "'", "*",
                                          "--",          "AND",   "glowny AND", "(", "NEAR(",
                                          "^",           ":",     "text:zzz",   "\\" };
    for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) {
        if (found(office, hits[i]) != 1)
            fail_msg("\"%s\" found %zu", hits[i], found(office, hits[i]));
    }
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
        if (found(office, misses[i]) != 0)
            fail_msg("\"%s\" found something", misses[i]);
    }
    assert_int_equal(found(office, "zolw"), 1);
    assert_int_equal(found(office, "   "), 2); /* nothing typed: all */
    struct rec_mail_save rename = { .id = item.id, .version = 1, .counterparty = "Sąd" };
    succeeded(office, do_mail_save(office, &rename, NULL));
    assert_int_equal(found(office, "glowny"), 0);
    assert_int_equal(found(office, "sad"), 1);
}

/* Whatever is typed, the search answers and never with an error of the database. */
static void any_search_text(void **state)
{
    struct test_office *office = *state;
    static const char signs[] = " \"'*()^:-+{}~#%.,;_ANDORabc";
    unsigned seed = 7;
    letter_for(office, office->alfa, "Sąd");
    for (int round = 0; round < 2000; round++) {
        char text[24];
        size_t length = 1 + (size_t)rand_r(&seed) % 20;
        for (size_t i = 0; i < length; i++) {
            text[i] = signs[(size_t)rand_r(&seed) % (sizeof signs - 1)];
            if (rand_r(&seed) % 4 == 0)
                text[i] = (char)(1 + rand_r(&seed) % 255);
        }
        text[length] = '\0';
        found(office, text);
        struct rec_client_search client = { .text = text };
        succeeded(office, do_client_search(office, &client, NULL));
        struct rec_sender_search sender = { .text = text };
        succeeded(office, do_sender_search(office, &sender, NULL));
        struct rec_scan_request_list request = { .text = text };
        succeeded(office, do_scan_request_list(office, &request, NULL));
    }
}

static void edited(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_mail_save in = { .id = item.id, .version = 1, .note = "mokra", .shelf = "A1" };
    succeeded(office, do_mail_save(office, &in, &item));
    assert_int_equal(item.version, 2);
    assert_string_equal(item.note, "mokra");
    assert_string_equal(item.counterparty, "Sąd");
    failed_with(office, do_mail_save(office, &in, NULL), ERR_conflict, "version");
    in.version = 2;
    in.note = "";
    succeeded(office, do_mail_save(office, &in, &item));
    assert_null(item.note);
    in.version = 3;
    in.counterparty = " ";
    failed_with(office, do_mail_save(office, &in, NULL), ERR_bad_request, "counterparty");
    in.counterparty = NULL;
    in.status = mail_status_sent;
    in.has_status = true;
    failed_with(office, do_mail_save(office, &in, NULL), ERR_bad_request, "status");
    in.status = mail_status_destroyed;
    succeeded(office, do_mail_save(office, &in, &item));
    assert_true(item.has_closed_at);
    assert_false(can_do(&item.can, action_mail_collect));
    in.id = 999;
    failed_with(office, do_mail_save(office, &in, NULL), ERR_not_found, "id");
}

static void collected_together(void **state)
{
    struct test_office *office = *state;
    int64_t ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = letter_for(office, office->alfa, "Sąd").id;
    request_for(office, ids[2]);
    struct rec_mail_collect in = { .ids = { ids, 3, true }, .collected_by = "Anna" };
    struct rec_mail_collect_result out;
    /* One of them refuses: none is handed over. */
    refused_for(office, do_mail_collect(office, &in, NULL), refusal_open_request);
    assert_int_equal(ask_int(office, "SELECT count(*) FROM mail_item WHERE status = 'collected'"),
                     0);
    in.ids.count = 2;
    succeeded(office, do_mail_collect(office, &in, &out));
    assert_int_equal(out.items.count, 2);
    assert_int_equal(out.event_ids.count, 2);
    for (int i = 0; i < 2; i++) {
        struct rec_undo undo = { .event_id = ((const int64_t *)out.event_ids.at)[i] };
        struct rec_undo_result undone;
        succeeded(office, do_undo(office, &undo, &undone));
        assert_int_equal(undone.item_id, ids[i]);
    }
    in.ids.count = 0;
    failed_with(office, do_mail_collect(office, &in, NULL), ERR_bad_request, "ids");
    int64_t outgoing;
    struct rec_mail_register letter = { .direction = direction_outgoing,
                                        .client_id = office->alfa,
                                        .counterparty = "Bank" };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &letter, &item));
    outgoing = item.id;
    in.ids = (struct list){ &outgoing, 1, true };
    refused_for(office, do_mail_collect(office, &in, NULL), refusal_not_incoming);
}

static int64_t total(struct test_office *office, const char *from, const char *to)
{
    struct rec_settlement_summary in = { .from = from, .to = to };
    struct rec_settlement_summary_result out;
    succeeded(office, do_settlement_summary(office, &in, &out));
    return out.total;
}

/* On an outgoing letter a charge counts on the day it was sent, else on the day it was entered. */
static void day_of_a_charge(void **state)
{
    struct test_office *office = *state;
    char today[CLOCK_DAY];
    clock_day(clock_now(), today);
    struct rec_mail_register in = { .direction = direction_outgoing,
                                    .client_id = office->alfa,
                                    .counterparty = "Bank" };
    struct rec_mail_item item;
    succeeded(office, do_mail_register(office, &in, &item));
    struct rec_charge_save charge = { .item_id = item.id,
                                      .has_item_id = true,
                                      .amount = 900,
                                      .has_amount = true,
                                      .information = "Znaczek" };
    succeeded(office, do_charge_save(office, &charge, &item));
    assert_int_equal(total(office, today, today), 900);
    struct rec_mail_save send = { .id = item.id,
                                  .version = item.version,
                                  .date = "2026-02-27",
                                  .status = mail_status_sent,
                                  .has_status = true };
    succeeded(office, do_mail_save(office, &send, &item));
    assert_string_equal(item.sent_on, "2026-02-27");
    assert_int_equal(total(office, today, today), 0);
    assert_int_equal(total(office, "2026-02-27", "2026-02-27"), 900);
    succeeded(office, do_charge_save(office, &charge, &item)); /* entered later, counts then too */
    assert_int_equal(total(office, "2026-02-01", "2026-02-28"), 1800);
    send = (struct rec_mail_save){
        .id = item.id, .version = item.version, .status = mail_status_to_send, .has_status = true
    };
    succeeded(office, do_mail_save(office, &send, &item));
    assert_null(item.sent_on);
    assert_int_equal(total(office, "2026-02-01", "2026-02-28"), 0);
    assert_int_equal(total(office, today, today), 1800);
}

static void charges(void **state)
{
    struct test_office *office = *state;
    struct rec_mail_item item = letter_for(office, office->alfa, "Sąd");
    struct rec_charge_save in = {
        .item_id = item.id, .has_item_id = true, .amount = 250, .has_amount = true
    };
    succeeded(office, do_charge_save(office, &in, &item));
    in.amount = -50;
    in.information = "Korekta";
    succeeded(office, do_charge_save(office, &in, &item));
    assert_int_equal(item.cost, 200);
    struct rec_charge first = *(struct rec_charge *)item.charges.at;
    struct rec_charge_save change = {
        .id = first.id, .has_id = true, .amount = 300, .has_amount = true
    };
    failed_with(office, do_charge_save(office, &change, NULL), ERR_bad_request, "version");
    change.version = 9;
    change.has_version = true;
    failed_with(office, do_charge_save(office, &change, NULL), ERR_conflict, "version");
    change.version = 1;
    succeeded(office, do_charge_save(office, &change, &item));
    assert_int_equal(item.cost, 250);
    change.version = 2;
    change.amount = 0;
    failed_with(office, do_charge_save(office, &change, NULL), ERR_bad_request, "amount");
    struct rec_charge got;
    succeeded(office, do_charge_get(office, &(struct rec_by_id){ .id = first.id }, &got));
    assert_int_equal(got.version, 2);
    assert_int_equal(got.item_id, item.id);
    struct rec_charge_remove remove = { .id = first.id, .version = 1, .has_version = true };
    failed_with(office, do_charge_remove(office, &remove, NULL), ERR_conflict, "version");
    remove.has_version = false;
    succeeded(office, do_charge_remove(office, &remove, &item));
    assert_int_equal(item.cost, -50);
    failed_with(office, do_charge_remove(office, &remove, NULL), ERR_not_found, "id");
    failed_with(office, do_charge_get(office, &(struct rec_by_id){ .id = first.id }, NULL),
                ERR_not_found, "id");
}

static void clients(void **state)
{
    struct test_office *office = *state;
    static const char *bad[] = { "a@b.example\r\nRCPT TO:<x@y.example>" };
    struct rec_client now;
    letter_for(office, office->alfa, "Sąd");
    succeeded(office, do_client_get(office, &(struct rec_by_id){ office->alfa }, &now));
    assert_string_equal(now.code, "001");
    assert_int_equal(now.waiting, 1);
    assert_true(now.may_request_scans);
    struct rec_client_save in = { .id = now.id,
                                  .has_id = true,
                                  .version = now.version,
                                  .has_version = true,
                                  .tax_id = "123-456-32-18",
                                  .phone = "601 234 567" };
    succeeded(office, do_client_save(office, &in, &now));
    assert_string_equal(now.tax_id, "1234563218");
    assert_string_equal(now.phone, "+48601234567");
    assert_int_equal(now.emails.count, 2);
    in.version = now.version;
    in.emails = (struct list){ bad, 1, true };
    failed_with(office, do_client_save(office, &in, NULL), ERR_bad_request, "emails");
    in.emails = (struct list){ 0 };
    in.tax_id = "1234563219";
    failed_with(office, do_client_save(office, &in, NULL), ERR_bad_request, "tax_id");
    in.tax_id = NULL;
    in.code = "002";
    failed_with(office, do_client_save(office, &in, NULL), ERR_conflict, "code");
    in.code = NULL;
    in.has_version = false;
    failed_with(office, do_client_save(office, &in, NULL), ERR_bad_request, "version");
    in.has_version = true;
    office->actor.role = role_clerk;
    in.allow_scan_requests = permission_deny;
    in.has_allow_scan_requests = true;
    failed_with(office, do_client_save(office, &in, NULL), ERR_forbidden, "allow_scan_requests");
}

static void settings(void **state)
{
    struct test_office *office = *state;
    struct rec_settings now;
    succeeded(office, do_settings_get(office, &(struct rec_nothing){ 0 }, &now));
    assert_string_equal(((const char **)now.office_phones.at)[0], "+48601234567");
    struct rec_settings_save in = { .version = now.version,
                                    .has_version = true,
                                    .scan_request_note = "Uwaga:\nto kosztuje" };
    succeeded(office, do_settings_save(office, &in, &now));
    assert_string_equal(now.scan_request_note, "Uwaga:\nto kosztuje");
    assert_true(now.allow_scan_requests);
    failed_with(office, do_settings_save(office, &in, NULL), ERR_conflict, "version");
    in = (struct rec_settings_save){ .time_zone = "Mars/Olympus" };
    failed_with(office, do_settings_save(office, &in, NULL), ERR_bad_request, "time_zone");
    in = (struct rec_settings_save){ .office_name = " " };
    failed_with(office, do_settings_save(office, &in, NULL), ERR_bad_request, "office_name");
    const char *phones[] = { "12" };
    in = (struct rec_settings_save){ .office_phones = { phones, 1, true } };
    failed_with(office, do_settings_save(office, &in, NULL), ERR_bad_request, "office_phones");
}

static void users(void **state)
{
    struct test_office *office = *state;
    struct rec_user_save in = { .id = office->actor.user_id,
                                .has_id = true,
                                .version = 1,
                                .has_version = true,
                                .role = role_clerk,
                                .has_role = true };
    refused_for(office, do_user_save(office, &in, NULL), refusal_last_administrator);
    in.has_role = false;
    in.has_active = true; /* false */
    refused_for(office, do_user_save(office, &in, NULL), refusal_last_administrator);
    struct rec_user_save other = {
        .login = "ola", .role = role_administrator, .has_role = true, .password = "kot"
    };
    failed_with(office, do_user_save(office, &other, NULL), ERR_bad_request, "password");
    other.password = NULL;
    other.os_user = "ola";
    struct rec_user made;
    succeeded(office, do_user_save(office, &other, &made));
    assert_string_equal(made.name, "ola");
    assert_false(made.has_password);
    failed_with(office, do_user_save(office, &other, NULL), ERR_conflict, "login");
    succeeded(office, do_user_save(office, &in, &made)); /* now there is another */
    assert_false(made.active);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_office_open, test_office_close)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(registered),
        TEST(registering_refused),
        TEST(registered_with_a_scan),
        TEST(found_by_words),
        TEST(any_search_text),
        TEST(edited),
        TEST(collected_together),
        TEST(day_of_a_charge),
        TEST(charges),
        TEST(clients),
        TEST(settings),
        TEST(users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
