/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Channels over TLS, with certificates made on the spot. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "protocol/tls.h"
#include "tests/unit/channel_pair.h"

struct place {
    char folder[40];
    char certificate[60];
    char key[60];
    char other[60]; /* an authority that signed nothing here */
    char none[60];
};

static struct place place;

static void write_file(const char *path, const gnutls_datum_t *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->size, file), text->size);
    assert_int_equal(fclose(file), 0);
}

/* A certificate for localhost that signs itself. */
static void make_certificate(const char *certificate_path, const char *key_path)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    gnutls_datum_t text;
    time_t now = time(NULL);
    gnutls_x509_privkey_init(&key);
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_key(certificate, key);
    gnutls_x509_crt_set_serial(certificate, "\1", 1);
    gnutls_x509_crt_set_activation_time(certificate, now - 3600);
    gnutls_x509_crt_set_expiration_time(certificate, now + 86400);
    gnutls_x509_crt_set_dn(certificate, "CN=localhost", NULL);
    gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, "localhost", 9, 0);
    gnutls_x509_crt_set_basic_constraints(certificate, 1, -1);
    gnutls_x509_crt_set_key_usage(certificate,
                                  GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN);
    assert_int_equal(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(certificate_path, &text);
    gnutls_free(text.data);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(key_path, &text);
    gnutls_free(text.data);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
}

static int make_place(void **state)
{
    snprintf(place.folder, sizeof place.folder, "/tmp/test_tls.XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.certificate, sizeof place.certificate, "%s/certificate", place.folder);
    snprintf(place.key, sizeof place.key, "%s/key", place.folder);
    snprintf(place.other, sizeof place.other, "%s/other", place.folder);
    snprintf(place.none, sizeof place.none, "%s/none", place.folder);
    make_certificate(place.other, place.key);
    make_certificate(place.certificate, place.key);
    return 0;
}

static int remove_place(void **state)
{
    unlink(place.certificate);
    unlink(place.key);
    unlink(place.other);
    return rmdir(place.folder);
}

/* A pair whose server has the certificate and whose client trusts this file. */
static struct pair *new_tls_pair(const char *ca_file)
{
    struct err err;
    struct pair *pair = pair_new();
    pair->setup.tls = tls_server(place.certificate, place.key, &err);
    assert_non_null(pair->setup.tls);
    pair->client_tls = tls_client(ca_file, &err);
    assert_non_null(pair->client_tls);
    pair_listen_tcp(pair);
    snprintf(pair->address.host, sizeof pair->address.host, "localhost");
    return pair;
}

static void free_tls_pair(struct pair *pair)
{
    struct tls_context *server = pair->setup.tls;
    struct tls_context *client = pair->client_tls;
    pair_free(pair);
    tls_context_free(server);
    tls_context_free(client);
}

static void test_frames_both_ways(void **state)
{
    struct pair *pair = new_tls_pair(place.certificate);
    struct buf frame = BUF_INIT;
    pair->server.echo = true;
    pair_join(pair);
    for (unsigned i = 0; i < 20; i++) {
        buf_clear(&frame);
        pair_add_bin(&frame, i * 5000);
        channel_send(pair->client.channel, frame.data, frame.length);
    }
    until(pair, pair->client.frames == 20);
    assert_int_equal(pair->client.last_length, frame.length);
    assert_memory_equal(pair->client.all.data + pair->client.all.length - frame.length, frame.data,
                        frame.length);
    buf_release(&frame);
    free_tls_pair(pair);
}

static void test_pause_keeps_what_came(void **state)
{
    struct pair *pair = new_tls_pair(place.certificate);
    pair->server.pause_after_first = true;
    pair_join(pair);
    channel_send(pair->client.channel, "\1\2\3", 3);
    for (unsigned i = 1; i <= 3; i++) {
        until(pair, pair->server.frames == i);
        channel_resume(pair->server.channel);
    }
    assert_memory_equal(pair->server.all.data, "\1\2\3", 3);
    free_tls_pair(pair);
}

static void test_finish_sends_all_first(void **state)
{
    struct pair *pair = new_tls_pair(place.certificate);
    struct buf frame = BUF_INIT;
    pair_join(pair);
    pair_add_bin(&frame, 900000);
    channel_send(pair->server.channel, frame.data, frame.length);
    channel_send(pair->server.channel, frame.data, frame.length);
    channel_finish(pair->server.channel);
    until(pair, pair->client.ended);
    assert_int_equal(pair->client.frames, 2);
    assert_string_equal(pair->client.why, "the peer closed the connection");
    buf_release(&frame);
    free_tls_pair(pair);
}

static void test_unknown_authority(void **state)
{
    struct pair *pair = new_tls_pair(place.other);
    pair_connect(pair);
    until(pair, pair->client.ended && pair->server.ended);
    assert_false(pair->client.open);
    assert_non_null(strstr(pair->client.why, "The certificate is NOT trusted"));
    assert_false(pair->server.open && pair->server.frames > 0);
    free_tls_pair(pair);
}

/* The certificate is for localhost, not for its address. */
static void test_wrong_name(void **state)
{
    struct pair *pair = new_tls_pair(place.certificate);
    snprintf(pair->address.host, sizeof pair->address.host, "127.0.0.1");
    pair_connect(pair);
    until(pair, pair->client.ended);
    assert_false(pair->client.open);
    assert_non_null(strstr(pair->client.why, "does not match"));
    free_tls_pair(pair);
}

/* A client that speaks something else gets no answer and harms nobody. */
static void test_plain_client(void **state)
{
    struct pair *pair = new_tls_pair(place.certificate);
    tls_context_free(pair->client_tls);
    pair->client_tls = NULL;
    pair_connect(pair);
    channel_send(pair->client.channel, "\x01GET / HTTP/1.1", 15);
    until(pair, pair->server.ended);
    assert_false(pair->server.open);
    assert_int_equal(pair->server.frames, 0);
    free_tls_pair(pair);
}

static void test_contexts_that_cannot_be(void **state)
{
    struct err err;
    assert_null(tls_server(place.none, place.key, &err));
    assert_int_equal(err.code, ERR_unavailable);
    assert_non_null(strstr(err.detail, place.none));
    assert_null(tls_server(place.other, place.key, &err)); /* another key's certificate */
    assert_null(tls_client(place.none, &err));
    assert_non_null(strstr(err.detail, place.none));
    assert_null(tls_client(place.key, &err)); /* no certificate in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_both_ways),
        cmocka_unit_test(test_pause_keeps_what_came),
        cmocka_unit_test(test_finish_sends_all_first),
        cmocka_unit_test(test_unknown_authority),
        cmocka_unit_test(test_wrong_name),
        cmocka_unit_test(test_plain_client),
        cmocka_unit_test(test_contexts_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
