/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/panel.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>

#include "db/scan_files.h"
#include "protocol/base/log.h"
#include "server/office/mail.h"
#include "server/office/office.h"
#include "server/office/requests.h"

bool panel_mail(struct op *op, const struct rec_client *client, const struct rec_mail_list *in,
                struct rec_mail_list_result *ret)
{
    struct rec_mail_list own = *in;
    own.client_id = client->id;
    own.has_client_id = true;
    own.direction = direction_incoming;
    own.has_direction = true;
    return mail_list(op, &own, MAIL_SEARCH_PUBLIC, ret);
}

bool panel_letter(struct op *op, const struct rec_client *client, int64_t item_id,
                  struct rec_mail_item *ret)
{
    if (!mail_load(op, item_id, "item", ret)) {
        return false;
    }
    return (ret->client_id == client->id && ret->direction == direction_incoming) ||
           op_not_found(op, "item");
}

bool panel_request(struct op *op, const struct rec_client *client, int64_t item_id)
{
    struct rec_mail_item item;
    int64_t id;
    op_act_as_client(op, client);
    return panel_letter(op, client, item_id, &item) &&
           request_make(op, &item, request_source_panel, false, &id);
}

/* False: *ret_why is why not. */
static bool may_withdraw(const struct rec_mail_item *item, enum refusal *ret_why)
{
    if (item->request == NULL || item->request->status != request_status_new) {
        *ret_why = refusal_not_new;
        return false;
    }
    *ret_why = refusal_taken;
    return item->request->claimed_by == NULL;
}

bool panel_may_withdraw(const struct rec_mail_item *item)
{
    enum refusal why;
    return may_withdraw(item, &why);
}

bool panel_withdraw(struct op *op, const struct rec_client *client, int64_t item_id)
{
    struct rec_mail_item item;
    enum refusal why;
    op_act_as_client(op, client);
    if (!panel_letter(op, client, item_id, &item)) {
        return false;
    }
    return may_withdraw(&item, &why)
               ? request_cancel(op, item.request->id, cancelled_by_client, NULL)
               : op_refused(op, why);
}

bool panel_scan_open(struct op *op, const struct rec_client *client, int64_t scan_id,
                     struct rec_scan *ret, int *ret_file)
{
    struct rec_mail_item item;
    char path[PATH_MAX];
    struct sqlite3_stmt *get = db_statement(op->db, SQL_scan_get);
    db_bind_int(get, "id", scan_id);
    if (!db_one(op->db, get, &record_scan, ret, op->arena)) {
        return op_not_found(op, "scan");
    }
    if (!panel_letter(op, client, ret->item_id, &item)) {
        return false;
    }
    int file = -1;
    if (scan_files_path(op->env->directory, ret->sha256, path, sizeof path)) {
        file = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (file < 0) {
        log_error("panel", "the file of scan %" PRId64 " cannot be opened", ret->id);
        return err_set(&op->err, ERR_unavailable, "scan", "its file cannot be opened");
    }
    *ret_file = file;
    return true;
}

bool panel_summary(struct op *op, const struct rec_client *client, const char *from, const char *to,
                   struct rec_settlement_client *ret)
{
    const struct rec_settlement_summary in = {
        .from = from, .to = to, .client_id = client->id, .has_client_id = true
    };
    struct rec_settlement_summary_result result = { 0 };
    if (!office_settlement_summary(op, &in, &result)) {
        return false;
    }
    *ret = *(const struct rec_settlement_client *)result.clients.at;
    return true;
}
