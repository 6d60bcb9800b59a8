/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/notify/mime.h"

#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/scan_files.h"
#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "server/notify/mail_address.h"
#include "server/notify/mime_header.h"
#include "server/notify/mime_quoted.h"
#include "server/office/outbox.h"

/* "=_" stands in no quoted-printable and no base64 text, so these lines are in no body. */
#define BOUNDARY_MIXED "=_skrytka_mixed"
#define BOUNDARY_TEXTS "=_skrytka_texts"

/* RFC 2045 6.8: 76 columns of base64 are 57 bytes; a block of lines is encoded at once. */
enum { LINE_BYTES = 57, LINE_ENCODED = 78, BLOCK_LINES = 256 };

/* What stands between two attachments is `text` from the end of the section before to `text_end`.
 */
struct section {
    size_t text_end;
    const char *path; /* the file that follows; NULL in the last section */
    int64_t size;
};

struct mime {
    struct arena *arena;
    const char *sender;
    const char *recipient;
    struct buf text; /* everything but the attachments' bodies */
    struct section *sections;
    size_t count;
    int64_t size;
    /* How far it was read. */
    size_t section;
    size_t text_at;
    int file; /* -1: none is open */
    int64_t file_left;
    char block[BLOCK_LINES * LINE_ENCODED + 1];
    size_t block_at;
    size_t block_end;
};

static void add_text_part(struct buf *out, const char *subtype, const char *text)
{
    buf_format(out,
               "Content-Type: text/%s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               subtype);
    mime_quoted(out, text);
}

/* The readable part: text alone, or text and HTML as alternatives, best last (RFC 2046 5.1.4). */
static void add_readable(struct buf *out, const struct outbox_letter *letter)
{
    if (!letter->html) {
        add_text_part(out, "plain", letter->text);
        return;
    }
    buf_text(out, "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY_TEXTS "\"\r\n"
                  "\r\n--" BOUNDARY_TEXTS "\r\n");
    add_text_part(out, "plain", letter->text);
    buf_text(out, "\r\n--" BOUNDARY_TEXTS "\r\n");
    add_text_part(out, "html", letter->html);
    buf_text(out, "\r\n--" BOUNDARY_TEXTS "--\r\n");
}

static bool add_attachment_head(struct mime *mime, const struct outbox_attachment *attachment)
{
    buf_text(&mime->text, "\r\n--" BOUNDARY_MIXED "\r\n");
    if (!mime_header_attachment(&mime->text, mime->arena, attachment->type, attachment->name)) {
        return false;
    }
    buf_text(&mime->text, "Content-Transfer-Encoding: base64\r\n\r\n");
    return true;
}

static const char *add_head(struct mime *mime, const struct outbox_letter *letter)
{
    struct buf *out = &mime->text;
    mime->sender = mail_address(mime->arena, letter->sender);
    if (!mime->sender || !mime_header_address(out, "From", letter->sender_name, mime->sender)) {
        return "the sender's address or name cannot stand in a mail";
    }
    mime->recipient = mail_address(mime->arena, letter->recipient);
    if (!mime->recipient || !mime_header_address(out, "To", NULL, mime->recipient)) {
        return "the recipient's address cannot stand in a mail";
    }
    if (!mime_header_text(out, "Subject", letter->subject)) {
        return "the subject cannot stand in a mail";
    }
    mime_header_date(out, letter->created_at);
    if (!mime_header_id(out, "Message-ID", letter->message_id)) {
        return "the Message-ID cannot stand in a mail";
    }
    if (letter->references && strcmp(letter->references, letter->message_id) != 0 &&
        (!mime_header_id(out, "In-Reply-To", letter->references) ||
         !mime_header_id(out, "References", letter->references))) {
        return "the thread's Message-ID cannot stand in a mail";
    }
    buf_format(out,
               "Content-Language: %s\r\n"
               "Auto-Submitted: auto-generated\r\n" /* RFC 3834 */
               "X-Auto-Response-Suppress: All\r\n"
               "MIME-Version: 1.0\r\n",
               words_language.at[letter->language]);
    return NULL;
}

static const char *add_body(struct mime *mime, const struct outbox_letter *letter)
{
    size_t count = letter->attachment_count;
    if (count == 0) {
        add_readable(&mime->text, letter);
    } else {
        buf_text(&mime->text, "Content-Type: multipart/mixed;\r\n boundary=\"" BOUNDARY_MIXED
                              "\"\r\n\r\n--" BOUNDARY_MIXED "\r\n");
        add_readable(&mime->text, letter);
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_attachment_head(mime, &letter->attachments[i])) {
            return "an attachment's name or type cannot stand in a mail";
        }
        mime->sections[i].text_end = mime->text.length;
    }
    if (count > 0) {
        buf_text(&mime->text, "\r\n--" BOUNDARY_MIXED "--\r\n");
    }
    mime->sections[count].text_end = mime->text.length;
    return NULL;
}

static int64_t encoded_size(int64_t size)
{
    int64_t lines = (size + LINE_BYTES - 1) / LINE_BYTES;
    return (size + 2) / 3 * 4 + 2 * lines;
}

/* Where the attachments lie, and that they are what the database says. */
static bool find_files(struct mime *mime, const struct outbox_letter *letter, const char *directory)
{
    mime->size = (int64_t)mime->text.length;
    for (size_t i = 0; i < letter->attachment_count; i++) {
        const struct outbox_attachment *attachment = &letter->attachments[i];
        struct section *section = &mime->sections[i];
        char path[PATH_MAX];
        struct stat status;
        if (!scan_files_path(directory, attachment->sha256, path, sizeof path) ||
            stat(path, &status) != 0 || status.st_size != attachment->size) {
            return false;
        }
        section->path = arena_text(mime->arena, path);
        section->size = attachment->size;
        mime->size += encoded_size(section->size);
    }
    return true;
}

enum mime_fault mime_open(const struct outbox_letter *letter, const char *directory,
                          struct mime **ret_mime, const char **ret_why)
{
    struct mime *mime = memory_zeroed(sizeof *mime);
    mime->arena = arena_new();
    mime->file = -1;
    mime->count = letter->attachment_count + 1;
    mime->sections = arena_array(mime->arena, mime->count, sizeof *mime->sections);
    const char *why = add_head(mime, letter);
    if (!why) {
        why = add_body(mime, letter);
    }
    if (why) {
        mime_close(mime);
        *ret_why = why;
        return MIME_UNSAFE;
    }
    if (!find_files(mime, letter, directory)) {
        mime_close(mime);
        *ret_why = "an attachment is missing in the scan store or has another size";
        return MIME_NO_FILE;
    }
    *ret_mime = mime;
    return MIME_OPENED;
}

void mime_close(struct mime *mime)
{
    if (!mime) {
        return;
    }
    if (mime->file >= 0) {
        close(mime->file);
    }
    buf_release(&mime->text);
    arena_free(mime->arena);
    free(mime);
}

const char *mime_sender(const struct mime *mime)
{
    return mime->sender;
}

const char *mime_recipient(const struct mime *mime)
{
    return mime->recipient;
}

int64_t mime_size(const struct mime *mime)
{
    return mime->size;
}

static bool read_whole(int file, unsigned char *to, size_t size)
{
    while (size > 0) {
        ssize_t got = read(file, to, size);
        if (got <= 0) {
            return false;
        }
        to += got;
        size -= (size_t)got;
    }
    return true;
}

/* Encodes the next lines of the open file into the block. */
static bool fill_block(struct mime *mime)
{
    unsigned char raw[BLOCK_LINES * LINE_BYTES];
    size_t wanted = sizeof raw;
    if ((int64_t)wanted > mime->file_left) {
        wanted = (size_t)mime->file_left;
    }
    if (!read_whole(mime->file, raw, wanted)) {
        return false;
    }
    mime->file_left -= (int64_t)wanted;
    char *to = mime->block;
    for (size_t at = 0; at < wanted; at += LINE_BYTES) {
        size_t length = wanted - at < LINE_BYTES ? wanted - at : LINE_BYTES;
        size_t encoded = (length + 2) / 3 * 4;
        sodium_bin2base64(to, encoded + 1, raw + at, length, sodium_base64_VARIANT_ORIGINAL);
        memcpy(to + encoded, "\r\n", 2);
        to += encoded + 2;
    }
    mime->block_at = 0;
    mime->block_end = (size_t)(to - mime->block);
    return true;
}

/* Takes from `from` what fits. */
static size_t take(char *to, size_t room, const char *from, size_t length)
{
    size_t taken = length < room ? length : room;
    memcpy(to, from, taken);
    return taken;
}

/* Makes the next bytes ready after a section's text was read: its file, then the next section. */
static bool advance(struct mime *mime)
{
    const struct section *section = &mime->sections[mime->section];
    if (mime->file < 0) {
        mime->file = open(section->path, O_RDONLY | O_CLOEXEC);
        mime->file_left = section->size;
        if (mime->file < 0) {
            return false;
        }
    }
    if (mime->file_left > 0) {
        return fill_block(mime);
    }
    close(mime->file);
    mime->file = -1;
    mime->section++;
    return true;
}

ssize_t mime_read(struct mime *mime, char *to, size_t size)
{
    size_t done = 0;
    while (done < size) {
        if (mime->block_at < mime->block_end) {
            size_t taken = take(to + done, size - done, mime->block + mime->block_at,
                                mime->block_end - mime->block_at);
            mime->block_at += taken;
            done += taken;
        } else if (mime->text_at < mime->sections[mime->section].text_end) {
            size_t taken = take(to + done, size - done, mime->text.data + mime->text_at,
                                mime->sections[mime->section].text_end - mime->text_at);
            mime->text_at += taken;
            done += taken;
        } else if (mime->section + 1 == mime->count) {
            break;
        } else if (!advance(mime)) {
            return -1;
        }
    }
    return (ssize_t)done;
}
