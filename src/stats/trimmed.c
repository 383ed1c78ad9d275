/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/trimmed.h"

#include <math.h>

size_t trim_count(size_t count)
{
        size_t cut = (size_t)(TRIM_SHARE * (double)count);

        return cut == 0 && count >= 3 ? 1 : cut;
}

double trimmed_mean_sorted(const double *sorted, size_t count)
{
        size_t cut = trim_count(count);
        double sum = 0;

        if (!count)
                return NAN;
        for (size_t i = cut; i < count - cut; i++)
                sum += sorted[i];
        return sum / (double)(count - 2 * cut);
}

double trimmed_mean_drawn(const double *sorted, const uint32_t *drawn, size_t count)
{
        size_t total = 0, skip, kept, left, at = 0;
        uint32_t taken;
        double sum = 0;

        for (size_t i = 0; i < count; i++)
                total += drawn[i];
        if (!total)
                return NAN;
        skip = trim_count(total);
        kept = total - 2 * skip;
        while (drawn[at] <= skip)
                skip -= drawn[at++];
        taken = drawn[at] - (uint32_t)skip;
        for (left = kept; taken < left; taken = drawn[at]) {
                sum += sorted[at++] * (double)taken;
                left -= taken;
        }
        sum += sorted[at] * (double)left;
        return sum / (double)kept;
}

/* The value at that rank once the cut ones are set to the nearest that is kept. */
static double winsorised(const double *sorted, size_t count, size_t cut, size_t rank)
{
        if (rank < cut)
                return sorted[cut];
        return rank < count - cut ? sorted[rank] : sorted[count - 1 - cut];
}

double trimmed_mean_variance(const double *sorted, size_t count)
{
        size_t cut = trim_count(count);
        double kept = (double)(count - 2 * cut), mean = 0, sum = 0;

        if (count < 2)
                return NAN;
        for (size_t i = 0; i < count; i++)
                mean += winsorised(sorted, count, cut, i) / (double)count;
        for (size_t i = 0; i < count; i++) {
                double off = winsorised(sorted, count, cut, i) - mean;

                sum += off * off;
        }
        return sum / (double)(count - 1) * (double)count / (kept * kept);
}
