/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/contrast.h"

#include "stats/quantile.h"
#include "stats/student.h"
#include "stats/trimmed.h"

#include <math.h>

/* What rounding alone does to logarithms of times. */
#define ROUNDING 1e-12

static double squares_about_mean(const double *values, size_t count)
{
        double mean = 0, sum = 0;

        for (size_t i = 0; i < count; i++)
                mean += values[i] / (double)count;
        for (size_t i = 0; i < count; i++)
                sum += (values[i] - mean) * (values[i] - mean);
        return sum;
}

static double kept_of(size_t count)
{
        return (double)(count - 2 * trim_count(count));
}

/* The variance of one side's trimmed mean, after Yuen: squares / (kept (kept - 1)). */
static double side_variance(const double *sorted, size_t count)
{
        double kept = kept_of(count), n = (double)count;
        double variance = trimmed_mean_variance(sorted, count) * (n - 1) / n * kept / (kept - 1);

        if (sqrt(variance) > ROUNDING)
                return variance;
        return squares_about_mean(sorted, count) / (kept * (kept - 1));
}

struct contrast contrast_make(double *first, size_t first_count, double *second,
                              size_t second_count)
{
        struct contrast contrast = { .error = NAN, .freedom = NAN };
        double a, b, kept_a = kept_of(first_count), kept_b = kept_of(second_count), most;

        sort_values(first, first_count);
        sort_values(second, second_count);
        contrast.difference =
                trimmed_mean_sorted(second, second_count) - trimmed_mean_sorted(first, first_count);
        if (first_count < CONTRAST_VALUES_MIN || second_count < CONTRAST_VALUES_MIN)
                return contrast;
        a = side_variance(first, first_count);
        b = side_variance(second, second_count);
        most = 2 * fmin(kept_a, kept_b) - 2;
        contrast.error = sqrt(a + b);
        contrast.freedom = (a + b) * (a + b) / (a * a / (kept_a - 1) + b * b / (kept_b - 1));
        if (!(contrast.freedom < most))
                contrast.freedom = most;
        return contrast;
}

struct contrast contrast_make_few(const double *first, size_t first_count, const double *second,
                                  size_t second_count)
{
        struct contrast contrast = { .difference = NAN, .error = NAN, .freedom = NAN };
        double squares, a = (double)first_count, b = (double)second_count, difference = 0;

        if (!first_count || !second_count)
                return contrast;
        for (size_t i = 0; i < second_count; i++)
                difference += second[i] / b;
        for (size_t i = 0; i < first_count; i++)
                difference -= first[i] / a;
        contrast.difference = difference;
        if (first_count + second_count < 3)
                return contrast;
        squares = squares_about_mean(first, first_count) + squares_about_mean(second, second_count);
        contrast.freedom = a + b - 2;
        contrast.error = sqrt(squares / contrast.freedom * (1 / a + 1 / b));
        return contrast;
}

double contrast_p(const struct contrast *contrast)
{
        if (isnan(contrast->error))
                return NAN;
        if (fabs(contrast->difference) <= ROUNDING)
                return 1;
        if (contrast->error <= ROUNDING)
                return 0;
        return student_beyond(contrast->difference / contrast->error, contrast->freedom);
}

struct interval contrast_interval(const struct contrast *contrast, double confidence)
{
        double reach;

        if (isnan(contrast->error))
                return (struct interval) { NAN, NAN };
        reach = contrast->error <= ROUNDING
                        ? 0
                        : contrast->error * student_bound(1 - confidence, contrast->freedom);
        return (struct interval) { contrast->difference - reach, contrast->difference + reach };
}
