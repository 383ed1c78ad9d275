/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where independent values lie, and how surely: the trimmed mean with a bootstrap interval. From
 * ESTIMATE_VALUES_MANY on, resampling would only take time: there the interval is the closed one
 * of Tukey and McLaughlin (1963), by the winsorised variance, which is as good by then.
 */
#ifndef PMDGAIN_STATS_ESTIMATE_H
#define PMDGAIN_STATS_ESTIMATE_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Below this many values there is no interval. With 5 the widest the data can give is from the
 * smallest to the largest value, which covers the median of any distribution in 93.75 %.
 */
#define ESTIMATE_VALUES_MIN 5
#define ESTIMATE_VALUES_MANY 200

struct estimate {
        double value;   /* NaN without values */
        double lo, hi;  /* NaN with too few */
        size_t count;
};

/* Sorts the values. Equal arguments give equal results. STATUS_SYSTEM when memory runs out. */
struct status estimate_make(double *values, size_t count, uint64_t seed,
                            struct estimate *ret_estimate);

#endif
