/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/uploads.h"

#include <string.h>

#include "server/office/office.h"

bool upload_find(struct op *op, int64_t id, const char *field, struct rec_scan *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_upload_get);
    db_bind_int(get, "id", id);
    db_bind_int(get, "user_id", op->actor.user_id);
    db_bind_int(get, "since", op->now - UPLOAD_LIFE);
    return db_one(op->db, get, &record_scan, ret, op->arena) || op_not_found(op, field);
}

static bool remove_row(struct op *op, int64_t id)
{
    struct sqlite3_stmt *remove = db_statement(op->db, SQL_upload_remove);
    db_bind_int(remove, "id", id);
    return db_exec(op->db, remove);
}

bool upload_take(struct op *op, int64_t id, struct rec_scan *scan)
{
    struct rec_scan found;
    if (!upload_find(op, id, "uploads", &found)) {
        return false;
    }
    scan->name = found.name;
    scan->type = found.type;
    scan->size = found.size;
    scan->sha256 = found.sha256;
    return remove_row(op, id);
}

bool office_scan_drop(struct op *op, const struct rec_scan_drop *in, struct rec_upload *out)
{
    struct rec_scan found;
    out->upload = in->upload;
    return upload_find(op, in->upload, "upload", &found) && remove_row(op, in->upload);
}

bool upload_enter(struct op *op, int64_t id, const struct rec_scan *scan)
{
    struct sqlite3_stmt *expire = db_statement(op->db, SQL_upload_expire);
    db_bind_int(expire, "before", op->now - UPLOAD_LIFE);
    db_exec(op->db, expire);

    struct sqlite3_stmt *count = db_statement(op->db, SQL_upload_count);
    db_bind_int(count, "user_id", op->actor.user_id);
    if (db_one_int(op->db, count, 0) >= LIMIT_OPEN_UPLOADS) {
        return err_set(&op->err, ERR_too_large, "upload",
                       "%d files wait already: attach or leave those first", LIMIT_OPEN_UPLOADS);
    }

    struct sqlite3_stmt *add = db_statement(op->db, SQL_upload_add);
    db_bind_int(add, "id", id);
    db_bind_int(add, "user_id", op->actor.user_id);
    db_bind_text(add, "name", scan->name);
    db_bind_text(add, "type", scan->type);
    db_bind_int(add, "size", scan->size);
    db_bind_text(add, "sha256", scan->sha256);
    db_bind_int(add, "finished_at", op->now);
    return db_exec(op->db, add);
}

bool upload_known(struct op *op, int64_t id, const char *sha256)
{
    struct rec_scan found;
    return upload_find(op, id, "upload", &found) &&
           (strcmp(found.sha256, sha256) == 0 ||
            err_set(&op->err, ERR_bad_request, "sha256", "another file was finished as this one"));
}
