/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The template engine. A template is walked again at each rendering: the texts are small, and
 * without a compiled form there is no state to share between the loop and the database threads.
 */
#include "server/office/template.h"

#include <stdio.h>
#include <string.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "protocol/base/embedded.h"
#include "protocol/base/log.h"
#include "protocol/base/text.h"

/* Sections in sections and templates in templates. */
enum { NESTING = 12 };

enum value_kind { VALUE_TEXT, VALUE_FLAG, VALUE_LIST };

struct value {
    const char *name;
    enum value_kind kind;
    const char *text;
    bool flag;
    struct template_data *first; /* items of a list */
    struct template_data *last;
    struct value *next;
};

struct template_data {
    struct arena *arena;
    const struct template_data *outer;
    struct value *values;
    struct template_data *next_item;
};

struct template_data *template_data_new(struct arena *arena, const struct template_data *outer)
{
    struct template_data *data = arena_one(arena, struct template_data);
    data->arena = arena;
    data->outer = outer;
    return data;
}

static struct value *find_here(const struct template_data *data, const char *name, size_t length)
{
    for (struct value *value = data->values; value; value = value->next) {
        if (strlen(value->name) == length && memcmp(value->name, name, length) == 0) {
            return value;
        }
    }
    return NULL;
}

static struct value *add_value(struct template_data *data, const char *name, enum value_kind kind)
{
    ENSURE(!find_here(data, name, strlen(name)));
    struct value *value = arena_one(data->arena, struct value);
    value->name = name;
    value->kind = kind;
    value->next = data->values;
    data->values = value;
    return value;
}

void template_set(struct template_data *data, const char *name, const char *text)
{
    add_value(data, name, VALUE_TEXT)->text = text ? text : "";
}

void template_set_flag(struct template_data *data, const char *name, bool value)
{
    add_value(data, name, VALUE_FLAG)->flag = value;
}

void template_set_list(struct template_data *data, const char *name)
{
    add_value(data, name, VALUE_LIST);
}

struct template_data *template_add_item(struct template_data *data, const char *name)
{
    struct value *list = find_here(data, name, strlen(name));
    if (!list) {
        list = add_value(data, name, VALUE_LIST);
    }
    ENSURE(list->kind == VALUE_LIST);
    struct template_data *item = template_data_new(data->arena, data);
    if (list->last) {
        list->last->next_item = item;
    } else {
        list->first = item;
    }
    list->last = item;
    return item;
}

void template_set_lines(struct template_data *data, const char *name, const char *text)
{
    template_set_list(data, name);
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        template_set(template_add_item(data, name), "line",
                     arena_text_n(data->arena, text, length));
        text += length + (text[length] == '\n');
    }
}

/* One text being walked. */
struct walk {
    const char *label;
    const char *start;
    const char *at;
    enum template_place place;
    enum lang lang;
    struct arena *arena;
    struct buf *out;
    const char **ret_why;
    int depth;
};

/* A {{...}}: what stands after its braces, its sigil apart. */
struct tag {
    char sigil; /* '#', '^', '/', '>', '!', '_' or 0 */
    const char *text;
    size_t length;
    const char *open; /* the "{{" */
    const char *after;
};

static bool walk_block(struct walk *walk, const struct template_data *data, const char *closing,
                       size_t closing_length, bool live);

static bool fault(const struct walk *walk, const char *what, const char *name, size_t length)
{
    int line = 1;
    for (const char *at = walk->start; at < walk->at; at++) {
        line += *at == '\n';
    }
    *walk->ret_why = arena_format(walk->arena, "%s:%d: %s%s%.*s", walk->label, line, what,
                                  length ? ": " : "", (int)length, name);
    return false;
}

static const struct value *find(const struct walk *walk, const struct template_data *data,
                                const char *name, size_t length)
{
    for (; data; data = data->outer) {
        const struct value *value = find_here(data, name, length);
        if (value) {
            return value;
        }
    }
    fault(walk, "unknown name", name, length);
    return NULL;
}

static void put_escaped(struct walk *walk, const char *text, size_t length)
{
    for (const char *at = text; at < text + length; at++) {
        const char *entity = NULL;
        if (walk->place == TEMPLATE_HTML) {
            entity = *at == '&'    ? "&amp;"
                     : *at == '<'  ? "&lt;"
                     : *at == '>'  ? "&gt;"
                     : *at == '"'  ? "&quot;"
                     : *at == '\'' ? "&#39;"
                                   : NULL;
        }
        if (entity) {
            buf_text(walk->out, entity);
        } else {
            buf_char(walk->out, *at);
        }
    }
}

static bool put_value(struct walk *walk, const struct template_data *data, const char *name,
                      size_t length, bool live)
{
    const struct value *value = find(walk, data, name, length);
    if (!value) {
        return false;
    }
    if (value->kind != VALUE_TEXT) {
        return fault(walk, "not a text", name, length);
    }
    if (live) {
        const char *text = text_clean(walk->arena, value->text, false);
        put_escaped(walk, text, strlen(text));
    }
    return true;
}

/* The msgid: what stands in the braces with each run of blanks as one space. */
static const char *sentence_msgid(struct arena *arena, const char *text, size_t length)
{
    char *msgid = arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        bool blank = strchr(" \t\n", text[i]) != NULL;
        if (!blank) {
            msgid[used++] = text[i];
        } else if (used && msgid[used - 1] != ' ') {
            msgid[used++] = ' ';
        }
    }
    while (used && msgid[used - 1] == ' ') {
        used--;
    }
    msgid[used] = '\0';
    return msgid;
}

static bool put_sentence(struct walk *walk, const struct template_data *data, const struct tag *tag,
                         bool live)
{
    const char *text = tr(walk->lang, sentence_msgid(walk->arena, tag->text, tag->length));
    while (*text) {
        size_t plain = strcspn(text, "{");
        if (live) {
            put_escaped(walk, text, plain);
        }
        text += plain;
        if (*text == '{') {
            size_t name = strcspn(text + 1, "}");
            if (text[1 + name] != '}') {
                return fault(walk, "a sentence with an open brace", text, strlen(text));
            }
            if (!put_value(walk, data, text + 1, name, live)) {
                return false;
            }
            text += name + 2;
        }
    }
    return true;
}

static const struct embedded_file *template_file(const char *name, size_t length)
{
    for (const struct embedded_file *file = embedded_templates; file->name; file++) {
        if (strlen(file->name) == length && memcmp(file->name, name, length) == 0) {
            return file;
        }
    }
    return NULL;
}

static bool put_partial(struct walk *walk, const struct template_data *data, const struct tag *tag,
                        bool live)
{
    const struct embedded_file *file = template_file(tag->text, tag->length);
    if (!file) {
        return fault(walk, "no such template", tag->text, tag->length);
    }
    if (walk->depth == NESTING) {
        return fault(walk, "nested too deeply", tag->text, tag->length);
    }
    struct walk inner = *walk;
    inner.label = file->name;
    inner.start = inner.at = file->text;
    inner.depth++;
    return walk_block(&inner, data, NULL, 0, live);
}

/* `walk->at` stands behind the opening tag, and afterwards behind the closing one. */
static bool put_section(struct walk *walk, const struct template_data *data, const struct tag *tag,
                        bool live)
{
    const struct value *value = find(walk, data, tag->text, tag->length);
    if (!value) {
        return false;
    }
    if (walk->depth == NESTING) {
        return fault(walk, "nested too deeply", tag->text, tag->length);
    }
    const char *body = walk->at;
    walk->depth++;
    bool ok = true;
    if (value->kind == VALUE_LIST && value->first && tag->sigil == '#') {
        for (const struct template_data *item = value->first; ok && item; item = item->next_item) {
            walk->at = body;
            ok = walk_block(walk, item, tag->text, tag->length, live);
        }
    } else if (value->kind == VALUE_LIST && tag->sigil == '#') {
        /* Without an item its names are unknown; the block is only passed over. */
        ok = walk_block(walk, NULL, tag->text, tag->length, false);
    } else {
        bool is_true = value->kind == VALUE_LIST   ? value->first != NULL
                       : value->kind == VALUE_TEXT ? *value->text != '\0'
                                                   : value->flag;
        ok = walk_block(walk, data, tag->text, tag->length, live && is_true == (tag->sigil == '#'));
    }
    walk->depth--;
    return ok;
}

/* Reads the tag whose "{{" `open` is. A brace inside must be closed before the tag can end. */
static bool read_tag(struct walk *walk, const char *open, struct tag *ret_tag)
{
    walk->at = open;
    const char *end = open + 2;
    for (int inside = 0; inside || strncmp(end, "}}", 2) != 0; end++) {
        if (!*end) {
            return fault(walk, "a tag without its end", open, strcspn(open, "\n"));
        }
        inside += *end == '{';
        inside -= *end == '}' && inside;
    }
    struct tag tag = { .open = open, .text = open + 2, .after = end + 2 };
    if (*tag.text && strchr("#^/>!_", *tag.text)) {
        tag.sigil = *tag.text++;
    }
    tag.length = (size_t)(end - tag.text);
    while (tag.length && *tag.text == ' ') {
        tag.text++, tag.length--;
    }
    while (tag.length && tag.text[tag.length - 1] == ' ') {
        tag.length--;
    }
    *ret_tag = tag;
    return true;
}

/* Where the blanks before a tag begin when it stands alone on its line; NULL when it does not. */
static const char *line_of_its_own(const struct walk *walk, const struct tag *tag)
{
    if (!tag->sigil || tag->sigil == '_') {
        return NULL;
    }
    const char *before = tag->open;
    while (before > walk->start && (before[-1] == ' ' || before[-1] == '\t')) {
        before--;
    }
    const char *after = tag->after + strspn(tag->after, " \t");
    return (before == walk->start || before[-1] == '\n') && *after == '\n' ? before : NULL;
}

static bool put_tag(struct walk *walk, const struct template_data *data, const struct tag *tag,
                    bool live)
{
    switch (tag->sigil) {
    case '!': return true;
    case '_': return !data || put_sentence(walk, data, tag, live);
    case '>': return !data || put_partial(walk, data, tag, live);
    case '#':
    case '^':
        if (data) {
            return put_section(walk, data, tag, live);
        }
        return walk_block(walk, NULL, tag->text, tag->length, false);
    default: return !data || put_value(walk, data, tag->text, tag->length, live);
    }
}

/*
 * Walks to the {{/closing}} (to the end when NULL). Not `live`: nothing is written, but names are
 * checked; without `data` not even these.
 */
static bool walk_block(struct walk *walk, const struct template_data *data, const char *closing,
                       size_t closing_length, bool live)
{
    const char *open;
    while ((open = strstr(walk->at, "{{"))) {
        const char *plain = walk->at;
        struct tag tag = { 0 };
        if (!read_tag(walk, open, &tag)) {
            return false;
        }
        const char *alone = line_of_its_own(walk, &tag);
        if (live) {
            buf_add(walk->out, plain, (size_t)((alone ? alone : open) - plain));
        }
        walk->at = alone ? strchr(tag.after, '\n') + 1 : tag.after;
        if (tag.sigil == '/') {
            if (closing && tag.length == closing_length &&
                memcmp(tag.text, closing, closing_length) == 0) {
                return true;
            }
            return fault(walk, "closes what is not open", tag.text, tag.length);
        }
        if (!put_tag(walk, data, &tag, live)) {
            return false;
        }
    }
    if (closing) {
        return fault(walk, "never closed", closing, closing_length);
    }
    if (live) {
        buf_text(walk->out, walk->at);
    }
    return true;
}

const char *template_render_text(const char *text, enum template_place place, const char *label,
                                 const struct template_data *data, enum lang lang,
                                 const char **ret_why)
{
    struct buf out = BUF_INIT;
    struct walk walk = { .label = label,
                         .start = text,
                         .at = text,
                         .place = place,
                         .lang = lang,
                         .arena = data->arena,
                         .out = &out,
                         .ret_why = ret_why };
    if (walk_block(&walk, data, NULL, 0, true)) {
        return buf_take(&out, data->arena);
    }
    buf_release(&out);
    return NULL;
}

const char *template_render(const char *file, const struct template_data *data, enum lang lang,
                            const char **ret_why)
{
    const struct embedded_file *found = template_file(file, strlen(file));
    if (!found) {
        *ret_why = arena_format(data->arena, "%s: no such template", file);
        return NULL;
    }
    const char *ending = strrchr(file, '.');
    bool html = ending && strcmp(ending, ".html") == 0;
    return template_render_text(found->text, html ? TEMPLATE_HTML : TEMPLATE_PLAIN, file, data,
                                lang, ret_why);
}

const char *template_must_render(const char *file, const struct template_data *data, enum lang lang)
{
    const char *why = "";
    const char *text = template_render(file, data, lang, &why);
    if (!text) {
        BUG(why);
    }
    return text;
}
