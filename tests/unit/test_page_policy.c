/* SPDX-License-Identifier: Apache-2.0 */
/* The policy page on the page of a run: sentences stand there with rows, command and unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "page_links.h"
#include "report/page.h"

#include <stdlib.h>
#include <unistd.h>

static struct made made;
static char dir[64];

static int dir_make(void **state)
{
        snprintf(dir, sizeof(dir), "/tmp/test_page_policy_XXXXXX");
        return mkdtemp(dir) ? 0 : -1;
}

static int dir_remove(void **state)
{
        char path[128];

        snprintf(path, sizeof(path), "%s/report.html", dir);
        unlink(path);
        return rmdir(dir);
}

static char *page_text(const char *machine)
{
        static const struct plot_result plots[PLOT_COUNT];
        struct json_object *facts = json_tokener_parse(machine);
        char path[128];
        struct status status;
        struct view view;

        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = page_make(&view, facts, plots, dir, "");
        view_free(&view);
        json_object_put(facts);
        assert_string_equal(status.what, "");
        snprintf(path, sizeof(path), "%s/report.html", dir);
        return page_read(path);
}

static void each_sentence_has_its_rows_and_its_command(void **state)
{
        char *text;

        made_run(&made);
        text = page_text("{\"kernel\":{\"release\":\"6.12.95-amd64\"},"
                         "\"run\":{\"argv\":[\"run\",\"--plan\",\"q u\"]}}");
        assert_non_null(strstr(text, "id=\"policy\""));
        assert_non_null(strstr(text, "A call that makes a mapping present takes longer by PTE on the "
                                     "same aligned bytes (nohuge) than by PMD: "));
        assert_non_null(strstr(text, " as long on Linux 6.12."));
        assert_non_null(strstr(text, "<pre>pmdgain run --plan &#39;q u&#39;</pre></details>"));
        assert_in_range(page_links_check(text), 10, 1000);
        free(text);
}

static size_t times(const char *text, const char *part)
{
        size_t count = 0;

        for (; (text = strstr(text, part)); text += strlen(part))
                count++;
        return count;
}

/* The short answer counts the sentences below it. */
static void the_answer_follows_from_the_sentences(void **state)
{
        char *text, *begin, *end;
        size_t all = 0, gains = 0, costs = 0, same = 0, open = 0;

        made_run(&made);
        made_row(&made, "populate", "madvise_write", "ns/MiB", 64 * MIB, 200, 2, 1.01);
        made_row(&made, "populate", "touch_write", "ns/MiB", 64 * MIB, 900, 2, 1.01);
        text = page_text("{\"kernel\":{\"release\":\"6.12.95-amd64\"}}");
        assert_non_null(strstr(text, " for MADV_POPULATE (blue), 0 against it (orange)"));
        begin = strstr(text, "In short, for what was measured here: ");
        assert_non_null(begin);
        end = strstr(begin, "</ul>");
        assert_non_null(end);
        *end = '\0';
        assert_int_equal(sscanf(strchr(begin, '.'),
                                ". Of %zu sentences: %zu for PMDs (blue), %zu against them (orange), "
                                "%zu without a difference, %zu not resolved.",
                                &all, &gains, &costs, &same, &open),
                         5);
        assert_in_range(gains, 1, all);
        assert_int_equal(all, gains + costs + same + open);
        assert_int_equal(times(begin, "<li class=\"gains\""), gains);
        assert_int_equal(times(begin, "<li class=\"costs\""), costs);
        assert_int_equal(times(begin, "<li class=\"unresolved\""), open);
        assert_int_equal(strncmp(begin + 38, costs ? "it depends" : "yes.", costs ? 10 : 4), 0);
        free(text);
}

static void one_kind_of_finding_makes_yes_or_no(void **state)
{
        char *text;

        made_begin(&made);
        made_row(&made, "chase", "read", "ns/op", 1 << 30, 100, 1.5, 1.01);
        text = page_text("{}");
        assert_non_null(strstr(text, "measured here: yes. Of 1 sentence: 1 for PMDs"));
        free(text);
        made_begin(&made);
        made_row(&made, "chase", "read", "ns/op", 1 << 30, 100, 0.5, 1.01);
        text = page_text("{}");
        assert_non_null(strstr(text, "measured here: no. Of 1 sentence: 0 for PMDs"));
        free(text);
}

static void where_rows_carry_nothing_nothing_is_said(void **state)
{
        char *text;

        made_begin(&made);
        made_left_out(&made, "populate", "touch_read", VERDICT_INVALID, "not what was asked for");
        text = page_text("{}");
        assert_null(strstr(text, "id=\"policy\""));
        free(text);
}

static void counted_instructions_are_called_so(void **state)
{
        char *text;

        made_run(&made);
        snprintf(made.summary.evidence, sizeof(made.summary.evidence), "emulated");
        made.summary.instructions = true;
        text = page_text("{}");
        assert_non_null(strstr(text, "takes more instructions by PTE"));
        assert_non_null(strstr(text, "<td>instructions/MiB</td>"));
        assert_null(strstr(text, "<td>ns/MiB</td>"));
        assert_null(strstr(text, "A chain of dependent loads")); /* caches cost nothing there */
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_sentence_has_its_rows_and_its_command),
                cmocka_unit_test(the_answer_follows_from_the_sentences),
                cmocka_unit_test(one_kind_of_finding_makes_yes_or_no),
                cmocka_unit_test(where_rows_carry_nothing_nothing_is_said),
                cmocka_unit_test(counted_instructions_are_called_so),
        };

        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
