/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/tui/office_fixture.h"

#include <stdio.h>
#include <string.h>

const char *office_test_program;
struct office *office;

int office_setup(void **state)
{
    (void)state;
    office = office_start(office_test_program);
    return 0;
}

int office_teardown(void **state)
{
    (void)state;
    office_stop(office);
    return 0;
}

bool office_answers(const char *method, const char *json, const char *text)
{
    return strstr(office_call(office, method, json), text) != NULL;
}

void office_letter(const char *sender)
{
    char json[300];
    snprintf(json, sizeof(json),
             "{\"direction\":\"incoming\",\"client_id\":1,\"kind\":\"registered\","
             "\"reference\":\"RR1\",\"counterparty\":\"%s\"}",
             sender);
    office_call(office, "mail_register", json);
}

void office_ask_for_scan(int item)
{
    char json[60];
    snprintf(json, sizeof(json), "{\"item_id\":%d}", item);
    office_call(office, "scan_request_create", json);
}

void office_show(struct terminal *terminal, const char *letter, const char *title)
{
    terminal_type(terminal, KEYS_F(9));
    terminal_type(terminal, letter);
    terminal_wait(terminal, title);
}
