/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fields of a letter's form (screens/mail_form.c); the two directions differ in words and
 * states. */
#ifndef SKRYTKA_TUI_MAIL_FIELDS_H
#define SKRYTKA_TUI_MAIL_FIELDS_H

#include "tui/ui/form.h"

enum {
    CLIENT,
    COUNTERPARTY,
    KIND,
    REFERENCE,
    SHELF,
    DATE,
    NOTE,
    STATUS,
    SENT_ON, /* only of outgoing letters that are sent */
    COLLECTED_BY,
    NOTIFY,
    FILES,
    INFORMATION,
    COST,
    FIELDS
};

extern const struct form_field incoming_fields[FIELDS];
extern const struct form_field outgoing_fields[FIELDS];

#endif
