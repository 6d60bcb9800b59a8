/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From the text of an option to its value: one function for each kind of config.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "server/config_internal.h"

enum { TEXT_LIMIT = 4000, SECRET_LIMIT = 1000 };

#define FOLDER_WORD "<directory>"

/* Replaces <directory>. The option that says what it is comes first in the table. */
static const char *expand(struct config_reader *reader, const char *text)
{
    struct buf out = BUF_INIT;
    const char *at;
    while (reader->config->storage_directory && (at = strstr(text, FOLDER_WORD))) {
        buf_add(&out, text, (size_t)(at - text));
        buf_text(&out, reader->config->storage_directory);
        text = at + strlen(FOLDER_WORD);
    }
    buf_text(&out, text);
    return buf_take(&out, reader->arena);
}

static bool parse_text(struct config_reader *reader, enum config_id id, const char *text,
                       config_type_text *ret)
{
    (void)id;
    *ret = arena_text(reader->arena, text);
    return true;
}

static bool parse_path(struct config_reader *reader, enum config_id id, const char *text,
                       config_type_path *ret)
{
    if (id == OPTION_storage_directory && *text == '\0') {
        return config_fault(reader, id, "%s", tr(reader->lang, N_("must name a folder")));
    }
    *ret = expand(reader, text);
    return true;
}

static bool parse_url(struct config_reader *reader, enum config_id id, const char *text,
                      config_type_url *ret)
{
    if (*text != '\0' && !strchr(text, ':')) {
        return config_fault(reader, id, tr(reader->lang, N_("\"%s\" is not a URL")), text);
    }
    *ret = expand(reader, text);
    return true;
}

bool config_parse_address(const char *text, struct config_address *ret)
{
    char host[INET6_ADDRSTRLEN + 1];
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || colon[1] == '\0' ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0') {
        return false;
    }
    size_t length = (size_t)(colon - text);
    bool bracketed = text[0] == '[' && text[length - 1] == ']';
    if (bracketed) {
        text++;
        length -= 2;
    }
    if (length >= sizeof host || (!bracketed && memchr(text, ':', length))) {
        return false;
    }
    memcpy(host, text, length);
    host[length] = '\0';

    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_family = bracketed ? AF_INET6 : AF_INET,
                                    .ai_socktype = SOCK_STREAM };
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    struct addrinfo *found = NULL;
    if (strtoul(colon + 1, NULL, 10) > 65535 ||
        getaddrinfo(numeric, colon + 1, &hints, &found) != 0) {
        return false;
    }
    memcpy(&ret->at, found->ai_addr, found->ai_addrlen);
    ret->length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static bool parse_address(struct config_reader *reader, enum config_id id, const char *text,
                          config_type_address *ret)
{
    ret->text = arena_text(reader->arena, text);
    if (*text == '\0' || config_parse_address(text, ret)) {
        return true;
    }
    return config_fault(reader, id,
                        tr(reader->lang, N_("\"%s\" is not an address and a port; write it like "
                                            "127.0.0.1:7460 or [::1]:7460")),
                        text);
}

static bool parse_ip_list(struct config_reader *reader, enum config_id id, const char *text,
                          config_type_ip_list *ret)
{
    static const char between[] = ", \t";
    const char **list = arena_array(reader->arena, strlen(text) / 2 + 2, sizeof *list);
    size_t count = 0;
    for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
        unsigned char ip[sizeof(struct in6_addr)];
        char *written = arena_alloc(reader->arena, INET6_ADDRSTRLEN);
        size_t length = strcspn(text, between);
        const char *one = arena_text_n(reader->arena, text, length);
        int family = strchr(one, ':') ? AF_INET6 : AF_INET;
        if (inet_pton(family, one, ip) != 1) {
            return config_fault(reader, id, tr(reader->lang, N_("\"%s\" is not an IP address")),
                                one);
        }
        list[count++] = inet_ntop(family, ip, written, INET6_ADDRSTRLEN);
        text += length;
    }
    list[count] = NULL;
    *ret = list;
    return true;
}

static bool parse_number(struct config_reader *reader, enum config_id id, const char *text,
                         config_type_number *ret)
{
    const struct config_option *option = &config_options[id];
    errno = 0;
    char *end;
    long long number = strtoll(text, &end, 10);
    bool digits = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    if (!digits || errno != 0 || number < option->min || number > option->max) {
        return config_fault(reader, id,
                            tr(reader->lang, N_("must be a whole number from %lld to %lld")),
                            (long long)option->min, (long long)option->max);
    }
    *ret = number;
    return true;
}

/* Position of the text among `count` words, or -1 with a fault noted. */
static int parse_word(struct config_reader *reader, enum config_id id, const char *text,
                      const char *const words[], int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            return i;
        }
    }
    config_fault(reader, id, tr(reader->lang, N_("must be one of: %s")),
                 config_kind_doc(config_options[id].kind));
    return -1;
}

static bool parse_flag(struct config_reader *reader, enum config_id id, const char *text,
                       config_type_flag *ret)
{
    static const char *const words[] = { "no", "yes" };
    int found = parse_word(reader, id, text, words, 2);
    *ret = found == 1;
    return found >= 0;
}

/* An empty word is one that a rule fills in later. */
#define WORD(E, word) #word,
#define PARSE_WORDS(kind)                                                                          \
    static bool parse_##kind(struct config_reader *reader, enum config_id id, const char *text,    \
                             config_type_##kind *ret)                                              \
    {                                                                                              \
        static const char *const words[] = { CONFIG_WORDS_##kind(WORD, ) };                        \
        if (*text == '\0' && *config_options[id].fallback == '\0')                                 \
            return true;                                                                           \
        int found = parse_word(reader, id, text, words, sizeof words / sizeof *words);             \
        *ret = (config_type_##kind)(found < 0 ? 0 : found);                                        \
        return found >= 0;                                                                         \
    }
PARSE_WORDS(starttls)
PARSE_WORDS(sms_provider)
#undef WORD

bool config_too_open(const char *path, unsigned mode, unsigned bits)
{
    /* systemd.exec(5): files there show a group's right that is an access list's mask. */
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (credentials && strncmp(path, credentials, strlen(credentials)) == 0) {
        bits &= ~(unsigned)S_IRWXG;
    }
    return (mode & bits) != 0;
}

/* The first line of an open file of a secret. */
static bool read_secret(struct config_reader *reader, enum config_id id, int file,
                        struct config_secret *secret)
{
    char text[SECRET_LIMIT + 2];
    struct stat info;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        return config_fault(reader, id, tr(reader->lang, N_("%s is not a file")), secret->path);
    }
    if (config_too_open(secret->path, info.st_mode, S_IRWXG | S_IRWXO)) {
        return config_fault(reader, id,
                            tr(reader->lang, N_("others may read %s; run: chmod 600 %s")),
                            secret->path, secret->path);
    }
    ssize_t length = read(file, text, sizeof text - 1);
    if (length < 0) {
        return config_fault(reader, id, tr(reader->lang, N_("%s cannot be read: %s")), secret->path,
                            strerror(errno));
    }
    text[length] = '\0';
    size_t line = strcspn(text, "\r\n");
    if (line == 0 || text_check(text, line, TEXT_LINE, SECRET_LIMIT) != TEXT_OK) {
        return config_fault(reader, id,
                            tr(reader->lang, N_("the first line of %s must be the secret: text of "
                                                "at most %d bytes")),
                            secret->path, SECRET_LIMIT);
    }
    secret->value = arena_text_n(reader->arena, text, line);
    explicit_bzero(text, sizeof text);
    return true;
}

static bool parse_secret_file(struct config_reader *reader, enum config_id id, const char *text,
                              config_type_secret_file *ret)
{
    ret->path = expand(reader, text);
    if (*ret->path == '\0') {
        return true;
    }
    int file = open(ret->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return config_fault(reader, id, tr(reader->lang, N_("%s cannot be read: %s")), ret->path,
                            strerror(errno));
    }
    bool read = read_secret(reader, id, file, ret);
    close(file);
    return read;
}

bool config_value(struct config_reader *reader, enum config_id id, const char *text)
{
    void *member = (char *)reader->config + config_options[id].offset;
    if (text_check(text, strlen(text), TEXT_LINE, TEXT_LIMIT) != TEXT_OK) {
        return config_fault(reader, id,
                            tr(reader->lang, N_("must be UTF-8 text without control characters, "
                                                "at most %d bytes")),
                            TEXT_LIMIT);
    }
    switch (config_options[id].kind) {
#define K(kind, type, doc)                                                                         \
    case CONFIG_##kind: return parse_##kind(reader, id, text, member);
        CONFIG_KINDS(K)
#undef K
    }
    return false;
}

bool config_is_loopback(const struct config_address *address)
{
    if (address->at.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->at;
        return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->at;
    return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}
