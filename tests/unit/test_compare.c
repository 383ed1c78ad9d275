/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts, how cells of runs are matched, and what of the machines differs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "compare/judge.h"
#include "compare_runs.h"

static char root[TREE_DIR_MAX];

static int make_root(void **state)
{
        strcpy(root, "/tmp/test_compare_XXXXXX");
        assert_non_null(mkdtemp(root));
        return 0;
}

static int remove_root(void **state)
{
        tree_remove(root);
        return 0;
}

/* Compares folders of `root`; names that are NULL end a side early. */
static struct comparison *compare(const char *const base[3], const char *const new[3])
{
        char paths[6][512];
        const char *sides[2][3];
        size_t counts[2] = { 0 };
        struct comparison *comparison = NULL;
        struct compare_request request = { .threshold = 0.05, .arms = true, .gains = true };
        struct status status;

        for (size_t i = 0; i < 6; i++) {
                const char *name = i < 3 ? base[i] : new[i - 3];

                if (!name)
                        continue;
                snprintf(paths[i], sizeof(paths[i]), "%s/%s", root, name);
                sides[i / 3][counts[i / 3]++] = paths[i];
        }
        request.base = sides[0];
        request.base_count = counts[0];
        request.new = sides[1];
        request.new_count = counts[1];
        status = compare_make(&request, &comparison);
        if (status_failed(&status))
                fail_msg("%s", status.what);
        return comparison;
}

static struct comparison *compare_two(const char *base, const char *new)
{
        return compare((const char *const[3]) { base, NULL, NULL },
                       (const char *const[3]) { new, NULL, NULL });
}

/* The cell of that op and arm ("gain" for the gain). */
static const struct compare_cell *cell_of(const struct comparison *comparison, const char *op,
                                          const char *arm)
{
        const struct compare_cell *found = NULL;

        for (size_t i = 0; i < comparison->cell_count; i++) {
                const struct compare_cell *cell = &comparison->cells[i];
                bool gain = strcmp(arm, "gain") == 0;

                if (strcmp(cell->name.op, op) == 0 && (cell->name.kind == COMPARE_GAIN) == gain &&
                    (gain || strcmp(cell->name.arm, arm) == 0)) {
                        assert_null(found);
                        found = cell;
                }
        }
        if (!found)
                fail_msg("there is no cell %s %s", op, arm);
        return found;
}

static void verdict_is(const struct comparison *comparison, const char *op, const char *arm,
                       const char *expected)
{
        const struct compare_cell *cell = cell_of(comparison, op, arm);

        if (strcmp(compare_verdict_name(cell->verdict), expected) != 0)
                fail_msg("%s %s is %s, not %s: %g [%g, %g] q %g", op, arm,
                         compare_verdict_name(cell->verdict), expected, cell->ratio, cell->lo,
                         cell->hi, cell->q);
}

/* A cell with values on both sides, 10 blocks each. */
static struct compare_cell plain_cell(enum compare_kind kind)
{
        return (struct compare_cell) {
                .name = { .kind = kind },
                .base = { .present = true, .values = 10 },
                .new = { .present = true, .values = 10 },
        };
}

/* Threshold 5 %; with 30 degrees of freedom the interval is about 2 errors to each side. */
static void verdicts_follow_the_interval(void **state)
{
        static const struct {
                double percent, error;
                enum compare_verdict of_times, of_gains;
                bool beyond;
        } cases[] = {
                { 0, 0.01, COMPARE_SAME, COMPARE_SAME, false },
                { 2, 0.001, COMPARE_SAME, COMPARE_SAME, false }, /* real, and it does not matter */
                { 0, 0.05, COMPARE_UNRESOLVED, COMPARE_UNRESOLVED, false },
                { 20, 0.2, COMPARE_UNRESOLVED, COMPARE_UNRESOLVED, false },
                { 4.5, 0.005, COMPARE_WORSE, COMPARE_BETTER, false },
                { 20, 0.01, COMPARE_WORSE, COMPARE_BETTER, true },
                { -20, 0.01, COMPARE_BETTER, COMPARE_WORSE, true },
                { 4, 0, COMPARE_SAME, COMPARE_SAME, false },
                { 6, 0, COMPARE_WORSE, COMPARE_BETTER, true },
                { 0, 0, COMPARE_SAME, COMPARE_SAME, false },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct compare_cell cells[2] = { plain_cell(COMPARE_ARM),
                                                 plain_cell(COMPARE_GAIN) };
                struct contrast one = { log1p(cases[i].percent / 100), cases[i].error, 30 };
                struct contrast contrasts[2] = { one, one };
                struct status status = compare_judge(cells, contrasts, 2, 0.05);

                assert_int_equal(status.code, STATUS_OK);
                near(cells[0].ratio, 1 + cases[i].percent / 100, 1e-12);
                if (cells[0].verdict != cases[i].of_times || cells[1].verdict != cases[i].of_gains)
                        fail_msg("%g %% with error %g: %s and %s", cases[i].percent, cases[i].error,
                                 compare_verdict_name(cells[0].verdict),
                                 compare_verdict_name(cells[1].verdict));
                assert_int_equal(cells[0].beyond, cases[i].beyond);
        }
}

/* One cell at p = 0.01 is a finding alone, and none among 20 others that show nothing. */
static void many_cells_are_corrected_for(void **state)
{
        struct compare_cell cells[21];
        struct contrast contrasts[21];
        struct status status;

        for (size_t i = 0; i < 21; i++) {
                cells[i] = plain_cell(COMPARE_ARM);
                contrasts[i] = (struct contrast) { i ? 0.001 : 0.11, 0.04, 30 };
        }
        status = compare_judge(cells, contrasts, 1, 0.05);
        assert_int_equal(status.code, STATUS_OK);
        assert_int_equal(cells[0].verdict, COMPARE_WORSE);
        near(cells[0].found_lo, cells[0].lo, 1e-12);
        status = compare_judge(cells, contrasts, 21, 0.05);
        assert_int_equal(status.code, STATUS_OK);
        assert_true(cells[0].lo > 1 && cells[0].q > 0.05);
        assert_int_equal(cells[0].verdict, COMPARE_UNRESOLVED);

        /* A finding's interval is widened, and still excludes 1. */
        contrasts[0].difference = 0.2;
        status = compare_judge(cells, contrasts, 21, 0.05);
        assert_int_equal(cells[0].verdict, COMPARE_WORSE);
        assert_true(cells[0].found_lo < cells[0].lo && cells[0].found_lo > 1);
        assert_true(isnan(cells[1].found_lo));
}

/* Each way a side can lack a value. */
static void what_has_no_value_is_listed(void **state)
{
        struct made_run base = run_begin(root, "lack-base", "", NULL);
        struct made_run new = run_begin(root, "lack-new", "", NULL);
        struct comparison *comparison;

        run_cell(&base, "gone", 2000, 1000, 0.01);
        run_cell(&new, "fresh", 2000, 1000, 0.01);
        run_arm(&base, "broke", "ns/op", "", "pmd", 1000, 0.01, "ok");
        run_arm(&new, "broke", "ns/op", "", "pmd", 1000, 0.01, "invalid");
        run_arm(&base, "healed", "ns/op", "", "pmd", 1000, 0.01, "invalid");
        run_arm(&new, "healed", "ns/op", "", "pmd", 1000, 0.01, "ok");
        run_arm(&base, "left", "ns/op", "", "pmd", 1000, 0.01, "ok");
        run_arm(&new, "left", "ns/op", "", "pmd", 1000, 0.01, "skip");
        run_arm(&base, "kept", "ns/op", "", "pmd", 1000, 0.01, "ok");
        run_arm(&new, "kept", "ns/op", "", "pmd", 1000, 0.01, "ok");
        new.blocks = 4;
        run_arm(&base, "few", "ns/op", "", "pmd", 1000, 0.01, "ok");
        run_arm(&new, "few", "ns/op", "", "pmd", 9000, 0.01, "ok");
        run_end(&base);
        run_end(&new);
        comparison = compare_two("lack-base", "lack-new");
        verdict_is(comparison, "gone", "pmd", "only_base");
        verdict_is(comparison, "gone", "gain", "only_base");
        verdict_is(comparison, "fresh", "pte:nohuge", "only_new");
        verdict_is(comparison, "broke", "pmd", "invalid");
        verdict_is(comparison, "healed", "pmd", "invalid");
        verdict_is(comparison, "left", "pmd", "skipped");
        verdict_is(comparison, "kept", "pmd", "same");
        verdict_is(comparison, "few", "pmd", "unresolved");
        assert_true(cell_of(comparison, "broke", "pmd")->beyond);
        assert_false(cell_of(comparison, "healed", "pmd")->beyond);
        assert_false(cell_of(comparison, "left", "pmd")->beyond);
        assert_string_equal(cell_of(comparison, "broke", "pmd")->new.reason, "this is why");
        assert_int_equal(comparison->regressions, 1);
        assert_int_equal(comparison->changes, 1);
        assert_int_equal(comparison->cell_count, 11);
        assert_int_equal(comparison->tested, 1);
        compare_free(comparison);
}

/* Arms: 30 % slower by PTE, so the gain grew; and a bandwidth, where less is worse. */
static void times_gains_and_bandwidths_have_their_direction(void **state)
{
        struct made_run base = run_begin(root, "way-base", "", NULL);
        struct made_run new = run_begin(root, "way-new", "", NULL);
        struct comparison *comparison;

        run_cell(&base, "walk", 2000, 1000, 0.002);
        run_cell(&new, "walk", 2600, 1000, 0.002);
        run_arm(&base, "flow", "GB/s", "", "pmd", 100, 0.002, "ok");
        run_arm(&new, "flow", "GB/s", "", "pmd", 200, 0.002, "ok");
        run_end(&base);
        run_end(&new);
        comparison = compare_two("way-base", "way-new");
        verdict_is(comparison, "walk", "pmd", "same");
        verdict_is(comparison, "walk", "pte:nohuge", "worse");
        verdict_is(comparison, "walk", "gain", "better");
        verdict_is(comparison, "flow", "pmd", "worse");
        near(cell_of(comparison, "walk", "pte:nohuge")->base.value, 2, 0.01);
        near(cell_of(comparison, "walk", "pte:nohuge")->ratio, 1.3, 0.002);
        near(cell_of(comparison, "walk", "gain")->new.value, 2.6, 0.01);
        near(cell_of(comparison, "flow", "pmd")->base.value, 10, 0.1);
        near(cell_of(comparison, "flow", "pmd")->new.value, 5, 0.05);
        near(cell_of(comparison, "flow", "pmd")->ratio, 2, 0.02);
        assert_int_equal(comparison->regressions, 2);
        assert_int_equal(comparison->changes, 3);
        compare_free(comparison);
}

/* Instruction counts: the same to the last one, or not at all. */
static void samples_without_scatter_are_exact(void **state)
{
        struct made_run base = run_begin(root, "exact-base", "", NULL);
        struct made_run new = run_begin(root, "exact-new", "", NULL);
        struct comparison *comparison;

        run_cell(&base, "same", 249572, 16599, 0);
        run_cell(&new, "same", 249572, 16599, 0);
        run_cell(&base, "moved", 249572, 16599, 0);
        run_cell(&new, "moved", 269572, 16599, 0);
        run_end(&base);
        run_end(&new);
        comparison = compare_two("exact-base", "exact-new");
        verdict_is(comparison, "same", "pte:nohuge", "same");
        near(cell_of(comparison, "same", "pte:nohuge")->p, 1, 0);
        near(cell_of(comparison, "same", "pte:nohuge")->lo, 1, 1e-12);
        verdict_is(comparison, "moved", "pte:nohuge", "worse");
        near(cell_of(comparison, "moved", "pte:nohuge")->q, 0, 0);
        near(cell_of(comparison, "moved", "pte:nohuge")->hi, 269572.0 / 249572, 1e-9);
        compare_free(comparison);
}

/* Options are matched by name, whatever columns the other run has; mount points do not count. */
static void cells_are_matched_by_what_they_are(void **state)
{
        struct made_run base = run_begin(root, "match-base", "opt_b,opt_a,", NULL);
        struct made_run new = run_begin(root, "match-new", "opt_a,opt_c,opt_b,", NULL);
        struct comparison *comparison;

        new.target = "/mnt/elsewhere";
        run_arm(&base, "one", "ns/op", "8,x,", "pmd", 1000, 0.001, "ok");
        run_arm(&new, "one", "ns/op", "x,,8,", "pmd", 1000, 0.001, "ok");
        run_arm(&base, "two", "ns/op", "8,x,", "pmd", 1000, 0.001, "ok");
        run_arm(&new, "two", "ns/op", "8,,x,", "pte", 1000, 0.001, "ok");
        run_end(&base);
        run_end(&new);
        comparison = compare_two("match-base", "match-new");
        verdict_is(comparison, "one", "pmd", "same");
        verdict_is(comparison, "two", "pmd", "only_base");
        verdict_is(comparison, "two", "pte:nohuge", "only_new");
        assert_string_equal(cell_of(comparison, "two", "pte:nohuge")->name.options, "a=8 b=x");
        compare_free(comparison);
}

/* Where one run has two files, their names tell the cells apart. */
static void targets_count_where_they_must(void **state)
{
        struct made_run base = run_begin(root, "target-base", "", NULL);
        struct made_run new = run_begin(root, "target-new", "", NULL);
        struct comparison *comparison;

        run_arm(&base, "one", "ns/op", "", "pmd", 1000, 0.001, "ok");
        base.target = "/mnt/b";
        run_arm(&base, "one", "ns/op", "", "pmd", 5000, 0.001, "ok");
        new.target = "/mnt/b";
        run_arm(&new, "one", "ns/op", "", "pmd", 5000, 0.001, "ok");
        run_end(&base);
        run_end(&new);
        comparison = compare_two("target-base", "target-new");
        assert_int_equal(comparison->cell_count, 2);
        assert_int_equal(comparison->cells[0].verdict, COMPARE_ONLY_BASE);
        assert_string_equal(comparison->cells[0].name.target, "/mnt/a");
        assert_int_equal(comparison->cells[1].verdict, COMPARE_SAME);
        compare_free(comparison);
}

/*
 * Blocks agree to 0.1 % inside of a run, and runs scatter by 10 %: 8 % more in one other run is a
 * finding by blocks, and none where runs are counted. Twice the time is one by runs too.
 */
static void runs_are_what_counts_where_there_are_several(void **state)
{
        static const double times[] = { 1000, 1100, 910, 1080, 2000, 2200, 1900 };
        static const char *const names[] = { "r0", "r1", "r2", "r3", "r4", "r5", "r6" };
        struct comparison *comparison;

        for (size_t i = 0; i < 7; i++) {
                struct made_run run = run_begin(root, names[i], "", NULL);

                run_arm(&run, "one", "ns/op", "", "pmd", times[i], 0.001, "ok");
                run_end(&run);
        }
        comparison = compare_two("r0", "r3");
        verdict_is(comparison, "one", "pmd", "worse");
        assert_false(comparison->pooled);
        compare_free(comparison);

        comparison = compare((const char *const[3]) { "r0", "r1", "r2" },
                             (const char *const[3]) { "r3", NULL, NULL });
        verdict_is(comparison, "one", "pmd", "unresolved");
        assert_true(comparison->pooled);
        assert_int_equal(comparison->cells[0].base.values, 3);
        assert_int_equal(comparison->cells[0].new.values, 1);
        assert_true(comparison->cells[0].lo < 0.85 && comparison->cells[0].hi > 1.3);
        compare_free(comparison);

        comparison = compare((const char *const[3]) { "r0", "r1", "r2" },
                             (const char *const[3]) { "r4", "r5", "r6" });
        verdict_is(comparison, "one", "pmd", "worse");
        near(comparison->cells[0].base.value, cbrt(1 * 1.1 * 0.91), 1e-3);
        compare_free(comparison);
}

static const struct compare_difference *difference_of(const struct comparison *comparison,
                                                      const char *what)
{
        for (size_t i = 0; i < comparison->difference_count; i++)
                if (strcmp(comparison->differences[i].what, what) == 0)
                        return &comparison->differences[i];
        return NULL;
}

static void make_machine(const char *name, const char *machine)
{
        struct made_run run = run_begin(root, name, "", machine);

        run_cell(&run, "one", 2000, 1000, 0.001);
        run_end(&run);
}

static void differences_of_machines_are_named(void **state)
{
        struct comparison *comparison;

        make_machine("m0",
                     "{\"evidence\":\"virtual\",\"cpu\":{\"model_name\":\"A\"},"
                     "\"kernel\":{\"release\":\"6.1\"},\"memory\":{\"total_bytes\":1000000}}");
        make_machine("m1", "{\"evidence\":\"virtual\",\"cpu\":{\"model_name\":\"B\"},"
                           "\"kernel\":{\"release\":\"6.12\"},\"memory\":{\"total_bytes\":999000},"
                           "\"run\":{\"clock\":\"time\"}}");
        make_machine("m2", "{\"evidence\":\"emulated\",\"cpu\":{\"model_name\":\"A\"},"
                           "\"kernel\":{\"release\":\"6.1\"},\"memory\":{\"total_bytes\":2000000},"
                           "\"run\":{\"clock\":\"instructions\"}}");
        make_machine("m3", NULL);

        comparison = compare_two("m0", "m1");
        assert_int_equal(comparison->difference_count, 2);
        assert_string_equal(comparison->differences[0].what, "CPU");
        assert_true(comparison->differences[0].unsound);
        assert_string_equal(comparison->differences[0].new, "B");
        assert_string_equal(comparison->differences[1].what, "kernel");
        assert_false(comparison->differences[1].unsound);
        assert_string_equal(comparison->evidence, "virtual");
        compare_free(comparison);

        comparison = compare_two("m0", "m2");
        assert_true(difference_of(comparison, "evidence")->unsound);
        assert_true(difference_of(comparison, "clock")->unsound);
        assert_string_equal(difference_of(comparison, "memory")->base, "1000000");
        assert_string_equal(comparison->evidence, "virtual against emulated");
        compare_free(comparison);

        comparison = compare((const char *const[3]) { "m0", "m1", NULL },
                             (const char *const[3]) { "m0", NULL, NULL });
        assert_string_equal(difference_of(comparison, "CPU")->base, "A or B");
        assert_string_equal(difference_of(comparison, "CPU")->new, "A");
        compare_free(comparison);

        comparison = compare_two("m0", "m3");
        assert_string_equal(difference_of(comparison, "CPU")->new, "not known");
        compare_free(comparison);

        comparison = compare_two("m0", "m0");
        assert_int_equal(comparison->difference_count, 0);
        compare_free(comparison);
}

static void what_is_no_run_is_said(void **state)
{
        char path[512];
        const char *dir = path;
        struct compare_request request = { .base = &dir,
                                           .base_count = 1,
                                           .new = &dir,
                                           .new_count = 1,
                                           .threshold = 0.05,
                                           .arms = true };
        struct comparison *comparison = NULL;
        struct status status;

        snprintf(path, sizeof(path), "%s/nowhere", root);
        status = compare_make(&request, &comparison);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_null(comparison);
        make_machine("broken", "{ no JSON");
        snprintf(path, sizeof(path), "%s/broken", root);
        status = compare_make(&request, &comparison);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "machine.json"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(verdicts_follow_the_interval),
                cmocka_unit_test(many_cells_are_corrected_for),
                cmocka_unit_test(what_has_no_value_is_listed),
                cmocka_unit_test(times_gains_and_bandwidths_have_their_direction),
                cmocka_unit_test(samples_without_scatter_are_exact),
                cmocka_unit_test(cells_are_matched_by_what_they_are),
                cmocka_unit_test(targets_count_where_they_must),
                cmocka_unit_test(runs_are_what_counts_where_there_are_several),
                cmocka_unit_test(differences_of_machines_are_named),
                cmocka_unit_test(what_is_no_run_is_said),
        };

        return cmocka_run_group_tests(tests, make_root, remove_root);
}
