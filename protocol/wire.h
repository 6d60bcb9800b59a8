/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The one codec: packs and unpacks any record of the schema by its table. Values must have passed
 * frame_walk() first. Any thread; no global state.
 */
#ifndef SKRYTKA_PROTOCOL_WIRE_H
#define SKRYTKA_PROTOCOL_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "protocol/err.h"
#include "protocol/record.h"

struct arena;
struct buf;
struct msgpack_object; /* msgpack-c's value; only frame.c, wire.c and rpc.c look inside */

/*
 * Checks a map against a record's table and fills *record (of record->size bytes, zeroed first).
 * Unknown keys are ignored, nil counts as not given, the last of a repeated key stands. All memory
 * comes from `arena`. False and *err (ERR_bad_request with the field's name, "a.b" for a nested
 * one) when a field is missing, of the wrong type, out of range, not UTF-8 or has a control
 * character.
 */
bool wire_unpack(const struct record *record, const struct msgpack_object *map, struct arena *arena,
                 void *ret_record, struct err *err);

/*
 * wire_unpack() of what the server sent: a text that old data may hold is not refused but made
 * clean, of any length, and an unknown word in a list is passed over, for the server may be newer.
 */
bool wire_unpack_answer(const struct record *record, const struct msgpack_object *map,
                        struct arena *arena, void *ret_record, struct err *err);

/* wire_unpack() of bytes that hold exactly one map. */
bool wire_unpack_bytes(const struct record *record, const void *bytes, size_t length,
                       struct arena *arena, void *ret_record, struct err *err);

/* Appends the record as a map. A field that is not there is packed as nil. */
void wire_pack(const struct record *record, const void *value, struct buf *out);

/* The same with one more text field "key" (the idempotency key of a change) unless it is NULL. */
void wire_pack_with_key(const struct record *record, const void *value, const char *key,
                        struct buf *out);

#endif
