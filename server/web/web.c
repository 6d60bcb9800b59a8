/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/web/web.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/embedded.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"
#include "server/web/certificate.h"
#include "server/web/page.h"
#include "server/web/peer.h"

/* An office behind one address has a few people; a browser opens six connections. */
enum { PER_NETWORK = 40, BACKLOG = 128 };

struct web {
    struct site site;
    struct arena *arena;
    const struct web_config *config;
    int listener;
    void (*closed)(void *owner);
    void *closed_owner;
};

/*
 * The headers of every answer, the refusals of the HTTP layer too. Nothing is run or shown as what
 * it is not, no address that holds a token leaks to the next site; the first is for TLS only.
 */
static const struct http_field base_fields[] = {
    { "Strict-Transport-Security", "max-age=31536000" },
    { "Referrer-Policy", "no-referrer" },
    { "X-Content-Type-Options", "nosniff" },
    { 0 },
};

static const struct route {
    enum http_method method;
    const char *pattern;
    void (*page)(struct page *page);
} routes[] = {
#define R(method, pattern, page) { HTTP_##method, pattern, page },
#include "server/web/routes.def.h"
#undef R
};

/* Does the path fit? Then *ret_rest is what stands for the star. */
static bool route_fits(const struct route *route, const char *path, const char **ret_rest)
{
    size_t length = strlen(route->pattern);
    bool star = route->pattern[length - 1] == '*';
    if (star ? strncmp(path, route->pattern, length - 1) != 0 : strcmp(path, route->pattern) != 0) {
        return false;
    }
    *ret_rest = path + (star ? length - 1 : length);
    return true;
}

/* The first of our languages that the browser names; Polish when it names none. */
static enum lang browser_lang(const char *accept)
{
    while (accept && *accept) {
        accept += strspn(accept, " ,");
        char code[3] = { 0 };
        if (*accept) {
            memcpy(code, accept, accept[1] ? 2 : 1);
        }
        enum lang lang = i18n_lang(code);
        if (lang != LANG_MAX) {
            return lang;
        }
        accept += strcspn(accept, ",");
    }
    return LANG_PL;
}

static void handle(struct http_request *request, void *owner)
{
    struct web *web = owner;
    struct page *page = arena_one(request->arena, struct page);
    page->request = request;
    page->arena = request->arena;
    page->site = &web->site;
    page->office_name = "";
    page->lang = browser_lang(http_header(request, "Accept-Language"));
    enum http_method method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    bool other_method = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!route_fits(&routes[i], request->path, &page->rest)) {
            continue;
        }
        if (routes[i].method == method) {
            routes[i].page(page);
            return;
        }
        other_method = true;
    }
    if (other_method) {
        page_add_field(page, "Allow", method == HTTP_GET ? "POST" : "GET, HEAD");
    }
    page_error(page, other_method ? 405 : 404);
}

static int open_listener(const struct web_config *config, char *ret_why, size_t why_size)
{
    int fd = socket(config->address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, config->address, config->address_length) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    snprintf(ret_why, why_size, "cannot listen: %s", strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* What the pages need of base_url and of the style sheet. */
static void make_site(struct web *web)
{
    const char *url = web->config->base_url;
    const char *host = strstr(url, "://");
    size_t origin = host ? (size_t)(host + 3 - url) : 0;
    origin += strcspn(url + origin, "/");
    web->site.origin = arena_text_n(web->arena, url, origin);
    web->site.root = url + origin;
    web->site.trusted_proxies = web->config->trusted_proxies;
    web->site.https = strncasecmp(url, "https:", 6) == 0;

    const struct embedded_file *style = embedded_templates;
    while (strcmp(style->name, "style.css") != 0) {
        style++;
    }
    unsigned char hash[8];
    char text[2 * sizeof(hash) + 1];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)style->text, style->length, NULL,
                       0);
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    web->site.style = style;
    web->site.style_url = arena_format(web->arena, "%s/style.css?%s", web->site.root, text);
}

static bool has_tls(const struct web_config *config)
{
    return config->tls_certificate && *config->tls_certificate;
}

bool web_listen(const struct web_config *config, struct web **ret_web, char *ret_why,
                size_t why_size)
{
    struct web *web = memory_zeroed(sizeof(*web));
    web->config = config;
    web->arena = arena_new();
    bool ok = !has_tls(config) ||
              certificate_load(config->tls_certificate, config->tls_key, ret_why, why_size);
    web->listener = ok ? open_listener(config, ret_why, why_size) : -1;
    if (web->listener < 0) {
        certificate_release();
        arena_free(web->arena);
        free(web);
        return false;
    }
    make_site(web);
    *ret_web = web;
    return true;
}

bool web_start(struct web *web, uv_loop_t *loop, struct office *office, char *ret_why,
               size_t why_size)
{
    web->site.office = office;
    /* On loopback everybody comes through a proxy, or is a program of this machine. */
    bool shared = peer_is_loopback(web->config->address) || web->config->trusted_proxies[0];
    struct http_config config = {
        .fields = web->site.https ? base_fields : base_fields + 1,
        .listener = web->listener,
        .per_network = shared ? 0 : PER_NETWORK,
        .tls = has_tls(web->config),
        .handle = handle,
        .owner = web,
    };
    if (http_start(&config, loop, &web->site.http)) {
        return true;
    }
    snprintf(ret_why, why_size, "libmicrohttpd does not start the pages");
    return false;
}

void web_reload(struct web *web)
{
    char why[300];
    if (!has_tls(web->config)) {
        return;
    }
    if (certificate_load(web->config->tls_certificate, web->config->tls_key, why, sizeof(why))) {
        log_info("web", "the certificate was read anew");
    } else {
        log_error("web", "the old certificate stays in use: %s", why);
    }
}

static void release(void *owner)
{
    struct web *web = owner;
    void (*closed)(void *owner) = web->closed;
    void *closed_owner = web->closed_owner;
    arena_free(web->arena);
    free(web);
    certificate_release();
    if (closed) {
        closed(closed_owner);
    }
}

void web_stop(struct web *web, void (*closed)(void *owner), void *owner)
{
    web->closed = closed;
    web->closed_owner = owner;
    if (web->site.http) {
        http_stop(web->site.http, release, web);
        return;
    }
    close(web->listener);
    release(web);
}
