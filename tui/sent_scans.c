/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/sent_scans.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/buf.h"
#include "tui/app.h"
#include "tui/cells.h"
#include "tui/state_file.h"
#include "tui/ui/form.h"
#include "tui/ui/theme.h"
#include "tui/ui/words.h"

enum {
    LINE = 600,
    BYTES_MAX = 256 * 1024, /* then the older half goes: some thousand files */
};

/* One line is "item TAB size TAB seconds TAB nanoseconds TAB client TAB name". */
struct sent {
    int64_t item_id;
    struct scanfile file;
    char client[SENT_SCANS_CLIENT];
};

/* Open as long as the program; locked while it is used, other terminals have the same one. */
static FILE *book(void)
{
    static FILE *file;
    char path[PATH_MAX];
    if (file == NULL) {
        int fd = !state_file_path("sent-scans", path)
                     ? -1
                     : open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        file = fd < 0 ? tmpfile() : fdopen(fd, "a+");
    }
    if (file != NULL) {
        flock(fileno(file), LOCK_EX);
        rewind(file);
    }
    return file;
}

static void give_back(FILE *file)
{
    fflush(file);
    flock(fileno(file), LOCK_UN);
}

static void write_line(FILE *file, const struct sent *sent)
{
    fprintf(file, "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%ld\t%s\t%s\n", sent->item_id,
            sent->file.size, (int64_t)sent->file.changed.tv_sec, sent->file.changed.tv_nsec,
            sent->client, sent->file.name);
}

static bool parse_line(char *line, struct sent *sent)
{
    enum { ITEM, SIZE, SECONDS, NANOSECONDS, NUMBERS };
    int64_t numbers[NUMBERS];
    char *rest = line;
    for (int i = 0; i < NUMBERS; i++) {
        char *end;
        numbers[i] = strtoll(rest, &end, 10);
        if (end == rest || *end != '\t') {
            return false;
        }
        rest = end + 1;
    }
    char *tab = strchr(rest, '\t');
    if (tab == NULL) {
        return false;
    }
    *tab = '\0';
    sent->item_id = numbers[ITEM];
    sent->file.size = numbers[SIZE];
    sent->file.changed.tv_sec = (time_t)numbers[SECONDS];
    sent->file.changed.tv_nsec = (long)numbers[NANOSECONDS];
    snprintf(sent->client, sizeof(sent->client), "%s", rest);
    snprintf(sent->file.name, sizeof(sent->file.name), "%s", tab + 1);
    return true;
}

static bool read_line(FILE *file, struct sent *sent)
{
    static char line[LINE];
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (parse_line(line, sent)) {
            return true;
        }
    }
    return false;
}

/* Leaves out the lines of one letter (0: none), and the first `bytes`. */
static void rewrite(FILE *file, int64_t item_id, long bytes)
{
    static struct sent sent;
    char *kept = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&kept, &length);
    if (memory == NULL) {
        return;
    }
    while (read_line(file, &sent)) {
        if (sent.item_id != item_id && ftell(file) > bytes) {
            write_line(memory, &sent);
        }
    }
    fclose(memory);
    if (ftruncate(fileno(file), 0) == 0) {
        rewind(file);
        fwrite(kept, 1, length, file);
    }
    free(kept);
}

void sent_scans_add(const struct scanfile *file, int64_t item_id, const char *client)
{
    static struct sent sent;
    FILE *lines = book();
    if (lines == NULL || strchr(file->name, '\n') != NULL) {
        return;
    }
    sent.item_id = item_id;
    sent.file = *file;
    snprintf(sent.client, sizeof(sent.client), "%s", client);
    fseek(lines, 0, SEEK_END);
    long bytes = ftell(lines);
    if (bytes > BYTES_MAX) {
        rewind(lines);
        rewrite(lines, 0, bytes / 2);
    }
    write_line(lines, &sent);
    give_back(lines);
}

void sent_scans_forget(int64_t item_id)
{
    FILE *lines = book();
    if (lines != NULL) {
        rewrite(lines, item_id, 0);
        give_back(lines);
    }
}

bool sent_scans_find(const struct scanfile *file, char ret_client[SENT_SCANS_CLIENT])
{
    static struct sent sent;
    bool found = false;
    FILE *lines = book();
    while (lines != NULL && read_line(lines, &sent)) {
        if (scanfolder_same(&sent.file, file)) {
            memcpy(ret_client, sent.client, SENT_SCANS_CLIENT);
            found = true;
        }
    }
    if (lines != NULL) {
        give_back(lines);
    }
    return found;
}

void sent_scans_note(const struct scanfile *file, char out[SENT_SCANS_NOTE])
{
    char when[LISTVIEW_CELL], client[SENT_SCANS_CLIENT];
    cell_time(when, (int64_t)file->changed.tv_sec);
    int length =
        snprintf(out, SENT_SCANS_NOTE, "%s  %lld kB", when, (long long)(file->size + 1023) / 1024);
    if (sent_scans_find(file, client)) {
        snprintf(out + length, SENT_SCANS_NOTE - (size_t)length, " %s %s %s",
                 theme_glyph(GLYPH_DOT), _("already sent to"), client);
    }
}

bool sent_scans_ask(struct app *app, struct form *form, int field, dialog_fn answer, void *owner)
{
    static struct scanfile file;
    char client[SENT_SCANS_CLIENT];
    struct buf text = BUF_INIT;
    for (int i = 0; i < form_file_count(form, field); i++) {
        if (scanfolder_look(form_file(form, field, i), &file) && sent_scans_find(&file, client)) {
            buf_format(&text, "%s: %s %s\n", file.name, _("already sent to"), client);
        }
    }
    bool asks = text.length > 0;
    if (asks) {
        buf_text(&text, _("Send it once more?"));
        app_ask(app, DIALOG_YES_NO, _("Scan"), buf_str(&text), answer, owner);
    }
    buf_release(&text);
    return asks;
}
