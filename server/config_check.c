/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What only a look at the machine can tell about a configuration. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "server/config_internal.h"

struct check {
    enum lang lang;
    struct arena *arena;
    struct buf *errors;
    bool faulty;
};

static void fault(struct check *check, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void fault(struct check *check, const char *option, const char *format, ...)
{
    char text[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_format(check->errors, "%s: %s\n", option, text_clean(check->arena, text, false));
    check->faulty = true;
}

static const char *parent(struct check *check, const char *path)
{
    return dirname(arena_text(check->arena, path));
}

/* A folder that is there must be ours to write; one that is not must be possible to make. */
static void check_folder(struct check *check, const char *option, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        if (!S_ISDIR(info.st_mode)) {
            fault(check, option, tr(check->lang, N_("%s is not a folder")), path);
        } else if (access(path, R_OK | W_OK | X_OK) != 0) {
            fault(check, option, tr(check->lang, N_("the folder %s cannot be written: %s")), path,
                  strerror(errno));
        }
    } else if (errno != ENOENT || access(parent(check, path), W_OK | X_OK) != 0) {
        fault(check, option, tr(check->lang, N_("the folder %s cannot be made: %s")), path,
              strerror(errno));
    }
}

/* A folder inside [storage] directory is made with it. */
static void check_place(struct check *check, const struct config *config, const char *option,
                        const char *path)
{
    size_t length = strlen(config->storage_directory);
    if (strncmp(path, config->storage_directory, length) != 0 || path[length] != '/') {
        check_folder(check, option, path);
    }
}

static void check_socket(struct check *check, const struct config *config)
{
    struct sockaddr_un address;
    if (strlen(config->staff_socket) >= sizeof address.sun_path) {
        fault(check, "[staff] socket",
              tr(check->lang, N_("%s is longer than the %zu bytes that a socket's name may have")),
              config->staff_socket, sizeof address.sun_path - 1);
    } else {
        check_place(check, config, "[staff] socket", parent(check, config->staff_socket));
    }
}

/*
 * Does the key belong to the certificate? Loading the two answers it but for Ed25519, where GnuTLS
 * 3.7.9 takes any key.
 */
static int compare_keys(gnutls_certificate_credentials_t credentials)
{
    unsigned char ids[2][32];
    size_t sizes[2] = { sizeof ids[0], sizeof ids[1] };
    gnutls_x509_crt_t *chain;
    gnutls_x509_privkey_t key;
    unsigned length;
    int code = gnutls_certificate_get_x509_crt(credentials, 0, &chain, &length);
    if (code < 0) {
        return code;
    }
    code = gnutls_x509_crt_get_key_id(chain[0], GNUTLS_KEYID_USE_SHA256, ids[0], &sizes[0]);
    for (unsigned i = 0; i < length; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
    gnutls_free(chain);
    if (code < 0 || (code = gnutls_certificate_get_x509_key(credentials, 0, &key)) < 0) {
        return code;
    }
    code = gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, ids[1], &sizes[1]);
    gnutls_x509_privkey_deinit(key);
    if (code >= 0 && memcmp(ids[0], ids[1], sizeof ids[0]) != 0) {
        code = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
    }
    return code;
}

static void check_certificate(struct check *check, const char *option, const char *certificate,
                              const char *key)
{
    struct stat info;
    const char *const files[] = { certificate, key };
    if (*certificate == '\0') {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (access(files[i], R_OK) != 0) {
            fault(check, option, tr(check->lang, N_("%s cannot be read: %s")), files[i],
                  strerror(errno));
            return;
        }
    }
    if (stat(key, &info) == 0 && config_too_open(key, info.st_mode, S_IRWXO)) {
        fault(check, option, tr(check->lang, N_("others may read %s; run: chmod 600 %s")), key,
              key);
    }
    gnutls_certificate_credentials_t credentials;
    int code = gnutls_certificate_allocate_credentials(&credentials);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_certificate_set_x509_key_file(credentials, certificate, key,
                                                    GNUTLS_X509_FMT_PEM);
        if (code >= 0) {
            code = compare_keys(credentials);
        }
        gnutls_certificate_free_credentials(credentials);
    }
    if (code < 0) {
        fault(check, option, tr(check->lang, N_("%s and %s cannot be used together: %s")),
              certificate, key, gnutls_strerror(code));
    }
}

bool config_check(const struct config *config, enum lang lang, struct buf *errors)
{
    struct check check = { .lang = lang, .arena = arena_new(), .errors = errors };
    check_folder(&check, "[storage] directory", config->storage_directory);
    check_socket(&check, config);
    check_certificate(&check, "[staff] tls_certificate", config->staff_tls_certificate,
                      config->staff_tls_key);
    check_certificate(&check, "[web] tls_certificate", config->web_tls_certificate,
                      config->web_tls_key);
    if (strncasecmp(config->mail_url, "maildir:", 8) == 0) {
        check_place(&check, config, "[mail] url", config->mail_url + 8);
    }
    if (config->sms_provider == SMS_file) {
        check_place(&check, config, "[sms] url", parent(&check, config->sms_url + 5));
    }
    arena_free(check.arena);
    return !check.faulty;
}
