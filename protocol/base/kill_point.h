/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Named places at which a test may end the daemon as kill -9 does (docs/adr/0022). Only builds with
 * a sanitizer have them: in a released program KILL_POINT() is nothing.
 *
 * SKRYTKA_TEST_KILL names a file. While that says "recorded 3", the process ends when it passes the
 * place of that name for the third time since.
 */
#ifndef SKRYTKA_BASE_KILL_POINT_H
#define SKRYTKA_BASE_KILL_POINT_H

#ifdef SKRYTKA_KILL_POINTS
/* Any thread. */
void kill_point(const char *name);
#define KILL_POINT(name) kill_point(#name)
#else
#define KILL_POINT(name) ((void)0)
#endif

#endif
