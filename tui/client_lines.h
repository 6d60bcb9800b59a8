/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A client's own data as lines of a card. */
#ifndef SKRYTKA_TUI_CLIENT_LINES_H
#define SKRYTKA_TUI_CLIENT_LINES_H

#include "protocol/record.h"
#include "tui/card.h"

/* Each line leads to the client's form. Words that `client` holds are not copied. */
void client_lines(struct card *card, const struct rec_client *client);

#endif
