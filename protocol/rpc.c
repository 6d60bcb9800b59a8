/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "protocol/rpc.h"

#include <msgpack.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/text.h"
#include "protocol/wire.h"

static bool is_int(const msgpack_object *value, uint64_t limit)
{
    return value->type == MSGPACK_OBJECT_POSITIVE_INTEGER && value->via.u64 <= limit;
}

/* The one map inside [params]; NULL when it is something else. */
static const msgpack_object *only_map(const msgpack_object *params)
{
    if (params->type != MSGPACK_OBJECT_ARRAY || params->via.array.size != 1 ||
        params->via.array.ptr[0].type != MSGPACK_OBJECT_MAP) {
        return NULL;
    }
    return &params->via.array.ptr[0];
}

static bool take_call(const msgpack_object *method, const msgpack_object *params,
                      struct rpc_message *ret)
{
    if (method->type != MSGPACK_OBJECT_STR) {
        return false;
    }
    ret->method = method->via.str.ptr;
    ret->method_length = method->via.str.size;
    ret->body = only_map(params);
    return true;
}

static bool take_apart(const msgpack_object *whole, struct rpc_message *ret)
{
    if (whole->type != MSGPACK_OBJECT_ARRAY || whole->via.array.size < 3 ||
        !is_int(&whole->via.array.ptr[0], RPC_NOTIFICATION)) {
        return false;
    }
    const msgpack_object *part = whole->via.array.ptr;
    ret->type = (enum rpc_type)part[0].via.u64;
    if (ret->type == RPC_NOTIFICATION) {
        return whole->via.array.size == 3 && take_call(&part[1], &part[2], ret);
    }
    if (whole->via.array.size != 4 || !is_int(&part[1], UINT32_MAX)) {
        return false;
    }
    ret->id = (uint32_t)part[1].via.u64;
    if (ret->type == RPC_REQUEST) {
        return take_call(&part[2], &part[3], ret);
    }
    ret->error = part[2].type != MSGPACK_OBJECT_NIL ? &part[2] : NULL;
    ret->body = &part[3];
    return true;
}

bool rpc_read(const void *bytes, size_t length, struct rpc_message *ret, struct err *err)
{
    struct rpc_message message = { .zone = msgpack_zone_new(MSGPACK_ZONE_CHUNK_SIZE) };
    if (message.zone == NULL) {
        return err_set(err, ERR_unavailable, "", "no memory");
    }
    msgpack_object *whole = msgpack_zone_malloc(message.zone, sizeof *whole);
    if (whole == NULL ||
        msgpack_unpack(bytes, length, NULL, message.zone, whole) != MSGPACK_UNPACK_SUCCESS ||
        !take_apart(whole, &message)) {
        msgpack_zone_free(message.zone);
        return err_set(err, ERR_bad_request, "", "not a MessagePack-RPC message");
    }
    *ret = message;
    return true;
}

void rpc_release(struct rpc_message *message)
{
    if (message->zone != NULL) {
        msgpack_zone_free(message->zone);
        message->zone = NULL;
    }
}

static const msgpack_object *map_value(const msgpack_object *map, const char *key)
{
    if (map == NULL || map->type != MSGPACK_OBJECT_MAP) {
        return NULL;
    }
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *entry = &map->via.map.ptr[i];
        if (entry->key.type == MSGPACK_OBJECT_STR && entry->key.via.str.size == strlen(key) &&
            memcmp(entry->key.via.str.ptr, key, strlen(key)) == 0) {
            return &entry->val;
        }
    }
    return NULL;
}

bool rpc_key(const struct rpc_message *request, struct arena *arena, const char **ret_key,
             struct err *err)
{
    const msgpack_object *key = map_value(request->body, "key");
    if (key == NULL || key->type == MSGPACK_OBJECT_NIL) {
        *ret_key = NULL;
        return true;
    }
    if (key->type != MSGPACK_OBJECT_STR || key->via.str.size == 0 ||
        text_check(key->via.str.ptr, key->via.str.size, TEXT_LINE, LIMIT_LINE_BYTES) != TEXT_OK) {
        return err_set(err, ERR_bad_request, "key", "must be a text of 1 to %d bytes",
                       LIMIT_LINE_BYTES);
    }
    *ret_key = arena_text_n(arena, key->via.str.ptr, key->via.str.size);
    return true;
}

static void copy_text(const msgpack_object *value, char *out, size_t size)
{
    out[0] = '\0';
    if (value != NULL && value->type == MSGPACK_OBJECT_STR) {
        size_t length = value->via.str.size < size ? value->via.str.size : size - 1;
        memcpy(out, value->via.str.ptr, length);
        out[length] = '\0';
    }
}

void rpc_read_error(const struct rpc_message *answer, struct err *ret)
{
    char code[32];
    copy_text(map_value(answer->error, "code"), code, sizeof code);
    ret->code = err_code_of(code);
    if (ret->code == ERR_NONE) {
        ret->code = ERR_unavailable;
    }
    copy_text(map_value(answer->error, "field"), ret->field, sizeof ret->field);
    copy_text(map_value(answer->error, "detail"), ret->detail, sizeof ret->detail);
}

static int write_to_buf(void *out, const char *bytes, size_t length)
{
    buf_add(out, bytes, length);
    return 0;
}

static void pack_text(msgpack_packer *packer, const char *text)
{
    msgpack_pack_str_with_body(packer, text, strlen(text));
}

void rpc_write_request(struct buf *out, uint32_t id, enum method method, const void *params,
                       const char *key)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, write_to_buf);
    msgpack_pack_array(&packer, 4);
    msgpack_pack_uint8(&packer, RPC_REQUEST);
    msgpack_pack_uint32(&packer, id);
    pack_text(&packer, methods[method].name);
    msgpack_pack_array(&packer, 1);
    wire_pack_with_key(methods[method].params, params, key, out);
}

static void answer_head(struct buf *out, msgpack_packer *packer, uint32_t id)
{
    msgpack_packer_init(packer, out, write_to_buf);
    msgpack_pack_array(packer, 4);
    msgpack_pack_uint8(packer, RPC_ANSWER);
    msgpack_pack_uint32(packer, id);
}

void rpc_write_result(struct buf *out, uint32_t id, const struct record *record, const void *value)
{
    msgpack_packer packer;
    answer_head(out, &packer, id);
    msgpack_pack_nil(&packer);
    wire_pack(record, value, out);
}

void rpc_write_result_bytes(struct buf *out, uint32_t id, const void *packed, size_t length)
{
    msgpack_packer packer;
    answer_head(out, &packer, id);
    msgpack_pack_nil(&packer);
    buf_add(out, packed, length);
}

static void pack_text_or_nil(msgpack_packer *packer, const char *name, const char *text)
{
    pack_text(packer, name);
    if (text[0] != '\0') {
        pack_text(packer, text);
    } else {
        msgpack_pack_nil(packer);
    }
}

void rpc_write_error(struct buf *out, uint32_t id, const struct err *err)
{
    msgpack_packer packer;
    answer_head(out, &packer, id);
    msgpack_pack_map(&packer, 3);
    pack_text_or_nil(&packer, "code", err_name(err->code));
    pack_text_or_nil(&packer, "field", err->field);
    pack_text_or_nil(&packer, "detail", err->detail);
    msgpack_pack_nil(&packer);
}

void rpc_write_notification(struct buf *out, const char *name, const struct record *record,
                            const void *value)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, write_to_buf);
    msgpack_pack_array(&packer, 3);
    msgpack_pack_uint8(&packer, RPC_NOTIFICATION);
    pack_text(&packer, name);
    msgpack_pack_array(&packer, 1);
    wire_pack(record, value, out);
}
