/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands around a screen's content: the key bar, and the alert in the top right corner. */
#ifndef SKRYTKA_UI_BARS_H
#define SKRYTKA_UI_BARS_H

#include "tui/ui/draw.h"

/* One key of the bar; words are translated already. */
struct bar_key {
    const char *key, *label;
    long value;  /* answered from draw_hit() with `click_what` when pressed */
    bool absent; /* not now, but it comes by itself: its place stays free where there is room */
};

/*
 * As many as fit, in the order given; one blank between two, two when there is room for all. The
 * last one (how to leave) is always shown and never absent.
 */
void bars_keys(struct area line, const struct bar_key *keys, int count, int click_what);

/* One request waiting to be seen: a head line and one below. */
struct alert_entry {
    const char *head, *detail;
};

/*
 * The alert: how many there are in all, and the newest entries that fit. `title` and `count_text`
 * are translated.
 */
struct alert_view {
    const char *title, *count_text;
    const struct alert_entry *entries;
    int count;
};
void bars_alert(struct area area, const struct alert_view *alert, int click_what, long click_value);

/* Folded, or where there is no room: "●3", at the right end of a line. Answers the columns used. */
int bars_badge(struct area line, long count, int click_what, long click_value);

#endif
