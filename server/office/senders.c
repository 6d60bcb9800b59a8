/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "protocol/base/text.h"
#include "server/office/office.h"

/* Of what was typed: names that begin with it come before those that have it inside. */
static const char *first_word(struct op *op, const char *text)
{
    char *word = text_fold(op->arena, text);
    word += strspn(word, " ");
    word[strcspn(word, " ")] = '\0';
    return word;
}

bool office_sender_search(struct op *op, const struct rec_sender_search *in,
                          struct rec_sender_search_result *out)
{
    enum { SENDERS = 10 };
    const char *text = op_or_null(op, in->text);
    const char *match = text != NULL ? op_match(op, text) : NULL;
    enum statement which = in->has_client_id ? SQL_sender_list_by_client : SQL_sender_list;
    if (match != NULL) {
        which = SQL_sender_list_by_words;
    } else if (text != NULL) {
        return true; /* nothing in it that a word could begin with */
    }
    struct sqlite3_stmt *list = db_statement(op->db, which);
    db_bind_record(list, &record_sender_search, in);
    if (match != NULL) {
        db_bind_text(list, "text", match);
        db_bind_text(list, "start", first_word(op, text));
    }
    db_bind_int(list, "limit", op_limit(true, in->has_limit ? in->limit : SENDERS));
    out->senders = db_all(op->db, list, &record_sender, 0, op->arena);
    return true;
}
