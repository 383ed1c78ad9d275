/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trimmed mean: the mean of what is left when the smallest and the largest fifth are cut off
 * (Tukey and McLaughlin 1963; Wilcox, "Introduction to Robust Estimation and Hypothesis Testing",
 * ch. 3: 20 % is his general choice). From 3 values on at least one is cut off on each side, so
 * that one outlier never enters the mean.
 */
#ifndef PMDGAIN_STATS_TRIMMED_H
#define PMDGAIN_STATS_TRIMMED_H

#include <stddef.h>
#include <stdint.h>

#define TRIM_SHARE 0.2

/* How many of `count` values are cut off on each side. */
size_t trim_count(size_t count);

/* NaN when count is 0. */
double trimmed_mean_sorted(const double *sorted, size_t count);

/* The same over a resample, given as how often each of `count` values was drawn. */
double trimmed_mean_drawn(const double *sorted, const uint32_t *drawn, size_t count);

/* The variance of the trimmed mean, from the winsorised variance (Tukey and McLaughlin 1963);
 * NaN below 2 values. */
double trimmed_mean_variance(const double *sorted, size_t count);

#endif
