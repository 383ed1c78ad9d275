/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage_compare.h"

#include "stats/contrast.h"
#include "stats/discovery.h"
#include "stats/quantile.h"
#include "stats/student.h"
#include "stats/trimmed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE_MAX 40
#define CELLS 200 /* of one comparison of runs */

enum method { USED, YUEN, WELCH, METHODS };

/* What an honest p-value is at or below so often; the last is that of one finding among CELLS. */
static const double levels[] = { 0.05, 0.01, 0.001, 0.05 / CELLS };

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

struct tally {
        size_t below[METHODS][LEVELS];
        size_t found[METHODS]; /* of a 10 % difference, at the last level */
        size_t alarms;         /* comparisons of CELLS cells with a finding */
};

/* Without the changes that stats/contrast.h names. */
static double yuen(const double *a, size_t a_count, const double *b, size_t b_count)
{
        double kept_a = (double)(a_count - 2 * trim_count(a_count));
        double kept_b = (double)(b_count - 2 * trim_count(b_count));
        double off = trimmed_mean_sorted(b, b_count) - trimmed_mean_sorted(a, a_count);
        double va = trimmed_mean_variance(a, a_count) * (double)(a_count - 1) / (double)a_count *
                    kept_a / (kept_a - 1);
        double vb = trimmed_mean_variance(b, b_count) * (double)(b_count - 1) / (double)b_count *
                    kept_b / (kept_b - 1);
        double freedom = (va + vb) * (va + vb) / (va * va / (kept_a - 1) + vb * vb / (kept_b - 1));

        if (va + vb <= 0)
                return fabs(off) <= 0 ? 1 : 0;
        return student_beyond(off / sqrt(va + vb), freedom);
}

static void moments(const double *values, size_t count, double *ret_mean, double *ret_variance)
{
        double n = (double)count, mean = 0, sum = 0;

        for (size_t i = 0; i < count; i++)
                mean += values[i] / n;
        for (size_t i = 0; i < count; i++)
                sum += (values[i] - mean) * (values[i] - mean);
        *ret_mean = mean;
        *ret_variance = sum / (n - 1) / n;
}

static double welch(const double *a, size_t a_count, const double *b, size_t b_count)
{
        double ma, va, mb, vb;

        moments(a, a_count, &ma, &va);
        moments(b, b_count, &mb, &vb);
        if (va + vb <= 0)
                return fabs(mb - ma) <= 0 ? 1 : 0;
        return student_beyond((mb - ma) / sqrt(va + vb), (va + vb) * (va + vb) /
                                                                 (va * va / (double)(a_count - 1) +
                                                                  vb * vb / (double)(b_count - 1)));
}

/* The p-values of all methods; sorts both sides. */
static void test_all(double *a, size_t a_count, double *b, size_t b_count, double p[METHODS])
{
        struct contrast contrast = contrast_make(a, a_count, b, b_count);

        p[USED] = contrast_p(&contrast);
        p[YUEN] = yuen(a, a_count, b, b_count);
        p[WELCH] = welch(a, a_count, b, b_count);
}

static void run_one(enum noise kind, const size_t counts[2], struct random *random,
                    struct tally *tally, double *ret_p)
{
        double a[SIDE_MAX], b[SIDE_MAX], p[METHODS];

        for (size_t i = 0; i < counts[0]; i++)
                a[i] = noise_draw(kind, random);
        for (size_t i = 0; i < counts[1]; i++)
                b[i] = noise_draw(kind, random);
        test_all(a, counts[0], b, counts[1], p);
        *ret_p = p[USED];
        for (size_t i = 0; i < METHODS; i++)
                for (size_t k = 0; k < LEVELS; k++)
                        tally->below[i][k] += p[i] <= levels[k];
        for (size_t i = 0; i < counts[1]; i++)
                b[i] += log(1.1);
        test_all(a, counts[0], b, counts[1], p);
        for (size_t i = 0; i < METHODS; i++)
                tally->found[i] += p[i] <= levels[LEVELS - 1];
}

/* Is there a finding among the cells? */
static size_t alarm_of(double *p)
{
        size_t found = 0;
        struct status status = discovery_adjust(p, CELLS);

        for (size_t i = 0; i < CELLS && !status_failed(&status); i++)
                found += p[i] <= 0.05;
        return found > 0;
}

static void print_row(enum noise kind, const size_t counts[2], size_t runs)
{
        struct random random = random_seeded(1000 * (uint64_t)kind + 40 * counts[0] + counts[1]);
        struct tally tally = { 0 };
        double p[CELLS];

        for (size_t i = 0; i < runs; i++) {
                run_one(kind, counts, &random, &tally, &p[i % CELLS]);
                if (i % CELLS == CELLS - 1)
                        tally.alarms += alarm_of(p);
        }
        printf("| %s | %zu, %zu | **%.1f** |", noise_names[kind], counts[0], counts[1],
               100.0 * (double)tally.alarms / (double)(runs / CELLS));
        for (size_t i = 0; i < METHODS; i++) {
                for (size_t k = 0; k < LEVELS; k++)
                        printf(" %.2f", (double)tally.below[i][k] / (double)runs / levels[k]);
                printf(" | %.0f |", 100.0 * (double)tally.found[i] / (double)runs);
        }
        printf("\n");
        fflush(stdout);
}

void coverage_compare(size_t runs)
{
        static const size_t counts[][2] = { { 5, 5 },  { 8, 11 },  { 11, 11 },
                                            { 5, 20 }, { 20, 20 }, { 40, 40 } };

        printf("| noise | blocks | alarms %% | used | finds %% | Yuen | finds %% | Welch | finds "
               "%% |\n|---|---|---|---|---|---|---|---|---|\n");
        for (size_t kind = 0; kind < NOISE_KINDS; kind++)
                for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
                        print_row((enum noise)kind, counts[i], runs);
}
