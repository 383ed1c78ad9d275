/* SPDX-License-Identifier: Apache-2.0 */
/* Change points; the full tables are made by tests/reference/changes.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "change_series.h"

#include <math.h>

#define STEP 0.05

static void near(double value, double expected, double tolerance)
{
        if (!(fabs(value - expected) <= tolerance))
                fail_msg("%.9g is not within %g of %.9g", value, tolerance, expected);
}

static struct series made(size_t count, uint64_t seed)
{
        struct random random = random_seeded(seed);
        struct series series;

        series_make(&series, NOISE_NORMAL, 0.01, count, &random);
        return series;
}

static void a_step_is_found_where_it_is(void **state)
{
        struct series series = made(60, 1);
        struct change_parts parts;

        series_step(&series, 40, 60, STEP);
        parts = series_parts(&series, 0.005, 0, 1);
        assert_int_equal(parts.count, 2);
        assert_int_equal(parts.parts[0].first, 0);
        assert_int_equal(parts.parts[0].count, 40);
        assert_int_equal(parts.parts[1].first, 40);
        assert_int_equal(parts.parts[1].count, 20);
        assert_true(isnan(parts.parts[0].p));
        assert_true(parts.parts[1].p <= 0.005);
        near(parts.parts[1].level.value - parts.parts[0].level.value, STEP, 0.015);
        assert_true(parts.parts[1].level.lo < parts.parts[1].level.value);
        change_parts_free(&parts);
}

/* What went wrong and was put right again. */
static void a_dent_has_two_ends(void **state)
{
        struct series series = made(90, 2);
        struct change_parts parts;

        series_step(&series, 30, 50, -STEP);
        parts = series_parts(&series, 0.005, 0.02, 1);
        assert_int_equal(parts.count, 3);
        near((double)parts.parts[1].first, 30, 1);
        near((double)parts.parts[2].first, 50, 1);
        near(parts.parts[0].level.value, parts.parts[2].level.value, 0.015);
        change_parts_free(&parts);
}

static void a_change_smaller_than_asked_for_is_not_reported(void **state)
{
        struct series series = made(200, 3);

        series_step(&series, 100, 200, 0.015);
        assert_int_equal(series_changes(&series, 0.005, 0, 1), 1);
        assert_int_equal(series_changes(&series, 0.005, 0.02, 1), 0);
}

static void one_bad_run_is_no_change(void **state)
{
        size_t flags = 0;

        for (uint64_t seed = 5; seed < 10; seed++) {
                for (size_t bad = 0; bad < 40; bad++) {
                        struct series series = made(40, seed);

                        series.values[bad] += 2;
                        flags += series_changes(&series, 0.005, 0, 1);
                }
        }
        if (flags > 3) /* of 200, at a level of 0.5 % */
                fail_msg("%zu of 200 bad runs are taken for changes", flags);
}

static void bad_runs_hide_no_step(void **state)
{
        for (size_t bad = 0; bad < 40; bad += 3) {
                struct series series = made(40, 5);

                series_step(&series, 20, 40, STEP);
                series.values[bad] += 2;
                assert_int_equal(series_changes(&series, 0.005, 0, 1), 1);
        }
}

/* A gate on counted instructions: no scatter at all, and then the kernel's path is dearer. */
static void runs_that_repeat_exactly_can_change(void **state)
{
        struct series series = { .count = 24 };

        assert_int_equal(series_changes(&series, 0.005, 0, 1), 0);
        series_step(&series, 17, 24, 0.001);
        assert_int_equal(series_changes(&series, 0.005, 0, 1), 1);
}

static void too_few_runs_have_no_change(void **state)
{
        struct series series = { .count = 2 * CHANGE_RUNS_MIN - 1 };

        series_step(&series, CHANGE_RUNS_MIN, series.count, 1);
        assert_int_equal(series_changes(&series, 0.5, 0, 1), 0);
        series.count = 2 * CHANGE_RUNS_MIN;
        series.values[series.count - 1] = 1;
        assert_int_equal(series_changes(&series, 0.1, 0, 1), 1);
        series.count = 0;
        assert_int_equal(change_find(&(struct change_input){ series.values, series.errors, 0, 0.05,
                                                             0, 1 },
                                     &(struct change_parts){ 0 })
                                 .code,
                         STATUS_OK);
}

/* A loud night's runs must not hide a step that the quiet ones show. */
static void runs_count_by_their_intervals(void **state)
{
        struct random random = random_seeded(9);
        size_t found = 0, blind = 0;

        for (uint64_t trial = 0; trial < 100; trial++) {
                struct series series = { .count = 40 };

                for (size_t i = 0; i < series.count; i++) {
                        double error = i % 2 ? 0.08 : 0.01;

                        series.values[i] = error * noise_normal(&random);
                        series.errors[i] = error;
                }
                series_step(&series, 20, 40, STEP);
                found += series_changes(&series, 0.005, 0, trial) == 1;
                for (size_t i = 0; i < series.count; i++)
                        series.errors[i] = 0.01;
                blind += series_changes(&series, 0.005, 0, trial) == 1;
        }
        if (found < 75 || found < blind + 30)
                fail_msg("%zu of 100 steps were found, %zu without the intervals", found, blind);
}

/* Of 150 dashboards of 12 constant series 5 % may have a flag: 7 or 8, give or take chance. */
static void constant_series_are_left_alone(void **state)
{
        struct random random = random_seeded(10);
        size_t dashboards = 0;

        for (uint64_t trial = 0; trial < 150; trial++) {
                size_t flags = 0;

                for (uint64_t panel = 0; panel < 12; panel++) {
                        struct series series;

                        series_make(&series, (enum noise)(panel % NOISE_KINDS), 0.02, 30, &random);
                        flags += series_changes(&series, 0.05 / 12, 0, panel);
                }
                dashboards += flags > 0;
        }
        if (dashboards < 1 || dashboards > 16) /* 3 standard deviations above 5 % */
                fail_msg("%zu of 150 dashboards have a flag", dashboards);
}

static void a_step_of_5_percent_is_found(void **state)
{
        struct random random = random_seeded(11);
        size_t found = 0;

        for (uint64_t trial = 0; trial < 100; trial++) {
                struct series series;

                series_make(&series, NOISE_NORMAL, 0.02, 40, &random);
                series_step(&series, 20, 40, STEP);
                found += series_changes(&series, 0.05 / 12, 0, trial) == 1;
        }
        if (found < 88)
                fail_msg("%zu of 100 steps were found", found);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_step_is_found_where_it_is),
                cmocka_unit_test(a_dent_has_two_ends),
                cmocka_unit_test(a_change_smaller_than_asked_for_is_not_reported),
                cmocka_unit_test(one_bad_run_is_no_change),
                cmocka_unit_test(bad_runs_hide_no_step),
                cmocka_unit_test(runs_that_repeat_exactly_can_change),
                cmocka_unit_test(too_few_runs_have_no_change),
                cmocka_unit_test(runs_count_by_their_intervals),
                cmocka_unit_test(constant_series_are_left_alone),
                cmocka_unit_test(a_step_of_5_percent_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
