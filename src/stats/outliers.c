/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/outliers.h"

#include "stats/quantile.h"

#include <math.h>

#define OUTLIERS_VALUES_MIN 5
#define SCORE_MAX 3.5
#define MEDIAN_DISTANCE 0.6745 /* of a standard normal value */
#define MEAN_DISTANCE 0.7979   /* 1 / 1.2533, sqrt(2 / pi) */

/* The median of the distances from `middle`: they grow outwards from it, so two ends are merged. */
static double median_distance(const double *sorted, size_t count, double middle)
{
        size_t low = 0, high = count;
        double last = 0, before = 0;

        /* Takes the larger halves away from the ends until the middle ones are left. */
        for (size_t left = count; left > (count - 1) / 2; left--) {
                before = last;
                if (middle - sorted[low] > sorted[high - 1] - middle)
                        last = middle - sorted[low++];
                else
                        last = sorted[--high] - middle;
        }
        return count % 2 ? last : (before + last) / 2;
}

size_t outliers_count(const double *sorted, size_t count)
{
        double middle = quantile_sorted(sorted, count, 0.5), unit, mean = 0;
        size_t found = 0;

        if (count < OUTLIERS_VALUES_MIN)
                return 0;
        for (size_t i = 0; i < count; i++)
                mean += fabs(sorted[i] - middle) / (double)count;
        unit = median_distance(sorted, count, middle) / MEDIAN_DISTANCE;
        if (unit <= 0)
                unit = mean / MEAN_DISTANCE;
        for (size_t i = 0; i < count; i++)
                found += fabs(sorted[i] - middle) > SCORE_MAX * unit;
        return found;
}
