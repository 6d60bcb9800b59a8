/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The messages, in both languages, with the names that people really give their companies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "server/office/messages.h"
#include "server/office/placeholders.h"
#include "server/office/words.h"
#include "tests/unit/catalogue.h"

#define HOSTILE "\"Żółć & <b>Sp. z o.o.</b>\""
#define ESCAPED "&quot;Żółć &amp; &lt;b&gt;Sp. z o.o.&lt;/b&gt;&quot;"
#define LINK    "https://poczta.example/s/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

/* Gmail cuts longer mails, and nothing here should come near. */
enum { HTML_LIMIT = 30000 };

struct fixture {
    struct op op;
    struct office_env env;
    struct rec_mail_item item;
    struct rec_client client;
};

static int fresh(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    fixture->op.arena = arena_new();
    fixture->op.env = &fixture->env;
    fixture->op.settings = (struct rec_settings){
        .office_name = "Biuro „Pod Kasztanem”",
        .collection_place = "ul. Długa 5, Łódź\npn-pt 8-16",
        .scan_request_note = "Skanowanie poczty może wiązać się z dodatkowymi kosztami.",
        .scan_request_note_en = "",
        .language = language_pl,
        .mail_subject_pl = "",
        .mail_subject_en = "",
        .mail_greeting_pl = "",
        .mail_greeting_en = "",
        .mail_footer_pl = "",
        .mail_footer_en = "",
    };
    fixture->item = (struct rec_mail_item){
        .id = 1234,
        .counterparty = HOSTILE,
        .kind = mail_kind_registered,
        .date = "2026-11-23",
        .reference = "RR 123 456 789 PL",
    };
    fixture->client = (struct rec_client){
        .name = HOSTILE, .code = "17", .default_scan_cost = 500, .language = language_pl
    };
    *state = fixture;
    return 0;
}

static int release(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->op.arena);
    free(fixture);
    return 0;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

static int count(const char *text, const char *part)
{
    int found = 0;
    while ((text = strstr(text, part))) {
        found++;
        text += strlen(part);
    }
    return found;
}

/* What is true of every mail. */
static void check_mail(const struct message *mail, const char *subject)
{
    assert_string_equal(mail->subject, subject);
    has(mail->text, HOSTILE);
    has_not(mail->text, "&amp;");
    has_not(mail->text, "{{");
    has_not(mail->text, "\n\n\n");
    if (!mail->html)
        return;
    has(mail->html, ESCAPED);
    has_not(mail->html, "<b>");
    has_not(mail->html, "{{");
    has_not(mail->html, "<img");
    has_not(mail->html, "url(");
    has_not(mail->html, "src=");
    has(mail->html, mail->lang == LANG_PL ? "<html lang=\"pl\"" : "<html lang=\"en\"");
    assert_true(strncmp(mail->html, "<!DOCTYPE html>\n", 16) == 0);
    assert_true(strlen(mail->html) < HTML_LIMIT);
}

static void new_letter(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    message_letter_registered(&f->op, &f->item, &f->client, LINK, &mail);
    check_mail(&mail, "Nowa poczta: " HOSTILE " (nr 1234)");
    has(mail.text, "Nadawca: " HOSTILE "\nRodzaj: list polecony\nData wpływu: 23.11.2026\n"
                   "Numer przesyłki: RR 123 456 789 PL\nNumer w biurze: 1234\n");
    has(mail.text, "Poproś o skan:\n" LINK "\n");
    has(mail.text, "Koszt skanu: 5,00 zł\nSkanowanie poczty może wiązać");
    has(mail.text, "Gdzie odebrać:\nul. Długa 5, Łódź\npn-pt 8-16\n");
    /* One button for people; the other is for Outlook alone, in its own comment. */
    assert_int_equal(count(mail.html, "<a "), 1);
    has(mail.html, "<a href=\"" LINK "\"");
    has(mail.html, "<v:roundrect href=\"" LINK "\"");
    assert_int_equal(count(mail.html, "Poproś o skan"), 2);
    has(mail.html, "<strong>5,00 zł</strong>");
    has(mail.html, "Skanowanie poczty może");
    has(mail.html, "ul. Długa 5, Łódź<br>pn-pt 8-16<br>");
}

static void new_letter_in_english(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->client.language = language_en;
    message_letter_registered(&f->op, &f->item, &f->client, LINK, &mail);
    check_mail(&mail, "New post: " HOSTILE " (no. 1234)");
    has(mail.text, "Kind: registered letter\n");
    has(mail.html, ">Ask for a scan</a>");
    has(mail.html, "PLN 5.00");
}

static void new_letter_without_the_button(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    message_letter_registered(&f->op, &f->item, &f->client, NULL, &mail);
    check_mail(&mail, "Nowa poczta: " HOSTILE " (nr 1234)");
    has_not(mail.text, "skan");
    has_not(mail.html, "skan");
    has_not(mail.html, "<a ");
    f->client.default_scan_cost = 0;
    f->item.reference = NULL;
    f->op.settings.collection_place = "";
    message_letter_registered(&f->op, &f->item, &f->client, LINK, &mail);
    has(mail.text, "bez dodatkowych kosztów");
    has_not(mail.text, "Numer przesyłki");
    has(mail.html, "bez dodatkowych kosztów");
    has(mail.text, "Gdzie odebrać:\nBiuro „Pod Kasztanem”\n");
}

static void scans(void **state)
{
    struct fixture *f = *state;
    struct message_scan scan = { .information = "2 strony\nBrak strony 3", .cost = 1250 };
    struct message mail;
    message_scan_ready(&f->op, &f->item, &f->client, &scan, &mail);
    check_mail(&mail, "Skan gotowy: " HOSTILE " (nr 1234)");
    has(mail.text, "Dodatkowy koszt: 12,50 zł\n\nDodatkowe informacje:\n2 strony\nBrak strony 3\n");
    has(mail.html, "<strong>12,50 zł</strong>");
    has(mail.html, "2 strony<br>Brak strony 3<br>");
    has(mail.text, "w załączniku");
    has_not(mail.html, "<a ");
    has(mail.text, "jest już zeskanowana");
    scan.asked = true;
    message_scan_ready(&f->op, &f->item, &f->client, &scan, &mail);
    has(mail.text, "Skan, o który prosiła firma ");
    has(mail.html, "Skan, o który prosiła firma ");
    scan = (struct message_scan){ .link = "https://poczta.example/mail" };
    message_scan_ready(&f->op, &f->item, &f->client, &scan, &mail);
    has(mail.text, "\nhttps://poczta.example/mail\n");
    has(mail.html, "<a class=\"s-text\" href=\"https://poczta.example/mail\"");
    has(mail.text, "Dodatkowy koszt: bez dodatkowych kosztów");
    has_not(mail.text, "w załączniku");
    message_letter_scanned(&f->op, &f->item, &f->client, &scan, &mail);
    check_mail(&mail, "Nowa poczta ze skanem: " HOSTILE " (nr 1234)");
    has(mail.text, "Gdzie odebrać");
}

static void requests(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    message_request_received(&f->op, &f->item, &f->client, &mail);
    check_mail(&mail, "Prośba o skan przyjęta: " HOSTILE " (nr 1234)");
    has(mail.text, "Skanowanie poczty może");
    has(mail.html, "Skanowanie poczty może");
    message_request_cancelled(&f->op, &f->item, &f->client, "list <pusty>", LINK, &mail);
    check_mail(&mail, "Prośba o skan anulowana: " HOSTILE " (nr 1234)");
    has(mail.text, "Powód:\nlist <pusty>\n");
    has(mail.html, "list &lt;pusty&gt;");
    has(mail.html, "<a href=\"" LINK "\"");
    message_request_cancelled(&f->op, &f->item, &f->client, NULL, NULL, &mail);
    has_not(mail.text, "Powód");
    has_not(mail.html, "<a ");
}

static void to_the_office(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->client.language = language_en;
    message_office_request(&f->op, &f->item, &f->client, 1, &mail);
    check_mail(&mail, "Prośba o skan: " HOSTILE " (nr 1234)");
    has(mail.text, "Klient: " HOSTILE "\nSkrytka: 17\nNadawca: " HOSTILE "\nRodzaj: list polecony");
    has(mail.text, "Numer przesyłki: RR 123 456 789 PL");
    has_not(mail.text, "http");
    has_not(mail.text, "automat");
    assert_null(mail.html);
    struct rec_scan_request request = { .possibly_automatic = true };
    f->item.request = &request;
    for (int count = 1; count <= 2; count++) {
        message_office_request(&f->op, &f->item, &f->client, count, &mail);
        has(mail.text,
            "RR 123 456 789 PL\nNumer w biurze: 1234\n\nMożliwe, że prośba jest automat");
    }
    request.possibly_automatic = false;
    message_office_request(&f->op, &f->item, &f->client, 1, &mail);
    has_not(mail.text, "automat");
}

static void sms(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->client.name = "Łódź Meble";
    f->item.counterparty = "Urząd Skarbowy 東京";
    message_office_sms(&f->op, &f->item, &f->client, 1, &mail);
    assert_string_equal(mail.text, "Prosba o skan: Lodz Meble; list polecony nr 1234 z 23.11.2026; "
                                   "nadawca: Urzad Skarbowy ??; RR 123 456 789 PL");
    f->client.name = f->item.counterparty = f->item.reference =
        "Przedsiębiorstwo Handlowo-Usługowe Wielobranżowe Import Eksport Jan Kowalski i Synowie";
    message_office_sms(&f->op, &f->item, &f->client, 1, &mail);
    assert_true(strlen(mail.text) <= 160);
    has(mail.text, "nr 1234 z 23.11.2026");
    for (const char *at = mail.text; *at; at++)
        assert_in_range((unsigned char)*at, ' ', '~');
    f->env.sms_polish_letters = true;
    f->client.name = "Łódź Meble";
    message_office_sms(&f->op, &f->item, &f->client, 1, &mail);
    has(mail.text, "Prośba o skan: Łódź Meble; ");
    has(mail.text, "…");
}

static void signing_in(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    message_sign_in(&f->op, LANG_PL, "https://poczta.example/sign-in/T", "ABCD-2345", &mail);
    assert_string_equal(mail.subject, "Logowanie: Biuro „Pod Kasztanem”");
    has(mail.text, "\nhttps://poczta.example/sign-in/T\n");
    has(mail.text, "\nABCD-2345\n");
    assert_int_equal(count(mail.html, "<a "), 1);
    has(mail.html, "<a href=\"https://poczta.example/sign-in/T\"");
    has(mail.html, "ABCD-2345");
    message_sign_in(&f->op, LANG_EN, "https://poczta.example/sign-in/T", "ABCD-2345", &mail);
    has(mail.html, ">Sign me in</a>");
}

static void inviting(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->client.name = "Alfa & <b>";
    f->client.language = language_pl;
    message_invitation(&f->op, &f->client, "https://poczta.example/", &mail);
    assert_string_equal(mail.subject, "Twoja poczta w internecie: Biuro „Pod Kasztanem”");
    has(mail.text, "\nhttps://poczta.example/\n");
    has(mail.text, "Alfa & <b>");
    has(mail.html, "Alfa &amp; &lt;b&gt;");
    has(mail.html, "<a href=\"https://poczta.example/\"");
    f->client.language = language_en;
    message_invitation(&f->op, &f->client, "https://poczta.example/", &mail);
    has(mail.html, ">Go to the pages</a>");
}

static void subjects_have_one_line(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->item.counterparty = "a\r\nBcc: x@example.com\n\nb";
    message_letter_registered(&f->op, &f->item, &f->client, LINK, &mail);
    assert_null(strpbrk(mail.subject, "\r\n"));
    has(mail.subject, "Bcc: x@example.com");
    has(mail.text, "Nadeszła poczta");
}

static void every_word_has_a_text(void **state)
{
    const struct fixture *f = *state;
    for (enum lang lang = 0; lang < LANG_MAX; lang++) {
        for (int i = 0; i < mail_kind_MAX; i++)
            assert_true(*word_mail_kind((enum mail_kind)i, lang));
        for (int i = 0; i < mail_status_MAX; i++)
            assert_true(*word_mail_status((enum mail_status)i, lang));
        for (int i = 0; i < request_status_MAX; i++)
            assert_true(*word_request_status((enum request_status)i, lang));
        for (int i = 0; i < refusal_MAX; i++)
            assert_true(*word_refusal((enum refusal)i, lang));
    }
    assert_string_equal(word_mail_status(mail_status_awaiting_collection, LANG_PL), "Do odbioru");
    assert_string_equal(word_request_status(request_status_new, LANG_PL), "Nowa");
    assert_string_equal(word_month(f->op.arena, "2026-01-31", LANG_PL), "styczeń 2026");
    assert_string_equal(word_month(f->op.arena, "2026-12-01", LANG_EN), "December 2026");
}

static void notes_of_each_language(void **state)
{
    struct rec_settings settings = {
        .scan_request_note = "Skanowanie poczty może wiązać się z dodatkowymi kosztami",
        .scan_request_note_en = "",
    };
    assert_string_equal(word_scan_note(&settings, LANG_PL), settings.scan_request_note);
    assert_string_equal(word_scan_note(&settings, LANG_EN),
                        "Scanning of post may involve extra costs");
    settings.scan_request_note = "Pięć złotych";
    assert_string_equal(word_scan_note(&settings, LANG_EN), "Pięć złotych");
    settings.scan_request_note_en = "Five zlotys";
    assert_string_equal(word_scan_note(&settings, LANG_EN), "Five zlotys");
    assert_string_equal(word_scan_note(&settings, LANG_PL), "Pięć złotych");
}

static void reasons_of_a_cancellation(void **state)
{
    struct rec_scan_request request = { .reason = "Pusta koperta" };
    assert_string_equal(word_cancel_reason(&request, LANG_EN), "Pusta koperta");
    request.has_cancelled_by = true;
    request.cancelled_by = cancelled_by_staff;
    assert_string_equal(word_cancel_reason(&request, LANG_EN), "Pusta koperta");
    request.cancelled_by = cancelled_by_hand_over;
    assert_string_equal(word_cancel_reason(&request, LANG_EN), "The letter was handed over");
    request.cancelled_by = cancelled_by_client;
    assert_string_equal(word_cancel_reason(&request, LANG_PL), "Prośba cofnięta przez klienta");
}

/* The office's own words stand in mail to clients, with their placeholders filled and escaped. */
static void own_words_of_the_office(void **state)
{
    struct fixture *f = *state;
    struct message mail;
    f->op.settings.mail_subject_pl = "Od {sender}, nr {number} {zip}";
    f->op.settings.mail_greeting_pl = "Dzień dobry,\n<i>{client}</i>";
    f->op.settings.mail_footer_pl = "{office}";
    message_letter_registered(&f->op, &f->item, &f->client, NULL, &mail);
    assert_string_equal(mail.subject, "Od " HOSTILE ", nr 1234 {zip}");
    static const char greeting[] = "Dzień dobry,\n<i>" HOSTILE "</i>\n\nNadeszła poczta dla";
    assert_ptr_equal(strstr(mail.text, greeting), mail.text);
    assert_true(strstr(mail.html, "Dzień dobry") < strstr(mail.html, "<h1"));
    assert_null(strstr(mail.html, "<i>"));
    assert_non_null(strstr(mail.html, "&lt;i&gt;"));
    assert_string_equal(placeholders_unknown(f->op.arena, "{client} {zip} {kot}"), "zip");
    assert_null(placeholders_unknown(f->op.arena, "{client {\n} }"));
    message_office_request(&f->op, &f->item, &f->client, 1, &mail);
    assert_null(strstr(mail.text, "Dzień dobry"));
}

/* Several requests in one message: how many, and the newest. */
static void gathered_requests(void **state)
{
    struct fixture *f = *state;
    struct message sms;
    message_office_sms(&f->op, &f->item, &f->client, 3, &sms);
    assert_non_null(strstr(sms.text, "Prosby o skan: 3."));
    assert_true(strlen(sms.text) <= 160);
}

int main(void)
{
    catalogue_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_letter, fresh, release),
        cmocka_unit_test_setup_teardown(new_letter_in_english, fresh, release),
        cmocka_unit_test_setup_teardown(new_letter_without_the_button, fresh, release),
        cmocka_unit_test_setup_teardown(scans, fresh, release),
        cmocka_unit_test_setup_teardown(requests, fresh, release),
        cmocka_unit_test_setup_teardown(to_the_office, fresh, release),
        cmocka_unit_test_setup_teardown(sms, fresh, release),
        cmocka_unit_test_setup_teardown(signing_in, fresh, release),
        cmocka_unit_test_setup_teardown(inviting, fresh, release),
        cmocka_unit_test_setup_teardown(subjects_have_one_line, fresh, release),
        cmocka_unit_test_setup_teardown(own_words_of_the_office, fresh, release),
        cmocka_unit_test_setup_teardown(gathered_requests, fresh, release),
        cmocka_unit_test_setup_teardown(every_word_has_a_text, fresh, release),
        cmocka_unit_test(notes_of_each_language),
        cmocka_unit_test(reasons_of_a_cancellation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
