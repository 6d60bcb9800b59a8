/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/office/claims.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocol/base/arena.h"
#include "protocol/base/log.h"
#include "protocol/base/memory.h"

void claims_init(struct claims *claims)
{
    *claims = (struct claims){ 0 };
    ENSURE(uv_mutex_init(&claims->lock) == 0);
}

void claims_release(struct claims *claims)
{
    uv_mutex_destroy(&claims->lock);
    free(claims->at);
}

static struct claim *find(const struct claims *claims, int64_t request_id)
{
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->at[i].request_id == request_id) {
            return &claims->at[i];
        }
    }
    return NULL;
}

static void remove_claim(struct claims *claims, struct claim *claim)
{
    *claim = claims->at[--claims->count];
}

static void add_claim(struct claims *claims, int64_t request_id, const void *holder,
                      const char *name)
{
    if (claims->count == claims->room) {
        claims->room = claims->room == 0 ? 16 : claims->room * 2;
        claims->at = memory_resize(claims->at, memory_product(claims->room, sizeof *claims->at));
    }
    struct claim *claim = &claims->at[claims->count++];
    *claim = (struct claim){ .request_id = request_id, .holder = holder };
    snprintf(claim->name, sizeof claim->name, "%s", name);
}

bool claims_take(struct claims *claims, int64_t request_id, const void *holder, const char *name)
{
    uv_mutex_lock(&claims->lock);
    const struct claim *claim = find(claims, request_id);
    if (claim == NULL) {
        add_claim(claims, request_id, holder, name);
    }
    bool mine = claim == NULL || claim->holder == holder;
    uv_mutex_unlock(&claims->lock);
    return mine;
}

bool claims_let_go(struct claims *claims, int64_t request_id, const void *holder)
{
    uv_mutex_lock(&claims->lock);
    struct claim *claim = find(claims, request_id);
    bool mine = claim != NULL && claim->holder == holder;
    if (mine) {
        remove_claim(claims, claim);
    }
    uv_mutex_unlock(&claims->lock);
    return mine;
}

void claims_forget(struct claims *claims, int64_t request_id)
{
    uv_mutex_lock(&claims->lock);
    struct claim *claim = find(claims, request_id);
    if (claim != NULL) {
        remove_claim(claims, claim);
    }
    uv_mutex_unlock(&claims->lock);
}

int64_t claims_drop_one(struct claims *claims, const void *holder)
{
    int64_t request_id = 0;
    uv_mutex_lock(&claims->lock);
    for (size_t i = 0; i < claims->count && request_id == 0; i++) {
        if (claims->at[i].holder == holder) {
            request_id = claims->at[i].request_id;
            remove_claim(claims, &claims->at[i]);
        }
    }
    uv_mutex_unlock(&claims->lock);
    return request_id;
}

const char *claims_who(struct claims *claims, int64_t request_id, struct arena *arena)
{
    uv_mutex_lock(&claims->lock);
    const struct claim *claim = find(claims, request_id);
    const char *name = claim != NULL ? arena_text(arena, claim->name) : NULL;
    uv_mutex_unlock(&claims->lock);
    return name;
}
