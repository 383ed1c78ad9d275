/* SPDX-License-Identifier: Apache-2.0 */
/* Two sets of values, and many tests at once; the full table is tests/reference/coverage.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/contrast.h"
#include "stats/discovery.h"
#include "stats/student.h"
#include "stats_noise.h"

#include <string.h>

#define CELLS 200

static void near(double value, double expected, double tolerance)
{
        if (!(fabs(value - expected) <= tolerance))
                fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

/* Closed forms for 1 and 2 degrees of freedom, and the printed tables. */
static void tails_of_student_are_right(void **state)
{
        static const double freedom[] = { 3, 4, 5, 9, 29, 120 };
        static const double bound[] = { 3.18245, 2.77645, 2.57058, 2.26216, 2.04523, 1.97993 };
        static const double far[] = { 12.92398, 8.61030, 6.86883, 4.78091, 3.65941, 3.37345 };

        for (double t = 0.125; t < 1e4; t *= 2) {
                near(student_beyond(t, 1), 1 - 2 * atan(t) / M_PI, 1e-12);
                near(student_beyond(t, 2), 1 - t / sqrt(2 + t * t), 1e-12);
        }
        near(student_beyond(0, 7.5), 1, 1e-12);
        near(student_beyond(INFINITY, 3), 0, 0);
        for (size_t i = 0; i < sizeof(freedom) / sizeof(freedom[0]); i++) {
                near(student_bound(0.05, freedom[i]), bound[i], 1e-5);
                near(student_bound(0.001, freedom[i]), far[i], 1e-4);
                near(student_beyond(student_bound(1e-6, freedom[i]), freedom[i]), 1e-6, 1e-12);
        }
        near(student_bound(0.05, 1), 12.7062, 1e-4);
}

/* By hand: sorted and trimmed by one, the winsorised squares are 4 and 4 about 3 and 6. */
static void yuen_by_hand(void **state)
{
        double first[] = { 4, 3, 2, -100, 100 }, second[] = { 7, 100, 5, 6, -100 };
        struct contrast contrast = contrast_make(first, 5, second, 5);
        struct interval interval = contrast_interval(&contrast, 0.95);

        near(contrast.difference, 3, 1e-12);
        near(contrast.error, sqrt(4.0 / 6 + 4.0 / 6), 1e-12);
        near(contrast.freedom, 4, 1e-12);
        near(contrast_p(&contrast), student_beyond(3 / sqrt(4.0 / 3), 4), 1e-12);
        near(interval.lo, 3 - 2.77645 * sqrt(4.0 / 3), 1e-4);
        near(interval.hi, 3 + 2.77645 * sqrt(4.0 / 3), 1e-4);
}

static void what_does_not_scatter_is_exact(void **state)
{
        double log_a = log(249572), log_b = log(249572 * 1.004);
        double first[] = { log_a, log_a, log_a, log_a, log_a }, same[8], other[5], tied[5];
        struct contrast contrast;

        for (size_t i = 0; i < 8; i++)
                same[i] = log_a;
        for (size_t i = 0; i < 5; i++)
                other[i] = tied[i] = log_b;
        contrast = contrast_make(first, 5, same, 8);
        near(contrast_p(&contrast), 1, 0);
        near(contrast_interval(&contrast, 0.95).hi, 0, 1e-12);
        contrast = contrast_make(first, 5, other, 5);
        near(contrast_p(&contrast), 0, 0);
        near(contrast_interval(&contrast, 0.95).lo, log(1.004), 1e-12);
        near(contrast_interval(&contrast, 0.9999).hi, log(1.004), 1e-12);

        /* One of five that differs is trimmed away, and yet there is scatter. */
        tied[4] = log_a;
        contrast = contrast_make(first, 5, tied, 5);
        assert_true(contrast.error > 0.0005);
        assert_true(contrast_p(&contrast) > 0.001);
}

static void too_few_values_have_no_interval(void **state)
{
        double first[] = { 1, 2, 3, 4, 5 }, second[] = { 1, 2, 3, 4 };
        struct contrast contrast = contrast_make(first, 5, second, 4);

        near(contrast.difference, -0.5, 1e-12);
        assert_true(isnan(contrast_p(&contrast)));
        assert_true(isnan(contrast_interval(&contrast, 0.95).lo));
        contrast = contrast_make(first, 0, second, 4);
        assert_true(isnan(contrast.difference));
}

/* One new run against three: the scatter of the three is that of the one too. */
static void few_values_share_their_scatter(void **state)
{
        double base[] = { 1, 2, 3 }, new[] = { 6 };
        struct contrast contrast = contrast_make_few(base, 3, new, 1);

        near(contrast.difference, 4, 1e-12);
        near(contrast.freedom, 2, 0);
        near(contrast.error, sqrt(4.0 / 3), 1e-12);
        contrast = contrast_make_few(base, 1, new, 1);
        near(contrast.difference, 5, 1e-12);
        assert_true(isnan(contrast_p(&contrast)));
}

/* The example of Benjamini and Hochberg's paper: 15 tests, of which 4 are found at 0.05. */
static void the_rate_is_that_of_the_paper(void **state)
{
        static const double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };
        double shuffled[16], adjusted[16];
        size_t found = 0;
        struct status status;

        for (size_t i = 0; i < 15; i++)
                shuffled[i * 7 % 15] = p[i];
        shuffled[15] = NAN;
        memcpy(adjusted, shuffled, sizeof(adjusted));
        status = discovery_adjust(adjusted, 16);
        assert_int_equal(status.code, STATUS_OK);
        for (size_t i = 0; i < 15; i++) {
                found += adjusted[i] <= 0.05;
                assert_true(adjusted[i] >= shuffled[i] && adjusted[i] <= 1);
        }
        assert_int_equal(found, 4);
        near(adjusted[0], 0.0015, 1e-12);
        near(adjusted[3 * 7 % 15], 0.0095 * 15 / 4, 1e-12);
        assert_true(isnan(adjusted[15]));
}

/* Findings among CELLS comparisons of equal arms, of which the first `moved` differ by 10 %. */
static size_t findings(enum noise kind, size_t base, size_t new, size_t moved,
                       struct random *random, size_t *ret_false)
{
        double p[CELLS], first[20], second[20];
        size_t found = 0;
        struct status status;

        for (size_t cell = 0; cell < CELLS; cell++) {
                struct contrast contrast;

                for (size_t i = 0; i < base; i++)
                        first[i] = noise_draw(kind, random);
                for (size_t i = 0; i < new; i++)
                        second[i] = noise_draw(kind, random) + (cell < moved ? 0.1 : 0);
                contrast = contrast_make(first, base, second, new);
                p[cell] = contrast_p(&contrast);
        }
        status = discovery_adjust(p, CELLS);
        assert_int_equal(status.code, STATUS_OK);
        *ret_false = 0;
        for (size_t cell = 0; cell < CELLS; cell++) {
                found += p[cell] <= 0.05;
                *ret_false += cell >= moved && p[cell] <= 0.05;
        }
        return found;
}

/*
 * Nothing differs: any finding is false, and at most 5 % of whole comparisons may have one. 60
 * comparisons of 200 cells for each noise: 3 are expected, 9 or more would come once in 400 times.
 */
static void noise_alone_is_rarely_found(void **state)
{
        static const size_t counts[][2] = { { 5, 5 }, { 11, 11 }, { 20, 20 }, { 5, 20 } };

        for (size_t kind = 0; kind < NOISE_KINDS; kind++) {
                for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
                        struct random random = random_seeded(1000 * kind + c);
                        size_t alarms = 0, wrong;

                        for (size_t i = 0; i < 60; i++)
                                alarms += findings((enum noise)kind, counts[c][0], counts[c][1], 0,
                                                   &random, &wrong) > 0;
                        if (alarms > 8)
                                fail_msg("noise %zu, %zu against %zu: %zu false alarms of 60", kind,
                                         counts[c][0], counts[c][1], alarms);
                }
        }
}

/* A quarter of the cells is 10 % slower: they are found, and few of the others with them. */
static void what_differs_is_found_and_little_else(void **state)
{
        struct random random = random_seeded(1);
        size_t found = 0, wrong = 0;

        for (size_t i = 0; i < 40; i++) {
                size_t false_ones;

                found += findings(NOISE_CONTAMINATED, 20, 20, CELLS / 4, &random, &false_ones);
                wrong += false_ones;
        }
        assert_true(found - wrong >= 40 * CELLS / 4 * 95 / 100);
        assert_true((double)wrong <= 0.05 * (double)found);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tails_of_student_are_right),
                cmocka_unit_test(yuen_by_hand),
                cmocka_unit_test(what_does_not_scatter_is_exact),
                cmocka_unit_test(too_few_values_have_no_interval),
                cmocka_unit_test(few_values_share_their_scatter),
                cmocka_unit_test(the_rate_is_that_of_the_paper),
                cmocka_unit_test(noise_alone_is_rarely_found),
                cmocka_unit_test(what_differs_is_found_and_little_else),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
