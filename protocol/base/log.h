/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The log: one record is one line on standard error, "<level> area: text", cleaned by text_clean()
 * so that nothing a peer sent can forge a line or steer a terminal. Secrets and link tokens never
 * go here. Any thread.
 */
#ifndef SKRYTKA_BASE_LOG_H
#define SKRYTKA_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped. LOG_INFO at start. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *area, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(area, ...) log_line(LOG_ERROR, (area), __VA_ARGS__)
#define log_warn(area, ...)  log_line(LOG_WARN, (area), __VA_ARGS__)
#define log_info(area, ...)  log_line(LOG_INFO, (area), __VA_ARGS__)
#define log_debug(area, ...) log_line(LOG_DEBUG, (area), __VA_ARGS__)

/* A broken invariant of our own: says where and aborts. Never reachable by what a peer sends. */
_Noreturn void bug(const char *file, int line, const char *what);
#define BUG(what)         bug(__FILE__, __LINE__, (what))
#define ENSURE(condition) ((condition) ? (void)0 : BUG(#condition))

#endif
