/* SPDX-License-Identifier: Apache-2.0 */
/* Order statistics. */
#ifndef PMDGAIN_STATS_QUANTILE_H
#define PMDGAIN_STATS_QUANTILE_H

#include <stddef.h>

/* Sorts ascending; no NaN among the values. */
void sort_values(double *values, size_t count);

/*
 * The quantile at `at` (0..1) of sorted values, linear between neighbours (type 7 of Hyndman and
 * Fan, "Sample quantiles in statistical packages", Am. Stat. 50, 1996). NaN when count is 0.
 */
double quantile_sorted(const double *sorted, size_t count, double at);

/* The same of values in any order, which it changes; no NaN among them. Where one or two quantiles of
 * many values are wanted, this is quicker than sorting them. */
double quantile_of(double *values, size_t count, double at);

/* Median and quartiles. */
struct spread {
        double median, lo, hi;
};

/* Sorts the values, which may hold NaN for missing ones: they are left out. All NaN when empty. */
struct spread spread_of(double *values, size_t count);

#endif
