/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * All SQL there is: S(name, text). Columns and parameters bear the names of the schema's fields,
 * so db_row() and db_bind_record() need no list of their own. A test asks EXPLAIN QUERY PLAN that
 * no statement scans a big table. Included wherever a list of the statements is wanted.
 */
/* clang-format off */
#ifndef SKRYTKA_DB_STATEMENT_PARTS
#define SKRYTKA_DB_STATEMENT_PARTS

#define SQL_MAIL_COLUMNS \
    "SELECT m.id, m.version, m.direction, m.client_id, c.name AS client_name, c.code AS client_code," \
    " m.counterparty, m.kind, m.date, m.reference, m.note, m.shelf, m.status, m.registered_at," \
    " m.registered_by, m.closed_at, m.collected_by, m.sent_on," \
    " (SELECT coalesce(sum(h.amount), 0) FROM charge h WHERE h.item_id = m.id) AS cost "
#define SQL_MAIL_FILTER \
    " AND (:direction IS NULL OR m.direction = :direction)" \
    " AND (:client_id IS NULL OR m.client_id = :client_id)" \
    " AND (:status IS NULL OR m.status = :status)" \
    " AND (:kind IS NULL OR m.kind = :kind)" \
    " AND (:from IS NULL OR m.date >= :from) AND (:to IS NULL OR m.date <= :to)" \
    " AND (:reference IS NULL OR m.reference = :reference)"
#define SQL_MAIL_PAGE SQL_MAIL_FILTER " ORDER BY m.id DESC LIMIT :limit"
/* CROSS JOIN keeps the order of the tables: the filtered one leads. */
#define SQL_MAIL_FROM "FROM mail_item m CROSS JOIN client c ON c.id = m.client_id "

#define SQL_REQUEST_COLUMNS \
    "SELECT r.id, r.item_id, r.client_id, c.name AS client_name, c.code AS client_code," \
    " m.counterparty, m.kind, m.date, m.reference, m.shelf, r.requested_at, r.requested_by," \
    " r.source, r.possibly_automatic, r.status, r.closed_at, r.closed_by, r.cancelled_by," \
    " r.reason, r.information, coalesce(r.cost, p.default_scan_cost) AS cost "
#define SQL_REQUEST_FROM \
    "FROM scan_request r CROSS JOIN mail_item m ON m.id = r.item_id" \
    " CROSS JOIN client c ON c.id = r.client_id CROSS JOIN package p ON p.id = c.package_id "

#define SQL_CLIENT_COLUMNS \
    "SELECT c.id, c.version, c.code, c.name, c.phone, c.tax_id, c.package_id," \
    " p.name AS package_name, c.allow_scan_requests, p.default_scan_cost, c.language, c.active "
#define SQL_CLIENT_FROM "FROM client c CROSS JOIN package p ON p.id = c.package_id "

#define SQL_CHARGE_COLUMNS \
    "SELECT h.id, h.version, h.item_id, h.request_id, h.amount, h.information, h.day," \
    " h.entered_at, h.entered_by, h.invoice_number, h.invoice_date, m.direction, m.counterparty "
#define SQL_CHARGE_FROM "FROM charge h CROSS JOIN mail_item m ON m.id = h.item_id "

#define SQL_OUTBOX_COLUMNS \
    "SELECT o.id, o.channel, o.recipient, o.subject, o.state, o.created_at, o.due_at, o.expires_at," \
    " o.attempts, o.last_attempt_at, o.answer, o.delivered_at, o.message_id, o.item_id," \
    " o.client_id, o.late, o.parts FROM outbox o "

#define SQL_EVENT_COLUMNS \
    "SELECT e.id, e.at, e.actor, e.kind, e.item_id, e.client_id, e.request_id, e.client_name," \
    " e.client_code, e.counterparty, e.detail FROM event e "
#define SQL_EVENT_FILTER \
    " AND (:item_id IS NULL OR e.item_id = :item_id)" \
    " AND (:client_id IS NULL OR e.client_id = :client_id)" \
    " AND (:kind IS NULL OR e.kind = :kind) AND (:actor IS NULL OR e.actor = :actor)" \
    " AND (:since IS NULL OR e.at >= :since) AND (:until IS NULL OR e.at < :until) "
#endif

/* settings */
S(settings_get, "SELECT version, allow_scan_requests, scan_request_note, scan_request_note_en,"
    " office_name,"
    " collection_place, notify_email, notify_sms, email_gather_minutes, sms_gather_minutes,"
    " sms_quiet_from, sms_quiet_to, sms_monthly_limit, mail_subject_pl,"
    " mail_subject_en, mail_greeting_pl, mail_greeting_en, mail_footer_pl, mail_footer_en,"
    " language, time_zone FROM settings")
S(settings_save, "UPDATE settings SET version = version + 1,"
    " allow_scan_requests = :allow_scan_requests, scan_request_note = :scan_request_note,"
    " scan_request_note_en = :scan_request_note_en,"
    " office_name = :office_name, collection_place = :collection_place,"
    " notify_email = :notify_email, notify_sms = :notify_sms,"
    " email_gather_minutes = :email_gather_minutes, sms_gather_minutes = :sms_gather_minutes,"
    " sms_quiet_from = :sms_quiet_from, sms_quiet_to = :sms_quiet_to,"
    " sms_monthly_limit = :sms_monthly_limit, mail_subject_pl = :mail_subject_pl,"
    " mail_subject_en = :mail_subject_en, mail_greeting_pl = :mail_greeting_pl,"
    " mail_greeting_en = :mail_greeting_en, mail_footer_pl = :mail_footer_pl,"
    " mail_footer_en = :mail_footer_en, language = :language,"
    " time_zone = :time_zone")
S(office_email_list, "SELECT address FROM office_email ORDER BY position")
S(office_email_clear, "DELETE FROM office_email")
S(office_email_add, "INSERT INTO office_email (position, address) VALUES (:position, :text)")
S(office_phone_list, "SELECT number FROM office_phone ORDER BY position")
S(office_phone_clear, "DELETE FROM office_phone")
S(office_phone_add, "INSERT INTO office_phone (position, number) VALUES (:position, :text)")

/* packages */
S(package_list, "SELECT p.id, p.version, p.name, p.allow_scan_requests, p.default_scan_cost,"
    " (SELECT count(*) FROM client c WHERE c.package_id = p.id) AS clients"
    " FROM package p ORDER BY p.name")
S(package_get, "SELECT p.id, p.version, p.name, p.allow_scan_requests, p.default_scan_cost,"
    " (SELECT count(*) FROM client c WHERE c.package_id = p.id) AS clients"
    " FROM package p WHERE p.id = :id")
S(package_add, "INSERT INTO package (name, allow_scan_requests, default_scan_cost)"
    " VALUES (:name, :allow_scan_requests, :default_scan_cost)")
S(package_change, "UPDATE package SET version = version + 1, name = :name,"
    " allow_scan_requests = :allow_scan_requests, default_scan_cost = :default_scan_cost"
    " WHERE id = :id")

/* clients */
S(client_get, SQL_CLIENT_COLUMNS SQL_CLIENT_FROM "WHERE c.id = :id")
S(client_waiting, "SELECT count(*) FROM mail_item WHERE client_id = :id"
    " AND status = 'awaiting_collection'")
S(client_add, "INSERT INTO client (code, name, phone, tax_id, package_id, allow_scan_requests,"
    " language, active) VALUES (:code, :name, :phone, :tax_id, :package_id,"
    " :allow_scan_requests, :language, :active)")
S(client_change, "UPDATE client SET version = version + 1, code = :code, name = :name,"
    " phone = :phone, tax_id = :tax_id, package_id = :package_id,"
    " allow_scan_requests = :allow_scan_requests, language = :language, active = :active"
    " WHERE id = :id")
S(client_next_code, "SELECT coalesce(max(CAST(code AS INTEGER)), 0) + 1 FROM client"
    " WHERE code NOT GLOB '*[^0-9]*' AND length(code) < 9")
S(client_used, "UPDATE client SET uses = uses + 1 WHERE id = :id")
S(client_email_list, "SELECT address FROM client_email WHERE client_id = :id ORDER BY position")
S(client_email_clear, "DELETE FROM client_email WHERE client_id = :id")
S(client_email_add, "INSERT INTO client_email (client_id, position, address)"
    " VALUES (:id, :position, :text)")
S(client_alias_list, "SELECT name FROM client_alias WHERE client_id = :id ORDER BY position")
S(client_alias_clear, "DELETE FROM client_alias WHERE client_id = :id")
S(client_alias_add, "INSERT INTO client_alias (client_id, position, name)"
    " VALUES (:id, :position, :text)")
S(client_index_clear, "DELETE FROM client_search WHERE rowid = :id")
S(client_index_add, "INSERT INTO client_search (rowid, text) VALUES (:id, :text)")
S(client_list, SQL_CLIENT_COLUMNS SQL_CLIENT_FROM
    "WHERE (c.active = 1 OR :ended_too = 1)"
    " ORDER BY c.active DESC, length(c.code), c.code LIMIT :limit OFFSET :offset")
S(client_list_by_code, SQL_CLIENT_COLUMNS SQL_CLIENT_FROM
    "WHERE (c.active = 1 OR :ended_too = 1)"
    " AND (c.code GLOB :text || '*' OR ltrim(c.code, '0') GLOB :text || '*')"
    " ORDER BY c.active DESC, length(c.code), c.code LIMIT :limit OFFSET :offset")
S(client_list_by_words, SQL_CLIENT_COLUMNS
    "FROM client_search s CROSS JOIN client c ON c.id = s.rowid"
    " CROSS JOIN package p ON p.id = c.package_id"
    " WHERE s.text MATCH :text AND (c.active = 1 OR :ended_too = 1)"
    " ORDER BY c.active DESC, c.uses DESC, length(c.code), c.code LIMIT :limit OFFSET :offset")

/* senders */
S(sender_used, "INSERT INTO sender (folded, name, uses) VALUES (:folded, :name, 1)"
    " ON CONFLICT (folded) DO UPDATE SET uses = uses + 1, name = excluded.name RETURNING id, uses")
S(sender_index_add, "INSERT INTO sender_search (rowid, text) VALUES (:id, :folded)")
S(client_sender_used, "INSERT INTO client_sender (client_id, sender_id, uses)"
    " VALUES (:client_id, :id, 1)"
    " ON CONFLICT (client_id, sender_id) DO UPDATE SET uses = uses + 1")
S(sender_list, "SELECT name, uses FROM sender ORDER BY uses DESC LIMIT :limit")
S(sender_list_by_client, "SELECT s.name, k.uses FROM client_sender k"
    " CROSS JOIN sender s ON s.id = k.sender_id WHERE k.client_id = :client_id"
    " ORDER BY k.uses DESC, s.uses DESC LIMIT :limit")
S(sender_list_by_words, "SELECT s.name, s.uses FROM sender_search f"
    " CROSS JOIN sender s ON s.id = f.rowid"
    " LEFT JOIN client_sender k ON k.client_id = :client_id AND k.sender_id = s.id"
    " WHERE f.text MATCH :text ORDER BY substr(s.folded, 1, length(:start)) = :start DESC,"
    " coalesce(k.uses, 0) DESC, s.uses DESC LIMIT :limit")

/* mail items */
S(mail_get, SQL_MAIL_COLUMNS SQL_MAIL_FROM "WHERE m.id = :id")
S(mail_add, "INSERT INTO mail_item (direction, client_id, counterparty, kind, date, reference,"
    " note, shelf, status, registered_at, registered_by, closed_at, sent_on) VALUES (:direction,"
    " :client_id, :counterparty, :kind, :date, :reference, :note, :shelf, :status, :registered_at,"
    " :registered_by, :closed_at, :sent_on)")
S(mail_change, "UPDATE mail_item SET version = version + 1, client_id = :client_id,"
    " counterparty = :counterparty, kind = :kind, date = :date, reference = :reference,"
    " note = :note, shelf = :shelf, status = :status, closed_at = :closed_at,"
    " collected_by = :collected_by, sent_on = :sent_on WHERE id = :id")
S(mail_remove, "DELETE FROM mail_item WHERE id = :id")
S(mail_touch, "UPDATE mail_item SET version = version + 1 WHERE id = :id")
S(mail_index_clear, "DELETE FROM mail_search WHERE rowid = :id")
S(mail_index_add, "INSERT INTO mail_search (rowid, public, internal)"
    " VALUES (:id, :public, :internal)")
S(mail_list, SQL_MAIL_COLUMNS SQL_MAIL_FROM "WHERE m.id < :after" SQL_MAIL_PAGE)
S(mail_list_by_direction, SQL_MAIL_COLUMNS SQL_MAIL_FROM
    "WHERE m.direction = :direction AND m.id < :after" SQL_MAIL_PAGE)
S(mail_list_by_status, SQL_MAIL_COLUMNS SQL_MAIL_FROM
    "WHERE m.status = :status AND m.id < :after" SQL_MAIL_PAGE)
S(mail_list_by_client, SQL_MAIL_COLUMNS SQL_MAIL_FROM
    "WHERE m.client_id = :client_id AND m.id < :after" SQL_MAIL_PAGE)
S(mail_list_by_reference, SQL_MAIL_COLUMNS SQL_MAIL_FROM
    "WHERE m.reference = :reference AND m.id < :after" SQL_MAIL_PAGE)
S(mail_list_by_words, SQL_MAIL_COLUMNS
    "FROM mail_search s CROSS JOIN mail_item m ON m.id = s.rowid"
    " CROSS JOIN client c ON c.id = m.client_id"
    " WHERE s.mail_search MATCH :text AND s.rowid < :after" SQL_MAIL_FILTER
    " ORDER BY s.rowid DESC LIMIT :limit")

/* scans */
S(scan_list, "SELECT id, item_id, name, type, size, sha256, attached_at, attached_by FROM scan"
    " WHERE item_id = :id ORDER BY id")
S(scan_get, "SELECT id, item_id, name, type, size, sha256, attached_at, attached_by FROM scan"
    " WHERE id = :id")
S(scan_add, "INSERT INTO scan (item_id, name, type, size, sha256, attached_at, attached_by,"
    " event_id) VALUES (:item_id, :name, :type, :size, :sha256, :attached_at, :attached_by,"
    " :event_id)")
S(scan_remove_by_event, "DELETE FROM scan WHERE event_id = :id")

/* scan requests */
S(request_get, SQL_REQUEST_COLUMNS SQL_REQUEST_FROM "WHERE r.id = :id")
S(request_newest_of_item, SQL_REQUEST_COLUMNS SQL_REQUEST_FROM
    "WHERE r.item_id = :id ORDER BY r.id DESC LIMIT 1")
S(request_open_of_item, "SELECT id FROM scan_request WHERE item_id = :id AND status = 'new'")
S(request_add, "INSERT INTO scan_request (item_id, client_id, requested_at, requested_by, source,"
    " possibly_automatic, status) VALUES (:item_id, :client_id, :requested_at, :requested_by,"
    " :source, :possibly_automatic, 'new')")
S(request_close, "UPDATE scan_request SET status = :status, closed_at = :closed_at,"
    " closed_by = :closed_by, cancelled_by = :cancelled_by, reason = :reason,"
    " information = :information, cost = :cost, closing_event_id = :event_id"
    " WHERE id = :id AND status = 'new'")
S(request_closed_by_event, "SELECT id FROM scan_request WHERE closing_event_id = :id")
S(request_reopen_by_event, "UPDATE scan_request SET status = 'new', closed_at = NULL,"
    " closed_by = NULL, cancelled_by = NULL, reason = NULL, information = NULL, cost = NULL,"
    " closing_event_id = NULL WHERE closing_event_id = :id")
S(request_count_new, "SELECT count(*) FROM scan_request WHERE status = 'new'")
S(request_oldest_new, "SELECT min(id) FROM scan_request WHERE status = 'new' AND id > :after")
S(request_list, SQL_REQUEST_COLUMNS SQL_REQUEST_FROM
    "WHERE r.id < :after AND (:status IS NULL OR r.status = :status)"
    " AND (:client_id IS NULL OR r.client_id = :client_id) ORDER BY r.id DESC LIMIT :limit")
S(request_list_by_status, SQL_REQUEST_COLUMNS SQL_REQUEST_FROM
    "WHERE r.status = :status AND r.id < :after"
    " AND (:client_id IS NULL OR r.client_id = :client_id) ORDER BY r.id DESC LIMIT :limit")
S(request_list_by_client, SQL_REQUEST_COLUMNS SQL_REQUEST_FROM
    "WHERE r.client_id = :client_id AND r.id < :after"
    " AND (:status IS NULL OR r.status = :status) ORDER BY r.id DESC LIMIT :limit")
S(request_list_by_words, SQL_REQUEST_COLUMNS
    "FROM mail_search s CROSS JOIN scan_request r ON r.item_id = s.rowid"
    " CROSS JOIN mail_item m ON m.id = r.item_id CROSS JOIN client c ON c.id = r.client_id"
    " CROSS JOIN package p ON p.id = c.package_id"
    " WHERE s.mail_search MATCH :text AND r.id < :after AND (:status IS NULL OR r.status = :status)"
    " AND (:client_id IS NULL OR r.client_id = :client_id) ORDER BY r.id DESC LIMIT :limit")

/* charges */
S(charge_get, SQL_CHARGE_COLUMNS SQL_CHARGE_FROM "WHERE h.id = :id")
S(charge_list_of_item, SQL_CHARGE_COLUMNS SQL_CHARGE_FROM "WHERE h.item_id = :id ORDER BY h.id")
S(charge_add, "INSERT INTO charge (item_id, client_id, request_id, amount, information, day,"
    " entered_at, entered_by, event_id) VALUES (:item_id, :client_id, :request_id, :amount,"
    " :information, :day, :entered_at, :entered_by, :event_id)")
S(charge_change, "UPDATE charge SET version = version + 1, amount = :amount,"
    " information = :information WHERE id = :id")
S(charge_remove, "DELETE FROM charge WHERE id = :id")
S(charge_remove_by_event, "DELETE FROM charge WHERE event_id = :id")
S(charge_invoiced_by_event, "SELECT count(*) FROM charge WHERE event_id = :id"
    " AND invoice_number IS NOT NULL")
S(charge_invoiced_of_item, "SELECT count(*) FROM charge WHERE item_id = :id"
    " AND invoice_number IS NOT NULL")
S(charge_move_day, "UPDATE charge SET day = :day WHERE item_id = :id AND invoice_number IS NULL")
S(charge_move_back, "UPDATE charge SET day = :day WHERE id = :id AND invoice_number IS NULL")
S(charge_move_client, "UPDATE charge SET client_id = :client_id WHERE item_id = :id")
S(charge_invoice, "UPDATE charge SET version = version + 1, invoice_number = :number,"
    " invoice_date = :date WHERE id = :id AND invoice_number IS NULL")
S(settlement_clients, "SELECT DISTINCT h.client_id AS client_id, c.name AS client_name,"
    " c.code AS client_code FROM charge h CROSS JOIN client c ON c.id = h.client_id"
    " WHERE h.day BETWEEN :from AND :to ORDER BY length(c.code), c.code")
S(settlement_client, "SELECT id AS client_id, name AS client_name, code AS client_code"
    " FROM client WHERE id = :client_id")
S(settlement_charges, SQL_CHARGE_COLUMNS SQL_CHARGE_FROM
    "WHERE h.client_id = :client_id AND h.day BETWEEN :from AND :to ORDER BY h.day, h.id")

/* events */
S(event_add, "INSERT INTO event (at, actor, kind, item_id, client_id, request_id, client_name,"
    " client_code, counterparty, detail) VALUES (:at, :actor, :kind, :item_id, :client_id,"
    " :request_id, :client_name, :client_code, :counterparty, :detail)")
S(event_get, SQL_EVENT_COLUMNS "WHERE e.id = :id")
S(event_last, "SELECT coalesce(max(id), 0) FROM event")
S(event_undone, "SELECT count(*) FROM event WHERE id > :id AND kind = 'undone' AND detail = :detail")
S(event_collected_later, "SELECT count(*) FROM event WHERE item_id = :item_id AND id > :id"
    " AND kind = 'mail_collected'")
S(event_list, SQL_EVENT_COLUMNS "WHERE e.id > :after" SQL_EVENT_FILTER
    "ORDER BY e.id LIMIT :limit")
S(event_list_newest, SQL_EVENT_COLUMNS "WHERE e.id < :after" SQL_EVENT_FILTER
    "ORDER BY e.id DESC LIMIT :limit")
S(event_list_of_days, SQL_EVENT_COLUMNS "INDEXED BY event_by_time WHERE e.at >= :since"
    " AND e.at < :until AND e.id > :after" SQL_EVENT_FILTER "ORDER BY e.id LIMIT :limit")
S(event_list_of_days_newest, SQL_EVENT_COLUMNS "INDEXED BY event_by_time WHERE e.at >= :since"
    " AND e.at < :until AND e.id < :after" SQL_EVENT_FILTER "ORDER BY e.id DESC LIMIT :limit")
S(event_list_of_item, SQL_EVENT_COLUMNS "WHERE e.item_id = :item_id AND e.id > :after"
    SQL_EVENT_FILTER "ORDER BY e.id LIMIT :limit")
S(event_list_of_item_newest, SQL_EVENT_COLUMNS "WHERE e.item_id = :item_id AND e.id < :after"
    SQL_EVENT_FILTER "ORDER BY e.id DESC LIMIT :limit")
S(event_list_of_client, SQL_EVENT_COLUMNS "WHERE e.client_id = :client_id AND e.id > :after"
    SQL_EVENT_FILTER "ORDER BY e.id LIMIT :limit")
S(event_list_of_client_newest, SQL_EVENT_COLUMNS "WHERE e.client_id = :client_id AND e.id < :after"
    SQL_EVENT_FILTER "ORDER BY e.id DESC LIMIT :limit")

/* outbox */
S(outbox_add, "INSERT INTO outbox (channel, state, recipient, language, subject, text, html,"
    " message_id, thread, item_id, client_id, event_id, created_at, due_at, expires_at, gathered, parts)"
    " VALUES (:channel, :state, :recipient, :language, :subject, :text, :html, :message_id,"
    " :thread, :item_id, :client_id, :event_id, :created_at, :due_at, :expires_at, :gathered,"
    " :parts)")
S(outbox_gathering, "SELECT id, text, gathered, state = 'held' FROM outbox WHERE channel = :channel"
    " AND recipient = :recipient AND gathered > 0 AND state IN ('waiting', 'held') AND attempts = 0"
    " ORDER BY state DESC, id DESC LIMIT 1")
S(outbox_gathered_last, "SELECT max(due_at) FROM outbox WHERE channel = :channel"
    " AND recipient = :recipient AND gathered > 0 AND due_at > :since"
    " AND state NOT IN ('held', 'dropped')")
S(outbox_gather, "UPDATE outbox SET subject = :subject, text = :text, gathered = gathered + 1,"
    " parts = :parts WHERE id = :id")
S(outbox_sms_of_month, "SELECT coalesce(sum(coalesce(parts, 1)), 0) FROM outbox WHERE channel = 'sms'"
    " AND created_at >= :since AND state IN ('waiting', 'sending', 'delivered')")
S(outbox_attach, "INSERT INTO outbox_attachment (outbox_id, scan_id)"
    " SELECT :id, s.id FROM scan s WHERE s.item_id = :item_id AND (s.event_id = :event_id"
    " OR NOT EXISTS (SELECT 1 FROM scan e WHERE e.event_id = :event_id))")
S(outbox_thread, "SELECT coalesce(thread, message_id) FROM outbox"
    " WHERE item_id = :item_id AND recipient = :recipient ORDER BY id LIMIT 1")
S(outbox_get, SQL_OUTBOX_COLUMNS "WHERE o.id = :id")
S(outbox_list, SQL_OUTBOX_COLUMNS "WHERE o.id < :after ORDER BY o.id DESC LIMIT :limit")
S(outbox_list_by_state, SQL_OUTBOX_COLUMNS
    "WHERE o.state = :state AND o.id < :after ORDER BY o.id DESC LIMIT :limit")
S(outbox_waiting, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')")
S(outbox_first_to_expire, "SELECT min(expires_at) FROM outbox WHERE channel = :channel"
    " AND state IN ('waiting', 'sending')")
S(outbox_due, "SELECT o.id, o.channel, o.recipient, o.subject, o.text, o.html, o.message_id,"
    " o.thread, o.language, o.created_at, o.attempts, o.expires_at FROM outbox o"
    " WHERE o.state = 'waiting' AND o.channel = :channel AND o.due_at <= :now"
    " AND o.expires_at > :now AND o.recipient IS NOT :except AND NOT EXISTS (SELECT 1 FROM outbox e"
    "  WHERE e.item_id = o.item_id AND e.recipient = o.recipient AND e.id < o.id"
    "  AND e.state IN ('waiting', 'sending')) ORDER BY o.due_at, o.id LIMIT :limit")
S(outbox_next_due, "SELECT min(due_at) FROM outbox WHERE state = 'waiting' AND channel = :channel"
    " AND due_at > :now AND expires_at > :now")
S(outbox_attachments, "SELECT s.name, s.type, s.sha256, s.size FROM outbox_attachment a"
    " CROSS JOIN scan s ON s.id = a.scan_id WHERE a.outbox_id = :id ORDER BY s.id")
S(outbox_sending, "UPDATE outbox SET state = 'sending' WHERE id = :id AND state = 'waiting'")
S(outbox_give_back, "UPDATE outbox SET state = iif(withdrawn, 'dropped', 'waiting')"
    " WHERE id = :id AND state = 'sending'")
S(outbox_is_withdrawn, "SELECT withdrawn FROM outbox WHERE id = :id")
S(outbox_outcome, "UPDATE outbox SET state = :state, due_at = :due_at, answer = :answer,"
    " attempts = :attempts, last_attempt_at = :now, delivered_at = :delivered_at,"
    " text = CASE WHEN :state = 'delivered' THEN '' ELSE text END,"
    " html = CASE WHEN :state = 'delivered' THEN NULL ELSE html END"
    " WHERE id = :id AND state = 'sending'")
S(outbox_recover, "UPDATE outbox SET state = iif(withdrawn, 'dropped', 'waiting'), due_at = 0,"
    " attempts = attempts + 1"
    " WHERE state = 'sending'")
S(outbox_retry, "UPDATE outbox SET state = 'waiting', due_at = :due_at, expires_at = :expires_at,"
    " late = 0"
    " WHERE id = :id AND state IN ('waiting', 'refused', 'expired', 'held')")
S(outbox_hold, "UPDATE outbox SET state = 'held' WHERE id = :id AND state = 'waiting'")
S(outbox_drop, "UPDATE outbox SET state = 'dropped', text = '', html = NULL WHERE id = :id"
    " AND state IN ('waiting', 'held', 'refused', 'expired')")
S(outbox_overdue, "SELECT id, recipient FROM outbox WHERE state = 'waiting'"
    " AND expires_at <= :now ORDER BY id LIMIT :limit")
S(outbox_expire, "UPDATE outbox SET state = 'expired' WHERE id = :id AND state = 'waiting'")
S(outbox_mark_late, "UPDATE outbox SET late = 1 WHERE state IN ('waiting', 'sending') AND late = 0"
    " AND ((channel = 'mail' AND expires_at < :mail) OR (channel = 'sms' AND expires_at < :sms))")
S(outbox_late, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending') AND late = 1")
S(outbox_left_of_event, "SELECT count(*) FROM outbox WHERE event_id = :id"
    " AND (state NOT IN ('waiting', 'held', 'dropped') OR attempts > 0)")
S(outbox_detach_event, "DELETE FROM outbox_attachment WHERE outbox_id IN"
    " (SELECT id FROM outbox WHERE event_id = :id)")
S(outbox_unlink_event, "DELETE FROM link WHERE outbox_id IN"
    " (SELECT id FROM outbox WHERE event_id = :id)")
S(outbox_drop_item, "UPDATE outbox SET state = iif(state = 'sending', state, 'dropped'),"
    " withdrawn = 1, text = '', html = NULL"
    " WHERE item_id = :id AND client_id = :client_id AND gathered = 0"
    " AND state IN ('waiting', 'sending', 'held', 'refused', 'expired')")
S(outbox_drop_event, "UPDATE outbox SET state = 'dropped', text = '', html = NULL"
    " WHERE event_id = :id AND state IN ('waiting', 'held')")

/* files sent and not used yet */
S(upload_get, "SELECT name, type, size, sha256 FROM upload"
    " WHERE id = :id AND user_id = :user_id AND finished_at > :since")
S(upload_add, "INSERT INTO upload (id, user_id, name, type, size, sha256, finished_at)"
    " VALUES (:id, :user_id, :name, :type, :size, :sha256, :finished_at)")
S(upload_remove, "DELETE FROM upload WHERE id = :id")
S(upload_expire, "DELETE FROM upload WHERE finished_at <= :before")
S(upload_count, "SELECT count(*) FROM upload WHERE user_id = :user_id")
/* hashes of all files that a row names: what the sweep of the scan store must leave alone */
S(scan_files_used, "SELECT sha256 FROM scan UNION SELECT sha256 FROM upload ORDER BY sha256")

/* links in mail */
S(link_add, "INSERT INTO link (token_hash, item_id, client_id, created_at, expires_at)"
    " VALUES (:token_hash, :item_id, :client_id, :created_at, :expires_at)")
S(link_sent_with, "UPDATE link SET outbox_id = :outbox_id WHERE token_hash = :token_hash")
/* delivered_at: of the last of its mails; a client with several addresses has one each */
S(link_get, "SELECT l.item_id, l.client_id, l.expires_at, (SELECT max(o.delivered_at)"
    " FROM outbox f CROSS JOIN outbox o ON o.event_id = f.event_id WHERE f.id = l.outbox_id"
    " AND o.item_id = l.item_id AND o.client_id = l.client_id AND o.gathered = 0) AS delivered_at"
    " FROM link l WHERE l.token_hash = :token_hash")
S(link_remove_of_item, "DELETE FROM link WHERE item_id = :id")

/* clients on the pages */
S(sign_in_add, "INSERT INTO sign_in (email, peer, browser_hash, token_hash, code_hash, asked_at)"
    " VALUES (:email, :peer, :browser_hash, :token_hash, :code_hash, :now)")
S(sign_in_expire, "DELETE FROM sign_in WHERE asked_at <= :since")
S(sign_in_count_email, "SELECT count(*) FROM sign_in WHERE email = :email AND asked_at > :since")
S(sign_in_count_peer, "SELECT count(*) FROM sign_in WHERE peer = :peer AND asked_at > :since")
S(sign_in_by_token, "SELECT id, email, browser_hash FROM sign_in"
    " WHERE token_hash = :token_hash AND used = 0 AND asked_at > :since")
S(sign_in_by_browser, "SELECT id, email, code_hash FROM sign_in WHERE browser_hash = :browser_hash"
    " AND used = 0 AND asked_at > :since AND wrong_codes < :limit")
S(sign_in_use, "UPDATE sign_in SET used = 1"
    " WHERE browser_hash = (SELECT browser_hash FROM sign_in WHERE id = :id)")
S(sign_in_wrong_code, "UPDATE sign_in SET wrong_codes = wrong_codes + 1"
    " WHERE browser_hash = :browser_hash")
S(sign_in_clients, "SELECT DISTINCT c.id, c.code, c.name, c.language FROM client_email e"
    " CROSS JOIN client c ON c.id = e.client_id"
    " WHERE lower(e.address) = :email AND c.active = 1 ORDER BY c.name")
S(session_add, "INSERT INTO session (token_hash, email, created_at, seen_at)"
    " VALUES (:token_hash, :email, :now, :now)")
S(session_get, "SELECT email, client_id, seen_at FROM session"
    " WHERE token_hash = :token_hash AND seen_at > :since")
S(session_touch, "UPDATE session SET seen_at = :now WHERE token_hash = :token_hash")
S(session_choose, "UPDATE session SET client_id = :client_id WHERE token_hash = :token_hash")
S(session_end, "DELETE FROM session WHERE token_hash = :token_hash")
S(session_end_all, "DELETE FROM session WHERE email = :email")
S(session_expire, "DELETE FROM session WHERE seen_at <= :since")

/* users */
S(user_list, "SELECT id, version, login, name, role, os_user, active,"
    " password_hash IS NOT NULL AS has_password FROM user ORDER BY login")
S(user_get, "SELECT id, version, login, name, role, os_user, active,"
    " password_hash IS NOT NULL AS has_password FROM user WHERE id = :id")
S(user_by_login, "SELECT id, version, login, name, role, os_user, active,"
    " password_hash IS NOT NULL AS has_password FROM user WHERE login = :login")
S(user_by_os_user, "SELECT id, version, login, name, role, os_user, active,"
    " password_hash IS NOT NULL AS has_password FROM user WHERE os_user = :os_user AND active = 1")
S(user_password, "SELECT password_hash FROM user WHERE id = :id")
S(user_add, "INSERT INTO user (login, name, role, os_user, active)"
    " VALUES (:login, :name, :role, :os_user, :active)")
S(user_change, "UPDATE user SET version = version + 1, login = :login, name = :name,"
    " role = :role, os_user = :os_user, active = :active WHERE id = :id")
S(user_set_password, "UPDATE user SET password_hash = :text WHERE id = :id")
S(user_administrators, "SELECT count(*) FROM user WHERE role = 'administrator' AND active = 1")

/* changes made under a key */
S(call_key_get, "SELECT method, result FROM call_key WHERE user_id = :user_id AND key = :key")
S(call_key_add, "INSERT INTO call_key (user_id, key, method, at, result)"
    " VALUES (:user_id, :key, :method, :at, :result)")
S(call_key_expire, "DELETE FROM call_key WHERE at < :at")
