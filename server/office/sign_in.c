/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The code for another device is short, and therefore good only together with the secret of the
 * browser that asked, and for a few tries. A browser that asks again keeps its secret, so each of
 * its messages works, until one of them has.
 */
#include "server/office/sign_in.h"

#include <sodium.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "server/domain/identifiers.h"
#include "server/office/clients.h"
#include "server/office/messages.h"
#include "server/office/outbox.h"
#include "server/office/words.h"

enum {
    CODE_LENGTH = 8,
    WRONG_CODES = 5,
    HOUR = 3600,
    DAY = 24 * HOUR,
    PER_EMAIL = 5,
    PER_PEER = 20,
};

/* "ABCD-2345", of 32 signs that look like no other. */
static const char *make_code(struct op *op)
{
    static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    char code[CODE_LENGTH + 1] = "";
    for (int i = 0; i < CODE_LENGTH; i++) {
        code[i] = signs[randombytes_uniform(sizeof signs - 1)];
    }
    return arena_format(op->arena, "%.4s-%s", code, code + 4);
}

/* The code's letters and digits, in upper case, with the browser's secret. */
static void hash_code(const char *code, const char *browser, unsigned char out[SECRET_HASH])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (; *code != '\0'; code++) {
        unsigned char c = (unsigned char)*code;
        c = (unsigned char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            crypto_hash_sha256_update(&state, &c, 1);
        }
    }
    crypto_hash_sha256_update(&state, (const unsigned char *)browser, strlen(browser));
    crypto_hash_sha256_final(&state, out);
}

/* As lower() of SQLite folds it. */
static const char *fold_email(struct op *op, const char *email)
{
    char *folded = arena_text(op->arena, email);
    for (char *at = folded; *at != '\0'; at++) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    }
    return folded;
}

static struct list clients_of(struct op *op, const char *email)
{
    struct sqlite3_stmt *clients = db_statement(op->db, SQL_sign_in_clients);
    db_bind_text(clients, "email", email);
    return db_all(op->db, clients, &record_client, 0, op->arena);
}

static int64_t count(struct op *op, enum statement which, const char *name, const char *value)
{
    struct sqlite3_stmt *count = db_statement(op->db, which);
    db_bind_text(count, name, value);
    db_bind_int(count, "since", op->now - HOUR);
    return db_one_int(op->db, count, 0);
}

enum lang clients_lang(const struct list *clients, enum lang asked_in)
{
    const struct rec_client *client = clients->at;
    for (size_t i = 1; i < clients->count; i++) {
        if (client[i].language != client[0].language) {
            return asked_in;
        }
    }
    return word_lang(client[0].language);
}

static bool send_link(struct op *op, const char *email, enum lang asked_in, const char *token,
                      const char *code)
{
    struct list clients = clients_of(op, email);
    if (clients.count == 0) {
        return true;
    }
    struct message message;
    message_sign_in(op, clients_lang(&clients, asked_in),
                    arena_format(op->arena, "%s" SIGN_IN_PATH "%s", op->env->base_url, token), code,
                    &message);
    struct outbox_entry entry = {
        .channel = medium_mail,
        .recipient = email,
        .lang = message.lang,
        .subject = message.subject,
        .text = message.text,
        .html = message.html,
    };
    return outbox_add(op, &entry, NULL);
}

/* The askings of a browser that may still be answered; the caller goes through them. */
static struct sqlite3_stmt *open_askings(struct op *op, const char *browser)
{
    struct sqlite3_stmt *find = db_statement(op->db, SQL_sign_in_by_browser);
    secret_bind(find, "browser_hash", browser);
    db_bind_int(find, "since", op->now - SIGN_IN_LIFE);
    db_bind_int(find, "limit", WRONG_CODES);
    return find;
}

/* What the browser keeps: a second asking must not make the first message worthless. */
static void keep_or_make_browser(struct op *op, const char *browser, char ret[SECRET_TEXT])
{
    if (browser != NULL && strlen(browser) == SECRET_TEXT - 1) {
        struct sqlite3_stmt *find = open_askings(op, browser);
        if (db_next(op->db, find)) {
            db_end(find);
            memcpy(ret, browser, SECRET_TEXT);
            return;
        }
    }
    secret_make(ret);
}

bool sign_in_begin(struct op *op, const char *email, enum lang asked_in, const char *peer,
                   const char *browser, char ret_browser[SECRET_TEXT])
{
    const char *wrong = email_wrong(email);
    if (wrong != NULL) {
        return op_bad(op, "email", wrong);
    }
    email = fold_email(op, email);
    keep_or_make_browser(op, browser, ret_browser);
    struct sqlite3_stmt *expire = db_statement(op->db, SQL_sign_in_expire);
    db_bind_int(expire, "since", op->now - HOUR);
    db_exec(op->db, expire);
    if (count(op, SQL_sign_in_count_email, "email", email) >= PER_EMAIL ||
        count(op, SQL_sign_in_count_peer, "peer", peer) >= PER_PEER) {
        return !db_failed(op->db);
    }

    char token[SECRET_TEXT];
    const char *code = make_code(op);
    unsigned char code_hash[SECRET_HASH];
    secret_make(token);
    hash_code(code, ret_browser, code_hash);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_sign_in_add);
    db_bind_text(add, "email", email);
    db_bind_text(add, "peer", peer);
    secret_bind(add, "browser_hash", ret_browser);
    secret_bind(add, "token_hash", token);
    db_bind_blob(add, "code_hash", code_hash, sizeof code_hash);
    db_bind_int(add, "now", op->now);
    return db_exec(op->db, add) && send_link(op, email, asked_in, token, code);
}

/* An asking that is still open. */
struct asking {
    int64_t id;
    const char *email;
};

static enum sign_in_outcome find_by_link(struct op *op, const char *token, const char *browser,
                                         struct asking *ret)
{
    unsigned char hash[SECRET_HASH];
    struct sqlite3_stmt *find = db_statement(op->db, SQL_sign_in_by_token);
    secret_bind(find, "token_hash", token);
    db_bind_int(find, "since", op->now - SIGN_IN_LIFE);
    if (!db_next(op->db, find)) {
        return SIGN_IN_OVER;
    }
    *ret = (struct asking){ .id = db_int(find, 0), .email = db_text(find, 1, op->arena) };
    struct bytes asked = db_blob(find, 2, op->arena);
    db_end(find);
    if (browser == NULL) {
        return SIGN_IN_OTHER_BROWSER;
    }
    secret_hash(browser, hash);
    bool same = asked.length == sizeof hash && sodium_memcmp(asked.data, hash, sizeof hash) == 0;
    return same ? SIGN_IN_DONE : SIGN_IN_OTHER_BROWSER;
}

static bool start_session(struct op *op, const struct asking *asking, char ret_session[SECRET_TEXT])
{
    struct sqlite3_stmt *use = db_statement(op->db, SQL_sign_in_use);
    db_bind_int(use, "id", asking->id);
    struct sqlite3_stmt *expire = db_statement(op->db, SQL_session_expire);
    db_bind_int(expire, "since", op->now - SESSION_LIFE);
    db_exec(op->db, expire);
    secret_make(ret_session);
    struct sqlite3_stmt *add = db_statement(op->db, SQL_session_add);
    secret_bind(add, "token_hash", ret_session);
    db_bind_text(add, "email", asking->email);
    db_bind_int(add, "now", op->now);
    return db_exec(op->db, use) && db_exec(op->db, add);
}

bool sign_in_look(struct op *op, const char *token, const char *browser, enum sign_in_outcome *ret)
{
    struct asking asking;
    *ret = find_by_link(op, token, browser, &asking);
    return !db_failed(op->db);
}

bool sign_in_by_link(struct op *op, const char *token, const char *browser,
                     enum sign_in_outcome *ret, char ret_session[SECRET_TEXT])
{
    struct asking asking;
    *ret = find_by_link(op, token, browser, &asking);
    if (*ret != SIGN_IN_DONE) {
        return !db_failed(op->db);
    }
    return start_session(op, &asking, ret_session);
}

static bool note_wrong_code(struct op *op, const char *browser)
{
    struct sqlite3_stmt *wrong = db_statement(op->db, SQL_sign_in_wrong_code);
    secret_bind(wrong, "browser_hash", browser);
    return db_exec(op->db, wrong);
}

bool sign_in_by_code(struct op *op, const char *code, const char *browser,
                     enum sign_in_outcome *ret, char ret_session[SECRET_TEXT])
{
    unsigned char hash[SECRET_HASH];
    *ret = SIGN_IN_OVER;
    if (browser == NULL) {
        return true;
    }
    hash_code(code, browser, hash);
    struct sqlite3_stmt *find = open_askings(op, browser);
    while (db_next(op->db, find)) {
        struct asking asking = { .id = db_int(find, 0), .email = db_text(find, 1, op->arena) };
        struct bytes sent = db_blob(find, 2, op->arena);
        if (sent.length == sizeof hash && sodium_memcmp(sent.data, hash, sizeof hash) == 0) {
            db_end(find);
            *ret = SIGN_IN_DONE;
            return start_session(op, &asking, ret_session);
        }
        *ret = SIGN_IN_WRONG_CODE;
    }
    return *ret == SIGN_IN_WRONG_CODE ? note_wrong_code(op, browser) : !db_failed(op->db);
}

/* The statement with the session's hash bound; the caller runs it. */
static struct sqlite3_stmt *of_session(struct op *op, enum statement which, const char *secret)
{
    struct sqlite3_stmt *statement = db_statement(op->db, which);
    secret_bind(statement, "token_hash", secret);
    return statement;
}

static bool nobody(struct op *op)
{
    return err_set(&op->err, ERR_unauthenticated, "", "nobody is signed in");
}

/* The client chosen, if the address is still one of its; the only one needs no choice. */
static int64_t client_of(const struct list *clients, int64_t chosen)
{
    const struct rec_client *client = clients->at;
    if (clients->count == 1) {
        return client->id;
    }
    for (size_t i = 0; i < clients->count; i++) {
        if (client[i].id == chosen) {
            return chosen;
        }
    }
    return 0;
}

bool session_load(struct op *op, const char *secret, struct session *ret)
{
    *ret = (struct session){ 0 };
    if (secret == NULL) {
        return nobody(op);
    }
    struct sqlite3_stmt *get = of_session(op, SQL_session_get, secret);
    db_bind_int(get, "since", op->now - SESSION_LIFE);
    if (!db_next(op->db, get)) {
        return nobody(op);
    }
    ret->email = db_text(get, 0, op->arena);
    int64_t chosen = db_int(get, 1);
    ret->stale = db_int(get, 2) <= op->now - DAY;
    db_end(get);
    ret->clients = clients_of(op, ret->email);
    if (ret->clients.count == 0) {
        return nobody(op);
    }
    int64_t id = client_of(&ret->clients, chosen);
    return id == 0 || client_load(op, id, "client_id", &ret->client);
}

bool session_touch(struct op *op, const char *secret)
{
    struct sqlite3_stmt *touch = of_session(op, SQL_session_touch, secret);
    db_bind_int(touch, "now", op->now);
    return db_exec(op->db, touch);
}

bool session_choose(struct op *op, const char *secret, int64_t client_id)
{
    struct session session;
    if (!session_load(op, secret, &session)) {
        return false;
    }
    if (client_of(&session.clients, client_id) != client_id) {
        return op_not_found(op, "client");
    }
    struct sqlite3_stmt *choose = of_session(op, SQL_session_choose, secret);
    db_bind_int(choose, "client_id", client_id);
    return db_exec(op->db, choose);
}

bool session_end(struct op *op, const char *secret, bool everywhere)
{
    struct session session;
    if (secret == NULL) {
        return true;
    }
    if (everywhere && session_load(op, secret, &session)) {
        struct sqlite3_stmt *all = db_statement(op->db, SQL_session_end_all);
        db_bind_text(all, "email", session.email);
        db_exec(op->db, all);
    } else {
        db_exec(op->db, of_session(op, SQL_session_end, secret));
    }
    return !db_failed(op->db);
}
