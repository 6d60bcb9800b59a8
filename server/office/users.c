/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "server/domain/identifiers.h"
#include "server/office/journal.h"
#include "server/office/office.h"
#include "server/office/password.h"

enum { PASSWORD_BYTES_MIN = 8 };

static bool user_load(struct op *op, int64_t id, struct rec_user *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_user_get);
    db_bind_int(get, "id", id);
    return db_one(op->db, get, &record_user, ret, op->arena) || op_not_found(op, "id");
}

bool office_user_list(struct op *op, const struct rec_nothing *in, struct rec_user_list_result *out)
{
    (void)in;
    out->users = db_all(op->db, db_statement(op->db, SQL_user_list), &record_user, 0, op->arena);
    return true;
}

static bool check(struct op *op, const struct rec_user_save *in, struct rec_user *user)
{
    user->name = op_or_null(op, user->name);
    user->name = user->name != NULL ? user->name : user->login;
    user->os_user = op_or_null(op, user->os_user);
    const char *wrong = login_wrong(user->login);
    if (wrong != NULL) {
        return op_bad(op, "login", wrong);
    }
    if (in->password != NULL && strlen(in->password) < PASSWORD_BYTES_MIN) {
        return op_bad(op, "password", N_("must have at least 8 characters"));
    }
    return true;
}

/*
 * Hashing takes its 60 ms on the writer thread: it happens when a user is made or changed, and
 * keeps the plain password out of any row.
 */
static bool set_password(struct op *op, int64_t id, const char *password)
{
    char hash[PASSWORD_HASH];
    if (!password_hash(password, hash)) {
        return err_set(&op->err, ERR_unavailable, "password", "no memory to hash it");
    }
    struct sqlite3_stmt *set = db_statement(op->db, SQL_user_set_password);
    db_bind_int(set, "id", id);
    db_bind_text(set, "text", hash);
    return db_exec(op->db, set);
}

/* Somebody must be left who can manage the office, once somebody could. */
static bool administrator_left(struct op *op, bool was_administrator)
{
    struct sqlite3_stmt *count = db_statement(op->db, SQL_user_administrators);
    return !was_administrator || db_one_int(op->db, count, 0) > 0 ||
           op_refused(op, refusal_last_administrator);
}

bool office_user_save(struct op *op, const struct rec_user_save *in, struct rec_user *out)
{
    struct rec_user user = { .active = true };
    if (in->has_id && (!user_load(op, in->id, &user) ||
                       !op_version(op, user.version, in->has_version, in->version))) {
        return false;
    }
    bool was_administrator = in->has_id && user.active && user.role == role_administrator;
    record_merge(&record_user_save, in, &record_user, &user);
    if (!check(op, in, &user)) {
        return false;
    }
    struct sqlite3_stmt *save = db_statement(op->db, in->has_id ? SQL_user_change : SQL_user_add);
    db_bind_record(save, &record_user, &user);
    bool clash;
    if (!db_exec_unique(op->db, save, &clash)) {
        return clash && op_conflict(op, "login", "another user has this login or OS user");
    }
    int64_t id = in->has_id ? in->id : db_last_id(op->db);
    if ((in->password != NULL && !set_password(op, id, in->password)) ||
        !administrator_left(op, was_administrator)) {
        return false;
    }
    journal_add(op, event_kind_user_changed, (struct event_about){ .detail = user.login });
    return user_load(op, id, out);
}
