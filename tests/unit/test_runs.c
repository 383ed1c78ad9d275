/* SPDX-License-Identifier: Apache-2.0 */
/* Finding runs, telling machines apart, and links between folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/runs.h"
#include "runs_tree.h"
#include "trend/link.h"

#include <math.h>
#include <unistd.h>

static struct runs found(const char *one, const char *two)
{
        const char *dirs[] = { one, two };
        struct runs runs = { 0 };
        struct status status = runs_find(dirs, two ? 2 : 1, &runs);

        assert_string_equal(status.what, "");
        return runs;
}

static void runs_are_found_below_and_sorted_by_time(void **state)
{
        struct runs runs;

        tree_run("b", 1, "6.1", "X", tree_row("chase", 1.5));
        tree_run("a", 9, "6.2", "X", tree_row("chase", 1.5));
        tree_folder("deep");
        tree_folder("deep/er");
        tree_run("deep/er/run", 5, "6.1", "X", tree_row("chase", 1.5));
        assert_int_equal(symlink(tree, tree_path("deep/loop")), 0);
        tree_folder(".hidden");
        tree_run(".hidden/run", 2, "6.1", "X", tree_row("chase", 1.5));
        runs = found(tree, tree_path("deep/er/run"));
        assert_int_equal(runs.count, 3);
        assert_int_equal(runs.fault_count, 0);
        assert_string_equal(runs.runs[0]->dir, tree_path("b"));
        assert_string_equal(runs.runs[1]->dir, tree_path("deep/er/run"));
        assert_string_equal(runs.runs[2]->dir, tree_path("a"));
        assert_int_equal(runs.runs[0]->started, 1767236400); /* date -ud 2026-01-01T03:00Z +%s */
        assert_string_equal(runs.runs[2]->kernel, "6.2");
        runs_free(&runs);
}

static void a_folder_without_runs_is_refused(void **state)
{
        const char *dirs[] = { tree };
        struct runs runs = { 0 };
        struct status status = runs_find(dirs, 1, &runs);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "there is no run in"));
        assert_int_equal(runs.count, 0);
        dirs[0] = tree_path("nowhere");
        status = runs_find(dirs, 1, &runs);
        assert_true(status_failed(&status));
}

static void what_cannot_be_used_is_a_fault(void **state)
{
        struct runs runs;

        tree_run("good", 1, "6.1", "X", "");
        tree_run("broken", 2, "6.1", "X", "");
        tree_file("broken", "machine.json", "{\"run\":");
        tree_run("timeless", 3, "6.1", "X", "");
        tree_file("timeless", "machine.json", "{\"run\":{\"started\":\"yesterday\"}}");
        tree_run("bare", 4, "6.1", "X", "");
        unlink(tree_path("bare/machine.json"));
        runs = found(tree, NULL);
        assert_int_equal(runs.count, 1);
        assert_int_equal(runs.fault_count, 3);
        assert_string_equal(runs.faults[0].dir, tree_path("bare"));
        assert_non_null(strstr(runs.faults[1].status.what, "not a JSON object"));
        assert_non_null(strstr(runs.faults[2].status.what, "when the run started"));
        runs_free(&runs);
}

static void machines_are_told_apart(void **state)
{
        const struct run_about one = { .kernel = "6.1",
                                       .evidence = "virtual",
                                       .cpu = "AMD EPYC",
                                       .microcode = "0x1",
                                       .hypervisor = "KVM",
                                       .arch = "x86_64",
                                       .memory_bytes = 25276510208 };
        struct run_about other = one;
        char name[256];

        assert_string_equal(run_machine_name(&one, name, sizeof(name)),
                            "AMD EPYC, microcode 0x1, KVM, 24 GiB");
        strcpy(other.kernel, "7.2");
        other.memory_bytes -= 1 << 28;
        assert_true(run_same_machine(&one, &other));
        other.memory_bytes /= 2;
        assert_false(run_same_machine(&one, &other));
        other = one;
        strcpy(other.microcode, "0x2");
        assert_false(run_same_machine(&one, &other));
        other = one;
        strcpy(other.evidence, "emulated");
        assert_false(run_same_machine(&one, &other));
        other = one;
        other.instructions = true;
        assert_false(run_same_machine(&one, &other));
        other = one;
        other.hypervisor[0] = '\0';
        assert_false(run_same_machine(&one, &other));
        other = (struct run_about){ .memory_bytes = NAN };
        assert_true(run_same_machine(&other, &other));
        assert_string_equal(run_machine_name(&other, name, sizeof(name)), "unknown CPU");
}

static void names_are_lines_of_valid_text(void **state)
{
        struct runs runs;

        tree_run("a", 1, "6.1\\n<script>", "C\\u0007\\\"PU", "");
        runs = found(tree, NULL);
        assert_string_equal(runs.runs[0]->kernel, "6.1 <script>");
        assert_string_equal(runs.runs[0]->cpu, "C\xef\xbf\xbd\"PU");
        runs_free(&runs);
}

static void links_to(const char *from, const char *to, const char *expected)
{
        char link[64];

        assert_true(link_relative(from, to, link, sizeof(link)));
        assert_string_equal(link, expected);
}

static void links_are_relative_and_encoded(void **state)
{
        char link[8];

        links_to("/a/b", "/a/b/c/report.html", "./c/report.html");
        links_to("/a/b", "/a/c/report.html", "../c/report.html");
        links_to("/a/b", "/a/bc/x", "../bc/x");
        links_to("/a/b/c", "/x/y", "../../../x/y");
        links_to("/", "/x/y", "./x/y");
        links_to("/a", "/a/x:1 \"<'&%#?\\\n", "./x%3A1%20%22%3C%27%26%25%23%3F%5C%0A");
        links_to("/a", "/a/\xc3\xa9", "./%C3%A9");
        assert_false(link_relative("/a", "/a/12345", link, sizeof(link)));
        assert_false(link_relative("/a/b/c/d", "/x", link, sizeof(link)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(runs_are_found_below_and_sorted_by_time, tree_make,
                                                tree_remove),
                cmocka_unit_test_setup_teardown(a_folder_without_runs_is_refused, tree_make,
                                                tree_remove),
                cmocka_unit_test_setup_teardown(what_cannot_be_used_is_a_fault, tree_make,
                                                tree_remove),
                cmocka_unit_test(machines_are_told_apart),
                cmocka_unit_test_setup_teardown(names_are_lines_of_valid_text, tree_make,
                                                tree_remove),
                cmocka_unit_test(links_are_relative_and_encoded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
