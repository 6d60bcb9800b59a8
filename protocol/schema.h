/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * THE definition of the staff protocol: limits, error codes, enumerations, records, methods,
 * notifications. Nothing here is repeated by hand anywhere: the structs and field tables
 * (record.h), the codec (wire.h), the server's dispatch with the role each method needs, the typed
 * caller of the terminal, the database's column mapping and docs/protocol.md all expand from
 * these lists.
 *
 * The transport is MessagePack-RPC (github.com/msgpack-rpc/msgpack-rpc, spec.md): request
 * [0, id, method, [params]], answer [1, id, error, result], notification [2, name, [params]],
 * one MessagePack value after another without a length prefix. `params` is one map of named fields;
 * unknown fields are ignored, nil counts as not given.
 */
#ifndef SKRYTKA_PROTOCOL_SCHEMA_H
#define SKRYTKA_PROTOCOL_SCHEMA_H

/* The protocol's version, spoken by hello. Fields, methods and events may be added within it. */
#define SKRYTKA_PROTOCOL 1

/*
 * hello with this login, without a password, on the Unix socket, by root or the daemon's own OS
 * user: a session that may only manage staff users. `skrytkad user add` uses it.
 */
#define LOCAL_LOGIN "@local"

/* The lists are laid out by hand, one row a line. */
/* clang-format off */

/* Limits: L(name, value, doc) */
#define LIMITS(L)                                                                                  \
    L(FRAME_BYTES, 1048576, "Bytes of one message sent to the server")                             \
    L(FRAME_DEPTH, 8, "Nesting of arrays and maps in one message")                                 \
    L(FRAME_ELEMENTS, 4096, "Array elements, map keys and values of one message in all")           \
    L(ANSWER_BYTES, 33554432, "Bytes of one message sent by the server")                           \
    L(ANSWER_ELEMENTS, 2000000, "The same of one message sent by the server")                      \
    L(CHUNK_BYTES, 262144, "Bytes of one piece of a file (scan_data, scan_read)")                  \
    L(LINE_BYTES, 300, "Bytes of a one-line text field")                                           \
    L(NOTE_BYTES, 4000, "Bytes of a text field of several lines")                                  \
    L(LIST_LENGTH, 200, "Elements of a list in a request")                                         \
    L(PAGE_ROWS, 200, "Rows of one page at most; 50 when `limit` is not given")                    \
    L(OPEN_UPLOADS, 16, "Files that one user may have begun and not used yet")                     \
    L(SCANS_PER_ITEM, 50, "Scans of one mail item")                                                \
    L(PREVIEW_DOTS, 2048, "Dots of a scan preview each way")                                       \
    L(OPEN_PREVIEWS, 4, "Previews that one connection may wait for")                               \
    L(HELLO_SECONDS, 30, "Seconds from connecting to a successful hello; then the line is cut")

/* Error codes: E(name, HTTP status, doc). The name in lower case travels on the wire. */
#define ERROR_CODES(E)                                                                             \
    E(bad_request, 400, "A field is missing or unusable; `field` names it")                        \
    E(unauthenticated, 401, "No successful hello came before, or its password was wrong")          \
    E(forbidden, 403, "The role does not allow it")                                                \
    E(not_found, 404, "There is no such thing")                                                    \
    E(conflict, 409, "Somebody changed it meanwhile, or the name is taken")                        \
    E(too_large, 413, "A limit of size was passed")                                                \
    E(unavailable, 503, "The server cannot do it now; try again later")                            \
    E(refused, 422, "A rule of the office forbids it; `detail` names the rule")

/*
 * Enumerations: W(E, word), E being the name of the enumeration. The word travels on the wire and
 * stands in the database.
 */
/* clang-format off */
#define ENUM_direction(W, E) W(E, incoming) W(E, outgoing)
#define ENUM_mail_kind(W, E)                                                                       \
    W(E, letter) W(E, registered) W(E, awizo) W(E, courier) W(E, parcel) W(E, other)
#define ENUM_mail_status(W, E)                                                                     \
    W(E, awaiting_collection) W(E, collected) W(E, forwarded) W(E, destroyed) W(E, to_send)        \
    W(E, sent)
#define ENUM_request_status(W, E) W(E, new) W(E, fulfilled) W(E, cancelled)
#define ENUM_request_source(W, E) W(E, email) W(E, panel) W(E, staff)
#define ENUM_cancelled_by(W, E) W(E, staff) W(E, client) W(E, hand_over)
#define ENUM_permission(W, E) W(E, inherit) W(E, allow) W(E, deny)
#define ENUM_role(W, E) W(E, administrator) W(E, clerk)
#define ENUM_language(W, E) W(E, pl) W(E, en)
#define ENUM_medium(W, E) W(E, mail) W(E, sms)
#define ENUM_outbox_state(W, E)                                                                    \
    W(E, waiting) W(E, sending) W(E, delivered) W(E, refused) W(E, expired) W(E, held)             \
    W(E, dropped)
/* Why a rule says no: the `detail` of `refused`, in the order in which the rules are asked. */
#define ENUM_refusal(W, E)                                                                         \
    W(E, office_off) W(E, client_ended) W(E, client_denied) W(E, package_denied)                   \
    W(E, not_incoming) W(E, not_waiting) W(E, has_scan) W(E, already_open) W(E, not_new)           \
    W(E, open_request) W(E, not_outgoing) W(E, invoiced) W(E, taken) W(E, too_late)                \
    W(E, not_reversible) W(E, not_sendable) W(E, last_administrator)
/* What the reader of a row may do with it now: the name of the method that does it. */
#define ENUM_action(W, E)                                                                          \
    W(E, mail_save) W(E, mail_collect) W(E, scan_attach) W(E, charge_save)                         \
    W(E, scan_request_create) W(E, scan_request_fulfil) W(E, scan_request_cancel)
#define ENUM_preview_part(W, E) W(E, address) W(E, page)
#define ENUM_event_kind(W, E)                                                                      \
    W(E, mail_registered) W(E, mail_changed) W(E, mail_collected) W(E, scan_attached)              \
    W(E, scan_request_created) W(E, scan_request_fulfilled) W(E, scan_request_cancelled)           \
    W(E, scan_request_claimed) W(E, charge_changed) W(E, charge_invoiced) W(E, client_changed)     \
    W(E, package_changed) W(E, settings_changed) W(E, user_changed) W(E, outbox_changed)           \
    W(E, undone)

#define ENUMS(E)                                                                                   \
    E(direction) E(mail_kind) E(mail_status) E(request_status) E(request_source) E(cancelled_by)   \
    E(permission) E(role) E(language) E(medium) E(outbox_state) E(refusal) E(action)               \
    E(preview_part) E(event_kind)
/* clang-format on */

/*
 * Records: RECORD_<name>(F, R) lists F(R, kind, need, name, of, doc), R being the record.
 *
 * kind   id      integer > 0                       num     integer (id_or_zero: integer >= 0)
 *        money   integer grosze (money_sum: any)   time    integer, UTC seconds
 *        flag    boolean                           day     "YYYY-MM-DD" in the office's zone
 *        line    text of one line                  note    text, LF allowed
 *        secret  text never logged or stored       bin     bytes
 *        word    one of an enumeration (`of`)      rec     one record (`of`)
 *        recs    list of records (`of`)            ids     list of integers > 0
 *        lines   list of one-line texts            words   list of an enumeration (`of`)
 * need   MUST    always there
 *        MAY     nil or not there when not given
 *        NEW     like MAY, but must be given when the record has no `id`: a new thing is made
 */
#define RECORD_nothing(F, R)

#define RECORD_hello(F, R)                                                                         \
    F(R, num, MUST, protocol, , "Version of the protocol: 1")                                      \
    F(R, line, MAY, login, , "Not needed on the Unix socket for an OS user who is a staff user")   \
    F(R, secret, MAY, password, , "With `login`")                                                  \
    F(R, word, MAY, language, language,                                                            \
      "Language of the terminal; the server words nothing by it yet")

#define RECORD_hello_result(F, R)                                                                  \
    F(R, line, MUST, user, , "Login of the user who signed in")                                    \
    F(R, id_or_zero, MUST, user_id, , "Id of the user; 0 for LOCAL_LOGIN")                         \
    F(R, line, MUST, name, , "Name of the user")                                                   \
    F(R, word, MUST, role, role, "What the user may do")                                           \
    F(R, line, MUST, server_version, , "Version of the daemon")                                    \
    F(R, id_or_zero, MUST, last_event, , "Id of the newest event; 0 before the first")             \
    F(R, line, MUST, office_name, , "Name of the office")                                          \
    F(R, line, MUST, time_zone, , "IANA zone in which days are counted")                           \
    F(R, num, MUST, hold_seconds, , "How long mail to clients waits, and undo is possible")        \
    F(R, num, MUST, max_scan_bytes, , "Largest scan that scan_begin takes")                        \
    F(R, num, MUST, now, , "The server's clock, UTC seconds")

#define SETTINGS_FIELDS(F, R, NEED)                                                                \
    F(R, flag, NEED, allow_scan_requests, , "Zezwól klientom prosić o skan poczty")                \
    F(R, note, NEED, scan_request_note, ,                                                          \
      "Shown to the client above the button and in the "                                           \
      "confirmation")                                                                              \
    F(R, note, NEED, scan_request_note_en, ,                                                       \
      "The same for clients who read English; empty: "                                             \
      "scan_request_note for all")                                                                 \
    F(R, line, NEED, office_name, , "Name of the office; sender name of its mail")                 \
    F(R, note, NEED, collection_place, , "Where and when post can be collected")                   \
    F(R, lines, NEED, office_emails, , "Addresses told of each new scan request")                  \
    F(R, flag, NEED, notify_email, , "Tell office_emails")                                         \
    F(R, flag, NEED, notify_sms, , "Tell office_phones by SMS")                                    \
    F(R, lines, NEED, office_phones, , "Numbers told of each new scan request, E.164")             \
    F(R, num, NEED, email_gather_minutes, ,                                                        \
      "Requests of so many minutes come to the office in "                                         \
      "one e-mail; 0: one each, at once")                                                          \
    F(R, num, NEED, sms_gather_minutes, ,                                                          \
      "After an SMS the next one waits so long and tells of "                                      \
      "all requests meanwhile")                                                                    \
    F(R, line, NEED, sms_quiet_from, , "HH:MM: no SMS from then; empty: at any time")              \
    F(R, line, NEED, sms_quiet_to, , "HH:MM: until then")                                          \
    F(R, num, NEED, sms_monthly_limit, ,                                                           \
      "SMS beyond so many in a month, as billed, are held; 0: no limit")                           \
    F(R, line, NEED, mail_subject_pl, ,                                                            \
      "Subject of mail about a new letter, with placeholders "                                     \
      "like {sender}; empty: our own")                                                             \
    F(R, line, NEED, mail_subject_en, , "The same for clients who read English")                   \
    F(R, note, NEED, mail_greeting_pl, , "First lines of mail to clients, with placeholders")      \
    F(R, note, NEED, mail_greeting_en, , "The same for clients who read English")                  \
    F(R, note, NEED, mail_footer_pl, , "Last lines of mail to clients, with placeholders")         \
    F(R, note, NEED, mail_footer_en, , "The same for clients who read English")                    \
    F(R, word, NEED, language, language, "Language of the office and of new clients")              \
    F(R, line, NEED, time_zone, , "IANA zone in which days are counted")

#define RECORD_settings(F, R)                                                                      \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    SETTINGS_FIELDS(F, R, MUST)

#define RECORD_settings_save(F, R)                                                                 \
    F(R, num, MAY, version, , "Refused with conflict when it is not the present one")              \
    SETTINGS_FIELDS(F, R, MAY)

#define RECORD_message_preview(F, R)                                                               \
    F(R, word, MUST, language, language, "Of the client it is for")                                \
    F(R, line, MAY, subject, , "Instead of the settings' subject")                                 \
    F(R, note, MAY, greeting, , "Instead of the settings' greeting")                               \
    F(R, note, MAY, footer, , "Instead of the settings' footer")                                   \
    F(R, note, MAY, scan_request_note, , "Instead of the settings' note in this language")

#define RECORD_message_preview_result(F, R)                                                        \
    F(R, line, MUST, subject, , "As it would be sent")                                             \
    F(R, note, MUST, text, , "Its text part, about a made-up letter")

#define RECORD_message_test(F, R)                                                                  \
    F(R, line, MUST, recipient, , "Address to send it to")                                         \
    F(R, word, MUST, language, language, "Language of the message")

#define RECORD_package(F, R)                                                                       \
    F(R, id, MUST, id, , "Id of the package")                                                      \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    F(R, line, MUST, name, , "Name, unique")                                                       \
    F(R, word, MUST, allow_scan_requests, permission, "May its clients ask for scans")             \
    F(R, money, MUST, default_scan_cost, , "Cost filled in when a scan is added")                  \
    F(R, num, MUST, clients, , "How many clients are on it")

#define RECORD_package_save(F, R)                                                                  \
    F(R, line, NEW, name, , "Name, unique")                                                        \
    F(R, id, MAY, id, , "The package to change")                                                   \
    F(R, num, MAY, version, , "Needed with `id`")                                                  \
    F(R, word, MAY, allow_scan_requests, permission, "Default inherit")                            \
    F(R, money, MAY, default_scan_cost, , "Default 0")

#define RECORD_package_list_result(F, R) F(R, recs, MUST, packages, package, "All packages by name")

#define RECORD_client(F, R)                                                                        \
    F(R, id, MUST, id, , "Id of the client")                                                       \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    F(R, line, MUST, code, , "Number of the box, unique")                                          \
    F(R, line, MUST, name, , "Name of the company")                                                \
    F(R, lines, MUST, emails, , "Addresses that are told of post")                                 \
    F(R, lines, MUST, aliases, , "Other names that stand on envelopes")                            \
    F(R, line, MAY, phone, , "Telephone")                                                          \
    F(R, line, MAY, tax_id, , "NIP")                                                               \
    F(R, id, MUST, package_id, , "Its package")                                                    \
    F(R, line, MUST, package_name, , "Name of the package")                                        \
    F(R, word, MUST, allow_scan_requests, permission, "Its own permission to ask for scans")       \
    F(R, flag, MUST, may_request_scans, , "What office, client and package settings come to")      \
    F(R, money, MUST, default_scan_cost, , "What a scan costs by its package")                     \
    F(R, word, MUST, language, language, "Language of its mail and pages")                         \
    F(R, flag, MUST, active, , "False when the contract ended")                                    \
    F(R, num, MUST, waiting, , "Its incoming items that await collection")

#define RECORD_client_save(F, R)                                                                   \
    F(R, line, NEW, name, , "Name of the company")                                                 \
    F(R, lines, NEW, emails, , "Addresses that are told of post; may be empty")                    \
    F(R, id, NEW, package_id, , "Its package")                                                     \
    F(R, id, MAY, id, , "The client to change")                                                    \
    F(R, num, MAY, version, , "Needed with `id`")                                                  \
    F(R, line, MAY, code, , "Number of the box; the next free one when not given")                 \
    F(R, word, MAY, allow_scan_requests, permission, "Default inherit; for administrators")        \
    F(R, word, MAY, language, language, "Default the office's")                                    \
    F(R, lines, MAY, aliases, , "Other names that stand on envelopes")                             \
    F(R, line, MAY, phone, , "Telephone")                                                          \
    F(R, line, MAY, tax_id, , "NIP; its check digit is checked")                                   \
    F(R, flag, MAY, active, , "False when the contract ended; default true")

#define RECORD_client_search(F, R)                                                                 \
    F(R, line, MAY, text, ,                                                                        \
      "Digits: beginning of a box number. Else beginnings of words of name, "                      \
      "alias, e-mail or NIP; Polish marks do not matter")                                          \
    F(R, flag, MAY, ended_too, , "Also clients whose contract ended, after the others")            \
    F(R, line, MAY, after, , "`next` of the page before")                                          \
    F(R, num, MAY, limit, , "Rows of the page")

#define RECORD_client_search_result(F, R)                                                          \
    F(R, recs, MUST, clients, client, "Most used first while searching, else by box number")       \
    F(R, line, MAY, next, , "Where the next page begins; nil on the last")

#define RECORD_sender_search(F, R)                                                                 \
    F(R, line, MAY, text, , "Beginnings of words of the sender's name")                            \
    F(R, id, MAY, client_id, , "Senders who wrote to this client come first")                      \
    F(R, num, MAY, limit, , "Default 10")

#define RECORD_sender(F, R)                                                                        \
    F(R, line, MUST, name, , "As it was written last")                                             \
    F(R, num, MUST, uses, , "How many items")

#define RECORD_sender_search_result(F, R) F(R, recs, MUST, senders, sender, "Most used first")

#define RECORD_scan(F, R)                                                                          \
    F(R, id, MUST, id, , "Id of the scan, for scan_read")                                          \
    F(R, id, MUST, item_id, , "Its mail item")                                                     \
    F(R, line, MUST, name, , "File name as given")                                                 \
    F(R, line, MUST, type, , "Media type, found from the content")                                 \
    F(R, num, MUST, size, , "Bytes")                                                               \
    F(R, line, MUST, sha256, , "SHA-256 of the content, lower-case hex")                           \
    F(R, time, MUST, attached_at, , "When it was attached")                                        \
    F(R, line, MUST, attached_by, , "Who attached it")

#define RECORD_charge(F, R)                                                                        \
    F(R, id, MUST, id, , "Id of the charge")                                                       \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    F(R, id, MUST, item_id, , "Its mail item")                                                     \
    F(R, id, MAY, request_id, , "The scan request that it came from")                              \
    F(R, money, MUST, amount, , "Grosze; negative for a correction")                               \
    F(R, note, MUST, information, , "What it is for")                                              \
    F(R, day, MUST, day, , "The day it counts on")                                                 \
    F(R, time, MUST, entered_at, , "When it was entered")                                          \
    F(R, line, MUST, entered_by, , "Who entered it")                                               \
    F(R, line, MAY, invoice_number, , "The invoice that it stands on")                             \
    F(R, day, MAY, invoice_date, , "Date of that invoice")                                         \
    F(R, word, MUST, direction, direction, "Of its mail item")                                     \
    F(R, line, MUST, counterparty, , "Of its mail item")

#define RECORD_scan_request(F, R)                                                                  \
    F(R, id, MUST, id, , "Id of the request")                                                      \
    F(R, id, MUST, item_id, , "The mail item asked for")                                           \
    F(R, id, MUST, client_id, , "Whose it is")                                                     \
    F(R, line, MUST, client_name, , "Name of the client")                                          \
    F(R, line, MUST, client_code, , "Number of the client's box")                                  \
    F(R, line, MUST, counterparty, , "Who sent the letter")                                        \
    F(R, word, MUST, kind, mail_kind, "Kind of the letter")                                        \
    F(R, day, MUST, date, , "Date of the letter")                                                  \
    F(R, line, MAY, reference, , "Reference number of the letter")                                 \
    F(R, line, MAY, shelf, , "Where the letter lies")                                              \
    F(R, time, MUST, requested_at, , "When it was asked for")                                      \
    F(R, line, MUST, requested_by, , "Who asked: the client's name or a user's")                   \
    F(R, word, MUST, source, request_source, "Where it came from")                                 \
    F(R, flag, MUST, possibly_automatic, ,                                                         \
      "It came within seconds of the e-mail: a mail scanner?")                                     \
    F(R, word, MUST, status, request_status, "Nowa, Zrealizowana, Anulowana")                      \
    F(R, time, MAY, closed_at, , "When it was fulfilled or cancelled")                             \
    F(R, line, MAY, closed_by, , "Who did it")                                                     \
    F(R, word, MAY, cancelled_by, cancelled_by, "On whose side it was cancelled")                  \
    F(R, note, MAY, reason, , "Why it was cancelled")                                              \
    F(R, note, MAY, information, , "Told to the client with the scan")                             \
    F(R, money, MUST, cost, , "Cost when fulfilled, else the package's default")                   \
    F(R, line, MAY, claimed_by, , "Who has it open")                                               \
    F(R, words, MUST, can, action, "What may be done with it")

#define RECORD_mail_item(F, R)                                                                     \
    F(R, id, MUST, id, , "Id and number of the item")                                              \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    F(R, word, MUST, direction, direction, "Incoming or outgoing")                                 \
    F(R, id, MUST, client_id, , "Whose it is")                                                     \
    F(R, line, MUST, client_name, , "Name of the client")                                          \
    F(R, line, MUST, client_code, , "Number of the client's box")                                  \
    F(R, line, MUST, counterparty, , "Sender of incoming, addressee of outgoing post")             \
    F(R, word, MUST, kind, mail_kind, "Kind")                                                      \
    F(R, day, MUST, date, , "Day it came in or goes out")                                          \
    F(R, line, MAY, reference, , "Reference or tracking number")                                   \
    F(R, note, MAY, note, , "Note of the staff")                                                   \
    F(R, line, MAY, shelf, , "Where it lies")                                                      \
    F(R, word, MUST, status, mail_status, "Where it is on its way")                                \
    F(R, time, MUST, registered_at, , "When it was registered")                                    \
    F(R, line, MUST, registered_by, , "Who registered it")                                         \
    F(R, time, MAY, closed_at, , "When it was collected, forwarded, destroyed or sent")            \
    F(R, line, MAY, collected_by, , "Who collected it")                                            \
    F(R, day, MAY, sent_on, , "Day an outgoing item was sent")                                     \
    F(R, money, MUST, cost, , "Sum of its charges")                                                \
    F(R, recs, MUST, scans, scan, "Its scans")                                                     \
    F(R, recs, MUST, charges, charge, "Its charges")                                               \
    F(R, rec, MAY, request, scan_request, "The newest scan request")                               \
    F(R, words, MUST, can, action, "What may be done with it")

#define RECORD_mail_register(F, R)                                                                 \
    F(R, word, MUST, direction, direction, "Incoming or outgoing")                                 \
    F(R, id, MUST, client_id, , "Whose it is")                                                     \
    F(R, line, MUST, counterparty, , "Sender of incoming, addressee of outgoing post")             \
    F(R, word, MAY, kind, mail_kind, "Default letter")                                             \
    F(R, day, MAY, date, , "Default today")                                                        \
    F(R, line, MAY, reference, , "Reference or tracking number")                                   \
    F(R, note, MAY, note, , "Note of the staff")                                                   \
    F(R, line, MAY, shelf, , "Where it lies")                                                      \
    F(R, flag, MAY, notify, , "Tell the client; default true")                                     \
    F(R, ids, MAY, uploads, , "Scans to attach at once")                                           \
    F(R, note, MAY, information, , "Told to the client with the scans")                            \
    F(R, money, MAY, cost, , "A charge for them")                                                  \
    F(R, word, MAY, status, mail_status, "Of outgoing post: sent already; default to_send")        \
    F(R, day, MAY, sent_on, , "With status sent: the day; default today")

#define RECORD_mail_list(F, R)                                                                     \
    F(R, word, MAY, direction, direction, "Only this direction")                                   \
    F(R, id, MAY, client_id, , "Only this client's")                                               \
    F(R, word, MAY, status, mail_status, "Only in this status")                                    \
    F(R, line, MAY, text, ,                                                                        \
      "Beginnings of words of counterparty, reference, note, client; digits "                      \
      "also the number of the item")                                                               \
    F(R, word, MAY, kind, mail_kind, "Only this kind")                                             \
    F(R, day, MAY, from, , "Dated this day or later")                                              \
    F(R, day, MAY, to, , "Dated this day or earlier")                                              \
    F(R, line, MAY, reference, , "Exactly this reference: was it registered before?")              \
    F(R, id, MAY, after, , "`next` of the page before")                                            \
    F(R, num, MAY, limit, , "Rows of the page")

#define RECORD_mail_list_result(F, R)                                                              \
    F(R, recs, MUST, items, mail_item, "Newest first")                                             \
    F(R, id, MAY, next, , "Where the next page begins; nil on the last")

#define RECORD_by_id(F, R) F(R, id, MUST, id, , "Which one")

#define RECORD_mail_save(F, R)                                                                     \
    F(R, id, MUST, id, , "The item to change")                                                     \
    F(R, num, MUST, version, , "Refused with conflict when it is not the present one")             \
    F(R, id, MAY, client_id, , "Whose it is")                                                      \
    F(R, line, MAY, counterparty, , "Sender of incoming, addressee of outgoing post")              \
    F(R, word, MAY, kind, mail_kind, "Kind")                                                       \
    F(R, day, MAY, date, , "Day it came in or goes out")                                           \
    F(R, line, MAY, reference, , "Reference or tracking number")                                   \
    F(R, note, MAY, note, , "Note of the staff")                                                   \
    F(R, line, MAY, shelf, , "Where it lies")                                                      \
    F(R, word, MAY, status, mail_status, "Where it is on its way")                                 \
    F(R, line, MAY, collected_by, , "Who collected it")                                            \
    F(R, flag, MAY, cancel_requests, ,                                                             \
      "Cancel an open scan request when it leaves the shelf; "                                     \
      "without it an open request refuses that")                                                   \
    F(R, flag, MAY, notify, , "With another client: tell that one of the letter; default true")    \
    F(R, day, MAY, sent_on, , "Day a sent item was sent; default `date` if given, else today")

#define RECORD_charge_save(F, R)                                                                   \
    F(R, id, NEW, item_id, , "Its mail item")                                                      \
    F(R, money, NEW, amount, , "Grosze; negative for a correction, never 0")                       \
    F(R, note, MAY, information, , "What it is for")                                               \
    F(R, id, MAY, id, , "The charge to change")                                                    \
    F(R, num, MAY, version, , "Needed with `id`")

#define RECORD_charge_remove(F, R)                                                                 \
    F(R, id, MUST, id, , "The charge to remove")                                                   \
    F(R, num, MAY, version, , "Refused with conflict when it is not the present one")

#define RECORD_mail_collect(F, R)                                                                  \
    F(R, ids, MUST, ids, , "Items handed over or sent")                                            \
    F(R, line, MAY, collected_by, , "Who collected them")                                          \
    F(R, flag, MAY, cancel_requests, ,                                                             \
      "Cancel open scan requests; without it they refuse the "                                     \
      "hand-over")                                                                                 \
    F(R, word, MAY, status, mail_status,                                                           \
      "Default collected; or forwarded, destroyed; sent for outgoing items")                       \
    F(R, day, MAY, sent_on, , "With status sent: the day; default today")

#define RECORD_mail_collect_result(F, R)                                                           \
    F(R, recs, MUST, items, mail_item, "As they are now")                                          \
    F(R, ids, MAY, event_ids, , "The event of each, as `undo` takes it")

#define RECORD_scan_begin(F, R)                                                                    \
    F(R, line, MUST, name, , "File name")                                                          \
    F(R, num, MUST, size, , "Bytes that will come")

#define RECORD_scan_data(F, R)                                                                     \
    F(R, id, MUST, upload, , "From scan_begin")                                                    \
    F(R, num, MUST, offset, , "Bytes sent before")                                                 \
    F(R, bin, MUST, data, , "At most 262144 bytes")

#define RECORD_scan_end(F, R)                                                                      \
    F(R, id, MUST, upload, , "From scan_begin")                                                    \
    F(R, line, MUST, sha256, , "SHA-256 of the whole file, 64 lower-case hex digits")

#define RECORD_upload(F, R) F(R, id, MUST, upload, , "Names the file in `uploads`; lives an hour")

#define RECORD_scan_drop(F, R) F(R, id, MUST, upload, , "A file that scan_end finished")

#define RECORD_scan_attach(F, R)                                                                   \
    F(R, id, MUST, item_id, , "The mail item")                                                     \
    F(R, ids, MUST, uploads, , "Files that scan_end finished")                                     \
    F(R, note, MAY, information, , "Told to the client")                                           \
    F(R, money, MAY, cost, ,                                                                       \
      "Default the package's when it closes an open request, else none; 0: "                       \
      "no charge")                                                                                 \
    F(R, flag, MAY, notify, , "Mail the scan to the client; default true")

#define RECORD_scan_read(F, R)                                                                     \
    F(R, id, MUST, id, , "The scan")                                                               \
    F(R, num, MUST, offset, , "First byte wanted")                                                 \
    F(R, num, MUST, length, , "Bytes wanted, at most 262144")

#define RECORD_scan_read_result(F, R) F(R, bin, MUST, data, , "Shorter at the end of the file")

#define RECORD_scan_preview(F, R)                                                                  \
    F(R, id, MAY, id, , "The scan; or `upload`")                                                   \
    F(R, id, MAY, upload, , "A file that scan_end finished and nothing used yet")                  \
    F(R, num, MUST, width, , "Dots at most, 1 to 2048")                                            \
    F(R, num, MUST, height, , "Dots at most, 1 to 2048")                                           \
    F(R, word, MAY, part, preview_part,                                                            \
      "What to show: the addressee, as it shows in an envelope's window, or the page; "            \
      "default address")                                                                           \
    F(R, num, MAY, page, , "Default 1, the first")

#define RECORD_scan_preview_result(F, R)                                                           \
    F(R, num, MUST, width, , "Dots in a row")                                                      \
    F(R, num, MUST, height, , "Rows")                                                              \
    F(R, bin, MUST, dots, ,                                                                        \
      "Rows from the top, each of whole bytes of eight dots, the leftmost in the "                 \
      "highest bit; 1 is ink")                                                                     \
    F(R, num, MUST, left, , "Of a page: the dot where the addressee begins")                       \
    F(R, num, MUST, top, , "Of a page: the row where the addressee begins")

#define RECORD_scan_request_list(F, R)                                                             \
    F(R, word, MAY, status, request_status, "Only in this status")                                 \
    F(R, id, MAY, client_id, , "Only this client's")                                               \
    F(R, line, MAY, text, , "Beginnings of words of client or sender; digits: box number")         \
    F(R, id, MAY, after, , "`next` of the page before")                                            \
    F(R, num, MAY, limit, , "Rows of the page")

#define RECORD_scan_request_list_result(F, R)                                                      \
    F(R, recs, MUST, requests, scan_request, "Newest first")                                       \
    F(R, id, MAY, next, , "Where the next page begins; nil on the last")                           \
    F(R, num, MUST, new_count, , "How many are Nowa in the whole office")                          \
    F(R, id, MAY, oldest_new, , "The longest waiting request that is Nowa")                        \
    F(R, id, MAY, oldest_free, , "The same, of those that no terminal has open")

#define RECORD_scan_request_create(F, R) F(R, id, MUST, item_id, , "The mail item")

#define RECORD_scan_request_fulfil(F, R)                                                           \
    F(R, id, MUST, id, , "The request")                                                            \
    F(R, ids, MUST, uploads, , "Files that scan_end finished")                                     \
    F(R, note, MAY, information, , "Told to the client")                                           \
    F(R, money, MAY, cost, , "Default the package's; 0: no charge")

#define RECORD_scan_request_cancel(F, R)                                                           \
    F(R, id, MUST, id, , "The request")                                                            \
    F(R, note, MAY, reason, , "Told to the client")

#define RECORD_scan_request_claim(F, R)                                                            \
    F(R, id, MUST, id, , "The request that is open on this terminal")                              \
    F(R, flag, MAY, release, , "Let it go")

#define RECORD_undo(F, R) F(R, id, MUST, event_id, , "The event to take back")

#define RECORD_undo_result(F, R)                                                                   \
    F(R, id, MUST, event_id, , "The event that tells of the undoing")                              \
    F(R, id, MAY, item_id, , "The mail item")                                                      \
    F(R, id, MAY, request_id, , "The scan request")

#define RECORD_charge_invoice(F, R)                                                                \
    F(R, ids, MUST, ids, , "Charges that stand on the invoice")                                    \
    F(R, line, MUST, number, , "Number of the invoice")                                            \
    F(R, day, MUST, date, , "Date of the invoice")

#define RECORD_charge_invoice_result(F, R) F(R, recs, MUST, charges, charge, "As they are now")

#define RECORD_settlement_summary(F, R)                                                            \
    F(R, day, MUST, from, , "First day")                                                           \
    F(R, day, MUST, to, , "Last day")                                                              \
    F(R, id, MAY, client_id, , "Only this client")

#define RECORD_settlement_client(F, R)                                                             \
    F(R, id, MUST, client_id, , "The client")                                                      \
    F(R, line, MUST, client_name, , "Name of the client")                                          \
    F(R, line, MUST, client_code, , "Number of the client's box")                                  \
    F(R, recs, MUST, charges, charge, "By day")                                                    \
    F(R, money_sum, MUST, total, , "Sum of the charges")

#define RECORD_settlement_summary_result(F, R)                                                     \
    F(R, recs, MUST, clients, settlement_client, "Clients with charges, by box number")            \
    F(R, money_sum, MUST, total, , "Sum of all")

#define RECORD_outbox_message(F, R)                                                                \
    F(R, id, MUST, id, , "Id of the message")                                                      \
    F(R, word, MUST, channel, medium, "How it goes")                                               \
    F(R, line, MUST, recipient, , "Address or number")                                             \
    F(R, line, MUST, subject, , "Subject, or the text of an SMS")                                  \
    F(R, word, MUST, state, outbox_state, "Where it is on its way")                                \
    F(R, time, MUST, created_at, , "When its cause happened")                                      \
    F(R, time, MUST, due_at, , "Not tried before")                                                 \
    F(R, time, MUST, expires_at, , "Given up then")                                                \
    F(R, num, MUST, attempts, , "Tries so far")                                                    \
    F(R, time, MAY, last_attempt_at, , "Last try")                                                 \
    F(R, line, MAY, answer, , "What the server said last")                                         \
    F(R, time, MAY, delivered_at, , "When the server took it")                                     \
    F(R, line, MUST, message_id, , "Message-ID or SMS idx")                                        \
    F(R, id, MAY, item_id, , "The mail item")                                                      \
    F(R, id, MAY, client_id, , "The client")                                                       \
    F(R, flag, MUST, late, , "It has waited for more than 15 minutes beyond its time")             \
    F(R, num, MAY, parts, , "SMS: as how many the operator bills it")

#define RECORD_outbox_list(F, R)                                                                   \
    F(R, word, MAY, state, outbox_state, "Only in this state")                                     \
    F(R, id, MAY, after, , "`next` of the page before")                                            \
    F(R, num, MAY, limit, , "Rows of the page")

#define RECORD_outbox_list_result(F, R)                                                            \
    F(R, recs, MUST, messages, outbox_message, "Newest first")                                     \
    F(R, id, MAY, next, , "Where the next page begins; nil on the last")                           \
    F(R, num, MUST, waiting, , "How many wait or are being sent")                                  \
    F(R, time, MAY, oldest_waiting, ,                                                              \
      "Since when the oldest of them could have left; nil: none could yet")

#define RECORD_user(F, R)                                                                          \
    F(R, id, MUST, id, , "Id of the user")                                                         \
    F(R, num, MUST, version, , "Counts the changes")                                               \
    F(R, line, MUST, login, , "Login, unique")                                                     \
    F(R, line, MUST, name, , "Name")                                                               \
    F(R, word, MUST, role, role, "What the user may do")                                           \
    F(R, line, MAY, os_user, , "OS user who needs no password on the Unix socket")                 \
    F(R, flag, MUST, active, , "May sign in")                                                      \
    F(R, flag, MUST, has_password, , "May sign in by password")

#define RECORD_user_save(F, R)                                                                     \
    F(R, line, NEW, login, , "Login, unique")                                                      \
    F(R, word, NEW, role, role, "What the user may do")                                            \
    F(R, id, MAY, id, , "The user to change")                                                      \
    F(R, num, MAY, version, , "Needed with `id`")                                                  \
    F(R, line, MAY, name, , "Name; default the login")                                             \
    F(R, line, MAY, os_user, , "OS user who needs no password on the Unix socket")                 \
    F(R, secret, MAY, password, , "At least 8 characters")                                         \
    F(R, flag, MAY, active, , "May sign in; default true")

#define RECORD_user_list_result(F, R) F(R, recs, MUST, users, user, "By login")

#define RECORD_event(F, R)                                                                         \
    F(R, id, MUST, id, , "Grows with each event; a claim bears that of the newest one")            \
    F(R, time, MUST, at, , "When it happened")                                                     \
    F(R, line, MUST, actor, , "Who did it")                                                        \
    F(R, word, MUST, kind, event_kind, "What happened")                                            \
    F(R, id, MAY, item_id, , "The mail item")                                                      \
    F(R, id, MAY, client_id, , "The client")                                                       \
    F(R, id, MAY, request_id, , "The scan request")                                                \
    F(R, line, MAY, client_name, , "Name of the client")                                           \
    F(R, line, MAY, client_code, , "Number of the client's box")                                   \
    F(R, line, MAY, counterparty, , "Sender or addressee of the item")                             \
    F(R, note, MAY, detail, , "What changed, in the words of the protocol")

#define RECORD_event_list(F, R)                                                                    \
    F(R, id_or_zero, MAY, after, , "Only events after this one (before it with newest_first)")     \
    F(R, num, MAY, limit, , "Rows of the page")                                                    \
    F(R, id, MAY, item_id, , "Only of this mail item")                                             \
    F(R, id, MAY, client_id, , "Only of this client")                                              \
    F(R, word, MAY, kind, event_kind, "Only of this kind")                                         \
    F(R, line, MAY, actor, , "Only of this person")                                                \
    F(R, day, MAY, from, , "Only of this day or later")                                            \
    F(R, day, MAY, to, , "Only of this day or earlier")                                            \
    F(R, flag, MAY, newest_first, , "Newest first; default oldest first")

#define RECORD_event_list_result(F, R)                                                             \
    F(R, recs, MUST, events, event, "In the order asked for")                                      \
    F(R, id, MAY, next, , "Where the next page begins; nil on the last")

#define RECORD_events_subscribe(F, R)                                                              \
    F(R, id_or_zero, MAY, after, , "Also all events after this one; from now on when not given")

#define RECORD_events_subscribe_result(F, R)                                                       \
    F(R, id_or_zero, MUST, last_event, , "Id of the newest event at this moment")

/* clang-format off */
#define RECORDS(R)                                                                                 \
    R(nothing) R(hello) R(hello_result) R(settings) R(settings_save)                      \
    R(message_preview) R(message_preview_result) R(message_test) R(package) R(package_save)    \
    R(package_list_result) R(client) R(client_save) R(client_search) R(client_search_result)       \
    R(sender_search) R(sender) R(sender_search_result) R(scan) R(charge) R(scan_request)           \
    R(mail_item) R(mail_register) R(mail_list) R(mail_list_result) R(by_id) R(mail_save)           \
    R(charge_save) R(charge_remove) R(mail_collect) R(mail_collect_result) R(scan_begin)           \
    R(scan_data) R(scan_end) R(upload) R(scan_drop) R(scan_attach) R(scan_read)                    \
    R(scan_read_result) R(scan_preview) R(scan_preview_result)                                     \
    R(scan_request_list) R(scan_request_list_result) R(scan_request_create)                        \
    R(scan_request_fulfil) R(scan_request_cancel) R(scan_request_claim) R(undo) R(undo_result)     \
    R(charge_invoice) R(charge_invoice_result) R(settlement_summary) R(settlement_client)          \
    R(settlement_summary_result) R(outbox_message) R(outbox_list) R(outbox_list_result) R(user)    \
    R(user_save) R(user_list_result) R(event) R(event_list) R(event_list_result)                   \
    R(events_subscribe) R(events_subscribe_result)
/* clang-format on */

/*
 * Methods: M(name, params record, result record, role, how, doc)
 *
 * role   ANYONE         before sign-in
 *        CLERK          any staff user
 *        ADMINISTRATOR  administrators only
 * how    WRITE  office_<name>() as one job in a write transaction; takes an optional `key`
 *        READ   office_<name>() on a read-only connection
 *        HERE   staff_<name>() on the loop: it needs the connection itself
 */
#define METHODS(M)                                                                                 \
    M(hello, hello, hello_result, ANYONE, HERE, "Signs in; the first call")                        \
    M(settings_get, nothing, settings, ADMINISTRATOR, READ, "The office's settings")               \
    M(settings_save, settings_save, settings, ADMINISTRATOR, WRITE, "Changes the given settings")  \
    M(message_preview, message_preview, message_preview_result, ADMINISTRATOR, READ,               \
      "What mail about a new letter looks like with the office's own texts")                       \
    M(message_test, message_test, outbox_message, ADMINISTRATOR, WRITE,                            \
      "Sends that mail as a test")                                                                 \
    M(package_list, nothing, package_list_result, CLERK, READ, "All packages")                     \
    M(package_save, package_save, package, ADMINISTRATOR, WRITE, "Makes or changes a package")     \
    M(client_search, client_search, client_search_result, CLERK, READ, "Finds clients")            \
    M(client_get, by_id, client, CLERK, READ, "One client")                                        \
    M(client_save, client_save, client, CLERK, WRITE, "Makes or changes a client")                 \
    M(client_invite, by_id, client, CLERK, WRITE,                                                  \
      "Mails all addresses of a client how to sign in on the pages")                               \
    M(sender_search, sender_search, sender_search_result, CLERK, READ, "Finds senders by use")     \
    M(mail_register, mail_register, mail_item, CLERK, WRITE, "Registers a mail item")              \
    M(mail_list, mail_list, mail_list_result, CLERK, READ, "Finds mail items")                     \
    M(mail_get, by_id, mail_item, CLERK, READ, "One mail item")                                    \
    M(mail_save, mail_save, mail_item, CLERK, WRITE, "Changes a mail item")                        \
    M(mail_collect, mail_collect, mail_collect_result, CLERK, WRITE,                               \
      "Hands items over, or sends them")                                                           \
    M(charge_get, by_id, charge, CLERK, READ, "One charge")                                        \
    M(charge_save, charge_save, mail_item, CLERK, WRITE, "Makes or changes a charge")              \
    M(charge_remove, charge_remove, mail_item, CLERK, WRITE, "Removes a charge")                   \
    M(charge_invoice, charge_invoice, charge_invoice_result, CLERK, WRITE,                         \
      "Marks charges as invoiced")                                                                 \
    M(scan_begin, scan_begin, upload, CLERK, HERE, "Begins to send a file")                        \
    M(scan_data, scan_data, upload, CLERK, HERE, "Sends a piece of it")                            \
    M(scan_end, scan_end, upload, CLERK, HERE, "Ends it: checked, safe on disk")                   \
    M(scan_drop, scan_drop, upload, CLERK, WRITE, "Gives up a sent file that nothing will use")    \
    M(scan_attach, scan_attach, mail_item, CLERK, WRITE, "Adds sent files to a mail item")         \
    M(scan_read, scan_read, scan_read_result, CLERK, HERE, "Reads a piece of a scan")              \
    M(scan_preview, scan_preview, scan_preview_result, CLERK, HERE,                                \
      "Draws a page of a scan or of a sent file in black and white dots")                          \
    M(scan_request_list, scan_request_list, scan_request_list_result, CLERK, READ,                 \
      "Finds scan requests")                                                                       \
    M(scan_request_get, by_id, scan_request, CLERK, READ, "One scan request")                      \
    M(scan_request_create, scan_request_create, scan_request, CLERK, WRITE,                        \
      "Asks for a scan on behalf of a client who phones")                                          \
    M(scan_request_fulfil, scan_request_fulfil, scan_request, CLERK, WRITE,                        \
      "Adds the scans, mails them, writes the charge")                                             \
    M(scan_request_cancel, scan_request_cancel, scan_request, CLERK, WRITE, "Cancels a request")   \
    M(scan_request_claim, scan_request_claim, scan_request, CLERK, HERE,                           \
      "Tells the others who has it open; ends with the connection")                                \
    M(undo, undo, undo_result, CLERK, WRITE, "Takes back a reversible act within hold_seconds")    \
    M(settlement_summary, settlement_summary, settlement_summary_result, CLERK, READ,              \
      "Charges of some days by client")                                                            \
    M(outbox_list, outbox_list, outbox_list_result, ADMINISTRATOR, READ,                           \
      "Messages and their fate")                                                                   \
    M(outbox_retry, by_id, outbox_message, ADMINISTRATOR, WRITE, "Tries a message again at once")  \
    M(outbox_hold, by_id, outbox_message, ADMINISTRATOR, WRITE, "Keeps a message from leaving")    \
    M(outbox_drop, by_id, outbox_message, ADMINISTRATOR, WRITE, "Gives a message up for good")     \
    M(user_list, nothing, user_list_result, ADMINISTRATOR, READ, "All staff users")                \
    M(user_save, user_save, user, ADMINISTRATOR, WRITE, "Makes or changes a staff user")           \
    M(event_list, event_list, event_list_result, CLERK, READ, "What happened")                     \
    M(events_subscribe, events_subscribe, events_subscribe_result, CLERK, HERE,                    \
      "From now on `event` notifications come; once for each connection")

/* Notifications of the server: N(name, record, doc) */
#define NOTIFICATIONS(N) N(event, event, "Something happened in the office")

/* clang-format on */

#endif
