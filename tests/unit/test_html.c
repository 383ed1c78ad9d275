/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "report/page.h"
#include "report/text.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOSTILE "<script>alert(\"x\")</script>&amp;'\xff\xc3\x28\x01]]>"

static struct made made;
static char dir[64];

static int dir_make(void **state)
{
        snprintf(dir, sizeof(dir), "/tmp/test_html_XXXXXX");
        return mkdtemp(dir) ? 0 : -1;
}

static int dir_remove(void **state)
{
        static const char *const names[] = { "report.html", "a.svg", "machine.json" };
        char path[128];

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
                unlink(path);
        }
        return rmdir(dir); /* fails when anything else was left */
}

static char *file_text(const char *name)
{
        char path[128];
        struct stat about;
        FILE *file;
        char *text;

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        file = fopen(path, "re");
        assert_non_null(file);
        assert_int_equal(fstat(fileno(file), &about), 0);
        text = calloc(1, (size_t)about.st_size + 1);
        assert_non_null(text);
        assert_int_equal(fread(text, 1, (size_t)about.st_size, file), about.st_size);
        fclose(file);
        return text;
}

static void file_write(const char *name, const char *text)
{
        char path[128];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        file = fopen(path, "we");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
}

static bool exists(const char *name)
{
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        return access(path, F_OK) == 0;
}

/* A reader of XML that knows just enough: tags nest, attributes are quoted, entities known. */
struct reader {
        const char *at;
        char open[64][24];
        size_t depth;
};

static void read_entity(struct reader *reader)
{
        static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
                if (strncmp(reader->at, known[i], strlen(known[i])) == 0) {
                        reader->at += strlen(known[i]);
                        return;
                }
        }
        fail_msg("a bare ampersand: %.40s", reader->at);
}

static void read_tag(struct reader *reader)
{
        const char *start = reader->at + 1;
        bool closing = *start == '/';
        char name[24];
        size_t length;

        start += closing;
        length = strcspn(start, " \n/>");
        assert_in_range(length, 1, sizeof(name) - 1);
        snprintf(name, sizeof(name), "%.*s", (int)length, start);
        for (reader->at = start + length; *reader->at != '>'; reader->at++) {
                char quote = *reader->at;

                assert_true(quote != '\0' && quote != '<');
                if (quote == '"' || quote == '\'') {
                        reader->at = strchr(reader->at + 1, quote);
                        assert_non_null(reader->at);
                }
        }
        if (closing) {
                assert_true(reader->depth > 0);
                assert_string_equal(reader->open[--reader->depth], name);
        } else if (reader->at[-1] != '/') {
                assert_true(reader->depth < 64);
                memcpy(reader->open[reader->depth++], name, sizeof(name));
        }
        reader->at++;
}

static void assert_well_formed(const char *text)
{
        static const char doctype[] = "<!DOCTYPE html>";
        struct reader reader = { .at = text };

        assert_int_equal(strncmp(text, doctype, strlen(doctype)), 0);
        reader.at += strlen(doctype);
        while (*reader.at) {
                if (*reader.at == '<') {
                        read_tag(&reader);
                } else if (*reader.at == '&') {
                        read_entity(&reader);
                } else {
                        size_t length;

                        assert_ptr_equal(text_next(reader.at, &length), reader.at);
                        reader.at += length;
                }
        }
        assert_int_equal(reader.depth, 0);
}

/* A page needs nothing from elsewhere and runs nothing. */
static void assert_self_contained(const char *text)
{
        static const char *const never[] = { "<script",  "<link",       "<img",
                                             "<iframe",  "src=",        "@import",
                                             "url(http", "href=\"http", "onload" };

        for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
                assert_null(strstr(text, never[i]));
}

static char *page_text(struct json_object *machine, const char *warning)
{
        static const struct plot_result plots[PLOT_COUNT];
        struct status status;
        struct view view;

        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = page_make(&view, machine, plots, dir, warning);
        view_free(&view);
        assert_string_equal(status.what, "");
        return file_text("report.html");
}

/* xmllint has the last word where there is one. */
static void assert_xmllint_agrees(void)
{
        char path[128];
        int result;
        pid_t child;

        snprintf(path, sizeof(path), "%s/report.html", dir);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                execlp("xmllint", "xmllint", "--noout", "--nonet", path, (char *)NULL);
                _exit(0);
        }
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
}

/* Every text of every object replaced by a hostile one. */
static void poison(struct json_object *object)
{
        json_object_object_foreach(object, key, value)
        {
                if (json_object_is_type(value, json_type_object))
                        poison(value);
                else if (json_object_is_type(value, json_type_string))
                        json_object_object_add(object, key, json_object_new_string(HOSTILE));
                for (size_t i = 0; json_object_is_type(value, json_type_array) &&
                                   i < json_object_array_length(value);
                     i++) {
                        struct json_object *each = json_object_array_get_idx(value, i);

                        if (json_object_is_type(each, json_type_object))
                                poison(each);
                        else if (json_object_is_type(each, json_type_string))
                                json_object_array_put_idx(value, i,
                                                          json_object_new_string(HOSTILE));
                }
        }
}

static struct json_object *machine_read(void)
{
        struct json_object *machine = json_object_from_file(FIXTURES "/report_machine.json");

        assert_non_null(machine);
        return machine;
}

static void the_page_says_what_it_should(void **state)
{
        static const char *const texts[] = {
                "19 of 31",
                "PMD faster by 27 %",
                "PMD 20 times as fast",
                "PTE faster by 3.1 %",
                "131 → 103 ns/op",
                "[1.25, 1.29]",
                "pagemap+vmpte",
                "virtual: KVM guest",
                "Example CPU 9000",
                "Linux 6.1.0-example",
                "262,144 / 512",
                "2 MiB / 4 KiB",
                "3,011 [2,890, 3,120]",
                "this CPU has no clwb",
                "asked for pte, proven pmd: 512 of 512 huge",
                "no PMU: the hypervisor shows none",
                "pmdgain run -o &#39;my results&#39;",
                "--seed 42",
                "[chase]",
                "tmpfs with huge=always",
                "Of 660 samples 620 are valid, 20 invalid and 20 skipped",
                "a warning of the run",
        };
        struct json_object *machine = machine_read();
        char *text;

        made_run(&made);
        text = page_text(machine, "no plots: there is no gnuplot here");
        assert_well_formed(text);
        assert_self_contained(text);
        assert_xmllint_agrees();
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                if (!strstr(text, texts[i]))
                        fail_msg("the page lacks \"%s\"", texts[i]);
        assert_non_null(strstr(text, "no plots: there is no gnuplot here"));
        assert_non_null(strstr(text, "<td>random load · 1 GiB</td>\n<td>pte:nohuge</td>\n"));
        assert_non_null(strstr(text, "<td>random load · 1 GiB</td>\n<td>pmd</td>\n"));
        assert_false(exists("report.html.tmp"));
        assert_null(strstr(text, "nan"));
        free(text);
        json_object_put(machine);
}

static void hostile_text_stays_text(void **state)
{
        struct json_object *machine = machine_read();
        struct summary_row *row;
        char *text;

        poison(machine);
        made_run(&made);
        row = made_row(&made, "<b>\"&'\xff", "</td><td>\xc3\x28", "</x>", GIB, 10, 1.3, 1.01);
        row->options[0] = (char *)HOSTILE;
        snprintf(row->target, sizeof(row->target), "%s", HOSTILE);
        snprintf(row->pte.proof, sizeof(row->pte.proof), "%.60s", HOSTILE);
        snprintf(row->pte.reason, sizeof(row->pte.reason), "%s", HOSTILE);
        snprintf(row->pte.name, sizeof(row->pte.name), "<\xf0\x9f&");
        row->pte.invalid = 1;
        made.summary.samples_ok--;
        made.counter_names[0] = (char *)HOSTILE;
        row->pte.counters[0] = 2.5;
        snprintf(made.levels[0].target, sizeof(made.levels[0].target), "%s", HOSTILE);
        text = page_text(machine, HOSTILE);
        assert_well_formed(text);
        assert_self_contained(text);
        assert_xmllint_agrees();
        assert_non_null(strstr(text, "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;"
                                     "&#39;\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd]]&gt;"));
        free(text);
        json_object_put(machine);
}

static void an_emulated_cpu_is_named_so(void **state)
{
        char *text;

        made_run(&made);
        snprintf(made.summary.evidence, sizeof(made.summary.evidence), "emulated");
        text = page_text(NULL, "");
        assert_non_null(strstr(text, "Emulated CPU: times are no evidence about hardware."));
        assert_non_null(strstr(text, "<main class=\"emulated\">"));
        free(text);
}

/* Anything may be missing or be something else. */
static void parts_of_the_machine_may_be_missing(void **state)
{
        static const char *const odd[] = {
                "null", "7", "\"text\"", "[]", "[7,null,[],{}]", "{}", "{\"a\":[{\"b\":null}]}"
        };
        struct json_object *whole = machine_read();

        made_run(&made);
        json_object_object_foreach(whole, key, value)
        {
                for (size_t i = 0; i <= sizeof(odd) / sizeof(odd[0]); i++) {
                        struct json_object *machine = machine_read();
                        char *text;

                        (void)value;
                        json_object_object_del(machine, key);
                        if (i < sizeof(odd) / sizeof(odd[0]))
                                json_object_object_add(machine, key, json_tokener_parse(odd[i]));
                        text = page_text(machine, "");
                        assert_well_formed(text);
                        free(text);
                        json_object_put(machine);
                }
        }
        json_object_put(whole);
}

static void without_machine_or_rows_there_is_still_a_page(void **state)
{
        char *text;

        made_begin(&made);
        made.summary.evidence[0] = '\0';
        text = page_text(NULL, "");
        assert_well_formed(text);
        assert_non_null(strstr(text, "machine.json is missing"));
        assert_non_null(strstr(text, "evidence unknown"));
        assert_null(strstr(text, "Plots"));
        free(text);
}

static void a_malformed_machine_is_refused_and_a_missing_one_is_not(void **state)
{
        struct json_object *machine = (struct json_object *)&made;

        assert_int_equal(facts_read(dir, &machine).code, STATUS_OK);
        assert_null(machine);
        file_write("machine.json", "{\"run\": ");
        assert_int_equal(facts_read(dir, &machine).code, STATUS_USAGE);
        file_write("machine.json", "[]");
        assert_int_equal(facts_read(dir, &machine).code, STATUS_USAGE);
        assert_null(machine);
}

static void a_full_disk_leaves_the_old_page_and_nothing_else(void **state)
{
        static const struct plot_result plots[PLOT_COUNT];
        struct rlimit limit, small = { 4096, 4096 };
        struct status status;
        struct view view;
        char *text;

        file_write("report.html", "old");
        made_run(&made);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
        small.rlim_max = limit.rlim_max;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        status = page_make(&view, NULL, plots, dir, "");
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_DFL);
        view_free(&view);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.what, "report.html"));
        text = file_text("report.html");
        assert_string_equal(text, "old");
        assert_false(exists("report.html.tmp"));
        free(text);
}

static char *svg_text(const char *svg, struct status *ret_status)
{
        char *text = NULL, path[128];
        size_t size = 0;
        struct html html = { open_memstream(&text, &size) };

        assert_non_null(html.out);
        file_write("a.svg", svg);
        snprintf(path, sizeof(path), "%s/a.svg", dir);
        *ret_status = html_svg(&html, path, "gain");
        fclose(html.out);
        return text;
}

static void pictures_get_their_own_ids(void **state)
{
        struct status status;
        char *text = svg_text("<?xml version=\"1.0\"?>\n<svg><title>Gnuplot</title>"
                              "<g id='a'/><g id=\"b\"/><use xlink:href='#a'/>"
                              "<path fill='url(#b)'/><text>id=</text></svg>",
                              &status);

        assert_int_equal(status.code, STATUS_OK);
        assert_string_equal(text, "<svg><g id='gain-a'/><g id=\"gain-b\"/>"
                                  "<use xlink:href='#gain-a'/>"
                                  "<path fill='url(#gain-b)'/><text>id=</text></svg>");
        free(text);
}

static void pictures_that_could_run_are_refused(void **state)
{
        static const char *const bad[] = {
                "<svg><SCRIPT>1</SCRIPT></svg>", "<svg><foreignObject/></svg>", "<svg>cut off", "",
                "<svg><a href='x'/></svg>",
        };

        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                struct status status;
                char *text = svg_text(bad[i], &status);

                assert_int_equal(status.code, STATUS_INVALID);
                assert_string_equal(text, "");
                free(text);
        }
}

static void labels_are_whole_characters_on_one_line(void **state)
{
        char label[64];

        assert_string_equal(text_label("a,\"b\"\n\tc\\n", 90, label, sizeof(label)), "a;'b'  c/n");
        assert_string_equal(text_label("äöü", 2, label, sizeof(label)), "äö…");
        assert_string_equal(text_label("äöü", 3, label, sizeof(label)), "äöü");
        assert_string_equal(text_label("ääää", 90, label, 8), "ää…");
        assert_string_equal(text_label("\xed\xa0\x80\xc0\x80\x7f", 1, label, sizeof(label)),
                            "\xef\xbf\xbd…");
        assert_int_equal(text_width("ä\xff→"), 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_page_says_what_it_should),
                cmocka_unit_test(hostile_text_stays_text),
                cmocka_unit_test(an_emulated_cpu_is_named_so),
                cmocka_unit_test(parts_of_the_machine_may_be_missing),
                cmocka_unit_test(without_machine_or_rows_there_is_still_a_page),
                cmocka_unit_test(a_malformed_machine_is_refused_and_a_missing_one_is_not),
                cmocka_unit_test(a_full_disk_leaves_the_old_page_and_nothing_else),
                cmocka_unit_test(pictures_get_their_own_ids),
                cmocka_unit_test(pictures_that_could_run_are_refused),
                cmocka_unit_test(labels_are_whole_characters_on_one_line),
        };

        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
