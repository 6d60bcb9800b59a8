/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The sender against a mail server that misbehaves at every step. The outbox is a list in this
 * file: what office/ does with an outcome has tests of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/clock.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/config.h"
#include "server/notify/notify.h"
#include "server/office/jobs.h"
#include "server/office/outbox.h"
#include "tests/unit/smtp_peer.h"

enum { MESSAGES = 8, QUEUE = 100, LIMIT_SECONDS = 20 };

/* A row of the outbox. */
static struct row {
    struct outbox_letter letter;
    bool waiting;
    bool sending;
    int64_t due_at;
    int tries;
    int given_back;
    enum delivery outcome;
    char answer[256];
} rows[QUEUE];

static int claims; /* commits in which messages were claimed */

static uv_loop_t loop;
static struct office office;
static struct config config;
static struct notify *notify;
static struct smtp_peer peer;
static bool stopped;
static bool recovered;
static bool database_down;
static int database_refusals;
static char directory[] = "/tmp/skrytka-notify-XXXXXX";
static char clock_file[64];
static char url[64];

/* Office's side: a job runs in the next round of the loop. */

struct pending {
    uv_timer_t timer;
    struct office_job *job;
};

static void pending_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void run_pending(uv_timer_t *timer)
{
    struct pending *pending = timer->data;
    struct office_job *job = pending->job;
    bool ok = !database_down && job->run(job);
    if (database_down) {
        err_set(&job->op.err, ERR_unavailable, "", "disk_full");
        database_refusals++;
    }
    uv_close((uv_handle_t *)timer, pending_closed);
    job->done(job, ok);
}

void office_start_write(struct office *of, struct office_job *job)
{
    struct pending *pending = memory_zeroed(sizeof *pending);
    assert_ptr_equal(of, &office);
    pending->job = job;
    pending->timer.data = pending;
    uv_timer_init(&loop, &pending->timer);
    uv_timer_start(&pending->timer, run_pending, 0, 0);
}

struct actor actor_system(void)
{
    return (struct actor){ .kind = ACTOR_SYSTEM, .name = "skrytkad" };
}

bool outbox_recover(struct op *op)
{
    for (size_t i = 0; i < QUEUE; i++) {
        rows[i].waiting |= rows[i].sending;
        rows[i].sending = false;
    }
    return recovered = true;
}

bool outbox_take_due(struct op *op, enum medium channel, const char *except, size_t limit,
                     struct list *ret_letters, int64_t *ret_next_due)
{
    struct outbox_letter *letters = arena_array(op->arena, limit, sizeof *letters);
    size_t count = 0;
    *ret_next_due = 0;
    for (size_t i = 0; i < QUEUE; i++) {
        struct row *row = &rows[i];
        if (!row->waiting || row->letter.channel != channel ||
            (except && strcmp(row->letter.recipient, except) == 0))
            continue;
        if (row->due_at <= clock_now() && count < limit) {
            row->waiting = false;
            row->sending = true;
            letters[count++] = row->letter;
        } else if (*ret_next_due == 0 || row->due_at < *ret_next_due) {
            *ret_next_due = row->due_at;
        }
    }
    *ret_letters = (struct list){ .at = letters, .count = count, .given = true };
    claims += count > 0;
    return true;
}

bool outbox_give_back(struct op *op, int64_t id)
{
    struct row *row = &rows[id - 1];
    assert_true(row->sending);
    row->sending = false;
    row->waiting = true;
    row->given_back++;
    return true;
}

/* The database of this file fails in run_pending() only. */
bool db_failed(const struct db_tx *tx)
{
    return false;
}

bool outbox_record(struct op *op, int64_t id, enum delivery delivery, const char *answer)
{
    struct row *row = &rows[id - 1];
    assert_true(row->sending);
    row->sending = false;
    row->tries++;
    row->outcome = delivery;
    snprintf(row->answer, sizeof row->answer, "%s", answer);
    row->waiting = delivery == DELIVERY_LATER || delivery == DELIVERY_UNREACHABLE;
    row->due_at = delivery == DELIVERY_LATER ? clock_now() + 60 : row->due_at;
    return true;
}

/* The test's side. */

static const struct outbox_change changed = { .any = true };
static const struct outbox_change retried = { .any = true, .retried[medium_mail] = true };
static const struct outbox_change sms_retried = { .any = true, .retried[medium_sms] = true };
static const struct outbox_change withdrawn = { .any = true, .withdrawn = true };

static void put_message(int id)
{
    static char message_ids[QUEUE][32];
    snprintf(message_ids[id - 1], sizeof message_ids[0], "<%d@office.example>", id);
    rows[id - 1] = (struct row){
        .letter = { .id = id,
                    .channel = medium_mail,
                    .recipient = "biuro@alfa.example",
                    .sender = "poczta@office.example",
                    .sender_name = "Biuro",
                    .subject = "List",
                    .text = "Dzie\xc5\x84 dobry\n",
                    .message_id = message_ids[id - 1],
                    .created_at = 951827696 },
        .waiting = true,
    };
}

/* What the clock says more than the true time. */
static void set_clock(int64_t seconds)
{
    FILE *file = fopen(clock_file, "w");
    assert_non_null(file);
    fprintf(file, "%lld\n", (long long)seconds);
    assert_int_equal(fclose(file), 0);
}

static void time_up(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static void run_until(bool (*is)(void))
{
    bool late = false;
    uv_timer_t limit;
    uv_timer_init(&loop, &limit);
    limit.data = &late;
    uv_timer_start(&limit, time_up, LIMIT_SECONDS * 1000, 0);
    while (!is() && !late)
        uv_run(&loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&limit, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_false(late);
}

static void notify_closed(void *owner)
{
    stopped = true;
}

static bool is_stopped(void)
{
    return stopped;
}

static bool first_recorded(void)
{
    return rows[0].tries > 0 && !rows[0].sending;
}

static bool first_delivered(void)
{
    return first_recorded() && rows[0].outcome == DELIVERY_DONE;
}

static bool all_settled(void)
{
    for (size_t i = 0; i < QUEUE; i++)
        if (rows[i].letter.id != 0 && (rows[i].waiting || rows[i].sending))
            return false;
    return true;
}

static int begin(void **state)
{
    memset(rows, 0, sizeof rows);
    stopped = recovered = database_down = false;
    database_refusals = claims = 0;
    set_clock(0);
    uv_loop_init(&loop);
    smtp_peer_open(&peer, &loop);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", peer.port);
    config = (struct config){ .storage_directory = directory,
                              .mail_url = url,
                              .mail_user = "",
                              .mail_ca_file = "",
                              .mail_starttls = STARTTLS_off,
                              .mail_answer_seconds = 1,
                              .mail_parallel = 2,
                              .sms_provider = SMS_off,
                              .sms_url = "" };
    return 0;
}

static void stop(void)
{
    notify_stop(notify, notify_closed, NULL);
    run_until(is_stopped);
}

static bool peer_alone(void)
{
    return peer.talking == 0;
}

static int end(void **state)
{
    if (!stopped)
        stop();
    run_until(peer_alone);
    smtp_peer_close(&peer);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop);
}

static void begin_sending(void)
{
    notify = notify_start(&loop, &office, &config);
}

static void expect(enum delivery outcome, const char *words)
{
    assert_int_equal(rows[0].outcome, outcome);
    if (!strstr(rows[0].answer, words))
        fail_msg("\"%s\" is not in \"%s\"", words, rows[0].answer);
}

static void mail_is_delivered(void **state)
{
    put_message(1);
    begin_sending();
    run_until(all_settled);
    assert_true(recovered);
    expect(DELIVERY_DONE, "250 2.0.0 taken as 42");
    const char *commands = buf_str(&peer.commands);
    assert_non_null(strstr(commands, "MAIL FROM:<poczta@office.example> SIZE="));
    assert_non_null(strstr(commands, "\r\nRCPT TO:<biuro@alfa.example>\r\n"));
    assert_non_null(strstr(buf_str(&peer.mails), "Message-ID: <1@office.example>\r\n"));
    assert_non_null(strstr(buf_str(&peer.mails), "\r\n\r\nDzie=C5=84 dobry\r\n"));
}

static void connections_are_used_again(void **state)
{
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    begin_sending();
    run_until(all_settled);
    for (size_t i = 0; i < MESSAGES; i++)
        assert_int_equal(rows[i].outcome, DELIVERY_DONE);
    assert_int_equal(peer.said[AT_END], MESSAGES);
    assert_in_range(peer.said[AT_GREETING], 1, 2);
}

/* What one answer at one step makes of the message. */
struct misbehaviour {
    enum smtp_step step;
    const char *answer;
    enum delivery outcome;
    const char *words;
};

static const struct misbehaviour misbehaviours[] = {
    { AT_GREETING, "554 no service", DELIVERY_UNREACHABLE, "554 no service" },
    { AT_GREETING, "421 too busy", DELIVERY_UNREACHABLE, "421 too busy" },
    { AT_GREETING, "HTTP/1.1 400 Bad Request", DELIVERY_UNREACHABLE, "" },
    { AT_GREETING, CUT_LINE, DELIVERY_UNREACHABLE, "" },
    { AT_EHLO, CUT_LINE, DELIVERY_UNREACHABLE, "" },
    { AT_MAIL, "421 4.3.2 closing", DELIVERY_LATER, "421 4.3.2 closing" },
    { AT_MAIL, "451 4.3.0 later", DELIVERY_LATER, "451 4.3.0 later" },
    { AT_MAIL, "530 5.7.0 sign in first", DELIVERY_UNREACHABLE, "530 5.7.0" },
    { AT_MAIL, "550 5.7.1 not you", DELIVERY_REFUSED, "550 5.7.1 not you" },
    { AT_MAIL, CUT_LINE, DELIVERY_LATER, "" },
    { AT_RCPT, "450 4.7.1 greylisted", DELIVERY_LATER, "450 4.7.1 greylisted" },
    { AT_RCPT, "451-two\r\n451 lines", DELIVERY_LATER, "451 two lines" },
    { AT_RCPT, "550-5.1.1 no such\r\n550-5.1.1 user\r\n550-\r\n550 5.1.10 see x", DELIVERY_REFUSED,
      "550 5.1.1 no such user 5.1.10 see x" },
    { AT_RCPT, "530 5.7.1 sign in to relay", DELIVERY_LATER, "530 5.7.1 sign in to relay" },
    { AT_RCPT, "550 5.1.1 no such user", DELIVERY_REFUSED, "550 5.1.1 no such user" },
    { AT_RCPT, CUT_LINE, DELIVERY_LATER, "" },
    { AT_RCPT, SAY_NOTHING, DELIVERY_LATER, "" },
    { AT_DATA, "451 later", DELIVERY_LATER, "451 later" },
    { AT_DATA, "530 5.7.0 sign in", DELIVERY_LATER, "530 5.7.0 sign in" },
    { AT_DATA, "554 no mail", DELIVERY_REFUSED, "554 no mail" },
    { AT_DATA, CUT_LINE, DELIVERY_LATER, "" },
    { AT_END, "451 4.3.0 disk full", DELIVERY_LATER, "451 4.3.0 disk full" },
    { AT_END, "552 5.3.4 too big", DELIVERY_REFUSED, "552 5.3.4 too big" },
    { AT_END, "550 \x1b[2Jspam\x9b", DELIVERY_REFUSED, "550 \xef\xbf\xbd[2Jspam" },
    { AT_END, CUT_LINE, DELIVERY_LATER, "perhaps delivered" },
    { AT_END, SAY_NOTHING, DELIVERY_LATER, "perhaps delivered" },
};

static void every_answer_has_its_outcome(void **state)
{
    for (size_t i = 0; i < sizeof misbehaviours / sizeof *misbehaviours; i++) {
        const struct misbehaviour *bad = &misbehaviours[i];
        begin(state);
        put_message(1);
        smtp_peer_answer(&peer, bad->step, bad->answer, 1);
        begin_sending();
        run_until(first_recorded);
        expect(bad->outcome, bad->words);
        /* The next try succeeds, with the same Message-ID, and the mail has come once more. */
        if (bad->outcome == DELIVERY_LATER || bad->outcome == DELIVERY_UNREACHABLE) {
            set_clock(120);
            notify_wake(notify, &changed);
            run_until(first_delivered);
            assert_int_equal(rows[0].tries, 2);
        }
        assert_int_equal(end(state), 0);
    }
}

static void a_hung_quit_does_not_stop_the_loop(void **state)
{
    put_message(1);
    smtp_peer_answer(&peer, AT_RCPT, "550 5.1.1 no such user", 1);
    smtp_peer_answer(&peer, AT_QUIT, SAY_NOTHING, 100);
    config.mail_answer_seconds = 600;
    begin_sending();
    run_until(all_settled);
    expect(DELIVERY_REFUSED, "550 5.1.1 no such user");
    put_message(2);
    notify_wake(notify, &changed);
    run_until(all_settled);
    assert_int_equal(rows[1].outcome, DELIVERY_DONE);
    stop();
}

enum { PAUSES = 12 };

static bool all_pauses(void)
{
    return rows[0].tries == PAUSES && !rows[0].sending;
}

static void a_dead_server_is_left_alone(void **state)
{
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    smtp_peer_answer(&peer, AT_GREETING, "421 too busy", 1000);
    config.mail_parallel = 1;
    begin_sending();
    int64_t clock = 0;
    /* 5 s, 10 s, 20 s ... 30 min: each time one message feels whether it is back. */
    for (int tries = 1, pause = 5; tries < PAUSES; tries++, pause *= 2) {
        run_until(first_recorded);
        pause = pause < 1800 ? pause : 1800;
        set_clock(clock + pause - 1);
        notify_wake(notify, &changed); /* what is new does not shorten the pause */
        for (int i = 0; i < 20; i++)
            uv_run(&loop, UV_RUN_NOWAIT);
        assert_int_equal(peer.said[AT_GREETING], tries);
        rows[0].tries = tries;
        clock += pause;
        set_clock(clock);
        notify_wake(notify, &changed);
        while (peer.said[AT_GREETING] == tries)
            uv_run(&loop, UV_RUN_ONCE);
    }
    run_until(all_pauses);
    peer.times[AT_GREETING] = 0;
    set_clock(clock + 1800);
    notify_wake(notify, &changed);
    run_until(all_settled);
    assert_int_equal(peer.said[AT_END], MESSAGES);
}

static bool one_hangs(void)
{
    return peer.said[AT_END] == 1;
}

static bool second_recorded(void)
{
    return rows[1].tries == 1 && !rows[1].sending;
}

static bool second_delivered(void)
{
    return rows[1].tries == 2 && rows[1].outcome == DELIVERY_DONE;
}

/* What hangs since before the pause keeps nobody from feeling whether the server is back. */
static void a_hanging_mail_does_not_prolong_a_pause(void **state)
{
    put_message(1);
    smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
    config.mail_answer_seconds = 600;
    begin_sending();
    run_until(one_hangs);
    smtp_peer_answer(&peer, AT_GREETING, "421 too busy", 1);
    put_message(2);
    rows[1].letter.recipient = "biuro@beta.example";
    notify_wake(notify, &changed);
    run_until(second_recorded);
    assert_int_equal(rows[1].outcome, DELIVERY_UNREACHABLE);
    set_clock(6);
    notify_wake(notify, &changed);
    run_until(second_delivered);
    assert_true(rows[0].sending);
}

static bool last_is_delivered(void)
{
    return rows[MESSAGES - 1].tries == 1 && rows[MESSAGES - 1].outcome == DELIVERY_DONE;
}

/* One that takes long over its first mail leaves a connection to the others. */
static void a_slow_recipient_does_not_take_all_connections(void **state)
{
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    rows[MESSAGES - 1].letter.recipient = "biuro@beta.example";
    smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
    config.mail_answer_seconds = 600;
    begin_sending();
    run_until(last_is_delivered);
    assert_true(rows[0].sending);
    for (size_t i = 1; i < MESSAGES - 1; i++)
        assert_int_equal(rows[i].tries, 0);
    smtp_peer_speak(&peer, "250 taken after all");
    run_until(all_settled);
    assert_int_equal(peer.said[AT_END], MESSAGES);
}

/* A long queue costs few commits, and comes out as it went in. */
static void many_are_claimed_in_one_commit(void **state)
{
    for (int id = 1; id <= QUEUE; id++)
        put_message(id);
    config.mail_parallel = 1;
    begin_sending();
    run_until(all_settled);
    assert_int_equal(peer.said[AT_END], QUEUE);
    assert_in_range(claims, 1, QUEUE / 5);
    const char *mails = buf_str(&peer.mails);
    for (int id = 1; id <= QUEUE; id++) {
        char line[64];
        snprintf(line, sizeof line, "Message-ID: <%d@office.example>", id);
        assert_non_null(mails = strstr(mails, line));
    }
}

static size_t given_back(void)
{
    size_t count = 0;
    for (size_t i = 0; i < MESSAGES; i++)
        count += rows[i].given_back > 0 && rows[i].tries == 0;
    return count;
}

static bool one_is_tried(void)
{
    size_t tried = 0;
    for (size_t i = 0; i < MESSAGES; i++) {
        if (rows[i].sending)
            return false;
        tried += rows[i].tries > 0 && rows[i].outcome == DELIVERY_UNREACHABLE;
    }
    return tried == 1;
}

static bool some_are_delivered(void)
{
    return rows[2].outcome == DELIVERY_DONE && rows[2].tries > 0;
}

/* The server goes away while messages are claimed: they wait again and no try is counted. */
static void claims_are_given_back_when_the_server_goes(void **state)
{
    for (int id = 1; id <= 3; id++)
        put_message(id);
    config.mail_parallel = 1;
    begin_sending();
    run_until(some_are_delivered);
    smtp_peer_answer(&peer, AT_MAIL, "530 5.7.0 sign in first", 1000);
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    notify_wake(notify, &changed);
    run_until(one_is_tried);
    assert_in_range(given_back(), 1, MESSAGES - 1);
    peer.times[AT_MAIL] = 0;
    set_clock(10);
    notify_wake(notify, &changed);
    run_until(all_settled);
    assert_int_equal(peer.said[AT_END], 3 + MESSAGES);
}

static bool all_but_one_wait(void)
{
    size_t waiting = 0;
    for (size_t i = 0; i < MESSAGES; i++)
        waiting += rows[i].waiting;
    return waiting == MESSAGES - 1 && given_back() > 0;
}

/* What is claimed cannot be held or dropped, so a server that thinks long keeps no claims. */
static void a_slow_server_keeps_no_claims(void **state)
{
    claims_are_given_back_when_the_server_goes(state);
    smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
    config.mail_answer_seconds = 600;
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    notify_wake(notify, &changed);
    run_until(all_but_one_wait);
    stop();
    assert_true(rows[0].sending);
    assert_true(all_but_one_wait());
}

static bool some_are_claimed(void)
{
    size_t sending = 0;
    for (size_t i = 0; i < MESSAGES; i++)
        sending += rows[i].sending;
    return peer.said[AT_END] > 3 && sending > 1;
}

/* A letter became another client's: what is claimed goes back at once, and is asked for anew. */
static void what_is_withdrawn_does_not_begin(void **state)
{
    for (int id = 1; id <= 3; id++)
        put_message(id);
    config.mail_parallel = 1;
    config.mail_answer_seconds = 600;
    begin_sending();
    run_until(some_are_delivered);
    smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
    for (int id = 1; id <= MESSAGES; id++)
        put_message(id);
    notify_wake(notify, &changed);
    run_until(some_are_claimed);
    notify_wake(notify, &withdrawn);
    for (int round = 0; round < 10 && given_back() == 0; round++) /* far less than a second */
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_in_range(given_back(), 1, MESSAGES - 1);
}

static bool second_greeting(void)
{
    return peer.said[AT_GREETING] == 2;
}

static bool third_greeting(void)
{
    return peer.said[AT_GREETING] == 3;
}

static void a_person_ends_the_pause(void **state)
{
    put_message(1);
    smtp_peer_answer(&peer, AT_GREETING, "421 too busy", 2);
    begin_sending();
    run_until(first_recorded);
    notify_wake(notify, &sms_retried); /* says nothing of this server */
    for (int round = 0; round < 10; round++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(claims, 1);
    notify_wake(notify, &retried);
    run_until(second_greeting);
    run_until(first_recorded);
    /* It was in vain: the pause begins anew, and does not double. */
    set_clock(6);
    run_until(third_greeting);
    run_until(first_delivered);
}

static void refused_connections_pause_too(void **state)
{
    put_message(1);
    config.mail_url = "smtp://127.0.0.1:1";
    begin_sending();
    run_until(first_recorded);
    assert_int_equal(rows[0].outcome, DELIVERY_UNREACHABLE);
    config.mail_url = url;
    set_clock(6);
    notify_wake(notify, &changed);
    run_until(first_delivered);
}

static void starttls_that_is_not_offered_is_no_server(void **state)
{
    put_message(1);
    config.mail_starttls = STARTTLS_required;
    begin_sending();
    run_until(first_recorded);
    assert_int_equal(rows[0].outcome, DELIVERY_UNREACHABLE);
    assert_null(strstr(buf_str(&peer.commands), "MAIL"));
}

static void what_cannot_be_built_is_refused(void **state)
{
    put_message(1);
    rows[0].letter.recipient = "a@b.example>\r\nRCPT TO:<evil@x.test";
    begin_sending();
    run_until(all_settled);
    assert_int_equal(rows[0].outcome, DELIVERY_REFUSED);
    assert_int_equal(peer.said[AT_GREETING], 0);
}

static bool first_is_sending(void)
{
    return peer.said[AT_END] == 1;
}

static void stopping_breaks_off_what_is_under_way(void **state)
{
    put_message(1);
    smtp_peer_answer(&peer, AT_END, SAY_NOTHING, 1);
    config.mail_answer_seconds = 600;
    begin_sending();
    run_until(first_is_sending);
    stop();
    assert_true(rows[0].sending);
    assert_int_equal(rows[0].tries, 0);
    /* The next start repeats it. */
    stopped = false;
    begin_sending();
    run_until(all_settled);
    assert_int_equal(rows[0].outcome, DELIVERY_DONE);
    assert_int_equal(peer.said[AT_END], 2);
}

static bool mail_was_said(void)
{
    return peer.said[AT_MAIL] > 0;
}

static bool database_refused(void)
{
    return database_refusals > 0;
}

static void an_outcome_that_cannot_be_written_is_kept(void **state)
{
    put_message(1);
    begin_sending();
    run_until(mail_was_said);
    database_down = true;
    run_until(database_refused);
    assert_true(rows[0].sending);
    database_down = false;
    set_clock(10);
    notify_wake(notify, &changed);
    run_until(all_settled);
    assert_int_equal(rows[0].outcome, DELIVERY_DONE);
    assert_int_equal(peer.said[AT_END], 1);
}

static void mail_goes_into_a_maildir(void **state)
{
    char path[128];
    snprintf(path, sizeof path, "maildir:%s/mail", directory);
    put_message(1);
    config.mail_url = path;
    begin_sending();
    run_until(all_settled);
    expect(DELIVERY_DONE, "written to ");
    const char *file = rows[0].answer + strlen("written to ");
    char text[2000] = { 0 };
    FILE *mail = fopen(file, "r");
    assert_non_null(mail);
    assert_true(fread(text, 1, sizeof text - 1, mail) > 0);
    fclose(mail);
    assert_null(strchr(text, '\r'));
    assert_non_null(strstr(text, "\nMessage-ID: <1@office.example>\n"));
    assert_non_null(strstr(text, "\n\nDzie=C5=84 dobry\n"));
    /* Sent again after a crash: still one mail. */
    char name[256];
    snprintf(name, sizeof name, "%s", rows[0].answer);
    put_message(1);
    notify_wake(notify, &changed);
    run_until(all_settled);
    assert_string_equal(rows[0].answer, name);
}

static void sms_go_into_a_file(void **state)
{
    char path[128];
    snprintf(path, sizeof path, "file:%s/sms.log", directory);
    config.sms_provider = SMS_file;
    config.sms_url = path;
    config.sms_sender = "Biuro";
    put_message(1);
    rows[0].letter.channel = medium_sms;
    rows[0].letter.recipient = "+48501234567";
    rows[0].letter.message_id = "a1b2";
    put_message(2);
    rows[1].letter.channel = medium_sms;
    rows[1].letter.recipient = "501 234 567";
    begin_sending();
    run_until(all_settled);
    expect(DELIVERY_DONE, "sms.log");
    assert_int_equal(rows[1].outcome, DELIVERY_REFUSED);
    char text[1000] = { 0 };
    FILE *file = fopen(path + strlen("file:"), "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "\"to\":\"+48501234567\",\"from\":\"Biuro\",\"id\":\"a1b2\","
                                 "\"parts\":1,\"text\":\"Dzien dobry\\n\"}\n"));
    assert_string_equal(strchr(text, '\n'), "\n");
}

static void without_a_provider_sms_are_refused(void **state)
{
    put_message(1);
    rows[0].letter.channel = medium_sms;
    begin_sending();
    run_until(all_settled);
    expect(DELIVERY_REFUSED, "[sms] is off");
}

static int make_directory(void **state)
{
    if (!mkdtemp(directory))
        return -1;
    snprintf(clock_file, sizeof clock_file, "%s/clock", directory);
    setenv("SKRYTKA_TEST_CLOCK", clock_file, 1);
    log_set_level(LOG_ERROR);
    return 0;
}

static int drop_directory(void **state)
{
    char *const argv[] = { "rm", "-r", directory, NULL };
    pid_t child = fork();
    if (child == 0) {
        execvp("rm", argv);
        _exit(1);
    }
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(mail_is_delivered),
        CASE(connections_are_used_again),
        cmocka_unit_test(every_answer_has_its_outcome),
        CASE(a_hung_quit_does_not_stop_the_loop),
        CASE(a_dead_server_is_left_alone),
        CASE(a_hanging_mail_does_not_prolong_a_pause),
        CASE(a_slow_recipient_does_not_take_all_connections),
        CASE(many_are_claimed_in_one_commit),
        CASE(claims_are_given_back_when_the_server_goes),
        CASE(a_slow_server_keeps_no_claims),
        CASE(what_is_withdrawn_does_not_begin),
        CASE(a_person_ends_the_pause),
        CASE(refused_connections_pause_too),
        CASE(starttls_that_is_not_offered_is_no_server),
        CASE(what_cannot_be_built_is_refused),
        CASE(stopping_breaks_off_what_is_under_way),
        CASE(an_outcome_that_cannot_be_written_is_kept),
        CASE(mail_goes_into_a_maildir),
        CASE(sms_go_into_a_file),
        CASE(without_a_provider_sms_are_refused),
    };
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
