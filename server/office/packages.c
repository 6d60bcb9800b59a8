/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/packages.h"

#include "server/office/journal.h"
#include "server/office/office.h"

bool package_load(struct op *op, int64_t id, const char *field, struct rec_package *ret)
{
    struct sqlite3_stmt *get = db_statement(op->db, SQL_package_get);
    db_bind_int(get, "id", id);
    return db_one(op->db, get, &record_package, ret, op->arena) || op_not_found(op, field);
}

bool office_package_list(struct op *op, const struct rec_nothing *in,
                         struct rec_package_list_result *out)
{
    (void)in;
    struct sqlite3_stmt *list = db_statement(op->db, SQL_package_list);
    out->packages = db_all(op->db, list, &record_package, 0, op->arena);
    return true;
}

bool office_package_save(struct op *op, const struct rec_package_save *in, struct rec_package *out)
{
    struct rec_package package = { .allow_scan_requests = permission_inherit };
    if (in->has_id && (!package_load(op, in->id, "id", &package) ||
                       !op_version(op, package.version, in->has_version, in->version))) {
        return false;
    }
    record_merge(&record_package_save, in, &record_package, &package);
    if (package.default_scan_cost < 0) {
        return op_bad(op, "default_scan_cost", N_("must not be negative"));
    }
    if (!op_filled(op, "name", &package.name)) {
        return false;
    }
    struct sqlite3_stmt *save =
        db_statement(op->db, in->has_id ? SQL_package_change : SQL_package_add);
    db_bind_record(save, &record_package, &package);
    bool clash;
    if (!db_exec_unique(op->db, save, &clash)) {
        return clash && op_conflict(op, "name", "there is a package of this name already");
    }
    int64_t id = in->has_id ? in->id : db_last_id(op->db);
    journal_add(op, event_kind_package_changed, (struct event_about){ .detail = package.name });
    return package_load(op, id, "id", out);
}
