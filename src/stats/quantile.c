/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/quantile.h"

#include <math.h>
#include <stddef.h>
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

/* Brings the value of that rank to its place, no larger one before it, no smaller one behind it: Hoare's
 * FIND (CACM 4, 1961), algorithm 65. */
static void select_rank(double *values, size_t count, size_t rank)
{
        ptrdiff_t left = 0, right = (ptrdiff_t)count - 1, place = (ptrdiff_t)rank;

        while (left < right) {
                double pivot = values[place];
                ptrdiff_t low = left, high = right;

                while (low <= high) {
                        while (values[low] < pivot)
                                low++;
                        while (pivot < values[high])
                                high--;
                        if (low <= high) {
                                double swap = values[low];

                                values[low++] = values[high];
                                values[high--] = swap;
                        }
                }
                if (high < place)
                        left = low;
                if (place < low)
                        right = high;
        }
}

double quantile_of(double *values, size_t count, double at)
{
        double place = at * (double)(count - 1), next;
        size_t below = (size_t)place;

        if (!count)
                return NAN;
        if (below + 1 >= count)
                below = count - 1;
        select_rank(values, count, below);
        if (below + 1 == count)
                return values[below];
        next = values[below + 1];
        for (size_t i = below + 2; i < count; i++)
                next = values[i] < next ? values[i] : next;
        return values[below] + (place - (double)below) * (next - values[below]);
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
