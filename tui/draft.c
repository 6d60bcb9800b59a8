/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/draft.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/buf.h"
#include "protocol/base/memory.h"
#include "tui/scanfolder.h"
#include "tui/sent_scans.h"
#include "tui/state_file.h"
#include "tui/ui/words.h"

enum { LINE = 8192, SLOTS = 9 };

/* Locked while its form is open, so that no other terminal takes it for a dead one's. */
struct draft {
    FILE *file;
    char path[PATH_MAX];
    char place[DRAFT_PLACE];
};

/*
 * The first line of the file is the place, a further one "field TAB id TAB text", LF and backslash
 * in the text escaped. The id of a file is the time it was written, in nanoseconds.
 */

static bool is_of_place(FILE *file, const char *place)
{
    char line[DRAFT_PLACE];
    rewind(file);
    if (fgets(line, sizeof(line), file) == NULL) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, place) == 0;
}

static bool draft_path(const char *name, int slot, char out[PATH_MAX])
{
    char file[NAME_MAX], number[16] = "";
    if (slot > 1) {
        snprintf(number, sizeof(number), "-%d", slot);
    }
    int length = snprintf(file, sizeof(file), "%s%s.draft", name, number);
    return length > 0 && (size_t)length < sizeof(file) && state_file_path(file, out);
}

/* The file, locked; NULL when it is another form's. A `full` one is of the place, another empty. */
static FILE *take_slot(const char *path, const char *place, bool full)
{
    int fd = open(path, O_RDWR | (full ? 0 : O_CREAT) | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat status;
    if (fd < 0) {
        return NULL;
    }
    /* One that was removed between the two calls is nobody's any more, and no place for ours. */
    bool ours = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &status) == 0 &&
                status.st_nlink > 0 && full == (status.st_size > 0);
    FILE *file = ours ? fdopen(fd, "r+") : NULL;
    if (file == NULL) {
        close(fd);
    } else if (full && !is_of_place(file, place)) {
        fclose(file);
        file = NULL;
    }
    return file;
}

struct draft *draft_open(const char *name, const char *place)
{
    struct draft *draft = memory_zeroed(sizeof(*draft));
    snprintf(draft->place, sizeof(draft->place), "%s", place);
    for (int full = 1; full >= 0; full--) {
        for (int slot = 1; slot <= SLOTS && draft->file == NULL; slot++) {
            if (draft_path(name, slot, draft->path)) {
                draft->file = take_slot(draft->path, place, full == 1);
            }
        }
    }
    if (draft->file == NULL) {
        free(draft);
        return NULL;
    }
    return draft;
}

void draft_close(struct draft *draft, bool keep)
{
    if (draft == NULL) {
        return;
    }
    if (!keep) {
        unlink(draft->path);
    }
    fclose(draft->file);
    free(draft);
}

static void put_text(struct buf *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n') {
            buf_text(out, "\\n");
        } else if (*at == '\\') {
            buf_text(out, "\\\\");
        } else {
            buf_char(out, *at);
        }
    }
}

static void take_text(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
            *to++ = *at == 'n' ? '\n' : *at;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
}

static void put_line(struct buf *out, const struct form_field *field, int64_t id, const char *text)
{
    buf_format(out, "%s\t%" PRId64 "\t", field->name, id);
    put_text(out, text);
    buf_char(out, '\n');
}

static int64_t written_at(const struct scanfile *file)
{
    return (int64_t)file->changed.tv_sec * 1000000000 + file->changed.tv_nsec;
}

/* The line without a file empties the field, which may begin with one. */
static void put_files(struct buf *out, struct form *form, int field)
{
    char path[PATH_MAX];
    static struct scanfile file;
    put_line(out, form_field(form, field), 0, "");
    for (int i = 0; i < form_file_count(form, field); i++) {
        if (realpath(form_file(form, field, i), path) != NULL && scanfolder_look(path, &file)) {
            put_line(out, form_field(form, field), written_at(&file), path);
        }
    }
}

static void put_field(struct buf *out, struct form *form, int field)
{
    const struct form_field *described = form_field(form, field);
    int64_t id = 0;
    const char *text = "";
    switch (described->kind) {
    case INPUT_SECRET: return;
    case INPUT_FILES: put_files(out, form, field); return;
    case INPUT_CHOICE: text = form_choice(form, field); break;
    case INPUT_TOGGLE: id = form_toggle(form, field) ? 1 : 0; break;
    case INPUT_PICK:
        id = form_pick(form, field);
        text = form_text(form, field);
        break;
    default: text = form_text(form, field);
    }
    put_line(out, described, id, text);
}

/* Written again under the same name, it may be another client's letter by now. */
static void take_file(struct form *form, int field, int64_t id, const char *path)
{
    char note[SENT_SCANS_NOTE];
    static struct scanfile file;
    if (path[0] == '\0') {
        form_drop_files(form, field);
        form_touch(form, field);
    } else if (scanfolder_look(path, &file) && written_at(&file) == id) {
        sent_scans_note(&file, note);
        form_add_file(form, field, path, file.name, note);
    } else {
        form_error(form, field, _("choose the files again: one changed or is gone"));
    }
}

static void take_field(struct form *form, int field, int64_t id, const char *text)
{
    switch (form_field(form, field)->kind) {
    case INPUT_SECRET: return;
    case INPUT_FILES: take_file(form, field, id, text); return;
    case INPUT_CHOICE: form_set_choice(form, field, text); break;
    case INPUT_TOGGLE: form_set_toggle(form, field, id != 0); break;
    case INPUT_PICK: form_set_pick(form, field, id, text); break;
    default: form_set_text(form, field, text);
    }
    form_touch(form, field);
}

void draft_write(struct draft *draft, struct form *form)
{
    struct buf text = BUF_INIT;
    if (draft == NULL) {
        return;
    }
    for (int i = 0; i < form_count(form); i++) {
        if (form_field_changed(form, i)) {
            if (text.length == 0) {
                buf_format(&text, "%s\n", draft->place);
            }
            put_field(&text, form, i);
        }
    }
    rewind(draft->file);
    bool whole = ftruncate(fileno(draft->file), 0) == 0 &&
                 fwrite(buf_str(&text), 1, text.length, draft->file) == text.length;
    if (fflush(draft->file) != 0 || !whole) {
        /* half a draft would be taken for a whole one; if not even this goes, so be it */
        (void)!ftruncate(fileno(draft->file), 0);
    }
    buf_release(&text);
}

bool draft_read(struct draft *draft, struct form *form)
{
    char line[LINE], *rest, *end;
    bool any = false;
    if (draft == NULL) {
        return false;
    }
    if (!is_of_place(draft->file, draft->place)) {
        return false;
    }
    while (fgets(line, sizeof(line), draft->file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *field_name = strtok_r(line, "\t", &rest);
        int field = field_name == NULL ? -1 : form_find(form, field_name);
        if (field >= 0 && rest != NULL) {
            int64_t id = strtoll(rest, &end, 10);
            if (*end == '\t') {
                take_text(end + 1);
                take_field(form, field, id, end + 1);
                any = true;
            }
        }
    }
    return any;
}
