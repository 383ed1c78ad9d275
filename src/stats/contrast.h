/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far two independent sets of values lie apart, and how surely: the difference of their
 * trimmed means with Student's t (Yuen, "The two-sample trimmed t for unequal population
 * variances", Biometrika 61, 1974). Two changes, both to the safe side: the degrees of freedom are
 * at most those of two sets as small as the smaller one (with 5 values against 20 the plain ones
 * gave up to 12 times the false findings at p = 0.00025), and a set most of whose values are equal,
 * so that its winsorised variance vanishes, is given its plain variance (17 times). docs/method.md
 * has the simulation.
 */
#ifndef PMDGAIN_STATS_CONTRAST_H
#define PMDGAIN_STATS_CONTRAST_H

#include "stats/bootstrap.h"

#include <stddef.h>

struct contrast {
        double difference; /* of the second from the first; NaN when one has no values */
        double error;   /* its standard error; 0 where nothing scatters, NaN with too few values */
        double freedom; /* degrees of freedom of Student's t */
};

/* The values needed on each side for an error. */
#define CONTRAST_VALUES_MIN 5

/* Sorts both. */
struct contrast contrast_make(double *first, size_t first_count, double *second,
                              size_t second_count);

/*
 * The same for very few values, such as one for each run: plain means, and one variance for both
 * sides (Fisher, "Statistical methods for research workers", 1925), so that a side of a single
 * value is compared by the scatter of the other. Needs three values in all.
 */
struct contrast contrast_make_few(const double *first, size_t first_count, const double *second,
                                  size_t second_count);

/* Two-sided, that the difference is 0; NaN without an error. 0 or 1 where nothing scatters. */
double contrast_p(const struct contrast *contrast);

/* Of the difference; NaN without an error. */
struct interval contrast_interval(const struct contrast *contrast, double confidence);

#endif
