/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The configuration: an INI file, over it the environment, under both the defaults of
 * config.def.h. Read once at start and never changed afterwards, so any thread may look.
 */
#ifndef SKRYTKA_SERVER_CONFIG_H
#define SKRYTKA_SERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "protocol/base/i18n.h"

struct arena;
struct buf;

/* Sections: S(name, help). */
#define CONFIG_SECTIONS(S)                                                                         \
    S(storage, "What is kept, and where.")                                                         \
    S(staff, "How the staff's terminals connect.")                                                 \
    S(web, "The clients' pages.")                                                                  \
    S(mail, "How e-mail leaves.")                                                                  \
    S(sms, "How SMS leave.")

/* Enumerations: W(E, word), as in schema.h. */
#define CONFIG_WORDS_starttls(W, E)     W(E, required) W(E, optional) W(E, off)
#define CONFIG_WORDS_sms_provider(W, E) W(E, file) W(E, smsapi) W(E, kannel) W(E, off)

#define CONFIG_WORD(E, word) E##_##word,
enum starttls { CONFIG_WORDS_starttls(CONFIG_WORD, STARTTLS) };
enum sms_provider { CONFIG_WORDS_sms_provider(CONFIG_WORD, SMS) };
#undef CONFIG_WORD

/* Where to listen. */
struct config_address {
    const char *text;
    struct sockaddr_storage at;
    socklen_t length; /* 0: nowhere */
};

/* A secret that lies in a file of its own. Never logged. */
struct config_secret {
    const char *path;  /* "" when there is none */
    const char *value; /* first line of the file, NULL when there is none */
};

/* IP addresses as inet_ntop() writes them, ended by NULL. */
typedef const char *const *config_ip_list;

/* Kinds: K(kind, C type, what people write). Texts are UTF-8 and never NULL. */
#define CONFIG_KINDS(K)                                                                            \
    K(text, const char *, "text")                                                                  \
    K(path, const char *, "path")                                                                  \
    K(url, const char *, "URL")                                                                    \
    K(address, struct config_address, "ADDRESS:PORT")                                              \
    K(number, int64_t, "number")                                                                   \
    K(flag, bool, "yes | no")                                                                      \
    K(starttls, enum starttls, "required | optional | off")                                        \
    K(sms_provider, enum sms_provider, "file | smsapi | kannel | off")                             \
    K(ip_list, config_ip_list, "ADDRESS, ADDRESS ...")                                             \
    K(secret_file, struct config_secret, "path")

#define K(kind, type, doc) typedef type config_type_##kind;
CONFIG_KINDS(K)
#undef K

/* One member <section>_<key> for each option; memory belongs to the arena it was read into. */
struct config {
#define O(section, key, kind, fallback, help, ...) config_type_##kind section##_##key;
#include "server/config.def.h"
#undef O
};

enum config_kind {
#define K(kind, type, doc) CONFIG_##kind,
    CONFIG_KINDS(K)
#undef K
};

/* The table as data: for the reader and the documentation. */
struct config_option {
    const char *section;
    const char *key;
    enum config_kind kind;
    const char *fallback;
    const char *help;
    size_t offset;
    int64_t min;
    int64_t max;
};

extern const struct config_option config_options[];
extern const size_t config_option_count;

/* What people write for a kind: "path", "yes | no" ... */
const char *config_kind_doc(enum config_kind kind);

/* The help of a section; NULL when there is no such section. */
const char *config_section_help(const char *section);

/* Name of the option in the environment: "SKRYTKA_MAIL_URL". Returns `out`. */
enum { CONFIG_VARIABLE = 64 };
char *config_variable(const struct config_option *option, char out[CONFIG_VARIABLE]);

/*
 * Reads the file `path` (NULL or not there: defaults only) and the environment. False when
 * something is wrong; then every fault stands in `errors`, one line each in the given language,
 * "FILE:LINE: ..." where a line is at fault, saying what to do about it. Reads the files of
 * secrets. Before threads.
 */
bool config_read(const char *path, enum lang lang, struct arena *arena, struct config *ret,
                 struct buf *errors);

/*
 * What only the machine can tell: whether the folder can be made or written, certificates read and
 * matched with their keys. Changes nothing. False when something is wrong, told as above.
 */
bool config_check(const struct config *config, enum lang lang, struct buf *errors);

/* Does a socket bound to this address take connections from this machine only? */
bool config_is_loopback(const struct config_address *address);

#endif
