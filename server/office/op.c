/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/op.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/clock.h"
#include "protocol/base/text.h"
#include "server/office/settings.h"

bool op_begin(struct op *op, struct db_tx *db)
{
    op->db = db;
    op->now = clock_now();
    memset(&op->err, 0, sizeof op->err);
    memset(&op->events, 0, sizeof op->events);
    op->outbox = (struct outbox_change){ 0 };
    return settings_load(op, &op->settings);
}

void op_act_as_client(struct op *op, const struct rec_client *client)
{
    op->actor =
        (struct actor){ .kind = ACTOR_CLIENT, .client_id = client->id, .name = client->name };
}

bool op_bad(struct op *op, const char *field, const char *detail)
{
    return err_set(&op->err, ERR_bad_request, field, "%s", detail);
}

bool op_not_found(struct op *op, const char *field)
{
    return err_set(&op->err, ERR_not_found, field, "there is none of this number");
}

bool op_refused(struct op *op, enum refusal why)
{
    return err_set(&op->err, ERR_refused, "", "%s", words_refusal.at[why]);
}

bool op_conflict(struct op *op, const char *field, const char *detail)
{
    return err_set(&op->err, ERR_conflict, field, "%s", detail);
}

bool op_version(struct op *op, int64_t present, bool given, int64_t version)
{
    if (!given) {
        return op_bad(op, "version", "is missing");
    }
    if (version != present) {
        return op_conflict(op, "version", "somebody changed it meanwhile");
    }
    return true;
}

bool op_filled(struct op *op, const char *field, const char **text)
{
    *text = text_trim(op->arena, *text);
    return (*text)[0] != '\0' || op_bad(op, field, N_("must not be empty"));
}

const char *op_or_null(struct op *op, const char *text)
{
    if (text != NULL) {
        text = text_trim(op->arena, text);
    }
    return text != NULL && text[0] != '\0' ? text : NULL;
}

int64_t op_limit(bool given, int64_t limit)
{
    enum { DEFAULT_ROWS = 50 };
    if (!given) {
        return DEFAULT_ROWS;
    }
    return limit < 1 ? 1 : limit > LIMIT_PAGE_ROWS ? LIMIT_PAGE_ROWS : limit;
}

/* A word of a search, not terminated. */
struct word {
    const char *text;
    size_t length;
};

static bool begins_with(const struct word *word, const struct word *beginning)
{
    return word->length >= beginning->length &&
           memcmp(word->text, beginning->text, beginning->length) == 0;
}

/* Keeps what narrows the search: a word that another one begins with asks for nothing more. */
static size_t keep_word(struct word words[OP_MATCH_WORDS], size_t count, struct word word)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (begins_with(&words[i], &word)) {
            return count;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!begins_with(&word, &words[i])) {
            words[kept++] = words[i];
        }
    }
    if (kept < OP_MATCH_WORDS) {
        words[kept++] = word;
    }
    return kept;
}

const char *op_match(struct op *op, const char *text)
{
    struct word words[OP_MATCH_WORDS];
    size_t count = 0;
    const char *folded = text_fold(op->arena, text);
    while (*folded != '\0') {
        size_t length = strcspn(folded, " ");
        count = keep_word(words, count, (struct word){ folded, length });
        folded += length + (folded[length] == ' ' ? 1 : 0);
    }
    struct buf match = BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        buf_format(&match, "%s\"%.*s\"*", i > 0 ? " " : "", (int)words[i].length, words[i].text);
    }
    const char *result = match.length > 0 ? arena_text(op->arena, buf_str(&match)) : NULL;
    buf_release(&match);
    return result;
}

bool op_page_end(struct list *rows, int64_t limit)
{
    if (rows->count <= (size_t)limit) {
        return true;
    }
    rows->count = (size_t)limit;
    return false;
}
