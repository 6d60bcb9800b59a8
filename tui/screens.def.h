/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The screens of the menu, in its order: SCREEN(name, letter, who, place). `name` is the file in
 * screens/ and its const struct screen_ops screen_<name>; `place` groups it in the menu.
 */
SCREEN(requests, "S", CLERK, N_("Mail"))
SCREEN(incoming, "P", CLERK, N_("Mail"))
SCREEN(outgoing, "W", CLERK, N_("Mail"))
SCREEN(clients, "K", CLERK, "")
SCREEN(packages, "A", ADMINISTRATOR, "")
SCREEN(summary, "R", CLERK, N_("Settlements"))
SCREEN(settings, "U", ADMINISTRATOR, N_("Administration"))
SCREEN(message_texts, "M", ADMINISTRATOR, N_("Administration"))
SCREEN(users, "Y", ADMINISTRATOR, N_("Administration"))
SCREEN(outbox, "O", ADMINISTRATOR, N_("Administration"))
SCREEN(journal, "D", CLERK, N_("Administration"))
