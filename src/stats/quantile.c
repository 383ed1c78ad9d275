/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

void sort_values(double *values, size_t count)
{
        if (count > 1)
                qsort(values, count, sizeof(*values), compare);
}

double quantile_sorted(const double *sorted, size_t count, double at)
{
        double place = at * (double)(count - 1);
        size_t below = (size_t)place;

        if (!count)
                return NAN;
        if (below + 1 >= count)
                return sorted[count - 1];
        return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

struct spread spread_of(double *values, size_t count)
{
        size_t known = 0;

        for (size_t i = 0; i < count; i++)
                if (!isnan(values[i]))
                        values[known++] = values[i];
        sort_values(values, known);
        return (struct spread){
                .median = quantile_sorted(values, known, 0.5),
                .lo = quantile_sorted(values, known, 0.25),
                .hi = quantile_sorted(values, known, 0.75),
        };
}
