/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The terminal itself. */
#ifndef SKRYTKA_TUI_APP_H
#define SKRYTKA_TUI_APP_H

struct options;

/* Runs it until the user leaves. The program's exit status. */
int app_run(const struct options *options);

#endif
