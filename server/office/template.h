/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Templates: the texts of e-mails, messages and pages, kept apart from the code that fills them.
 *
 *     {{name}}                  the value, escaped for its place: HTML in *.html, plain in *.txt
 *     {{#name}} ... {{/name}}   once for each item of a list; else once if the value is true
 *     {{^name}} ... {{/name}}   if the list is empty or the value is not true
 *     {{_ Letter from {name}}}  a sentence: the English text is the msgid, translated by tr()
 *     {{>file.html}}            another template, with the same names
 *     {{! remark }}             nothing
 *
 * {name} in a sentence (and in its translation) is a value; blanks and line ends in it count as one
 * space. A text is true when it is not empty. A line that holds nothing but one section's mark,
 * template or remark leaves no trace. A name that nobody set is an error, also in a section that is
 * skipped because its value is not true. There is no way to write a value unescaped. Every value
 * goes through text_clean() and comes out as one line; several lines are a list
 * (template_set_lines()).
 *
 * Pure: no I/O, no state; any thread.
 */
#ifndef SKRYTKA_OFFICE_TEMPLATE_H
#define SKRYTKA_OFFICE_TEMPLATE_H

#include <stdbool.h>

#include "protocol/base/i18n.h"

struct arena;

/* The names that a template may use, with their values. Lives in its arena; so do all results. */
struct template_data;

/* An empty set. Names not found in it are looked up in `outer` (may be NULL). */
struct template_data *template_data_new(struct arena *arena, const struct template_data *outer);

/*
 * Each name is set once. `name` must outlive the data; texts too (they are not copied). A NULL
 * text is "", and so not true.
 */
void template_set(struct template_data *data, const char *name, const char *text);
void template_set_flag(struct template_data *data, const char *name, bool value);

/* A list without items yet. */
void template_set_list(struct template_data *data, const char *name);

/* A new last item of a list; makes the list where there is none. Set the item's names in it. */
struct template_data *template_add_item(struct template_data *data, const char *name);

/* A list with one item per line of a text, each with the name "line"; empty for NULL and "". */
void template_set_lines(struct template_data *data, const char *name, const char *text);

/* Where a text is going to stand: how values are escaped. */
enum template_place { TEMPLATE_PLAIN, TEMPLATE_HTML };

/*
 * Renders a template of server/templates; its ending says the place. The result is in the arena of
 * `data`. NULL when the template is wrong: *ret_why then says where and what, in English.
 */
const char *template_render(const char *file, const struct template_data *data, enum lang lang,
                            const char **ret_why);

/* The same for a text that is not one of the files. `label` stands for its file in *ret_why. */
const char *template_render_text(const char *text, enum template_place place, const char *label,
                                 const struct template_data *data, enum lang lang,
                                 const char **ret_why);

/* For the templates the program carries: a wrong one is a bug of ours, and a test renders each. */
const char *template_must_render(const char *file, const struct template_data *data,
                                 enum lang lang);

#endif
