/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage_methods.h"

#include "stats/estimate.h"
#include "stats/quantile.h"
#include "stats/student.h"
#include "stats/trimmed.h"

#include <math.h>
#include <string.h>

#define RESAMPLES 1999

enum target method_target(enum method method)
{
        static const enum target targets[METHODS] = {
                [METHOD_USED] = TARGET_TRIMMED,        [METHOD_STUDENT] = TARGET_MEAN,
                [METHOD_MEAN_BCA] = TARGET_MEAN,       [METHOD_MEDIAN] = TARGET_MEDIAN,
                [METHOD_TRIM] = TARGET_TRIMMED,        [METHOD_TRIM_T] = TARGET_TRIMMED,
                [METHOD_TRIM_BOOT_T] = TARGET_TRIMMED, [METHOD_SIGNED_RANK] = TARGET_PSEUDO_MEDIAN,
        };

        return targets[method];
}

const char *method_name(enum method method)
{
        static const char *const names[METHODS] = {
                [METHOD_USED] = "used",
                [METHOD_STUDENT] = "mean, t",
                [METHOD_MEAN_BCA] = "mean, BCa",
                [METHOD_MEDIAN] = "median, pct",
                [METHOD_TRIM] = "trimmed, pct",
                [METHOD_TRIM_T] = "trimmed, t",
                [METHOD_TRIM_BOOT_T] = "trimmed, boot-t",
                [METHOD_SIGNED_RANK] = "signed rank",
        };

        return names[method];
}

static double mean_of(const double *values, size_t count)
{
        double sum = 0;

        for (size_t i = 0; i < count; i++)
                sum += values[i];
        return sum / (double)count;
}

static struct interval around(double middle, double reach)
{
        return (struct interval){ middle - reach, middle + reach };
}

static struct interval student(const double *sorted, size_t count)
{
        double mean = mean_of(sorted, count), sum = 0;

        for (size_t i = 0; i < count; i++)
                sum += (sorted[i] - mean) * (sorted[i] - mean);
        return around(mean, student_quantile(0.975, (double)count - 1) *
                                    sqrt(sum / (double)(count - 1) / (double)count));
}

static struct interval trimmed_t(const double *sorted, size_t count)
{
        double freedom = (double)(count - 2 * trim_count(count)) - 1;
        /* The expansion behind student_quantile() is poor for 2 degrees of freedom. */
        double t = freedom < 3 ? 4.3027 : student_quantile(0.975, freedom);

        return around(trimmed_mean_sorted(sorted, count),
                      t * sqrt(trimmed_mean_variance(sorted, count)));
}

/* What the resamples gave, unsorted. */
struct resamples {
        double mean[RESAMPLES], median[RESAMPLES], trimmed[RESAMPLES], t[RESAMPLES];
        size_t t_count; /* those with any variance */
};

static void resample(const double *sorted, size_t count, uint64_t seed, struct resamples *results)
{
        struct random random = random_seeded(seed);
        double trimmed = trimmed_mean_sorted(sorted, count), values[VALUES_MAX];
        uint32_t drawn[VALUES_MAX];

        results->t_count = 0;
        for (size_t i = 0; i < RESAMPLES; i++) {
                size_t at = 0;
                double variance;

                bootstrap_draw(&random, drawn, count);
                for (size_t k = 0; k < count; k++)
                        for (uint32_t times = drawn[k]; times; times--)
                                values[at++] = sorted[k];
                results->mean[i] = mean_of(values, count);
                results->median[i] = quantile_sorted(values, count, 0.5);
                results->trimmed[i] = trimmed_mean_sorted(values, count);
                variance = trimmed_mean_variance(values, count);
                if (variance > 1e-20)
                        results->t[results->t_count++] =
                                fabs(results->trimmed[i] - trimmed) / sqrt(variance);
        }
}

static struct interval percentiles(double *values, double below, double above)
{
        sort_values(values, RESAMPLES);
        return (struct interval){ quantile_sorted(values, RESAMPLES, below),
                                   quantile_sorted(values, RESAMPLES, above) };
}

/* Bias-corrected and accelerated (Efron, "Better bootstrap confidence intervals", JASA 1987). */
static struct interval mean_bca(const double *sorted, size_t count, double *means)
{
        double mean = mean_of(sorted, count), below = 0.5, cubes = 0, squares = 0, bias, speed;
        double ends[2];

        for (size_t i = 0; i < RESAMPLES; i++)
                below += means[i] < mean;
        for (size_t i = 0; i < count; i++) {
                double off = sorted[i] - mean;

                cubes += off * off * off;
                squares += off * off;
        }
        bias = normal_quantile(below / (RESAMPLES + 1));
        speed = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
        for (int i = 0; i < 2; i++) {
                double z = bias + normal_quantile(i ? 0.975 : 0.025);

                ends[i] = normal_below(bias + z / (1 - speed * z));
        }
        return percentiles(means, ends[0], ends[1]);
}

/* The largest number of Walsh averages to cut off at each end: the exact distribution of Wilcoxon's
 * statistic, by counting the subsets of 1..count with each sum. */
static size_t signed_rank_cut(size_t count)
{
        double ways[VALUES_MAX * (VALUES_MAX + 1) / 2 + 1] = { 1 }, sum = 0;
        size_t most = count * (count + 1) / 2, cut = 0;

        for (size_t rank = 1; rank <= count; rank++)
                for (size_t i = most; i >= rank; i--)
                        ways[i] += ways[i - rank];
        while ((sum + ways[cut]) / exp2((double)count) <= 0.025)
                sum += ways[cut++];
        return cut;
}

static struct interval signed_rank(const double *sorted, size_t count)
{
        double walsh[VALUES_MAX * (VALUES_MAX + 1) / 2];
        size_t walsh_count = 0, cut = signed_rank_cut(count);

        for (size_t i = 0; i < count; i++)
                for (size_t k = i; k < count; k++)
                        walsh[walsh_count++] = (sorted[i] + sorted[k]) / 2;
        sort_values(walsh, walsh_count);
        if (cut) /* below 6 values there is no such interval: the widest is taken */
                cut--;
        return (struct interval){ walsh[cut], walsh[walsh_count - 1 - cut] };
}

void methods_run(const double *sorted, size_t count, uint64_t seed,
                 struct interval intervals[METHODS])
{
        static struct resamples results;
        struct estimate used = { 0 };
        double copy[VALUES_MAX];

        memcpy(copy, sorted, count * sizeof(*sorted));
        estimate_make(copy, count, seed, &used);
        intervals[METHOD_USED] = (struct interval){ used.lo, used.hi };
        resample(sorted, count, seed, &results);
        intervals[METHOD_STUDENT] = student(sorted, count);
        intervals[METHOD_MEAN_BCA] = mean_bca(sorted, count, results.mean);
        intervals[METHOD_MEDIAN] = percentiles(results.median, 0.025, 0.975);
        intervals[METHOD_TRIM] = percentiles(results.trimmed, 0.025, 0.975);
        intervals[METHOD_TRIM_T] = trimmed_t(sorted, count);
        sort_values(results.t, results.t_count);
        intervals[METHOD_TRIM_BOOT_T] =
                around(trimmed_mean_sorted(sorted, count),
                       results.t_count ? quantile_sorted(results.t, results.t_count, 0.95) *
                                                 sqrt(trimmed_mean_variance(sorted, count))
                                       : 0);
        intervals[METHOD_SIGNED_RANK] = signed_rank(sorted, count);
}
