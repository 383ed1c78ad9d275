/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the level of a series of runs changed.
 *
 * Each place that leaves CHANGE_RUNS_MIN runs on both sides is tried as the one change of mean, by
 * the likelihood ratio for values of unequal precision (for equal ones: Sen and Srivastava, "On
 * tests for detecting change in mean", Ann. Stat. 3, 1975), in the whole series and in shorter
 * windows, where a change that was soon undone shows better (Kovacs et al., "Seeded binary
 * segmentation", Biometrika 110, 2023). The largest ratio is judged against that of shuffled runs:
 * a permutation test, which is exact for runs that are alike and independent, whatever their
 * distribution. Where it is significant the series is cut there and both parts are searched again,
 * as in E-divisive (Matteson and James, "A nonparametric approach for multiple change point
 * analysis of multivariate data", JASA 109, 2014), which performance tests have been watched with
 * (Daly et al., "The use of change point detection to identify software performance regressions in
 * a continuous integration system", ICPE 2020); their energy distance also flags changes of
 * scatter, which are none of the gain.
 *
 * A value far from the median counts as one at 3 robust standard deviations, so that a single bad
 * run makes no change. What does not depend on the order of the runs (medians, weights, the
 * clipping) leaves the test exact.
 */
#ifndef PMDGAIN_STATS_CHANGE_H
#define PMDGAIN_STATS_CHANGE_H

#include "stats/estimate.h"

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

/* On each side of a change: fewer would have no interval for their level. */
#define CHANGE_RUNS_MIN ESTIMATE_VALUES_MIN

struct change_input {
        const double *values; /* by time; logarithms, when ratios are what matters */
        const double *errors; /* standard error of each; NaN where it is not known */
        size_t count;
        double alpha; /* probability that a constant series is given a change */
        double least; /* changes smaller than this, in the unit of the values, are not reported */
        uint64_t seed;
};

/* A part of the series without a change inside. */
struct change_part {
        size_t first, count;
        struct estimate level; /* of its values; no interval for fewer than CHANGE_RUNS_MIN */
        double p;              /* of the change it begins with; NaN for the first part */
};

struct change_parts {
        struct change_part *parts; /* one more than there are changes; one for a constant series */
        size_t count;              /* 0 for an empty series */
};

/* Equal arguments give equal results. Free with change_parts_free(). */
struct status change_find(const struct change_input *input, struct change_parts *ret_parts);
void change_parts_free(struct change_parts *parts);

#endif
