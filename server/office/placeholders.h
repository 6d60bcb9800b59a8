/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The names in braces that an office may use in its own texts: "Nowa poczta: {sender}". Pure; any
 * thread.
 */
#ifndef SKRYTKA_OFFICE_PLACEHOLDERS_H
#define SKRYTKA_OFFICE_PLACEHOLDERS_H

struct arena;

/* P(name): the letter's facts, as the templates of our own know them too. */
#define PLACEHOLDERS(P) P(client) P(box) P(sender) P(kind) P(date) P(reference) P(number) P(office)

enum placeholder {
#define P(name) PLACEHOLDER_##name,
    PLACEHOLDERS(P)
#undef P
        PLACEHOLDER_MAX
};

/* "client" and so on, by enum placeholder. */
extern const char *const placeholder_names[PLACEHOLDER_MAX];

/* The first name in braces that is none of ours (arena); NULL when there is none. */
const char *placeholders_unknown(struct arena *arena, const char *text);

/*
 * The text with every placeholder replaced by its value (NULL: nothing). Braces around anything
 * else stay as they are.
 */
const char *placeholders_fill(struct arena *arena, const char *text,
                              const char *const values[PLACEHOLDER_MAX]);

#endif
