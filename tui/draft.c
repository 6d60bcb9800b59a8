/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tui/draft.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol/base/buf.h"

enum { LINE = 8192 };

/* One line of the file is "field TAB id TAB text", LF and backslash in the text escaped. */

static bool draft_path(const char *name, char out[PATH_MAX])
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char folder[PATH_MAX];
    int length;
    if (state != NULL && state[0] == '/') {
        length = snprintf(folder, sizeof(folder), "%s/skrytka", state);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(folder, sizeof(folder), "%s/.local/state/skrytka", home);
    } else {
        return false;
    }
    if (length < 0 || length >= PATH_MAX) {
        return false;
    }
    for (char *slash = folder + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    mkdir(folder, 0700);
    length = snprintf(out, PATH_MAX, "%s/%s.draft", folder, name);
    return length > 0 && length < PATH_MAX;
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

void draft_write(const char *name, struct form *form)
{
    char path[PATH_MAX];
    struct buf text = BUF_INIT;
    for (int i = 0; i < form_count(form); i++) {
        if (form_field_changed(form, i)) {
            put_field(&text, form, i);
        }
    }
    if (text.length == 0) {
        draft_remove(name);
    } else if (draft_path(name, path)) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0 && write(fd, text.data, text.length) != (ssize_t)text.length) {
            unlink(path); /* half a draft would be taken for a whole one */
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    buf_release(&text);
}

bool draft_read(const char *name, struct form *form)
{
    char path[PATH_MAX], line[LINE], *rest, *end;
    bool any = false;
    FILE *file = draft_path(name, path) ? fopen(path, "re") : NULL;
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
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
    if (file != NULL) {
        fclose(file);
    }
    return any;
}

void draft_remove(const char *name)
{
    char path[PATH_MAX];
    if (draft_path(name, path)) {
        unlink(path);
    }
}
