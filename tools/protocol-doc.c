/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Prints docs/protocol.md from the tables of the schema, so that the page cannot say anything else
 * than what the programs do. The bytes of the example come from the codec itself.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/base/buf.h"
#include "protocol/record.h"
#include "protocol/rpc.h"

static const char intro[] =
    "# The staff protocol, version %d\n"
    "\n"
    "Made by `tools/protocol-doc` from `protocol/schema.h`; `make docs` writes it anew.\n"
    "\n"
    "This is what the terminal `skrytka` speaks with the daemon `skrytkad`, and what any other\n"
    "program may speak. For scripts `skrytka call METHOD JSON` is often enough: same methods, "
    "same\n"
    "fields, JSON for MessagePack, base64 for bytes.\n"
    "\n"
    "## Transport\n"
    "\n"
    "MessagePack-RPC ([spec](https://github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md)) "
    "over\n"
    "the Unix socket, over TCP, or over TLS when the daemon has a certificate. MessagePack values\n"
    "follow one another with nothing between them.\n"
    "\n"
    "    request       [0, id, method, [params]]   id: 0 to 2^32-1, the caller's choice\n"
    "    answer        [1, id, error, result]      error is nil when it succeeded\n"
    "    notification  [2, name, [params]]         only from the daemon\n"
    "\n"
    "- `params` is one map of named fields. Unknown fields are ignored; nil counts as not given; "
    "a\n"
    "  missing or unusable field is refused by its name. Fields, methods, words and events may be\n"
    "  added within a version: ignore what you do not know.\n"
    "- Calls may be sent without waiting for answers; answers may come in another order.\n"
    "- An error is a map `{code, field, detail}`; `field` and `detail` may be nil.\n"
    "- The first call is `hello`; anything before a successful one gets `unauthenticated`. On the\n"
    "  Unix socket a process whose OS user is a staff user's `os_user` needs no login.\n"
    "- A method marked **change** takes one more field `key`, a text made by the caller and used "
    "for\n"
    "  one change only: the same key again does nothing and returns the first result. After a "
    "lost\n"
    "  connection repeat what was not answered under its key.\n"
    "- Records that can be changed have a `version`. Hand back the one you read; when somebody "
    "else\n"
    "  was faster the change is refused with `conflict`.\n"
    "- A page of a list ends with `next`: hand it back as `after` for the following page; nil on "
    "the\n"
    "  last.\n"
    "- A message beyond the limits below is answered with an error, where it began like a "
    "request,\n"
    "  and the connection is closed. So is the connection of a client that does not read.\n";

static const char kinds_intro[] =
    "\n"
    "## Kinds of values\n"
    "\n"
    "| kind | on the wire |\n"
    "|---|---|\n"
    "| integer | an integer; ids are above 0 |\n"
    "| grosze | an integer: money in hundredths of a złoty |\n"
    "| UTC seconds | an integer: seconds since 1970-01-01 UTC |\n"
    "| boolean | true or false |\n"
    "| day | a text \"YYYY-MM-DD\", in the time zone of the office |\n"
    "| word | a text out of an [enumeration](#enumerations) |\n"
    "| text | UTF-8, one line: no control characters |\n"
    "| text, several lines | UTF-8, no control characters but LF |\n"
    "| secret text | text that is never logged |\n"
    "| bytes | bin |\n"
    "| record, list of ... | a map, an array |\n"
    "\n"
    "In the tables of fields *needed* means always given; *for new* means given when the record "
    "has\n"
    "no `id`, that is when a new thing is made; the others may be nil or left out.\n";

static void print_limits(void)
{
    puts("\n## Limits\n\n| name | value | meaning |\n|---|---:|---|");
#define L(name, value, doc) printf("| %s | %d | %s |\n", #name, (value), doc);
    LIMITS(L)
#undef L
}

static void print_errors(void)
{
    puts("\n## Error codes\n\n| code | meaning |\n|---|---|");
#define E(name, http, doc) printf("| `%s` | %s |\n", #name, doc);
    ERROR_CODES(E)
#undef E
    puts("\nThe `detail` of `refused` is a word of the enumeration [refusal](#enumerations), the "
         "first\nrule that says no.");
}

static void print_enums(void)
{
    puts("\n## Enumerations\n\n| name | words |\n|---|---|");
    for (size_t i = 0; all_words[i] != NULL; i++) {
        printf("| %s |", all_words[i]->name);
        for (int word = 0; word < all_words[i]->count; word++) {
            printf(" `%s`", all_words[i]->at[word]);
        }
        puts(" |");
    }
}

static const char *role_text(enum method_role role)
{
    switch (role) {
    case ROLE_ANYONE: return "anyone";
    case ROLE_CLERK: return "clerk";
    case ROLE_ADMINISTRATOR: return "administrator";
    }
    return "";
}

/* A record as a link to its table; nothing for the record without fields. */
static void print_link(const struct record *record)
{
    if (record->count > 0) {
        printf("[%s](#%s)", record->name, record->name);
    }
}

static void print_methods(void)
{
    puts("\n## Methods\n\n"
         "An administrator may call everything that a clerk may.\n\n"
         "| method | params | result | role | | what it does |\n|---|---|---|---|---|---|");
    for (int i = 0; i < METHOD_MAX; i++) {
        printf("| `%s` | ", methods[i].name);
        print_link(methods[i].params);
        printf(" | ");
        print_link(methods[i].result);
        printf(" | %s | %s | %s |\n", role_text(methods[i].role),
               methods[i].how == HOW_WRITE ? "**change**" : "", methods[i].doc);
    }
    puts("\n## Notifications\n\n| name | params | meaning |\n|---|---|---|");
#define N(name, record, doc) printf("| `%s` | [%s](#%s) | %s |\n", #name, #record, #record, doc);
    NOTIFICATIONS(N)
#undef N
    puts("\nEvents come after `events_subscribe`. Each has an id that grows: keep the last one you "
         "saw\nand hand it back as `after` on the next connection, and none is missed. An id may "
         "come\ntwice, and ids may have gaps. Only `scan_request_claimed` is told live and kept "
         "nowhere: it has\nthe id of the newest event.");
}

static const char *kind_text(enum field_kind kind)
{
    switch (kind) {
#define K(kind, doc)                                                                               \
    case FIELD_##kind: return doc;
        FIELD_KINDS(K)
#undef K
    }
    return "";
}

static void print_record(const struct record *record)
{
    static const char *const needs[] = {
        [NEED_MUST] = "needed",
        [NEED_MAY] = "",
        [NEED_NEW] = "for new",
    };
    printf("\n### %s\n\n| field | kind | | meaning |\n|---|---|---|---|\n", record->name);
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        printf("| `%s` | %s", field->name, kind_text(field->kind));
        if (field->words != NULL) {
            printf(": %s", field->words->name);
        } else if (field->record != NULL) {
            printf(": ");
            print_link(field->record);
        }
        printf(" | %s | %s |\n", needs[field->need], field->doc);
    }
}

/* Sixteen bytes a line, the readable ones beside them. */
static void print_hex(const struct buf *bytes)
{
    for (size_t line = 0; line < bytes->length; line += 16) {
        size_t end = line + 16 < bytes->length ? line + 16 : bytes->length;
        printf("   ");
        for (size_t i = line; i < line + 16; i++) {
            if (i < end) {
                printf(" %02x", (unsigned)(unsigned char)bytes->data[i]);
            } else {
                printf("   ");
            }
        }
        printf("  ");
        for (size_t i = line; i < end; i++) {
            char c = bytes->data[i];
            putchar(c >= ' ' && c <= '~' ? c : '.');
        }
        putchar('\n');
    }
}

static void print_example(void)
{
    struct buf out = BUF_INIT;
    struct rec_hello hello = { .protocol = SKRYTKA_PROTOCOL, .login = "jan", .password = "tajne" };
    struct rec_by_id by_id = { .id = 404 };
    struct rec_event event = {
        .id = 17, .at = 1795430000, .actor = "jan", .kind = event_kind_mail_changed
    };
    struct err err;
    puts("\n## An example in bytes\n\nSigning in:\n");
    rpc_write_request(&out, 1, METHOD_hello, &hello, NULL);
    print_hex(&out);
    puts("\nAsking for a mail item that there is not, and the answer:\n");
    buf_clear(&out);
    rpc_write_request(&out, 2, METHOD_mail_get, &by_id, NULL);
    print_hex(&out);
    putchar('\n');
    buf_clear(&out);
    err_set(&err, ERR_not_found, "id", "%s", "");
    rpc_write_error(&out, 2, &err);
    print_hex(&out);
    puts("\nA notification:\n");
    buf_clear(&out);
    rpc_write_notification(&out, "event", &record_event, &event);
    print_hex(&out);
    buf_release(&out);
    puts("\nIn Python, with `python3-msgpack`:\n\n"
         "    import msgpack, socket\n"
         "    s = socket.create_connection((\"127.0.0.1\", 7460))\n"
         "    u = msgpack.Unpacker()\n"
         "    def call(method, **params):\n"
         "        s.sendall(msgpack.packb([0, 1, method, [params]]))\n"
         "        while True:\n"
         "            for kind, *rest in u:\n"
         "                if kind == 1:\n"
         "                    return rest[1:]   # error, result\n"
         "            u.feed(s.recv(65536))\n"
         "    call(\"hello\", protocol=1, login=\"jan\", password=\"tajne\")\n"
         "    print(call(\"mail_list\", direction=\"incoming\", limit=10))");
}

int main(void)
{
    printf(intro, SKRYTKA_PROTOCOL);
    print_methods();
    fputs(kinds_intro, stdout);
    print_enums();
    print_errors();
    print_limits();
    print_example();
    puts("\n## Records");
    for (size_t i = 0; all_records[i] != NULL; i++) {
        if (all_records[i]->count > 0) {
            print_record(all_records[i]);
        }
    }
    return 0;
}
