/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Defaults that lean on other options, and what several options must say together. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "protocol/base/arena.h"
#include "server/config_internal.h"

enum { ADDRESS_LIMIT = 254 }; /* RFC 5321, 4.5.3.1.3 */

/* What stands in `url` behind a scheme, or NULL when it has another one. */
static const char *behind(const char *url, const char *scheme)
{
    size_t length = strlen(scheme);
    return strncasecmp(url, scheme, length) == 0 ? url + length : NULL;
}

/*
 * Checks "HOST[:PORT]" with a host of plain letters, digits, "-", "." or an IPv6 address in
 * brackets, up to `end`. Nothing else belongs into our URLs, least of all a password.
 */
static bool host_is_plain(const char *host, const char *end)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    const char *rest = *host == '[' ? host + 1 + strspn(host + 1, "0123456789abcdefABCDEF:.")
                                    : host + strspn(host, letters);
    if (rest == host || rest > end || (*host == '[' && *rest++ != ']')) {
        return false;
    }
    if (rest == end) {
        return true;
    }
    size_t digits = strspn(rest + 1, "0123456789");
    return *rest == ':' && digits >= 1 && digits <= 5 && rest + 1 + digits == end;
}

/* Is the server named by "HOST[:PORT]" this machine? */
static bool host_is_here(const char *host)
{
    char name[INET_ADDRSTRLEN];
    struct in_addr v4;
    if (strncmp(host, "[::1]", 5) == 0) {
        return true;
    }
    size_t length = strcspn(host, ":");
    if (length >= sizeof name) {
        return false;
    }
    memcpy(name, host, length);
    name[length] = '\0';
    return strcasecmp(name, "localhost") == 0 ||
           (inet_pton(AF_INET, name, &v4) == 1 && ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET);
}

static const char *end_of(const char *text)
{
    return text + strlen(text);
}

static void check_tls(struct config_reader *reader, enum config_id listen,
                      enum config_id certificate, enum config_id key,
                      const struct config_address *address, bool allow_plaintext)
{
    if (config_given(reader, certificate) != config_given(reader, key)) {
        config_fault(reader, config_given(reader, key) ? key : certificate, "%s",
                     tr(reader->lang, N_("tls_certificate and tls_key need one another")));
    } else if (address->length > 0 && !config_is_loopback(address) && !allow_plaintext &&
               !config_given(reader, certificate)) {
        config_fault(reader, listen, "%s",
                     tr(reader->lang,
                        N_("other machines can reach this address: set tls_certificate and "
                           "tls_key, or allow_plaintext = yes if the network is yours alone")));
    }
}

/* Links are made by putting a path behind base_url, so it has no end of its own. */
static void check_base_url(struct config_reader *reader)
{
    struct config *config = reader->config;
    bool tls = config_given(reader, OPTION_web_tls_certificate);
    if (*config->web_base_url == '\0') {
        config->web_base_url =
            arena_format(reader->arena, "%s://%s", tls ? "https" : "http", config->web_listen.text);
        if (!config_is_loopback(&config->web_listen)) {
            config_fault(reader, OPTION_web_base_url, "%s",
                         tr(reader->lang, N_("must be set when the pages are open to other "
                                             "machines, like https://poczta.example.com")));
        }
        return;
    }
    char *url = arena_text(reader->arena, config->web_base_url);
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/') {
        url[--length] = '\0';
    }
    config->web_base_url = url;
    const char *plain = behind(url, "http://");
    const char *host = plain ? plain : behind(url, "https://");
    if (!host || strpbrk(host, " ?#@\\\"<>") || !host_is_plain(host, host + strcspn(host, "/"))) {
        config_fault(reader, OPTION_web_base_url,
                     tr(reader->lang, N_("\"%s\" must be like https://poczta.example.com")), url);
    } else if (plain && tls) {
        config_fault(reader, OPTION_web_base_url, "%s",
                     tr(reader->lang, N_("must begin with https: tls_certificate is set")));
    }
}

/* An address that is safe in an envelope and in a header: RFC 5321 without quoting and literals. */
static bool address_is_plain(const char *address)
{
    const char *at = strchr(address, '@');
    if (!at || at == address || strlen(address) > ADDRESS_LIMIT ||
        strpbrk(address, " \"(),:;<>[\\]")) {
        return false;
    }
    return !strchr(at + 1, '@') && host_is_plain(at + 1, end_of(at));
}

static void check_mail(struct config_reader *reader)
{
    struct config *config = reader->config;
    const char *smtp = behind(config->mail_url, "smtp://");
    const char *host = smtp ? smtp : behind(config->mail_url, "smtps://");
    const char *folder = behind(config->mail_url, "maildir:");
    bool here = !host || host_is_here(host);
    if (host ? !host_is_plain(host, end_of(host)) : !folder || *folder == '\0') {
        /* It is not repeated: there may be a password in it. */
        config_fault(reader, OPTION_mail_url, "%s",
                     tr(reader->lang, N_("must be smtp://HOST:PORT, smtps://HOST:PORT or "
                                         "maildir:PATH; user and password have keys of their "
                                         "own")));
    }
    if (!config_given(reader, OPTION_mail_starttls)) {
        config->mail_starttls = here ? STARTTLS_optional : STARTTLS_required;
    }
    if (config_given(reader, OPTION_mail_user) != config_given(reader, OPTION_mail_password_file)) {
        config_fault(reader, OPTION_mail_user, "%s",
                     tr(reader->lang, N_("user and password_file need one another")));
    } else if (smtp && !here && config_given(reader, OPTION_mail_user) &&
               config->mail_starttls != STARTTLS_required) {
        config_fault(reader, OPTION_mail_starttls, "%s",
                     tr(reader->lang, N_("must be required: the password would travel readable")));
    }
    if (*config->mail_from == '\0' && here) {
        config->mail_from = "skrytka@localhost";
    } else if (!address_is_plain(config->mail_from)) {
        config_fault(reader, OPTION_mail_from, "%s",
                     tr(reader->lang, N_("must be an address like biuro@example.com")));
    }
}

static void check_sms(struct config_reader *reader)
{
    struct config *config = reader->config;
    enum sms_provider provider = config->sms_provider;
    bool by_http = provider == SMS_smsapi || provider == SMS_kannel;
    if (*config->sms_url == '\0' && provider == SMS_file) {
        config->sms_url = arena_format(reader->arena, "file:%s/sms.log", config->storage_directory);
    }
    if (*config->sms_url == '\0' && provider == SMS_smsapi) {
        config->sms_url = "https://api.smsapi.pl/sms.do";
    }

    const char *path = behind(config->sms_url, "file:");
    const char *http = behind(config->sms_url, "http://");
    const char *host = http ? http : behind(config->sms_url, "https://");
    if (by_http && (!host || !host_is_plain(host, host + strcspn(host, "/")))) {
        config_fault(reader, OPTION_sms_url, "%s",
                     tr(reader->lang, N_("must be the provider's address, http:// or https://")));
    }
    if (provider == SMS_file && (!path || *path == '\0')) {
        config_fault(reader, OPTION_sms_url, "%s",
                     tr(reader->lang, N_("must be file:PATH for the provider \"file\"")));
    }
    if (provider == SMS_smsapi && !config_given(reader, OPTION_sms_token_file)) {
        config_fault(reader, OPTION_sms_token_file, "%s",
                     tr(reader->lang, N_("is needed for the provider \"smsapi\"")));
    }
    if (provider == SMS_kannel && (!config_given(reader, OPTION_sms_user) ||
                                   !config_given(reader, OPTION_sms_password_file))) {
        config_fault(reader, OPTION_sms_user, "%s",
                     tr(reader->lang, N_("user and password_file are needed for the provider "
                                         "\"kannel\"")));
    }
}

void config_rules(struct config_reader *reader)
{
    const struct config *config = reader->config;
    check_tls(reader, OPTION_staff_listen, OPTION_staff_tls_certificate, OPTION_staff_tls_key,
              &config->staff_listen, config->staff_allow_plaintext);
    check_tls(reader, OPTION_web_listen, OPTION_web_tls_certificate, OPTION_web_tls_key,
              &config->web_listen, config->web_allow_plaintext);
    if (*config->staff_socket == '\0') {
        config_fault(reader, OPTION_staff_socket, "%s", tr(reader->lang, N_("must name a socket")));
    }
    if (config->web_listen.length == 0) {
        config_fault(reader, OPTION_web_listen, "%s",
                     tr(reader->lang, N_("must be set: clients ask for scans on the pages")));
    } else {
        check_base_url(reader);
    }
    check_mail(reader);
    check_sms(reader);
}
