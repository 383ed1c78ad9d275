/* SPDX-License-Identifier: Apache-2.0 */
/* The gain and its parts; the full table of coverage is tests/reference/coverage.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/bootstrap.h"
#include "stats/estimate.h"
#include "stats/gain.h"
#include "stats/outliers.h"
#include "stats/quantile.h"
#include "stats/ratio.h"
#include "stats/student.h"
#include "stats/trimmed.h"
#include "stats_noise.h"

#include <string.h>

#define PAIRS_MAX 200

static void near(double value, double expected, double tolerance)
{
        if (!(fabs(value - expected) <= tolerance))
                fail_msg("%.9g is not within %g of %.9g", value, tolerance, expected);
}

/* The quantiles of printed tables. */
static void quantiles_match_the_tables(void **state)
{
        static const double freedom[] = { 4, 5, 6, 9, 19, 29, 1e6 };
        static const double student[] = { 2.7764, 2.5706, 2.4469, 2.2622, 2.0930, 2.0452, 1.9600 };
        double values[] = { 4, (double)NAN, 1, 3, 2 };
        struct spread spread = spread_of(values, 5);

        near(normal_quantile(0.975), 1.959963985, 1e-8);
        near(normal_quantile(0.5), 0, 1e-12);
        near(normal_below(-1.959963985), 0.025, 1e-9);
        for (size_t i = 0; i < sizeof(freedom) / sizeof(freedom[0]); i++)
                near(student_quantile(0.975, freedom[i]), student[i], 1.5e-3);
        near(spread.median, 2.5, 1e-12);
        near(spread.lo, 1.75, 1e-12);
        near(spread.hi, 3.25, 1e-12);
        assert_true(isnan(spread_of(values, 0).median));
}

/* As if they were sorted, ties and all. */
static void quantiles_need_no_order(void **state)
{
        struct random random = random_seeded(3);
        double values[300], sorted[300];

        for (size_t count = 0; count <= 300; count += count < 12 ? 1 : 96) {
                for (double at = 0; at <= 1; at += 1.0 / 16) {
                        for (size_t i = 0; i < count; i++)
                                values[i] = sorted[i] =
                                        floor(random_unit(&random) * (count % 2 ? 1e6 : 10));
                        sort_values(sorted, count);
                        if (count)
                                near(quantile_of(values, count, at),
                                     quantile_sorted(sorted, count, at), 0);
                        else
                                assert_true(isnan(quantile_of(values, count, at)));
                        sort_values(values, count);
                        assert_memory_equal(values, sorted, count * sizeof(*values));
                }
        }
}

/* A resample is a sample. */
static void a_drawn_mean_is_that_of_what_was_drawn(void **state)
{
        struct random random = random_seeded(5);
        double sorted[40], resample[40];
        uint32_t drawn[40];

        for (size_t run = 0; run < 500; run++) {
                size_t count = 1 + run % 40, at = 0;

                for (size_t i = 0; i < count; i++)
                        sorted[i] = random_unit(&random);
                sort_values(sorted, count);
                bootstrap_draw(&random, drawn, count);
                for (size_t i = 0; i < count; i++)
                        for (uint32_t k = 0; k < drawn[i]; k++)
                                resample[at++] = sorted[i];
                assert_int_equal(at, count);
                near(trimmed_mean_drawn(sorted, drawn, count),
                     trimmed_mean_sorted(resample, count), 1e-12);
        }
}

static void the_trimmed_mean_leaves_a_fifth_out_on_each_side(void **state)
{
        static const double sorted[] = { -1000, 1, 2, 3, 4, 5, 6, 7, 8, 5000 };
        static const uint32_t drawn[] = { 0, 3, 0, 0, 4, 0, 0, 0, 0, 3 };

        near(trimmed_mean_sorted(sorted, 10), 4.5, 1e-12);
        near(trimmed_mean_sorted(sorted, 3), 1, 1e-12);
        near(trimmed_mean_sorted(sorted + 1, 2), 1.5, 1e-12);
        assert_true(isnan(trimmed_mean_sorted(sorted, 0)));
        /* 1 1 1 4 4 4 4 and three of 5000: what is left is 1 4 4 4 4 5000. */
        near(trimmed_mean_drawn(sorted, drawn, 10), 5017.0 / 6, 1e-9);
}

static struct estimate side_of(struct trial_time *times, size_t count, uint64_t seed)
{
        struct ratio_side side;
        struct estimate estimate;

        assert_int_equal(ratio_side_make(times, count, seed, &side).code, STATUS_OK);
        assert_int_equal(ratio_side_estimate(&side, &estimate).code, STATUS_OK);
        ratio_side_free(&side);
        return estimate;
}

/* Two trials of one block count as one value. */
static void a_side_is_made_of_blocks(void **state)
{
        struct trial_time times[] = { { 3, 8 }, { 0, 2 }, { 1, 4 }, { 0, 8 },
                                      { 2, 4 }, { 4, 4 }, { 5, 4 } };
        struct estimate side = side_of(times, 7, 1);

        assert_int_equal(side.count, 6);
        near(exp(side.value), 4, 1e-9);
        side = side_of(times, 0, 1);
        assert_true(isnan(side.value) && isnan(side.lo) && side.count == 0);
}

/* The distances to the bounds add as squares: 3 and 4 make 5. */
static void a_ratio_is_as_unsure_as_both_its_sides(void **state)
{
        struct estimate over = { .value = log(10), .lo = log(10) - 0.03, .hi = log(10) + 0.06,
                                 .count = 9 };
        struct estimate under = { .value = log(2), .lo = log(2) - 0.08, .hi = log(2) + 0.04,
                                  .count = 7 };
        struct gain ratio = ratio_of(&over, &under);

        near(ratio.value, 5, 1e-9);
        near(log(ratio.lo), log(5) - 0.05, 1e-9);
        near(log(ratio.hi), log(5) + 0.1, 1e-9);
        assert_int_equal(ratio.pairs, 7);
        under.lo = under.hi = NAN; /* too few blocks */
        ratio = ratio_of(&over, &under);
        near(ratio.value, 5, 1e-9);
        assert_true(isnan(ratio.lo) && isnan(ratio.hi));
}

/* Of two runs with noise of 5 % each, whose true ratio is 2. */
static void ratios_of_two_runs_hold_the_truth(void **state)
{
        static const size_t blocks[] = { 5, 11, 30 };
        enum { RUNS = 600, BLOCKS_MAX = 30 };
        struct random random = random_seeded(11);

        for (size_t b = 0; b < sizeof(blocks) / sizeof(blocks[0]); b++) {
                unsigned held = 0;

                for (uint64_t run = 0; run < RUNS; run++) {
                        struct trial_time times[2][BLOCKS_MAX];
                        struct estimate sides[2];
                        struct gain ratio;

                        for (uint32_t i = 0; i < 2 * blocks[b]; i++)
                                times[i % 2][i / 2] = (struct trial_time){
                                        i / 2, (i % 2 ? 1 : 2) * exp(0.05 * noise_normal(&random))
                                };
                        for (size_t i = 0; i < 2; i++)
                                sides[i] = side_of(times[i], blocks[b], run);
                        ratio = ratio_of(&sides[0], &sides[1]);
                        held += ratio.lo <= 2 && ratio.hi >= 2;
                }
                print_message("%zu blocks: %.1f %% held\n", blocks[b], 100.0 * held / RUNS);
                assert_in_range(held, RUNS * 92 / 100, RUNS);
        }
}

/* Two trials in a block, blocks that only one arm has, any order of rows. */
static void pairs_are_made_inside_of_blocks(void **state)
{
        struct trial_time pte[] = { { 3, 8 }, { 1, 2 }, { 0, 9 }, { 1, 8 }, { 7, 6 } };
        struct trial_time pmd[] = { { 1, 2 }, { 2, 5 }, { 3, 4 }, { 7, 3 }, { 7, 12 } };
        double pairs[5];

        assert_int_equal(gain_pairs(pte, 5, pmd, 5, pairs), 3);
        near(pairs[0], log(4.0 / 2), 1e-12); /* the geometric mean of 2 and 8 is 4 */
        near(pairs[1], log(8.0 / 4), 1e-12);
        near(pairs[2], log(6.0 / 6), 1e-12);
        assert_int_equal(gain_pairs(pte, 5, pmd, 0, pairs), 0);
}

/* `count` pairs of the ratio with noise; the block's own drift must not matter. */
static struct gain simulate(enum noise kind, size_t count, double ratio, uint64_t seed)
{
        struct random random = random_seeded(seed);
        struct trial_time pte[PAIRS_MAX], pmd[PAIRS_MAX];
        struct gain gain;

        for (size_t i = 0; i < count; i++) {
                double drift = 1 + 3 * random_unit(&random);
                double noise = noise_draw(kind, &random);

                pmd[i] = (struct trial_time){ (uint32_t)i, drift };
                pte[i] = (struct trial_time){ (uint32_t)i, drift * ratio * exp(noise) };
        }
        assert_int_equal(gain_make(pte, count, pmd, count, seed, &gain).code, STATUS_OK);
        assert_int_equal(gain.pairs, count);
        return gain;
}

static void few_pairs_give_no_interval(void **state)
{
        for (size_t pairs = 0; pairs < 12; pairs++) {
                struct gain gain = simulate(NOISE_NORMAL, pairs, 1.5, 3);

                assert_int_equal(isnan(gain.value), pairs == 0);
                assert_int_equal(isnan(gain.lo), pairs < ESTIMATE_VALUES_MIN);
                assert_int_equal(isnan(gain.hi), pairs < ESTIMATE_VALUES_MIN);
        }
}

/* How often the interval holds the true ratio, in percent, and its mean width. */
static double coverage(enum noise kind, size_t pairs, size_t runs, double *ret_width)
{
        size_t held = 0;
        double width = 0;

        for (size_t i = 0; i < runs; i++) {
                struct gain gain = simulate(kind, pairs, 1.27, 1000 * pairs + i);

                held += gain.lo <= 1.27 && 1.27 <= gain.hi;
                width += log(gain.hi / gain.lo) / (double)runs;
        }
        if (ret_width)
                *ret_width = width;
        return 100.0 * (double)held / (double)runs;
}

/*
 * 1,000 runs tell a coverage to 1.4 points (two standard errors). Half an interval would cover
 * some 67 %, twice one 99.9 %: both are far outside of these bounds.
 */
static void intervals_hold_the_true_ratio_as_often_as_they_say(void **state)
{
        static const enum noise kinds[] = { NOISE_NORMAL, NOISE_LOGNORMAL, NOISE_CONTAMINATED,
                                            NOISE_LAPLACE, NOISE_CONTAMINATED };
        static const size_t pairs[] = { 5, 8, 12, 30, 200 };

        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
                double held = coverage(kinds[k], pairs[k], 1000, NULL);

                if (held < 91.5 || held > 98.5)
                        fail_msg("noise %d, %zu pairs: %.1f %% hold the ratio", (int)kinds[k],
                                 pairs[k], held);
        }
}

static void more_pairs_give_narrower_intervals(void **state)
{
        double few, many;

        coverage(NOISE_NORMAL, 6, 100, &few);
        coverage(NOISE_NORMAL, 30, 100, &many);
        assert_true(many < few / 2);
        near(many, 2 * 0.03 * 2.1 / sqrt(30) * 1.05, 0.004); /* a trimmed mean costs 5 % */
}

static void outliers_do_not_move_the_estimate(void **state)
{
        for (uint64_t seed = 0; seed < 50; seed++) {
                struct trial_time pte[10], pmd[10];
                struct random random = random_seeded(seed);
                struct gain clean, dirty;

                for (uint32_t i = 0; i < 10; i++) {
                        pmd[i] = (struct trial_time){ i, 10 };
                        pte[i] = (struct trial_time){ i, 15 * exp(0.01 * noise_normal(&random)) };
                }
                assert_int_equal(gain_make(pte, 10, pmd, 10, 1, &clean).code, STATUS_OK);
                pte[4].time *= 50;
                assert_int_equal(gain_make(pte, 10, pmd, 10, 1, &dirty).code, STATUS_OK);
                near(dirty.value / clean.value, 1, 0.01);
                assert_true(dirty.lo < 1.52 && dirty.hi > 1.48);
        }
}

/* Up to half of the samples may be disturbed by any amount. */
static void a_trial_is_worth_its_quicker_samples(void **state)
{
        static const double samples[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
        static const double disturbed[] = { 1, 2, 3, 4, 500, 600, 700, 800, 9000 };

        near(trial_time_of(samples, 9), 3, 1e-12);
        near(trial_time_of(disturbed, 9), 3, 1e-12);
        near(trial_time_of(samples, 3), 1.5, 1e-12);
        near(trial_time_of(samples, 1), 1, 1e-12);
        assert_true(isnan(trial_time_of(samples, 0)));
}

static void outliers_are_counted(void **state)
{
        static const double few[] = { 1, 1, 1, 9 };
        static const double calm[] = { 0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.04 };
        static const double loud[] = { -5, 0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.04, 1.5, 30 };
        static const double equal[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 2 };
        static const double same[] = { 3, 3, 3, 3, 3 };
        double values[2000];
        struct random random = random_seeded(3);

        assert_int_equal(outliers_count(few, 4), 0);
        assert_int_equal(outliers_count(calm, 7), 0);
        assert_int_equal(outliers_count(loud, 10), 3);
        assert_int_equal(outliers_count(loud + 1, 8), 1); /* an even number, by hand: 1.5 */
        assert_int_equal(outliers_count(equal, 10), 1);
        assert_int_equal(outliers_count(same, 5), 0);
        for (size_t i = 0; i < 2000; i++)
                values[i] = noise_normal(&random);
        sort_values(values, 2000);
        assert_in_range(outliers_count(values, 2000), 0, 6); /* about 1 by chance */
}

/* They stay in the pairs, and in the count of them. */
static void an_outlier_is_kept_and_told(void **state)
{
        struct trial_time pte[10], pmd[10];
        struct gain gain;

        for (uint32_t i = 0; i < 10; i++) {
                pmd[i] = (struct trial_time){ i, 10 };
                pte[i] = (struct trial_time){ i, 15 + 0.01 * i };
        }
        assert_int_equal(gain_make(pte, 10, pmd, 10, 1, &gain).code, STATUS_OK);
        assert_int_equal(gain.outliers, 0);
        for (uint32_t i = 0; i < 10; i++)
                if (pte[i].block == 6)
                        pte[i].time = 40;
        assert_int_equal(gain_make(pte, 10, pmd, 10, 1, &gain).code, STATUS_OK);
        assert_int_equal(gain.outliers, 1);
        assert_int_equal(gain.pairs, 10);
}

static void equal_arguments_give_equal_results(void **state)
{
        struct gain first = simulate(NOISE_CONTAMINATED, 9, 1.3, 17);
        struct gain again = simulate(NOISE_CONTAMINATED, 9, 1.3, 17);
        struct trial_time pte[] = { { 0, 3 }, { 1, 3.1 }, { 2, 2.9 }, { 3, 3.05 }, { 4, 3.2 } };
        struct trial_time back[] = { { 4, 3.2 }, { 3, 3.05 }, { 2, 2.9 }, { 1, 3.1 }, { 0, 3 } };
        struct trial_time pmd[] = { { 0, 2 }, { 1, 2 }, { 2, 2 }, { 3, 2 }, { 4, 2 } };
        struct gain forward, backward;

        assert_memory_equal(&first, &again, sizeof(first));
        assert_int_equal(gain_make(pte, 5, pmd, 5, 1, &forward).code, STATUS_OK);
        assert_int_equal(gain_make(back, 5, pmd, 5, 1, &backward).code, STATUS_OK);
        assert_memory_equal(&forward, &backward, sizeof(forward));
}

/* The null source with an exact clock: every pair is the same. */
static void pairs_without_noise_give_a_point(void **state)
{
        struct trial_time pte[6], pmd[6];
        struct gain gain;

        for (uint32_t i = 0; i < 6; i++) {
                pte[i] = (struct trial_time){ i, 125 };
                pmd[i] = (struct trial_time){ i, 100 };
        }
        assert_int_equal(gain_make(pte, 6, pmd, 6, 1, &gain).code, STATUS_OK);
        near(gain.value, 1.25, 1e-12);
        near(gain.lo, 1.25, 1e-12);
        near(gain.hi, 1.25, 1e-12);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(quantiles_match_the_tables),
                cmocka_unit_test(quantiles_need_no_order),
                cmocka_unit_test(a_drawn_mean_is_that_of_what_was_drawn),
                cmocka_unit_test(the_trimmed_mean_leaves_a_fifth_out_on_each_side),
                cmocka_unit_test(a_side_is_made_of_blocks),
                cmocka_unit_test(a_ratio_is_as_unsure_as_both_its_sides),
                cmocka_unit_test(ratios_of_two_runs_hold_the_truth),
                cmocka_unit_test(pairs_are_made_inside_of_blocks),
                cmocka_unit_test(few_pairs_give_no_interval),
                cmocka_unit_test(intervals_hold_the_true_ratio_as_often_as_they_say),
                cmocka_unit_test(more_pairs_give_narrower_intervals),
                cmocka_unit_test(outliers_do_not_move_the_estimate),
                cmocka_unit_test(a_trial_is_worth_its_quicker_samples),
                cmocka_unit_test(outliers_are_counted),
                cmocka_unit_test(an_outlier_is_kept_and_told),
                cmocka_unit_test(equal_arguments_give_equal_results),
                cmocka_unit_test(pairs_without_noise_give_a_point),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
