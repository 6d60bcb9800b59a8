/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Fills the templates of the messages. What a template may name is set in letter_data(), the same
 * for all about a letter; the few names of one kind only are set by its function.
 */
#include "server/office/messages.h"

#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"
#include "server/office/placeholders.h"
#include "server/office/requests.h"
#include "server/office/template.h"
#include "server/office/words.h"

/* One SMS of the GSM alphabet (3GPP TS 23.038). */
enum { SMS_LENGTH = 160 };

/* The names that every message has. */
static struct template_data *mail_data(const struct op *op, enum lang lang)
{
    struct template_data *data = template_data_new(op->arena, NULL);
    template_set(data, "lang", i18n_code(lang));
    template_set(data, "office", op->settings.office_name);
    return data;
}

/* A text of several lines: the list `name`, and `has_name` for what stands around all of it. */
static void set_paragraph(struct template_data *data, const char *name, const char *has_name,
                          const char *text)
{
    template_set_lines(data, name, text);
    template_set_flag(data, has_name, text && *text);
}

/* The office's own words for mail to clients of a language. */
struct own_words {
    const char *subject;
    const char *greeting;
    const char *footer;
};

static struct own_words own_words(const struct op *op, enum lang lang)
{
    const struct rec_settings *settings = &op->settings;
    return lang == LANG_PL
               ? (struct own_words){ settings->mail_subject_pl, settings->mail_greeting_pl,
                                     settings->mail_footer_pl }
               : (struct own_words){ settings->mail_subject_en, settings->mail_greeting_en,
                                     settings->mail_footer_en };
}

/* The facts of a letter that our templates and the office's own words may name. */
static void letter_facts(const struct op *op, const struct rec_mail_item *item,
                         const struct rec_client *client, enum lang lang,
                         const char *facts[PLACEHOLDER_MAX])
{
    facts[PLACEHOLDER_client] = client->name;
    facts[PLACEHOLDER_box] = client->code;
    facts[PLACEHOLDER_sender] = item->counterparty;
    facts[PLACEHOLDER_kind] = word_mail_kind(item->kind, lang);
    facts[PLACEHOLDER_date] = word_day(op->arena, item->date);
    facts[PLACEHOLDER_reference] = item->reference;
    facts[PLACEHOLDER_number] = arena_format(op->arena, "%lld", (long long)item->id);
    facts[PLACEHOLDER_office] = op->settings.office_name;
}

/* The names that every message about a letter has; some with the office's own words. */
static struct template_data *letter_data_with(const struct op *op, const struct rec_mail_item *item,
                                              const struct rec_client *client, enum lang lang,
                                              struct own_words words)
{
    const char *facts[PLACEHOLDER_MAX];
    struct template_data *data = mail_data(op, lang);
    letter_facts(op, item, client, lang, facts);
    for (int i = 0; i < PLACEHOLDER_MAX; i++) {
        if (i != PLACEHOLDER_office) { /* every mail names it: mail_data() */
            template_set(data, placeholder_names[i], facts[i]);
        }
    }
    template_set_lines(data, "place", op->settings.collection_place);
    set_paragraph(data, "greeting", "has_greeting",
                  placeholders_fill(op->arena, words.greeting, facts));
    set_paragraph(data, "footer", "has_footer", placeholders_fill(op->arena, words.footer, facts));
    return data;
}

/* For a message to a client. */
static struct template_data *letter_data(const struct op *op, const struct rec_mail_item *item,
                                         const struct rec_client *client, enum lang lang)
{
    return letter_data_with(op, item, client, lang, own_words(op, lang));
}

/* For a message to the office, which need not greet itself. */
static struct template_data *office_data(const struct op *op, const struct rec_mail_item *item,
                                         const struct rec_client *client, enum lang lang)
{
    return letter_data_with(op, item, client, lang, (struct own_words){ "", "", "" });
}

/* The office's own subject of mail about a new letter, if it has one. */
static void use_own_subject(const struct op *op, const struct rec_mail_item *item,
                            const struct rec_client *client, struct message *message)
{
    const char *facts[PLACEHOLDER_MAX];
    const char *subject = own_words(op, message->lang).subject;
    if (*subject) {
        letter_facts(op, item, client, message->lang, facts);
        message->subject = placeholders_fill(op->arena, subject, facts);
    }
}

/* A rendered mail: the first line of its text is the subject, an empty line follows. */
static void split_subject(const struct op *op, const char *mail, struct message *ret)
{
    const char *end = strstr(mail, "\n\n");
    ENSURE(end);
    const char *subject = arena_text_n(op->arena, mail, (size_t)(end - mail));
    ret->subject = text_trim(op->arena, subject);
    ret->text = end + 2;
}

static void render_mail(const struct op *op, const char *name, const struct template_data *data,
                        enum lang lang, bool with_html, struct message *ret)
{
    *ret = (struct message){ .lang = lang };
    split_subject(op, template_must_render(arena_format(op->arena, "%s.txt", name), data, lang),
                  ret);
    if (with_html) {
        ret->html = template_must_render(arena_format(op->arena, "%s.html", name), data, lang);
    }
}

/* The names of the button: why it may cost, what it costs. All empty without a link. */
static void set_button(struct template_data *data, const struct op *op,
                       const struct rec_client *client, const char *link, enum lang lang)
{
    template_set(data, "link", link);
    set_paragraph(data, "note", "has_note", link ? word_scan_note(&op->settings, lang) : NULL);
    template_set(data, "price", word_price(op->arena, client->default_scan_cost, lang));
}

void message_letter_registered(const struct op *op, const struct rec_mail_item *item,
                               const struct rec_client *client, const char *link,
                               struct message *ret)
{
    enum lang lang = word_lang(client->language);
    struct template_data *data = letter_data(op, item, client, lang);
    set_button(data, op, client, link, lang);
    render_mail(op, "mail_registered", data, lang, true, ret);
    use_own_subject(op, item, client, ret);
}

static void scan_mail(const struct op *op, const char *name, const struct rec_mail_item *item,
                      const struct rec_client *client, const struct message_scan *scan,
                      struct message *ret)
{
    enum lang lang = word_lang(client->language);
    struct template_data *data = letter_data(op, item, client, lang);
    set_paragraph(data, "information", "has_information", scan->information);
    template_set(data, "cost", word_price(op->arena, scan->cost, lang));
    template_set(data, "link", scan->link);
    template_set_flag(data, "asked", scan->asked);
    render_mail(op, name, data, lang, true, ret);
}

void message_letter_scanned(const struct op *op, const struct rec_mail_item *item,
                            const struct rec_client *client, const struct message_scan *scan,
                            struct message *ret)
{
    scan_mail(op, "mail_registered_scan", item, client, scan, ret);
    use_own_subject(op, item, client, ret);
}

void message_scan_ready(const struct op *op, const struct rec_mail_item *item,
                        const struct rec_client *client, const struct message_scan *scan,
                        struct message *ret)
{
    scan_mail(op, "mail_scan_ready", item, client, scan, ret);
}

void message_request_received(const struct op *op, const struct rec_mail_item *item,
                              const struct rec_client *client, struct message *ret)
{
    enum lang lang = word_lang(client->language);
    struct template_data *data = letter_data(op, item, client, lang);
    set_paragraph(data, "note", "has_note", word_scan_note(&op->settings, lang));
    template_set(data, "price", word_price(op->arena, client->default_scan_cost, lang));
    render_mail(op, "mail_request_received", data, lang, true, ret);
}

void message_request_cancelled(const struct op *op, const struct rec_mail_item *item,
                               const struct rec_client *client, const char *reason,
                               const char *link, struct message *ret)
{
    enum lang lang = word_lang(client->language);
    struct template_data *data = letter_data(op, item, client, lang);
    bool taken_back = item->request && request_taken_back(item->request);
    template_set_flag(data, "taken_back", taken_back);
    set_paragraph(data, "reason", "has_reason", taken_back ? NULL : reason);
    set_button(data, op, client, link, lang);
    render_mail(op, "mail_request_cancelled", data, lang, true, ret);
}

void message_sign_in(const struct op *op, enum lang lang, const char *link, const char *code,
                     struct message *ret)
{
    struct template_data *data = mail_data(op, lang);
    set_paragraph(data, "footer", "has_footer", ""); /* the office's words are about letters */
    template_set(data, "link", link);
    template_set(data, "code", code);
    render_mail(op, "mail_sign_in", data, lang, true, ret);
}

void message_invitation(const struct op *op, const struct rec_client *client, const char *link,
                        struct message *ret)
{
    enum lang lang = word_lang(client->language);
    struct template_data *data = mail_data(op, lang);
    set_paragraph(data, "footer", "has_footer", ""); /* the office's words are about letters */
    template_set(data, "client", client->name);
    template_set(data, "link", link);
    render_mail(op, "mail_invitation", data, lang, true, ret);
}

static void set_count(struct template_data *data, const struct op *op, int64_t count)
{
    template_set(data, "count", arena_format(op->arena, "%lld", (long long)count));
}

void message_office_request(const struct op *op, const struct rec_mail_item *item,
                            const struct rec_client *client, int64_t count, struct message *ret)
{
    enum lang lang = word_lang(op->settings.language);
    struct template_data *data = office_data(op, item, client, lang);
    set_count(data, op, count);
    template_set_flag(data, "possibly_automatic",
                      item->request && item->request->possibly_automatic);
    render_mail(op, count > 1 ? "mail_office_requests" : "mail_office_request", data, lang, false,
                ret);
}

/*
 * At most `limit` characters; a cut ends in "...". Printable ASCII only, so that twice as much fits
 * into one SMS, unless the office pays for its letters.
 */
static const char *sms_text(const struct op *op, const char *text, size_t limit)
{
    const char *clean = text_clean(op->arena, text, false);
    if (op->env->sms_polish_letters) {
        return text_fit(op->arena, clean, limit);
    }
    const char *latin = text_ascii(op->arena, clean);
    char *out = arena_alloc(op->arena, strlen(latin) + 1);
    size_t used = 0;
    for (const char *end = latin + strlen(latin); latin < end;) {
        uint32_t code = text_next(&latin, end);
        out[used++] = code >= ' ' && code < 0x7f ? (char)code : '?';
    }
    if (used > limit) {
        memcpy(out + limit - 3, "...", 4);
    }
    return out;
}

void message_office_sms(const struct op *op, const struct rec_mail_item *item,
                        const struct rec_client *client, int64_t count, struct message *ret)
{
    enum lang lang = word_lang(op->settings.language);
    /* Names are cut first, so that a long one cannot push out the letter's own number. */
    struct rec_client short_client = *client;
    struct rec_mail_item short_item = *item;
    short_client.name = sms_text(op, client->name, 40);
    short_item.counterparty = sms_text(op, item->counterparty, 40);
    short_item.reference = item->reference ? sms_text(op, item->reference, 20) : NULL;
    struct template_data *data = office_data(op, &short_item, &short_client, lang);
    set_count(data, op, count);
    const char *text = template_must_render(
        count > 1 ? "sms_office_requests.txt" : "sms_office_request.txt", data, lang);
    *ret = (struct message){ .lang = lang };
    ret->text = sms_text(op, text_trim(op->arena, text_clean(op->arena, text, false)), SMS_LENGTH);
    ret->subject = ret->text;
}
