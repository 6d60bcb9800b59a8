/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What all tests of the terminal begin with: each OFFICE_TEST has an office of its own. */
#ifndef SKRYTKA_TESTS_OFFICE_FIXTURE_H
#define SKRYTKA_TESTS_OFFICE_FIXTURE_H

#include "tests/tui/office.h"

/* main() says argv[0] here before it runs the tests. */
extern const char *office_test_program;

/* The present test's. */
extern struct office *office;
int office_setup(void **state);
int office_teardown(void **state);
#define OFFICE_TEST(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

/* Is this text in what the call answers? */
bool office_answers(const char *method, const char *json, const char *text);

/* A registered letter RR1 for client 017; asking for the scan of a letter. */
void office_letter(const char *sender);
void office_ask_for_scan(int item);

/* F9, the letter of a screen; waits for its title. */
void office_show(struct terminal *terminal, const char *letter, const char *title);

#endif
