/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Was a letter with this reference number registered before? Told beside the field when it is left;
 * asked, when the letter is to be saved straight from it, as a bar code scanner leaves it.
 */
#ifndef SKRYTKA_TUI_REFERENCE_CHECK_H
#define SKRYTKA_TUI_REFERENCE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/record.h"

struct editing;

/* The first members are set by its owner. */
struct reference_check {
    struct editing *editing;
    int field;                 /* of the reference number */
    void (*save)(void *owner); /* goes on with saving */
    void *owner;
    int64_t own_id;                     /* of the letter itself, which counts for nothing */
    char checked[LIMIT_LINE_BYTES + 1]; /* the number looked up last */
    bool looking, saving;               /* that is under way; and saving waits for it */
};

/* Its owner goes away. */
void reference_check_close(struct reference_check *check);

/* A new letter: the same number is looked up anew. */
void reference_check_begin(struct reference_check *check);

/*
 * True: the number is being looked up, and `saving` goes on with the answer. False: there is none,
 * or it was looked up already.
 */
bool reference_check(struct reference_check *check, int64_t own_id, bool saving);

#endif
