/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The template engine: what is written, how it is escaped, what is refused and how it is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/arena.h"
#include "protocol/base/buf.h"
#include "server/office/template.h"
#include "tests/unit/catalogue.h"

static int fresh(void **state)
{
    *state = arena_new();
    return 0;
}

static int release(void **state)
{
    arena_free(*state);
    return 0;
}

static void check(const struct template_data *data, enum template_place place, enum lang lang,
                  const char *text, const char *expected)
{
    const char *why = "";
    const char *result = template_render_text(text, place, "test", data, lang, &why);
    if (!result)
        fail_msg("%s", why);
    assert_string_equal(result, expected);
}

static void plain(const struct template_data *data, const char *text, const char *expected)
{
    check(data, TEMPLATE_PLAIN, LANG_EN, text, expected);
}

static void html(const struct template_data *data, const char *text, const char *expected)
{
    check(data, TEMPLATE_HTML, LANG_EN, text, expected);
}

static void refused(const struct template_data *data, const char *text, const char *expected)
{
    const char *why = "";
    assert_null(template_render_text(text, TEMPLATE_PLAIN, "test", data, LANG_EN, &why));
    assert_string_equal(why, expected);
}

static void values(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set(data, "name", "\"Żółć & <b>Sp. z o.o.</b>\" 'x'");
    template_set(data, "nothing", NULL);
    plain(data, "a {{name}} b{{nothing}}", "a \"Żółć & <b>Sp. z o.o.</b>\" 'x' b");
    html(data, "<i title=\"{{ name }}\">&amp;",
         "<i title=\"&quot;Żółć &amp; &lt;b&gt;Sp. z o.o.&lt;/b&gt;&quot; &#39;x&#39;\">&amp;");
    plain(data, "", "");
    plain(data, "a } b { c }} d", "a } b { c }} d");
}

static void values_are_cleaned(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set(data, "name",
                 "a\033[2J\n\xe2\x80\xae"
                 "b");
    plain(data, "{{name}}",
          "a\xef\xbf\xbd[2J \xef\xbf\xbd"
          "b");
}

static void sections(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set_flag(data, "yes", true);
    template_set_flag(data, "no", false);
    template_set(data, "text", "t");
    template_set(data, "empty", "");
    plain(data, "{{#yes}}1{{/yes}}{{^yes}}2{{/yes}}{{#no}}3{{/no}}{{^no}}4{{/no}}", "14");
    plain(data, "{{#text}}[{{text}}]{{/text}}{{#empty}}2{{/empty}}{{^empty}}3{{/empty}}", "[t]3");
    plain(data, "{{#yes}}a{{#no}}b{{/no}}{{#yes}}c{{/yes}}d{{/yes}}", "acd");
}

static void lists(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set(data, "office", "B");
    template_set_list(data, "none");
    for (int i = 0; i < 2; i++) {
        struct template_data *row = template_add_item(data, "rows");
        template_set(row, "name", i ? "two" : "one");
        if (i)
            template_set(template_add_item(row, "scans"), "file", "f.pdf");
        else
            template_set_list(row, "scans");
    }
    template_set_lines(data, "note", "first\n\nthird\n");
    template_set_lines(data, "no_note", NULL);
    plain(data, "{{#rows}}{{name}}@{{office}}{{#scans}}({{file}} of {{name}}){{/scans}};{{/rows}}",
          "one@B;two@B(f.pdf of two);");
    plain(data, "{{#none}}{{whatever}}{{#deeper}}x{{/deeper}}{{/none}}{{^none}}-{{/none}}", "-");
    plain(data, "{{#note}}<{{line}}>{{/note}}{{#no_note}}{{line}}{{/no_note}}", "<first><><third>");
}

static void lines_of_their_own_vanish(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set_flag(data, "yes", true);
    template_set(data, "name", "n");
    plain(data, "a\n  {{#yes}}\nb\n{{/yes}}  \n{{! remark }}\nc\n", "a\nb\nc\n");
    plain(data, "a {{#yes}}\nb {{/yes}}\n{{name}}\n", "a \nb \nn\n");
}

static void sentences(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set(data, "client", "<A>");
    const char *text = "{{_ Ask\n   for  a scan}}|{{_ {client} asks for a scan.}}";
    plain(data, text, "Ask for a scan|<A> asks for a scan.");
    check(data, TEMPLATE_HTML, LANG_PL, text, "Poproś o skan|&lt;A&gt; prosi o skan.");
    html(data, "{{_ at the end {client}}}", "at the end &lt;A&gt;");
    html(data, "{{_ black & white}}", "black &amp; white");
}

static void partials(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set(data, "office", "Biuro");
    template_set_lines(data, "footer", "");
    template_set_flag(data, "has_footer", false);
    plain(data, "x\n{{>mail_bottom.txt}}\ny",
          "x\n\n-- \nBiuro\nThis message was sent automatically.\ny");
}

static void wrong_templates_are_refused_by_name(void **state)
{
    struct template_data *data = template_data_new(*state, NULL);
    template_set_flag(data, "yes", true);
    template_set_flag(data, "no", false);
    template_set(template_add_item(data, "list"), "name", "n");
    refused(data, "{{adres}}", "test:1: unknown name: adres");
    refused(data, "\n\n{{#no}}{{adres}}{{/no}}", "test:3: unknown name: adres");
    refused(data, "{{#adres}}{{/adres}}", "test:1: unknown name: adres");
    refused(data, "{{_ Dear {adres}}}", "test:1: unknown name: adres");
    refused(data, "{{name}}", "test:1: unknown name: name");
    refused(data, "{{yes}}", "test:1: not a text: yes");
    refused(data, "{{#yes}}\na", "test:2: never closed: yes");
    refused(data, "{{#yes}}{{/no}}", "test:1: closes what is not open: no");
    refused(data, "{{/yes}}", "test:1: closes what is not open: yes");
    refused(data, "a {{yes\n}", "test:1: a tag without its end: {{yes");
    refused(data, "{{>letter.doc}}", "test:1: no such template: letter.doc");
    refused(data, "{{}}", "test:1: unknown name");
    struct buf deep = BUF_INIT;
    for (int i = 0; i < 40; i++)
        buf_text(&deep, "{{#yes}}");
    refused(data, buf_str(&deep), "test:1: nested too deeply: yes");
    buf_release(&deep);
    const char *why = "";
    assert_null(template_render("none.html", data, LANG_EN, &why));
    assert_string_equal(why, "none.html: no such template");
}

int main(void)
{
    catalogue_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values, fresh, release),
        cmocka_unit_test_setup_teardown(values_are_cleaned, fresh, release),
        cmocka_unit_test_setup_teardown(sections, fresh, release),
        cmocka_unit_test_setup_teardown(lists, fresh, release),
        cmocka_unit_test_setup_teardown(lines_of_their_own_vanish, fresh, release),
        cmocka_unit_test_setup_teardown(sentences, fresh, release),
        cmocka_unit_test_setup_teardown(partials, fresh, release),
        cmocka_unit_test_setup_teardown(wrong_templates_are_refused_by_name, fresh, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
