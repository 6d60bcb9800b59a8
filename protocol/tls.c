/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/tls.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

/* The ABI of the headers that this is compiled against. */
#define LIBRARY "libgnutls.so.30"

static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

/* What is called of GnuTLS. Not linked but looked up, see the header. */
#define FUNCTIONS(F)                                                                               \
    F(gnutls_alert_send_appropriate)                                                               \
    F(gnutls_bye)                                                                                  \
    F(gnutls_certificate_allocate_credentials)                                                     \
    F(gnutls_certificate_free_credentials)                                                         \
    F(gnutls_certificate_set_x509_key_file)                                                        \
    F(gnutls_certificate_set_x509_system_trust)                                                    \
    F(gnutls_certificate_set_x509_trust_file)                                                      \
    F(gnutls_certificate_verification_status_print)                                                \
    F(gnutls_credentials_set)                                                                      \
    F(gnutls_deinit)                                                                               \
    F(gnutls_error_is_fatal)                                                                       \
    F(gnutls_handshake)                                                                            \
    F(gnutls_init)                                                                                 \
    F(gnutls_priority_set_direct)                                                                  \
    F(gnutls_record_recv)                                                                          \
    F(gnutls_record_send)                                                                          \
    F(gnutls_server_name_set)                                                                      \
    F(gnutls_session_get_verify_cert_status)                                                       \
    F(gnutls_session_set_verify_cert)                                                              \
    F(gnutls_strerror)                                                                             \
    F(gnutls_transport_set_errno)                                                                  \
    F(gnutls_transport_set_ptr)                                                                    \
    F(gnutls_transport_set_pull_function)                                                          \
    F(gnutls_transport_set_pull_timeout_function)                                                  \
    F(gnutls_transport_set_push_function)

struct library {
    void *handle;
#define F(name) __typeof__(name) *name;
    FUNCTIONS(F)
#undef F
};

struct tls_context {
    struct library lib;
    unsigned users; /* whoever made it, and its sessions */
    bool server;
    gnutls_certificate_credentials_t credentials;
};

struct tls_session {
    struct tls_context *context;
    const struct library *lib; /* the context's */
    gnutls_session_t gnutls;
    bool server;
    char host[256];
    struct buf in;
    size_t in_used; /* of `in`, by GnuTLS */
    struct buf out;
    char why[200];
};

static bool load(struct library *lib, struct err *err)
{
    /* It stays in memory once loaded: GnuTLS is not made to be unloaded under its users. */
    lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (lib->handle == NULL) {
        return err_set(err, ERR_unavailable, "", "TLS needs %s: %s", LIBRARY, dlerror());
    }
    bool complete = true;
#define F(name)                                                                                    \
    lib->name = (__typeof__(name) *)dlsym(lib->handle, #name);                                     \
    complete = complete && lib->name != NULL;
    FUNCTIONS(F)
#undef F
    if (!complete) {
        return err_set(err, ERR_unavailable, "", "%s is too old", LIBRARY);
    }
    return true;
}

static struct tls_context *new_context(bool server, struct err *err)
{
    struct tls_context *context = memory_zeroed(sizeof *context);
    context->users = 1;
    context->server = server;
    if (!load(&context->lib, err)) {
        tls_context_free(context);
        return NULL;
    }
    ENSURE(context->lib.gnutls_certificate_allocate_credentials(&context->credentials) == 0);
    return context;
}

struct tls_context *tls_server(const char *certificate_file, const char *key_file, struct err *err)
{
    struct tls_context *context = new_context(true, err);
    if (context == NULL) {
        return NULL;
    }
    int status = context->lib.gnutls_certificate_set_x509_key_file(
        context->credentials, certificate_file, key_file, GNUTLS_X509_FMT_PEM);
    if (status < 0) {
        err_set(err, ERR_unavailable, "", "certificate %s with key %s: %s", certificate_file,
                key_file, context->lib.gnutls_strerror(status));
        tls_context_free(context);
        return NULL;
    }
    return context;
}

struct tls_context *tls_client(const char *ca_file, struct err *err)
{
    struct tls_context *context = new_context(false, err);
    if (context == NULL) {
        return NULL;
    }
    /* Both answer how many certificates they found. */
    int found = ca_file != NULL
                    ? context->lib.gnutls_certificate_set_x509_trust_file(
                          context->credentials, ca_file, GNUTLS_X509_FMT_PEM)
                    : context->lib.gnutls_certificate_set_x509_system_trust(context->credentials);
    if (found <= 0) {
        err_set(err, ERR_unavailable, "", "%s: %s",
                ca_file != NULL ? ca_file : "this system's certificate authorities",
                found < 0 ? context->lib.gnutls_strerror(found) : "no certificate there");
        tls_context_free(context);
        return NULL;
    }
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL || --context->users > 0) {
        return;
    }
    if (context->credentials != NULL) {
        context->lib.gnutls_certificate_free_credentials(context->credentials);
    }
    if (context->lib.handle != NULL) {
        dlclose(context->lib.handle);
    }
    free(context);
}

static ssize_t push(gnutls_transport_ptr_t owner, const void *bytes, size_t length)
{
    struct tls_session *session = owner;
    buf_add(&session->out, bytes, length);
    return (ssize_t)length;
}

static ssize_t pull(gnutls_transport_ptr_t owner, void *bytes, size_t size)
{
    struct tls_session *session = owner;
    size_t length = session->in.length - session->in_used;
    if (length == 0) {
        session->lib->gnutls_transport_set_errno(session->gnutls, EAGAIN);
        return -1;
    }
    length = length < size ? length : size;
    memcpy(bytes, session->in.data + session->in_used, length);
    session->in_used += length;
    if (session->in_used == session->in.length) {
        buf_clear(&session->in);
        session->in_used = 0;
    }
    return (ssize_t)length;
}

static int pull_ready(gnutls_transport_ptr_t owner, unsigned ms)
{
    const struct tls_session *session = owner;
    (void)ms;
    return session->in.length > session->in_used;
}

static bool is_numeric(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

struct tls_session *tls_session_new(struct tls_context *context, const char *host)
{
    const struct library *lib = &context->lib;
    struct tls_session *session = memory_zeroed(sizeof *session);
    session->context = context;
    context->users++;
    session->lib = lib;
    session->server = context->server;
    unsigned side = context->server ? GNUTLS_SERVER : GNUTLS_CLIENT;
    ENSURE(lib->gnutls_init(&session->gnutls, side | GNUTLS_NONBLOCK) == 0);
    ENSURE(lib->gnutls_priority_set_direct(session->gnutls, priority, NULL) == 0);
    ENSURE(lib->gnutls_credentials_set(session->gnutls, GNUTLS_CRD_CERTIFICATE,
                                       context->credentials) == 0);
    if (!context->server) {
        /* GnuTLS keeps the pointer. */
        snprintf(session->host, sizeof session->host, "%s", host);
        lib->gnutls_session_set_verify_cert(session->gnutls, session->host, 0);
        if (!is_numeric(host)) {
            lib->gnutls_server_name_set(session->gnutls, GNUTLS_NAME_DNS, host, strlen(host));
        }
    }
    lib->gnutls_transport_set_ptr(session->gnutls, session);
    lib->gnutls_transport_set_push_function(session->gnutls, push);
    lib->gnutls_transport_set_pull_function(session->gnutls, pull);
    lib->gnutls_transport_set_pull_timeout_function(session->gnutls, pull_ready);
    return session;
}

void tls_session_free(struct tls_session *session)
{
    session->lib->gnutls_deinit(session->gnutls);
    buf_release(&session->in);
    buf_release(&session->out);
    tls_context_free(session->context);
    free(session);
}

void tls_feed(struct tls_session *session, const void *bytes, size_t length)
{
    buf_add(&session->in, bytes, length);
}

struct buf *tls_output(struct tls_session *session)
{
    return &session->out;
}

/* Remembers why, once, and leaves an alert for the peer. */
static void fail(struct tls_session *session, int status)
{
    const struct library *lib = session->lib;
    if (session->why[0] != '\0') {
        return;
    }
    gnutls_datum_t text = { 0 };
    unsigned verdict = lib->gnutls_session_get_verify_cert_status(session->gnutls);
    if (status == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
        lib->gnutls_certificate_verification_status_print(verdict, GNUTLS_CRT_X509, &text, 0) ==
            0) {
        size_t length = strlen((const char *)text.data);
        while (length > 0 && text.data[length - 1] == ' ') {
            length--; /* GnuTLS joins sentences and leaves a blank after the last */
        }
        snprintf(session->why, sizeof session->why, "TLS: %.*s", (int)length,
                 (const char *)text.data);
        free(text.data);
    } else {
        snprintf(session->why, sizeof session->why, "TLS: %s", lib->gnutls_strerror(status));
    }
    lib->gnutls_alert_send_appropriate(session->gnutls, status);
}

enum tls_state tls_handshake(struct tls_session *session)
{
    int status;
    do {
        status = session->lib->gnutls_handshake(session->gnutls);
    } while (status == GNUTLS_E_INTERRUPTED || (status < 0 && status != GNUTLS_E_AGAIN &&
                                                !session->lib->gnutls_error_is_fatal(status)));
    if (status == 0) {
        return TLS_DONE;
    }
    if (status == GNUTLS_E_AGAIN) {
        return TLS_MORE;
    }
    fail(session, status);
    return TLS_FAILED;
}

enum tls_state tls_read(struct tls_session *session, void *out, size_t size, size_t *ret_length)
{
    ssize_t length = session->lib->gnutls_record_recv(session->gnutls, out, size);
    if (length > 0) {
        *ret_length = (size_t)length;
        return TLS_DONE;
    }
    if (length == 0) {
        return TLS_CLOSED;
    }
    if (length == GNUTLS_E_AGAIN || length == GNUTLS_E_INTERRUPTED) {
        return TLS_MORE;
    }
    /* A new handshake in the middle (TLS 1.2) is not taken part in: nobody of ours asks for it. */
    fail(session, (int)length);
    return TLS_FAILED;
}

bool tls_write(struct tls_session *session, const void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t part = session->lib->gnutls_record_send(session->gnutls, (const char *)bytes + done,
                                                        length - done);
        if (part < 0) {
            fail(session, (int)part);
            return false;
        }
        done += (size_t)part;
    }
    return true;
}

void tls_bye(struct tls_session *session)
{
    session->lib->gnutls_bye(session->gnutls, GNUTLS_SHUT_WR);
}

const char *tls_why(const struct tls_session *session)
{
    return session->why;
}
