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
#include "tui/state_file.h"

enum { LINE = 8192, SLOTS = 9 };

/* Locked while its form is open, so that no other terminal takes it for a dead one's. */
struct draft {
    FILE *file;
    char path[PATH_MAX];
};

/* One line of the file is "field TAB id TAB text", LF and backslash in the text escaped. */

static bool draft_path(const char *name, int slot, char out[PATH_MAX])
{
    char file[NAME_MAX], number[16] = "";
    if (slot > 1) {
        snprintf(number, sizeof(number), "-%d", slot);
    }
    int length = snprintf(file, sizeof(file), "%s%s.draft", name, number);
    return length > 0 && (size_t)length < sizeof(file) && state_file_path(file, out);
}

/* The file, locked; NULL when it is another form's, or empty while only a full one is wanted. */
static FILE *take_slot(const char *path, bool full)
{
    int fd = open(path, O_RDWR | (full ? 0 : O_CREAT) | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat status;
    if (fd < 0) {
        return NULL;
    }
    /* One that was removed between the two calls is nobody's any more, and no place for ours. */
    bool ours = flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &status) == 0 &&
                status.st_nlink > 0 && (!full || status.st_size > 0);
    FILE *file = ours ? fdopen(fd, "r+") : NULL;
    if (file == NULL) {
        close(fd);
    }
    return file;
}

struct draft *draft_open(const char *name)
{
    struct draft *draft = memory_zeroed(sizeof(*draft));
    for (int full = 1; full >= 0; full--) {
        for (int slot = 1; slot <= SLOTS && draft->file == NULL; slot++) {
            if (draft_path(name, slot, draft->path)) {
                draft->file = take_slot(draft->path, full == 1);
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

static void put_field(struct buf *out, struct form *form, int field)
{
    const struct form_field *described = form_field(form, field);
    int64_t id = 0;
    const char *text = "";
    switch (described->kind) {
    case INPUT_SECRET:
    case INPUT_FILES: return;
    case INPUT_CHOICE: text = form_choice(form, field); break;
    case INPUT_TOGGLE: id = form_toggle(form, field) ? 1 : 0; break;
    case INPUT_PICK:
        id = form_pick(form, field);
        text = form_text(form, field);
        break;
    default: text = form_text(form, field);
    }
    buf_format(out, "%s\t%" PRId64 "\t", described->name, id);
    put_text(out, text);
    buf_char(out, '\n');
}

static void take_field(struct form *form, int field, int64_t id, const char *text)
{
    switch (form_field(form, field)->kind) {
    case INPUT_SECRET:
    case INPUT_FILES: return;
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
    rewind(draft->file);
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
